package tally_test

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/tally"
)

func stvMethods() []tally.Method {
	return []tally.Method{tally.STVScottish, tally.STVWIGM, tally.STVMeek}
}

// preferring is a ballot with the options from best to least, one to a rank.
func preferring(weight int64, options ...int) tally.Ballot {
	b := tally.Ballot{Weight: weight}
	for _, option := range options {
		b.Ranks = append(b.Ranks, []int{option})
	}
	return b
}

func mustElect(t testing.TB, c tally.Contest, ballots []tally.Ballot) tally.Result {
	t.Helper()
	result, err := c.Count(slices.Values(ballots))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// table is a count in short: of each round the votes, those who are out with
// nobody's "-", and then the exhausted; who is elected and who is left out.
func table(r tally.Result) []string {
	var lines []string
	for _, round := range r.Rounds {
		line := ""
		for _, votes := range round.Votes {
			if votes == nil {
				line += "- "
			} else {
				line += votes.String() + " "
			}
		}
		line += "| " + round.Exhausted.String()
		if len(round.Elected) > 0 {
			line += fmt.Sprint(" elected ", round.Elected)
		}
		if len(round.Excluded) > 0 {
			line += fmt.Sprint(" excluded ", round.Excluded)
		}
		lines = append(lines, line)
	}
	return lines
}

// Ten ballots, two seats. Three rank 0, then 1, then 2; three 0, then 2; one 1;
// two 2; one 3, then 1. The fixed quota is 10/3, cut, and one: 4.
func tenBallots() []tally.Ballot {
	return []tally.Ballot{preferring(3, 0, 1, 2), preferring(3, 0, 2), preferring(1, 1), preferring(2, 2), preferring(1, 3, 1)}
}

// 0 has 2 above the quota: each of its six papers goes on at 2/6, which is 0.33333
// cut, so 0.99999 each to 1 and 2. Then 3 is the lowest and its vote goes to 1,
// which ties nobody: 2.99999 against 2.99999 for 2. In the round before it had
// fewer, so it is left out, and 2 is all that is left.
func TestAScottishCountByHand(t *testing.T) {
	t.Parallel()
	got := mustElect(t, tally.Contest{Rules: tally.Rules{Method: tally.STVScottish, Seats: 2}, Options: 4}, tenBallots())
	want := []string{
		"6.00000 1.00000 2.00000 1.00000 | 0.00000 elected [0]",
		"4.00000 1.99999 2.99999 1.00000 | 0.00002 excluded [3]",
		"4.00000 2.99999 2.99999 0.00000 | 0.00002 excluded [1]",
		"4.00000 0.00000 3.99998 0.00000 | 2.00002 elected [2]",
	}
	if diff := cmp.Diff(want, table(got)); diff != "" {
		t.Errorf("rounds (-want +got):\n%s", diff)
	}
	ties := []tally.Tie{{Round: 3, Stake: tally.ForExclusion, Tied: []int{1, 2}, Chosen: []int{1}, By: "earlier_stage"}}
	if diff := cmp.Diff(ties, got.Ties); diff != "" {
		t.Errorf("ties (-want +got):\n%s", diff)
	}
	moved := []tally.Transfer{
		{From: 0, To: 1, Votes: tally.Amount{Units: 99999, Decimals: 5}},
		{From: 0, To: 2, Votes: tally.Amount{Units: 99999, Decimals: 5}},
		{From: 0, To: -1, Votes: tally.Amount{Units: 2, Decimals: 5}},
	}
	if diff := cmp.Diff(moved, got.Rounds[1].Moved); diff != "" {
		t.Errorf("moved in round 2 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(new(0), got.Rounds[1].SurplusOf); diff != "" || got.Quota.String() != "4" {
		t.Errorf("quota %s, surplus of %s", got.Quota, diff)
	}
	if diff := cmp.Diff([][]int{{0}, {2}, {1}, {3}}, got.Ranking); diff != "" {
		t.Errorf("ranking (-want +got):\n%s", diff)
	}
}

// Two have a surplus at once: 0 of 2 in 6, and 1 of 1 in 5. Each vote of 0 goes on
// at 0.33, each of 1 at 0.2.
func TestAWeightedCountMovesAllSurplusesAtOnce(t *testing.T) {
	t.Parallel()
	rules := tally.Rules{Method: tally.STVWIGM, Seats: 3, Decimals: 2}
	ballots := []tally.Ballot{preferring(6, 0, 1, 2), preferring(5, 1, 3), preferring(2, 2), preferring(2, 3)}
	got := mustElect(t, tally.Contest{Rules: rules, Options: 4}, ballots)
	want := []string{
		"6.00 5.00 2.00 2.00 | 0.00 elected [0 1]",
		"4.00 4.00 3.98 3.00 | 0.02 excluded [3]",
		"4.00 4.00 3.98 0.00 | 3.02 elected [2]",
	}
	if diff := cmp.Diff(want, table(got)); diff != "" {
		t.Errorf("rounds (-want +got):\n%s", diff)
	}
	if got.Rounds[1].SurplusOf != nil || len(got.Rounds[1].Moved) != 3 {
		t.Errorf("round 2: surplus of %v, moved %v", got.Rounds[1].SurplusOf, got.Rounds[1].Moved)
	}
}

// Six votes, two seats, quota 2.000000001. 0 has 4 and keeps half of each vote, a
// trace more by rounding up; the rest of each goes to 1. In the end 0 and 2 sit.
func TestAMeekCountByHand(t *testing.T) {
	t.Parallel()
	ballots := []tally.Ballot{preferring(4, 0, 1), preferring(2, 2)}
	got := mustElect(t, tally.Contest{Rules: tally.Rules{Method: tally.STVMeek, Seats: 1}, Options: 3}, ballots)
	want := []string{"4.000000000 0.000000000 2.000000000 | 0.000000000 elected [0]"}
	if diff := cmp.Diff(want, table(got)); diff != "" {
		t.Errorf("one seat (-want +got):\n%s", diff)
	}
	ballots = []tally.Ballot{preferring(4, 0, 1), preferring(2, 2), preferring(1, 1)}
	got = mustElect(t, tally.Contest{Rules: tally.Rules{Method: tally.STVMeek, Seats: 2}, Options: 3}, ballots)
	// Quota 7/3: 0 keeps 0.583333334 of each of its four votes.
	want = []string{
		"4.000000000 1.000000000 2.000000000 | 0.000000000 elected [0]",
		"2.333333336 2.666666664 2.000000000 | 0.000000000 elected [1]",
	}
	if diff := cmp.Diff(want, table(got)); diff != "" {
		t.Errorf("two seats (-want +got):\n%s", diff)
	}
	moved := []tally.Transfer{{From: 0, To: 1, Votes: tally.Amount{Units: 1_666_666_664, Decimals: 9}}}
	if diff := cmp.Diff(moved, got.Rounds[1].Moved); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
	if got.Rounds[1].Keep[0].String() != "0.583333334" || got.Rounds[1].Quota.String() != "2.333333334" {
		t.Errorf("keep %s, quota %s", got.Rounds[1].Keep[0], got.Rounds[1].Quota)
	}
}

func TestWhatAnElectionOfSeveralComesTo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		contest tally.Contest
		ballots []tally.Ballot
		status  tally.Status
		winners []int
		tied    []int
	}{
		{"nobody votes", contest(2, 3), nil, tally.NoVotes, []int{}, []int{0, 1, 2}},
		{"all blank", contest(2, 3), []tally.Ballot{{Weight: 3}}, tally.NoVotes, []int{}, []int{0, 1, 2}},
		{"only withdrawn ones ranked", contest(1, 3, 1), []tally.Ballot{preferring(3, 1)}, tally.NoVotes, []int{}, []int{0, 2}},
		{"one vote, one option", contest(1, 1), []tally.Ballot{preferring(1, 0)}, tally.Chosen, []int{0}, []int{}},
		{"as many seats as options", contest(3, 3), []tally.Ballot{preferring(2, 2), preferring(1, 0)}, tally.Chosen, []int{2, 0, 1}, []int{}},
		{"fewer options left than seats", contest(3, 3, 0), []tally.Ballot{preferring(2, 0, 2), preferring(1, 1)}, tally.Chosen, []int{2, 1}, []int{}},
		{"a withdrawn option passes its votes on", contest(1, 3, 0), []tally.Ballot{preferring(5, 0, 1), preferring(4, 2)}, tally.Chosen, []int{1}, []int{}},
		{"an open tie for the last seat", contest(2, 3), []tally.Ballot{preferring(4, 0), preferring(2, 1), preferring(2, 2)}, tally.Tied, []int{0}, []int{1, 2}},
		{"an open tie with a seat for all but one", contest(2, 4), []tally.Ballot{preferring(4, 0), preferring(3, 1), preferring(3, 2), preferring(2, 3)},
			tally.Tied, []int{0}, []int{1, 2}},
		{"an open tie while anybody may still win", contest(1, 4), []tally.Ballot{preferring(4, 0), preferring(3, 1), preferring(2, 2), preferring(2, 3)},
			tally.Tied, []int{}, []int{0, 1, 2, 3}},
		{"an open tie of the last two of four", contest(3, 4), []tally.Ballot{preferring(8, 0), preferring(5, 1), preferring(2, 2), preferring(2, 3)},
			tally.Tied, []int{0, 1}, []int{2, 3}},
	} {
		for _, method := range stvMethods() {
			t.Run(tc.name+" by "+string(method), func(t *testing.T) {
				t.Parallel()
				c := tc.contest
				c.Rules.Method = method
				got := mustElect(t, c, tc.ballots)
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
}

func contest(seats, options int, withdrawn ...int) tally.Contest {
	return tally.Contest{Rules: tally.Rules{Seats: seats, Blank: true}, Options: options, Withdrawn: withdrawn}
}

func TestWithoutAQuorumNobodyIsElected(t *testing.T) {
	t.Parallel()
	for _, method := range stvMethods() {
		c := tally.Contest{Rules: tally.Rules{Method: method, Quorum: half()}, Options: 2, Eligible: 10}
		got := mustElect(t, c, []tally.Ballot{preferring(4, 0, 1)})
		if got.Status != tally.NoQuorum || len(got.Winners) > 0 || len(got.Rounds) > 0 {
			t.Errorf("%s: %s, winners %v after %d rounds", method, got.Status, got.Winners, len(got.Rounds))
		}
	}
}

// In round 2 three have four votes each. In round 1 option 2 had more than 3 and 4,
// which were equal: a lot has to part these two.
func TestALookBackThatLeavesSeveralGoesOnToALot(t *testing.T) {
	t.Parallel()
	ballots := []tally.Ballot{preferring(9, 0), preferring(8, 1), preferring(4, 2), preferring(3, 3), preferring(3, 4),
		preferring(1, 5, 3), preferring(1, 5, 4)}
	c := tally.Contest{Rules: tally.Rules{Method: tally.STVScottish}, Options: 6, Lots: &taker{}}
	got := mustElect(t, c, ballots)
	want := []tally.Tie{
		{Round: 2, Stake: tally.ForExclusion, Tied: []int{2, 3, 4}, Chosen: []int{3, 4}, By: "earlier_stage"},
		{Round: 2, Stake: tally.ForExclusion, Tied: []int{3, 4}, Chosen: []int{4}, By: "lot"},
		{Round: 3, Stake: tally.ForExclusion, Tied: []int{2, 3}, Chosen: []int{3}, By: "earlier_stage"},
	}
	if diff := cmp.Diff(want, got.Ties); diff != "" {
		t.Errorf("ties (-want +got):\n%s", diff)
	}
}

// taker draws the last of the tied.
type taker struct{ asked []tally.Stake }

func (l *taker) Draw(what tally.Stake, tied []int) int {
	l.asked = append(l.asked, what)
	return tied[len(tied)-1]
}

func TestEqualSurplusesGoByLotOneAfterTheOther(t *testing.T) {
	t.Parallel()
	lots := &taker{}
	c := tally.Contest{Rules: tally.Rules{Method: tally.STVScottish, Seats: 3}, Options: 5, Lots: lots}
	got := mustElect(t, c, []tally.Ballot{preferring(8, 0, 2), preferring(8, 1, 3), preferring(2, 2), preferring(1, 3), preferring(1, 4)})
	if len(lots.asked) == 0 || lots.asked[0] != tally.ForSurplus || *got.Rounds[1].SurplusOf != 1 || *got.Rounds[2].SurplusOf != 0 {
		t.Errorf("lots for %v, rounds %v", lots.asked, table(got))
	}
	c.Lots = nil
	got = mustElect(t, c, []tally.Ballot{preferring(8, 0, 2), preferring(8, 1, 3), preferring(2, 2), preferring(1, 3), preferring(1, 4)})
	if diff := cmp.Diff([]int{2, 3, 4}, got.Tied); diff != "" || got.Status != tally.Tied || got.Ties[0].By != "open" {
		t.Errorf("without lots: %s, ties %v, tied %s", got.Status, got.Ties, diff)
	}
}

func TestOneWhoseLotChangesTheWinnersIsToldSo(t *testing.T) {
	t.Parallel()
	for _, method := range stvMethods() {
		c := tally.Contest{Rules: tally.Rules{Method: method, Seats: 2}, Options: 3, Lots: tally.NewLottery("seed", 3)}
		got := mustElect(t, c, []tally.Ballot{preferring(4, 0), preferring(2, 1), preferring(2, 2)})
		if got.Status != tally.Chosen || !got.Lots.Used || !*got.Lots.Mattered {
			t.Errorf("%s: %s, lots %+v", method, got.Status, got.Lots)
		}
	}
}

func TestARankingThatCannotBeCastIsRefusedAndNotCounted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		ballot tally.Ballot
		code   string
	}{
		{"two options in one rank", tally.Ballot{Ranks: [][]int{{0, 1}}, Weight: 1}, "tally.ballot.equal_rank"},
		{"an option twice", preferring(1, 0, 1, 0), "tally.ballot.duplicate"},
		{"an unknown option", preferring(1, 3), "tally.ballot.unknown_option"},
		{"a negative option", preferring(1, -1), "tally.ballot.unknown_option"},
		{"an empty rank", tally.Ballot{Ranks: [][]int{{}}, Weight: 1}, "tally.ballot.empty_rank"},
		{"nothing ranked", tally.Ballot{Weight: 1}, "tally.ballot.rank_none"},
		{"too many ranked", preferring(1, 0, 1, 2), "tally.ballot.rank_fewer"},
		{"a mark instead", ballot(1, 0), "tally.ballot.other_form"},
	} {
		for _, method := range stvMethods() {
			rules := tally.Rules{Method: method, Max: 2}
			if tc.code == "tally.ballot.duplicate" {
				rules.Max = 0
			}
			if got := fieldsOf(t, rules.Check(3, tc.ballot))["choices"]; got != tc.code {
				t.Errorf("%s by %s: %q, want %q", tc.name, method, got, tc.code)
			}
			got := mustElect(t, tally.Contest{Rules: rules, Options: 3}, []tally.Ballot{tc.ballot, preferring(2, 1)})
			if diff := cmp.Diff([]int{0}, got.Invalid); diff != "" || got.Turnout.Cast != 2 {
				t.Errorf("%s by %s: %d cast, invalid %s", tc.name, method, got.Turnout.Cast, diff)
			}
		}
	}
}

func TestSettingsThatMakeNoElection(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		rules   tally.Rules
		options int
		want    map[string]string
	}{
		{"plain", tally.Rules{Method: tally.STVScottish, Seats: 3}, 3, nil},
		{"nine decimals", tally.Rules{Method: tally.STVWIGM, Decimals: 9}, 3, nil},
		{"ten decimals", tally.Rules{Method: tally.STVWIGM, Decimals: 10}, 3, map[string]string{"decimals": "tally.rule.stv_decimals"}},
		{"less than no decimals", tally.Rules{Method: tally.STVWIGM, Decimals: -1}, 3, map[string]string{"decimals": "tally.rule.stv_decimals"}},
		{"decimals of a fixed rule", tally.Rules{Method: tally.STVScottish, Decimals: 5}, 3, map[string]string{"decimals": "tally.rule.not_for_method"}},
		{"equal ranks", tally.Rules{Method: tally.STVMeek, Equal: true}, 3, map[string]string{"equal": "tally.rule.not_for_method"}},
		{"more seats than options", tally.Rules{Method: tally.STVMeek, Seats: 4}, 3, map[string]string{"seats": "tally.rule.seats_range"}},
		{"a threshold", tally.Rules{Method: tally.STVWIGM, Threshold: half()}, 3, map[string]string{"threshold": "tally.rule.not_for_method"}},
		{"no options", tally.Rules{Method: tally.STVScottish}, 0, map[string]string{"options": "tally.rule.options_none"}},
	} {
		if diff := cmp.Diff(tc.want, codes(tc.rules.Validate(tc.options))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	if got := (tally.Rules{Method: tally.STVWIGM}).Complete(); got.Decimals != 4 || got.Seats != 1 || got.Min != 1 {
		t.Errorf("completed to %+v", got)
	}
}

func TestMoreVotesThanCanBeSplitAreRefused(t *testing.T) {
	t.Parallel()
	const most = math.MaxInt64 / 1_000_000_000
	for _, method := range stvMethods() {
		var ballots []tally.Ballot
		for range most / tally.MaxWeight {
			ballots = append(ballots, preferring(tally.MaxWeight, 0, 1, 2))
		}
		ballots = append(ballots, preferring(most%tally.MaxWeight-1, 1, 0), preferring(1, 2))
		c := tally.Contest{Rules: tally.Rules{Method: method, Seats: 2, Decimals: map[tally.Method]int{tally.STVWIGM: 9}[method]}, Options: 3}
		got := mustElect(t, c, ballots)
		if diff := cmp.Diff([]int{0, 1}, got.Winners); diff != "" {
			t.Errorf("%s (-want +got):\n%s", method, diff)
		}
		_, err := c.Count(slices.Values(append(ballots, preferring(1, 2))))
		if diff := cmp.Diff(map[string]string{"ballots": "tally.rule.stv_votes"}, fieldsOf(t, err)); diff != "" {
			t.Errorf("%s, one vote more (-want +got):\n%s", method, diff)
		}
	}
}

func TestElectionsAndTheirWordsAreAsKept(t *testing.T) {
	t.Parallel()
	texts := catalogue(t)
	names := []string{"Fibre networks", "Time banks", "Care", "Housing"}
	lottery := tally.NewLottery("a seed", len(names))
	two := tally.Rules{Seats: 2, Blank: true}
	blank := append(tenBallots(), tally.Ballot{Weight: 1})
	tie := []tally.Ballot{preferring(8, 0, 2), preferring(8, 1, 3), preferring(2, 2), preferring(2, 3)}
	for _, tc := range []struct {
		name    string
		contest tally.Contest
		ballots []tally.Ballot
	}{
		{"ten-ballots", tally.Contest{Rules: two, Eligible: 20}, blank},
		{"tie-open", tally.Contest{Rules: tally.Rules{Seats: 3}}, tie},
		{"tie-by-lot", tally.Contest{Rules: tally.Rules{Seats: 3}, Lots: lottery}, tie},
		{"withdrawn", tally.Contest{Rules: two, Withdrawn: []int{0}}, tenBallots()},
	} {
		for _, method := range stvMethods() {
			c := tc.contest
			c.Rules.Method, c.Options = method, len(names)
			result := mustElect(t, c, tc.ballots)
			words := []string{say(t, texts, result.Summary, names)}
			for _, step := range result.Explanation {
				words = append(words, say(t, texts, step, names))
			}
			got, err := json.MarshalIndent(map[string]any{"result": result, "words": words}, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "golden", string(method)+"-"+tc.name+".json"), append(got, '\n'))
		}
	}
}
