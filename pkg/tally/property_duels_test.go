package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/tally"
)

// duelsOf compares every two options on every ballot, one after the other.
func (e election) duelsOf() [][]int64 {
	wins := make([][]int64, e.contest.Options)
	for i := range wins {
		wins[i] = make([]int64, e.contest.Options)
		for j := range wins[i] {
			for _, b := range e.ballots {
				if e.above(b, i, j) {
					wins[i][j] += b.Weight
				}
			}
		}
	}
	return wins
}

func (e election) above(b tally.Ballot, i, j int) bool {
	level := func(option int) int {
		return slices.IndexFunc(b.Ranks, func(level []int) bool { return slices.Contains(level, option) })
	}
	high, low := level(i), level(j)
	if low < 0 && e.contest.Rules.Unranked != tally.Ignored {
		low = len(b.Ranks)
	}
	return i != j && high >= 0 && high < low
}

// smithSet is the smallest set whose members beat everybody outside, found among
// all sets.
func smithSet(wins [][]int64) []int {
	n := len(wins)
	best := optionsUpTo(n)
	for set := 1; set < 1<<n; set++ {
		var members []int
		dominates := true
		for i := range n {
			if set>>i&1 == 0 {
				continue
			}
			members = append(members, i)
			for j := range n {
				dominates = dominates && (set>>j&1 == 1 || wins[i][j] > wins[j][i])
			}
		}
		if dominates && len(members) < len(best) {
			best = members
		}
	}
	return best
}

func TestTheMatrixIsThatOfEveryTwoOptionsOnEveryBallot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, theDuelMethods()...)
		if diff := cmp.Diff(e.duelsOf(), e.count(t).Duels.Wins); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestWhoeverBeatsAllOthersWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, theDuelMethods()...)
		set := smithSet(e.duelsOf())
		if r := e.count(t); len(set) == 1 && r.Status != tally.NoVotes && !slices.Equal(r.Winners, set) {
			rt.Fatalf("%v won against %v, which beats all others", r.Winners, set)
		}
	})
}

func TestRankedPairsAndSchulzePickFromTheSmithSet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.RankedPairs, tally.Schulze)
		set := smithSet(e.duelsOf())
		r := e.count(t)
		for _, option := range slices.Concat(r.Winners, r.Tied) {
			if r.Status != tally.NoVotes && !slices.Contains(set, option) {
				rt.Fatalf("%d is not one of %v, which beat all others", option, set)
			}
		}
	})
}

// An option that loses every duel may win by minimax only.
func TestNobodyWinsWhoLosesEveryDuel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.RankedPairs, tally.Schulze, tally.Copeland, tally.InstantRunoff)
		r, wins := e.count(t), e.duelsOf()
		for _, winner := range r.Winners {
			loses := func(other int) bool { return other == winner || wins[other][winner] > wins[winner][other] }
			if len(wins) > 1 && !slices.ContainsFunc(optionsUpTo(len(wins)), func(other int) bool { return !loses(other) }) {
				rt.Fatalf("%d won and loses every duel: %v", winner, wins)
			}
		}
	})
}

func TestTheSoleWinnerDoesNotWinIfEverybodyMeansTheOpposite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.RankedPairs, tally.Schulze)
		for i, b := range e.ballots {
			var rest []int
			for option := range e.contest.Options {
				if !slices.Contains(slices.Concat(b.Ranks...), option) {
					rest = append(rest, option)
				}
			}
			if len(rest) > 0 {
				e.ballots[i].Ranks = append(slices.Clone(b.Ranks), rest)
			}
		}
		winners := e.count(t).Winners
		for i := range e.ballots {
			e.ballots[i].Ranks = slices.Clone(e.ballots[i].Ranks)
			slices.Reverse(e.ballots[i].Ranks)
		}
		if len(winners) == 1 && e.contest.Options > 1 && slices.Equal(winners, e.count(t).Winners) {
			rt.Fatalf("%v won both ways", winners)
		}
	})
}

func TestTheWinnerStillWinsWhenABallotPutsItOnTop(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, theDuelMethods()...)
		before := e.count(t)
		if len(before.Winners) == 0 || len(e.ballots) == 0 {
			return
		}
		winner := before.Winners[0]
		b := &e.ballots[rapid.IntRange(0, len(e.ballots)-1).Draw(rt, "ballot")]
		ranks := [][]int{{winner}}
		for _, level := range b.Ranks {
			if rest := slices.DeleteFunc(slices.Clone(level), func(option int) bool { return option == winner }); len(rest) > 0 {
				ranks = append(ranks, rest)
			}
		}
		b.Ranks = ranks
		if after := e.count(t); !slices.Contains(after.Winners, winner) {
			rt.Fatalf("%d won, and then %v did", winner, after.Winners)
		}
	})
}

func TestTheWinnerStillWinsWithOneMoreBallotForItAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, theDuelMethods()...)
		before := e.count(t)
		if len(before.Winners) == 0 {
			return
		}
		e.ballots = append(e.ballots, ranked(1, before.Winners[0]))
		if after := e.count(t); !slices.Contains(after.Winners, before.Winners[0]) {
			rt.Fatalf("%d won, and then %v did", before.Winners[0], after.Winners)
		}
	})
}

// The duels are put into one order here by all that can decide between them, down
// to the place of their losers and winners in the lottery, and cycles are looked
// for by walking.
func TestRankedPairsWithALotteryLocksInOneOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.RankedPairs)
		lottery := tally.NewLottery(rapid.StringN(1, 8, -1).Draw(rt, "seed"), e.contest.Options)
		e.contest.Lots = lottery
		r, wins := e.count(t), e.duelsOf()
		if r.Status == tally.NoVotes {
			return
		}
		top := lockByHand(wins, lottery.Order, e.contest.Rules.Strength == tally.Margin)
		slices.SortFunc(top, func(a, b int) int { return slices.Index(lottery.Order, a) - slices.Index(lottery.Order, b) })
		if !slices.Equal(r.Winners, top[:1]) {
			rt.Fatalf("%v won, and not the first of %v: %v", r.Winners, top, wins)
		}
	})
}

// Paths are looked for here by walking every one of them, and the order of the
// lots completes what the paths leave open.
func TestSchulzeWithALotteryElectsTheFirstDrawnOfThoseWhomNobodyIsAbove(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.Schulze)
		lottery := tally.NewLottery(rapid.StringN(1, 8, -1).Draw(rt, "seed"), e.contest.Options)
		e.contest.Lots = lottery
		r, wins := e.count(t), e.duelsOf()
		if r.Status == tally.NoVotes {
			return
		}
		unbeaten := slices.DeleteFunc(slices.Clone(lottery.Order), func(option int) bool {
			return slices.ContainsFunc(lottery.Order, func(other int) bool {
				margin := e.contest.Rules.Strength == tally.Margin
				return strongestWalk(wins, margin, other, option, nil) > strongestWalk(wins, margin, option, other, nil)
			})
		})
		if !slices.Equal(r.Winners, unbeaten[:1]) {
			rt.Fatalf("%v won, and not the first drawn of %v: %v", r.Winners, unbeaten, wins)
		}
	})
}

// strongestWalk is the strength of the strongest path, found among all that come
// to no option twice.
func strongestWalk(wins [][]int64, margin bool, from, to int, passed []int) (best int64) {
	for next := range wins {
		strength := wins[from][next]
		if margin {
			strength -= wins[next][from]
		}
		switch {
		case wins[from][next] <= wins[next][from] || slices.Contains(passed, next):
		case next == to:
			best = max(best, strength)
		default:
			best = max(best, min(strength, strongestWalk(wins, margin, next, to, append(passed[:len(passed):len(passed)], from))))
		}
	}
	return best
}

// lockByHand lists the options above which none is locked.
func lockByHand(wins [][]int64, order []int, margin bool) []int {
	type duel struct{ winner, loser int }
	var duels []duel
	for _, winner := range order {
		for _, loser := range slices.Backward(order) {
			if wins[winner][loser] > wins[loser][winner] {
				duels = append(duels, duel{winner, loser})
			}
		}
	}
	slices.SortStableFunc(duels, func(a, b duel) int { return slices.Index(order, b.loser) - slices.Index(order, a.loser) })
	slices.SortStableFunc(duels, func(a, b duel) int {
		forA, forB := wins[a.winner][a.loser], wins[b.winner][b.loser]
		againstA, againstB := wins[a.loser][a.winner], wins[b.loser][b.winner]
		switch {
		case margin:
			return int((forB - againstB) - (forA - againstA))
		case forA != forB:
			return int(forB - forA)
		}
		return int(againstA - againstB)
	})
	locked := map[duel]bool{}
	var leads func(from, to int) bool
	leads = func(from, to int) bool {
		return slices.ContainsFunc(order, func(next int) bool {
			return locked[duel{from, next}] && (next == to || leads(next, to))
		})
	}
	for _, d := range duels {
		if !leads(d.loser, d.winner) {
			locked[d] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(order), func(option int) bool {
		return slices.ContainsFunc(order, func(other int) bool { return locked[duel{other, option}] })
	})
}
