package tally_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"plenary/pkg/tally"
)

// The whole results of rankings, and their English accounts, as golden files.
func TestResultsOfRankingsAndTheirWordsAreAsKept(t *testing.T) {
	t.Parallel()
	texts := catalogue(t)
	themes := []string{"Fibre networks", "Time banks", "Care", "Housing"}
	of := func(r tally.Rules) tally.Contest { return tally.Contest{Rules: r, Options: 4, Eligible: 200} }
	withLots := func(options int) tally.Contest {
		return tally.Contest{Options: options, Lots: tally.NewLottery("seed of the assembly", options)}
	}
	runoff := []tally.Ballot{ranked(14, 0, 1), ranked(11, 1, 2), ranked(7, 2, 1), ranked(4, 2, 0), ranked(1, 2), ranked(2, 3, 2), ranked(1, 3), ranked(2)}
	tied := []tally.Ballot{ranked(1, 0, 3), ranked(2, 3), ranked(3, 1), ranked(3, 2)}
	below := []tally.Ballot{ranked(2, 3, 0, 1, 2), ranked(2, 3, 1, 2, 0), ranked(2, 3, 2, 0, 1)}
	for _, tc := range []struct {
		name    string
		method  tally.Method
		contest tally.Contest
		ballots []tally.Ballot
	}{
		{"irv-second-preferences", tally.InstantRunoff, of(tally.Rules{Blank: true}), runoff},
		{"irv-batch", tally.InstantRunoff, of(tally.Rules{Batch: true}), []tally.Ballot{ranked(10, 0), ranked(9, 1), ranked(2, 2, 1), ranked(1, 3, 1)}},
		{"irv-majority-before-the-last-two", tally.InstantRunoff, of(tally.Rules{}), []tally.Ballot{ranked(13, 0), ranked(6, 1), ranked(4, 2, 1), ranked(1, 3, 2)}},
		{"irv-tie-stays-open", tally.InstantRunoff, of(tally.Rules{}), tied},
		{"irv-tie-by-lot", tally.InstantRunoff, withLots(4), tied},
		{"irv-tie-that-is-no-matter", tally.InstantRunoff, of(tally.Rules{}), []tally.Ballot{ranked(5, 0), ranked(4, 1), ranked(1, 2), ranked(1, 3, 1)}},
		{"irv-withdrawn", tally.InstantRunoff, tally.Contest{Options: 4, Withdrawn: []int{0}}, runoff[:4]},
		{"irv-no-quorum", tally.InstantRunoff, of(tally.Rules{Quorum: half()}), runoff[:2]},
		{"irv-no-votes", tally.InstantRunoff, of(tally.Rules{Blank: true}), []tally.Ballot{ranked(2)}},
		{"ranked-pairs-beats-every-other", tally.RankedPairs, of(tally.Rules{}), runoff[:7]},
		{"ranked-pairs-circle", tally.RankedPairs, of(tally.Rules{}), circle()},
		{"ranked-pairs-two-places", tally.RankedPairs, of(tally.Rules{Seats: 2, Strength: tally.Margin, Unranked: tally.Ignored}), runoff[:7]},
		{"ranked-pairs-even-circle-stays-open", tally.RankedPairs, of(tally.Rules{}), evenCircle()},
		{"ranked-pairs-even-circle-by-lot", tally.RankedPairs, withLots(3), evenCircle()},
		{"ranked-pairs-even-circle-is-no-matter", tally.RankedPairs, of(tally.Rules{Seats: 4}), below},
		{"schulze-circle", tally.Schulze, of(tally.Rules{}), circle()},
		{"schulze-tied", tally.Schulze, of(tally.Rules{Equal: true}), []tally.Ballot{ranked(3, 0, 1), ranked(3, 1, 0), {Ranks: [][]int{{2}, {0, 1}}, Weight: 1}}},
		{"schulze-tied-by-lot", tally.Schulze, withLots(3), evenCircle()},
		{"schulze-no-votes", tally.Schulze, of(tally.Rules{}), nil},
		{"schulze-one-option-left", tally.Schulze, tally.Contest{Options: 2, Withdrawn: []int{1}}, []tally.Ballot{ranked(3, 0, 1)}},
		{"minimax-circle", tally.Minimax, of(tally.Rules{}), circle()},
		{"copeland-no-winner-of-all", tally.Copeland, of(tally.Rules{Unranked: tally.Ignored}),
			[]tally.Ballot{ranked(3, 0, 1), ranked(2, 0, 2), ranked(2, 3, 2)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			result := mustContest(t, tc.method, tc.contest, tc.ballots)
			words := []string{say(t, texts, result.Summary, themes)}
			for _, step := range result.Explanation {
				words = append(words, say(t, texts, step, themes))
			}
			got, err := json.MarshalIndent(map[string]any{"result": result, "words": words}, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "golden", tc.name+".json"), append(got, '\n'))
		})
	}
}
