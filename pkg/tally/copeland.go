package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// copeland ranks by the number of duels won, an equal duel counting a half. It
// ends in ties so often that it is here for comparison only.
type copeland struct{ duelRule }

func (copeland) version() string { return "copeland/1" }

func (m copeland) count(c Contest, ballots iter.Seq[Ballot]) Result { return countDuels(m, c, ballots) }

func (copeland) rank(_ Contest, m *matrix, r *Result) {
	r.Ranking = levels(m.in, mostFirst(m.halves()))
	for option := range r.Options {
		points := r.Duels.Copeland[option]
		r.Options[option].Points = &points
	}
}

func (copeland) steps(_ *matrix, r Result) []Step {
	s := []Step{{Code: "tally.step.copeland_rule"}}
	for _, level := range r.Ranking {
		s = append(s, Step{Code: "tally.step.copeland_points", Options: level,
			Args: errs.Args{"Points": r.Duels.Copeland[level[0]].String()}})
	}
	return s
}

func (copeland) summary(r Result) Step {
	return Step{Code: "tally.summary.copeland", Options: r.Winners}
}
