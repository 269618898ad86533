package poll_test

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func TestAPollIsClosedForEverybodyWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("A", "B")
		in.Results = access.AtClose
		p := s.start(s.ben, in)
		s.mustCast(s.cleo, p, "", 1)
		if n, err := s.polls.CloseDue(t.Context()); n != 0 || err != nil {
			t.Errorf("before its time: closed %d, %v", n, err)
		}
		s.clock.Set(*p.ClosesAt)
		before := s.again(s.eve, p)
		live, err := s.polls.Results(t.Context(), s.eve, p.ID)
		if err != nil || before.State != access.PollEnded || !before.ClosedAt.Equal(*p.ClosesAt) {
			t.Errorf("before the closing is carried out: %s at %v, results %v", before.State, before.ClosedAt, err)
		}
		_, err = s.polls.Close(t.Context(), s.ben, p.ID)
		wantSaid(t, "close it by hand", err, "conflict poll.state_closed")
		_, err = s.polls.Extend(t.Context(), s.ben, p.ID, after(1000*time.Hour))
		wantSaid(t, "extend it", err, "conflict poll.state_closed")

		s.clock.Set(p.ClosesAt.Add(90 * time.Second))
		if n, err := s.polls.CloseDue(t.Context()); n != 1 || err != nil {
			t.Errorf("closed %d, %v", n, err)
		}
		if n, err := s.polls.CloseDue(t.Context()); n != 0 || err != nil {
			t.Errorf("a second time: closed %d, %v", n, err)
		}
		settled := s.again(s.eve, p)
		if !settled.ClosedAt.Equal(*p.ClosesAt) || settled.ClosedBy != nil {
			t.Errorf("closed at %v by %v, want at %v by nobody", settled.ClosedAt, settled.ClosedBy, p.ClosesAt)
		}
		frozen, err := s.polls.Results(t.Context(), s.eve, p.ID)
		if err != nil || s.number("SELECT COUNT(*) FROM polls WHERE result IS NOT NULL") != 1 {
			t.Fatalf("the result was not frozen: %v", err)
		}
		if frozen.Lots == nil || frozen.Lots.Used {
			t.Errorf("the lots of the close are %+v", frozen.Lots)
		}
		live.Lots = frozen.Lots // which are known only from the close on
		if diff := cmp.Diff(asJSON(t, live), asJSON(t, frozen)); diff != "" {
			t.Errorf("counted just now, and frozen (-now +frozen):\n%s", diff)
		}
		closed := s.events(event.PollClosed)
		if len(closed) != 1 || closed[0].Actor != 0 || dataOf(t, closed[0])["by"] != "time" {
			t.Errorf("told the timeline %+v", closed)
		}
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPollIsClosedOnceHoweverManyClose(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		const due = 5
		for range due {
			s.mustCast(s.cleo, s.start(s.ben, choice("A", "B")), "", 0)
		}
		open := proposal()
		open.ClosesAt = after(1000 * time.Hour)
		s.start(s.ben, open)
		s.clock.Set(choice().ClosesAt)
		var closed atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				n, err := s.polls.CloseDue(t.Context())
				if err != nil {
					t.Error(err)
				}
				closed.Add(int64(n))
			})
		}
		wg.Wait()
		if closed.Load() != due || len(s.events(event.PollClosed)) != due {
			t.Errorf("%d closings and %d events, want %d of each", closed.Load(), len(s.events(event.PollClosed)), due)
		}
		if n := s.number("SELECT COUNT(*) FROM polls WHERE state = 'open'"); n != 1 {
			t.Errorf("%d polls are open, want the one whose time has not come", n)
		}
	})
}

func TestAPollThatCannotBeClosedKeepsNoOtherFromIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		broken, sound := s.start(s.ben, choice("A", "B")), s.start(s.ben, choice("A", "B"))
		s.mustCast(s.cleo, broken, "", 0)
		s.exec("DELETE FROM poll_log WHERE poll_id = ? AND number = 2", broken.ID)
		s.clock.Set(choice().ClosesAt)
		if n, err := s.polls.CloseDue(t.Context()); n != 1 || err == nil {
			t.Errorf("closed %d with the error %v", n, err)
		}
		if n := s.number("SELECT COUNT(*) FROM polls WHERE state = 'closed' AND id = ?", sound.ID); n != 1 {
			t.Error("the sound poll is still open")
		}
	})
}

func TestWhoMayClosePollsByHand(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for _, c := range []struct {
			name string
			who  access.Actor
			want string
		}{
			{"its author", s.ben, "yes"}, {"a moderator", s.mo, "yes"}, {"a member", s.cleo, "forbidden access.needs_moderator"},
			{"a stranger", s.eve, "forbidden access.members_only"}, {"a visitor", access.Visitor(), "unauthenticated access.sign_in"},
		} {
			p := s.start(s.ben, proposal())
			s.clock.Set(after(time.Hour))
			got, err := s.polls.Close(t.Context(), c.who, p.ID)
			wantSaid(t, c.name, err, c.want)
			if err == nil && (got.State != access.PollEnded || got.ClosedBy.ID != c.who.Person || !got.ClosedAt.Equal(after(time.Hour))) {
				t.Errorf("%s: %s by %+v at %v", c.name, got.State, got.ClosedBy, got.ClosedAt)
			}
		}
		closed := s.events(event.PollClosed)
		if len(closed) != 2 || closed[0].Actor != s.ben.Person || dataOf(t, closed[0])["by"] != "hand" {
			t.Errorf("told the timeline %+v", closed)
		}
	})
}

func TestAnOpenPollIsExtendedToALaterTime(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, proposal())
		_, err := s.polls.Extend(t.Context(), s.ben, p.ID, *p.ClosesAt)
		wantSaid(t, "to the same time", err, "invalid closes_at=poll.extend_later")
		_, err = s.polls.Extend(t.Context(), s.ben, p.ID, time.Time{})
		wantSaid(t, "to no time", err, "invalid closes_at=field.required")
		_, err = s.polls.Extend(t.Context(), s.ben, p.ID, after(3*365*24*time.Hour))
		wantSaid(t, "by years", err, "invalid closes_at=poll.closes_too_late")
		_, err = s.polls.Extend(t.Context(), s.cleo, p.ID, after(200*time.Hour))
		wantSaid(t, "by another member", err, "forbidden access.needs_moderator")
		got, err := s.polls.Extend(t.Context(), s.ben, p.ID, after(200*time.Hour))
		if err != nil || !got.ClosesAt.Equal(after(200*time.Hour)) {
			t.Fatalf("closes at %v, %v", got.ClosesAt, err)
		}
		s.clock.Set(*p.ClosesAt)
		if n, err := s.polls.CloseDue(t.Context()); n != 0 || err != nil {
			t.Errorf("at its first closing time: closed %d, %v", n, err)
		}
		if _, err := s.cast(s.cleo, p, "", tally.Agree); err != nil {
			t.Errorf("vote in the time gained: %v", err)
		}
		if e := s.events(event.PollExtended); len(e) != 1 || dataOf(t, e[0])["closes_at"] != "2026-03-10T18:00:00Z" {
			t.Errorf("told the timeline %+v", e)
		}
		if len(s.planned) != 2 || !s.planned[1].at.Equal(after(200*time.Hour)) {
			t.Errorf("the new close was not planned: %+v", s.planned)
		}
	})
}

func TestAClosedPollIsReopenedUntilANewTime(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, proposal())
		s.mustCast(s.cleo, p, "", tally.Agree)
		_, err := s.polls.Reopen(t.Context(), s.mo, p.ID, after(500*time.Hour))
		wantSaid(t, "while it is open", err, "conflict poll.state_open")
		s.clock.Set(p.ClosesAt.Add(time.Hour)) // and nobody has carried out the close
		_, err = s.polls.Reopen(t.Context(), s.ben, p.ID, after(500*time.Hour))
		wantSaid(t, "by its author", err, "forbidden access.needs_moderator")
		_, err = s.polls.Reopen(t.Context(), s.mo, p.ID, *p.ClosesAt)
		wantSaid(t, "until a time that has passed", err, "invalid closes_at=poll.closes_past")
		late := s.person("fay", access.Member)
		got, err := s.polls.Reopen(t.Context(), s.mo, p.ID, after(500*time.Hour))
		if err != nil || got.State != access.PollOpen || got.ClosedAt != nil || got.ClosedBy != nil || got.VoterCount != 5 {
			t.Fatalf("got %s, closed %v by %v, %d voters, %v", got.State, got.ClosedAt, got.ClosedBy, got.VoterCount, err)
		}
		if len(s.events(event.PollClosed)) != 1 || len(s.events(event.PollReopened)) != 1 {
			t.Error("the timeline must tell of the close and then of the reopening")
		}
		if n := s.number("SELECT COUNT(*) FROM polls WHERE result IS NOT NULL"); n != 0 {
			t.Error("an open poll has a frozen result")
		}
		if _, err := s.cast(s.cleo, p, "", tally.Disagree); err != nil {
			t.Errorf("change the vote: %v", err)
		}
		_, err = s.cast(late, p, "", tally.Agree)
		wantSaid(t, "the electorate stays", err, "forbidden access.not_in_electorate")
		s.clock.Set(after(500 * time.Hour))
		if n, err := s.polls.CloseDue(t.Context()); n != 1 || err != nil {
			t.Fatalf("closed %d, %v", n, err)
		}
		r, err := s.polls.Results(t.Context(), s.cleo, p.ID)
		if err != nil || r.Table[tally.Disagree].Votes != 1 || r.Table[tally.Agree].Votes != 0 || r.Status != tally.Rejected {
			t.Errorf("the second result: %+v, %v", r, err)
		}
	})
}

func TestAnOutcomeIsPublishedAfterTheCloseAndCanBeChanged(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, proposal())
		in := poll.NewOutcome{Statement: "We **buy** it.", ReviewOn: "2026-09-01"}
		_, err := s.polls.Conclude(t.Context(), s.ben, p.ID, in)
		wantSaid(t, "while it is open", err, "conflict poll.state_open")
		s.clock.Set(*p.ClosesAt) // and nobody has carried out the close
		for _, c := range []struct {
			name string
			who  access.Actor
			in   poll.NewOutcome
			want string
		}{
			{"by a member", s.cleo, in, "forbidden access.needs_moderator"},
			{"by a visitor", access.Visitor(), in, "unauthenticated access.sign_in"},
			{"by the forum itself", access.System(), in, "unauthenticated access.sign_in"},
			{"without words", s.ben, poll.NewOutcome{Statement: "\n "}, "invalid statement=field.required"},
			{"with a day that is none", s.ben, poll.NewOutcome{Statement: "x", ReviewOn: "2026-02-30"}, "invalid review_on=field.date"},
		} {
			_, err := s.polls.Conclude(t.Context(), c.who, p.ID, c.in)
			wantSaid(t, c.name, err, c.want)
		}
		first, err := s.polls.Conclude(t.Context(), s.ben, p.ID, in)
		if err != nil || first.Version != 1 || first.Author.Handle != "ben" || first.ReviewOn != "2026-09-01" || first.EditedAt != nil {
			t.Fatalf("published %+v, %v", first, err)
		}
		if n := s.number("SELECT COUNT(*) FROM polls WHERE state = 'closed' AND result IS NOT NULL"); n != 1 {
			t.Error("an outcome stands on a result that was not frozen")
		}
		if again, err := s.polls.Conclude(t.Context(), s.ben, p.ID, in); err != nil || again.Version != 1 {
			t.Errorf("the same words again: version %d, %v", again.Version, err)
		}
		changed, err := s.polls.Conclude(t.Context(), s.mo, p.ID, poll.NewOutcome{Statement: "We rent it."})
		if err != nil || changed.Version != 2 || changed.Author.Handle != "ben" || changed.ReviewOn != "" || changed.EditedAt == nil {
			t.Errorf("changed %+v, %v", changed, err)
		}
		if a, b := len(s.events(event.OutcomePublished)), len(s.events(event.OutcomeEdited)); a != 1 || b != 1 {
			t.Errorf("%d published and %d edited were told, want one of each", a, b)
		}
		if got := s.again(access.Visitor(), p); got.Outcome == nil || got.Outcome.Statement != "We rent it." {
			t.Errorf("the poll shows the outcome %+v", got.Outcome)
		}
		_, err = s.polls.Reopen(t.Context(), s.mo, p.ID, after(1000*time.Hour))
		wantSaid(t, "reopen what was decided", err, "conflict poll.concluded")
	})
}
