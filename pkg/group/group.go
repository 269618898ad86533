package group

import (
	"io"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Brief is what is shown of a group beside something in it.
type Brief struct {
	ID         int64
	Handle     string
	Name       string
	Visibility access.Visibility
}

// Group is a cooperative or a network, as one viewer meets it.
type Group struct {
	ID          int64
	Handle      string
	Name        string
	Description string
	Visibility  access.Visibility
	MemberCount int
	CreatedAt   time.Time
	LastSeq     int64       // of the group's own timeline
	Role        access.Role // the viewer's; empty where none
}

// Brief is the group in short.
func (g Group) Brief() Brief {
	return Brief{ID: g.ID, Handle: g.Handle, Name: g.Name, Visibility: g.Visibility}
}

// Facts are what decisions about the group rest on, for its viewer.
func (g Group) Facts() access.Facts { return access.Facts{Group: g.Visibility, Role: g.Role} }

// Groups are all groups of the forum. It is safe for concurrent use.
type Groups struct {
	db     *store.DB
	people *person.People
	now    func() time.Time
	random io.Reader

	listeners []func(event.Signal)
}

// New opens the room. The clock and the source of randomness come from outside;
// random must be safe for concurrent use and, outside of tests, crypto/rand.Reader.
func New(db *store.DB, people *person.People, now func() time.Time, random io.Reader) *Groups {
	return &Groups{db: db, people: people, now: now, random: random}
}

// OnRightsChanged registers a listener for memberships and visibilities that
// changed. It is called after the commit and must be quick. Register before the
// first request.
func (g *Groups) OnRightsChanged(fn func(event.Signal)) { g.listeners = append(g.listeners, fn) }
