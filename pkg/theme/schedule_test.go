package theme_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func TestThemesFollowThePollThatChoseThem(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		all := s.propose(s.ben, "Boats", "Nets", "Ropes")
		for _, th := range all {
			if _, err := s.themes.Shortlist(t.Context(), s.mo, th.ID); err != nil {
				t.Fatal(err)
			}
		}
		in := ballot()
		in.Rules.Max = 2
		asked, err := s.themes.PollFromShortlist(t.Context(), s.mo, s.thread, in)
		if err != nil {
			t.Fatal(err)
		}
		schedule := func(who access.Actor, ids ...int64) error {
			_, err := s.themes.ScheduleFrom(t.Context(), who, asked.ID, ids)
			return err
		}
		wantSaid(t, "while it is open", schedule(s.mo, all[1].ID), "conflict theme.poll_not_over")
		_, err = s.themes.Placings(t.Context(), s.mo, asked.ID)
		wantSaid(t, "the placings while it is open", err, "conflict theme.poll_not_over")
		_, err = s.themes.Schedule(t.Context(), s.mo, all[1].ID)
		wantSaid(t, "an option of an open poll", err, "conflict theme.in_open_poll")
		for _, who := range []access.Actor{s.ben, s.cleo} {
			choice := poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{asked.Options[1].ID}}}
			if _, err := s.polls.Cast(t.Context(), who, asked.ID, choice); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.polls.Close(t.Context(), s.mo, asked.ID); err != nil {
			t.Fatal(err)
		}
		placings, err := s.themes.Placings(t.Context(), s.mo, asked.ID)
		if err != nil || len(placings) != 3 || placings[0].Theme.Title != "Nets" || !placings[0].Winner || placings[0].Place != 1 || placings[1].Winner {
			t.Fatalf("placings %+v, %v", placings, err)
		}
		other := s.propose(s.ben, "Sails")[0]
		wantSaid(t, "a member", schedule(s.ben, all[1].ID), "forbidden access.needs_moderator")
		wantSaid(t, "none", schedule(s.mo), "invalid themes=theme.choose_winners")
		wantSaid(t, "one that was no option", schedule(s.mo, all[1].ID, other.ID), "invalid themes=theme.not_in_poll")
		if n := len(s.events(event.ThemeScheduled)); n != 0 {
			t.Errorf("%d were scheduled by refused requests", n)
		}
		wantSaid(t, "the winner", schedule(s.mo, all[1].ID, all[1].ID), "yes")
		wantSaid(t, "the winner again and a second one", schedule(s.mo, all[1].ID, all[0].ID), "yes")
		told := s.events(event.ThemeScheduled)
		if len(told) != 2 || told[0].Actor != s.mo.Person || told[0].Item == 0 || !strings.Contains(string(told[0].Data), `"poll_id"`) {
			t.Errorf("told %+v", told)
		}
		var states []access.ThemeState
		for _, th := range all {
			states = append(states, s.again(s.ben, th).State)
		}
		if diff := cmp.Diff([]access.ThemeState{access.Scheduled, access.Scheduled, access.Shortlisted}, states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		_, err = s.themes.Support(t.Context(), s.cleo, all[0].ID)
		wantSaid(t, "support for a scheduled one", err, "conflict theme.state_scheduled")
		back, err := s.themes.Unschedule(t.Context(), s.mo, all[0].ID)
		if err != nil || back.State != access.Shortlisted || len(s.events(event.ThemeUnscheduled)) != 1 {
			t.Errorf("taken back it is %s, %v", back.State, err)
		}
		_, err = s.themes.Unschedule(t.Context(), s.mo, all[0].ID)
		wantSaid(t, "taken back twice", err, "conflict theme.not_scheduled")
		_, err = s.themes.Schedule(t.Context(), s.ben, all[0].ID)
		wantSaid(t, "a member schedules", err, "forbidden access.needs_moderator")
	})
}

// Only those methods have no options that themes could be: their answers are
// fixed, times, or none.
var withoutThemes = []tally.Method{tally.Proposal, tally.OptIn, tally.TimePoll, tally.Question}

func TestTheShortlistBecomesAPollByAnyMethod(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for _, th := range s.propose(s.ben, "Boats", "Nets", "Ropes") {
			if _, err := s.themes.Shortlist(t.Context(), s.mo, th.ID); err != nil {
				t.Fatal(err)
			}
		}
		for _, method := range tally.Methods() {
			if slices.Contains(withoutThemes, method) {
				continue
			}
			in := ballot()
			in.Method = method
			asked, err := s.themes.PollFromShortlist(t.Context(), s.mo, s.thread, in)
			if err != nil || len(asked.Options) != 3 || asked.Options[0].ThemeID == 0 {
				t.Errorf("%s: %d options, %v", method, len(asked.Options), err)
			}
		}
	})
}
