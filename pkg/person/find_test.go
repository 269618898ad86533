package person_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

func TestPeopleWhoAreNotThere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, handle := range []string{"", "nobody", "a\x00b", "\xff", "' OR 1=1 --", strings.Repeat("a", 100_000)} {
			_, err := h.ByHandle(h.ctx, handle)
			want(t, err, errs.NotFound, "error.not_found")
		}
		_, err := h.ByID(h.ctx, 0)
		want(t, err, errs.NotFound, "error.not_found")
	})
}

func TestBriefsOfManyPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana, ben := h.add("ana"), h.add("ben")
		ids := []int64{ben.ID, 0, ana.ID, ben.ID, 999}
		for i := range int64(3000) {
			ids = append(ids, 10_000+i)
		}
		got, err := h.Briefs(h.db.Read(h.ctx), ids)
		if diff := cmp.Diff(map[int64]person.Brief{ana.ID: ana.Brief, ben.ID: ben.Brief}, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if got, err := h.Briefs(h.db.Read(h.ctx), nil); len(got) != 0 || err != nil {
			t.Errorf("of nobody: %v, %v", got, err)
		}
	})
}

func TestAdministratorsListAndSearchPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, handle := range []string{"ana", "ben", "cy_d", "cyxd"} {
			h.add(handle)
		}
		_, err := h.List(h.ctx, access.Actor{Person: 1}, "", page.Page{})
		want(t, err, errs.Forbidden, "access.needs_administrator")
		for q, wanted := range map[string][]string{
			"":             {"cyxd", "cy_d", "ben", "ana"},
			" BEN ":        {"ben"},
			"name of c":    {"cyxd", "cy_d"},
			"y_d":          {"cy_d"},
			"%":            nil,
			"!":            nil,
			"ana@example.": {"ana"},
			"a\x00":        nil,
		} {
			var got []string
			for at := (page.Page{Limit: 1}); ; {
				list, err := h.List(h.ctx, access.System(), q, at)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range list.Items {
					got = append(got, p.Handle)
				}
				if list.Next == "" {
					break
				}
				at.Cursor = list.Next
			}
			if !slices.Equal(got, wanted) {
				t.Errorf("%q: %v; want %v", q, got, wanted)
			}
		}
		_, err = h.List(h.ctx, access.System(), "", page.Page{Cursor: "!"})
		wantField(t, err, "cursor", "field.cursor")
	})
}

// meeting makes a secret group with ana and ben in it, whose thread cy has
// written in, and a thread of dee's in another group.
func (h *house) meeting() (people map[string]person.Person, groupID, threadID, otherThread int64) {
	people = map[string]person.Person{}
	for _, handle := range []string{"ana", "ben", "cy", "dee", "eve"} {
		people[handle] = h.add(handle)
	}
	now := store.At(h.clock.now())
	for _, statement := range []string{
		"INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'board', 'Board', 'secret', @now), (2, 'hall', 'Hall', 'public', @now)",
		"INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, @ana, 'admin', @now), (1, @ben, 'member', @now), (2, @dee, 'admin', @now)",
		"INSERT INTO threads (id, group_id, author_id, title, visibility, created_at, last_activity_at) VALUES (1, 1, @ana, 'A', 'members', @now, @now), (2, 2, @dee, 'B', 'public', @now, @now)",
		"INSERT INTO thread_groups (thread_id, group_id, created_at) SELECT id, group_id, @now FROM threads",
		"INSERT INTO comments (id, thread_id, seq, author_id, created_at) VALUES (1, 1, 1, @cy, @now), (2, 1, 2, @eve, @now), (3, 2, 1, @dee, @now)",
		"UPDATE comments SET deleted_at = @now WHERE id = 2",
	} {
		h.exec(statement, map[string]any{"now": now, "ana": people["ana"].ID, "ben": people["ben"].ID, "cy": people["cy"].ID, "dee": people["dee"].ID, "eve": people["eve"].ID})
	}
	return people, 1, 1, 2
}

func TestMembersAreSuggestedFirstAndThenWhoWroteInTheThread(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		people, group, thread, elsewhere := h.meeting()
		ana := people["ana"].Actor()
		for _, c := range []struct {
			prefix string
			thread int64
			limit  int
			want   []string
		}{
			{"", thread, 10, []string{"ben", "cy"}}, // not oneself, not who only wrote what was deleted
			{"", thread, 1, []string{"ben"}},
			{"", 0, 10, []string{"ben"}},
			{"", elsewhere, 10, []string{"ben"}}, // a thread of another group tells nothing
			{"@B", thread, 10, []string{"ben"}},
			{"c", thread, 10, []string{"cy"}},
			{"name of b", thread, 10, []string{"ben"}},
			{"OF", thread, 10, []string{"ben", "cy"}}, // any word of the name
			{"%", thread, 10, nil},
			{"e", thread, 10, nil},
			{"\x00", thread, 10, nil},
			{"", thread, 0, []string{"ben"}},
		} {
			list, err := h.Suggest(h.ctx, ana, c.thread, group, c.prefix, c.limit)
			var got []string
			for _, b := range list {
				got = append(got, b.Handle)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%q in thread %d: %v, %v; want %v", c.prefix, c.thread, got, err, c.want)
			}
		}
	})
}

func TestPeopleAreSuggestedToMembersOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		people, secret, thread, elsewhere := h.meeting()
		const public = 2
		_, err := h.Suggest(h.ctx, people["cy"].Actor(), thread, secret, "", 10)
		want(t, err, errs.NotFound, "error.not_found")
		_, err = h.Suggest(h.ctx, people["cy"].Actor(), elsewhere, public, "", 10)
		want(t, err, errs.Forbidden, "access.members_only")
		_, err = h.Suggest(h.ctx, access.Visitor(), elsewhere, public, "", 10)
		want(t, err, errs.Unauthenticated, "access.sign_in")
		_, err = h.Suggest(h.ctx, people["ana"].Actor(), thread, 999, "", 10)
		want(t, err, errs.NotFound, "error.not_found")
	})
}
