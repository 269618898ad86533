package tally_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"plenary/pkg/tally"
)

// millionRankings are all different: orders of ten options out of the 3,628,800
// that there are, chosen by chance and always the same.
func millionRankings() []tally.Ballot {
	const options, orders = 10, 3_628_800
	chosen := rand.New(rand.NewPCG(1, 2)).Perm(orders)
	ballots := make([]tally.Ballot, million)
	for i := range ballots {
		number := chosen[i]
		left := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
		order := make([]int, 0, options)
		for size := options; size > 0; size-- {
			at := number % size
			number /= size
			order = append(order, left[at])
			left = slices.Delete(left, at, at+1)
		}
		ballots[i] = ranked(1, order...)
	}
	return ballots
}

// someRankings are complete and in random order, always the same.
func someRankings(n, options int) []tally.Ballot {
	chance := rand.New(rand.NewPCG(1, 2))
	ballots := make([]tally.Ballot, n)
	for i := range ballots {
		ballots[i] = ranked(1, chance.Perm(options)...)
	}
	return ballots
}

func BenchmarkCountAMillionRankings(b *testing.B) {
	ballots := millionRankings()
	for _, method := range []tally.Method{tally.InstantRunoff, tally.RankedPairs, tally.Schulze, tally.Minimax, tally.Copeland} {
		b.Run(string(method), func(b *testing.B) { benchmarkRankings(b, method, 10, ballots) })
	}
}

func BenchmarkCountThousandRankingsOfAHundredOptions(b *testing.B) {
	ballots := someRankings(1000, 100)
	for _, method := range []tally.Method{tally.InstantRunoff, tally.RankedPairs, tally.Schulze} {
		b.Run(string(method), func(b *testing.B) { benchmarkRankings(b, method, 100, ballots) })
	}
}

// A poll of a thousand members is counted anew on every view.
func BenchmarkCountThousandRankings(b *testing.B) {
	ballots := someRankings(1000, 10)
	for _, method := range []tally.Method{tally.InstantRunoff, tally.RankedPairs, tally.Schulze} {
		b.Run(string(method), func(b *testing.B) { benchmarkRankings(b, method, 10, ballots) })
	}
}

func benchmarkRankings(b *testing.B, method tally.Method, options int, ballots []tally.Ballot) {
	b.ReportAllocs()
	for b.Loop() {
		result, err := tally.Count(tally.Rules{Method: method}, options, 0, slices.Values(ballots))
		if err != nil || result.Turnout.Cast != int64(len(ballots)) {
			b.Fatal(result.Turnout, err)
		}
	}
	b.ReportMetric(float64(len(ballots))*float64(b.N)/b.Elapsed().Seconds(), "ballots/s")
}
