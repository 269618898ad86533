package theme_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// stage is a group with people and a thread. Mo is a moderator; Ben, Cleo and
// Dan are members; Eve is in no group.
type stage struct {
	t      *testing.T
	db     *store.DB
	clock  *clock
	themes *theme.Themes
	polls  *poll.Polls
	forum  *forum.Forum
	thread int64

	letters []mail.Letter

	mo, ben, cleo, dan, eve access.Actor
}

func newStage(t *testing.T, db *store.DB, visibility access.Visibility) *stage {
	t.Helper()
	s := &stage{t: t, db: db, clock: &clock{now: start}}
	people := person.New(db, s.clock.Now, rand.Reader)
	groups := group.New(db, people, s.clock.Now, rand.Reader, group.WithPost(s.keep))
	s.forum = forum.New(db, people, markup.New(), s.clock.Now)
	s.polls = poll.New(db, groups, s.forum, nil, s.clock.Now, rand.Reader)
	s.themes = theme.New(db, groups, s.forum, s.polls, s.clock.Now)
	s.exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'harbour', 'Harbour', ?, 0)", visibility)
	s.mo, s.ben, s.cleo = s.person("mo", access.Moderator), s.person("ben", access.Member), s.person("cleo", access.Member)
	s.dan, s.eve = s.person("dan", access.Member), s.person("eve", access.NoRole)
	s.thread = s.newThread()
	return s
}

func (s *stage) keep(_ *store.Tx, l mail.Letter) error {
	s.letters = append(s.letters, l)
	return nil
}

func (s *stage) newThread() int64 {
	s.t.Helper()
	thread, err := s.forum.Start(s.t.Context(), s.mo, "harbour", forum.NewThread{Title: "What to talk about in May"})
	if err != nil {
		s.t.Fatalf("start a thread: %v", err)
	}
	return thread.ID
}

// person adds somebody, to the group too unless the role is none.
func (s *stage) person(name string, role access.Role) access.Actor {
	s.t.Helper()
	var id int64
	err := s.db.Write(s.t.Context(), func(tx *store.Tx) error {
		if err := tx.Raw("INSERT INTO people (handle, name, created_at) VALUES (?, ?, 0) RETURNING id", name, name).Row().Scan(&id); err != nil {
			return err
		}
		if role == access.NoRole {
			return nil
		}
		return tx.Exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, ?, ?, 0)", id, role).Error
	})
	if err != nil {
		s.t.Fatalf("add %s: %v", name, err)
	}
	return access.Actor{Person: id}
}

func (s *stage) exec(query string, args ...any) {
	s.t.Helper()
	if err := s.db.Write(s.t.Context(), func(tx *store.Tx) error { return tx.Exec(query, args...).Error }); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
}

func (s *stage) number(query string, args ...any) int64 {
	s.t.Helper()
	var n int64
	if err := s.db.Read(s.t.Context()).Raw(query, args...).Row().Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// comment posts a comment and gives its id.
func (s *stage) comment(who access.Actor, thread int64, body string) int64 {
	s.t.Helper()
	c, err := s.forum.Post(s.t.Context(), who, thread, forum.NewComment{Body: body})
	if err != nil {
		s.t.Fatalf("comment: %v", err)
	}
	return c.ID
}

// propose puts themes of these titles into the thread.
func (s *stage) propose(who access.Actor, titles ...string) []theme.Theme {
	s.t.Helper()
	in := make([]theme.NewTheme, len(titles))
	for i, title := range titles {
		in[i].Title = title
	}
	out, err := s.themes.Propose(s.t.Context(), who, s.thread, in)
	if err != nil {
		s.t.Fatalf("propose: %v", err)
	}
	return out
}

func (s *stage) again(who access.Actor, th theme.Theme) theme.Theme {
	s.t.Helper()
	th, err := s.themes.Theme(s.t.Context(), who, th.ID)
	if err != nil {
		s.t.Fatalf("read the theme: %v", err)
	}
	return th
}

func (s *stage) events(kind event.Kind) []event.Event {
	s.t.Helper()
	all, err := store.Events(s.db.Read(s.t.Context()), event.Thread(s.thread), store.Span{Limit: 10_000})
	if err != nil {
		s.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(e event.Event) bool { return e.Kind != kind })
}

// ballot is a choice that runs for a day.
func ballot() poll.NewPoll {
	return poll.NewPoll{Title: "Which themes?", Method: tally.Choice, ClosesAt: start.Add(24 * time.Hour)}
}

// said is an error in short, as "conflict theme.state_declined" or, with fields,
// "invalid title=field.required".
func said(err error) string {
	if err == nil {
		return "yes"
	}
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return "unclassified: " + err.Error()
	}
	if len(e.Fields) == 0 {
		return fmt.Sprintf("%s %s", e.Kind, e.Code)
	}
	out := "invalid"
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		out += " " + name + "=" + e.Fields[name].Code
	}
	return out
}

func wantSaid(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := said(err); got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func titles(list []theme.Theme) []string {
	out := []string{}
	for _, th := range list {
		out = append(out, th.Title)
	}
	return out
}
