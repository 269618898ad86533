package tally

import (
	"errors"
	"fmt"
	"math"
)

// gradeSettings are the options of a ballot file for majority_judgment.
type gradeSettings struct {
	Grades []string  `json:"grades"` // worst first
	Median string    `json:"median"`
	Tie    string    `json:"tie"`
	Lots   lotScript `json:"lots"`
}

// gradeExpected is a result by majority judgment as ballot files state it.
type gradeExpected struct {
	Winners []int   `json:"winners"`
	Tied    []int   `json:"tied_for_last_seats,omitempty"`
	Ranking [][]int `json:"ranking"`
	Medians []int   `json:"medians"`
	Invalid []int   `json:"invalid_ballots"`
}

func countGradesCase(c caseFile) (any, error) {
	var in gradeSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if err := oneOf("median", in.Median, "lower"); err != nil {
		return nil, err
	}
	if err := oneOf("tie", in.Tie, "remove one median grade from each tied option and compare again"); err != nil {
		return nil, err
	}
	rules := Rules{Method: MajorityJudgment, Grades: len(in.Grades), Blank: true}
	count := c.countTallies
	if c.BallotType == caseScore {
		count = func(rules Rules, lots lotScript) (Result, error) { return c.count(rules, lots, caseScore) }
	}
	r, err := count(rules, in.Lots)
	if err != nil {
		return nil, err
	}
	return gradeExpected{r.Winners, r.Tied, r.Ranking, r.Values.Median, append([]int{}, r.Invalid...)}, nil
}

// countTallies decides by votes per grade. Where an option has fewer votes than
// another, those missing are the worst grade.
func (c caseFile) countTallies(rules Rules, lots lotScript) (Result, error) {
	if _, err := c.ballots(caseGradeTally); err != nil {
		return Result{}, err
	}
	contest := c.contest(rules, lots)
	fields := rules.Validate(contest.Options)
	contest.checkWithdrawn(&fields)
	if err := fields.Err(); err != nil {
		return Result{}, fmt.Errorf("rules: %w", err)
	}
	m := majorityJudgment{}
	contest.Rules = m.complete(contest.Rules)
	t, votes, err := c.tallies(contest.Rules.Grades)
	if err != nil {
		return Result{}, err
	}
	var cast int64
	for _, n := range votes {
		cast = max(cast, n)
	}
	for option, n := range votes {
		t.blank[option] = cast - n
	}
	r := contest.begin(m, votes, cast, 0, nil)
	r.grade(contest, t)
	return r, nil
}

// tallies reads the votes by option and grade, and sums them by option.
func (c caseFile) tallies(grades int) (t scoreTable, votes []int64, err error) {
	options := len(c.Candidates)
	if len(c.Tallies) != options {
		return t, nil, fmt.Errorf("tallies: %d rows for %d candidates", len(c.Tallies), options)
	}
	t = scoreTable{width: grades, zeros: true, blank: make([]int64, options)}
	votes = make([]int64, options)
	for option, row := range c.Tallies {
		if len(row) != grades {
			return t, nil, fmt.Errorf("tallies[%d]: %d numbers for %d grades", option, len(row), grades)
		}
		for _, n := range row {
			if n < 0 || n > math.MaxInt64-votes[option] {
				return t, nil, errors.New("tallies: a number of votes is negative or too large")
			}
			votes[option] += n
		}
		t.counts = append(t.counts, row...)
	}
	return t, votes, nil
}
