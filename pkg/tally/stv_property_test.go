package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/tally"
)

// board is a made-up election of several.
type board struct {
	contest tally.Contest
	ballots []tally.Ballot
}

func (b board) count(t testing.TB) tally.Result { return mustElect(t, b.contest, b.ballots) }

// anyBoard has from 3 to 6 options, of which some may be withdrawn, and small
// numbers of votes, so that ties and exact quotas come up.
func anyBoard(t *rapid.T) board {
	options := rapid.IntRange(3, 6).Draw(t, "options")
	b := board{contest: tally.Contest{Options: options, Rules: tally.Rules{
		Method: rapid.SampledFrom(stvMethods()).Draw(t, "method"),
		Seats:  rapid.IntRange(1, options-1).Draw(t, "seats"),
		Blank:  true,
	}}}
	b.ballots = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tally.Ballot {
		return anyRanking(t, options, 5)
	}), 0, 20).Draw(t, "ballots")
	return b
}

func anyRanking(t *rapid.T, options int, most int64) tally.Ballot {
	order := rapid.Permutation(everyOption(options)).Draw(t, "order")
	length := rapid.IntRange(0, options).Draw(t, "length")
	return preferring(rapid.Int64Range(1, most).Draw(t, "weight"), order[:length]...)
}

func everyOption(options int) []int {
	all := make([]int, options)
	for i := range all {
		all[i] = i
	}
	return all
}

// ordered is a lottery whose order the test knows.
type ordered []int

func (o ordered) Draw(what tally.Stake, tied []int) int {
	i := slices.IndexFunc(o, func(option int) bool { return slices.Contains(tied, option) })
	if what == tally.ForExclusion {
		backwards := slices.Clone(o)
		slices.Reverse(backwards)
		i = len(o) - 1 - slices.IndexFunc(backwards, func(option int) bool { return slices.Contains(tied, option) })
	}
	return o[i]
}

func withLots(t *rapid.T, b board) board {
	b.contest.Lots = ordered(rapid.Permutation(everyOption(b.contest.Options)).Draw(t, "lots"))
	return b
}

func TestTheOrderAndSplittingOfRankingsChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := anyBoard(rt)
		want := b.count(t)
		var split []tally.Ballot
		for _, ballot := range b.ballots {
			part := rapid.Int64Range(0, ballot.Weight-1).Draw(rt, "part")
			if part > 0 {
				split = append(split, tally.Ballot{Ranks: ballot.Ranks, Weight: part})
			}
			split = append(split, tally.Ballot{Ranks: ballot.Ranks, Weight: ballot.Weight - part})
		}
		b.ballots = rapid.Permutation(split).Draw(rt, "another order")
		if diff := cmp.Diff(want, b.count(t)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestRenumberingOptionsAndLotsRenumbersAnElection(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := anyBoard(rt)
		if rapid.Bool().Draw(rt, "with lots") {
			b = withLots(rt, b)
		}
		names := rapid.Permutation(everyOption(b.contest.Options)).Draw(rt, "new numbers")
		other := b
		other.ballots = nil
		for _, ballot := range b.ballots {
			var ranks [][]int
			for _, level := range ballot.Ranks {
				ranks = append(ranks, renamed(level, names))
			}
			other.ballots = append(other.ballots, tally.Ballot{Ranks: ranks, Weight: ballot.Weight})
		}
		if lots, ok := b.contest.Lots.(ordered); ok {
			other.contest.Lots = ordered(renamed(lots, names))
		}
		before, after := b.count(t), other.count(t)
		if before.Status != after.Status || len(before.Rounds) != len(after.Rounds) {
			rt.Fatalf("%s in %d rounds became %s in %d", before.Status, len(before.Rounds), after.Status, len(after.Rounds))
		}
		if diff := cmp.Diff(sorted(renamed(before.Winners, names)), sorted(after.Winners)); diff != "" {
			rt.Fatal("winners", diff)
		}
		if diff := cmp.Diff(sorted(renamed(before.Tied, names)), sorted(after.Tied)); diff != "" {
			rt.Fatal("tied", diff)
		}
		for i, round := range before.Rounds {
			for option, votes := range round.Votes {
				if diff := cmp.Diff(votes, after.Rounds[i].Votes[names[option]]); diff != "" {
					rt.Fatalf("round %d, option %d: %s", i+1, option, diff)
				}
			}
		}
	})
}

// What a round has is what the round before had, with what moved; and it adds up
// to the votes that name an option, whose number is worked out here from the
// ballots.
func TestEveryRoundAddsUpAndFollowsFromTheOneBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := withLots(rt, anyBoard(rt))
		result := b.count(t)
		var valid int64
		have := make([]int64, b.contest.Options+1) // the last: exhausted
		for _, ballot := range b.ballots {
			if len(ballot.Ranks) > 0 {
				valid += ballot.Weight
				have[ballot.Ranks[0][0]] += ballot.Weight
			}
		}
		for i, round := range result.Rounds {
			unit := int64(1)
			for range round.Exhausted.Decimals {
				unit *= 10
			}
			if i == 0 {
				for option := range have {
					have[option] *= unit
				}
			}
			for _, moved := range round.Moved {
				have[moved.From] -= moved.Votes.Units
				if moved.To < 0 {
					have[b.contest.Options] += moved.Votes.Units
				} else {
					have[moved.To] += moved.Votes.Units
				}
			}
			sum := round.Exhausted.Units
			for option, votes := range round.Votes {
				sum += votes.Units
				if votes.Units != have[option] || votes.Units < 0 {
					rt.Fatalf("round %d: option %d has %d units, and %d by what moved", i+1, option, votes.Units, have[option])
				}
			}
			if sum != valid*unit || round.Exhausted.Units < 0 || round.Exhausted.Units != have[b.contest.Options] {
				rt.Fatalf("round %d: %d units in all for %d votes, exhausted %d, moved there %d", i+1, sum, valid, round.Exhausted.Units, have[b.contest.Options])
			}
		}
	})
}

func TestEverySeatIsFilledUnlessATieIsOpen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := anyBoard(rt)
		open := b.count(t)
		seats := b.contest.Rules.Seats
		if open.Status == tally.Tied && (len(open.Winners) >= seats || len(open.Winners)+len(open.Tied) <= seats) {
			rt.Fatalf("a tie of %v beside %v for %d seats", open.Tied, open.Winners, seats)
		}
		b = withLots(rt, b)
		drawn := b.count(t)
		if drawn.Status == tally.NoVotes {
			return
		}
		if winners := sorted(drawn.Winners); len(slices.Compact(winners)) != seats || drawn.Status != tally.Chosen {
			rt.Fatalf("%s: %v for %d seats", drawn.Status, winners, seats)
		}
		for _, certain := range open.Winners {
			if !slices.Contains(drawn.Winners, certain) {
				rt.Fatalf("%d was certain without lots, and lost by them", certain)
			}
		}
	})
}

// Voters who all put the same options first, in whatever order, get a seat for
// every quota that they are. Cutting and rounding cost them less than one vote
// here, which they therefore have more: exactly at k quotas a cut transfer may
// leave the last of them some units short.
func TestASolidCoalitionGetsItsShareOfSeats(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := withLots(rt, anyBoard(rt))
		options, seats := b.contest.Options, b.contest.Rules.Seats
		first := rapid.IntRange(1, options-1).Draw(rt, "size of the coalition")
		var solid, all int64
		for range rapid.IntRange(1, 15).Draw(rt, "ballots of it") {
			order := rapid.Permutation(everyOption(first)).Draw(rt, "inner order")
			rest := rapid.Permutation(everyOption(options)[first:]).Draw(rt, "outer order")
			ballot := preferring(rapid.Int64Range(1, 9).Draw(rt, "solid weight"), append(order, rest...)...)
			b.ballots = append(b.ballots, ballot)
			solid += ballot.Weight
		}
		for _, ballot := range b.ballots {
			if len(ballot.Ranks) > 0 {
				all += ballot.Weight
			}
		}
		quota := all/int64(seats+1) + 1
		due := min(int((solid-1)/quota), first, seats)
		won := 0
		for _, winner := range b.count(t).Winners {
			if winner < first {
				won++
			}
		}
		if won < due {
			rt.Fatalf("%d votes of %d, quota %d: %d seats, and %d were due", solid, all, quota, won, due)
		}
	})
}

// The last option is on no ballot. Where no tie concerns it, nobody notices
// whether it stood.
func TestAnOptionThatNobodyRanksChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		without := anyBoard(rt)
		with := without
		unknown := with.contest.Options
		with.contest.Options++
		order := rapid.Permutation(everyOption(unknown)).Draw(rt, "lots")
		without.contest.Lots, with.contest.Lots = ordered(order), ordered(append(slices.Clone(order), unknown))
		withdrawn := with
		withdrawn.contest.Withdrawn = []int{unknown}
		want := without.count(t)
		if diff := cmp.Diff(want.Winners, withdrawn.count(t).Winners); diff != "" {
			rt.Fatal("withdrawn:", diff)
		}
		got := with.count(t)
		if slices.ContainsFunc(got.Ties, func(tie tally.Tie) bool { return slices.Contains(tie.Tied, unknown) }) {
			return
		}
		if diff := cmp.Diff(sorted(want.Winners), sorted(got.Winners)); diff != "" {
			rt.Fatal("standing:", diff)
		}
	})
}

func TestTheCountIsThatOfPapersTakenOneByOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := anyBoard(rt)
		if rapid.Bool().Draw(rt, "many") { // ties become rare
			for range 30 {
				b.ballots = append(b.ballots, anyRanking(rt, b.contest.Options, 40))
			}
		}
		got := b.count(t)
		if got.Status == tally.NoVotes {
			return
		}
		one := map[tally.Method]int64{tally.STVScottish: 100_000, tally.STVWIGM: 10_000, tally.STVMeek: meekUnit}[b.contest.Rules.Method]
		s := newSlow(b.contest.Options, b.contest.Rules.Seats, b.ballots, one)
		var want [][]int64
		var tied bool
		if b.contest.Rules.Method == tally.STVMeek {
			want, tied = s.meek()
		} else {
			want, tied = s.gregory(one, b.contest.Rules.Method == tally.STVWIGM)
		}
		if !tied && len(got.Rounds) != len(want) || len(got.Rounds) < len(want) {
			rt.Fatalf("%d rounds, want %d (tied: %v)", len(got.Rounds), len(want), tied)
		}
		for i, votes := range want {
			for option, units := range votes {
				if got.Rounds[i].Votes[option].Units != units {
					rt.Fatalf("round %d, option %d: %d units, want %d", i+1, option, got.Rounds[i].Votes[option].Units, units)
				}
			}
		}
	})
}
