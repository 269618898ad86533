// Package beacon knows a public source of chance: drand (https://docs.drand.love),
// whose rounds come at fixed times, cannot be foreseen by anybody, and can be
// checked by anybody without asking.
//
// A round is checked and its time computed here, without network or clock.
// Fetching one is in package relay.
package beacon

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/cloudflare/circl/sign/bls"
)

// second is a second in the microseconds of a poll's log.
const second = 1_000_000

// Chain is one beacon: a series of rounds that one key signs, of drand's scheme
// bls-unchained-g1-rfc9380. The zero Chain has no rounds.
type Chain struct {
	Hash    string // by which relays know it, hexadecimal
	Key     string // 96 bytes of G2, hexadecimal
	Genesis int64  // when round 1 came, in seconds since 1970
	Period  int64  // seconds from one round to the next
}

// Quicknet is the chain of the League of Entropy that has a round every three
// seconds.
func Quicknet() Chain {
	return Chain{Hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", Genesis: 1692803367, Period: 3,
		Key: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c" +
			"8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb" +
			"5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"}
}

// Name is how the log of a poll names the chain.
func (c Chain) Name() string { return "drand/" + c.Hash }

// At is when a round comes, in microseconds since 1970.
func (c Chain) At(round int64) int64 { return (c.Genesis + (round-1)*c.Period) * second }

// NotBefore is the first round that does not come before the instant, in
// microseconds since 1970.
func (c Chain) NotBefore(at int64) int64 {
	since, period := at-c.Genesis*second, c.Period*second
	if since <= 0 || period <= 0 {
		return 1
	}
	return (since+period-1)/period + 1
}

// Round is what the beacon said at one time.
type Round struct {
	Number    int64
	Signature []byte // 48 bytes of G1
}

// Value is the chance that the round gives: SHA-256 of the signature as 64
// hexadecimal digits.
func (r Round) Value() string {
	sum := sha256.Sum256(r.Signature)
	return hex.EncodeToString(sum[:])
}

// Holds reports whether the chain's key signed the round, in the one way of
// writing it that there is.
func (c Chain) Holds(r Round) bool {
	var point bls12381.G1
	if len(r.Signature) != bls12381.G1SizeCompressed || point.SetBytes(r.Signature) != nil || !bytes.Equal(point.BytesCompressed(), r.Signature) {
		return false // another writing of the same point would have another value
	}
	key, err := c.key()
	return err == nil && r.Number > 0 && bls.Verify(key, Message(r.Number), r.Signature)
}

// Message is what is signed of a round: SHA-256 of its number in eight bytes, the
// highest first.
func Message(round int64) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(round)))
	return sum[:]
}

func (c Chain) key() (*bls.PublicKey[bls.KeyG2SigG1], error) {
	data, err := hex.DecodeString(c.Key)
	if err != nil {
		return nil, fmt.Errorf("read the key of chain %s: %w", c.Hash, err)
	}
	key := &bls.PublicKey[bls.KeyG2SigG1]{}
	if err := key.UnmarshalBinary(data); err != nil {
		return nil, fmt.Errorf("read the key of chain %s: %w", c.Hash, err)
	}
	return key, nil
}
