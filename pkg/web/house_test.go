package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/blob"
	"plenary/pkg/edge"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/i18n"
	"plenary/pkg/jobs"
	"plenary/pkg/ledger"
	"plenary/pkg/live"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/mydata"
	"plenary/pkg/notify"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/system"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	chromium "plenary/pkg/testkit/browser"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
	"plenary/pkg/web/view"
	"plenary/static"
	"plenary/templates"
)

func TestMain(m *testing.M) {
	code := m.Run()
	chromium.Stop()
	testkit.DropTemplate()
	os.Exit(code)
}

const origin = "http://forum.test"

// clock is a hand-set time that everybody in a house goes by.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is a whole forum behind its real router, with a cast of people: an
// administrator, a group's admin, moderator and two members, and a stranger.
type house struct {
	t     testing.TB
	clock *clock
	db    *store.DB
	site  *Site
	edge  *edge.Edge
	jobs  *jobs.Jobs
	mail  *notify.Outbox
	way   notify.Way // how mail leaves; nothing does unless a test says so
	who   map[string]person.Person
	box   outbox

	letters []mail.Letter
	exports []int64 // to be made
}

// outbox keeps the letters that have left.
type outbox struct {
	mu      sync.Mutex
	letters []mail.Letter
}

func (h *house) post(tx *store.Tx, l mail.Letter) error {
	tx.AfterCommit(func() {
		h.box.mu.Lock()
		defer h.box.mu.Unlock()
		h.box.letters = append(h.box.letters, l)
		h.letters = append(h.letters, l)
	})
	return h.mail.Queue(tx, l)
}

// told is the last one that has left, which has to be of the kind.
func (h *house) told(kind string) mail.Letter {
	h.t.Helper()
	h.box.mu.Lock()
	defer h.box.mu.Unlock()
	if n := len(h.box.letters); n == 0 || h.box.letters[n-1].Kind != kind {
		h.t.Fatalf("letters %+v; want the last of kind %s", h.box.letters, kind)
	}
	l := h.box.letters[len(h.box.letters)-1]
	h.box.letters = nil
	return l
}

func newHouse(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: &clock{now: time.Date(2031, 6, 2, 9, 0, 0, 0, time.UTC)}, who: map[string]person.Person{}}
	words, err := i18n.Load()
	h.must(err)
	assets, err := static.Open()
	h.must(err)
	pages, err := view.New(view.Options{Files: templates.Files, Bundle: words, Asset: assets.URL})
	h.must(err)
	blobs, err := blob.Open(t.TempDir())
	h.must(err)
	h.jobs, err = jobs.New(db, testkit.Quiet(), jobs.Settings{})
	h.must(err)
	h.must(h.jobs.Migrate(context.Background()))
	h.mail, err = notify.New(db, h.jobs, words, h.clock.Now)
	h.must(err)
	base, err := url.Parse(origin)
	h.must(err)
	people := person.New(db, h.clock.Now, rand.Reader, person.WithCost(person.Cost{Memory: 8, Time: 1, Threads: 1}), person.WithPost(h.post))
	h.way = notify.Way{From: mail.Address{Email: "noreply@forum.test"}, Base: base, Forum: people.ForumName}
	h.mail.SendBy(h.way)
	groups := group.New(db, people, h.clock.Now, rand.Reader, group.WithPost(h.mail.Queue))
	threads := forum.New(db, people, markup.New(), h.clock.Now)
	polls := poll.New(db, groups, threads, nil, h.clock.Now, rand.Reader)
	themes := theme.New(db, groups, threads, polls, h.clock.Now)
	programmes := programme.New(db, people, groups, threads, polls, themes, h.clock.Now, rand.Reader)
	h.site, err = New(Config{View: pages, Words: words, People: people, Groups: groups, Forum: threads, Polls: polls, Templates: template.New(db, groups, polls, h.clock.Now), Themes: themes, Programmes: programmes,
		Timeline: timeline.New(db, people, threads, polls, themes, programmes), Blobs: blobs, Mail: h.mail, System: system.New(db, h.jobs, blobs, "test", ""),
		MyData: mydata.New(db, people, groups, polls, blobs, words, h.later(), h.clock.Now), Demo: func(context.Context, access.Actor) error { return nil },
		Ready: db.Ping, Version: "test", Now: h.clock.Now, Random: rand.Reader})
	h.must(err)
	people.Reached(base)
	h.edge, err = edge.New(edge.Config{BaseURL: base, DB: db, People: people, Words: words, Assets: assets, Log: testkit.Quiet(),
		Now: h.clock.Now, ErrorPage: h.site.ErrorPage})
	h.must(err)
	h.site.Routes(h.edge, h.newHub())
	h.cast()
	return h
}

// later notes which exports are to be made.
func (h *house) later() mydata.Later {
	return mydata.Later{
		Make: func(tx *store.Tx, id int64) error {
			tx.AfterCommit(func() { h.exports = append(h.exports, id) })
			return nil
		},
		Drop: func(*store.Tx, []string, time.Time) error { return nil },
	}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// newHub is a hub that asks the rooms, as far as tests of pages need it.
func (h *house) newHub() *live.Hub {
	allow := func(context.Context, access.Actor, event.Topic) error { return nil }
	hub, err := live.NewHub(live.Config{Bus: live.NewMemory(), Node: "test", Languages: []string{"en"}, Drain: time.Millisecond,
		Origins: func(*http.Request) []string { return []string{origin} }, Authorize: allow, MayWrite: allow, SeeWho: allow,
		Replay: func(ctx context.Context, t event.Topic, after int64, limit int) ([]event.Event, error) {
			return store.Events(h.db.Read(ctx), t, store.Span{After: after, Limit: limit})
		},
		Heads: h.db.Heads, Render: h.site.RenderEvents,
		PollThread: func(context.Context, int64) (int64, error) { return 0, nil },
		Sessions:   func(context.Context, []string) ([]string, error) { return nil, nil }})
	h.must(err)
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := hub.Close(ctx); err != nil {
			h.t.Errorf("close the hub: %v", err)
		}
	})
	return hub
}

const password = "a long and quiet evening"

func (h *house) cast() {
	ctx := context.Background()
	for _, name := range []string{"Root", "Ada", "Mona", "Ben", "Cleo", "Stan"} {
		handle := strings.ToLower(name)
		p, err := h.site.People.Add(ctx, access.System(), person.NewPerson{Name: name + " Example", Handle: handle, Email: handle + "@example.org",
			Affiliation: name + " Co-op", Password: password, Administrator: name == "Root"})
		h.must(err)
		h.who[handle] = p
	}
	h.group("harbour", access.Public)
	h.group("cellar", access.Closed)
	h.group("attic", access.Secret)
}

// group makes a group with Ada as admin, Mona as moderator, Ben and Cleo.
func (h *house) group(handle string, v access.Visibility) {
	ctx := context.Background()
	_, err := h.site.Groups.Create(ctx, h.actor("ada"), group.NewGroup{Name: "The " + handle, Handle: handle, Visibility: v})
	h.must(err)
	for name, role := range map[string]access.Role{"mona": access.Moderator, "ben": access.Member, "cleo": access.Member} {
		_, err := h.site.Groups.AddMember(ctx, h.actor("ada"), handle, name, role)
		h.must(err)
	}
}

func (h *house) actor(name string) access.Actor {
	if name == "" {
		return access.Visitor()
	}
	p, ok := h.who[name]
	if !ok {
		h.t.Fatalf("there is no %s in the cast", name)
	}
	return p.Actor()
}

func (h *house) thread(by, groupHandle, title string) forum.Thread {
	h.t.Helper()
	t, err := h.site.Forum.Start(context.Background(), h.actor(by), groupHandle, forum.NewThread{Title: title, Body: "What do *you* think?"})
	h.must(err)
	return t
}

func (h *house) comment(by string, thread int64, body string) forum.Comment {
	h.t.Helper()
	c, err := h.site.Forum.Post(context.Background(), h.actor(by), thread, forum.NewComment{Body: body})
	h.must(err)
	return c
}

func (h *house) theme(by string, thread int64, title string) theme.Theme {
	h.t.Helper()
	made, err := h.site.Themes.Propose(context.Background(), h.actor(by), thread, []theme.NewTheme{{Title: title}})
	h.must(err)
	return made[0]
}

// proposal opens a poll about a proposal.
func (h *house) proposal(by string, thread int64, shown access.Results) poll.Poll {
	h.t.Helper()
	p, err := h.site.Polls.Start(context.Background(), h.actor(by), thread, poll.NewPoll{Title: "Shall we?", Method: "proposal", Settings: poll.Settings{Results: shown},
		ClosesAt: h.clock.Now().Add(72 * time.Hour)})
	h.must(err)
	return p
}

func (h *house) vote(by string, p poll.Poll, option int) {
	h.t.Helper()
	_, err := h.site.Polls.Cast(context.Background(), h.actor(by), p.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{p.Options[option].ID}}})
	h.must(err)
}

func (h *house) timeline(thread int64) []event.Event {
	h.t.Helper()
	events, err := store.Events(h.db.Read(context.Background()), event.Thread(thread), store.Span{Limit: 100_000})
	h.must(err)
	return events
}

func onBoth(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	testkit.Databases(t, func(t *testing.T, db *store.DB) { test(t, newHouse(t, db)) })
}
