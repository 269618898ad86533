package tally_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"plenary/pkg/tally"
)

// What the methods promise of one winner, by the literature on them. A result
// that takes a lot is not compared, as the promises are about votes and not about
// luck.

// decided is the one winner, where no tie was met on the way; -1: there is none.
func decided(r tally.Result) int {
	if r.Status != tally.Chosen || len(r.Winners) != 1 || len(r.Ties) > 0 {
		return -1
	}
	return r.Winners[0]
}

// single is a made-up poll for one winner with ballots that are all valid, by one
// of the methods.
func single(t *rapid.T, methods ...tally.Method) poll {
	p := poll{options: rapid.IntRange(2, 5).Draw(t, "options"), rules: tally.Rules{Method: rapid.SampledFrom(methods).Draw(t, "method"), Blank: true}}
	most := 5
	switch p.rules.Method {
	case tally.TimePoll:
		p.rules.Blank, most = false, tally.Yes
	case tally.Choice:
		p.rules.Max = rapid.IntRange(1, p.options).Draw(t, "max")
	case tally.DotVote:
		p.rules.Dots = 5 * p.options
	case tally.Quadratic:
		p.rules.Credits = 25 * p.options
	case tally.Borda:
		p.rules.Equal = true
		p.rules.Unranked = rapid.SampledFrom([]tally.Unranked{tally.Zero, tally.Average}).Draw(t, "unranked")
	case tally.RankedPairs, tally.Schulze:
		p.rules.Equal = true
		p.rules.Strength = rapid.SampledFrom([]tally.Strength{tally.Winning, tally.Margin}).Draw(t, "strength")
	}
	p.ballots = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tally.Ballot {
		b := tally.Ballot{Weight: rapid.Int64Range(1, 9).Draw(t, "weight")}
		order := rapid.Permutation(optionsUpTo(p.options)).Draw(t, "order")
		order = order[:rapid.IntRange(0, p.options).Draw(t, "how many")]
		switch p.rules.Method.Form() {
		case tally.Marks:
			b.Choices = order
			if p.rules.Method == tally.Choice {
				b.Choices = order[:min(len(order), p.rules.Max)]
			}
		case tally.Ranking:
			b.Ranks = ranked(1, order...).Ranks
		default:
			b.Scores = rapid.SliceOfN(rapid.IntRange(0, most), p.options, p.options).Draw(t, "scores")
		}
		return b
	}), 1, 9).Draw(t, "ballots")
	return p
}

// changed is the poll with other ballots in the place of each of its own.
func (p poll) changed(change func(b tally.Ballot) tally.Ballot) poll {
	ballots := make([]tally.Ballot, len(p.ballots))
	for i, b := range p.ballots {
		ballots[i] = change(tally.Ballot{Choices: slices.Clone(b.Choices), Ranks: slices.Clone(b.Ranks), Scores: slices.Clone(b.Scores), Weight: b.Weight})
	}
	p.ballots = ballots
	return p
}

// likes is how well a ballot likes the option, comparable within the ballot only.
func likes(b tally.Ballot, option int) int {
	switch {
	case b.Scores != nil:
		return b.Scores[option]
	case slices.Contains(b.Choices, option):
		return 1
	}
	level := slices.IndexFunc(b.Ranks, func(level []int) bool { return slices.Contains(level, option) })
	if level < 0 {
		return -len(b.Ranks)
	}
	return -level
}

func sumMethods() []tally.Method {
	return []tally.Method{tally.Choice, tally.Approval, tally.Score, tally.DotVote, tally.Quadratic, tally.Borda}
}

func methodsOfOne() []tally.Method {
	return append(sumMethods(), tally.STAR, tally.MajorityJudgment, tally.TimePoll, tally.InstantRunoff, tally.RankedPairs, tally.Schulze)
}

func TestAMultipleOfAllVotesChangesNoWinner(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, methodsOfOne()...)
		factor := rapid.Int64Range(2, 1000).Draw(rt, "factor")
		before, after := p.count(t), p.changed(func(b tally.Ballot) tally.Ballot {
			b.Weight *= factor
			return b
		}).count(t)
		if before.Status != after.Status || !slices.Equal(before.Winners, after.Winners) || !slices.Equal(before.Tied, after.Tied) {
			rt.Fatalf("%v (tied %v), and with %d times the votes %v (tied %v)", before.Winners, before.Tied, factor, after.Winners, after.Tied)
		}
	})
}

// Whom two electorates elect apart they elect together, and one more voter never
// brings up somebody whom that voter likes less than who would have won.
func TestSumsAreConsistentAndRewardTakingPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, sumMethods()...)
		cut := rapid.IntRange(0, len(p.ballots)).Draw(rt, "cut")
		one, other := p, p
		one.ballots, other.ballots = p.ballots[:cut], p.ballots[cut:]
		a, b, together := decided(one.count(t)), decided(other.count(t)), decided(p.count(t))
		if a >= 0 && a == b && together != a {
			rt.Fatalf("%d wins twice apart, and %d together", a, together)
		}
		without := p
		without.ballots = p.ballots[1:]
		if before := decided(without.count(t)); before >= 0 && together >= 0 && likes(p.ballots[0], together) < likes(p.ballots[0], before) {
			rt.Fatalf("%v stays away and %d wins; it comes and %d wins", p.ballots[0], before, together)
		}
	})
}

func TestWhomEverybodyLikesLessThanAnotherDoesNotWin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, methodsOfOne()...)
		winner := decided(p.count(t))
		for other := range p.options {
			if winner >= 0 && !slices.ContainsFunc(p.ballots, func(b tally.Ballot) bool { return likes(b, other) <= likes(b, winner) }) {
				rt.Fatalf("%d wins, and everybody prefers %d", winner, other)
			}
		}
	})
}

// Raised is the ballot that likes the option best and orders the others as before.
func raised(r tally.Rules, b tally.Ballot, option int) tally.Ballot {
	switch {
	case b.Scores != nil:
		b.Scores[option] = 5
		if r.Method == tally.TimePoll {
			b.Scores[option] = tally.Yes
		}
	case r.Method == tally.Approval || r.Method == tally.Choice:
		if slices.Contains(b.Choices, option) {
			return b
		}
		if len(b.Choices) > 0 && len(b.Choices) == r.Max {
			b.Choices = b.Choices[1:]
		}
		b.Choices = append(b.Choices, option)
	default:
		b.Ranks = append([][]int{{option}}, slices.DeleteFunc(b.Ranks, func(level []int) bool { return level[0] == option })...)
	}
	return b
}

func TestTheWinnerStillWinsWhenABallotLikesItBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, append(sumMethods(), tally.STAR, tally.MajorityJudgment, tally.TimePoll)...)
		winner := decided(p.count(t))
		if winner < 0 {
			return
		}
		p.ballots[0] = p.changed(func(b tally.Ballot) tally.Ballot { return b }).ballots[0]
		p.ballots[0] = raised(p.rules, p.ballots[0], winner)
		if after := p.count(t); len(after.Invalid) > 0 || !slices.Equal(after.Winners, []int{winner}) {
			rt.Fatalf("%d won, and then %v (invalid %v)", winner, after.Winners, after.Invalid)
		}
	})
}

// Sums, grades and duels compare two options by what ballots say of the two, so
// that a loser who leaves changes nothing. Ranked pairs keeps to this for the last
// of its order, Schulze and ranked pairs for those outside the Smith set, instant
// runoff for whom it leaves out first.
func TestALoserWhoLeavesChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, tally.Choice, tally.Approval, tally.Score, tally.DotVote, tally.Quadratic, tally.MajorityJudgment, tally.TimePoll,
			tally.InstantRunoff, tally.RankedPairs, tally.Schulze)
		before := p.count(t)
		winner := decided(before)
		if winner < 0 {
			return
		}
		var losers []int
		switch p.rules.Method {
		case tally.InstantRunoff:
			losers = before.Rounds[0].Excluded
		case tally.RankedPairs:
			losers = append(losers, before.Ranking[len(before.Ranking)-1]...)
		}
		if before.Duels != nil {
			set := smithSet(before.Duels.Wins)
			losers = append(losers, slices.DeleteFunc(optionsUpTo(p.options), func(option int) bool { return slices.Contains(set, option) })...)
		} else if p.rules.Method != tally.InstantRunoff {
			losers = optionsUpTo(p.options)
		}
		for _, loser := range losers {
			if loser == winner {
				continue
			}
			c := tally.Contest{Rules: p.rules, Options: p.options, Withdrawn: []int{loser}}
			after, err := c.Count(slices.Values(p.ballots))
			if err != nil || !slices.Equal(after.Winners, []int{winner}) {
				rt.Fatalf("%d wins, and without %d %v (%v)", winner, loser, after.Winners, err)
			}
		}
	})
}

// A clone stands next to the option on every ballot. Whoever wins without it wins
// with it, or it does in the place of the option.
func TestACloneTakesTheWinFromNobodyElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, tally.InstantRunoff, tally.RankedPairs, tally.Schulze)
		winner := decided(p.count(t))
		if winner < 0 {
			return
		}
		original, clone := rapid.IntRange(0, p.options-1).Draw(rt, "original"), p.options
		first := rapid.SliceOfN(rapid.Bool(), len(p.ballots), len(p.ballots)).Draw(rt, "clone first")
		q := p
		q.options++
		n := -1
		q = q.changed(func(b tally.Ballot) tally.Ballot {
			n++
			at := slices.IndexFunc(b.Ranks, func(level []int) bool { return level[0] == original })
			if at >= 0 && first[n] {
				b.Ranks = slices.Insert(b.Ranks, at, []int{clone})
			} else if at >= 0 {
				b.Ranks = slices.Insert(b.Ranks, at+1, []int{clone})
			}
			return b
		})
		after := q.count(t)
		if p.rules.Method == tally.InstantRunoff && len(after.Ties) > 0 {
			return // who is left out by chance may be either of them
		}
		for _, option := range slices.Concat(after.Winners, after.Tied) {
			if option != winner && (winner != original || option != clone) {
				rt.Fatalf("%d won, and with a clone of %d %v (tied %v)", winner, original, after.Winners, after.Tied)
			}
		}
	})
}

// Later-no-harm: what stands on a ballot below the winner was never looked at.
func TestLowerPreferencesDoNotHarmTheWinnerOfARunoff(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, tally.InstantRunoff)
		winner := decided(p.count(t))
		i := rapid.IntRange(0, len(p.ballots)-1).Draw(rt, "ballot")
		at := slices.IndexFunc(p.ballots[i].Ranks, func(level []int) bool { return level[0] == winner })
		if winner < 0 || at < 0 {
			return
		}
		below := rapid.Permutation(optionsUpTo(p.options)).Draw(rt, "below")
		kept := p.ballots[i].Ranks[:at+1]
		below = slices.DeleteFunc(below, func(option int) bool { return slices.Contains(slices.Concat(kept...), option) })
		p.ballots = slices.Clone(p.ballots)
		p.ballots[i].Ranks = slices.Concat(kept, ranked(1, below[:rapid.IntRange(0, len(below)).Draw(rt, "how many")]...).Ranks)
		if after := p.count(t); !slices.Equal(after.Winners, []int{winner}) {
			rt.Fatalf("%d won, and with other options below it %v", winner, after.Winners)
		}
	})
}

// Without equal ranks and with everything ranked, the opposite of all ballots
// never elects the same.
func TestNobodyWinsBothWays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, tally.Borda, tally.Score)
		if p.rules.Method == tally.Borda {
			p = p.changed(func(b tally.Ballot) tally.Ballot {
				for option := range p.options {
					if !slices.ContainsFunc(b.Ranks, func(level []int) bool { return level[0] == option }) {
						b.Ranks = append(b.Ranks, []int{option})
					}
				}
				return b
			})
		}
		before := decided(p.count(t))
		after := decided(p.changed(func(b tally.Ballot) tally.Ballot {
			slices.Reverse(b.Ranks)
			for option := range b.Scores {
				b.Scores[option] = 5 - b.Scores[option]
			}
			return b
		}).count(t))
		if before >= 0 && before == after {
			rt.Fatalf("%d won both ways", before)
		}
	})
}

// Withdrawing is as if the option had never been on a ballot, for points and for
// seats of several as for rankings.
func TestAWithdrawnOptionAndOneNobodyMarkedAreTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := single(rt, append(sumMethods()[:5], tally.MajorityJudgment, tally.TimePoll, tally.STVScottish, tally.STVWIGM, tally.STVMeek)...)
		out := rapid.IntRange(0, p.options-1).Draw(rt, "out")
		with := tally.Contest{Rules: p.rules, Options: p.options, Withdrawn: []int{out}}
		got, err := with.Count(slices.Values(p.ballots))
		if err != nil {
			rt.Fatal(err)
		}
		want, err := with.Count(slices.Values(p.changed(func(b tally.Ballot) tally.Ballot {
			b.Choices = slices.DeleteFunc(b.Choices, func(option int) bool { return option == out })
			b.Ranks = slices.DeleteFunc(b.Ranks, func(level []int) bool { return level[0] == out })
			if b.Scores != nil {
				b.Scores[out] = blank
			}
			return b
		}).ballots))
		if err != nil || !slices.Equal(got.Winners, want.Winners) || !slices.Equal(got.Tied, want.Tied) || len(got.Rounds) != len(want.Rounds) {
			rt.Fatalf("withdrawn: %v (tied %v), never marked: %v (tied %v; %v)", got.Winners, got.Tied, want.Winners, want.Tied, err)
		}
	})
}
