// Package box is the ballot box of secret polls.
//
// What lies in it says neither who, nor when, nor in which order. The package keeps
// to that by what it is given: it hears of no voter and of no instant, and imports
// neither people nor the clock. Who has voted stands on the roll of the poll, which
// is written beside; nothing joins the two.
package box

import (
	"io"

	"plenary/pkg/ledger"
	"plenary/pkg/poll/keys"
)

// Box is the box of one poll.
type Box struct {
	Poll     int64
	Receipts ledger.Receipts // what they find
}

// Clerk puts ballots into boxes and signs their receipts. It is safe for concurrent use.
type Clerk struct {
	keys   *keys.Keys
	random io.Reader
}

// NewClerk opens the room. Random makes codes, change keys and salts and is, outside
// of tests, crypto/rand.Reader.
func NewClerk(k *keys.Keys, random io.Reader) *Clerk { return &Clerk{keys: k, random: random} }
