package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/tally"
)

// election is a made-up poll with rankings, by any of their methods.
type election struct {
	method  tally.Method
	contest tally.Contest
	ballots []tally.Ballot
}

func (e election) count(t testing.TB) tally.Result {
	return mustContest(t, e.method, e.contest, e.ballots)
}

func anyElection(t *rapid.T, methods ...tally.Method) election {
	e := election{method: rapid.SampledFrom(methods).Draw(t, "method"), contest: tally.Contest{Options: rapid.IntRange(1, 6).Draw(t, "options")}}
	e.contest.Rules.Blank = true
	if e.method == tally.InstantRunoff {
		e.contest.Rules.Batch = rapid.Bool().Draw(t, "batch")
	} else {
		e.contest.Rules.Equal = true
		e.contest.Rules.Strength = rapid.SampledFrom([]tally.Strength{tally.Winning, tally.Margin}).Draw(t, "strength")
		e.contest.Rules.Unranked = rapid.SampledFrom([]tally.Unranked{tally.Below, tally.Ignored}).Draw(t, "unranked")
	}
	e.ballots = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tally.Ballot {
		order := rapid.Permutation(optionsUpTo(e.contest.Options)).Draw(t, "order")
		b := ranked(rapid.Int64Range(1, 4).Draw(t, "weight"), order[:rapid.IntRange(0, len(order)).Draw(t, "ranked")]...)
		for e.contest.Rules.Equal && len(b.Ranks) > 1 && rapid.IntRange(0, 3).Draw(t, "equal") == 0 {
			b.Ranks = append([][]int{append(b.Ranks[0][:len(b.Ranks[0]):len(b.Ranks[0])], b.Ranks[1]...)}, b.Ranks[2:]...)
		}
		return b
	}), 0, 12).Draw(t, "ballots")
	return e
}

// withFaults breaks some of the ballots.
func (e election) withFaults(t *rapid.T) election {
	e.ballots = slices.Clone(e.ballots)
	for i := range e.ballots {
		b := &e.ballots[i]
		switch rapid.IntRange(0, 9).Draw(t, "fault") {
		case 0:
			b.Ranks = append(slices.Clone(b.Ranks), []int{e.contest.Options})
		case 1:
			b.Ranks = append(slices.Clone(b.Ranks), []int{0}, []int{0})
		case 2:
			b.Ranks = append(slices.Clone(b.Ranks), []int{})
		case 3:
			b.Choices = []int{0}
		case 4:
			b.Weight = 0
		}
	}
	return e
}

func optionsUpTo(n int) []int {
	options := make([]int, n)
	for i := range options {
		options[i] = i
	}
	return options
}

func rankingMethods() []tally.Method { return append(theDuelMethods(), tally.InstantRunoff) }

func TestTheOrderOfRankingsChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, rankingMethods()...).withFaults(rt)
		want := e.count(t)
		e.ballots = rapid.Permutation(e.ballots).Draw(rt, "another order")
		if diff := cmp.Diff(figures(want), figures(e.count(t))); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestSplittingTheWeightOfARankingChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, rankingMethods()...)
		want := e.count(t)
		var single []tally.Ballot
		for _, b := range e.ballots {
			for range b.Weight {
				single = append(single, tally.Ballot{Ranks: b.Ranks, Weight: 1})
			}
		}
		e.ballots = single
		if diff := cmp.Diff(want, e.count(t)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestRenumberingRankedOptionsRenumbersTheResult(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, rankingMethods()...)
		if e.method != tally.InstantRunoff {
			e.contest.Rules.Seats = rapid.IntRange(1, e.contest.Options).Draw(rt, "seats")
		}
		names := rapid.Permutation(optionsUpTo(e.contest.Options)).Draw(rt, "new numbers")
		f := e
		f.ballots = nil
		for _, b := range e.ballots {
			f.ballots = append(f.ballots, tally.Ballot{Ranks: renamedLevels(b.Ranks, names), Weight: b.Weight})
		}
		before, after := e.count(t), f.count(t)
		if before.Status != after.Status {
			rt.Fatalf("%s became %s", before.Status, after.Status)
		}
		for what, pair := range map[string][2][][]int{
			"winners": {{renamed(before.Winners, names)}, {after.Winners}},
			"tied":    {{renamed(before.Tied, names)}, {after.Tied}},
			"ranking": {renamedLevels(before.Ranking, names), after.Ranking},
		} {
			if diff := cmp.Diff(sortedLevels(pair[0]), sortedLevels(pair[1])); diff != "" {
				rt.Fatal(what, diff)
			}
		}
	})
}

func renamedLevels(levels [][]int, names []int) [][]int {
	out := [][]int{}
	for _, level := range levels {
		out = append(out, renamed(level, names))
	}
	return out
}

func sortedLevels(levels [][]int) [][]int {
	out := [][]int{}
	for _, level := range levels {
		out = append(out, sorted(level))
	}
	return out
}

func TestCheckAndCountAgreeOnRankings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, rankingMethods()...).withFaults(rt)
		rules := e.contest.Rules
		rules.Method = e.method
		var refused []int
		for i, b := range e.ballots {
			if rules.Check(e.contest.Options, b) != nil {
				refused = append(refused, i)
			}
		}
		if diff := cmp.Diff(refused, e.count(t).Invalid); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestARankingWithoutAnOptionIsThatOfBallotsWithoutIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, rankingMethods()...)
		e.contest.Options++ // the last one stays unranked
		e.contest.Withdrawn = []int{rapid.IntRange(0, e.contest.Options-1).Draw(rt, "withdrawn")}
		gone := func(option int) bool { return option == e.contest.Withdrawn[0] }
		want := e.count(t)
		f := e
		f.ballots = nil
		for _, b := range e.ballots {
			struck := tally.Ballot{Weight: b.Weight}
			for _, level := range b.Ranks {
				if left := slices.DeleteFunc(slices.Clone(level), gone); len(left) > 0 {
					struck.Ranks = append(struck.Ranks, left)
				}
			}
			f.ballots = append(f.ballots, struck)
		}
		got := f.count(t)
		want.Turnout, want.Explanation, got.Explanation = got.Turnout, nil, nil // ballots become blank
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}
