package tally

import (
	"errors"
	"fmt"
	"slices"
)

// timeSettings are the options of a ballot file for time_poll.
type timeSettings struct {
	Values map[string]int `json:"values"`
	Order  string         `json:"order"`
}

// timeExpected is a time poll's result as ballot files state it.
type timeExpected struct {
	Totals  []*Fraction `json:"totals"`
	Yes     []int64     `json:"yes"`
	No      []int64     `json:"no"`
	Order   []int       `json:"order"`
	Winners []int       `json:"winners"`
	Tied    []int       `json:"tied_for_last_seats,omitempty"`
	Invalid []int       `json:"invalid_ballots"`
}

func countTimeCase(c caseFile) (any, error) {
	var in timeSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	for name, value := range in.Values {
		if known := slices.Index([]string{No: "no", IfNeedBe: "if_need_be", Yes: "yes"}, name); known < 0 || known != value {
			return nil, fmt.Errorf("options: %q cannot have the value %d", name, value)
		}
	}
	if err := oneOf("order", in.Order, "total, then yes count, then earlier slot"); err != nil {
		return nil, err
	}
	r, err := c.count(Rules{Method: TimePoll}, nil, caseScore)
	if err != nil {
		return nil, err
	}
	out := timeExpected{Order: slices.Concat(r.Ranking...), Winners: r.Winners, Tied: r.Tied, Invalid: append([]int{}, r.Invalid...)}
	for i, row := range r.Options {
		out.Totals = append(out.Totals, row.Points)
		out.Yes = append(out.Yes, r.Values.Counts[i][Yes])
		out.No = append(out.No, r.Values.Counts[i][No])
	}
	return out, nil
}

// optInSettings are the options of a ballot file for opt_in.
type optInSettings struct {
	Target   int   `json:"target"`
	Eligible int64 `json:"eligible"` // 0: not known
}

// optInExpected is an opt-in's result as ballot files state it.
type optInExpected struct {
	Counts   []int64 `json:"counts"`
	NotVoted int64   `json:"not_voted"`
	Met      bool    `json:"target_met"`
	Percent  *int    `json:"target_percent"` // null without a target
	Winners  []int   `json:"winners"`
	Invalid  []int   `json:"invalid_ballots"`
}

func countOptInCase(c caseFile) (any, error) {
	var in optInSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if len(c.Withdrawn) > 0 {
		return nil, errors.New("withdrawn: the answers of an opt-in cannot be withdrawn")
	}
	ballots, err := c.ballots(caseChoice)
	if err != nil {
		return nil, err
	}
	contest := c.contest(Rules{Method: OptIn, Target: in.Target}, nil)
	contest.Eligible = in.Eligible
	r, err := contest.Count(slices.Values(ballots))
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	out := optInExpected{NotVoted: r.Turnout.NotVoted, Met: r.Status == Reached, Winners: r.Winners, Invalid: append([]int{}, r.Invalid...)}
	for _, row := range r.Options {
		out.Counts = append(out.Counts, row.Votes)
	}
	if part := share(out.Counts[Accept], int64(r.Target)); part != nil {
		out.Percent = new(part.WholePercent())
	}
	return out, nil
}
