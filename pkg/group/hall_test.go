package group_test

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const secret = "a long walk by the river"

// hall is a forum with a cast: ana admin, mo moderator, ben member and dee
// stranger of the groups "garden" (public), "board" (closed) and "circle"
// (secret); adm administers the forum and belongs to no group.
type hall struct {
	*group.Groups
	t      *testing.T
	ctx    context.Context
	db     *store.DB
	people *person.People
	who    map[string]access.Actor

	mu    sync.Mutex
	at    time.Time
	heard []event.Signal
}

var visibilities = map[string]access.Visibility{"garden": access.Public, "board": access.Closed, "circle": access.Secret}

func (h *hall) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hall) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// each runs the test in a hall on each database.
func each(t *testing.T, test func(t *testing.T, h *hall)) {
	t.Helper()
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) { test(t, open(t, db)) })
}

func open(t *testing.T, db *store.DB) *hall {
	h := &hall{t: t, ctx: t.Context(), db: db, who: map[string]access.Actor{"": access.Visitor()}, at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	h.people = person.New(db, h.now, rand.Reader, person.WithCost(person.Cost{Memory: 8, Time: 1, Threads: 1}))
	h.Groups = group.New(db, h.people, h.now, rand.Reader)
	for _, handle := range []string{"ana", "mo", "ben", "dee", "adm"} {
		made, err := h.people.Add(h.ctx, access.System(), person.NewPerson{Name: handle, Handle: handle, Administrator: handle == "adm"})
		h.must(err)
		h.who[handle] = made.Actor()
	}
	for _, handle := range []string{"garden", "board", "circle"} {
		_, err := h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "The " + handle, Handle: handle, Visibility: visibilities[handle]})
		h.must(err)
		h.pass(time.Second)
		h.add(handle, "mo", access.Moderator)
		h.add(handle, "ben", access.Member)
	}
	h.OnRightsChanged(func(s event.Signal) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.heard = append(h.heard, s)
	})
	return h
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) add(group, handle string, role access.Role) {
	h.t.Helper()
	_, err := h.AddMember(h.ctx, access.System(), group, handle, role)
	h.must(err)
	h.pass(time.Second)
}

// role reads what somebody is in a group.
func (h *hall) role(group, handle string) access.Role {
	h.t.Helper()
	g, err := h.Find(h.db.Read(h.ctx), h.who[handle], group)
	h.must(err)
	role, err := h.RoleIn(h.db.Read(h.ctx), g.ID, h.who[handle].Person)
	h.must(err)
	if role != g.Role {
		h.t.Errorf("%s in %s: RoleIn %q, Find %q", handle, group, role, g.Role)
	}
	return role
}

// told returns the signals heard since it was last asked.
func (h *hall) told() []event.Signal {
	h.mu.Lock()
	defer h.mu.Unlock()
	heard := h.heard
	h.heard = nil
	return heard
}

// last reads the newest event of a group.
func (h *hall) last(handle string) event.Event {
	h.t.Helper()
	g, err := h.ByHandle(h.ctx, access.System(), handle)
	h.must(err)
	events, err := store.Events(h.db.Read(h.ctx), event.Group(g.ID), store.Span{Last: true, Limit: 1})
	h.must(err)
	if len(events) != 1 || events[0].Seq != g.LastSeq {
		h.t.Fatalf("events of %s: %v, last seq %d", handle, events, g.LastSeq)
	}
	return events[0]
}

// want fails unless err has the kind and the code.
func want(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if !errs.Is(err, kind) || errs.CodeOf(err) != code {
		t.Errorf("got %v; want %v %s", err, kind, code)
	}
}

// wantField fails unless err complains of the field with the code.
func wantField(t *testing.T, err error, field, code string) {
	t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Fields[field].Code != code {
		t.Errorf("got %v; want field %s with %q", err, field, code)
	}
}
