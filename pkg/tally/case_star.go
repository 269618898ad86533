package tally

import (
	"cmp"
	"slices"
)

// starSettings are the options of a ballot file for star.
type starSettings struct {
	MaxScore int       `json:"max_score"`
	Blank    string    `json:"blank"`
	Protocol string    `json:"score_tie_protocol"`
	Lots     lotScript `json:"lots"`
}

// starProtocol is how files describe the tie breaks of star.
const starProtocol = "two tied: head-to-head; otherwise five-star count; then lot"

// starExpected is a result by STAR as ballot files state it.
type starExpected struct {
	Totals     []*Fraction    `json:"totals"`
	FiveStars  []int64        `json:"five_star_counts"`
	Winners    []int          `json:"winners"`
	Tied       []int          `json:"tied_for_last_seats,omitempty"`
	Unresolved string         `json:"unresolved,omitempty"`
	Open       bool           `json:"tie_unresolved,omitempty"`
	Finalists  []int          `json:"finalists"`
	Runoff     *starRunoff    `json:"runoff"`
	TieBreaks  []starTieBreak `json:"tie_breaks,omitempty"`
	Invalid    []int          `json:"invalid_ballots"`
}

type starRunoff struct {
	Votes        []int64 `json:"votes"` // as the finalists
	NoPreference int64   `json:"no_preference"`
}

type starTieBreak struct {
	Stage  string `json:"stage"` // score or runoff
	By     string `json:"by"`
	Tied   []int  `json:"tied"`
	Chosen any    `json:"chosen"` // an option, or the list of both finalists
}

func countStarCase(c caseFile) (any, error) {
	var in starSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if err := oneOf("blank", in.Blank, "zero"); err != nil {
		return nil, err
	}
	if err := oneOf("score_tie_protocol", in.Protocol, starProtocol); err != nil {
		return nil, err
	}
	r, err := c.count(Rules{Method: STAR, MaxScore: in.MaxScore, Blank: true}, in.Lots, caseScore)
	if err != nil {
		return nil, err
	}
	return starAsExpected(r), nil
}

func starAsExpected(r Result) starExpected {
	out := starExpected{Winners: r.Winners, Tied: r.Tied, Finalists: starFinalists(r), Invalid: append([]int{}, r.Invalid...)}
	for i, row := range r.Options {
		counts := r.Values.Counts[i]
		out.Totals = append(out.Totals, row.Points)
		out.FiveStars = append(out.FiveStars, counts[len(counts)-1])
	}
	if len(r.Rounds) > 1 {
		out.Runoff = &starRunoff{NoPreference: r.Rounds[1].Exhausted.Units}
		for _, option := range out.Finalists {
			out.Runoff.Votes = append(out.Runoff.Votes, r.Rounds[1].Votes[option].Units)
		}
	}
	for _, t := range r.Ties {
		stage, open := "score", "score: needs a lot for a place in the runoff"
		if t.Stake == ForPlace {
			stage, open = "runoff", "runoff: needs a lot between both"
		}
		if t.By == ByNothing {
			out.Open, out.Unresolved = true, open
			continue
		}
		entry := starTieBreak{Stage: stage, By: t.By, Tied: t.Tied, Chosen: t.Chosen}
		if len(t.Chosen) == 1 {
			entry.Chosen = t.Chosen[0]
		}
		out.TieBreaks = append(out.TieBreaks, entry)
	}
	return out
}

// starFinalists lists the options of the runoff, that with the higher sum first,
// and of equal sums that which came in first.
func starFinalists(r Result) []int {
	finalists := []int{}
	if len(r.Rounds) < 2 {
		return finalists
	}
	for option, votes := range r.Rounds[1].Votes {
		if votes != nil {
			finalists = append(finalists, option)
		}
	}
	var chosen []int
	for _, t := range r.Ties {
		if t.Stake == ForFinal {
			chosen = append(chosen, t.Chosen...)
		}
	}
	slices.SortStableFunc(finalists, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.Rounds[0].Votes[b].Units, r.Rounds[0].Votes[a].Units),
			cmp.Compare(slices.Index(chosen, a), slices.Index(chosen, b)))
	})
	return finalists
}
