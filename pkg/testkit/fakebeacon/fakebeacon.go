// Package fakebeacon is a chain of a beacon whose key tests hold, and its relay.
package fakebeacon

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"

	"github.com/cloudflare/circl/sign/bls"

	"plenary/pkg/beacon"
)

// Genesis is when the first round of every fake chain came, in seconds since 1970.
const Genesis = 1_500_000_000

// Beacon signs rounds of its own chain.
type Beacon struct {
	beacon.Chain
	key *bls.PrivateKey[bls.KeyG2SigG1]
}

// New makes a chain that only the number decides, with a round every three
// seconds.
func New(number byte) *Beacon {
	key, err := bls.KeyGen[bls.KeyG2SigG1](bytes.Repeat([]byte{number}, 32), nil, nil)
	if err != nil {
		panic(err)
	}
	public, err := key.PublicKey().MarshalBinary()
	if err != nil {
		panic(err)
	}
	return &Beacon{beacon.Chain{Hash: hex.EncodeToString(bytes.Repeat([]byte{number}, 32)), Key: hex.EncodeToString(public), Genesis: Genesis, Period: 3}, key}
}

// Round is a round as the chain's key signs it.
func (b *Beacon) Round(number int64) beacon.Round {
	return beacon.Round{Number: number, Signature: bls.Sign(b.key, beacon.Message(number))}
}

// Relay answers like a relay of the chain. Rounds are there up to the latest.
func (b *Beacon) Relay(latest func() int64) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /"+b.Hash+"/public/{round}", func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.ParseInt(r.PathValue("round"), 10, 64)
		if err != nil || number > latest() {
			http.Error(w, "no such round yet", http.StatusTooEarly)
			return
		}
		round := b.Round(number)
		fmt.Fprintf(w, `{"round":%d,"randomness":%q,"signature":%q}`, number, round.Value(), hex.EncodeToString(round.Signature))
	})
	return mux
}
