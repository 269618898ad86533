// Package keys keeps what the site signs receipts and certificates with. The private
// halves are read here only, and never leave the process.
//
// The package must never know what is signed.
package keys

import (
	"io"
	"time"

	"plenary/pkg/store"
)

// Keys is the room's one type. It is safe for concurrent use.
type Keys struct {
	db     *store.DB
	now    func() time.Time
	random io.Reader
}

// New opens the room. Random makes keys and is, outside of tests, crypto/rand.Reader.
func New(db *store.DB, now func() time.Time, random io.Reader) *Keys {
	return &Keys{db: db, now: now, random: random}
}
