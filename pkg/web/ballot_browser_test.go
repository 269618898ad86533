package web

import (
	"context"
	"encoding/hex"
	"fmt"
	"testing"

	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	chromium "plenary/pkg/testkit/browser"
)

// The key of a secret ballot is made in the browser and never leaves it; what
// arrives is its commitment, and the receipt changes the ballot later.
func TestASecretBallotIsSealedInTheBrowser(t *testing.T) {
	p := newPhone(t)
	asked := p.h.asked(p.h.thread("ada", "harbour", "Secret").ID, tally.Choice, func(in *poll.NewPoll) { in.Secret = true })
	p.comesInAs("ben")
	page := fmt.Sprintf("%s/p/%d", p.origin, asked.ID)
	p.Open(page)
	p.Until(`document.querySelector("[name=commitment]").value && !document.querySelector("[name=made_key]").value`)
	p.Click("form.ballot [name=choices]")
	p.Click(".ballot-send .primary")
	p.Sees("Keep this receipt")
	p.Until(`document.querySelector("[data-receipt-key] code").textContent.length === 64`)
	code, key := p.receipt()
	if got := p.commitment(code); got != commitmentOf(t, key) {
		t.Errorf("the box holds the commitment %s, the browser the key %s", got, key)
	}
	p.Shoot("secret-receipt")
	p.Open(page)
	p.Until(`!document.querySelector("[data-receipt-codes]").hidden`)
	if again, _ := p.receipt(); again != code {
		t.Errorf("after a reload the browser shows the receipt %s, want %s", again, code)
	}
	p.Open(page + "?change=1")
	p.Until(`document.querySelector("[name=code]").value && document.querySelector("[name=commitment]").value`)
	p.Click(`form.ballot .option:nth-of-type(2) [name=choices]`)
	p.Click(".ballot-send .primary")
	p.Until(fmt.Sprintf(`document.querySelector("[data-receipt-code]")?.textContent.length === 24 && document.querySelector("[data-receipt-code]").textContent !== %q`, code))
	next, nextKey := p.receipt()
	if nextKey == key || p.commitment(next) != commitmentOf(t, nextKey) {
		t.Errorf("the changed ballot has the key %s, and had %s", nextKey, key)
	}
	p.Faultless()
}

func (p *phone) receipt() (code, key string) {
	p.t.Helper()
	return chromium.Eval[string](p.Tab, `document.querySelector("[data-receipt-code]").textContent`), chromium.Eval[string](p.Tab, `document.querySelector("[data-receipt-key] code").textContent`)
}

// commitment is what the box knows a ballot's key by.
func (p *phone) commitment(code string) string {
	p.t.Helper()
	var kept []byte
	p.h.must(p.h.db.Read(context.Background()).Raw("SELECT commitment FROM ballot_box WHERE code = ?", code).Row().Scan(&kept))
	return hex.EncodeToString(kept)
}

func commitmentOf(t *testing.T, key string) string {
	t.Helper()
	parsed, err := ledger.ParseHash(key)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Commitment(parsed).String()
}

// In a thread a ballot is cast without leaving it, and comes back filled in
// where it is wrong.
func TestABallotInAThreadIsRefusedAndThenCastInPlace(t *testing.T) {
	p := newPhone(t)
	thread := p.h.thread("ada", "harbour", "Ranks")
	asked := p.h.asked(thread.ID, tally.InstantRunoff, func(in *poll.NewPoll) { in.Rules.Min = 2 })
	p.comesInAs("ben")
	p.Size(320, 700)
	p.Open(fmt.Sprintf("%s/t/%d", p.origin, thread.ID))
	p.Until(`document.querySelector("[data-ranking].is-served")`)
	p.Click("[data-ranking] li:nth-of-type(2) [data-rank=in]")
	p.Click(".ballot-send .primary")
	p.Until(`document.activeElement.classList.contains("error-summary")`)
	p.Until(`document.querySelector("[data-ranking].is-served li.is-ranked")`)
	p.Click(`[data-ranking] li:has(.rank-label) [data-rank=in]:not([hidden])`)
	p.Click(".ballot-send .primary")
	p.Sees("Your vote is in")
	mine, err := p.h.site.Polls.MyBallot(context.Background(), p.h.actor("ben"), asked.ID)
	p.h.must(err)
	if len(mine.Answer.Ranks) != 2 || chromium.Eval[string](p.Tab, "location.pathname") != fmt.Sprintf("/t/%d", thread.ID) {
		t.Errorf("cast as %s at %s", mine.Answer, chromium.Eval[string](p.Tab, "location.pathname"))
	}
	p.Faultless()
}
