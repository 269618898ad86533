package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// approval gives the seats to the options that most can live with: a ballot
// names as many as its voter likes, or at least and at most so many, or none,
// which counts as cast (Brams and Fishburn, Approval Voting, 1983). Equal votes
// at the last seat are decided by lot, and stay open where there is none.
type approval struct{}

func (approval) version() string { return "approval/1" }
func (approval) form() Form      { return Marks }

func (approval) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.Min = or(r.Min, 1)
	r.Blank = true
	return r
}

func (approval) validate(r Rules, options int, f *errs.Fields) {
	if r.checkOptions(f, options) {
		checkSpan(f, options, r.Min, or(r.Max, options))
		r.accept(f, "quorum", "seats", "min", "max", "blank")
	}
}

func (approval) check(r Rules, options int, b Ballot) *errs.Text {
	return checkChoices(b.Choices, options, r.Min, or(r.Max, options), r.Blank)
}

func (m approval) count(c Contest, ballots iter.Seq[Ballot]) Result {
	told := Step{Code: "tally.step.approve"}
	if c.Rules.Max != 0 || c.Rules.Min > 1 {
		bounded := c.Rules
		bounded.Max = or(bounded.Max, c.Options)
		told = choiceRule(bounded)
	}
	return countMarks(m, c, told, ballots)
}
