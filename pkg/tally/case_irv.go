package tally

import "slices"

// runoffSettings are the options of a ballot file for instant runoff.
type runoffSettings struct {
	Batch bool      `json:"batch_exclusion"`
	Lots  lotScript `json:"lots"`
}

// runoffExpected is the result as ballot files state it.
type runoffExpected struct {
	Winners    []int         `json:"winners"`
	Tied       []int         `json:"tied_for_last_seats,omitempty"`
	Rounds     []runoffRound `json:"rounds"`
	Ties       []runoffTie   `json:"ties,omitempty"`
	FinalRound []int64       `json:"final_round,omitempty"`
	SameSingly *bool         `json:"same_final_round_without_batch,omitempty"` // only with batches
	Invalid    []int         `json:"invalid_ballots,omitempty"`
}

type runoffRound struct {
	Votes     []int64 `json:"votes"`
	Exhausted int64   `json:"exhausted"`
	Excluded  []int   `json:"excluded,omitempty"`
	Elected   []int   `json:"elected,omitempty"`
}

// runoffTie has no chosen option where the tie stays open or all of them go.
type runoffTie struct {
	Round  int    `json:"round"`
	Kind   Stake  `json:"kind"`
	Tied   []int  `json:"tied"`
	Chosen *int   `json:"chosen,omitempty"`
	By     string `json:"by"`
}

func countRunoffCase(c caseFile) (any, error) {
	var in runoffSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	rules := Rules{Method: InstantRunoff, Batch: in.Batch, Blank: true}
	r, err := c.count(rules, in.Lots, caseRanked)
	if err != nil {
		return nil, err
	}
	out := runoffAsExpected(r)
	if in.Batch {
		rules.Batch = false
		singly, err := c.count(rules, in.Lots, caseRanked)
		if err != nil {
			return nil, err
		}
		out.SameSingly = new(slices.Equal(out.FinalRound, runoffAsExpected(singly).FinalRound))
	}
	return out, nil
}

func runoffAsExpected(r Result) runoffExpected {
	out := runoffExpected{Winners: r.Winners, Tied: r.Tied, Rounds: []runoffRound{}, Invalid: r.Invalid}
	for _, round := range r.Rounds {
		votes := make([]int64, len(round.Votes))
		for option, figure := range round.Votes {
			votes[option] = figure.Units
		}
		out.FinalRound = votes
		out.Rounds = append(out.Rounds, runoffRound{votes, round.Exhausted.Units, round.Excluded, round.Elected})
	}
	for _, t := range r.Ties {
		tie := runoffTie{Round: t.Round, Kind: t.Stake, Tied: t.Tied, By: t.By}
		if len(t.Chosen) == 1 {
			tie.Chosen = &t.Chosen[0]
		}
		out.Ties = append(out.Ties, tie)
	}
	return out
}
