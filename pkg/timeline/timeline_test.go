package timeline_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/ledger"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestMain(m *testing.M) { testkit.Main(m) }

// house is a forum with a public group, its convenor mo and its member ben.
type house struct {
	t          *testing.T
	ctx        context.Context
	db         *store.DB
	at         time.Time // moves only when told
	groups     *group.Groups
	forum      *forum.Forum
	polls      *poll.Polls
	themes     *theme.Themes
	programmes *programme.Programmes
	reader     *timeline.Reader
	mo         access.Actor
	ben        access.Actor
}

func newHouse(t *testing.T, db *store.DB) *house {
	h := &house{t: t, ctx: t.Context(), db: db, at: time.Date(2027, 1, 10, 9, 0, 0, 0, time.UTC)}
	people := person.New(db, h.now, rand.Reader)
	h.groups = group.New(db, people, h.now, rand.Reader)
	h.forum = forum.New(db, people, markup.New(), h.now)
	h.polls = poll.New(db, h.groups, h.forum, nil, h.now, rand.Reader)
	h.themes = theme.New(db, h.groups, h.forum, h.polls, h.now)
	h.programmes = programme.New(db, people, h.groups, h.forum, h.polls, h.themes, h.now, rand.Reader)
	h.reader = timeline.New(db, people, h.forum, h.polls, h.themes, h.programmes)
	for _, handle := range []string{"mo", "ben"} {
		p := must(people.Add(h.ctx, access.System(), person.NewPerson{Name: strings.ToUpper(handle), Handle: handle, Affiliation: "Coop"}))(t)
		if handle == "mo" {
			h.mo = p.Actor()
			must(h.groups.Create(h.ctx, h.mo, group.NewGroup{Name: "Harbour", Handle: "harbour"}))(t)
		} else {
			h.ben = p.Actor()
			must(h.groups.AddMember(h.ctx, h.mo, "harbour", handle, access.Member))(t)
		}
	}
	return h
}

func (h *house) now() time.Time { return h.at }

// later lets a minute pass.
func (h *house) later() context.Context {
	h.at = h.at.Add(time.Minute)
	return h.ctx
}

// must ends the test where something failed.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// story has something of every sort happen in a thread, and gives its events.
func (h *house) story() []event.Event {
	t := h.t
	thread := must(h.forum.Start(h.later(), h.mo, "harbour", forum.NewThread{Title: "Boats"}))(t)
	first := must(h.forum.Post(h.later(), h.ben, thread.ID, forum.NewComment{Body: "We need a *crane*"}))(t)
	must(h.forum.Post(h.later(), h.mo, thread.ID, forum.NewComment{Body: "Why?", ParentID: first.ID}))(t)
	gone := must(h.forum.Post(h.later(), h.ben, thread.ID, forum.NewComment{Body: "unspeakable words"}))(t)
	must(h.forum.React(h.later(), h.mo, first.ID, "👍", true))(t)
	if err := h.forum.DeleteComment(h.later(), h.ben, gone.ID); err != nil {
		t.Fatal(err)
	}
	themes := must(h.themes.Propose(h.later(), h.ben, thread.ID, []theme.NewTheme{{Title: "Crane", FromCommentID: first.ID, Quote: "a crane"}, {Title: "Ropes"}, {Title: "Nets"}}))(t)
	must(h.themes.Support(h.later(), h.mo, themes[0].ID))(t)
	must(h.themes.Comment(h.later(), h.mo, themes[0].ID, forum.NewComment{Body: "How high?"}))(t)
	must(h.themes.Decline(h.later(), h.mo, themes[1].ID, "We have ropes"))(t)
	asked := must(h.themes.PollFrom(h.later(), h.mo, thread.ID, []int64{themes[0].ID, themes[2].ID}, poll.NewPoll{Title: "Which first?",
		Method: tally.Choice, ClosesAt: h.at.AddDate(0, 0, 1), Settings: poll.Settings{Results: access.AtClose}}))(t)
	must(h.polls.Cast(h.later(), h.ben, asked.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{asked.Options[1].ID}}, Reason: "secret reasons"}))(t)
	must(h.polls.Close(h.later(), h.mo, asked.ID))(t)
	must(h.polls.Conclude(h.later(), h.mo, asked.ID, poll.NewOutcome{Statement: "Nets **first**.", ReviewOn: "2027-06-01"}))(t)
	gathering := must(h.programmes.Start(h.later(), h.mo, thread.ID, programme.NewProgramme{Title: "Boat day", Zone: "Europe/London",
		Template: programme.OpenSpace, StartsOn: "2027-06-19", Bare: true}))(t)
	must(h.programmes.Publish(h.later(), h.mo, gathering.ID, "Come all", 0))(t)
	must(h.programmes.ProposeSession(h.later(), h.ben, gathering.ID, programme.NewSession{Title: "Knots"}))(t)
	must(h.programmes.Edit(h.later(), h.mo, gathering.ID, programme.Edit{Title: new("A title that nobody else knows")}))(t)
	must(h.programmes.CreateSession(h.later(), h.mo, gathering.ID, programme.NewSession{Title: "A session that nobody else knows"}))(t)
	must(h.programmes.Cancel(h.later(), h.mo, gathering.ID, "Storm"))(t)
	must(h.forum.Close(h.later(), h.mo, thread.ID, "All is said."))(t)
	events, _, err := h.forum.Timeline(h.later(), h.mo, thread.ID, store.Span{Limit: 100})
	return must(events, err)(t)
}

func TestAnEntryCarriesWhatItsEventTellsOf(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		events := h.story()
		entries := must(h.reader.Entries(h.ctx, events))(t)
		if len(entries) != len(events) {
			t.Fatalf("%d entries of %d events", len(entries), len(events))
		}
		for i, e := range entries {
			named := e.Actor.Handle != ""
			if e.Seq != events[i].Seq || e.Event.Actor != e.Actor.ID || named == (e.Kind == event.PollVoted) {
				t.Errorf("entry %d is %+v of %+v", i, e, events[i])
			}
			told := map[string]bool{"comment": e.Comment != nil, "theme": e.Theme != nil, "poll": e.Poll != nil, "outcome": e.Poll != nil && e.Poll.Outcome != nil,
				"programme": e.Programme != nil, "session": e.Session != nil}
			if noun := e.Kind.Noun(); noun != "thread" && !told[noun] {
				t.Errorf("%s comes without what it is about", e.Kind)
			}
		}
		if last := entries[len(entries)-1]; last.Kind != event.ThreadClosed || last.Reason != "All is said." {
			t.Errorf("the closing is %+v", last)
		}
	})
}

func TestTheJSONOfATimelineIsThatOfTheGoldenFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	var items []timeline.Item
	for _, e := range must(h.reader.Entries(h.ctx, h.story()))(t) {
		items = append(items, timeline.JSON(e))
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(items); err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"unspeakable", "secret reasons"} {
		if strings.Contains(b.String(), hidden) {
			t.Errorf("the JSON says %q", hidden)
		}
	}
	// Heads differ from run to run: pseudonyms are made by chance.
	told := regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(b.String(), "HEAD")
	if strings.Contains(told, "nobody else knows") {
		t.Error("the timeline tells what has not been published")
	}
	const name = "testdata/timeline.json"
	if *update {
		if err := os.WriteFile(name, []byte(told), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := must(os.ReadFile(name))(t)
	if diff := cmp.Diff(string(want), told); diff != "" {
		t.Errorf("%s (-) differs from what is (+); -update writes it anew:\n%s", name, diff)
	}
}

func TestManyEventsCostNoMoreQueriesThanFew(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		few := h.story()
		many := few
		for range 15 {
			many = append(many, h.story()...)
		}
		cost := map[int]int{}
		for _, events := range [][]event.Event{few, many} {
			cost[len(events)] = h.queries(func() { must(h.reader.Entries(h.ctx, events))(t) })
		}
		if cost[len(few)] != cost[len(many)] || cost[len(few)] > 24 || cost[len(few)] < 4 {
			t.Errorf("queries by number of events: %v", cost)
		}
		if n := h.queries(func() { must(h.reader.Entries(h.ctx, nil))(t) }); n > 1 {
			t.Errorf("no events cost %d queries", n)
		}
	})
}

// queries counts what do asks of the database.
func (h *house) queries(do func()) int {
	h.t.Helper()
	n := 0
	count := func(*gorm.DB) { n++ }
	calls := h.db.Read(h.ctx).Callback()
	name := fmt.Sprintf("count:%p", &n)
	for _, err := range []error{calls.Query().Register(name, count), calls.Row().Register(name, count), calls.Raw().Register(name, count)} {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	do()
	for _, err := range []error{calls.Query().Remove(name), calls.Row().Remove(name), calls.Raw().Remove(name)} {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return n
}

func TestMembershipsNameTheMember(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		home := must(h.groups.ByHandle(h.ctx, h.mo, "harbour"))(t)
		events := must(store.Events(db.Read(h.ctx), event.Group(home.ID), store.Span{Limit: 10}))(t)
		entries := must(h.reader.Entries(h.ctx, events))(t)
		last := entries[len(entries)-1]
		if last.Kind != event.MemberJoined || last.Member == nil || last.Member.Handle != "ben" || last.Actor.Handle != "mo" {
			t.Errorf("%+v", last)
		}
	})
}

func TestWhatCannotBeFoundLeavesItsPlaceEmpty(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	events := []event.Event{
		{Kind: event.CommentCreated, Seq: 1, Subject: 99}, {Kind: event.ThemeProposed, Seq: 2, Subject: 99},
		{Kind: event.PollClosed, Seq: 3, Subject: 99, Data: json.RawMessage(`{"by":"time"}`)}, {Kind: "later.invented", Seq: 4, Subject: 99},
	}
	for _, e := range must(h.reader.Entries(h.ctx, events))(t) {
		item := timeline.JSON(e)
		if item.Actor != nil || item.Comment != nil || item.Theme != nil || item.Poll != nil {
			t.Errorf("%s: %+v", e.Kind, item)
		}
		if e.Kind == event.PollClosed && item.By != "time" {
			t.Errorf("closed by %q", item.By)
		}
	}
	if _, err := h.reader.Entries(h.ctx, []event.Event{{Kind: event.ThreadClosed, Data: json.RawMessage(`{`)}}); err == nil {
		t.Error("unreadable data passes")
	}
}
