package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// minimax ranks by the strength of the worst defeat, the smallest first. It can
// elect an option that loses every duel, and is here for comparison.
type minimax struct{ duelRule }

func (minimax) version() string { return "minimax/1" }

func (m minimax) count(c Contest, ballots iter.Seq[Ballot]) Result { return countDuels(m, c, ballots) }

func (minimax) rank(_ Contest, m *matrix, r *Result) {
	r.Ranking = levels(m.in, fewestFirst(r.Duels.Minimax))
	for option := range r.Options {
		r.Options[option].Points = &Fraction{r.Duels.Minimax[option], 1}
	}
}

func (minimax) steps(m *matrix, r Result) []Step {
	s := []Step{m.strengthStep(), {Code: "tally.step.minimax_rule"}}
	for _, level := range r.Ranking {
		s = append(s, Step{Code: "tally.step.minimax_worst", Options: level,
			Args: errs.Args{"Strength": r.Duels.Minimax[level[0]]}})
	}
	return s
}

func (minimax) summary(r Result) Step {
	return Step{Code: "tally.summary.minimax", Options: r.Winners}
}
