// Package proxy keeps who votes for whom: a member's vote in the hands of another, for
// all polls of a group or for one.
//
// Whoever has named a proxy cannot be one, and whoever is one cannot name another, so
// that there are no chains; and nobody votes for more others than the group allows. One
// for a poll that is over stands in nobody's way.
//
// The package must never know how a ballot is cast in another's name.
package proxy

import (
	"time"

	"plenary/pkg/group"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
)

// most is how many delegations are read at once.
const most = 1000

// About is what a letter says of a poll.
type About func(tx *store.Tx, poll int64) (letters.About, error)

// Delegations is the room's one type. It is safe for concurrent use.
type Delegations struct {
	db      *store.DB
	groups  *group.Groups
	letters *letters.Letters
	about   About
	now     func() time.Time
}

// New opens the room.
func New(db *store.DB, groups *group.Groups, l *letters.Letters, about About, now func() time.Time) *Delegations {
	return &Delegations{db: db, groups: groups, letters: l, about: about, now: now}
}
