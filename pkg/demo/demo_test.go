package demo_test

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/demo"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/markup"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// rooms are the forum as it is after the play, at the present.
type rooms struct {
	db     *store.DB
	people *person.People
	groups *group.Groups
	forum  *forum.Forum
	polls  *poll.Polls
	themes *theme.Themes
	events *programme.Programmes
}

func open(db *store.DB, at time.Time) rooms {
	now := func() time.Time { return at }
	r := rooms{db: db}
	r.people = person.New(db, now, rand.Reader)
	r.groups = group.New(db, r.people, now, rand.Reader)
	r.forum = forum.New(db, r.people, markup.New(), now)
	r.polls = poll.New(db, r.groups, r.forum, func(*store.Tx, int64, time.Time) error { return nil }, now, rand.Reader)
	r.themes = theme.New(db, r.groups, r.forum, r.polls, now)
	r.events = programme.New(db, r.people, r.groups, r.forum, r.polls, r.themes, now, rand.Reader)
	return r
}

func (r rooms) threads(t *testing.T, who access.Actor, handle string) []forum.ThreadRow {
	t.Helper()
	list, err := r.forum.Threads(t.Context(), who, handle, forum.ThreadsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func (r rooms) main(t *testing.T, who access.Actor) forum.ThreadRow {
	t.Helper()
	first := r.threads(t, who, "lodestone")[0]
	if first.PinnedAt == nil {
		t.Fatalf("the first thread, %q, is not pinned", first.Title)
	}
	return first
}

// fill plays the assembly for a newcomer who has just set the forum up.
func fill(t *testing.T, db *store.DB) (rooms, access.Actor, demo.Guide) {
	t.Helper()
	r := open(db, noon)
	real, err := r.people.Add(t.Context(), access.System(), person.NewPerson{Name: "Nadia Newcomer", Administrator: true})
	if err != nil {
		t.Fatal(err)
	}
	guide, err := demo.Fill(t.Context(), db, demo.Options{Random: rand.Reader, Now: noon, Guest: real.ID})
	if err != nil {
		t.Fatal(err)
	}
	return r, real.Actor(), guide
}

func TestTheAssemblyIsPlayedOnBothDatabases(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		r, guest, guide := fill(t, db)
		want := demo.Guide{Groups: []string{"lodestone", "programme", "board"}, People: 16, Threads: 10,
			Comments: guide.Comments, Themes: guide.Themes, Polls: 3, Start: r.main(t, guest).Path()}
		if diff := cmp.Diff(want, guide); diff != "" {
			t.Errorf("the guide (-want +got):\n%s", diff)
		}
		t.Run("it is refused a second time", func(t *testing.T) {
			_, err := demo.Fill(t.Context(), db, demo.Options{Random: rand.Reader, Now: noon})
			if !errs.Is(err, errs.Conflict) || errs.CodeOf(err) != "demo.not_empty" {
				t.Errorf("got %v", err)
			}
		})
		t.Run("timelines have no gaps and no clock runs backwards", func(t *testing.T) { gapless(t, r, guide) })
		t.Run("counts are recounts", func(t *testing.T) { counted(t, r, guest, guide) })
		t.Run("the main thread shows what a thread can be", func(t *testing.T) { mainThread(t, r, guest) })
		t.Run("a vote is open and waits for the newcomer", func(t *testing.T) { openPoll(t, r, guest) })
		t.Run("a vote is closed, with an outcome to look at again", func(t *testing.T) { closedPoll(t, r, guest) })
		t.Run("the groups are what they are to each reader", func(t *testing.T) { readers(t, r, guest) })
		t.Run("the newcomer has things to read", func(t *testing.T) { unread(t, r, guest) })
		t.Run("nobody of them can sign in", func(t *testing.T) { locked(t, r) })
		t.Run("themes stand together, and two have become one", func(t *testing.T) { convened(t, r, guest) })
		t.Run("the event has a programme, and people come", func(t *testing.T) { planned(t, r, guest) })
	})
}

func gapless(t *testing.T, r rooms, guide demo.Guide) {
	for id := range int64(guide.Threads) {
		events, err := store.Events(r.db.Read(t.Context()), event.Thread(id+1), store.Span{Limit: 10000})
		if err != nil {
			t.Fatal(err)
		}
		var item int64
		before := noon.AddDate(0, 0, -60)
		for i, e := range events {
			if e.Seq != int64(i+1) {
				t.Fatalf("thread %d: event %d has seq %d", id+1, i, e.Seq)
			}
			if e.Kind.Shown() {
				if item++; e.Item != item {
					t.Fatalf("thread %d: seq %d has item %d, want %d", id+1, e.Seq, e.Item, item)
				}
			}
			if e.At.Before(before) || e.At.After(noon) {
				t.Fatalf("thread %d: seq %d happened at %v, after %v", id+1, e.Seq, e.At, before)
			}
			before = e.At
		}
		if len(events) == 0 || events[0].Kind != event.ThreadCreated {
			t.Errorf("thread %d does not begin with its beginning", id+1)
		}
	}
}

// counted compares what is stored as a count with the rows behind it.
func counted(t *testing.T, r rooms, guest access.Actor, guide demo.Guide) {
	for _, c := range []struct {
		what, sql string
		want      int
	}{
		{"comments", "SELECT COUNT(*) FROM comments", guide.Comments},
		{"themes", "SELECT COUNT(*) FROM themes", guide.Themes},
		{"threads whose comments are counted wrongly", "SELECT COUNT(*) FROM threads AS t WHERE comment_count <> (SELECT COUNT(*) FROM comments AS c WHERE c.thread_id = t.id AND c.deleted_at IS NULL)", 0},
		{"threads whose readers are counted wrongly", "SELECT COUNT(*) FROM threads AS t WHERE seen_by_count <> (SELECT COUNT(*) FROM read_states AS s WHERE s.thread_id = t.id)", 0},
		{"themes whose support is counted wrongly", "SELECT COUNT(*) FROM themes AS t WHERE support_count <> (SELECT COUNT(*) FROM theme_supports AS s WHERE s.theme_id = t.id)", 0},
		{"polls whose ballots are counted wrongly", "SELECT COUNT(*) FROM polls AS p WHERE ballot_count <> (SELECT COUNT(*) FROM ballots AS b WHERE b.poll_id = p.id)", 0},
		{"polls that are open after their time", fmt.Sprintf("SELECT COUNT(*) FROM polls WHERE state = 'open' AND closes_at <= %d", noon.UnixMicro()), 0},
	} {
		var got int
		if err := r.db.Read(t.Context()).Raw(c.sql).Scan(&got).Error; err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}

func mainThread(t *testing.T, r rooms, guest access.Actor) {
	thread := r.main(t, guest)
	if thread.CommentCount < 25 || thread.CommentCount > 40 || thread.SeenByCount < 16 {
		t.Errorf("%d comments, seen by %d", thread.CommentCount, thread.SeenByCount)
	}
	events, _, err := r.forum.Timeline(t.Context(), guest, thread.ID, store.Span{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[event.Kind]int{}
	var ids []int64
	for _, e := range events {
		kinds[e.Kind]++
		if e.Kind == event.CommentCreated {
			ids = append(ids, e.Subject)
		}
	}
	for _, kind := range []event.Kind{event.CommentEdited, event.CommentDeleted, event.CommentReacted, event.ThreadPinned, event.ThemeProposed,
		event.ThemeSupported, event.ThemeWithdrawn, event.ThemeDeclined, event.ThemeShortlisted, event.PollOpened, event.PollVoted} {
		if kinds[kind] == 0 {
			t.Errorf("nothing of kind %s happened", kind)
		}
	}
	comments, err := r.forum.Comments(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	replies, html := 0, thread.BodyHTML
	for _, c := range comments {
		if c.Parent != nil {
			replies++
		}
		html += c.BodyHTML
	}
	if replies < 8 {
		t.Errorf("only %d replies", replies)
	}
	for _, part := range []string{"<table", "<ol", "<ul", "<blockquote", `class="mention"`, `type="checkbox"`, "<del", "<a href=\"https://"} {
		if !strings.Contains(html, part) {
			t.Errorf("there is no %s", part)
		}
	}
	board, err := r.themes.OfThread(t.Context(), guest, thread.ID, theme.ThemesQuery{})
	if err != nil {
		t.Fatal(err)
	}
	from := map[int64]int{}
	for _, one := range board.Items {
		from[one.FromCommentID]++
		if one.FromCommentID != 0 && one.Quote != "" && !strings.Contains(comments[one.FromCommentID].Body, one.Quote) {
			t.Errorf("%q quotes what its comment does not say", one.Title)
		}
	}
	if from[0] < 3 {
		t.Errorf("%d themes were proposed directly", from[0])
	}
	delete(from, 0)
	most := 0
	for _, n := range from {
		most = max(most, n)
	}
	if most != 3 {
		t.Errorf("a comment gave %d themes, want 3", most)
	}
}

func openPoll(t *testing.T, r rooms, guest access.Actor) {
	waiting, err := r.polls.NeedsVote(t.Context(), guest)
	if err != nil {
		t.Fatal(err)
	}
	if len(waiting) != 2 || waiting[0].Method != tally.Choice || len(waiting[0].Options) != 5 {
		t.Fatalf("waiting: %+v", waiting)
	}
	if own := waiting[1]; !own.Alone || own.BallotCount != 3 {
		t.Errorf("the poll on its own: %+v", own)
	}
	p := waiting[0]
	if p.VoterCount != 17 || p.BallotCount != 11 || !p.ClosesAt.After(noon.AddDate(0, 0, 3)) {
		t.Errorf("%d of %d voted, closes at %v", p.BallotCount, p.VoterCount, p.ClosesAt)
	}
	for _, o := range p.Options {
		if o.ThemeID == 0 {
			t.Errorf("option %q stands for no theme", o.Label)
		}
	}
	ballots, err := r.polls.Ballots(t.Context(), guest, p.ID, page.Page{})
	if err != nil {
		t.Fatal(err)
	}
	reasons := 0
	for _, b := range ballots.Items {
		if b.Reason != "" {
			reasons++
		}
	}
	if reasons < 4 {
		t.Errorf("%d ballots have a reason", reasons)
	}
}

func closedPoll(t *testing.T, r rooms, guest access.Actor) {
	decided, err := r.polls.Decisions(t.Context(), guest, "lodestone", poll.DecisionsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(decided.Items) != 1 {
		t.Fatalf("%d decisions", len(decided.Items))
	}
	p := decided.Items[0]
	if p.Outcome.ReviewOn != "2026-06-28" || !p.Outcome.CreatedAt.After(*p.ClosedAt) {
		t.Errorf("closed at %v, outcome %+v", p.ClosedAt, p.Outcome)
	}
	result, err := r.polls.Results(t.Context(), guest, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	votes := map[string]int64{}
	for _, row := range result.Table {
		votes[row.Key] = row.Votes
	}
	want := map[string]int64{"agree": 10, "abstain": 2, "disagree": 1, "block": 0}
	if diff := cmp.Diff(want, votes); result.Status != tally.Passed || diff != "" {
		t.Errorf("%s (-want +got):\n%s", result.Status, diff)
	}
}

func readers(t *testing.T, r rooms, guest access.Actor) {
	for _, c := range []struct {
		who            string
		actor          access.Actor
		groups, public int
	}{
		{"a visitor", access.Visitor(), 2, 7},
		{"the newcomer", guest, 3, 9}, // one of them shared from the working group
	} {
		list, err := r.groups.List(t.Context(), c.actor, page.Page{})
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Items) != c.groups {
			t.Errorf("%s sees %d groups, want %d", c.who, len(list.Items), c.groups)
		}
		if got := len(r.threads(t, c.actor, "lodestone")); got != c.public {
			t.Errorf("%s sees %d threads of the network, want %d", c.who, got, c.public)
		}
	}
	waiting, err := r.groups.Requests(t.Context(), guest, "programme")
	if err != nil || len(waiting) != 1 || waiting[0].Answer == "" {
		t.Errorf("who waits at the working group's door: %+v, %v", waiting, err)
	}
	mine, err := r.groups.Mine(t.Context(), guest)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range mine {
		if g.Role != access.Moderator {
			t.Errorf("the newcomer is %s in %s", g.Role, g.Handle)
		}
	}
	closed := 0
	for _, thread := range r.threads(t, guest, "lodestone") {
		if thread.Closed() {
			closed++
			if thread.CloseReason == "" {
				t.Errorf("%q was closed without a reason", thread.Title)
			}
		}
		if len(thread.Tags) == 0 {
			t.Errorf("%q has no tag", thread.Title)
		}
	}
	if closed != 1 {
		t.Errorf("%d threads are closed", closed)
	}
}

func unread(t *testing.T, r rooms, guest access.Actor) {
	rows, err := r.forum.Unread(t.Context(), guest, 20)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 5 {
		t.Errorf("%d threads have something unread", len(rows))
	}
	thread := r.main(t, guest)
	if !thread.Opened || thread.Unread < 3 || thread.Unread > 10 {
		t.Errorf("the main thread: opened %v, %d unread", thread.Opened, thread.Unread)
	}
	named, err := r.forum.Mentions(t.Context(), guest, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(named) != 1 || !strings.Contains(named[0].Comment.Body, "@nadia-newcomer") {
		t.Errorf("the newcomer is named in %d comments", len(named))
	}
}

func locked(t *testing.T, r rooms) {
	var open int
	err := r.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM people WHERE password_hash <> '' OR email IS NOT NULL").Scan(&open).Error
	if err != nil || open != 0 {
		t.Errorf("%d people could sign in (%v)", open, err)
	}
}

func TestTheAssemblyCanBePlayedWithoutAGuestAtAnyHour(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{
		time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC),
		time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC),
		time.Date(2026, 10, 25, 9, 30, 0, 0, time.FixedZone("", -8*3600)),
	} {
		t.Run(at.Format(time.RFC3339), func(t *testing.T) {
			t.Parallel()
			db := testkit.SQLite(t)
			var due []time.Time
			guide, err := demo.Fill(t.Context(), db, demo.Options{Random: rand.Reader, Now: at,
				Schedule: func(_ *store.Tx, _ int64, closes time.Time) error { due = append(due, closes); return nil }})
			if err != nil {
				t.Fatal(err)
			}
			if len(due) != 2 || !due[0].After(at) || !due[1].After(at) {
				t.Errorf("closings that were handed on: %v; want the two to come", due)
			}
			r := open(db, at)
			thread, err := r.forum.Thread(t.Context(), access.Visitor(), r.main(t, access.Visitor()).ID)
			if err != nil {
				t.Fatal(err)
			}
			all := everything(t, r)
			if left := regexp.MustCompile(`\{[^}]*\}`).FindAllString(all, -1); left != nil {
				t.Errorf("not replaced: %v", left)
			}
			if !strings.Contains(thread.Body, "Thursday ") || strings.Contains(all, "@guest") {
				t.Error("days or names are missing")
			}
			if guide.Comments < 70 {
				t.Errorf("%d comments", guide.Comments)
			}
		})
	}
}

func convened(t *testing.T, r rooms, guest access.Actor) {
	list, err := r.themes.OfThread(t.Context(), guest, r.main(t, guest).ID, theme.ThemesQuery{Page: page.Page{Limit: page.Max}})
	if err != nil {
		t.Fatal(err)
	}
	var parts int
	var merged, credited string
	for _, one := range list.Items {
		parts = max(parts, len(one.Parts))
		if one.State == access.Merged {
			merged = one.MergedInto.Title
		}
		for _, b := range one.Credits {
			credited = b.Name + ": " + one.Title
		}
	}
	const nights = "Who gets to come to meetings? Night shifts, children, and the people we never hear"
	if parts != 5 || merged != nights || !strings.HasSuffix(credited, ": "+nights) {
		t.Errorf("%d parts of a theme; one has become part of %q; credited: %q", parts, merged, credited)
	}
}

func planned(t *testing.T, r rooms, guest access.Actor) {
	events, err := r.events.OfThread(t.Context(), guest, r.main(t, guest).ID)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events in the thread, %v", len(events), err)
	}
	plan, err := r.events.Published(t.Context(), guest, events[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Days) != 3 || len(plan.Rooms) != 3 || len(plan.Sessions) != 11 {
		t.Errorf("%d days, %d rooms and %d sessions", len(plan.Days), len(plan.Rooms), len(plan.Sessions))
	}
	for _, s := range plan.Sessions {
		if s.SlotID == 0 || s.State != programme.Confirmed {
			t.Errorf("%q is %s, in slot %d", s.Title, s.State, s.SlotID)
		}
		if s.Title == "The bakery at work" && (s.Going != 4 || s.Waiting != 2) {
			t.Errorf("%d go to the bakery and %d wait, want 4 and 2", s.Going, s.Waiting)
		}
	}
	for _, c := range programme.Clashes(plan, nil) {
		if c.Kind != programme.CapacityClash { // more want to see the bakery than it holds
			t.Errorf("the made-up programme clashes: %+v", c)
		}
	}
}
