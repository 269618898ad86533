package tally_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/tally"
)

func TestSeatsGoToTheMostVotesAndTiesStayOpen(t *testing.T) {
	t.Parallel()
	seats := func(n int) tally.Rules { return tally.Rules{Method: tally.Choice, Seats: n} }
	for _, tc := range []struct {
		name    string
		rules   tally.Rules
		votes   []int64
		status  tally.Status
		winners []int
		tied    []int
	}{
		{"a clear winner", seats(1), []int64{3, 5, 4}, tally.Chosen, []int{1}, []int{}},
		{"a tie below the winner is no matter", seats(1), []int64{5, 3, 3}, tally.Chosen, []int{0}, []int{}},
		{"a tie for the only seat", seats(1), []int64{5, 3, 5}, tally.Tied, []int{}, []int{0, 2}},
		{"a tie for the last seat", seats(2), []int64{5, 3, 3}, tally.Tied, []int{0}, []int{1, 2}},
		{"three tied for two seats", seats(2), []int64{5, 5, 5}, tally.Tied, []int{}, []int{0, 1, 2}},
		{"two tied, with seats for both", seats(2), []int64{5, 3, 5}, tally.Chosen, []int{0, 2}, []int{}},
		{"best first", seats(3), []int64{1, 3, 2, 0}, tally.Chosen, []int{1, 2, 0}, []int{}},
		{"as many seats as options", seats(3), []int64{1, 0, 0}, tally.Chosen, []int{0, 1, 2}, []int{}},
		{"options without votes tied for a seat", seats(2), []int64{1, 0, 0}, tally.Tied, []int{0}, []int{1, 2}},
		{"no votes at all", seats(1), []int64{0, 0}, tally.NoVotes, []int{}, []int{0, 1}},
		{"no votes and a seat for each", seats(2), []int64{0, 0}, tally.NoVotes, []int{}, []int{0, 1}},
		{"one option, one vote", seats(1), []int64{1}, tally.Chosen, []int{0}, []int{}},
		{"quorum met", tally.Rules{Method: tally.Choice, Quorum: tally.Percent(80)}, []int64{5, 3}, tally.Chosen, []int{0}, []int{}},
		{"quorum missed", tally.Rules{Method: tally.Choice, Quorum: tally.Percent(81)}, []int64{5, 3}, tally.NoQuorum, []int{}, []int{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := mustCount(t, tc.rules, len(tc.votes), 10, votes(tc.votes...))
			if got.Status != tc.status {
				t.Errorf("status %s, want %s", got.Status, tc.status)
			}
			if diff := cmp.Diff(tc.winners, got.Winners); diff != "" {
				t.Errorf("winners (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.tied, got.Tied); diff != "" {
				t.Errorf("tied (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSharesAreOfTheVotesCast(t *testing.T) {
	t.Parallel()
	rules := tally.Rules{Method: tally.Choice, Max: 2, Blank: true}
	got := mustCount(t, rules, 3, 10, []tally.Ballot{ballot(3, 0, 1), ballot(2, 1), ballot(1)})
	want := []tally.Row{
		{Option: 0, Votes: 3, Share: &tally.Fraction{Num: 1, Den: 2}, Percent: 50},
		{Option: 1, Votes: 5, Share: &tally.Fraction{Num: 5, Den: 6}, Percent: 83},
		{Option: 2, Votes: 0, Share: &tally.Fraction{Num: 0, Den: 1}, Percent: 0},
	}
	if diff := cmp.Diff(want, got.Options); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got.Turnout.Cast != 6 || got.Turnout.Blank != 1 {
		t.Errorf("%d cast, %d of them blank; want 6 and 1", got.Turnout.Cast, got.Turnout.Blank)
	}
}

func TestAnInvalidBallotIsNamedAndCountsNowhere(t *testing.T) {
	t.Parallel()
	ballots := []tally.Ballot{ballot(1, 0), ballot(1, 0, 1), ballot(1), ballot(1, 7), ballot(0, 1), ballot(1, 1), ballot(2, 1)}
	got := mustCount(t, tally.Rules{Method: tally.Choice}, 2, 10, ballots)
	if diff := cmp.Diff([]int{1, 2, 3, 4}, got.Invalid); diff != "" {
		t.Errorf("invalid (-want +got):\n%s", diff)
	}
	if got.Turnout.Cast != 4 || got.Options[0].Votes != 1 || got.Options[1].Votes != 3 {
		t.Errorf("cast %d, votes %v", got.Turnout.Cast, got.Options)
	}
}
