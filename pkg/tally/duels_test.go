package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/tally"
)

// theDuelMethods are those that rank by the matrix.
func theDuelMethods() []tally.Method {
	return []tally.Method{tally.RankedPairs, tally.Schulze, tally.Minimax, tally.Copeland}
}

func TestEqualAndUnrankedOptionsInDuels(t *testing.T) {
	t.Parallel()
	ballots := []tally.Ballot{
		{Ranks: [][]int{{0}, {1, 2}}, Weight: 3}, // leaves 3 out
		ranked(2, 3),
		{Ranks: [][]int{{2, 3}, {0}, {1}}, Weight: 1},
		{Weight: 5},
	}
	for unranked, want := range map[tally.Unranked][][]int64{
		tally.Below:   {{0, 4, 3, 3}, {0, 0, 0, 3}, {1, 1, 0, 3}, {3, 3, 2, 0}},
		tally.Ignored: {{0, 4, 3, 0}, {0, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 0, 0}},
	} {
		c := tally.Contest{Options: 4, Rules: tally.Rules{Equal: true, Blank: true, Unranked: unranked}}
		got := mustContest(t, tally.Schulze, c, ballots)
		if diff := cmp.Diff(want, got.Duels.Wins); diff != "" {
			t.Errorf("%s (-want +got):\n%s", unranked, diff)
		}
		if got.Turnout.Blank != 5 || got.Options[0].Votes != 3 || got.Options[3].Votes != 3 {
			t.Errorf("%d blank and highest ranks %+v", got.Turnout.Blank, got.Options)
		}
	}
}

func TestAWithdrawnOptionFightsNoDuel(t *testing.T) {
	t.Parallel()
	ballots := []tally.Ballot{ranked(4, 0, 1, 2), ranked(3, 2, 0), ranked(2, 0)}
	for _, method := range theDuelMethods() {
		got := mustContest(t, method, tally.Contest{Options: 3, Withdrawn: []int{0}}, ballots)
		if diff := cmp.Diff([][]int64{{0, 0, 0}, {0, 0, 4}, {0, 3, 0}}, got.Duels.Wins); diff != "" {
			t.Errorf("%s: wins (-want +got):\n%s", method, diff)
		}
		if diff := cmp.Diff([][]int{{1}, {2}}, got.Ranking); diff != "" {
			t.Errorf("%s: ranking (-want +got):\n%s", method, diff)
		}
	}
}

// A circle of three: 0 beats 1 by 120 to 50, 1 beats 2 by 130 to 40, and 2 beats
// 0 by 90 to 80.
func circle() []tally.Ballot {
	return []tally.Ballot{ranked(80, 0, 1, 2), ranked(50, 1, 2, 0), ranked(40, 2, 0, 1)}
}

// Three duels of the same strength that go round.
func evenCircle() []tally.Ballot {
	return []tally.Ballot{ranked(1, 0, 1, 2), ranked(1, 1, 2, 0), ranked(1, 2, 0, 1)}
}

func TestMethodsOfDuels(t *testing.T) {
	t.Parallel()
	plain := func(options int) tally.Contest { return tally.Contest{Options: options} }
	two := tally.Contest{Options: 3, Rules: tally.Rules{Seats: 2}}
	for _, tc := range []struct {
		name    string
		method  tally.Method
		contest tally.Contest
		ballots []tally.Ballot
		status  tally.Status
		winners []int
		tied    []int
		ranking [][]int
	}{
		{"the weakest duel of a circle is passed over", tally.RankedPairs, plain(3), circle(), tally.Chosen, []int{0}, []int{}, [][]int{{0}, {1}, {2}}},
		{"the strongest chains of a circle", tally.Schulze, plain(3), circle(), tally.Chosen, []int{0}, []int{}, [][]int{{0}, {1}, {2}}},
		{"the smallest defeat of a circle", tally.Minimax, plain(3), circle(), tally.Chosen, []int{0}, []int{}, [][]int{{0}, {1}, {2}}},
		{"everybody wins one duel of a circle", tally.Copeland, plain(3), circle(), tally.Tied, []int{}, []int{0, 1, 2}, [][]int{{0, 1, 2}}},
		{"fewer losing votes come first in a circle of equal winning votes", tally.RankedPairs,
			tally.Contest{Options: 3, Rules: tally.Rules{Unranked: tally.Ignored}},
			[]tally.Ballot{ranked(4, 0, 1), ranked(1, 1, 0), ranked(4, 1, 2), ranked(2, 2, 1), ranked(4, 2, 0), ranked(3, 0, 2)},
			tally.Chosen, []int{0}, []int{}, [][]int{{0}, {1}, {2}}},
		{"two places in a circle", tally.RankedPairs, two, circle(), tally.Chosen, []int{0, 1}, []int{}, [][]int{{0}, {1}, {2}}},
		{"an even circle, by ranked pairs", tally.RankedPairs, plain(3), evenCircle(), tally.Tied, []int{}, []int{0, 1, 2}, [][]int{{0, 1, 2}}},
		{"an even circle, by Schulze", tally.Schulze, plain(3), evenCircle(), tally.Tied, []int{}, []int{0, 1, 2}, [][]int{{0, 1, 2}}},
		{"two places in an even circle", tally.RankedPairs, two, evenCircle(), tally.Tied, []int{}, []int{0, 1, 2}, [][]int{{0, 1, 2}}},
		{"an even circle below the winner", tally.RankedPairs, plain(4),
			[]tally.Ballot{ranked(1, 3, 0, 1, 2), ranked(1, 3, 1, 2, 0), ranked(1, 3, 2, 0, 1)},
			tally.Chosen, []int{3}, []int{}, [][]int{{3}, {0, 1, 2}}},
		{"an equal duel", tally.RankedPairs, plain(2), []tally.Ballot{ranked(2, 0), ranked(2, 1)}, tally.Tied, []int{}, []int{0, 1}, [][]int{{0, 1}}},
		{"an equal duel with a place for each", tally.Schulze, tally.Contest{Options: 2, Rules: tally.Rules{Seats: 2}},
			[]tally.Ballot{ranked(2, 0), ranked(2, 1)}, tally.Chosen, []int{0, 1}, []int{}, [][]int{{0, 1}}},
		{"nothing is ranked", tally.Schulze, tally.Contest{Options: 2, Rules: tally.Rules{Blank: true}}, []tally.Ballot{ranked(2)},
			tally.NoVotes, []int{}, []int{0, 1}, [][]int{{0, 1}}},
		{"no ballots", tally.RankedPairs, plain(2), nil, tally.NoVotes, []int{}, []int{0, 1}, [][]int{{0, 1}}},
		{"no quorum", tally.RankedPairs, tally.Contest{Options: 3, Eligible: 100, Rules: tally.Rules{Quorum: half()}}, evenCircle(),
			tally.NoQuorum, []int{}, []int{}, [][]int{{0, 1, 2}}},
		{"one option", tally.RankedPairs, plain(1), []tally.Ballot{ranked(2, 0)}, tally.Chosen, []int{0}, []int{}, [][]int{{0}}},
		{"all withdrawn but one", tally.Schulze, tally.Contest{Options: 2, Withdrawn: []int{0}}, []tally.Ballot{ranked(2, 0, 1)},
			tally.Chosen, []int{1}, []int{}, [][]int{{1}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := mustContest(t, tc.method, tc.contest, tc.ballots)
			if got.Status != tc.status {
				t.Errorf("status %s, want %s", got.Status, tc.status)
			}
			for what, pair := range map[string][2]any{
				"winners": {tc.winners, got.Winners}, "tied": {tc.tied, got.Tied}, "ranking": {tc.ranking, got.Ranking},
			} {
				if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
		})
	}
}

func TestMoreOrdersThanCanBeTriedLeaveTheWholeCircleTied(t *testing.T) {
	t.Parallel()
	const options = 7
	ballots := []tally.Ballot{}
	all := []int{}
	for first := range options {
		var order []int
		for k := range options {
			order = append(order, (first+k)%options)
		}
		ballots, all = append(ballots, ranked(1, order...)), append(all, first)
	}
	got := mustContest(t, tally.RankedPairs, tally.Contest{Options: options}, ballots)
	if got.Status != tally.Tied || !slices.Equal(got.Tied, all) {
		t.Errorf("%s: %v and %v; want all tied", got.Status, got.Winners, got.Tied)
	}
}

func TestLotsDecideAnEvenCircle(t *testing.T) {
	t.Parallel()
	for _, method := range theDuelMethods() {
		lottery := tally.NewLottery("another seed", 3)
		got := mustContest(t, method, tally.Contest{Options: 3, Lots: lottery}, evenCircle())
		if got.Status != tally.Chosen || !slices.Equal(got.Winners, lottery.Order[:1]) {
			t.Errorf("%s: %s, %v; want the first of %v", method, got.Status, got.Winners, lottery.Order)
		}
		if !got.Lots.Used || got.Lots.Mattered == nil || !*got.Lots.Mattered {
			t.Errorf("%s: lots %+v, want used and mattered", method, got.Lots)
		}
	}
}

func TestStrengthByMarginOrByWinningVotesChangesTheWinner(t *testing.T) {
	t.Parallel()
	// 0 beats 1 by 55 to 43, 1 beats 2 by 65 to 33 and 2 beats 0 by 34 to 30, as many
	// have no say in the last one.
	ballots := []tally.Ballot{
		ranked(25, 0, 1, 2), {Ranks: [][]int{{0, 2}, {1}}, Weight: 30}, ranked(34, 1, 2, 0), ranked(1, 1, 0, 2), {Ranks: [][]int{{1}, {0, 2}}, Weight: 8},
	}
	for strength, want := range map[tally.Strength]int64{tally.Winning: 34, tally.Margin: 8} {
		c := tally.Contest{Options: 3, Rules: tally.Rules{Equal: true, Strength: strength}}
		got := mustContest(t, tally.Minimax, c, ballots)
		if got.Duels.Minimax[0] != want {
			t.Errorf("%s: worst defeat of option 0 is %d, want %d (%v)", strength, got.Duels.Minimax[0], want, got.Duels.Wins)
		}
	}
}

func TestEqualMarginsAreEqualWhateverTheirVotes(t *testing.T) {
	t.Parallel()
	// A circle of duels that are all won by 2 votes, with 4, 3 and 2 of them.
	ballots := []tally.Ballot{
		{Ranks: [][]int{{0}, {1}}, Weight: 4}, {Ranks: [][]int{{1}, {0}}, Weight: 2},
		{Ranks: [][]int{{1}, {2}}, Weight: 3}, {Ranks: [][]int{{2}, {1}}, Weight: 1},
		{Ranks: [][]int{{2}, {0}}, Weight: 2},
	}
	for strength, want := range map[tally.Strength]tally.Status{tally.Winning: tally.Chosen, tally.Margin: tally.Tied} {
		c := tally.Contest{Options: 3, Rules: tally.Rules{Unranked: tally.Ignored, Strength: strength}}
		if got := mustContest(t, tally.RankedPairs, c, ballots); got.Status != want {
			t.Errorf("%s: %s, want %s", strength, got.Status, want)
		}
	}
}
