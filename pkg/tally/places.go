package tally

import (
	"slices"

	"plenary/pkg/errs"
)

// begin is a result that says who took part, and nothing else yet.
func (c Contest) begin(m rule, votes []int64, cast, blank int64, invalid []int) Result {
	return Result{
		Rule:    m.version(),
		Turnout: turnoutOf(c.Rules.Quorum, cast, blank, c.Eligible),
		Options: rows(votes, cast),
		Ranking: [][]int{},
		Winners: []int{},
		Tied:    []int{},
		Invalid: invalid,
	}
}

// fillSeats gives places from the top of the ranking, whole levels at a time,
// until a level does not fit. Lots decide who of that level has a place; where
// there are none it stays open.
func (r *Result) fillSeats(c Contest) {
	if r.stands(c) {
		r.seat(c)
	}
}

// seat is fillSeats where the votes are known to be enough.
func (r *Result) seat(c Contest) {
	r.Status = Chosen
	for _, level := range r.Ranking {
		free := c.Rules.Seats - len(r.Winners)
		if free == 0 {
			return
		}
		if len(level) > free {
			r.drawPlaces(c, slices.Clone(level), free)
			return
		}
		r.Winners = append(r.Winners, level...)
	}
}

// stands reports whether there are votes enough to decide anything, and sets the
// status where there are not.
func (r *Result) stands(c Contest) bool {
	switch {
	case !r.Turnout.QuorumMet():
		r.Status = NoQuorum
		return false
	case r.Turnout.Cast == r.Turnout.Blank:
		r.Status, r.Tied = NoVotes, append(r.Tied, c.standing()...)
		return false
	}
	return true
}

// drawPlaces gives the free places to the tied, one lot for each.
func (r *Result) drawPlaces(c Contest, tied []int, free int) {
	for ; free > 0; free-- {
		drawn, fell := c.lot(ForPlace, tied)
		if !fell {
			r.Status, r.Tied = Tied, tied
			r.Ties = append(r.Ties, Tie{Stake: ForPlace, Tied: tied, Chosen: []int{}, By: ByNothing})
			return
		}
		r.Ties = append(r.Ties, Tie{Stake: ForPlace, Tied: slices.Clone(tied), Chosen: []int{drawn}, By: ByLot})
		r.Winners = append(r.Winners, drawn)
		tied = slices.DeleteFunc(tied, func(option int) bool { return option == drawn })
	}
}

// wording is how a method that ranks its options speaks of what it ranks by.
type wording struct {
	won    func(option int) Step              // the outcome with one winner
	tied   func(options []int) Step           // the outcome with an open tie
	chosen func(option int) Step              // one winner and its figures
	level  func(options []int, free int) Step // options equal for so many places
	next   func(last int, level []int) Step   // the best of those left out, against the last winner
}

// tell puts the result into sentences: the rule's own, then who has a place and why.
func (r *Result) tell(c Contest, w wording, rule ...Step) {
	r.Summary = r.summarise(w)
	s := append(r.Turnout.steps(r.Invalid), rule...)
	if c.Rules.Seats > 1 {
		s = append(s, Step{Code: "tally.step.seats", Args: errs.Args{"Count": c.Rules.Seats}})
	}
	switch r.Status {
	case NoQuorum:
	case NoVotes:
		s = append(s, Step{Code: "tally.step.no_votes"})
	default:
		s = append(s, r.placeSteps(c, w)...)
	}
	r.Explanation = s
}

func (r *Result) summarise(w wording) Step {
	switch {
	case r.Status == NoQuorum:
		return r.Turnout.noQuorum()
	case r.Status == NoVotes:
		return Step{Code: "tally.summary.no_votes"}
	case r.Status == Tied:
		return w.tied(r.Tied)
	case len(r.Winners) > 1:
		return Step{Code: "tally.summary.chosen_several", Options: r.Winners}
	case len(r.chance()) > 0:
		return Step{Code: "tally.summary.chosen_by_lot", Options: r.Winners}
	}
	return w.won(r.Winners[0])
}

// chance lists the ties that only lots could decide, or nothing did.
func (r *Result) chance() []Tie {
	var ties []Tie
	for _, t := range r.Ties {
		if t.By == ByLot || t.By == ByNothing {
			ties = append(ties, t)
		}
	}
	return ties
}

// placeSteps says who is certain of a place, then what lots did, or by how much
// the next option missed.
func (r *Result) placeSteps(c Contest, w wording) []Step {
	var s, drawn []Step
	ties := r.chance()
	certain := len(r.Winners)
	for _, t := range ties {
		if t.By == ByLot {
			certain--
			drawn = append(drawn, Step{Code: "tally.step.lot_place", Options: t.Chosen})
		}
	}
	for _, option := range r.Winners[:certain] {
		s = append(s, w.chosen(option))
	}
	if len(ties) > 0 {
		s = append(s, w.level(ties[0].Tied, c.Rules.Seats-certain))
		return append(s, drawn...)
	}
	if next := r.leftOut(); next != nil {
		s = append(s, w.next(r.Winners[len(r.Winners)-1], next))
	}
	return s
}

// leftOut is the best level of the ranking that has no place, where places were
// given to whole levels.
func (r *Result) leftOut() []int {
	for _, level := range r.Ranking {
		if !slices.Contains(r.Winners, level[0]) {
			return level
		}
	}
	return nil
}
