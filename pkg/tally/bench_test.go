package tally_test

import (
	"slices"
	"testing"

	"plenary/pkg/tally"
)

const million = 1_000_000

func BenchmarkCountAMillionSingleChoices(b *testing.B) {
	benchmark(b, tally.Rules{Method: tally.Choice}, 1)
}

func BenchmarkCountAMillionApprovalsOfThree(b *testing.B) {
	benchmark(b, tally.Rules{Method: tally.Choice, Max: 3}, 3)
}

func benchmark(b *testing.B, rules tally.Rules, choices int) {
	const options = 10
	ballots := make([]tally.Ballot, million)
	for i := range ballots {
		chosen := make([]int, choices)
		for k := range chosen {
			chosen[k] = (i*i + k) % options
		}
		ballots[i] = tally.Ballot{Choices: chosen, Weight: 1}
	}
	b.ReportAllocs()
	for b.Loop() {
		result, err := tally.Count(rules, options, million, slices.Values(ballots))
		if err != nil || result.Turnout.Cast != million {
			b.Fatal(result.Turnout, err)
		}
	}
	b.ReportMetric(million*float64(b.N)/b.Elapsed().Seconds(), "ballots/s")
}
