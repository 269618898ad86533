package template_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/harbour"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// stage is the harbour with a thread.
type stage struct {
	*harbour.Harbour
	polls     *poll.Polls
	templates *template.Templates
	thread    int64
}

func newStage(t *testing.T, db *store.DB) *stage {
	t.Helper()
	s := &stage{Harbour: harbour.New(t, db, access.Public)}
	threads := forum.New(db, s.People, markup.New(), harbour.Now)
	s.polls = poll.New(db, s.Groups, threads, nil, harbour.Now, rand.Reader)
	s.templates = template.New(db, s.Groups, s.polls, harbour.Now)
	thread, err := threads.Start(t.Context(), s.Mo, "harbour", forum.NewThread{Title: "What to do in May"})
	if err != nil {
		t.Fatal(err)
	}
	s.thread = thread.ID
	return s
}

func TestEveryReadyMadePollCanBeStartedAsItIs(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		at := harbour.Start.Add(50 * time.Hour)
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
			made, err := s.polls.Start(t.Context(), s.Ben, s.thread, in)
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
		p, err := s.polls.Start(t.Context(), s.Ben, s.thread, poll.NewPoll{Title: "Which evening?", Method: tally.Choice, ClosesAt: harbour.Start.Add(7 * 24 * time.Hour),
			Options: []poll.NewOption{{Label: "Monday"}, {Label: "Tuesday"}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.templates.Keep(t.Context(), s.Ben, p.ID, template.Words{Name: "Day"})
		harbour.WantSaid(t, "a member keeps a poll", err, "forbidden access.needs_moderator")
		_, err = s.templates.Keep(t.Context(), s.Mo, p.ID, template.Words{Name: " "})
		harbour.WantSaid(t, "keep a poll without a name", err, "invalid name=field.required")
		kept, err := s.templates.Keep(t.Context(), s.Mo, p.ID, template.Words{Name: "Day of the week", Description: "For meetings"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.templates.Rename(t.Context(), s.Mo, "harbour", kept.ID, template.Words{Name: "Which day"}); err != nil {
			t.Fatal(err)
		}
		if err := s.templates.Offer(t.Context(), s.Mo, "harbour", "credits", false); err != nil {
			t.Fatal(err)
		}
		all, err := s.templates.Of(t.Context(), s.Cleo, "harbour")
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
		_, err = s.templates.Of(t.Context(), s.Eve, "harbour")
		harbour.WantSaid(t, "a stranger looks", err, "forbidden access.members_only")
		harbour.WantSaid(t, "forget one of another group", s.templates.Drop(t.Context(), s.Mo, "harbour", kept.ID+7), "not_found error.not_found")
		harbour.WantSaid(t, "hide one that is none", s.templates.Offer(t.Context(), s.Mo, "harbour", "tarot", false), "not_found error.not_found")
		if err := s.templates.Drop(t.Context(), s.Mo, "harbour", kept.ID); err != nil {
			t.Fatal(err)
		}
		if all, err = s.templates.Of(t.Context(), s.Cleo, "harbour"); err != nil || all[0].ID != 0 {
			t.Errorf("the poll is not forgotten: %+v (%v)", all[0], err)
		}
	})
}
