package tally

import (
	"iter"
	"math/big"

	"plenary/pkg/errs"
)

// score gives the seats to the options with the highest sum of scores (range
// voting). An option left blank has zero points, whatever the lowest score is.
// With Rules.Mean a blank is no opinion, and the exact mean of the scores given
// decides instead; an option without any score comes last. Equal figures at the
// last seat are decided by lot, and stay open where there is none. A ballot that
// leaves every option blank needs Rules.Blank.
type score struct{}

func (score) version() string { return "score/1" }
func (score) form() Form      { return Scores }

func (score) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.MaxScore = or(r.MaxScore, 5)
	return r
}

func (score) validate(r Rules, options int, f *errs.Fields) {
	r.checkOptions(f, options)
	checkNumber(f, "max_score", r.MaxScore, 1, mostScore)
	checkNumber(f, "min_score", r.MinScore, -mostScore, r.MaxScore-1)
	r.accept(f, "quorum", "seats", "blank", "min_score", "max_score", "mean")
}

func (score) check(r Rules, options int, b Ballot) *errs.Text {
	return checkScores(b.Scores, options, r.MinScore, r.MaxScore, r.Blank)
}

func (m score) count(c Contest, ballots iter.Seq[Ballot]) Result {
	r := c.Rules
	if r.Mean {
		return m.countMeans(c, ballots)
	}
	told := Step{Code: "tally.step.score_rule", Args: errs.Args{"Min": r.MinScore, "Max": r.MaxScore}}
	return countSums(m, c, r.MinScore, r.MaxScore, true, ballots, told)
}

func (m score) countMeans(c Contest, ballots iter.Seq[Ballot]) Result {
	t, r := c.scores(m, c.Rules.MinScore, c.Rules.MaxScore, true, ballots)
	means := make([]*big.Rat, c.Options)
	for option := range means {
		if p := share(t.sum(option), r.Options[option].Votes); p != nil {
			r.Options[option].Points, means[option] = p, p.rat()
		}
	}
	r.Values = t.values()
	r.Ranking = levels(c.standing(), func(a, b int) int {
		switch x, y := means[a], means[b]; {
		case x != nil && y != nil:
			return y.Cmp(x)
		case x != nil:
			return -1
		case y != nil:
			return 1
		}
		return 0
	})
	r.fillSeats(c)
	r.tell(c, r.pointWords(meanCodes),
		Step{Code: "tally.step.mean_rule", Args: errs.Args{"Min": c.Rules.MinScore, "Max": c.Rules.MaxScore}})
	return r
}
