package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// dotVote gives each voter a number of dots to spread over the options, several
// on one where wanted; the most dots win (cumulative voting). A ballot with too
// many dots, or with too few where all have to be used, is refused and never
// trimmed. A ballot without dots needs Rules.Blank. Equal figures at the last
// seat are decided by lot, and stay open where there is none.
type dotVote struct{}

func (dotVote) version() string { return "dot_vote/1" }
func (dotVote) form() Form      { return Scores }

func (dotVote) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.Dots = or(r.Dots, 8)
	return r
}

func (dotVote) validate(r Rules, options int, f *errs.Fields) {
	r.checkOptions(f, options)
	checkNumber(f, "dots", r.Dots, 1, mostScore)
	r.accept(f, "quorum", "seats", "blank", "dots", "use_all")
}

func (dotVote) check(r Rules, options int, b Ballot) *errs.Text {
	if t := checkScores(b.Scores, options, 0, r.Dots, true); t != nil {
		return t
	}
	used := 0
	for _, dots := range b.Scores {
		if dots != NoScore {
			used += dots
		}
	}
	switch {
	case used == 0 && r.Blank:
		return nil
	case used == 0:
		return &errs.Text{Code: "tally.ballot.dots_none"}
	case used > r.Dots:
		return &errs.Text{Code: "tally.ballot.dots_over", Args: errs.Args{"Count": r.Dots, "Used": used}}
	case used < r.Dots && r.UseAll:
		return &errs.Text{Code: "tally.ballot.dots_left", Args: errs.Args{"Count": r.Dots, "Used": used}}
	}
	return nil
}

func (m dotVote) count(c Contest, ballots iter.Seq[Ballot]) Result {
	told := Step{Code: "tally.step.dots_rule", Args: errs.Args{"Count": c.Rules.Dots}}
	if c.Rules.UseAll {
		told.Code = "tally.step.dots_all_rule"
	}
	return countSums(m, c, 0, c.Rules.Dots, false, ballots, told)
}
