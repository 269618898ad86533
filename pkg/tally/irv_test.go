package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/tally"
)

// irvCount is an instant runoff by hand: the options left out round by round, and
// what comes out.
type irvCount struct {
	name    string
	contest tally.Contest
	ballots []tally.Ballot
	status  tally.Status
	winners []int
	tied    []int
	out     [][]int
	ranking [][]int
}

func TestRunoffLeavesOutTheLowestUntilOneHasAMajority(t *testing.T) {
	t.Parallel()
	const a, b, c, d = 0, 1, 2, 3
	of := func(options int) tally.Contest { return tally.Contest{Options: options} }
	batch := tally.Contest{Options: 4, Rules: tally.Rules{Batch: true}}
	blank := tally.Contest{Options: 2, Rules: tally.Rules{Blank: true}}
	without := tally.Contest{Options: 3, Withdrawn: []int{a}}
	for _, tc := range []irvCount{
		{"a majority at once", of(3), []tally.Ballot{ranked(4, a), ranked(2, b), ranked(1, c)},
			tally.Chosen, []int{a}, []int{}, [][]int{nil}, [][]int{{a}, {b}, {c}}},
		{"second preferences turn it", of(3), []tally.Ballot{ranked(4, a, b), ranked(3, b), ranked(2, c, b)},
			tally.Chosen, []int{b}, []int{}, [][]int{{c}, nil}, [][]int{{b}, {a}, {c}}},
		{"exactly half is no majority", of(3), []tally.Ballot{ranked(3, a), ranked(2, b), ranked(1, c, b)},
			tally.Chosen, []int{a}, []int{}, [][]int{{c}, {b}, nil}, [][]int{{a}, {b}, {c}}},
		{"exhausted votes no longer count", of(3), []tally.Ballot{ranked(4, a), ranked(3, b), ranked(2, c)},
			tally.Chosen, []int{a}, []int{}, [][]int{{c}, nil}, [][]int{{a}, {b}, {c}}},
		{"the round before breaks a tie", of(4), []tally.Ballot{ranked(1, a, d), ranked(2, d), ranked(3, b), ranked(4, c)},
			tally.Chosen, []int{c}, []int{}, [][]int{{a}, {d}, nil}, [][]int{{c}, {b}, {d}, {a}}},
		{"a tie that nothing breaks", of(2), []tally.Ballot{ranked(3, a), ranked(3, b)},
			tally.Tied, []int{}, []int{a, b}, [][]int{nil}, [][]int{{a, b}}},
		{"a tie for the last place matters", of(3), []tally.Ballot{ranked(3, a), ranked(2, b), ranked(2, c)},
			tally.Tied, []int{}, []int{a, b, c}, [][]int{nil}, [][]int{{a}, {b, c}}},
		{"a tie of those who go anyway", of(4), []tally.Ballot{ranked(5, a), ranked(4, b), ranked(1, c), ranked(1, d, b)},
			tally.Chosen, []int{a}, []int{}, [][]int{{c, d}, {b}, nil}, [][]int{{a}, {b}, {c, d}}},
		{"a tie of those whom nobody wants", of(4), []tally.Ballot{ranked(2, a), ranked(2, b, a)},
			tally.Tied, []int{}, []int{a, b}, [][]int{{c, d}, nil}, [][]int{{a, b}, {c, d}}},
		{"all who cannot reach the next, at once", batch, []tally.Ballot{ranked(10, a), ranked(9, b), ranked(2, c, b), ranked(1, d, b)},
			tally.Chosen, []int{b}, []int{}, [][]int{{c, d}, nil}, [][]int{{b}, {a}, {c}, {d}}},
		{"as many as the next one are too many to go at once", batch, []tally.Ballot{ranked(6, a), ranked(3, b), ranked(2, c), ranked(1, d, b)},
			tally.Chosen, []int{a}, []int{}, [][]int{{d}, {c}, nil}, [][]int{{a}, {b}, {c}, {d}}},
		{"as many as the next one might pass it", of(4), []tally.Ballot{ranked(5, a), ranked(4, b), ranked(2, c), ranked(2, d)},
			tally.Tied, []int{}, []int{a, b, c, d}, [][]int{nil}, [][]int{{a}, {b}, {c, d}}},
		{"a withdrawn option has no votes", without, []tally.Ballot{ranked(3, a, c), ranked(2, b), ranked(2, a)},
			tally.Chosen, []int{c}, []int{}, [][]int{nil}, [][]int{{c}, {b}}},
		{"nobody ranks anything", blank, []tally.Ballot{ranked(3)},
			tally.NoVotes, []int{}, []int{a, b}, nil, [][]int{{a, b}}},
		{"only ballots for a withdrawn option", without, []tally.Ballot{ranked(3, a)},
			tally.NoVotes, []int{}, []int{b, c}, nil, [][]int{{b, c}}},
		{"one option", of(1), []tally.Ballot{ranked(1, a)},
			tally.Chosen, []int{a}, []int{}, [][]int{nil}, [][]int{{a}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := mustContest(t, tally.InstantRunoff, tc.contest, tc.ballots)
			var out [][]int
			for _, round := range got.Rounds {
				out = append(out, round.Excluded)
			}
			if got.Status != tc.status {
				t.Errorf("status %s, want %s", got.Status, tc.status)
			}
			for what, pair := range map[string][2]any{
				"winners": {tc.winners, got.Winners}, "tied": {tc.tied, got.Tied},
				"left out": {tc.out, out}, "ranking": {tc.ranking, got.Ranking},
			} {
				if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
		})
	}
}

func TestRunoffTellsWhereTheVotesWent(t *testing.T) {
	t.Parallel()
	ballots := []tally.Ballot{ranked(7, 0), ranked(6, 1), ranked(3, 2, 1), ranked(1, 2, 0), ranked(1, 2)}
	got := mustContest(t, tally.InstantRunoff, tally.Contest{Options: 3}, ballots)
	want := []tally.Transfer{
		{From: 2, To: 0, Votes: tally.Whole(1)},
		{From: 2, To: 1, Votes: tally.Whole(3)},
		{From: 2, To: -1, Votes: tally.Whole(1)},
	}
	if diff := cmp.Diff(want, got.Rounds[1].Moved); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
	if got.Rounds[1].Exhausted != tally.Whole(1) {
		t.Errorf("%v exhausted, want 1", got.Rounds[1].Exhausted)
	}
}

func TestRunoffLooksBackToTheLatestRoundThatDiffers(t *testing.T) {
	t.Parallel()
	ballots := []tally.Ballot{ranked(1, 0, 3), ranked(2, 3), ranked(3, 1), ranked(3, 2)}
	got := mustContest(t, tally.InstantRunoff, tally.Contest{Options: 4}, ballots)
	want := []tally.Tie{
		{Round: 2, Stake: tally.ForExclusion, Tied: []int{1, 2, 3}, Chosen: []int{3}, By: "earlier_round"},
		{Round: 3, Stake: tally.ForExclusion, Tied: []int{1, 2}, Chosen: []int{}, By: tally.ByNothing},
	}
	if diff := cmp.Diff(want, got.Ties); diff != "" {
		t.Errorf("ties (-want +got):\n%s", diff)
	}
}

func TestALotEndsARunoffThatWouldStayTied(t *testing.T) {
	t.Parallel()
	lottery := tally.NewLottery("a seed", 2)
	got := mustContest(t, tally.InstantRunoff, tally.Contest{Options: 2, Lots: lottery}, []tally.Ballot{ranked(3, 0), ranked(3, 1)})
	if got.Status != tally.Chosen || !slices.Equal(got.Winners, lottery.Order[:1]) {
		t.Errorf("%s: %v, want the first of %v", got.Status, got.Winners, lottery.Order)
	}
	if !got.Lots.Used || got.Lots.Mattered == nil || !*got.Lots.Mattered {
		t.Errorf("lots %+v, want used and mattered", got.Lots)
	}
}

func TestALotAmongThoseWhomNobodyWantsMakesNoDifference(t *testing.T) {
	t.Parallel()
	contest := tally.Contest{Options: 5, Lots: tally.NewLottery("a seed", 5)}
	got := mustContest(t, tally.InstantRunoff, contest, []tally.Ballot{ranked(2, 0), ranked(2, 1), ranked(1, 4, 1)})
	if !slices.Equal(got.Winners, []int{1}) {
		t.Errorf("winners %v, want option 1", got.Winners)
	}
	if !got.Lots.Used || got.Lots.Mattered == nil || *got.Lots.Mattered {
		t.Errorf("lots %+v, want used without having mattered", got.Lots)
	}
}

func mustContest(t testing.TB, method tally.Method, c tally.Contest, ballots []tally.Ballot) tally.Result {
	t.Helper()
	c.Rules.Method = method
	result, err := c.Count(slices.Values(ballots))
	if err != nil {
		t.Fatal(err)
	}
	return result
}
