package tally

import "fmt"

// choiceSettings are the options of a ballot file for plurality or approval.
type choiceSettings struct {
	MinChoices int       `json:"min_choices"` // 0: one
	MaxChoices *int      `json:"max_choices"` // none: one for a single choice, otherwise any number
	Lots       lotScript `json:"lots"`
}

// rankedExpected is the result of a method that ranks by figures, as ballot
// files state it.
type rankedExpected struct {
	Totals  []*Fraction `json:"totals"`
	Ranking [][]int     `json:"ranking"`
	Winners []int       `json:"winners"`
	Tied    []int       `json:"tied_for_last_seats,omitempty"`
	Invalid []int       `json:"invalid_ballots"`
}

func countChoiceCase(c caseFile) (any, error) {
	return c.countMarks(Rules{Method: Choice, Blank: true}, caseChoice, caseApproval)
}

func countApprovalCase(c caseFile) (any, error) {
	return c.countMarks(Rules{Method: Approval}, caseApproval)
}

// countMarks counts a poll of options chosen.
func (c caseFile) countMarks(rules Rules, types ...string) (any, error) {
	var in choiceSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	rules.Min, rules.Max = in.MinChoices, len(c.Candidates)-len(c.Withdrawn)
	if c.BallotType == caseChoice {
		rules.Max = min(rules.Max, 1)
	}
	if in.MaxChoices != nil {
		if *in.MaxChoices < 1 {
			return nil, fmt.Errorf("options: max_choices is %d, and the least is 1", *in.MaxChoices)
		}
		rules.Max = min(rules.Max, *in.MaxChoices)
	}
	r, err := c.count(rules, in.Lots, types...)
	if err != nil {
		return nil, err
	}
	for i, row := range r.Options {
		r.Options[i].Points = &Fraction{row.Votes, 1}
	}
	return rankedAsExpected(r), nil
}

func rankedAsExpected(r Result) rankedExpected {
	out := rankedExpected{Ranking: r.Ranking, Winners: r.Winners, Tied: r.Tied, Invalid: append([]int{}, r.Invalid...)}
	for _, row := range r.Options {
		out.Totals = append(out.Totals, row.Points)
	}
	return out
}
