// Package harbour is for tests only: a group with people in it, for the rooms that need
// no more of a stage than that.
package harbour

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Start is the instant at which it always is.
var Start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// Harbour is the group "harbour", whose id is 1. Ana is its admin, Mo a moderator, Ben,
// Cleo and Dan are members, and Eve is not.
type Harbour struct {
	DB     *store.DB
	People *person.People
	Groups *group.Groups

	Ana, Mo, Ben, Cleo, Dan, Eve access.Actor

	t *testing.T
}

// New is the group of the given visibility, in an empty database.
func New(t *testing.T, db *store.DB, visibility access.Visibility) *Harbour {
	t.Helper()
	h := &Harbour{DB: db, t: t}
	h.People = person.New(db, Now, rand.Reader)
	h.Groups = group.New(db, h.People, Now, rand.Reader)
	h.Exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'harbour', 'Harbour', ?, 0)", visibility)
	for _, p := range []struct {
		who  *access.Actor
		name string
		role access.Role
	}{{&h.Ana, "ana", access.Admin}, {&h.Mo, "mo", access.Moderator}, {&h.Ben, "ben", access.Member}, {&h.Cleo, "cleo", access.Member}, {&h.Dan, "dan", access.Member}, {&h.Eve, "eve", access.NoRole}} {
		h.write(func(tx *store.Tx) error {
			return tx.Raw("INSERT INTO people (handle, name, created_at) VALUES (?, ?, 0) RETURNING id", p.name, p.name).Row().Scan(&p.who.Person)
		})
		if p.role != access.NoRole {
			h.Exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, ?, ?, 0)", p.who.Person, p.role)
		}
	}
	return h
}

// Now is Start.
func Now() time.Time { return Start }

// Exec changes the database behind everybody's back.
func (h *Harbour) Exec(query string, args ...any) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { return tx.Exec(query, args...).Error })
}

func (h *Harbour) write(do func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.DB.Write(h.t.Context(), do); err != nil {
		h.t.Fatal(err)
	}
}

// Said is an error in short, as "conflict poll.state_closed" or, with fields,
// "invalid title=field.required"; "yes" where there is none.
func Said(err error) string {
	e, is := errors.AsType[*errs.Error](err)
	switch {
	case err == nil:
		return "yes"
	case !is:
		return "unclassified: " + err.Error()
	case len(e.Fields) == 0:
		return fmt.Sprint(e.Kind, " ", e.Code)
	}
	out := "invalid"
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		out += " " + name + "=" + e.Fields[name].Code
	}
	return out
}

// WantSaid compares what was said.
func WantSaid(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := Said(err); got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
