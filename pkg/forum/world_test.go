package forum_test

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// clock is a time that only moves when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a forum with a public group, "garden", and a cast.
type world struct {
	*forum.Forum
	ctx    context.Context
	db     *store.DB
	people *person.People
	groups *group.Groups
	clock  *clock

	mo, ana, ben access.Actor // moderator and two members
	dee          access.Actor // signed in, but no member
	visitor      access.Actor
}

// everywhere runs a test in a fresh world on each engine.
func everywhere(t *testing.T, test func(t *testing.T, w *world)) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) { test(t, newWorld(t, db)) })
}

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	c := &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := assemble(db, c.Now)
	w.clock = c
	w.group(t, "garden", access.Public)
	w.mo = w.person(t, "mo", "garden", access.Moderator)
	w.ana = w.person(t, "ana", "garden", access.Member)
	w.ben = w.person(t, "ben", "garden", access.Member)
	w.dee = w.person(t, "dee", "", "")
	return w
}

// assemble puts the rooms together.
func assemble(db *store.DB, now func() time.Time) *world {
	people := person.New(db, now, rand.Reader, person.WithCost(person.Cost{Memory: 8, Time: 1, Threads: 1}))
	return &world{ctx: context.Background(), db: db, people: people, groups: group.New(db, people, now, rand.Reader),
		Forum: forum.New(db, people, markup.New(), now)}
}

func (w *world) group(t testing.TB, handle string, v access.Visibility) {
	t.Helper()
	if _, err := w.groups.Create(w.ctx, access.System(), group.NewGroup{Name: handle, Handle: handle, Visibility: v}); err != nil {
		t.Fatalf("add group %s: %v", handle, err)
	}
}

func (w *world) person(t testing.TB, handle, in string, role access.Role) access.Actor {
	t.Helper()
	p, err := w.people.Add(w.ctx, access.System(), person.NewPerson{Name: "The " + handle, Handle: handle, Email: handle + "@example.org"})
	if err != nil {
		t.Fatalf("add %s: %v", handle, err)
	}
	if in != "" {
		w.join(t, handle, in, role)
	}
	return access.Actor{Person: p.ID}
}

func (w *world) join(t testing.TB, handle, in string, role access.Role) {
	t.Helper()
	if _, err := w.groups.AddMember(w.ctx, access.System(), in, handle, role); err != nil {
		t.Fatalf("add %s to %s: %v", handle, in, err)
	}
}

func (w *world) start(t testing.TB, who access.Actor, title string) forum.Thread {
	t.Helper()
	th, err := w.Start(w.ctx, who, "garden", forum.NewThread{Title: title, Body: "What do we plant?"})
	if err != nil {
		t.Fatalf("start %q: %v", title, err)
	}
	return th
}

func (w *world) post(t testing.TB, who access.Actor, thread int64, body string) forum.Comment {
	t.Helper()
	c, err := w.Post(w.ctx, who, thread, forum.NewComment{Body: body})
	if err != nil {
		t.Fatalf("post %q: %v", body, err)
	}
	return c
}
