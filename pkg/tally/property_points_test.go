package tally_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/tally"
)

// anyScores makes a poll by a method of scores.
func anyScores(t *rapid.T) poll {
	return scoresBy(t, rapid.SampledFrom([]tally.Method{tally.Score, tally.STAR, tally.DotVote, tally.Quadratic,
		tally.MajorityJudgment, tally.TimePoll}).Draw(t, "method"))
}

func scoresBy(t *rapid.T, method tally.Method) poll {
	p := poll{options: rapid.IntRange(1, 5).Draw(t, "options")}
	p.rules = tally.Rules{Method: method, Quorum: tally.Fraction{Num: rapid.Int64Range(0, 3).Draw(t, "quorum"), Den: 4}}
	if method != tally.STAR {
		p.rules.Seats = rapid.IntRange(1, p.options).Draw(t, "seats")
	}
	if method != tally.TimePoll {
		p.rules.Blank = rapid.Bool().Draw(t, "blank")
	}
	least, most := 0, 3
	switch method {
	case tally.Score:
		least = rapid.IntRange(-2, 1).Draw(t, "least")
		p.rules.MinScore, p.rules.MaxScore, p.rules.Mean = least, most, rapid.Bool().Draw(t, "mean")
	case tally.STAR:
		p.rules.MaxScore = most
	case tally.DotVote:
		p.rules.Dots, p.rules.UseAll = 4, rapid.Bool().Draw(t, "use all")
	case tally.Quadratic:
		p.rules.Credits, p.rules.Negative = 10, rapid.Bool().Draw(t, "negative")
		least = -1
	case tally.MajorityJudgment:
		p.rules.Grades = most + 1
	case tally.TimePoll:
		most = tally.Yes
	}
	value := rapid.OneOf(rapid.IntRange(least, most), rapid.IntRange(least, most), rapid.SampledFrom([]int{blank, 0, most + 1}))
	p.ballots = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tally.Ballot {
		return tally.Ballot{
			Scores: rapid.SliceOfN(value, p.options, p.options).Draw(t, "scores"),
			Weight: rapid.Int64Range(0, 4).Draw(t, "weight"),
		}
	}), 0, 9).Draw(t, "ballots")
	return p.withRoom(t)
}

func anyBorda(t *rapid.T) poll {
	p := poll{options: rapid.IntRange(1, 5).Draw(t, "options")}
	p.rules = tally.Rules{
		Method: tally.Borda,
		Seats:  rapid.IntRange(1, p.options).Draw(t, "seats"),
		Equal:  rapid.Bool().Draw(t, "equal"),
		Blank:  rapid.Bool().Draw(t, "blank"),
	}
	if rapid.Bool().Draw(t, "top") {
		p.rules.Top = rapid.IntRange(1, p.options).Draw(t, "how many")
	} else {
		p.rules.LastPoint = rapid.IntRange(0, 1).Draw(t, "last point")
		p.rules.Unranked = rapid.SampledFrom([]tally.Unranked{tally.Zero, tally.Average}).Draw(t, "unranked")
	}
	all := make([]int, p.options)
	for i := range all {
		all[i] = i
	}
	p.ballots = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tally.Ballot {
		order := rapid.Permutation(all).Draw(t, "order")
		b := tally.Ballot{Weight: rapid.Int64Range(0, 4).Draw(t, "weight")}
		for _, option := range order[:rapid.IntRange(0, p.options).Draw(t, "ranked")] {
			if last := len(b.Ranks) - 1; last >= 0 && p.rules.Equal && rapid.Bool().Draw(t, "same rank") {
				b.Ranks[last] = append(b.Ranks[last], option)
			} else {
				b.Ranks = append(b.Ranks, []int{option})
			}
		}
		return b
	}), 0, 9).Draw(t, "ballots")
	return p.withRoom(t)
}

func anyPoints(t *rapid.T) poll {
	if rapid.Bool().Draw(t, "borda") {
		return anyBorda(t)
	}
	return anyScores(t)
}

func TestRenumberingTheOptionsRenumbersAResultOfPoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPoints(rt)
		if p.rules.Method == tally.TimePoll {
			return // the earlier slot comes first
		}
		names := make([]int, p.options)
		for i := range names {
			names[i] = i
		}
		names = rapid.Permutation(names).Draw(rt, "new numbers")
		q := p
		q.ballots = nil
		for _, b := range p.ballots {
			again := tally.Ballot{Weight: b.Weight, Scores: slices.Clone(b.Scores)}
			for option, s := range b.Scores {
				again.Scores[names[option]] = s
			}
			for _, level := range b.Ranks {
				again.Ranks = append(again.Ranks, renamed(level, names))
			}
			q.ballots = append(q.ballots, again)
		}
		before, after := p.count(t), q.count(t)
		if before.Status != after.Status {
			rt.Fatalf("%s became %s", before.Status, after.Status)
		}
		if diff := cmp.Diff(sorted(renamed(before.Winners, names)), sorted(after.Winners)); diff != "" {
			rt.Fatal("winners", diff)
		}
		if diff := cmp.Diff(sorted(renamed(before.Tied, names)), sorted(after.Tied)); diff != "" {
			rt.Fatal("tied", diff)
		}
		for option, row := range before.Options {
			if diff := cmp.Diff(row.Points, after.Options[names[option]].Points); diff != "" {
				rt.Fatal("points", diff)
			}
		}
	})
}

// What is certain without lots stays so whatever they are, and they choose among
// the tied only.
func TestLotsDecideOnlyWhatIsOpen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.SampledFrom([]func(*rapid.T) poll{anyChoice, anyPoints}).Draw(rt, "kind")(rt)
		open := p.count(t)
		c := tally.Contest{Rules: p.rules, Options: p.options, Eligible: p.eligible,
			Lots: tally.NewLottery(rapid.StringN(1, 3, 3).Draw(rt, "seed"), p.options)}
		drawn, err := c.Count(slices.Values(p.ballots))
		if err != nil {
			rt.Fatal(err)
		}
		if open.Status != tally.Tied {
			if open.Status != drawn.Status || !slices.Equal(sorted(open.Winners), sorted(drawn.Winners)) {
				rt.Fatalf("%s with winners %v became %s with %v by lots", open.Status, open.Winners, drawn.Status, drawn.Winners)
			}
			return
		}
		if drawn.Status != tally.Chosen || len(drawn.Winners) != max(1, p.rules.Seats) || len(drawn.Tied) > 0 {
			rt.Fatalf("lots left %s, with winners %v and tied %v", drawn.Status, drawn.Winners, drawn.Tied)
		}
		for _, w := range open.Winners {
			if !slices.Contains(drawn.Winners, w) {
				rt.Fatalf("lots took the place of option %d", w)
			}
		}
		for _, w := range drawn.Winners {
			if !slices.Contains(open.Winners, w) && !slices.Contains(open.Tied, w) {
				rt.Fatalf("lots gave a place to option %d, which was not tied", w)
			}
		}
	})
}

// The rule of majority judgment word by word, one vote at a time.
func TestMajorityJudgmentIsTheRemovalOfMedians(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := scoresBy(rt, tally.MajorityJudgment)
		r := p.count(t)
		grades := make([][]int, p.options)
		for i, b := range p.ballots {
			if slices.Contains(r.Invalid, i) {
				continue
			}
			for option, s := range b.Scores {
				for range b.Weight {
					grades[option] = append(grades[option], max(0, s))
				}
			}
		}
		want := func(a, b int) int {
			x, y := sorted(grades[a]), sorted(grades[b])
			for len(x) > 0 {
				middle := (len(x) - 1) / 2
				if x[middle] != y[middle] {
					return y[middle] - x[middle]
				}
				x, y = slices.Delete(x, middle, middle+1), slices.Delete(y, middle, middle+1)
			}
			return 0
		}
		order := slices.Concat(r.Ranking...)
		if !slices.IsSortedFunc(order, want) {
			rt.Fatalf("ranking %v of grades %v", r.Ranking, grades)
		}
		for _, level := range r.Ranking {
			if want(level[0], level[len(level)-1]) != 0 {
				rt.Fatalf("%v are not equal: %v", level, grades)
			}
		}
	})
}

func TestBordaGivesAwayTheSamePointsOnEveryBallotWhenTheLeftOutShareTheRest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyBorda(rt)
		p.rules.Top, p.rules.Unranked = 0, tally.Average
		r := p.count(t)
		total := new(big.Rat)
		for _, row := range r.Options {
			if row.Points == nil {
				rt.Fatal("an option without points")
			}
			total.Add(total, big.NewRat(row.Points.Num, row.Points.Den))
		}
		n := int64(p.options)
		each := n*(n-1)/2 + n*int64(p.rules.LastPoint)
		if total.Cmp(big.NewRat(each*r.Turnout.Cast, 1)) != 0 {
			rt.Fatalf("%v points on %d ballots of %d", total, r.Turnout.Cast, each)
		}
	})
}

func TestTheWinnerOfSTARLosesNoRunoff(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := scoresBy(rt, tally.STAR)
		r := p.count(t)
		if len(r.Rounds) < 2 {
			return
		}
		final := r.Rounds[1]
		var seen int64
		for option, votes := range final.Votes {
			if votes == nil {
				continue
			}
			seen += votes.Units
			if len(r.Winners) == 1 && final.Votes[r.Winners[0]].Units < votes.Units {
				rt.Fatalf("option %d beats the winner %d", option, r.Winners[0])
			}
			for other, row := range r.Options {
				if final.Votes[other] == nil && row.Points.Num > r.Options[option].Points.Num {
					rt.Fatalf("option %d is in the runoff, and %d with more stars is not", option, other)
				}
			}
		}
		if seen+final.Exhausted.Units != r.Turnout.Cast {
			rt.Fatalf("%d votes in the runoff and %d exhausted, of %d", seen, final.Exhausted.Units, r.Turnout.Cast)
		}
	})
}

// One more point for the winner of a sum leaves it the winner.
func TestMorePointsNeverHurtTheWinnerOfASum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := scoresBy(rt, tally.Score)
		p.rules.Seats, p.rules.Mean = 1, false
		before := p.count(t)
		if before.Status != tally.Chosen {
			return
		}
		w := before.Winners[0]
		for i, b := range p.ballots {
			if p.rules.Check(p.options, b) == nil && b.Scores[w] != blank && b.Scores[w] < p.rules.MaxScore {
				p.ballots[i].Scores[w]++
				break
			}
		}
		if after := p.count(t); !slices.Equal(after.Winners, before.Winners) {
			rt.Fatalf("%v won, and with one point more %v", before.Winners, after.Winners)
		}
	})
}

func TestAWithdrawnOptionIsAsIfItHadNeverStood(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.SampledFrom([]func(*rapid.T) poll{anyChoice, anyScores}).Draw(rt, "kind")(rt)
		c := tally.Contest{Rules: p.rules, Options: p.options, Eligible: p.eligible}
		out := rapid.IntRange(0, p.options-1).Draw(rt, "withdrawn")
		c.Withdrawn = []int{out}
		r, err := c.Count(slices.Values(p.ballots))
		if p.options == 1 {
			if err == nil {
				rt.Fatal("counted, though nobody stands")
			}
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		if slices.Contains(r.Winners, out) || slices.Contains(r.Tied, out) || slices.Contains(slices.Concat(r.Ranking...), out) {
			rt.Fatalf("option %d is withdrawn: winners %v, tied %v, ranking %v", out, r.Winners, r.Tied, r.Ranking)
		}
		if p.rules.Method != tally.MajorityJudgment && r.Options[out].Votes != 0 {
			rt.Fatalf("%d votes for a withdrawn option", r.Options[out].Votes)
		}
		if diff := cmp.Diff(p.count(t).Invalid, r.Invalid); diff != "" {
			rt.Fatal("withdrawing made ballots invalid", diff)
		}
	})
}
