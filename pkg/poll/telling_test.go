package poll_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/mail"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

const day = 24 * time.Hour

// reachable gives everybody with an account a confirmed address.
func (s *stage) reachable() {
	s.t.Helper()
	s.exec("UPDATE people SET email = handle || '@example.org', email_confirmed_at = 1 WHERE NOT guest")
}

// tell carries out what is to be told, as the jobs would.
func (s *stage) tell() {
	s.t.Helper()
	s.mu.Lock()
	waiting := s.toTell
	s.toTell = nil
	s.mu.Unlock()
	for _, id := range waiting {
		if err := s.polls.Tell(s.t.Context(), id); err != nil {
			s.t.Fatal(err)
		}
	}
}

// told carries out what is to be told and says who has got which letters since it
// was asked last, in order, as "poll_opened ben".
func (s *stage) told() []string {
	s.t.Helper()
	s.tell()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, l := range s.letters[s.read:] {
		name, _, _ := strings.Cut(l.To.Email, "@")
		out = append(out, l.Kind+" "+name)
	}
	s.read = len(s.letters)
	slices.Sort(out)
	return out
}

func wantTold(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// each is a letter of the kind to each of the names.
func each(kind string, names ...string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = kind + " " + name
	}
	return out
}

func (s *stage) must(_ any, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestVotersAreToldOfEverythingThatHappensInAPoll(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Closed)
		s.reachable()
		draft := proposal()
		draft.Draft = true
		p := s.start(s.ben, draft)
		s.invite(p, "xan@example.org")
		wantTold(t, "a draft", s.told(), "poll_invitation xan")
		s.must(s.polls.Open(t.Context(), s.ben, p.ID))
		wantTold(t, "the opening, by ben", s.told(), each("poll_opened", "ana", "cleo", "dan", "mo", "xan")...)
		s.mustCast(s.cleo, p, "", 0)
		s.must(s.polls.Extend(t.Context(), s.mo, p.ID, after(8*day)))
		wantTold(t, "a later close, by mo", s.told(), each("poll_extended", "ana", "ben", "cleo", "dan", "xan")...)
		s.must(s.polls.Close(t.Context(), s.ana, p.ID))
		wantTold(t, "the close, by ana", s.told(), each("poll_closed", "ben", "cleo", "dan", "mo", "xan")...)
		s.must(s.polls.Reopen(t.Context(), s.ana, p.ID, after(9*day)))
		wantTold(t, "the reopening, by ana", s.told(), each("poll_reopened", "ben", "cleo", "dan", "mo", "xan")...)
		s.clock.Set(after(9 * day))
		s.must(s.polls.CloseDue(t.Context()))
		wantTold(t, "the close by time", s.told(), each("poll_closed", "ana", "ben", "cleo", "dan", "mo", "xan")...)
		s.must(s.polls.Conclude(t.Context(), s.mo, p.ID, poll.NewOutcome{Statement: "We *buy* it.", ReviewOn: "2026-06-01"}))
		wantTold(t, "the outcome, by mo", s.told(), each("outcome_published", "ana", "ben", "cleo", "dan", "xan")...)
		s.must(s.polls.Conclude(t.Context(), s.mo, p.ID, poll.NewOutcome{Statement: "We buy it soon.", ReviewOn: "2026-06-01"}))
		wantTold(t, "an outcome that is changed", s.told())
		if n := s.number("SELECT COUNT(*) FROM poll_tellings"); n != 0 {
			t.Errorf("%d tellings are left over", n)
		}
	})
}

func TestAnOpeningIsToldOnlyWhereItIsWishedAndAlsoWhenItWasPlanned(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.reachable()
		quiet := proposal()
		quiet.Tell = poll.TellNobody
		p := s.start(s.ben, quiet)
		wantTold(t, "a poll that is opened without mails", s.told())
		s.must(s.polls.Close(t.Context(), s.ben, p.ID))
		wantTold(t, "its close", s.told(), each("poll_closed", "ana", "cleo", "dan", "mo")...)

		opens := after(2 * day)
		later := proposal()
		later.Draft, later.OpensAt = true, &opens
		later.Electorate, later.Named = poll.OfNamed, []int64{s.ben.Person, s.dan.Person}
		s.start(s.ben, later)
		wantTold(t, "before its time", s.told())
		s.clock.Set(opens)
		s.must(s.polls.OpenDue(t.Context()))
		wantTold(t, "at its time, to its author too", s.told(), each("poll_opened", "ben", "dan")...)
	})
}

func TestRemindersGoOnceToThoseWhoHaveNotVoted(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.reachable()
		in := proposal()
		in.Undecided, in.JoinsLate = true, true
		in.Reminders = []time.Duration{3 * day, 2 * day, day}
		p := s.start(s.ben, in)
		s.invite(p, "xan@example.org, yas@example.org")
		yas := s.guest(p, "yas@example.org")
		s.told()
		s.mustCast(s.cleo, p, "", 0)
		s.mustCast(yas, p, "", 0)
		if err := s.polls.Undecided(t.Context(), s.dan, p.ID, true); err != nil {
			t.Fatal(err)
		}
		s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, ?, 'member', 0)", s.eve.Person)
		remind := func() []string {
			s.must(s.polls.RemindDue(t.Context()))
			return s.told()
		}
		s.clock.Set(after(4*day - time.Second))
		wantTold(t, "before its time", remind())
		s.clock.Set(after(5 * day))
		wantTold(t, "two that are due, with who joined late", remind(), each("poll_reminder", "ana", "ben", "eve", "mo", "xan")...)
		wantTold(t, "asked again", remind())
		s.leave(s.mo)
		s.must(s.polls.Extend(t.Context(), s.ana, p.ID, after(8*day)))
		s.told()
		s.clock.Set(after(6 * day))
		wantTold(t, "moved along with the close: two days before", remind(), each("poll_reminder", "ana", "ben", "eve", "xan")...)
		s.clock.Set(after(8 * day)) // nobody has looked meanwhile
		wantTold(t, "after the close", remind())
		s.must(s.polls.CloseDue(t.Context()))
		s.told()
		wantTold(t, "after it was carried out", remind())
	})
}

func TestAReminderThatIsTakenUpAfterTheCloseIsNotSent(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	s.reachable()
	in := proposal()
	in.Reminders = []time.Duration{day}
	s.start(s.ben, in)
	s.told()
	s.clock.Set(after(6 * day))
	if n, err := s.polls.RemindDue(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d polls, %v", n, err)
	}
	s.clock.Set(after(7 * day)) // before the job runs
	wantTold(t, "after the close", s.told())
}

func TestTheReviewOfAnOutcomeIsToldOnItsDayAndMovesWithIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Closed)
		s.reachable()
		p := s.decided(1, "Boat", "We buy it.", "2026-05-01", tally.Proposal) // by ben
		s.told()
		review := func() []string {
			s.must(s.polls.ReviewDue(t.Context()))
			return s.told()
		}
		s.clock.Set(time.Date(2026, 4, 30, 23, 59, 0, 0, time.UTC))
		wantTold(t, "the day before", review())
		s.must(s.polls.Conclude(t.Context(), s.ben, p.ID, poll.NewOutcome{Statement: "We buy it.", ReviewOn: "2026-05-03"}))
		s.clock.Set(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		wantTold(t, "the first day that was set", review())
		s.clock.Set(time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC))
		wantTold(t, "the day", review(), each("outcome_review", "ana", "ben", "mo")...)
		wantTold(t, "the day, again", review())
		s.must(s.polls.Conclude(t.Context(), s.ben, p.ID, poll.NewOutcome{Statement: "We bought it.", ReviewOn: "2026-05-03"}))
		wantTold(t, "after a change of the words", review())
		s.must(s.polls.Conclude(t.Context(), s.ben, p.ID, poll.NewOutcome{Statement: "We bought it.", ReviewOn: "2026-06-03"}))
		s.clock.Set(time.Date(2026, 6, 3, 0, 0, 0, 0, time.UTC))
		s.leave(s.ben)
		wantTold(t, "the next day that was set", review(), each("outcome_review", "ana", "mo")...)
	})
}

func TestOnlyThoseAreToldWhoCanReadTheLetterAndStillVote(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.reachable()
		p := s.start(s.ben, proposal())
		s.invite(p, "xan@example.org")
		s.exec("UPDATE people SET email_confirmed_at = NULL WHERE handle = 'ana'")
		s.exec("UPDATE people SET disabled_at = 1 WHERE handle = 'cleo'")
		s.leave(s.dan)
		s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, ?, 'member', 0)", s.eve.Person)
		// xan was invited into an open poll, and the invitation is all that they need.
		wantTold(t, "the opening", s.told(), "poll_invitation xan", "poll_opened mo")
	})
}

func TestALongTellingThatIsCutShortGivesEverybodyOneLetter(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		const many = 450
		s := newStage(t, db, access.Public)
		s.members(many)
		s.reachable()
		s.start(s.ben, proposal())
		if len(s.letters) != 0 {
			t.Fatalf("%d letters were written with the opening", len(s.letters))
		}
		id := s.toTell[0]
		for i, upTo := range []int{0, 130, 299} { // letters that are tried before it breaks
			crash, n := errors.New("the machine goes down"), 0
			s.breaks = func() error {
				if n++; n > upTo {
					return crash
				}
				return nil
			}
			if err := s.polls.Tell(t.Context(), id); !errors.Is(err, crash) {
				t.Fatalf("round %d: %v", i, err)
			}
			if len(s.letters)%100 != 0 {
				t.Errorf("round %d: %d letters are out, which is half a batch", i, len(s.letters))
			}
		}
		s.breaks = nil
		errs := make(chan error, 2)
		for range 2 { // and two workers at once take it up again
			go func() { errs <- s.polls.Tell(t.Context(), id) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		s.must(nil, s.polls.Tell(t.Context(), id))
		got := map[string]int{}
		for _, l := range s.letters {
			got[l.To.Email]++
		}
		for address, n := range got {
			if n != 1 {
				t.Errorf("%s got %d letters", address, n)
			}
		}
		if len(got) != many+4 {
			t.Errorf("%d people got a letter, want all %d but who opened it", len(got), many+4)
		}
	})
}

func TestOpeningForManyWritesOneTellingAndNoLetters(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	s.members(10_000)
	s.reachable()
	began := time.Now()
	s.start(s.ben, choice("A", "B"))
	t.Logf("opened in %v", time.Since(began))
	if len(s.letters) != 0 || len(s.toTell) != 1 {
		t.Fatalf("%d letters and %d tellings with the opening", len(s.letters), len(s.toTell))
	}
	began = time.Now()
	s.tell()
	t.Logf("wrote %d letters in %v", len(s.letters), time.Since(began))
	if len(s.letters) != 10_004 {
		t.Errorf("%d letters", len(s.letters))
	}
}

func TestTheResultIsInTheLetterInWordsForEveryKindOfPoll(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	s.reachable()
	slot := func(h int) poll.NewOption {
		at := after(time.Duration(h) * time.Hour)
		return poll.NewOption{StartsAt: &at}
	}
	for method, in := range map[tally.Method]poll.NewPoll{
		tally.Choice: choice("Rye", "Oat"), tally.Proposal: proposal(),
		tally.TimePoll:         {Title: "When?", Method: tally.TimePoll, ClosesAt: after(7 * day), Options: []poll.NewOption{slot(200), slot(201)}},
		tally.MajorityJudgment: {Title: "How good?", Method: tally.MajorityJudgment, ClosesAt: after(7 * day), Options: []poll.NewOption{{Label: "Rye"}, {Label: "Oat"}}},
	} {
		p := s.start(s.ben, in)
		s.told()
		s.must(s.polls.Close(t.Context(), s.ben, p.ID))
		before := len(s.letters)
		s.tell()
		if len(s.letters) != before+4 {
			t.Errorf("%s: %d letters", method, len(s.letters)-before)
		}
		for _, l := range s.letters[before:] {
			if sentence, err := mail.ParseSentence(l.Args["ResultSentence"]); err != nil || sentence.Code == "" {
				t.Errorf("%s: the letter says %q, %v", method, l.Args["ResultSentence"], err)
			}
		}
		s.read = len(s.letters)
	}
}

func TestTimesAreThoseOfTheReaderOrElseOfThePollsAuthor(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	s.reachable()
	s.exec("UPDATE people SET time_zone = 'Asia/Tokyo' WHERE handle = 'cleo'")
	zones := func() map[string]string {
		before := len(s.letters)
		s.tell()
		out := map[string]string{}
		for _, l := range s.letters[before:] {
			_, zone, err := mail.ParseTime(l.Args["ClosesTime"])
			if err != nil {
				t.Fatal(err)
			}
			out[l.To.Email] = zone.String()
		}
		return out
	}
	ask := func() map[string]string {
		draft := proposal()
		draft.Draft = true
		p := s.start(s.ben, draft)
		s.invite(p, "xan@example.org")
		s.must(s.polls.Open(t.Context(), s.ben, p.ID))
		return zones()
	}
	want := map[string]string{"ana@example.org": "UTC", "mo@example.org": "UTC", "cleo@example.org": "Asia/Tokyo", "dan@example.org": "UTC", "xan@example.org": "UTC"}
	if diff := cmp.Diff(want, ask()); diff != "" {
		t.Errorf("no zone is known of the author (-want +got):\n%s", diff)
	}
	s.exec("UPDATE people SET time_zone = 'Europe/Madrid' WHERE handle = 'ben'")
	for _, name := range []string{"ana", "mo", "dan", "xan"} {
		want[name+"@example.org"] = "Europe/Madrid"
	}
	if diff := cmp.Diff(want, ask()); diff != "" {
		t.Errorf("the author lives in Madrid (-want +got):\n%s", diff)
	}
}

func TestEveryLetterToAGuestHasALinkAndTheyHoldBesideEachOther(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Secret)
		draft := proposal()
		draft.Draft = true
		p := s.start(s.ana, draft)
		s.invite(p, "xan@example.org")
		links := []string{s.link("xan@example.org")}
		s.must(s.polls.Open(t.Context(), s.ana, p.ID))
		s.tell()
		links = append(links, s.link("xan@example.org"))
		s.must(s.polls.RemindGuests(t.Context(), s.ana, p.ID))
		links = append(links, s.link("xan@example.org"))
		for i, link := range links {
			if who, err := s.polls.GuestByToken(t.Context(), p.ID, link); err != nil || who.OnlyPoll != p.ID || slices.Index(links, link) != i {
				t.Errorf("link %d: %+v, %v", i, who, err)
			}
		}
		guests, err := s.polls.Guests(t.Context(), s.ana, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		wantSaid(t, "sent again", s.polls.ResendGuest(t.Context(), s.ana, p.ID, guests[0].ID), "yes")
		for i, link := range links {
			_, err := s.polls.GuestByToken(t.Context(), p.ID, link)
			wantSaid(t, fmt.Sprint("link ", i, " after another took the place of all"), err, "not_found poll.guest_unknown")
		}
		wantSaid(t, "revoked", s.polls.RevokeGuest(t.Context(), s.ana, p.ID, guests[0].ID), "yes")
		_, err = s.polls.GuestByToken(t.Context(), p.ID, s.link("xan@example.org"))
		wantSaid(t, "the last link", err, "gone poll.guest_revoked")
	})
}
