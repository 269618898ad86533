package poll_test

import (
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// undecidedPoll is a choice in which voters may say that they have no answer yet.
func undecidedPoll(s *stage, change func(*poll.NewPoll)) poll.Poll {
	in := choice("Monday", "Tuesday")
	in.Settings.Undecided = true
	if change != nil {
		change(&in)
	}
	return s.start(s.ana, in)
}

func (s *stage) noAnswer(who access.Actor, p poll.Poll) string {
	s.t.Helper()
	list, err := s.polls.NoAnswerYet(s.t.Context(), who, p.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	names := ""
	for _, b := range list {
		names += b.Handle + " "
	}
	return names
}

func TestWhoHasNoAnswerYetIsShownAndNotCounted(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := undecidedPoll(s, nil)
		say := func(who access.Actor, is bool) {
			t.Helper()
			if err := s.polls.Undecided(t.Context(), who, p.ID, is); err != nil {
				t.Fatal(err)
			}
		}
		say(s.ben, true)
		say(s.ben, true)
		say(s.cleo, true)
		if got := s.noAnswer(s.dan, p); got != "ben cleo " {
			t.Errorf("no answer yet: %q, want ben and cleo", got)
		}
		if got := s.again(s.ben, p); got.BallotCount != 0 || got.Voted() {
			t.Errorf("%d ballots, voted %v: it is no ballot", got.BallotCount, got.Voted())
		}
		if !s.again(s.ben, p).NoAnswer() || s.again(s.dan, p).NoAnswer() {
			t.Error("the poll does not know of its reader's own word")
		}
		_, err := s.polls.NoAnswerYet(t.Context(), s.eve, p.ID)
		wantSaid(t, "a stranger asks", err, "forbidden access.members_only")
		say(s.ben, false)
		s.mustCast(s.cleo, p, "", 0)
		if got := s.noAnswer(s.dan, p); got != "" {
			t.Errorf("no answer yet: %q after one took it back and the other voted", got)
		}
		told := s.events(event.PollUndecided)
		if len(told) != 3 || told[0].Actor != 0 {
			t.Errorf("%d events, the first of %d; want 3 of nobody", len(told), told[0].Actor)
		}
	})
}

func TestHavingNoAnswerIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		plain, offered := s.start(s.ana, choice("Monday", "Tuesday")), undecidedPoll(s, nil)
		s.mustCast(s.cleo, offered, "", 1)
		late := undecidedPoll(s, nil)
		for _, c := range []struct {
			what string
			who  access.Actor
			in   poll.Poll
			want string
		}{
			{"where it is not offered", s.ben, plain, "conflict poll.undecided_off"},
			{"after a ballot", s.cleo, offered, "conflict poll.undecided_voted"},
			{"by a stranger", s.eve, offered, "forbidden access.members_only"},
			{"by a visitor", access.Visitor(), offered, "unauthenticated access.sign_in"},
		} {
			wantSaid(t, c.what, s.polls.Undecided(t.Context(), c.who, c.in.ID, true), c.want)
		}
		s.clock.Set(after(8 * 24 * time.Hour))
		wantSaid(t, "after the close", s.polls.Undecided(t.Context(), s.ben, late.ID, true), "conflict poll.state_closed")
	})
}

func TestInASecretPollOnlyOneselfIsToldOfHavingNoAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := undecidedPoll(s, func(in *poll.NewPoll) { in.Secret = true })
	if err := s.polls.Undecided(t.Context(), s.ben, p.ID, true); err != nil {
		t.Fatal(err)
	}
	if !s.again(s.ben, p).NoAnswer() {
		t.Error("ben is not told of his own word")
	}
	_, err := s.polls.NoAnswerYet(t.Context(), s.ana, p.ID)
	wantSaid(t, "another asks", err, "forbidden poll.roll_at_close")
	s.clock.Set(after(8 * 24 * time.Hour))
	if others := s.noAnswer(s.ana, p); others != "" {
		t.Errorf("after the close ana is told of %q", others)
	}
}
