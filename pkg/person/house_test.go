package person_test

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
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// cheap makes hashing quick enough for tests.
var cheap = person.Cost{Memory: 8, Time: 1, Threads: 1}

const secret = "a long walk by the river"

// clock is a time that only moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is a forum with nobody in it yet.
type house struct {
	*person.People
	t     *testing.T
	ctx   context.Context
	db    *store.DB
	clock *clock

	mu    sync.Mutex
	heard []event.Signal
	box   []mail.Letter // letters whose transaction was committed
}

func open(t *testing.T, db *store.DB) *house {
	h := &house{t: t, ctx: t.Context(), db: db, clock: &clock{at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}}
	h.People = person.New(db, h.clock.now, rand.Reader, person.WithCost(cheap), person.WithPost(h.post))
	h.OnRightsChanged(func(s event.Signal) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.heard = append(h.heard, s)
	})
	return h
}

// post keeps letters as the outbox does: a row that goes with its transaction,
// and what is done after the commit.
func (h *house) post(tx *store.Tx, l mail.Letter) error {
	if err := tx.Exec("INSERT INTO mails (kind, address, created_at) VALUES (?, ?, 1)", l.Kind, l.To.Email).Error; err != nil {
		return err
	}
	tx.AfterCommit(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.box = append(h.box, l)
	})
	return nil
}

// letters returns the letters that have left since it was last asked. As many
// have to stand in the outbox.
func (h *house) letters() []mail.Letter {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := h.number("SELECT COUNT(*) FROM mails"); n != int64(len(h.box)) {
		h.t.Errorf("%d letters in the outbox, %d left", n, len(h.box))
	}
	h.exec("DELETE FROM mails")
	box := h.box
	h.box = nil
	return box
}

// letter is the only letter that has left, of the kind.
func (h *house) letter(kind string) mail.Letter {
	h.t.Helper()
	box := h.letters()
	if len(box) != 1 || box[0].Kind != kind {
		h.t.Fatalf("letters %+v; want one of %s", box, kind)
	}
	return box[0]
}

// each runs the test in a house on each database.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) { test(t, open(t, db)) })
}

// add makes somebody with an email, which has been confirmed, and a password.
func (h *house) add(handle string) person.Person {
	h.t.Helper()
	p := h.unproved(handle)
	h.exec("UPDATE people SET email_confirmed_at = 1 WHERE id = ?", p.ID)
	p.EmailConfirmed = true
	return p
}

// unproved makes somebody whose address nobody has confirmed.
func (h *house) unproved(handle string) person.Person {
	h.t.Helper()
	p, err := h.Add(h.ctx, access.System(), person.NewPerson{Name: "Name of " + handle, Handle: handle, Email: handle + "@example.org", Password: secret})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) signIn(login string) string {
	h.t.Helper()
	in, err := h.SignIn(h.ctx, login, secret, "a browser")
	if err != nil {
		h.t.Fatal(err)
	}
	return in.Session
}

// told returns whose rights changed since it was last asked.
func (h *house) told() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	var people []int64
	for _, s := range h.heard {
		people = append(people, s.Person)
	}
	h.heard = nil
	return people
}

// exec runs a statement that no room offers.
func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	if err := h.db.Write(h.ctx, func(tx *store.Tx) error { return tx.Exec(sql, args...).Error }); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
}

// number reads one number.
func (h *house) number(sql string, args ...any) int64 {
	h.t.Helper()
	var n int64
	if err := h.db.Read(h.ctx).Raw(sql, args...).Row().Scan(&n); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
	return n
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
