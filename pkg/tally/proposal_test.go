package tally_test

import (
	"testing"

	"plenary/pkg/tally"
)

func TestAProposalIsDecidedAtItsBoundaries(t *testing.T) {
	t.Parallel()
	atLeast := func(f tally.Fraction, of tally.Basis) tally.Rules {
		return tally.Rules{Method: tally.Proposal, Threshold: f, Basis: of}
	}
	moreThan := func(f tally.Fraction, of tally.Basis) tally.Rules {
		r := atLeast(f, of)
		r.Over = true
		return r
	}
	with := func(r tally.Rules, quorum tally.Fraction, blocks int) tally.Rules {
		r.Quorum, r.BlocksAllowed = quorum, blocks
		return r
	}
	plain := tally.Rules{Method: tally.Proposal}
	whole := tally.Fraction{Num: 1, Den: 1}
	none := tally.Fraction{Num: 0, Den: 1}
	third := tally.Fraction{Num: 1, Den: 3}
	for _, tc := range []struct {
		name     string
		rules    tally.Rules
		eligible int64
		votes    [4]int64 // agree, abstain, disagree, block
		status   tally.Status
		needed   int64
	}{
		{"10 of 15 is at least two thirds", atLeast(twoThirds(), tally.OfDecided), 20, [4]int64{10, 0, 5, 0}, tally.Passed, 10},
		{"10 of 15 is not more than two thirds", moreThan(twoThirds(), tally.OfDecided), 20, [4]int64{10, 0, 5, 0}, tally.Rejected, 11},
		{"9 of 14 is short of two thirds", atLeast(twoThirds(), tally.OfDecided), 20, [4]int64{9, 0, 5, 0}, tally.Rejected, 10},
		{"15 of 22 is two thirds and a little", atLeast(twoThirds(), tally.OfDecided), 30, [4]int64{15, 3, 7, 0}, tally.Passed, 15},
		{"14 of 22 is not", atLeast(twoThirds(), tally.OfDecided), 30, [4]int64{14, 3, 8, 0}, tally.Rejected, 15},
		{"an even split is not more than half", plain, 10, [4]int64{4, 0, 4, 0}, tally.Rejected, 5},
		{"an even split is at least half", atLeast(half(), tally.OfDecided), 10, [4]int64{4, 0, 4, 0}, tally.Passed, 4},
		{"everybody must agree, and does", atLeast(whole, tally.OfCast), 10, [4]int64{7, 0, 0, 0}, tally.Passed, 7},
		{"everybody must agree, and one abstains", atLeast(whole, tally.OfCast), 10, [4]int64{7, 1, 0, 0}, tally.Rejected, 8},
		{"of the decided, an abstention does not count", atLeast(whole, tally.OfDecided), 10, [4]int64{7, 1, 0, 0}, tally.Passed, 7},
		{"half of everybody, exactly, at least", atLeast(half(), tally.OfEligible), 20, [4]int64{10, 0, 0, 0}, tally.Passed, 10},
		{"half of everybody, exactly, more than", moreThan(half(), tally.OfEligible), 20, [4]int64{10, 0, 0, 0}, tally.Rejected, 11},
		{"a block counts as decided, and stops", atLeast(twoThirds(), tally.OfDecided), 9, [4]int64{2, 0, 0, 1}, tally.Blocked, 2},
		{"no block more than is allowed", with(atLeast(twoThirds(), tally.OfDecided), none, 1), 9, [4]int64{2, 0, 0, 1}, tally.Passed, 2},
		{"one block more than is allowed", with(atLeast(half(), tally.OfDecided), none, 1), 9, [4]int64{7, 0, 0, 2}, tally.Blocked, 5},
		{"quorum met to the vote", with(plain, half(), 0), 20, [4]int64{10, 0, 0, 0}, tally.Passed, 6},
		{"quorum missed by a vote", with(plain, half(), 0), 20, [4]int64{9, 0, 0, 0}, tally.NoQuorum, 5},
		{"quorum of a third of 10 is 4", with(plain, third, 0), 10, [4]int64{3, 0, 0, 0}, tally.NoQuorum, 2},
		{"and 4 meet it", with(plain, third, 0), 10, [4]int64{3, 1, 0, 0}, tally.Passed, 2},
		{"abstentions make the quorum", with(plain, half(), 0), 20, [4]int64{1, 9, 0, 0}, tally.Passed, 1},
		{"no quorum comes before a block", with(plain, half(), 0), 20, [4]int64{1, 0, 0, 8}, tally.NoQuorum, 5},
		{"a quorum of nothing is none", with(plain, none, 0), 20, [4]int64{1, 0, 0, 0}, tally.Passed, 1},
		{"a quorum of an unknown electorate is never met", with(plain, half(), 0), 0, [4]int64{5, 0, 0, 0}, tally.NoQuorum, 3},
		{"all abstain: nobody decided", plain, 20, [4]int64{0, 12, 0, 0}, tally.Rejected, 0},
		{"all abstain, and nothing at all is needed", atLeast(none, tally.OfDecided), 20, [4]int64{0, 12, 0, 0}, tally.Rejected, 0},
		{"of all cast, nothing needed, all abstain", atLeast(none, tally.OfCast), 20, [4]int64{0, 12, 0, 0}, tally.Passed, 0},
		{"no ballots", plain, 20, [4]int64{}, tally.Rejected, 0},
		{"no ballots of everybody", plain, 0, [4]int64{}, tally.Rejected, 0},
		{"share of an unknown electorate", atLeast(half(), tally.OfEligible), 0, [4]int64{5, 0, 0, 0}, tally.Rejected, 0},
		{"one voter agrees", plain, 1, [4]int64{1, 0, 0, 0}, tally.Passed, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := mustCount(t, tc.rules, 4, tc.eligible, votes(tc.votes[:]...))
			if got.Status != tc.status {
				t.Errorf("status %s, want %s", got.Status, tc.status)
			}
			if got.Decision.Needed != tc.needed {
				t.Errorf("%d needed, want %d", got.Decision.Needed, tc.needed)
			}
			if len(got.Winners)+len(got.Tied) != 0 {
				t.Errorf("a proposal has winners %v or ties %v", got.Winners, got.Tied)
			}
		})
	}
}

func TestParticipationIsCutAndNotRounded(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ cast, eligible, percent int64 }{
		{5, 7, 71}, {2, 3, 66}, {199, 200, 99}, {1, 200, 0}, {200, 200, 100}, {0, 9, 0}, {3, 2, 150}, {3, 0, 0},
	} {
		got := mustCount(t, tally.Rules{Method: tally.Proposal}, 4, tc.eligible, votes(tc.cast)).Turnout
		if int64(got.Percent) != tc.percent {
			t.Errorf("%d of %d: %d%%, want %d%%", tc.cast, tc.eligible, got.Percent, tc.percent)
		}
		if want := max(0, tc.eligible-tc.cast); got.NotVoted != want {
			t.Errorf("%d of %d: %d not voted, want %d", tc.cast, tc.eligible, got.NotVoted, want)
		}
	}
}

func TestTheNamesOfAProposalsOptionsStandAtTheirNumbers(t *testing.T) {
	t.Parallel()
	names := tally.ProposalOptions()
	for option, want := range map[int]string{tally.Agree: "agree", tally.Abstain: "abstain", tally.Disagree: "disagree", tally.Block: "block"} {
		if names[option] != want {
			t.Errorf("option %d is %q, want %q", option, names[option], want)
		}
	}
}
