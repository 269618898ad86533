package tally_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/tally"
)

// anySummed is a made-up poll by a method that totals are enough for.
func anySummed(t *rapid.T) election {
	e := anyElection(t, append(theDuelMethods(), tally.Borda)...)
	rules := &e.contest.Rules
	rules.Method = e.method
	rules.Quorum = tally.Fraction{Num: rapid.Int64Range(0, 3).Draw(t, "quorum"), Den: 4}
	rules.Seats = 1
	if e.method != tally.RankedPairs {
		rules.Seats = rapid.IntRange(1, e.contest.Options).Draw(t, "seats")
	}
	if e.method == tally.Borda {
		rules.Strength, rules.Unranked, rules.Min = "", rapid.SampledFrom([]tally.Unranked{tally.Zero, tally.Average}).Draw(t, "left out"), 1
		if rules.Unranked == tally.Zero && rapid.Bool().Draw(t, "top") {
			rules.Top = rapid.IntRange(1, e.contest.Options).Draw(t, "places")
		} else {
			rules.LastPoint = rapid.IntRange(0, 1).Draw(t, "last")
		}
		e.ballots = slices.DeleteFunc(e.ballots, func(b tally.Ballot) bool { return rules.Check(e.contest.Options, b) != nil })
	}
	e.contest.Eligible = 20
	e.contest.Lots = tally.NewLottery("a seed", e.contest.Options)
	return e
}

// What is published in place of ballots leads to the same account, to the last
// sentence, and to the same lots.
func TestTotalsAreCountedAsTheBallotsAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		e := anySummed(rt)
		want, err := e.contest.Count(slices.Values(e.ballots))
		if err != nil {
			rt.Fatal(err)
		}
		totals, err := e.contest.Totals(slices.Values(e.ballots))
		if err != nil {
			rt.Fatal(err)
		}
		got, err := e.contest.CountTotals(totals)
		if err != nil {
			rt.Fatalf("%+v: %v", totals, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestTotalsDoNotTellBallotsThatDifferInTheirMarksAlone(t *testing.T) {
	t.Parallel()
	rules := tally.Rules{Method: tally.Schulze}
	sum := func(ballots ...tally.Ballot) tally.Totals {
		totals, err := tally.Contest{Rules: rules, Options: 4}.Totals(slices.Values(ballots))
		if err != nil {
			t.Fatal(err)
		}
		return totals
	}
	one := sum(ranked(1, 0, 1, 2, 3), ranked(1, 1, 0, 3, 2))
	other := sum(ranked(1, 0, 1, 3, 2), ranked(1, 1, 0, 2, 3))
	if diff := cmp.Diff(one, other); diff != "" {
		t.Errorf("the tails of rankings can be told from the totals: %s", diff)
	}
}

func TestWhatIsNoSumOfRankingsIsRefused(t *testing.T) {
	t.Parallel()
	c := tally.Contest{Rules: tally.Rules{Method: tally.RankedPairs}, Options: 2}
	good := func() tally.Totals {
		return tally.Totals{Ballots: 3, Cast: 3, First: []int64{2, 1}, Duels: [][]int64{{0, 2}, {1, 0}}}
	}
	if _, err := c.CountTotals(good()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*tally.Totals){
		"fewer options":           func(x *tally.Totals) { x.First = x.First[:1] },
		"no duels":                func(x *tally.Totals) { x.Duels = nil },
		"a short row":             func(x *tally.Totals) { x.Duels[0] = x.Duels[0][:1] },
		"a vote below nothing":    func(x *tally.Totals) { x.Duels[0][1] = -1 },
		"more than were cast":     func(x *tally.Totals) { x.Duels[0][1] = 3 },
		"an option over itself":   func(x *tally.Totals) { x.Duels[0][0] = 1 },
		"too few first places":    func(x *tally.Totals) { x.First[0] = 1 },
		"too many first places":   func(x *tally.Totals) { x.First[0] = 3 },
		"more blank than cast":    func(x *tally.Totals) { x.Blank = 4 },
		"more ballots than votes": func(x *tally.Totals) { x.Ballots = 4 },
		"places without Borda":    func(x *tally.Totals) { x.Ranked = []int64{1, 1} },
		"numbers beyond all":      func(x *tally.Totals) { x.Cast = 1 << 62 },
	} {
		totals := good()
		spoil(&totals)
		if _, err := c.CountTotals(totals); err == nil {
			t.Errorf("%s: counted", name)
		}
	}
	for _, m := range []tally.Method{tally.InstantRunoff, tally.STVMeek, tally.Choice} {
		c.Rules.Method = m
		if _, err := c.CountTotals(good()); err == nil || m.ByTotals() {
			t.Errorf("%s is counted from totals", m)
		}
	}
}
