package tally

import (
	"fmt"
	"slices"
)

// choiceSettings are the options of a ballot file for plurality or approval.
type choiceSettings struct {
	MinChoices int  `json:"min_choices"` // 0: one
	MaxChoices *int `json:"max_choices"` // none: one for a single choice, otherwise any number
}

// choiceExpected is the result as ballot files state it.
type choiceExpected struct {
	Totals  []int64 `json:"totals"`
	Ranking [][]int `json:"ranking"`
	Winners []int   `json:"winners"`
	Tied    []int   `json:"tied_for_last_seats,omitempty"`
	Invalid []int   `json:"invalid_ballots,omitempty"`
}

func countChoiceCase(c caseFile) (any, error) {
	var in choiceSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	standing, err := c.standing()
	if err != nil {
		return nil, err
	}
	ballots, err := c.ballots(caseChoice, caseApproval)
	if err != nil {
		return nil, err
	}
	strike(ballots, standing, len(c.Candidates))
	rules := Rules{Method: Choice, Seats: c.Seats, Min: in.MinChoices, Max: len(standing), Blank: true}
	if c.BallotType == caseChoice {
		rules.Max = min(rules.Max, 1)
	}
	if in.MaxChoices != nil {
		if *in.MaxChoices < 1 {
			return nil, fmt.Errorf("options: max_choices is %d, and the least is 1", *in.MaxChoices)
		}
		rules.Max = min(len(standing), *in.MaxChoices)
	}
	r, err := Count(rules, len(standing), 0, slices.Values(ballots))
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return choiceAsExpected(r, standing, len(c.Candidates)), nil
}

// strike takes the withdrawn options off the ballots and numbers the standing
// ones anew, from 0.
func strike(ballots []Ballot, standing []int, candidates int) {
	place := make([]int, candidates)
	for i := range place {
		place[i] = -1
	}
	for i, option := range standing {
		place[option] = i
	}
	for i := range ballots {
		left := ballots[i].Choices[:0]
		for _, option := range ballots[i].Choices {
			if place[option] >= 0 {
				left = append(left, place[option])
			}
		}
		ballots[i].Choices = left
	}
}

// choiceAsExpected gives the options their numbers in the file again; withdrawn
// ones have no votes and no rank.
func choiceAsExpected(r Result, standing []int, candidates int) choiceExpected {
	out := choiceExpected{Totals: make([]int64, candidates), Invalid: r.Invalid}
	for i, row := range r.Options {
		out.Totals[standing[i]] = row.Votes
	}
	for _, level := range r.Ranking {
		out.Ranking = append(out.Ranking, renumber(level, standing))
	}
	out.Winners, out.Tied = renumber(r.Winners, standing), renumber(r.Tied, standing)
	return out
}

func renumber(options, standing []int) []int {
	out := make([]int, len(options))
	for i, option := range options {
		out[i] = standing[option]
	}
	return out
}
