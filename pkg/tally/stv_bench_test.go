package tally_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"plenary/pkg/tally"
)

// Every ballot ranks all options in an order of its own: equal ones are rare, and
// the first options are better liked, so that there are surpluses.
func BenchmarkSTV(b *testing.B) {
	for _, size := range []struct{ ballots, options, seats int }{
		{million, 10, 3}, {million / 10, 10, 3}, {million / 10, 40, 9},
	} {
		ballots := likedInOrder(size.ballots, size.options)
		for _, method := range stvMethods() {
			name := fmt.Sprintf("%s/%d_ballots_%d_options_%d_seats", method, size.ballots, size.options, size.seats)
			b.Run(name, func(b *testing.B) {
				benchmarkSTV(b, tally.Rules{Method: method, Seats: size.seats}, size.options, ballots)
			})
		}
	}
}

func benchmarkSTV(b *testing.B, rules tally.Rules, options int, ballots []tally.Ballot) {
	contest := tally.Contest{Rules: rules, Options: options, Lots: tally.NewLottery("a seed", options)}
	b.ReportAllocs()
	for b.Loop() {
		result, err := contest.Count(slices.Values(ballots))
		if err != nil || len(result.Winners) != rules.Seats {
			b.Fatal(result.Winners, err)
		}
	}
	b.ReportMetric(float64(len(ballots)*b.N)/b.Elapsed().Seconds(), "ballots/s")
}

func likedInOrder(ballots, options int) []tally.Ballot {
	random := rand.New(rand.NewPCG(1, 2))
	made := make([]tally.Ballot, ballots)
	for i := range made {
		at := make([]float64, options)
		for option := range at {
			at[option] = random.ExpFloat64() * float64(1+option)
		}
		ranks := make([][]int, options)
		for option := range ranks {
			ranks[option] = []int{option}
		}
		slices.SortFunc(ranks, func(a, b []int) int {
			if at[a[0]] < at[b[0]] {
				return -1
			}
			return 1
		})
		made[i] = tally.Ballot{Ranks: ranks, Weight: 1}
	}
	return made
}
