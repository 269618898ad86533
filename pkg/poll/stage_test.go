package poll_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/ledger"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// start is when every stage's clock begins.
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

// planned is a close that was asked for.
type planned struct {
	poll int64
	at   time.Time
}

// stage is a group with people and a thread. Ana is its admin, Mo a moderator,
// Ben, Cleo and Dan are members; Eve is in no group, Ada administers the forum
// and is in no group either.
type stage struct {
	t      *testing.T
	db     *store.DB
	clock  *clock
	polls  *poll.Polls
	groups *group.Groups
	forum  *forum.Forum
	thread int64

	ana, mo, ben, cleo, dan, eve, ada access.Actor

	mu      sync.Mutex
	planned []planned
	breaks  func() error  // when a letter is written; nil where none breaks
	letters []mail.Letter // that were written
	read    int           // how many of them told has named
	toTell  []int64       // tellings that wait
}

const groupID = 1

// newStage sets the stage with a group and a thread of the given visibility.
func newStage(t *testing.T, db *store.DB, visibility access.Visibility) *stage {
	t.Helper()
	s := &stage{t: t, db: db, clock: &clock{now: start}}
	people := person.New(db, s.clock.Now, rand.Reader)
	s.groups = group.New(db, people, s.clock.Now, rand.Reader, group.WithPost(func(tx *store.Tx, l mail.Letter) error {
		if s.breaks != nil {
			if err := s.breaks(); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.letters = append(s.letters, l)
		})
		return nil
	}))
	s.forum = forum.New(db, people, markup.New(), s.clock.Now)
	s.polls = poll.New(db, s.groups, s.forum, func(_ *store.Tx, id int64, at time.Time) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.planned = append(s.planned, planned{id, at})
		return nil
	}, s.clock.Now, rand.Reader)
	s.polls.TellBy(func(tx *store.Tx, telling int64) error {
		tx.AfterCommit(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.toTell = append(s.toTell, telling)
		})
		return nil
	})
	s.exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'harbour', 'Harbour', ?, 0)", visibility)
	s.ana, s.mo = s.person("ana", access.Admin), s.person("mo", access.Moderator)
	s.ben, s.cleo, s.dan = s.person("ben", access.Member), s.person("cleo", access.Member), s.person("dan", access.Member)
	s.eve, s.ada = s.person("eve", access.NoRole), s.person("ada", access.NoRole)
	s.ada.Administrator = true
	thread, err := s.forum.Start(t.Context(), s.ana, "harbour", forum.NewThread{Title: "What to do in May"})
	if err != nil {
		t.Fatalf("start a thread: %v", err)
	}
	s.thread = thread.ID
	return s
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
		return tx.Exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (?, ?, ?, 0)", groupID, id, role).Error
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

// number reads one number.
func (s *stage) number(query string, args ...any) int64 {
	s.t.Helper()
	var n int64
	if err := s.db.Read(s.t.Context()).Raw(query, args...).Row().Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// leave takes somebody out of the group.
func (s *stage) leave(who access.Actor) {
	s.t.Helper()
	s.exec("DELETE FROM memberships WHERE person_id = ?", who.Person)
}

// after is an instant some time after the stage was set.
func after(d time.Duration) time.Time { return start.Add(d) }

// proposal and choice are polls that run for a week.
func proposal() poll.NewPoll {
	return poll.NewPoll{Title: "Shall we buy the boat?", Method: tally.Proposal, ClosesAt: after(7 * 24 * time.Hour)}
}

func choice(labels ...string) poll.NewPoll {
	in := poll.NewPoll{Title: "Which evening?", Method: tally.Choice, ClosesAt: after(7 * 24 * time.Hour)}
	for _, l := range labels {
		in.Options = append(in.Options, poll.NewOption{Label: l})
	}
	return in
}

func (s *stage) start(who access.Actor, in poll.NewPoll) poll.Poll {
	s.t.Helper()
	p, err := s.polls.Start(s.t.Context(), who, s.thread, in)
	if err != nil {
		s.t.Fatalf("start a poll: %v", err)
	}
	return p
}

// cast votes for options by their places in the poll.
func (s *stage) cast(who access.Actor, p poll.Poll, reason string, places ...int) (poll.Receipt, error) {
	var ids []int64
	for _, place := range places {
		ids = append(ids, p.Options[place].ID)
	}
	return s.polls.Cast(s.t.Context(), who, p.ID, poll.NewBallot{Answer: marks(ids...), Reason: reason})
}

// marks is the answer that chooses options by their ids.
func marks(ids ...int64) ledger.Answer { return ledger.Answer{Form: tally.Marks, Chosen: ids} }

func (s *stage) mustCast(who access.Actor, p poll.Poll, reason string, places ...int) poll.Receipt {
	s.t.Helper()
	r, err := s.cast(who, p, reason, places...)
	if err != nil {
		s.t.Fatalf("cast a ballot: %v", err)
	}
	return r
}

// again reads the poll as somebody sees it now.
func (s *stage) again(who access.Actor, p poll.Poll) poll.Poll {
	s.t.Helper()
	p, err := s.polls.Poll(s.t.Context(), who, p.ID)
	if err != nil {
		s.t.Fatalf("read the poll: %v", err)
	}
	return p
}

func (s *stage) events(kind event.Kind) []event.Event {
	s.t.Helper()
	all, err := store.Events(s.db.Read(s.t.Context()), event.Thread(s.thread), store.Span{Limit: 10_000})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []event.Event
	for _, e := range all {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// said is an error in short, as "conflict poll.state_closed" or, with fields,
// "invalid title=field.required".
func said(err error) string {
	if err == nil {
		return "yes"
	}
	e, ok := asError(err)
	if !ok {
		return "unclassified: " + err.Error()
	}
	if len(e.Fields) == 0 {
		return fmt.Sprintf("%s %s", e.Kind, e.Code)
	}
	return "invalid" + fieldsIn(e.Fields)
}

func wantSaid(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := said(err); got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func dataOf(t *testing.T, e event.Event) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := json.Unmarshal(e.Data, &out); err != nil {
		t.Fatalf("data of %s: %v", e.Kind, err)
	}
	return out
}

func fieldsIn(fields errs.Fields) string {
	out := ""
	for _, name := range sortedNames(fields) {
		out += " " + name + "=" + fields[name].Code
	}
	return out
}
