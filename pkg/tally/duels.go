package tally

import (
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// duelRule is what the methods of duels share: a ballot counts in the duel of
// each two options for the one that it ranks higher. Unranked options are below
// all ranked ones (Below), or the ballot has no say in their duels (Ignored). A
// duel is as strong as its winning votes (Winning), or as they are ahead of the
// losing ones (Margin).
type duelRule struct{}

func (duelRule) form() Form { return Ranking }

func (duelRule) complete(r Rules) Rules {
	r = completeRanking(r)
	if r.Unranked == "" {
		r.Unranked = Below
	}
	if r.Strength == "" {
		r.Strength = Winning
	}
	return r
}

func (duelRule) validate(r Rules, options int, f *errs.Fields) {
	validateRanking(r, options, f)
	if r.Unranked != Below && r.Unranked != Ignored {
		f.Add("unranked", "tally.rule.unranked_unknown")
	}
	if r.Strength != Winning && r.Strength != Margin {
		f.Add("strength", "tally.rule.strength_unknown")
	}
	r.accept(f, "quorum", "seats", "min", "max", "blank", "equal", "unranked", "strength")
}

func (duelRule) check(r Rules, options int, b Ballot) *errs.Text {
	return checkRanking(r, options, b)
}

// duelMethod is a way from the matrix to an order of the options. It fills
// Result.Ranking and what it adds to Result.Duels. Where Result.Status is still
// empty it may decide the seats itself; otherwise they go by the ranking.
type duelMethod interface {
	rule
	rank(c Contest, m *matrix, r *Result)
	steps(m *matrix, r Result) []Step // why it ranks so, where no option beats every other
	summary(r Result) Step            // the same in one sentence
}

func countDuels(d duelMethod, c Contest, ballots iter.Seq[Ballot]) Result {
	p := newProfile(d, c, ballots)
	return settleDuels(d, c, newMatrix(p, c.Rules), p.begin(d, c))
}

// settleDuels decides on the matrix. The result says already who took part and
// how many rank each option highest.
func settleDuels(d duelMethod, c Contest, m *matrix, result Result) Result {
	result.Duels = m.table()
	switch {
	case !result.Turnout.QuorumMet():
		result.Status, c.Lots = NoQuorum, nil
	case !slices.ContainsFunc(result.Options, func(row Row) bool { return row.Votes > 0 }):
		result.Status, result.Tied, c.Lots = NoVotes, m.in, nil
	}
	d.rank(c, m, &result)
	if result.Status == "" {
		result.seat(c)
	}
	result.Summary = duelSummary(d, m, result)
	result.Explanation = append(result.Turnout.steps(result.Invalid), duelSteps(d, c.Rules, m, result)...)
	return result
}
