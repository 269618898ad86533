package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/tally"
)

// Each round is counted anew here from the whole ballots.
func TestEveryRoundOfARunoffCountsTheHighestOptionsStillIn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.InstantRunoff)
		r := e.count(t)
		out := map[int]bool{}
		for _, round := range r.Rounds {
			want := make([]int64, e.contest.Options)
			var exhausted int64
			for _, b := range e.ballots {
				at := slices.IndexFunc(b.Ranks, func(level []int) bool { return !out[level[0]] })
				if at < 0 {
					exhausted += b.Weight
				} else {
					want[b.Ranks[at][0]] += b.Weight
				}
			}
			if diff := cmp.Diff(want, unitsOf(round.Votes)); diff != "" || round.Exhausted != tally.Whole(exhausted) {
				rt.Fatalf("round %d: %v exhausted, want %d; votes %s", round.Number, round.Exhausted, exhausted, diff)
			}
			for _, option := range round.Excluded {
				out[option] = true
			}
		}
	})
}

func unitsOf(figures []*tally.Amount) []int64 {
	units := make([]int64, len(figures))
	for i, figure := range figures {
		units[i] = figure.Units
	}
	return units
}

func TestTheTransfersOfARunoffExplainItsRounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rounds := anyElection(rt, tally.InstantRunoff).count(t).Rounds
		for i := 1; i < len(rounds); i++ {
			votes, exhausted := unitsOf(rounds[i-1].Votes), rounds[i-1].Exhausted.Units
			for _, moved := range rounds[i].Moved {
				votes[moved.From] -= moved.Votes.Units
				if moved.To < 0 {
					exhausted += moved.Votes.Units
				} else {
					votes[moved.To] += moved.Votes.Units
				}
			}
			if diff := cmp.Diff(votes, unitsOf(rounds[i].Votes)); diff != "" || exhausted != rounds[i].Exhausted.Units {
				rt.Fatalf("round %d: %d exhausted, want %d; votes %s", i+1, rounds[i].Exhausted.Units, exhausted, diff)
			}
		}
	})
}

func TestAMajorityOfFirstPreferencesWinsARunoffAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.InstantRunoff)
		favourite := rapid.IntRange(0, e.contest.Options-1).Draw(rt, "favourite")
		weight := int64(1)
		for _, b := range e.ballots {
			weight += b.Weight
		}
		e.ballots = append(e.ballots, ranked(weight, favourite))
		r := e.count(t)
		if !slices.Equal(r.Winners, []int{favourite}) || len(r.Rounds) != 1 {
			rt.Fatalf("%v won in %d rounds, and not %d in one", r.Winners, len(r.Rounds), favourite)
		}
	})
}

func TestLeavingOutSeveralAtOnceChangesNoWinner(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anyElection(rt, tally.InstantRunoff)
		e.contest.Rules.Batch = true
		batch := e.count(t)
		e.contest.Rules.Batch = false
		if one := e.count(t); len(one.Ties)+len(batch.Ties) == 0 && !slices.Equal(one.Winners, batch.Winners) {
			rt.Fatalf("%v win one by one, and %v in batches", one.Winners, batch.Winners)
		}
	})
}
