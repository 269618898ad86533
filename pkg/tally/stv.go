package tally

import (
	"iter"
	"math"

	"plenary/pkg/errs"
)

// stv fills several seats from rankings by the single transferable vote: who has
// a quota of votes is elected, what is above the quota goes on to the next
// preferences, and where nobody has one, the last is left out and the votes go
// on too. The three methods differ in how they share a surplus out:
//
//   - STVScottish, one surplus at a time, cut to five decimals (see gregory.go);
//   - STVWIGM, all surpluses of a round at once, cut to Rules.Decimals (the same);
//   - STVMeek, every elected option keeps a part of each vote, worked out anew
//     until all of them have the quota (see meek.go).
//
// Empty ballots, and those that rank only withdrawn options, are no part of the
// quota. Result.Options holds the first preferences.
type stv struct{ method Method }

// mostDecimals is the most decimals that a transfer keeps. Meek's rule needs
// them all.
const mostDecimals = 9

// mostSplit is how many votes can be split into the smallest units and still be
// summed in 63 bits.
const mostSplit = math.MaxInt64 / 1_000_000_000

func (s stv) version() string { return string(s.method) + "/1" }
func (stv) form() Form        { return Ranking }
func (stv) most() int64       { return mostSplit }

func (s stv) complete(r Rules) Rules {
	if r.Decimals == 0 && s.method == STVWIGM {
		r.Decimals = 4
	}
	return completeRanking(r)
}

func (s stv) validate(r Rules, options int, f *errs.Fields) {
	validateRanking(r, options, f)
	known := []string{"quorum", "seats", "min", "max", "blank"}
	if s.method == STVWIGM {
		known = append(known, "decimals")
		if r.Decimals < 1 || r.Decimals > mostDecimals {
			f.Add("decimals", "tally.rule.stv_decimals", errs.Args{"Max": mostDecimals})
		}
	}
	r.accept(f, known...)
}

func (stv) check(r Rules, options int, b Ballot) *errs.Text { return checkRanking(r, options, b) }

func (s stv) count(c Contest, ballots iter.Seq[Ballot]) Result {
	p := newProfile(s, c, ballots)
	result := p.begin(s, c)
	e := newElection(c, p)
	switch {
	case !result.Turnout.QuorumMet():
		result.Status, result.Ranking = NoQuorum, levels(p.in, mostFirst(p.firsts()))
	case e.valid == 0:
		result.Status, result.Tied = NoVotes, p.in
		result.Ranking = levels(p.in, mostFirst(p.firsts()))
	default:
		s.run(e, &result)
		e.report(&result)
	}
	result.Summary = stvSummary(result)
	result.Explanation = append(result.Turnout.steps(p.invalid), s.steps(c.Rules, e.valid, result)...)
	return result
}

// run counts until the seats are filled or a tie stays open.
func (s stv) run(e *election, r *Result) {
	switch s.method {
	case STVMeek:
		newMeek(e).run()
		return
	case STVWIGM:
		e.decimals = e.contest.Rules.Decimals
	default:
		e.decimals = 5
	}
	g := newGregory(e, s.method == STVWIGM)
	g.run()
	r.Quota = new(Whole(g.quota / power(e.decimals)))
}
