package inbox_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/inbox"
	"plenary/pkg/markup"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/harbour"
	"plenary/pkg/timeline"
)

// desk is Ana's and Mo's inboxes, in which Ben has named them: Ana three times, and Mo
// once.
type desk struct {
	*harbour.Harbour
	t       *testing.T
	inbox   *inbox.Inbox
	forum   *forum.Forum
	thread  int64
	minutes int
}

func newDesk(t *testing.T, db *store.DB) *desk {
	t.Helper()
	d := &desk{Harbour: harbour.New(t, db, access.Public), t: t}
	d.forum = forum.New(db, d.People, markup.New(), d.now)
	d.inbox = inbox.New(db, d.forum, timeline.New(db, d.People, d.forum, nil, nil, nil), d.now)
	made, err := d.forum.Start(t.Context(), d.Mo, "harbour", forum.NewThread{Title: "Boats", Visibility: access.MembersOnly})
	d.must(err)
	d.thread = made.ID
	for _, words := range []string{"@ana one", "@ana two", "@ana and @mo: three"} {
		_, err := d.forum.Post(t.Context(), d.Ben, d.thread, forum.NewComment{Body: words})
		d.must(err)
	}
	return d
}

// now is a minute later each time, so that no act is at the time of another.
func (d *desk) now() time.Time {
	d.minutes++
	return harbour.Start.Add(time.Duration(d.minutes) * time.Minute)
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// seen are the rows that a filter shows, the latest first: what was said in each, with
// a mark for those that are unread.
func (d *desk) seen(who access.Actor, f inbox.Filter) []string {
	d.t.Helper()
	list, err := d.inbox.List(d.t.Context(), who, f, page.Page{})
	d.must(err)
	var out []string
	for _, r := range list.Items {
		words := r.Comment.Body
		if r.Unread() {
			words += " *"
		}
		out = append(out, words)
	}
	return out
}

func (d *desk) seqs(who access.Actor) []int64 {
	d.t.Helper()
	list, err := d.inbox.List(d.t.Context(), who, inbox.Filter{}, page.Page{})
	d.must(err)
	var out []int64
	for _, r := range list.Items {
		out = append(out, r.Seq)
	}
	return out
}

func TestRowsAreMarkedAndTheMarkIsTakenBack(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		newest, middle, oldest := d.seqs(d.Ana)[0], d.seqs(d.Ana)[1], d.seqs(d.Ana)[2]
		const one, two, three = "@ana one", "@ana two", "@ana and @mo: three"
		var last inbox.Marked
		for _, c := range []struct {
			name       string
			do         inbox.Marking
			rows       int
			all, away  []string
			unreadLeft int
		}{
			{"one is read", inbox.Marking{As: inbox.Read, Seqs: []int64{middle}}, 1, []string{three + " *", two, one + " *"}, nil, 2},
			{"again", inbox.Marking{As: inbox.Read, Seqs: []int64{middle}}, 0, []string{three + " *", two, one + " *"}, nil, 2},
			{"all that were there are", inbox.Marking{As: inbox.Read, All: true, UpTo: middle}, 1, []string{three + " *", two, one}, nil, 1},
			{"which is undone", inbox.Marking{As: inbox.Undo}, 1, []string{three + " *", two, one + " *"}, nil, 2},
			{"two are put away, and read by it", inbox.Marking{As: inbox.PutAway, Seqs: []int64{oldest, middle}}, 2, []string{three + " *"}, []string{two, one}, 1},
			{"which is undone: what was unread is so again", inbox.Marking{As: inbox.Undo}, 2, []string{three + " *", two, one + " *"}, nil, 2},
			{"what is put away", inbox.Marking{As: inbox.PutAway, Seqs: []int64{newest}}, 1, []string{two, one + " *"}, []string{three}, 1},
			{"is taken back", inbox.Marking{As: inbox.TakeBack, Seqs: []int64{newest}}, 1, []string{three, two, one + " *"}, nil, 1},
			{"and is unread once more", inbox.Marking{As: inbox.Reopen, Seqs: []int64{newest, 99999}}, 1, []string{three + " *", two, one + " *"}, nil, 2},
		} {
			c.do.At = last.At
			done, err := d.inbox.Mark(t.Context(), d.Ana, c.do)
			d.must(err)
			if last = done; done.Rows != c.rows {
				t.Errorf("%s: %d rows, want %d", c.name, done.Rows, c.rows)
			}
			if diff := cmp.Diff(c.all, d.seen(d.Ana, inbox.Filter{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
			if diff := cmp.Diff(c.away, d.seen(d.Ana, inbox.Filter{Show: inbox.Away})); diff != "" {
				t.Errorf("%s, what is away (-want +got):\n%s", c.name, diff)
			}
			if n, err := d.inbox.Count(t.Context(), d.Ana); err != nil || n.Unread != c.unreadLeft {
				t.Errorf("%s: %d unread, %v; want %d", c.name, n.Unread, err, c.unreadLeft)
			}
		}
		if diff := cmp.Diff([]string{three + " *"}, d.seen(d.Mo, inbox.Filter{})); diff != "" {
			t.Errorf("Mo's is touched (-want +got):\n%s", diff)
		}
	})
}

func TestMarkingsThatAreNoneAreRefused(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		for _, c := range []struct {
			name  string
			who   access.Actor
			do    inbox.Marking
			kind  errs.Kind
			field string
		}{
			{"by a visitor", access.Visitor(), inbox.Marking{As: inbox.Read, All: true}, errs.Unauthenticated, ""},
			{"as nothing", d.Ana, inbox.Marking{All: true}, errs.Invalid, "as"},
			{"none", d.Ana, inbox.Marking{As: inbox.Read}, errs.Invalid, "seqs"},
			{"more than a page", d.Ana, inbox.Marking{As: inbox.Read, Seqs: slices.Repeat([]int64{1}, page.Max+1)}, errs.Invalid, "seqs"},
			{"undo of nothing", d.Ana, inbox.Marking{As: inbox.Undo}, errs.Invalid, "at"},
			{"a filter that there is not", d.Ana, inbox.Marking{As: inbox.Read, All: true, Filter: inbox.Filter{Show: "sideways"}}, errs.Invalid, "show"},
		} {
			_, err := d.inbox.Mark(t.Context(), c.who, c.do)
			if errs.KindOf(err) != c.kind || c.field != "" && !slices.Contains(fields(err), c.field) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if n, err := d.inbox.Count(t.Context(), d.Ana); err != nil || n.Unread != 3 {
			t.Errorf("%d unread, %v; want 3", n.Unread, err)
		}
	})
}

func TestWhoMayNotReadOfItIsNeitherToldNorCounted(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		seq := d.seqs(d.Mo)[0]
		d.Exec("DELETE FROM memberships WHERE person_id = ?", d.Mo.Person)
		if got := d.seen(d.Mo, inbox.Filter{}); got != nil {
			t.Errorf("who has left reads %q", got)
		}
		if n, err := d.inbox.Count(t.Context(), d.Mo); err != nil || n.Unread != 0 {
			t.Errorf("%d unread, %v", n.Unread, err)
		}
		if _, err := d.inbox.Open(t.Context(), d.Mo, seq); errs.KindOf(err) != errs.NotFound {
			t.Errorf("opened: %v", err)
		}
		if _, err := d.inbox.Row(t.Context(), d.Ben, seq); errs.KindOf(err) != errs.NotFound {
			t.Errorf("somebody else's row: %v", err)
		}
	})
}

// fields are those that an error complains of.
func fields(err error) []string {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return nil
	}
	return slices.Sorted(maps.Keys(e.Fields))
}
