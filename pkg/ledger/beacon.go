package ledger

import (
	"encoding/hex"
	"errors"
	"strconv"

	"plenary/pkg/beacon"
	"plenary/pkg/errs"
)

// CommitTo promises a secret and a round of the beacon, which comes that many
// seconds after the ballots are sealed.
func CommitTo(secret Hash, chain beacon.Chain, delay int64) Lots {
	l := Commit(secret, chain.Name())
	l.Delay = delay
	return l
}

// Awaits reports whether the lots wait for a beacon.
func (l Lots) Awaits() bool { return l.Beacon != NoBeacon }

// round is the one that was promised for ballots sealed at the instant.
func (l Lots) round(chain beacon.Chain, sealed int64) int64 {
	return chain.NotBefore(sealed + l.Delay*1_000_000)
}

var errOtherChain = errors.New("the poll named another beacon, or none")

// Seal makes the content of the record that fixes the ballots and the round. At is
// now, closedAt when the poll took its last ballots, both in microseconds since
// 1970; by is "hand" or "time". The box is that of a secret poll.
func (s *State) Seal(at, closedAt int64, by string, box *Box, chain beacon.Chain) (*Sealed, error) {
	if s.Lots.Beacon != chain.Name() {
		return nil, errOtherChain
	}
	ballots, err := s.ballotsHash(box)
	if err != nil {
		return nil, err
	}
	return &Sealed{Stamp: Stamp{At: at}, ClosedAt: closedAt, By: by, Ballots: ballots, Round: s.Lots.round(chain, at)}, nil
}

// beacon checks the beacon that the opening named, where it named one.
func (v *verifier) beacon() {
	if !v.state.Lots.Awaits() {
		return
	}
	v.seal()
	sealed, c := v.state.Sealed, v.state.Closed
	chain, known := v.chain(v.state.Lots.Beacon)
	args := errs.Args{"Number": sealed.Round}
	switch {
	case !known:
		v.fails(checkBeacon, "verify.beacon.unknown", errs.Args{"Name": cut(v.state.Lots.Beacon)})
	case v.state.Lots.Delay <= 0:
		v.fails(checkBeacon, "verify.beacon.no_delay", nil)
	case sealed.Round != v.state.Lots.round(chain, sealed.At):
		v.fails(checkBeacon, "verify.beacon.round", errs.Args{"Number": sealed.Round, "Want": v.state.Lots.round(chain, sealed.At)})
	case c.Beacon == NotReached && c.At-chain.At(sealed.Round) < LongestWait:
		v.fails(checkBeacon, "verify.beacon.too_soon", args)
	case c.Beacon == NotReached:
		v.open(checkBeacon, "verify.beacon.not_reached", args)
	case !told(chain, sealed.Round, c):
		v.fails(checkBeacon, "verify.beacon.fails", args)
	default:
		v.holds(checkBeacon, "verify.beacon.holds", args)
	}
}

// told reports whether the closing has what the beacon said in the round.
func told(chain beacon.Chain, round int64, c *Closed) bool {
	signature, err := hex.DecodeString(c.Signature)
	r := beacon.Round{Number: round, Signature: signature}
	return err == nil && c.Signature == hex.EncodeToString(signature) && c.Beacon == r.Value() && chain.Holds(r)
}

// seal checks that the ballots are those that were fixed before the round.
func (v *verifier) seal() {
	s := v.state.Sealed
	if s.Ballots != v.ballotsHash() || s.ClosedAt > s.At || s.At > v.state.Closed.At || s.By != v.state.Closed.By {
		v.fails(checkSeal, "verify.seal.fails", nil)
		return
	}
	v.holds(checkSeal, "verify.seal.holds", nil)
}

func (v *verifier) chain(name string) (beacon.Chain, bool) {
	for _, c := range v.chains {
		if c.Name() == name {
			return c, true
		}
	}
	return beacon.Chain{}, false
}

// certifiedBeacon is what the certificate says of the beacon: its round, or that it
// was not reached; empty where none was named.
func (s *State) certifiedBeacon() string {
	switch {
	case s.Sealed == nil:
		return ""
	case s.Closed.Beacon == NotReached:
		return NotReached
	}
	return s.Lots.Beacon + "/" + strconv.FormatInt(s.Sealed.Round, 10)
}
