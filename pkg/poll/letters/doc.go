// Package letters writes to people about polls: whom a letter reaches, which letters
// they want, and what stands in every one. One choice and one link to unsubscribe hold
// for all that a group writes about, the programmes of its events included.
//
// What happens in polls, and who is to be told of it, is for whoever asks to have
// letters written. The package must never know how a poll is voted in or counted.
package letters

import (
	"io"

	"plenary/pkg/group"
	"plenary/pkg/store"
)

// Letters is the room's one type. It is safe for concurrent use.
type Letters struct {
	db     *store.DB
	groups *group.Groups
	random io.Reader
}

// New opens the room. Random makes links and is, outside of tests, crypto/rand.Reader.
func New(db *store.DB, groups *group.Groups, random io.Reader) *Letters {
	return &Letters{db: db, groups: groups, random: random}
}
