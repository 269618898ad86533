package ledger_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

func TestTheSameBallotsAreCountedByOtherMethods(t *testing.T) {
	t.Parallel()
	ranks := func(weight int64, options ...int) tally.Ballot {
		b := tally.Ballot{Weight: weight}
		for _, option := range options {
			b.Ranks = append(b.Ranks, []int{option})
		}
		return b
	}
	// Tennessee's four towns: Nashville beats every other, most have Memphis first,
	// and the runoff elects Knoxville.
	towns := []string{"Memphis", "Nashville", "Chattanooga", "Knoxville"}
	tennessee := []tally.Ballot{ranks(42, 0, 1, 2, 3), ranks(26, 1, 2, 3, 0), ranks(15, 2, 3, 1, 0), ranks(17, 3, 2, 1, 0)}
	scores := func(weight int64, given ...int) tally.Ballot { return tally.Ballot{Scores: given, Weight: weight} }
	liked := []tally.Ballot{scores(3, 5, 2, 0), scores(2, 0, 5, 1), scores(1, 0, 5, 5)}
	food := []string{"Soup", "Bread", "Salad"}
	for name, tc := range map[string]struct {
		rules   tally.Rules
		labels  []string
		ballots []tally.Ballot
		want    []ledger.Other
	}{
		"rankings for one place": {tally.Rules{Method: tally.Schulze}, towns, tennessee, []ledger.Other{
			{"borda", []string{"Nashville"}}, {"irv", []string{"Knoxville"}}, {"ranked_pairs", []string{"Nashville"}}, {"schulze", []string{"Nashville"}}}},
		"rankings for two places": {tally.Rules{Method: tally.STVScottish, Seats: 2}, towns, tennessee, []ledger.Other{
			{"borda", []string{"Nashville", "Chattanooga"}}, {"ranked_pairs", []string{"Nashville", "Chattanooga"}}, {"schulze", []string{"Nashville", "Chattanooga"}},
			{"stv_scottish", []string{"Memphis", "Nashville"}}, {"stv_wigm", []string{"Memphis", "Nashville"}}, {"stv_meek", []string{"Memphis", "Nashville"}}}},
		"equal ranks, which not all know": {tally.Rules{Method: tally.RankedPairs, Equal: true}, food, []tally.Ballot{{Ranks: [][]int{{0, 1}, {2}}, Weight: 2}, {Ranks: [][]int{{1}}, Weight: 1}},
			[]ledger.Other{{"borda", []string{"Bread"}}, {"ranked_pairs", []string{"Bread"}}, {"schulze", []string{"Bread"}}}},
		"scores": {tally.Rules{Method: tally.Score}, food, liked, []ledger.Other{
			{"score", []string{"Bread"}}, {"star", []string{"Bread"}}, {"majority_judgment", []string{"Bread"}}}},
		"grades": {tally.Rules{Method: tally.MajorityJudgment, Grades: 6}, food, liked[:2], []ledger.Other{
			{"score", []string{"Bread"}}, {"star", []string{"Soup"}}, {"majority_judgment", []string{"Soup"}}}},
		"scores for two places, which STAR does not fill": {tally.Rules{Method: tally.Score, Seats: 2}, food, liked, []ledger.Other{
			{"score", []string{"Bread", "Soup"}}, {"majority_judgment", []string{"Bread", "Soup"}}}},
		"scores below zero are nobody's stars": {tally.Rules{Method: tally.Score, MinScore: -5}, food, liked, []ledger.Other{{"score", []string{"Bread"}}}},
		"choices":                              {tally.Rules{Method: tally.Choice}, food, []tally.Ballot{{Choices: []int{0}, Weight: 1}}, nil},
		"dots":                                 {tally.Rules{Method: tally.DotVote}, food, liked, nil},
	} {
		got := ledger.WinnersBy(tally.Contest{Rules: tc.rules, Options: len(tc.labels)}, tc.labels, tc.ballots)
		for i := range got {
			slices.Sort(got[i].Winners)
		}
		for i := range tc.want {
			slices.Sort(tc.want[i].Winners)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
