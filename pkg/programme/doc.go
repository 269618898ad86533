// Package programme makes the programme of an event: its days, rooms, slots and
// sessions, who speaks, who comes, and what has been published.
//
// The package must never know how a programme is shown, or how a poll is counted.
//
// # Rules
//
// A programme stands in a thread: who may read the one may read the other, and
// what happens in it is told in that thread's timeline. Until it is published for
// the first time only those who may edit it know of it, and nothing is told.
// Readers meet what was published last, with what has come to its sessions since:
// notes, material, the minutes that they took, and who signed up. What else has
// been changed is for those who convene, until they publish it; whoever may edit a
// session is told that it has been.
//
// Days and times are those of the clock on the wall where the event is. An instant
// is worked out from them only when it is needed, so that moving an event to
// another place moves its times along. A slot begins and ends by the wall clock;
// within it minutes are counted as they pass, also where the clock is changed
// meanwhile.
//
// A session has one slot and one room, or none. It cannot be put where it does not
// fit by itself; whatever else does not go together, such as one speaker in two
// rooms, is shown as a clash and left to those who convene.
package programme

import (
	"io"
	"time"

	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/theme"
)

// Bounds of what is accepted, in runes unless another unit is named.
const (
	MaxTitle    = 200
	MaxPlace    = 300
	MaxName     = 100
	MaxNote     = 2000
	MaxReason   = 2000
	MaxLink     = 2000 // bytes
	MaxDays     = 31   // of one event
	MaxRooms    = 50   //
	MaxSlots    = 400  //
	MaxSessions = 500  //
	MaxPeople   = 40   // of one session: speakers and hosts together
	MaxThemes   = 40   // of one session
	MaxMaterial = 40   // of one session
	MaxSeats    = 1_000_000
)

// Programmes is the room's one type. It is safe for concurrent use.
type Programmes struct {
	db     *store.DB
	people *person.People
	groups *group.Groups
	forum  *forum.Forum
	polls  *poll.Polls
	themes *theme.Themes
	now    func() time.Time
	random io.Reader

	later TellLater
}

// New opens the room.
func New(db *store.DB, people *person.People, groups *group.Groups, threads *forum.Forum, polls *poll.Polls, themes *theme.Themes,
	now func() time.Time, random io.Reader) *Programmes {
	return &Programmes{db: db, people: people, groups: groups, forum: threads, polls: polls, themes: themes, now: now, random: random}
}
