package tally

import (
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// sortition draws as many options as there are seats, without ballots. With a
// Lottery they are the first of its order, which anybody can draw again from the
// public seed (see Draw). Until there are lots, all options are tied.
type sortition struct{}

func (sortition) version() string { return "draw/1" }
func (sortition) form() Form      { return Nothing }

func (sortition) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	return r
}

func (sortition) validate(r Rules, options int, f *errs.Fields) {
	r.checkOptions(f, options)
	r.accept(f, "seats")
}

func (sortition) check(Rules, int, Ballot) *errs.Text {
	return &errs.Text{Code: "tally.ballot.draw"}
}

func (m sortition) count(c Contest, ballots iter.Seq[Ballot]) Result {
	var invalid []int
	for range valid(m, c.Rules, c.Options, ballots, &invalid) {
		continue // there is no valid ballot: all that came are noted
	}
	r := c.begin(m, make([]int64, c.Options), 0, 0, invalid)
	r.Status = Chosen
	standing := c.standing()
	if seats := c.Rules.Seats; seats < len(standing) {
		r.drawPlaces(c, slices.Clone(standing), seats)
	} else {
		r.Winners = slices.Clone(standing)
	}
	for _, option := range r.Winners {
		r.Ranking = append(r.Ranking, []int{option})
	}
	rest := slices.DeleteFunc(standing, func(option int) bool { return slices.Contains(r.Winners, option) })
	if len(rest) > 0 {
		r.Ranking = append(r.Ranking, rest)
	}
	r.tellDraw(c)
	return r
}

func (r *Result) tellDraw(c Contest) {
	r.Explanation = []Step{{Code: "tally.step.draw_rule", Args: errs.Args{"Count": c.Rules.Seats, "Of": c.Options - len(c.Withdrawn)}}}
	if r.Status == Tied {
		r.Summary = Step{Code: "tally.summary.not_drawn"}
		return
	}
	r.Summary = Step{Code: "tally.summary.drawn", Options: r.Winners}
	for _, t := range r.Ties {
		r.Explanation = append(r.Explanation, Step{Code: "tally.step.drawn", Options: t.Chosen, Args: errs.Args{"Count": len(t.Tied)}})
	}
}
