package tally

import (
	"cmp"
	"iter"

	"plenary/pkg/errs"
)

// The answers to a slot of a time poll, as scores.
const (
	No = iota
	IfNeedBe
	Yes
)

// timePoll finds a time: each slot is answered with yes (2), if need be (1) or no
// (0), and a blank is a no. The order goes by the total, then by the number of
// yes, then the earlier slot, so that nothing is ever tied; the options are
// expected in the order of their times. Row.Votes is who can come at all,
// Turnout.Blank who can come at no time. (The rule is that of Loomio's "meeting"
// polls.)
type timePoll struct{}

func (timePoll) version() string { return "time_poll/1" }
func (timePoll) form() Form      { return Scores }

func (timePoll) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	return r
}

func (timePoll) validate(r Rules, options int, f *errs.Fields) {
	r.checkOptions(f, options)
	r.accept(f, "quorum", "seats")
}

func (timePoll) check(_ Rules, options int, b Ballot) *errs.Text {
	return checkScores(b.Scores, options, No, Yes, true)
}

func (m timePoll) count(c Contest, ballots iter.Seq[Ballot]) Result {
	t, r := c.scores(m, No, Yes, false, ballots)
	t.foldBlanks(No)
	sums := make([]int64, c.Options)
	for option := range sums {
		sums[option] = t.sum(option)
		r.Options[option].Points = &Fraction{sums[option], 1}
	}
	r.Values = t.values()
	r.Ranking = levels(c.standing(), func(a, b int) int {
		return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(t.of(b)[Yes], t.of(a)[Yes]), a-b)
	})
	r.fillSeats(c)
	r.tell(c, r.slotWords(t), Step{Code: "tally.step.time_rule"})
	return r
}

// slotWords are the sentences about slots.
func (r *Result) slotWords(t scoreTable) wording {
	step := func(code string, options []int) Step {
		n := t.of(options[0])
		return Step{Code: code, Options: options, Args: errs.Args{"Points": r.points(options[0]),
			"Yes": n[Yes], "Maybe": n[IfNeedBe], "No": n[No]}}
	}
	w := r.pointWords(sumCodes)
	w.won = func(option int) Step { return step("tally.summary.time", []int{option}) }
	w.chosen = func(option int) Step { return step("tally.step.time", []int{option}) }
	w.next = func(_ int, level []int) Step { return step("tally.step.time_next", level) }
	return w
}
