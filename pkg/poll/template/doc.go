// Package template keeps polls to begin from: the ready-made ones, which every group
// has, and those that a group keeps of its own.
//
// A poll that was begun from one knows nothing of it any more.
package template

import (
	"time"

	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/store"
)

// Most is how many polls of its own a group keeps to begin from.
const Most = 50

// Templates is the room's one type. It is safe for concurrent use.
type Templates struct {
	db     *store.DB
	groups *group.Groups
	polls  *poll.Polls
	now    func() time.Time
}

// New opens the room.
func New(db *store.DB, groups *group.Groups, polls *poll.Polls, now func() time.Time) *Templates {
	return &Templates{db: db, groups: groups, polls: polls, now: now}
}
