package tally

import (
	"plenary/pkg/errs"
)

// steps tells each duel of two contenders in the order of locking.
func (rankedPairs) steps(m *matrix, r Result) []Step {
	s := []Step{m.strengthStep(), {Code: "tally.step.ranked_pairs_rule"}}
	for _, t := range r.Ties {
		switch {
		case t.Stake == ForOrder && t.By == ByLot:
			s = append(s, Step{Code: "tally.step.order_lot", Options: t.Chosen})
		case t.Stake == ForOrder && t.By == byAnyOrder:
			s = append(s, Step{Code: "tally.step.order_any", Options: t.Tied})
		}
	}
	s = append(s, abridged(lockSteps(m, r))...)
	for _, t := range r.Ties {
		if t.Stake == ForOrder && t.By == ByNothing {
			s = append(s, Step{Code: "tally.step.order_open", Options: t.Tied})
		}
	}
	return s
}

func lockSteps(m *matrix, r Result) []Step {
	var s []Step
	decisive := contenders(m, r)
	for _, pair := range r.Duels.Locks {
		if !decisive[pair.Winner] || !decisive[pair.Loser] {
			continue
		}
		code := "tally.step.locked"
		if !pair.Locked {
			code = "tally.step.not_locked"
		}
		s = append(s, Step{Code: code, Options: []int{pair.Winner, pair.Loser},
			Args: errs.Args{"For": pair.Votes, "Against": pair.Against}})
	}
	return s
}

func (rankedPairs) summary(r Result) Step {
	return Step{Code: "tally.summary.ranked_pairs", Options: r.Winners}
}
