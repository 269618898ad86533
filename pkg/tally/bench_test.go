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

func BenchmarkCountAMillionApprovals(b *testing.B) {
	benchmark(b, tally.Rules{Method: tally.Approval}, 3)
}

func BenchmarkCountAMillionScores(b *testing.B) {
	benchmarkScores(b, tally.Rules{Method: tally.Score}, 6)
}

func BenchmarkCountAMillionMeans(b *testing.B) {
	benchmarkScores(b, tally.Rules{Method: tally.Score, Mean: true}, 6)
}

func BenchmarkCountAMillionSTARBallots(b *testing.B) {
	benchmarkScores(b, tally.Rules{Method: tally.STAR}, 6)
}

func BenchmarkCountAMillionDotVotes(b *testing.B) {
	benchmarkScores(b, tally.Rules{Method: tally.DotVote, Dots: 50}, 6)
}

func BenchmarkCountAMillionQuadraticVotes(b *testing.B) {
	benchmarkScores(b, tally.Rules{Method: tally.Quadratic, Credits: 250}, 6)
}

func BenchmarkCountAMillionJudgments(b *testing.B) {
	benchmarkScores(b, tally.Rules{Method: tally.MajorityJudgment}, 6)
}

func BenchmarkCountAMillionTimePollBallots(b *testing.B) {
	benchmarkScores(b, tally.Rules{Method: tally.TimePoll}, 3)
}

func BenchmarkCountAMillionBordaRankings(b *testing.B) {
	benchmarkBallots(b, tally.Rules{Method: tally.Borda}, func(i int) tally.Ballot {
		ranks := make([][]int, options)
		for k := range ranks {
			ranks[k] = []int{(i*i + k*7) % options}
		}
		return tally.Ballot{Ranks: ranks, Weight: 1}
	})
}

const options = 10

func benchmark(b *testing.B, rules tally.Rules, choices int) {
	benchmarkBallots(b, rules, func(i int) tally.Ballot {
		chosen := make([]int, choices)
		for k := range chosen {
			chosen[k] = (i*i + k) % options
		}
		return tally.Ballot{Choices: chosen, Weight: 1}
	})
}

func benchmarkScores(b *testing.B, rules tally.Rules, values int) {
	benchmarkBallots(b, rules, func(i int) tally.Ballot {
		given := make([]int, options)
		for k := range given {
			given[k] = (i*i + i>>7 + k*k) % values
		}
		return tally.Ballot{Scores: given, Weight: 1}
	})
}

func benchmarkBallots(b *testing.B, rules tally.Rules, ballotOf func(i int) tally.Ballot) {
	ballots := make([]tally.Ballot, million)
	for i := range ballots {
		ballots[i] = ballotOf(i)
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
