package group

import (
	"encoding/json"
	"fmt"
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
	Description string // Markdown, as typed
	Visibility  access.Visibility
	MemberCount int
	CreatedAt   time.Time
	LastSeq     int64       // of the group's own timeline
	Role        access.Role // the viewer's; empty where none

	Joining         access.Joining     // how people come in
	JoinQuestion    string             // what who asks to come in is asked; may be empty
	Permissions     access.Permissions // what its members may do
	OnErasure       string             // "keep" or "remove": what becomes of the texts of who erases their account
	Picture         string             // checksum; empty where none
	OnlyProvider    int64              // members have to sign in through it; 0 where they need not
	ParentID        int64              // the group above; 0 where none
	InheritsMembers bool               // who joins the group above is a member here too
	Banned          bool               // the viewer was removed for good
	Asked           bool               // the viewer has asked to come in, and waits
	ProxyLimit      int                // for how many others one person may vote; 0 where for nobody
	MergeHours      int                // how long the proposers of a theme have to object to its merge
}

// Brief is the group in short.
func (g Group) Brief() Brief {
	return Brief{ID: g.ID, Handle: g.Handle, Name: g.Name, Visibility: g.Visibility}
}

// Facts are what decisions about the group rest on, for its viewer.
func (g Group) Facts() access.Facts {
	return access.Facts{Group: g.Visibility, Role: g.Role, Rules: g.Permissions, Joining: g.Joining, Banned: g.Banned}
}

// Groups are all groups of the forum. It is safe for concurrent use.
type Groups struct {
	db        *store.DB
	people    *person.People
	now       func() time.Time
	random    io.Reader
	post      person.Post
	listeners []func(event.Signal)
}

// Option changes how Groups work.
type Option func(*Groups)

// WithPost sets where letters go. Without it nobody can be invited by mail, and
// nobody is told by mail of what became of them.
func WithPost(post person.Post) Option { return func(g *Groups) { g.post = post } }

// New opens the room. The clock and the source of randomness come from outside;
// random must be safe for concurrent use and, outside of tests, crypto/rand.Reader.
func New(db *store.DB, people *person.People, now func() time.Time, random io.Reader, options ...Option) *Groups {
	g := &Groups{db: db, people: people, now: now, random: random}
	for _, o := range options {
		o(g)
	}
	return g
}

// OnRightsChanged registers a listener for memberships and visibilities that
// changed. It is called after the commit and must be quick. Register before the
// first request.
func (g *Groups) OnRightsChanged(fn func(event.Signal)) { g.listeners = append(g.listeners, fn) }

// happened writes what happened to a member, or for 0 to the group, into the
// group's timeline, and tells the listeners whose rights it may have changed.
// Of a membership the role now held is told, if any.
func (g *Groups) happened(tx *store.Tx, kind event.Kind, who access.Actor, groupID, member int64, role access.Role) error {
	e := event.Event{Topic: event.Group(groupID), Kind: kind, At: g.now(), Actor: who.Person, Subject: member}
	if member == 0 {
		e.Subject = groupID
	}
	if role.Valid() {
		data, err := json.Marshal(map[string]access.Role{"role": role})
		if err != nil {
			return fmt.Errorf("tell of %s: %w", kind, err)
		}
		e.Data = data
	}
	if _, err := tx.Emit(e); err != nil {
		return err
	}
	g.rightsChanged(tx, groupID, member)
	switch kind {
	case event.MemberJoined: // by whichever way
		return g.entersBelow(tx, who, groupID, member)
	case event.MemberLeft:
		if err := g.endProxies(tx, groupID, member); err != nil {
			return err
		}
		return g.leavesBelow(tx, who, groupID, member)
	default:
		return nil
	}
}

// rightsChanged tells the listeners, after the commit, whose rights in a group
// may be others: of one person, or for 0 of everybody.
func (g *Groups) rightsChanged(tx *store.Tx, groupID, member int64) {
	tx.AfterCommit(func() {
		for _, tell := range g.listeners {
			tell(event.Signal{Group: groupID, Person: member})
		}
	})
}
