package ledger_test

import (
	"testing"

	"plenary/pkg/ledger"
)

// sealedLunch is a secret poll whose voters gave reasons, one of which was taken
// away.
func sealedLunch(t testing.TB, receipts ledger.Receipts) *ledger.Bundle {
	p := opened(t, 6, 4, secretly(receipts))
	for i, answer := range []string{`[11]`, `[12]`, `[12]`} {
		p.vote(i, answer)
		p.box[i].ReasonHash = new(ledger.ReasonHash(fixed(i), "It is *mine*."))
		p.box[i].Reason, p.box[i].ReasonSalt = "It is *mine*.", new(fixed(i))
	}
	b := p.bundle(true)
	b.Box.Ballots[0].Reason, b.Box.Ballots[0].ReasonSalt = "", nil
	if len(b.Box.Answers) > 0 {
		b.Box.Answers[0].Reason, b.Box.Answers[0].ReasonSalt = "", nil
	}
	return b
}

// A reason that is taken away from a sealed box leaves the seal whole, and another
// in its place does not pass.
func TestReasonsInTheBoxAreCheckedByTheirHashes(t *testing.T) {
	t.Parallel()
	for _, receipts := range []ledger.Receipts{ledger.ReceiptsFind, ledger.ReceiptsCount} {
		if r := ledger.Verify(copied(t, sealedLunch(t, receipts))); !r.OK() || statusOf(r, "reasons") != ledger.Holds || statusOf(r, "box") != ledger.Holds {
			t.Errorf("%s: %+v", receipts, r.Findings)
		}
		for name, spoil := range map[string]func(reason *string, salt, hash **ledger.Hash){
			"another text":          func(reason *string, _, _ **ledger.Hash) { *reason = "It is yours." },
			"another salt":          func(_ *string, salt, _ **ledger.Hash) { *salt = new(fixed(99)) },
			"another hash":          func(_ *string, _, hash **ledger.Hash) { *hash = new(fixed(99)) },
			"a text without salt":   func(_ *string, salt, _ **ledger.Hash) { *salt = nil },
			"a text without a hash": func(_ *string, _, hash **ledger.Hash) { *hash = nil },
		} {
			b := sealedLunch(t, receipts)
			if last := len(b.Box.Answers) - 1; last > 0 {
				a := &b.Box.Answers[last]
				spoil(&a.Reason, &a.ReasonSalt, &a.ReasonHash)
			} else {
				a := &b.Box.Ballots[len(b.Box.Ballots)-1]
				spoil(&a.Reason, &a.ReasonSalt, &a.ReasonHash)
			}
			if ledger.Verify(copied(t, b)).OK() {
				t.Errorf("%s: %s, and nobody would know", receipts, name)
			}
		}
	}
}

// Boxes of before seal texts as they are, and hold as ever.
func TestABoxOfBeforeSealsItsTexts(t *testing.T) {
	t.Parallel()
	p := opened(t, 6, 2, secretly(ledger.ReceiptsFind))
	p.vote(0, `[11]`)
	p.box[0].Reason = "Because."
	b := p.bundle(true)
	if r := ledger.Verify(copied(t, b)); !r.OK() {
		t.Errorf("%v fail", failed(r))
	}
	b.Box.Ballots[0].Reason = ""
	if ledger.Verify(b).OK() {
		t.Error("a text is gone, and nobody would know")
	}
}
