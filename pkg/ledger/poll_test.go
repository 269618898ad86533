package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"

	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

// The polls of these tests are made from numbers, so that they are the same
// each time.

const (
	opening = int64(1_790_000_000_000_000)
	closing = opening + 3_600_000_000
)

// fixed is a hash that only the number decides.
func fixed(n int) ledger.Hash {
	var h ledger.Hash
	binary.BigEndian.PutUint64(h[24:], uint64(n))
	return h
}

func siteKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
}

// played is a poll that goes on record by record.
type played struct {
	t       testing.TB
	id      int64
	start   int64 // when it opened
	secret  ledger.Hash
	people  []ledger.Entitled
	names   []ledger.Name
	records []ledger.Record
	state   *ledger.State
	box     []ledger.BoxBallot
	old     []ledger.Superseded
	reasons []ledger.Reason
	about   ledger.About
}

type setting func(*ledger.Opened)

func secretly(receipts ledger.Receipts) setting {
	return func(o *ledger.Opened) { o.Secret, o.Receipts = true, receipts }
}

// summed asks for a ranking by the method, and publishes sums only.
func summed(m tally.Method) setting {
	return func(o *ledger.Opened) {
		o.Secret, o.Receipts, o.Publish = true, ledger.ReceiptsCount, ledger.PublishTotals
		o.Rules, o.Rule = tally.Rules{Method: m}.Complete(), m.Version()
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// opened is a poll of so many people about lunch.
func opened(t testing.TB, id int64, people int, settings ...setting) *played {
	t.Helper()
	p := &played{t: t, id: id, secret: fixed(int(id))}
	for i := range people {
		salt := fixed(1000 + i)
		voter := ledger.Pseudonym(salt, id, int64(i+1))
		p.people = append(p.people, ledger.Entitled{Voter: voter, Weight: 1})
		p.names = append(p.names, ledger.Name{Voter: voter, Salt: salt, Person: int64(i + 1), Handle: fmt.Sprintf("p%d", i+1), Name: fmt.Sprintf("Person %d", i+1)})
	}
	p.about = ledger.About{ID: id, Title: "Lunch <on> Friday", Details: "Bring a *plate*.\n", URL: "https://forum.example/p/1",
		Options: []ledger.Option{{ID: 11, Label: "Soup"}, {ID: 12, Label: "Bread & cheese", Details: "from the valley"}, {ID: 13, Label: "Salad"}}}
	o := &ledger.Opened{Stamp: ledger.Stamp{At: opening}, Poll: id, Electorate: ledger.NewElectorate("group", p.people),
		Lots: ledger.Commit(p.secret, ledger.NoBeacon), Program: "plenary 1.0",
		Question: ledger.Question{Title: p.about.Title, Rules: tally.Rules{Method: tally.Choice}.Complete(), Rule: "choice/1", ClosesAt: closing,
			Text:    must[ledger.Hash](t)(ledger.TextFingerprint(p.about.Title, p.about.Details, p.about.Options)),
			Options: []ledger.Option{{ID: 11, Label: "Soup"}, {ID: 12, Label: "Bread & cheese"}, {ID: 13, Label: "Salad"}},
			Results: "at_close", Receipts: ledger.ReceiptsFind, PublishFrom: 3}}
	for _, set := range settings {
		set(o)
	}
	p.start = o.At
	p.state = must[*ledger.State](t)(ledger.Replay(nil, p.people))
	p.add(o)
	return p
}

func (p *played) add(c ledger.Content) {
	p.t.Helper()
	r := must[ledger.Record](p.t)(ledger.Append(p.state.Head, c))
	if err := p.state.Apply(r); err != nil {
		p.t.Fatal(err)
	}
	p.records = append(p.records, r)
}

func (p *played) at() ledger.Stamp { return ledger.Stamp{At: p.start + int64(len(p.records))} }

// cast is a ballot of an open poll, with a reason where there is one.
func (p *played) cast(person int, answer string, revision int, reason string) {
	p.t.Helper()
	voter := p.people[person].Voter
	c := &ledger.Cast{Stamp: p.at(), Voter: voter, Weight: 1, Answer: json.RawMessage(answer), Revision: revision}
	if reason != "" {
		h := ledger.ReasonHash(fixed(2000+person), reason)
		c.Reason = &h
		p.reasons = append(p.reasons, ledger.Reason{Voter: voter, Salt: fixed(2000 + person), Text: reason})
	}
	p.add(c)
}

// vote puts a ballot into the box and the person on the roll.
func (p *played) vote(person int, answer string) {
	p.t.Helper()
	p.add(&ledger.Voted{Stamp: p.at(), Voter: p.people[person].Voter, Weight: 1})
	code := ledger.Code(p.id, ledger.Commitment(fixed(3000+person)), fixed(4000+person))
	p.box = append(p.box, ledger.BoxBallot{Code: code, Answer: json.RawMessage(answer), Weight: 1})
}

// change replaces the ballot that the person put in first.
func (p *played) change(person int, answer string) {
	old := ledger.Superseded{Key: fixed(3000 + person), Nonce: fixed(4000 + person)}
	old.Code = ledger.Code(p.id, ledger.Commitment(old.Key), old.Nonce)
	p.old = append(p.old, old)
	for i, b := range p.box {
		if b.Code == old.Code {
			p.box[i] = ledger.BoxBallot{Code: ledger.Code(p.id, ledger.Commitment(fixed(5000+person)), fixed(6000+person)), Answer: json.RawMessage(answer), Weight: 1}
		}
	}
}

// bundle closes the poll where that is wanted, and exports all of it.
func (p *played) bundle(close bool) *ledger.Bundle {
	p.t.Helper()
	return p.ended(close, ledger.Ending{At: closing, By: "time"})
}

// ended is bundle with another ending.
func (p *played) ended(close bool, e ledger.Ending) *ledger.Bundle {
	p.t.Helper()
	b := &ledger.Bundle{Format: ledger.BundleFormat, Poll: p.about, Key: ledger.PublicKey(siteKey().Public().(ed25519.PublicKey)),
		Electorate: p.people, Names: p.names, Reasons: p.reasons}
	if close {
		if e.Secret = p.secret; p.state.Secret {
			b.Box = ledger.NewBox(p.state.Receipts, p.box, p.old)
			e.Box = b.Box
		}
		closed, result, err := p.state.Close(e)
		if err != nil {
			p.t.Fatal(err)
		}
		p.add(closed)
		b.Result = must[[]byte](p.t)(ledger.Canonical(result))
		b.Certificate = new(must[ledger.Certificate](p.t)(p.state.Certify(result, siteKey())))
	}
	b.Log = ledger.LinesOf(p.records)
	return b
}

// lunch is an open poll that is closed.
func lunch(t testing.TB, id int64) *ledger.Bundle {
	p := opened(t, id, 5)
	p.cast(0, `[11]`, 1, "It is cold.")
	p.cast(1, `[12]`, 1, "")
	p.cast(2, `[12]`, 1, "")
	p.cast(0, `[12]`, 2, "")
	p.cast(3, `[13]`, 1, "Green is good.")
	p.reasons = p.reasons[1:] // that of the ballot that was replaced is not shown
	return p.bundle(true)
}

// vote is a secret poll that is closed.
func secretLunch(t testing.TB, id int64, receipts ledger.Receipts) *ledger.Bundle {
	p := opened(t, id, 6, secretly(receipts))
	for i, answer := range []string{`[11]`, `[12]`, `[12]`, `[13]`, `[11]`} {
		p.vote(i, answer)
	}
	p.change(0, `[13]`)
	p.change(2, `[11]`)
	return p.bundle(true)
}

// copied is another bundle that says the same, through its JSON.
func copied(t testing.TB, b *ledger.Bundle) *ledger.Bundle {
	t.Helper()
	return must[*ledger.Bundle](t)(ledger.ReadBundle(must[[]byte](t)(json.Marshal(b))))
}
