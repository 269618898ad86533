package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/tally"
)

// A thousand million million votes are the most that are counted, so that the
// greatest score of each fits into 63 bits.
func TestSumsOfPointsNeverOverflow(t *testing.T) {
	t.Parallel()
	const most = 1_000_000 // ballots of the greatest weight
	for _, tc := range []struct {
		name   string
		rules  tally.Rules
		ballot tally.Ballot
		points int64
	}{
		{"scores", tally.Rules{Method: tally.Score, MaxScore: 1000}, scores(tally.MaxWeight, 1000, 0), 1000 * most * tally.MaxWeight},
		{"scores below zero", tally.Rules{Method: tally.Score, MinScore: -1000}, scores(tally.MaxWeight, -1000, 0), -1000 * most * tally.MaxWeight},
		{"votes for credits", tally.Rules{Method: tally.Quadratic, Credits: 1_000_000}, scores(tally.MaxWeight, 1000, 0), 1000 * most * tally.MaxWeight},
		{"a mean", tally.Rules{Method: tally.Score, MaxScore: 1000, Mean: true}, scores(tally.MaxWeight, 1000, 0), 1000},
		{"a rank", tally.Rules{Method: tally.Borda, LastPoint: 1}, ranks(tally.MaxWeight, one(0)), 2 * most * tally.MaxWeight},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := mustCount(t, tc.rules, 2, 0, slices.Repeat([]tally.Ballot{tc.ballot}, most+1))
			if got := *r.Options[0].Points; got.Num != tc.points || got.Den != 1 {
				t.Errorf("%v points, want %d", got, tc.points)
			}
			if diff := cmp.Diff([]int{most}, r.Invalid); diff != "" {
				t.Errorf("ballots beyond the bound (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARunoffThatCouldBeAmongHundredsLeavesAllTied(t *testing.T) {
	t.Parallel()
	const options = 500
	level := tally.Ballot{Scores: slices.Repeat([]int{3}, options), Weight: 1}
	r := mustCount(t, tally.Rules{Method: tally.STAR}, options, 0, slices.Repeat([]tally.Ballot{level}, 100))
	if r.Status != tally.Tied || len(r.Tied) != options || len(r.Winners) != 0 {
		t.Errorf("%s with %d tied and winners %v", r.Status, len(r.Tied), r.Winners)
	}
}

func TestSTARLeavesOnlyThoseOpenWhoCouldWinARunoff(t *testing.T) {
	t.Parallel()
	// Option 0 has the most stars, 1, 2 and 3 are equal behind it. It beats 1 and 2,
	// and loses to 3, so that 1 and 2 are out of the question.
	ballots := []tally.Ballot{scores(3, 5, 0, 0, 1), scores(6, 2, 1, 1, 3), scores(2, 0, 4, 4, 0), scores(1, 2, 3, 3, 0), scores(1, 3, 4, 4, 0)}
	r := mustCount(t, tally.Rules{Method: tally.STAR}, 4, 0, ballots)
	if diff := cmp.Diff([]int{0, 3}, r.Tied); diff != "" || r.Status != tally.Tied {
		t.Errorf("%s, tied (-want +got):\n%s%v", r.Status, diff, r.Options)
	}
}

func TestADemandIsMetAtItsBoundary(t *testing.T) {
	t.Parallel()
	atLeast := func(part tally.Fraction, of tally.Basis) tally.ShareRule {
		return tally.ShareRule{Option: 0, Share: part, Basis: of}
	}
	atMost := func(part tally.Fraction, of tally.Basis) tally.ShareRule {
		return tally.ShareRule{Option: 2, Share: part, Basis: of, AtMost: true}
	}
	for _, tc := range []struct {
		name     string
		share    tally.ShareRule
		eligible int64
		votes    [4]int64 // agree, abstain, disagree, block
		status   tally.Status
		bound    int64
	}{
		{"70% of 10, exactly", atLeast(tally.Percent(70), ""), 20, [4]int64{7, 3, 0, 0}, tally.Passed, 7},
		{"70% of 10, one short", atLeast(tally.Percent(70), ""), 20, [4]int64{6, 4, 0, 0}, tally.Rejected, 7},
		{"70% of 11 is 8", atLeast(tally.Percent(70), tally.OfCast), 20, [4]int64{7, 4, 0, 0}, tally.Rejected, 8},
		{"a third of everybody, exactly", atLeast(tally.Fraction{Num: 1, Den: 3}, tally.OfEligible), 21, [4]int64{7, 0, 0, 0}, tally.Passed, 7},
		{"a third of everybody, one short", atLeast(tally.Fraction{Num: 1, Den: 3}, tally.OfEligible), 22, [4]int64{7, 0, 0, 0}, tally.Rejected, 8},
		{"at most 5% of 20, exactly", atMost(tally.Percent(5), tally.OfCast), 40, [4]int64{19, 0, 1, 0}, tally.Passed, 1},
		{"at most 5% of 19 is nobody", atMost(tally.Percent(5), tally.OfCast), 40, [4]int64{18, 0, 1, 0}, tally.Rejected, 0},
		{"at most 5% of everybody", atMost(tally.Percent(5), tally.OfEligible), 40, [4]int64{17, 0, 2, 0}, tally.Passed, 2},
		{"at most none", atMost(tally.Fraction{Num: 0, Den: 1}, tally.OfCast), 40, [4]int64{18, 0, 0, 0}, tally.Passed, 0},
		{"at most 5% of an unknown number", atMost(tally.Percent(5), tally.OfEligible), 0, [4]int64{17, 0, 0, 0}, tally.Rejected, 0},
		{"a block comes first", atLeast(tally.Percent(70), ""), 20, [4]int64{6, 4, 0, 1}, tally.Blocked, 8},
	} {
		rules := tally.Rules{Method: tally.Proposal, Shares: []tally.ShareRule{tc.share}}
		got := mustCount(t, rules, 4, tc.eligible, votes(tc.votes[:]...))
		if got.Status != tc.status || got.Decision.Demands[0].Bound != tc.bound {
			t.Errorf("%s: %s with the bound %d, want %s with %d", tc.name, got.Status, got.Decision.Demands[0].Bound, tc.status, tc.bound)
		}
	}
}

func TestTheUsualSidesSaidAloudChangeNothing(t *testing.T) {
	t.Parallel()
	plain := tally.Rules{Method: tally.Proposal, BlocksAllowed: 1}
	said := plain
	said.Sides = []tally.Side{tally.For, tally.Neutral, tally.Against, tally.Stop}
	for _, ballots := range [][]tally.Ballot{votes(5, 4, 3, 1), votes(5, 4, 3, 2), votes(1, 2, 3), nil} {
		if diff := cmp.Diff(mustCount(t, plain, 4, 20, ballots), mustCount(t, said, 4, 20, ballots)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestEveryMethodOfBallotsKnowsAQuorum(t *testing.T) {
	t.Parallel()
	for _, m := range tally.Methods() {
		if m == tally.Question || m == tally.Sortition || m.Form() == tally.Ranking && m != tally.Borda {
			continue
		}
		options := 3
		b := tally.Ballot{Weight: 4}
		switch m.Form() {
		case tally.Marks:
			b.Choices = []int{0}
		case tally.Scores:
			b.Scores = []int{1, 0, 0}
		case tally.Ranking:
			b.Ranks = [][]int{{0}}
		}
		if m == tally.Proposal {
			options = 4
		}
		if m == tally.OptIn {
			options = 2
		}
		r := mustCount(t, tally.Rules{Method: m, Quorum: half()}, options, 10, []tally.Ballot{b})
		if r.Status != tally.NoQuorum || len(r.Winners)+len(r.Tied) > 0 || len(r.Invalid) > 0 {
			t.Errorf("%s: 4 of 10 make %s, winners %v, tied %v, invalid %v", m, r.Status, r.Winners, r.Tied, r.Invalid)
		}
	}
}
