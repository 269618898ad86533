package tally_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// poll is a made-up vote: rules that validate, and ballots of which some break them.
type poll struct {
	rules    tally.Rules
	options  int
	eligible int64
	ballots  []tally.Ballot
}

func (p poll) count(t testing.TB) tally.Result {
	return mustCount(t, p.rules, p.options, p.eligible, p.ballots)
}

func anyPoll(t *rapid.T) poll {
	return rapid.SampledFrom([]func(*rapid.T) poll{anyProposal, anyChoice, anyScores, anyBorda}).Draw(t, "kind")(t)
}

func anyProposal(t *rapid.T) poll {
	den := rapid.Int64Range(2, 12).Draw(t, "parts")
	p := poll{options: 4, rules: tally.Rules{
		Method:        tally.Proposal,
		Quorum:        tally.Fraction{Num: rapid.Int64Range(0, 3).Draw(t, "quorum"), Den: 3},
		Threshold:     tally.Fraction{Num: rapid.Int64Range(0, den-1).Draw(t, "threshold"), Den: den},
		Basis:         rapid.SampledFrom([]tally.Basis{tally.OfDecided, tally.OfCast, tally.OfEligible}).Draw(t, "basis"),
		Over:          rapid.Bool().Draw(t, "more than"),
		BlocksAllowed: rapid.IntRange(0, 2).Draw(t, "blocks allowed"),
	}}
	p.ballots = anyBallots(t, 4, 1)
	return p.withRoom(t)
}

func anyChoice(t *rapid.T) poll {
	p := poll{options: rapid.IntRange(1, 6).Draw(t, "options")}
	p.rules = tally.Rules{
		Method: tally.Choice,
		Quorum: tally.Fraction{Num: rapid.Int64Range(0, 3).Draw(t, "quorum"), Den: 3},
		Seats:  rapid.IntRange(1, p.options).Draw(t, "seats"),
		Max:    rapid.IntRange(1, p.options).Draw(t, "max"),
		Blank:  rapid.Bool().Draw(t, "blank"),
	}
	p.rules.Min = rapid.IntRange(1, p.rules.Max).Draw(t, "min")
	p.ballots = anyBallots(t, p.options, p.rules.Max)
	return p.withRoom(t)
}

// anyBallots makes some ballots with an unknown option, doubles or too many.
func anyBallots(t *rapid.T, options, most int) []tally.Ballot {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tally.Ballot {
		return tally.Ballot{
			Choices: rapid.SliceOfN(rapid.IntRange(0, options), 0, most+1).Draw(t, "choices"),
			Weight:  rapid.Int64Range(0, 5).Draw(t, "weight"),
		}
	}), 0, 25).Draw(t, "ballots")
}

// withRoom makes the electorate large enough for the ballots and one more.
func (p poll) withRoom(t *rapid.T) poll {
	for _, b := range p.ballots {
		p.eligible += b.Weight
	}
	p.eligible += rapid.Int64Range(1, 10).Draw(t, "not voted")
	return p
}

// figures is a result without what speaks of single ballots.
func figures(r tally.Result) tally.Result {
	r.Invalid = nil
	r.Explanation = slices.DeleteFunc(r.Explanation, func(s tally.Step) bool { return s.Code == "tally.step.invalid" })
	return r
}

func TestTheOrderOfBallotsChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPoll(rt)
		want := p.count(t)
		p.ballots = rapid.Permutation(p.ballots).Draw(rt, "another order")
		if diff := cmp.Diff(figures(want), figures(p.count(t))); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestSplittingABallotsWeightChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPoll(rt)
		want := p.count(t)
		var split []tally.Ballot
		for _, b := range p.ballots {
			if b.Weight < 2 {
				split = append(split, b)
				continue
			}
			part := rapid.Int64Range(1, b.Weight-1).Draw(rt, "part")
			rest := b
			b.Weight, rest.Weight = part, b.Weight-part
			split = append(split, b, rest)
		}
		p.ballots = split
		if diff := cmp.Diff(figures(want), figures(p.count(t))); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestARecountIsTheCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPoll(rt)
		if diff := cmp.Diff(p.count(t), p.count(t)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestCheckAndCountAgreeOnWhichBallotsAreValid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPoll(rt)
		var refused []int
		for i, b := range p.ballots {
			if p.rules.Check(p.options, b) != nil {
				refused = append(refused, i)
			}
		}
		if diff := cmp.Diff(refused, p.count(t).Invalid); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestOneMoreAgreementNeverStopsAProposal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyProposal(rt)
		before := p.count(t)
		p.ballots = append(p.ballots, ballot(1, tally.Agree))
		after := p.count(t)
		if before.Status == tally.Passed && after.Status != tally.Passed {
			rt.Fatalf("passed, and one agreement later %s", after.Status)
		}
	})
}

func TestOneMoreBlockNeverPassesAProposalThatHadAQuorum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyProposal(rt)
		before := p.count(t)
		p.ballots = append(p.ballots, ballot(1, tally.Block))
		after := p.count(t)
		stopped := before.Status == tally.Blocked || before.Status == tally.Rejected
		if stopped && before.Decision.Share != nil && after.Status == tally.Passed {
			rt.Fatalf("%s, and one block later passed", before.Status)
		}
	})
}

// The needed number is found by dividing; here each number of agreements is
// tried against the threshold by multiplying across.
func TestNeededIsTheLeastNumberThatReachesTheThreshold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyProposal(rt)
		d := p.count(t).Decision
		if d.Of == 0 {
			return
		}
		reaches := func(agree int64) bool {
			left, right := agree*d.Threshold.Den, d.Threshold.Num*d.Of
			return left > right || left == right && !d.Over
		}
		if !reaches(d.Needed) || d.Needed > 0 && reaches(d.Needed-1) {
			rt.Fatalf("%d of %d needed for %v (over: %v)", d.Needed, d.Of, d.Threshold, d.Over)
		}
		if d.Met != reaches(d.Agree) {
			rt.Fatalf("%d of %d for %v (over: %v): met is %v", d.Agree, d.Of, d.Threshold, d.Over, d.Met)
		}
	})
}

func TestRenumberingTheOptionsRenumbersTheResult(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyChoice(rt)
		names := make([]int, p.options+1) // the last one stays unknown
		for i := range names {
			names[i] = i
		}
		copy(names, rapid.Permutation(names[:p.options]).Draw(rt, "new numbers"))
		q := p
		q.ballots = nil
		for _, b := range p.ballots {
			q.ballots = append(q.ballots, ballot(b.Weight, renamed(b.Choices, names)...))
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
	})
}

// Nobody outside the winners may have more votes than one of them; equal votes
// at the border may only be a tie.
func TestWinnersHaveTheMostVotes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := anyChoice(rt)
		r := p.count(t)
		if len(r.Winners) > p.rules.Seats {
			rt.Fatalf("%d winners for %d seats", len(r.Winners), p.rules.Seats)
		}
		if r.Status == tally.Chosen && len(r.Winners) != p.rules.Seats {
			rt.Fatalf("decided with %d winners for %d seats", len(r.Winners), p.rules.Seats)
		}
		if r.Status == tally.Tied && len(r.Winners)+len(r.Tied) <= p.rules.Seats {
			rt.Fatalf("a tie of %d, with %d winners, for %d seats", len(r.Tied), len(r.Winners), p.rules.Seats)
		}
		for _, w := range r.Winners {
			for option, row := range r.Options {
				if !slices.Contains(r.Winners, option) && row.Votes >= r.Options[w].Votes {
					rt.Fatalf("option %d lost with %d votes to %d with %d", option, row.Votes, w, r.Options[w].Votes)
				}
			}
		}
	})
}

func renamed(options, names []int) []int {
	out := make([]int, len(options))
	for i, option := range options {
		out[i] = names[option]
	}
	return out
}

func sorted(options []int) []int {
	return slices.Sorted(slices.Values(options))
}

// Results are frozen and exported as JSON and read again. The values of the
// sentences have whatever types JSON has.
func TestAResultSurvivesStorageAsJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		result := anyPoll(rt).count(t)
		written, err := json.Marshal(result)
		if err != nil {
			rt.Fatal(err)
		}
		var back tally.Result
		if err := json.Unmarshal(written, &back); err != nil {
			rt.Fatal(err)
		}
		sameNumber := cmp.Comparer(func(a, b tally.Fraction) bool { return a.String() == b.String() })
		if diff := cmp.Diff(result, back, sameNumber, cmpopts.IgnoreTypes(errs.Args{})); diff != "" {
			rt.Fatal(diff)
		}
	})
}
