package tally_test

import (
	"slices"
	"testing"

	"plenary/pkg/tally"
)

// votes makes one ballot for each entry: that many votes for the option.
func votes(perOption ...int64) []tally.Ballot {
	var ballots []tally.Ballot
	for option, n := range perOption {
		if n > 0 {
			ballots = append(ballots, tally.Ballot{Choices: []int{option}, Weight: n})
		}
	}
	return ballots
}

func ballot(weight int64, choices ...int) tally.Ballot {
	return tally.Ballot{Choices: choices, Weight: weight}
}

func mustCount(t testing.TB, r tally.Rules, options int, eligible int64, ballots []tally.Ballot) tally.Result {
	t.Helper()
	result, err := tally.Count(r, options, eligible, slices.Values(ballots))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// The thresholds that the tables below speak of.
func half() tally.Fraction      { return tally.Fraction{Num: 1, Den: 2} }
func twoThirds() tally.Fraction { return tally.Fraction{Num: 2, Den: 3} }

// ranked is a ballot without equal ranks, best first.
func ranked(weight int64, options ...int) tally.Ballot {
	ranks := make([][]int, len(options))
	for i := range options {
		ranks[i] = options[i : i+1 : i+1]
	}
	return tally.Ballot{Ranks: ranks, Weight: weight}
}
