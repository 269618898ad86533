package tally

import (
	"errors"
	"slices"
)

// duelSettings are the options of a ballot file for a method of duels.
type duelSettings struct {
	Strength Strength  `json:"strength"`
	Unranked Unranked  `json:"unranked"`
	TiePoint *Fraction `json:"tie_point"` // Copeland only: what an equal duel counts; none: a half
	Lots     lotScript `json:"lots"`
}

// duelExpected is the result as ballot files state it.
type duelExpected struct {
	Winners  []int      `json:"winners"`
	Tied     []int      `json:"tied_for_last_seats,omitempty"`
	Ranking  [][]int    `json:"ranking"`
	Pairwise [][]int64  `json:"pairwise"`
	Paths    [][]*int64 `json:"paths,omitempty"`  // Schulze; null from an option to itself
	Locked   []duelLock `json:"locked,omitzero"`  // ranked pairs
	Scores   any        `json:"scores,omitempty"` // minimax, Copeland
	Invalid  []int      `json:"invalid_ballots,omitempty"`
}

type duelLock struct {
	Win    int  `json:"win"`
	Lose   int  `json:"lose"`
	Locked bool `json:"locked"`
}

func countDuelCase(c caseFile) (any, error) {
	var in duelSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	method := Method(c.Method)
	if in.TiePoint != nil && (method != Copeland || *in.TiePoint != Fraction{1, 2}) {
		return nil, errors.New("options: tie_point is only for copeland, and can only be 1/2")
	}
	rules := Rules{Method: method, Equal: true, Blank: true, Strength: in.Strength, Unranked: in.Unranked}.Complete()
	r, err := c.count(rules, in.Lots, caseRanked)
	if err != nil {
		return nil, err
	}
	return duelsAsExpected(method, rules, r), nil
}

func duelsAsExpected(method Method, rules Rules, r Result) duelExpected {
	out := duelExpected{Winners: r.Winners, Tied: r.Tied, Ranking: r.Ranking, Pairwise: r.Duels.Wins, Invalid: r.Invalid}
	switch method {
	case Schulze:
		out.Paths = pathsAsExpected(rules, r)
	case RankedPairs:
		out.Locked = []duelLock{}
		for _, pair := range r.Duels.Locks {
			out.Locked = append(out.Locked, duelLock{pair.Winner, pair.Loser, pair.Locked})
		}
	case Copeland:
		out.Scores = r.Duels.Copeland
	case Minimax:
		out.Scores = minimaxAsExpected(rules, r)
	}
	return out
}

// pathsAsExpected also goes along lost duels where margins count. They are below
// zero and change no comparison of two paths.
func pathsAsExpected(rules Rules, r Result) [][]*int64 {
	n := len(r.Options)
	paths := slices.Concat(r.Duels.Paths...)
	if rules.Strength == Margin {
		m := matrix{options: n, in: slices.Sorted(slices.Values(slices.Concat(r.Ranking...))), wins: slices.Concat(r.Duels.Wins...)}
		paths = m.strongestPaths(func(i, j int) int64 { return m.votes(i, j) - m.votes(j, i) })
	}
	out := make([][]*int64, n)
	for i := range out {
		out[i] = make([]*int64, n)
		for j := range n {
			if i != j {
				out[i][j] = &paths[i*n+j]
			}
		}
	}
	return out
}

// minimaxAsExpected gives, where margins count, an option that wins all its duels
// a score below zero: the narrowest of its wins.
func minimaxAsExpected(rules Rules, r Result) []int64 {
	scores := slices.Clone(r.Duels.Minimax)
	winner := r.Duels.Condorcet
	if rules.Strength != Margin || winner == nil {
		return scores
	}
	for n, other := range slices.Concat(r.Ranking[1:]...) {
		score := r.Duels.Wins[other][*winner] - r.Duels.Wins[*winner][other]
		if n == 0 || score > scores[*winner] {
			scores[*winner] = score
		}
	}
	return scores
}
