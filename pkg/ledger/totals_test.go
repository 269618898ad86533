package ledger_test

import (
	"slices"
	"testing"

	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

// summedLunch is a secret ranking whose ballots are published as sums. The box is
// what only the site holds.
func summedLunch(t testing.TB, id int64, m tally.Method) (published *ledger.Bundle, box *ledger.Box) {
	p := opened(t, id, 7, summed(m))
	for i, answer := range []string{`[[11],[12],[13]]`, `[[12],[13]]`, `[[13],[11],[12]]`, `[[12],[11]]`, `[[11]]`, `[[12],[13],[11]]`} {
		p.vote(i, answer)
	}
	p.change(0, `[[13],[12],[11]]`)
	b := p.bundle(true)
	totals, err := p.state.Totals(b.Box)
	if err != nil {
		t.Fatal(err)
	}
	box, b.Box, b.Totals = b.Box, nil, totals
	return b, box
}

func statusOf(r *ledger.Report, check string) ledger.Status {
	for _, f := range r.Findings {
		if f.Check == check {
			return f.Status
		}
	}
	return ""
}

// From sums a ranking by duels or points is counted again, and one that goes
// round by round is not, which is said.
func TestSumsAreCheckedAsFarAsTheyReach(t *testing.T) {
	t.Parallel()
	for m, want := range map[tally.Method]ledger.Status{tally.RankedPairs: ledger.Holds, tally.Schulze: ledger.Holds, tally.Borda: ledger.Holds,
		tally.InstantRunoff: ledger.Open, tally.STVScottish: ledger.Open, tally.STVWIGM: ledger.Open, tally.STVMeek: ledger.Open} {
		b, box := summedLunch(t, 4, m)
		r := ledger.Verify(copied(t, b))
		if !r.OK() || statusOf(r, "totals") != ledger.Holds || statusOf(r, "count") != want || statusOf(r, "box") != ledger.Open ||
			statusOf(r, "superseded") != ledger.Holds || statusOf(r, "roll") != ledger.Holds || statusOf(r, "seed") != ledger.Holds {
			t.Errorf("%s: %+v", m, r.Findings)
		}
		// Whoever is given the box can check everything.
		audited := copied(t, b)
		audited.Box = box
		if r := ledger.Verify(audited); !r.OK() || statusOf(r, "count") != ledger.Holds || statusOf(r, "box") != ledger.Holds || statusOf(r, "totals") != ledger.Holds {
			t.Errorf("%s with its box: %+v", m, r.Findings)
		}
		held := copied(t, b)
		held.Totals = nil
		if r := ledger.Verify(held); !r.OK() || statusOf(r, "totals") != ledger.Open || statusOf(r, "count") != ledger.Open {
			t.Errorf("%s without sums: %+v", m, r.Findings)
		}
	}
}

func TestFalseSumsAreFound(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*ledger.Bundle, *ledger.Box){
		"a duel is changed":           func(b *ledger.Bundle, _ *ledger.Box) { b.Totals.Duels[0][1]++ },
		"a first preference is moved": func(b *ledger.Bundle, _ *ledger.Box) { b.Totals.First[0]--; b.Totals.First[1]++ },
		"a receipt is left out":       func(b *ledger.Bundle, _ *ledger.Box) { b.Totals.Codes = b.Totals.Codes[1:] },
		"a receipt is there twice":    func(b *ledger.Bundle, _ *ledger.Box) { b.Totals.Codes[0] = b.Totals.Codes[1] },
		"a replaced one counts":       func(b *ledger.Bundle, _ *ledger.Box) { b.Totals.Codes[0] = b.Totals.Superseded[0].Code },
		"a key is another":            func(b *ledger.Bundle, _ *ledger.Box) { b.Totals.Superseded[0].Key = fixed(1) },
		"the result is another":       func(b *ledger.Bundle, _ *ledger.Box) { b.Result = []byte(`{"rounds":[{"votes":[1,2,3]}]}`) },
		"the box is another":          func(b *ledger.Bundle, box *ledger.Box) { b.Box = box; b.Box.Answers = b.Box.Answers[1:] },
		"sums that nobody asked for": func(b *ledger.Bundle, _ *ledger.Box) {
			sums := b.Totals
			*b = *secretLunch(t, 5, ledger.ReceiptsCount)
			b.Totals = sums
		},
		"numbers that cannot be votes": func(b *ledger.Bundle, _ *ledger.Box) { b.Totals.Duels = slices.Repeat(b.Totals.Duels, 2) },
	} {
		for _, m := range []tally.Method{tally.Schulze, tally.InstantRunoff, tally.Borda} {
			b, box := summedLunch(t, 4, m)
			spoil(b, box)
			if ledger.Verify(b).OK() {
				t.Errorf("%s: %s, and nobody would know", m, name)
			}
		}
	}
}

// Sums in place of ballots are for secret rankings, and receipts that show no
// ballot: anything else is no opening that can stand.
func TestSumsAreForSecretRankingsAlone(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]setting{
		"open":                   func(o *ledger.Opened) { o.Secret = false },
		"a choice":               func(o *ledger.Opened) { o.Rules, o.Rule = tally.Rules{Method: tally.Choice}.Complete(), "choice/1" },
		"receipts find a ballot": func(o *ledger.Opened) { o.Receipts = ledger.ReceiptsFind },
		"an unknown word":        func(o *ledger.Opened) { o.Publish = "some" },
	} {
		o := &ledger.Opened{Stamp: ledger.Stamp{At: opening}, Poll: 1, Question: ledger.Question{Title: "T", Options: []ledger.Option{{ID: 1, Label: "A"}, {ID: 2, Label: "B"}}}}
		summed(tally.Schulze)(o)
		state, record := must[*ledger.State](t)(ledger.Replay(nil, nil)), must[ledger.Record](t)(ledger.Append(ledger.Head{}, o))
		if err := state.Apply(record); err != nil {
			t.Fatal(err)
		}
		change(o)
		if _, err := ledger.Replay([]ledger.Record{must[ledger.Record](t)(ledger.Append(ledger.Head{}, o))}, nil); err == nil {
			t.Errorf("%s: the opening stands", name)
		}
	}
}
