package tally

import (
	"iter"
	"sort"

	"plenary/pkg/errs"
)

// mostCredits is the square of mostScore.
const mostCredits = mostScore * mostScore

// quadratic lets each voter buy votes: n votes for one option cost n times n
// credits, and so do n votes against it where Rules.Negative allows them (Lalley
// and Weyl, Quadratic Voting, 2018). The highest sum of votes for less votes
// against wins. A ballot that costs more than the credits is refused and never
// trimmed; one without votes needs Rules.Blank. Equal figures at the last seat
// are decided by lot, and stay open where there is none.
type quadratic struct{}

func (quadratic) version() string { return "quadratic/1" }
func (quadratic) form() Form      { return Scores }

func (quadratic) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.Credits = or(r.Credits, 100)
	return r
}

func (quadratic) validate(r Rules, options int, f *errs.Fields) {
	r.checkOptions(f, options)
	checkNumber(f, "credits", r.Credits, 1, mostCredits)
	r.accept(f, "quorum", "seats", "blank", "credits", "negative")
}

func (m quadratic) check(r Rules, options int, b Ballot) *errs.Text {
	least, most := m.span(r)
	if t := checkScores(b.Scores, options, least, most, true); t != nil {
		return t
	}
	cost := 0
	for _, votes := range b.Scores {
		if votes != NoScore {
			cost += votes * votes
		}
	}
	switch {
	case cost == 0 && !r.Blank:
		return &errs.Text{Code: "tally.ballot.credits_none"}
	case cost > r.Credits:
		return &errs.Text{Code: "tally.ballot.credits_over", Args: errs.Args{"Count": r.Credits, "Cost": cost}}
	}
	return nil
}

// span is the fewest and the most votes that the credits can buy for one option.
func (quadratic) span(r Rules) (least, most int) {
	most = sort.Search(mostScore, func(n int) bool { return (n+1)*(n+1) > r.Credits })
	if r.Negative {
		least = -most
	}
	return least, most
}

func (m quadratic) count(c Contest, ballots iter.Seq[Ballot]) Result {
	told := Step{Code: "tally.step.credits_rule", Args: errs.Args{"Count": c.Rules.Credits}}
	if c.Rules.Negative {
		told.Code = "tally.step.credits_negative_rule"
	}
	least, most := m.span(c.Rules)
	return countSums(m, c, least, most, false, ballots, told)
}
