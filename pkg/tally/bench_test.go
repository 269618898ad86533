package tally_test

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"plenary/pkg/tally"
)

const (
	million  = 1_000_000
	thousand = 1_000
)

// BenchmarkMillion counts a million ballots over ten options by every method. The
// orders of the rankings are all different.
func BenchmarkMillion(b *testing.B) {
	const options = 10
	for _, rules := range []tally.Rules{
		{Method: tally.Choice}, {Method: tally.Choice, Max: 3}, {Method: tally.Approval}, {Method: tally.Proposal}, {Method: tally.OptIn},
		{Method: tally.Score}, {Method: tally.Score, Mean: true}, {Method: tally.STAR}, {Method: tally.DotVote, Dots: 50, Blank: true},
		{Method: tally.Quadratic, Credits: 250, Blank: true}, {Method: tally.MajorityJudgment}, {Method: tally.TimePoll},
	} {
		benchmark(b, rules, optionsOf(rules.Method, options), plainBallots(rules, million, options))
	}
	orders := everyOrder(million)
	for _, m := range []tally.Method{tally.Borda, tally.InstantRunoff, tally.RankedPairs, tally.Schulze, tally.Minimax, tally.Copeland} {
		benchmark(b, tally.Rules{Method: m}, options, orders)
	}
	for _, m := range stvMethods() {
		benchmark(b, tally.Rules{Method: m, Seats: 3}, options, orders)
	}
}

// BenchmarkElection fills nine seats from a hundred thousand different rankings of
// forty options, of which the first are better liked, so that there are surpluses.
func BenchmarkElection(b *testing.B) {
	ballots := likedInOrder(100*thousand, 40)
	for _, m := range stvMethods() {
		benchmark(b, tally.Rules{Method: m, Seats: 9}, 40, ballots)
	}
}

// BenchmarkHundredOptions is little but what follows the matrix of duels.
func BenchmarkHundredOptions(b *testing.B) {
	ballots := someOrders(thousand, 100)
	for _, m := range []tally.Method{tally.InstantRunoff, tally.RankedPairs, tally.Schulze} {
		benchmark(b, tally.Rules{Method: m}, 100, ballots)
	}
}

// BenchmarkThousand is a poll of a thousand members, which is counted anew on every
// view.
func BenchmarkThousand(b *testing.B) {
	const options = 10
	for _, rules := range []tally.Rules{{Method: tally.Choice}, {Method: tally.Proposal}, {Method: tally.Score}, {Method: tally.STAR}, {Method: tally.MajorityJudgment}} {
		benchmark(b, rules, optionsOf(rules.Method, options), plainBallots(rules, thousand, options))
	}
	orders := someOrders(thousand, options)
	for _, m := range []tally.Method{tally.Borda, tally.InstantRunoff, tally.RankedPairs, tally.Schulze} {
		benchmark(b, tally.Rules{Method: m}, options, orders)
	}
	for _, m := range stvMethods() {
		benchmark(b, tally.Rules{Method: m, Seats: 3}, options, orders)
	}
}

// benchmark counts, and compares with scan in the same run. Processor time is what
// a machine that others use too says best; B/op bounds what a count has in memory
// beside its ballots.
func benchmark(b *testing.B, rules tally.Rules, options int, ballots []tally.Ballot) {
	name := string(rules.Method)
	if rules.Max > 1 {
		name += "_of_three"
	}
	if rules.Mean {
		name += "_mean"
	}
	contest := tally.Contest{Rules: rules, Options: options, Lots: tally.NewLottery("a seed", options)}
	b.Run(name, func(b *testing.B) {
		yardstick := fastest(func() { scan(ballots) })
		b.ReportAllocs()
		start := processorTime()
		for b.Loop() {
			result, err := contest.Count(slices.Values(ballots))
			if err != nil || result.Turnout.Cast != int64(len(ballots)) || len(result.Invalid) > 0 {
				b.Fatal(result.Turnout, err)
			}
		}
		each := (processorTime() - start) / time.Duration(b.N)
		b.ReportMetric(each.Seconds()*1000, "cpu-ms/op")
		b.ReportMetric(float64(len(ballots))/each.Seconds()/million, "Mballots/cpu-s")
		b.ReportMetric(each.Seconds()/yardstick.Seconds(), "scans")
	})
}

var scanned int // so that scan is not optimised away

// scan is the yardstick: it looks at every mark on every ballot and adds them up.
func scan(ballots []tally.Ballot) {
	sum := 0
	for i := range ballots {
		for _, option := range ballots[i].Choices {
			sum += option
		}
		for _, level := range ballots[i].Ranks {
			for _, option := range level {
				sum += option
			}
		}
		for _, score := range ballots[i].Scores {
			sum += score
		}
		sum += int(ballots[i].Weight)
	}
	scanned = sum
}

// fastest is the least processor time of some runs of at least a millisecond.
func fastest(run func()) time.Duration {
	best := time.Duration(0)
	for range 5 {
		runs, start := 0, processorTime()
		for runs == 0 || processorTime()-start < time.Millisecond {
			run()
			runs++
		}
		if each := (processorTime() - start) / time.Duration(runs); best == 0 || each < best {
			best = each
		}
	}
	return best
}

// processorTime is that of all threads of this process so far.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// optionsOf is the number of options of a poll that wants ten where it can have them.
func optionsOf(m tally.Method, options int) int {
	switch m {
	case tally.Proposal:
		return 4
	case tally.OptIn:
		return 2
	}
	return options
}

// plainBallots are marks or scores by chance, always the same, that like the first
// options better, so that no lot is needed.
func plainBallots(rules tally.Rules, n, options int) []tally.Ballot {
	options = optionsOf(rules.Method, options)
	marks, values := 1, 6
	switch {
	case rules.Method == tally.Approval || rules.Max == 3:
		marks = 3
	case rules.Method == tally.TimePoll:
		values = 3
	}
	chance := rand.New(rand.NewPCG(1, 2))
	ballots := make([]tally.Ballot, n)
	for i := range ballots {
		ballots[i].Weight = 1
		if rules.Method.Form() == tally.Marks {
			first := min(chance.IntN(options), chance.IntN(options))
			for k := range marks {
				ballots[i].Choices = append(ballots[i].Choices, (first+k)%options)
			}
			continue
		}
		for k := range options {
			ballots[i].Scores = append(ballots[i].Scores, max(0, chance.IntN(values)-chance.IntN(k+1)))
		}
	}
	return ballots
}

// everyOrder is so many different ones of the 3,628,800 orders of ten options,
// chosen by chance and always the same.
func everyOrder(n int) []tally.Ballot {
	const options, orders = 10, 3_628_800
	chosen := rand.New(rand.NewPCG(1, 2)).Perm(orders)
	ballots := make([]tally.Ballot, n)
	for i := range ballots {
		number := chosen[i]
		left := optionsUpTo(options)
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

// someOrders are complete and in random order, always the same.
func someOrders(n, options int) []tally.Ballot {
	chance := rand.New(rand.NewPCG(1, 2))
	ballots := make([]tally.Ballot, n)
	for i := range ballots {
		ballots[i] = ranked(1, chance.Perm(options)...)
	}
	return ballots
}

func likedInOrder(n, options int) []tally.Ballot {
	chance := rand.New(rand.NewPCG(1, 2))
	ballots := make([]tally.Ballot, n)
	for i := range ballots {
		at := make([]float64, options)
		for option := range at {
			at[option] = chance.ExpFloat64() * float64(1+option)
		}
		order := optionsUpTo(options)
		slices.SortFunc(order, func(a, b int) int {
			if at[a] < at[b] {
				return -1
			}
			return 1
		})
		ballots[i] = ranked(1, order...)
	}
	return ballots
}
