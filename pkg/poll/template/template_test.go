package template_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// stage is a group with a thread: Mo is its moderator, Ben and Cleo are members, and
// Eve is not.
type stage struct {
	polls              *poll.Polls
	templates          *template.Templates
	thread             int64
	mo, ben, cleo, eve access.Actor
}

func newStage(t *testing.T, db *store.DB) *stage {
	t.Helper()
	s, now := &stage{}, func() time.Time { return start }
	people := person.New(db, now, rand.Reader)
	groups := group.New(db, people, now, rand.Reader)
	threads := forum.New(db, people, markup.New(), now)
	s.polls = poll.New(db, groups, threads, nil, now, rand.Reader)
	s.templates = template.New(db, groups, s.polls, now)
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.Exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'harbour', 'Harbour', 'public', 0)").Error; err != nil {
			return err
		}
		for _, p := range []struct {
			who  *access.Actor
			name string
			role access.Role
		}{{&s.mo, "mo", access.Moderator}, {&s.ben, "ben", access.Member}, {&s.cleo, "cleo", access.Member}, {&s.eve, "eve", access.NoRole}} {
			if err := tx.Raw("INSERT INTO people (handle, name, created_at) VALUES (?, ?, 0) RETURNING id", p.name, p.name).Row().Scan(&p.who.Person); err != nil {
				return err
			}
			if p.role == access.NoRole {
				continue
			}
			if err := tx.Exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, ?, ?, 0)", p.who.Person, p.role).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	thread, err := threads.Start(t.Context(), s.mo, "harbour", forum.NewThread{Title: "What to do in May"})
	if err != nil {
		t.Fatal(err)
	}
	s.thread = thread.ID
	return s
}

// wantSaid compares an error in short, as "forbidden access.members_only" or with its
// fields, as "invalid name=field.required".
func wantSaid(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := fmt.Sprint(err)
	if e, is := errors.AsType[*errs.Error](err); is {
		got = fmt.Sprint(e.Kind, " ", e.Code)
		for name, text := range e.Fields {
			got = "invalid " + name + "=" + text.Code
		}
	}
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestEveryReadyMadePollCanBeStartedAsItIs(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		at := start.Add(50 * time.Hour)
		for _, ready := range template.Ready() {
			in := poll.NewPoll{Title: "Shall we, from " + ready.Key, Method: ready.Method, Rules: ready.Rules, Settings: ready.Settings, ClosesAt: at}
			for _, o := range ready.Options {
				in.Options = append(in.Options, poll.NewOption{Label: o.Key, Side: o.Side})
			}
			switch {
			case ready.Method == tally.TimePoll:
				in.Options = []poll.NewOption{{StartsAt: new(at)}, {StartsAt: new(at.Add(time.Hour)), EndsAt: new(at.Add(2 * time.Hour))}}
			case len(in.Options) == 0 && ready.Method != tally.Proposal && ready.Method != tally.OptIn && ready.Method != tally.Question:
				in.Options = []poll.NewOption{{Label: "Rye"}, {Label: "Oat"}, {Label: "Wheat"}, {Label: "Spelt"}}
			}
			made, err := s.polls.Start(t.Context(), s.ben, s.thread, in)
			if err != nil {
				t.Errorf("%s: %v", ready.Key, err)
				continue
			}
			if made.Method != ready.Method || made.State != access.PollOpen {
				t.Errorf("%s became a poll by %s that is %s", ready.Key, made.Method, made.State)
			}
		}
	})
}

func TestAGroupKeepsPollsToBeginFrom(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		p, err := s.polls.Start(t.Context(), s.ben, s.thread, poll.NewPoll{Title: "Which evening?", Method: tally.Choice, ClosesAt: start.Add(7 * 24 * time.Hour),
			Options: []poll.NewOption{{Label: "Monday"}, {Label: "Tuesday"}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.templates.Keep(t.Context(), s.ben, p.ID, template.Words{Name: "Day"})
		wantSaid(t, "a member keeps a poll", err, "forbidden access.needs_moderator")
		_, err = s.templates.Keep(t.Context(), s.mo, p.ID, template.Words{Name: " "})
		wantSaid(t, "keep a poll without a name", err, "invalid name=field.required")
		kept, err := s.templates.Keep(t.Context(), s.mo, p.ID, template.Words{Name: "Day of the week", Description: "For meetings"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.templates.Rename(t.Context(), s.mo, "harbour", kept.ID, template.Words{Name: "Which day"}); err != nil {
			t.Fatal(err)
		}
		if err := s.templates.Offer(t.Context(), s.mo, "harbour", "credits", false); err != nil {
			t.Fatal(err)
		}
		all, err := s.templates.Of(t.Context(), s.cleo, "harbour")
		if err != nil {
			t.Fatal(err)
		}
		first := all[0]
		if len(all) != len(template.Ready())+1 || first.Name != "Which day" || first.Description != "" || first.Title != p.Title ||
			len(first.Options) != 2 || first.Options[1].Label != "Tuesday" || first.Method != tally.Choice {
			t.Errorf("the group begins from %+v", first)
		}
		if !slices.ContainsFunc(all, func(one template.Template) bool { return one.Key == "credits" && one.Hidden }) {
			t.Error("a ready-made poll that was hidden is offered")
		}
		_, err = s.templates.Of(t.Context(), s.eve, "harbour")
		wantSaid(t, "a stranger looks", err, "forbidden access.members_only")
		wantSaid(t, "forget one of another group", s.templates.Drop(t.Context(), s.mo, "harbour", kept.ID+7), "not_found error.not_found")
		wantSaid(t, "hide one that is none", s.templates.Offer(t.Context(), s.mo, "harbour", "tarot", false), "not_found error.not_found")
		if err := s.templates.Drop(t.Context(), s.mo, "harbour", kept.ID); err != nil {
			t.Fatal(err)
		}
		if all, err = s.templates.Of(t.Context(), s.cleo, "harbour"); err != nil || all[0].ID != 0 {
			t.Errorf("the poll is not forgotten: %+v (%v)", all[0], err)
		}
	})
}
