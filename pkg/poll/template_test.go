package poll_test

import (
	"slices"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func TestEveryReadyMadePollCanBeStartedAsItIs(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		at := start.Add(50 * time.Hour)
		for _, ready := range poll.Ready() {
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
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("Monday", "Tuesday"))
		_, err := s.polls.KeepAsTemplate(t.Context(), s.ben, p.ID, poll.NewTemplate{Name: "Day"})
		wantSaid(t, "a member keeps a poll", err, "forbidden access.needs_moderator")
		_, err = s.polls.KeepAsTemplate(t.Context(), s.mo, p.ID, poll.NewTemplate{Name: " "})
		wantSaid(t, "keep a poll without a name", err, "invalid name=field.required")
		kept, err := s.polls.KeepAsTemplate(t.Context(), s.mo, p.ID, poll.NewTemplate{Name: "Day of the week", Description: "For meetings"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.polls.RenameTemplate(t.Context(), s.mo, "harbour", kept.ID, poll.NewTemplate{Name: "Which day"}); err != nil {
			t.Fatal(err)
		}
		if err := s.polls.OfferTemplate(t.Context(), s.mo, "harbour", "credits", false); err != nil {
			t.Fatal(err)
		}
		all, err := s.polls.Templates(t.Context(), s.cleo, "harbour")
		if err != nil {
			t.Fatal(err)
		}
		first := all[0]
		if len(all) != len(poll.Ready())+1 || first.Name != "Which day" || first.Description != "" || first.Title != p.Title ||
			len(first.Options) != 2 || first.Options[1].Label != "Tuesday" || first.Method != tally.Choice {
			t.Errorf("the group begins from %+v", first)
		}
		if !slices.ContainsFunc(all, func(one poll.Template) bool { return one.Key == "credits" && one.Hidden }) {
			t.Error("a ready-made poll that was hidden is offered")
		}
		_, err = s.polls.Templates(t.Context(), s.eve, "harbour")
		wantSaid(t, "a stranger looks", err, "forbidden access.members_only")
		wantSaid(t, "forget one of another group", s.polls.DropTemplate(t.Context(), s.mo, "harbour", kept.ID+7), "not_found error.not_found")
		wantSaid(t, "hide one that is none", s.polls.OfferTemplate(t.Context(), s.mo, "harbour", "tarot", false), "not_found error.not_found")
		if err := s.polls.DropTemplate(t.Context(), s.mo, "harbour", kept.ID); err != nil {
			t.Fatal(err)
		}
		if all, err = s.polls.Templates(t.Context(), s.cleo, "harbour"); err != nil || all[0].ID != 0 {
			t.Errorf("the poll is not forgotten: %+v (%v)", all[0], err)
		}
	})
}
