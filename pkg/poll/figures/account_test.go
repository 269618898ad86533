package figures_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/poll/figures"
	"plenary/pkg/tally"
)

// counted is a count of three options with everything that one can tell.
func counted() figures.Results {
	var options []figures.Option
	for i, label := range []string{"Rye", "=Oats", "Spelt"} {
		options = append(options, figures.Option{ID: int64(101 + i), Label: label})
	}
	votes := func(units ...int64) []*tally.Amount {
		var out []*tally.Amount
		for _, u := range units {
			out = append(out, &tally.Amount{Units: u, Decimals: 5})
		}
		return append(out, nil)
	}
	return figures.Of(options, tally.STVScottish, access.PollEnded, tally.Result{Rule: "stv_scottish/1", Status: tally.Chosen, Winners: []int{1}, Ranking: [][]int{{1}, {0, 2}}, Quota: new(tally.Whole(4)), Invalid: []int{3},
		Options: []tally.Row{{Option: 0, Votes: 3, Share: &tally.Fraction{Num: 1, Den: 3}, Percent: 33}, {Option: 1, Votes: 5, Points: &tally.Fraction{Num: 7, Den: 2}}, {Option: 2}},
		Rounds: []tally.Round{{Number: 1, Votes: votes(300000, 512345), Excluded: []int{2}},
			{Number: 2, Votes: votes(300000, 500000), Exhausted: tally.Amount{Units: 12345, Decimals: 5}, SurplusOf: new(1), Moved: []tally.Transfer{{From: 1, To: 0, Votes: tally.Whole(1)}, {From: 1, To: -1, Votes: tally.Whole(2)}}, Elected: []int{1}}},
		Duels: &tally.Duels{Wins: [][]int64{{0, 1, 2}, {3, 0, 4}, {5, 6, 0}}, Condorcet: new(1), Locks: []tally.Lock{{Winner: 1, Loser: 0, Votes: 3, Against: 1, Strength: 3, Locked: true}},
			Copeland: []tally.Fraction{{Num: 1, Den: 2}, {Num: 2, Den: 1}, {Num: 0, Den: 1}}, Minimax: []int64{3, 0, 4}},
		Values: &tally.Values{Lowest: 0, Counts: [][]int64{{1, 2}, {3, 4}, {5, 6}}, Blank: []int64{0, 1, 0}, Median: []int{1, 1, 0}},
		Ties:   []tally.Tie{{Round: 1, Stake: tally.ForExclusion, Tied: []int{0, 2}, Chosen: []int{2}, By: tally.ByLot}, {Stake: tally.ForPlace, Tied: []int{0, 2}, Chosen: []int{}, By: tally.ByNothing}},
		Lots:   &tally.Drawn{Seed: "5f", Order: []int{2, 0, 1}, Used: true, Mattered: new(false)},
		Explanation: []tally.Step{{Code: "tally.step.turnout_open", Args: errs.Args{"Count": 9}}, {Code: "tally.step.stv_excluded", Args: errs.Args{"Round": 1}, Options: []int{2}},
			{Code: "tally.step.moved_nowhere", Args: errs.Args{"Count": 2}}, {Code: "tally.step.stv_reached", Args: errs.Args{"Round": 2}, Options: []int{1}}}})
}

func TestACountIsToldByItsOptions(t *testing.T) {
	t.Parallel()
	got, err := json.MarshalIndent(counted(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "account.json")
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(bytes.TrimSpace(want)), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestEachRoundHasItsSentences(t *testing.T) {
	t.Parallel()
	var told [][]string
	for _, round := range counted().Rounds {
		var codes []string
		for _, s := range round.Told {
			codes = append(codes, s.Code)
		}
		told = append(told, codes)
	}
	want := [][]string{{"tally.step.stv_excluded", "tally.step.moved_nowhere"}, {"tally.step.stv_reached"}}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the sentences of the rounds (-want +got):\n%s", diff)
	}
}

func TestEveryTieIsToldWithItsReason(t *testing.T) {
	t.Parallel()
	var told []string
	for _, tie := range counted().TieBreaks {
		for _, s := range tie.Told {
			told = append(told, s.Code)
		}
	}
	want := []string{"results.tie_exclude_in_round", "results.tie_by_lot", "results.tie_place", "results.tie_open"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the ties (-want +got):\n%s", diff)
	}
}

func TestATableForSpreadsheetsHoldsEveryFigureAndNoFormula(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := counted().WriteCSV(&b, func(row figures.TableRow) string { return row.Label }); err != nil {
		t.Fatal(err)
	}
	const want = `option,label,votes,share,points,winner,tied,round_1,round_2,against Rye,against '=Oats,against Spelt,value_0,value_1,no_value
101,Rye,3,1/3,,false,false,3.00000,3.00000,,1,2,1,2,0
102,'=Oats,5,,3.5,true,false,5.12345,5.00000,3,,4,3,4,1
103,Spelt,0,,,false,false,,,5,6,,5,6,0
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
}
