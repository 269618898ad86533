package ledger_test

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plenary/pkg/beacon"
	"plenary/pkg/ledger"
	"plenary/pkg/testkit/fakebeacon"
)

// A round of quicknet that was published, and the polls that it decides.
const (
	thousand  = 1000
	signature = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
	delay     = 180

	sealing = (1692803367+(thousand-1)*3-delay)*1_000_000 - 2_000_000
	drawing = sealing + 190_000_000
)

func roundThousand(t testing.TB) *beacon.Round {
	return &beacon.Round{Number: thousand, Signature: must[[]byte](t)(hex.DecodeString(signature))}
}

// awaiting is a poll whose lots a round of the chain decides.
func awaiting(c beacon.Chain, poll int64) setting {
	return func(o *ledger.Opened) {
		o.At, o.ClosesAt, o.Lots = sealing-3_600_000_000, sealing-1_000_000, ledger.CommitTo(fixed(int(poll)), c, delay)
	}
}

func (p *played) seal(c beacon.Chain) {
	p.t.Helper()
	var box *ledger.Box
	if p.state.Secret {
		box = ledger.NewBox(p.state.Receipts, p.box, p.old)
	}
	p.add(must[*ledger.Sealed](p.t)(p.state.Seal(sealing, sealing-1_000_000, "time", box, c)))
}

// tied is an open poll in which two options have as many ballots, sealed.
func tied(t testing.TB, id int64, c beacon.Chain) *played {
	p := opened(t, id, 5, awaiting(c, id))
	p.cast(0, `[11]`, 1, "It is cold.")
	p.cast(1, `[12]`, 1, "")
	p.cast(2, `[12]`, 1, "")
	p.cast(3, `[11]`, 1, "")
	p.seal(c)
	return p
}

func drawn(t testing.TB) ledger.Ending { return ledger.Ending{At: drawing, Round: roundThousand(t)} }

// beaconLunch is a poll that round 1000 of quicknet decided.
func beaconLunch(t testing.TB, id int64) *ledger.Bundle {
	return tied(t, id, beacon.Quicknet()).ended(true, drawn(t))
}

// secretBeaconLunch is a secret one.
func secretBeaconLunch(t testing.TB, id int64) *ledger.Bundle {
	p := opened(t, id, 6, secretly(ledger.ReceiptsFind), awaiting(beacon.Quicknet(), id))
	for i, answer := range []string{`[11]`, `[12]`, `[12]`, `[13]`, `[11]`} {
		p.vote(i, answer)
	}
	p.change(0, `[13]`)
	p.seal(beacon.Quicknet())
	return p.ended(true, drawn(t))
}

// missedLunch is a poll that waited a day for the beacon, and in vain.
func missedLunch(t testing.TB, id int64) *ledger.Bundle {
	p := tied(t, id, beacon.Quicknet())
	return p.ended(true, ledger.Ending{At: beacon.Quicknet().At(thousand) + ledger.LongestWait})
}

func TestAPollWhoseLotsABeaconDecidedHolds(t *testing.T) {
	t.Parallel()
	fake := fakebeacon.New(1)
	p := tied(t, 1, fake.Chain)
	own := p.ended(true, ledger.Ending{At: drawing, Round: new(fake.Round(p.state.Sealed.Round))})
	if r := ledger.Verify(own); !slices.Contains(failed(r), "beacon") {
		t.Errorf("a chain that is not known passes: %+v", r.Findings)
	}
	for name, tc := range map[string]struct {
		b    *ledger.Bundle
		open []string
	}{
		"open":            {beaconLunch(t, 1), []string{"key"}},
		"secret":          {secretBeaconLunch(t, 1), []string{"key"}},
		"another chain":   {own, []string{"key"}},
		"missed":          {missedLunch(t, 1), []string{"beacon", "key"}},
		"waiting":         {tied(t, 1, beacon.Quicknet()).bundle(false), []string{"closing"}},
		"before the seal": {opened(t, 1, 3, awaiting(beacon.Quicknet(), 1)).bundle(false), []string{"closing"}},
	} {
		r := ledger.Verify(copied(t, tc.b), fake.Chain)
		if len(failed(r)) > 0 || !slices.Equal(unchecked(r), tc.open) {
			t.Errorf("%s: %v fail and %v are open, want %v", name, failed(r), unchecked(r), tc.open)
		}
	}
}

func TestTheCertificateSaysWhatDecidedTheLots(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]*ledger.Bundle{"": lunch(t, 1), beacon.Quicknet().Name() + "/1000": beaconLunch(t, 1), ledger.NotReached: missedLunch(t, 1)} {
		var said ledger.Certified
		if err := json.Unmarshal([]byte(b.Certificate.Content), &said); err != nil || said.Beacon != want {
			t.Errorf("the certificate says %q (%v), want %q", said.Beacon, err, want)
		}
		if closed := int64(sealing - 1_000_000); want != "" && said.ClosedAt != closed {
			t.Errorf("closed at %d, want %d", said.ClosedAt, closed)
		}
	}
}

func TestTheSealMakesTheRoundOneThatCannotBeKnown(t *testing.T) {
	t.Parallel()
	s := tied(t, 1, beacon.Quicknet()).state
	if s.Sealed.Round != thousand || beacon.Quicknet().At(s.Sealed.Round)-s.Sealed.At < delay*1_000_000 {
		t.Errorf("sealed at %d for round %d", s.Sealed.At, s.Sealed.Round)
	}
	if _, err := s.Seal(sealing, sealing, "hand", nil, fakebeacon.New(1).Chain); err == nil {
		t.Error("the ballots were sealed for a beacon that was not named")
	}
	if _, _, err := opened(t, 1, 3, awaiting(beacon.Quicknet(), 1)).state.Close(drawn(t)); err == nil {
		t.Error("a poll was closed whose ballots were not sealed")
	}
}

func TestAfterTheSealOnlyTheCloseComes(t *testing.T) {
	t.Parallel()
	p := tied(t, 1, beacon.Quicknet())
	for name, c := range map[string]ledger.Content{
		"a ballot":           &ledger.Cast{Stamp: p.at(), Voter: p.people[4].Voter, Weight: 1, Answer: json.RawMessage(`[11]`), Revision: 1},
		"a ballot taken out": &ledger.Withdrawn{Stamp: p.at(), Voter: p.people[0].Voter, Why: "erased"},
		"another seal":       &ledger.Sealed{Stamp: p.at(), Round: 1001},
		"an opening again":   &ledger.Reopened{Stamp: p.at(), Lots: p.state.Lots},
		"another time":       &ledger.Extended{Stamp: p.at()},
	} {
		if err := p.state.Apply(must[ledger.Record](t)(ledger.Append(p.state.Head, c))); err == nil {
			t.Errorf("%s can come", name)
		}
	}
}

func TestTamperingWithTheBeaconIsFound(t *testing.T) {
	t.Parallel()
	open, secret, missed := beaconLunch(t, 1), secretBeaconLunch(t, 1), missedLunch(t, 1)
	other := fakebeacon.New(1)
	opening, last := func(b *ledger.Bundle) *ledger.Line { return &b.Log[0] }, func(b *ledger.Bundle) *ledger.Line { return &b.Log[len(b.Log)-1] }
	seal := func(b *ledger.Bundle) *ledger.Line { return &b.Log[len(b.Log)-2] }
	for _, tc := range []struct {
		name   string
		of     *ledger.Bundle
		tamper func(t *testing.T, b *ledger.Bundle)
		check  string
		code   string
	}{
		{"another round", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, seal(b), `"round":1000`, `"round":1001`) }, "beacon", "verify.beacon.round"},
		{"an earlier round", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, seal(b), `"round":1000`, `"round":940`) }, "beacon", "verify.beacon.round"},
		{"a later sealing", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, seal(b), `"at":`+strconv.Itoa(sealing), `"at":`+strconv.Itoa(sealing+60_000_000))
		}, "beacon", "verify.beacon.round"},
		{"a shorter promise", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, opening(b), `"delay":180`, `"delay":60`) }, "beacon", "verify.beacon.round"},
		{"a promise for at once", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, opening(b), `,"delay":180`, ``) }, "beacon", "verify.beacon.no_delay"},
		{"another signature", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, last(b), signature, strings.Replace(signature, "b446", "b447", 1))
		}, "beacon", "verify.beacon.fails"},
		{"the signature of another round", open, func(t *testing.T, b *ledger.Bundle) {
			r := other.Round(thousand)
			replaced(t, last(b), signature, hex.EncodeToString(r.Signature))
			replaced(t, last(b), roundThousand(t).Value(), r.Value())
		}, "beacon", "verify.beacon.fails"},
		{"another value", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, last(b), roundThousand(t).Value(), other.Round(thousand).Value())
		}, "beacon", "verify.beacon.fails"},
		{"another chain", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, opening(b), beacon.Quicknet().Hash, other.Hash) }, "beacon", "verify.beacon.unknown"},
		{"no signature", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, last(b), `,"signature":"`+signature+`"`, ``) }, "beacon", "verify.beacon.fails"},
		{"no beacon", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, last(b), `"beacon":"`+roundThousand(t).Value()+`"`, `"beacon":""`)
		}, "beacon", "verify.beacon.fails"},
		{"no seal", open, func(_ *testing.T, b *ledger.Bundle) { b.Log = slices.Delete(b.Log, len(b.Log)-2, len(b.Log)-1) }, "order", "verify.order.not_sealed"},
		{"a beacon that was not named", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, opening(b), beacon.Quicknet().Name(), ledger.NoBeacon)
		}, "order", "verify.order.no_beacon"},
		{"a value without a beacon", lunch(t, 1), func(t *testing.T, b *ledger.Bundle) {
			replaced(t, last(b), `"beacon":""`, `"beacon":"7"`)
		}, "lots", "verify.lots.fails"},
		{"other ballots than were sealed", open, func(t *testing.T, b *ledger.Bundle) { replaced(t, &b.Log[2], "[12]", "[13]") }, "seal", "verify.seal.fails"},
		{"another box than was sealed", secret, func(_ *testing.T, b *ledger.Bundle) { b.Box.Ballots[0].Reason = "Because." }, "seal", "verify.seal.fails"},
		{"a close before the seal", open, func(t *testing.T, b *ledger.Bundle) {
			replaced(t, last(b), strconv.Itoa(drawing), strconv.Itoa(sealing-1))
		}, "seal", "verify.seal.fails"},
		{"given up before its time", missed, func(t *testing.T, b *ledger.Bundle) {
			at := beacon.Quicknet().At(thousand) + ledger.LongestWait
			replaced(t, last(b), strconv.FormatInt(at, 10), strconv.FormatInt(at-1, 10))
		}, "beacon", "verify.beacon.too_soon"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := copied(t, tc.of)
			tc.tamper(t, b)
			rehashed(t, b) // whoever keeps the log can make its chain whole again
			for _, f := range ledger.Verify(b).Findings {
				if f.Check == tc.check && f.Code == tc.code && f.Status == ledger.Fails {
					return
				}
			}
			t.Errorf("%s does not fail as %s", tc.check, tc.code)
		})
	}
}

func TestAPollThatWaitedCanBeOpenedAgain(t *testing.T) {
	t.Parallel()
	p := tied(t, 1, beacon.Quicknet())
	p.ended(true, drawn(t))
	p.secret, p.reasons = fixed(99), nil
	p.add(&ledger.Reopened{Stamp: ledger.Stamp{At: drawing + 1}, ClosesAt: drawing + 9, Lots: ledger.Commit(p.secret, ledger.NoBeacon)})
	p.cast(0, `[12]`, 2, "")
	again := p.ended(true, ledger.Ending{At: drawing + 9, By: "time"})
	if r := ledger.Verify(again); len(failed(r)) > 0 {
		t.Errorf("%v fail", failed(r))
	}
}
