package beacon_test

import (
	"encoding/hex"
	"testing"

	"plenary/pkg/beacon"
	"plenary/pkg/testkit/fakebeacon"
)

// thousand is round 1000 of quicknet, as it was published.
func thousand(t *testing.T) beacon.Round {
	t.Helper()
	signature, err := hex.DecodeString("b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39")
	if err != nil {
		t.Fatal(err)
	}
	return beacon.Round{Number: 1000, Signature: signature}
}

func TestAPublishedRoundHolds(t *testing.T) {
	t.Parallel()
	r := thousand(t)
	if !beacon.Quicknet().Holds(r) {
		t.Error("round 1000 does not hold")
	}
	if want := "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"; r.Value() != want {
		t.Errorf("its value is %s, want %s", r.Value(), want)
	}
}

func TestWhatTheKeyDidNotSignDoesNotHold(t *testing.T) {
	t.Parallel()
	other := fakebeacon.New(1)
	if !other.Holds(other.Round(1000)) {
		t.Error("a round of the other chain does not hold there")
	}
	for name, change := range map[string]func(*beacon.Round){
		"another number":        func(r *beacon.Round) { r.Number++ },
		"number 0":              func(r *beacon.Round) { r.Number = 0 },
		"an altered signature":  func(r *beacon.Round) { r.Signature[40] ^= 1 },
		"the opposite point":    func(r *beacon.Round) { r.Signature[0] ^= 0x20 },
		"a signature cut short": func(r *beacon.Round) { r.Signature = r.Signature[:47] },
		"a signature too long":  func(r *beacon.Round) { r.Signature = append(r.Signature, 0) },
		"no signature":          func(r *beacon.Round) { r.Signature = nil },
		"nothing but zeros":     func(r *beacon.Round) { r.Signature = make([]byte, 48) },
		"the point at infinity": func(r *beacon.Round) { r.Signature = append([]byte{0xc0}, make([]byte, 47)...) },
		"another chain's":       func(r *beacon.Round) { *r = other.Round(r.Number) },
	} {
		r := thousand(t)
		change(&r)
		if beacon.Quicknet().Holds(r) {
			t.Errorf("%s holds", name)
		}
	}
	for name, chain := range map[string]beacon.Chain{"no chain": {}, "a key that is none": {Key: "00"}} {
		if chain.Holds(thousand(t)) {
			t.Errorf("%s signed the round", name)
		}
	}
}

func TestRoundsComeAtTheirTimes(t *testing.T) {
	t.Parallel()
	c := beacon.Quicknet()
	const genesis = 1692803367_000_000
	for at, want := range map[int64]int64{0: 1, genesis - 1: 1, genesis: 1, genesis + 1: 2, genesis + 3_000_000: 2, genesis + 3_000_001: 3, genesis + 999*3_000_000: 1000} {
		round := c.NotBefore(at)
		if round != want {
			t.Errorf("the round not before %d is %d, want %d", at, round, want)
		}
		if c.At(round) < at || round > 1 && c.At(round-1) >= at {
			t.Errorf("round %d comes at %d, asked for %d", round, c.At(round), at)
		}
	}
	if n := (beacon.Chain{}).NotBefore(5); n != 1 {
		t.Errorf("no chain has round %d", n)
	}
}
