package poll_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/poll"
	"plenary/pkg/roster"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// link is the personal link in the last letter to an address.
func (s *stage) link(address string) string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.letters) - 1; i >= 0; i-- {
		if s.letters[i].To.Email == address {
			_, token, _ := strings.Cut(s.letters[i].Args["Path"], "/guest/")
			return token
		}
	}
	s.t.Fatalf("no letter to %s", address)
	return ""
}

func (s *stage) invite(p poll.Poll, list string) []string {
	s.t.Helper()
	verdicts, err := s.polls.InviteGuests(s.t.Context(), s.ana, p.ID, list)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, v := range verdicts {
		out = append(out, fmt.Sprint(v.Outcome, " ", poll.WhyNot(v).Code))
	}
	return out
}

// guest is who comes by the last link to an address.
func (s *stage) guest(p poll.Poll, address string) access.Actor {
	s.t.Helper()
	who, err := s.polls.GuestByToken(s.t.Context(), p.ID, s.link(address))
	if err != nil {
		s.t.Fatal(err)
	}
	return who
}

func TestAGuestVotesByTheirLinkAndMayNothingElse(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Secret)
		p := s.start(s.ana, proposal())
		other := s.start(s.ana, proposal())
		if got := s.invite(p, "Xan Low <xan@example.org>"); got[0] != "sent " {
			t.Fatalf("%v", got)
		}
		xan := s.guest(p, "xan@example.org")
		if p = s.again(s.ana, p); p.VoterCount != 6 {
			t.Errorf("%d voters, want the five members and the guest", p.VoterCount)
		}
		s.mustCast(xan, p, "", 0)
		s.mustCast(xan, p, "", 1) // changed, by the same link
		if mine, err := s.polls.MyBallot(t.Context(), xan, p.ID); err != nil || mine == nil || mine.Voter.Name != "Xan Low" {
			t.Errorf("the guest's own ballot: %+v, %v", mine, err)
		}
		_, err := s.polls.Poll(t.Context(), xan, other.ID)
		wantSaid(t, "another poll", err, "not_found error.not_found")
		_, err = s.cast(xan, other, "", 0)
		wantSaid(t, "a ballot in another poll", err, "not_found error.not_found")
		_, err = s.forum.Thread(t.Context(), xan, s.thread)
		wantSaid(t, "the thread", err, "not_found error.not_found")
		_, err = s.polls.OfThread(t.Context(), xan, s.thread)
		wantSaid(t, "the polls of the thread", err, "not_found error.not_found")
		_, err = s.polls.Close(t.Context(), xan, p.ID)
		wantSaid(t, "closing it", err, "unauthenticated access.sign_in")
		_, err = s.polls.Start(t.Context(), xan, s.thread, proposal())
		wantSaid(t, "starting one", err, "not_found error.not_found")
		if list, err := s.polls.NeedsVote(t.Context(), xan); len(list) != 0 || err != nil {
			t.Errorf("what needs a vote: %v, %v", list, err)
		}
		handle := ""
		if err := db.Read(t.Context()).Raw("SELECT handle FROM people WHERE id = ?", xan.Person).Row().Scan(&handle); err != nil {
			t.Fatal(err)
		}
		if _, err = s.groups.AddMember(t.Context(), s.ana, "harbour", handle, access.Member); err == nil {
			t.Error("a guest was made a member")
		}
		if _, err := s.polls.Close(t.Context(), s.ana, p.ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.cast(xan, p, "", 0)
		wantSaid(t, "after the close", err, "conflict poll.state_closed")
		if _, err := s.polls.Results(t.Context(), xan, p.ID); err != nil {
			t.Errorf("the result, after the close: %v", err)
		}
	})
}

func TestLinksThatLeadNowhereSayWhy(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		draft := proposal()
		draft.Draft = true
		p, other := s.start(s.ana, draft), s.start(s.ana, proposal())
		s.invite(p, "xan@example.org, yas@example.org")
		token := s.link("xan@example.org")
		for name, c := range map[string]struct {
			poll  int64
			token string
			want  string
		}{
			"before the opening": {p.ID, token, "conflict poll.guest_not_open"},
			"truncated":          {p.ID, token[:len(token)-1], "not_found poll.guest_unknown"},
			"made up":            {p.ID, strings.Repeat("A", len(token)), "not_found poll.guest_unknown"},
			"empty":              {p.ID, "", "not_found poll.guest_unknown"},
			"of another poll":    {other.ID, token, "not_found poll.guest_unknown"},
			"of no poll":         {-1, token, "not_found poll.guest_unknown"},
		} {
			_, err := s.polls.GuestByToken(t.Context(), c.poll, c.token)
			wantSaid(t, name, err, c.want)
		}
		p, err := s.polls.Open(t.Context(), s.ana, p.ID)
		if err != nil || p.VoterCount != 7 {
			t.Fatalf("%d voters, %v", p.VoterCount, err)
		}
		xan := s.guest(p, "xan@example.org")
		guests, err := s.polls.Guests(t.Context(), s.ana, p.ID)
		if err != nil || len(guests) != 2 {
			t.Fatalf("%v, %v", guests, err)
		}
		wantSaid(t, "revoked by a member", s.polls.RevokeGuest(t.Context(), s.ben, p.ID, guests[0].ID), "forbidden access.needs_moderator")
		wantSaid(t, "revoked in another poll", s.polls.RevokeGuest(t.Context(), s.ana, other.ID, guests[0].ID), "not_found error.not_found")
		wantSaid(t, "revoked", s.polls.RevokeGuest(t.Context(), s.ana, p.ID, guests[0].ID), "yes")
		_, err = s.polls.GuestByToken(t.Context(), p.ID, token)
		wantSaid(t, "a link that was revoked", err, "gone poll.guest_revoked")
		_, err = s.cast(xan, p, "", 0)
		if !errs.Is(err, errs.Unauthenticated) { // the group is public: a visitor may look
			t.Errorf("a ballot by a link that was revoked: %v", err)
		}
		if p = s.again(s.ana, p); p.VoterCount != 6 {
			t.Errorf("%d voters after one was taken out", p.VoterCount)
		}
		wantSaid(t, "sent again", s.polls.ResendGuest(t.Context(), s.ana, p.ID, guests[0].ID), "yes")
		s.mustCast(s.guest(p, "xan@example.org"), p, "", 0)
		_, err = s.polls.GuestByToken(t.Context(), p.ID, token)
		wantSaid(t, "the link of before", err, "not_found poll.guest_unknown")
		if n, err := s.polls.RemindGuests(t.Context(), s.ana, p.ID); n != 1 || err != nil {
			t.Errorf("%d were reminded, want the one who has not voted; %v", n, err)
		}
	})
}

func TestWhatBecomesOfAListOfGuests(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.exec("UPDATE people SET email = 'ben@example.org' WHERE id = ?", s.ben.Person)
		p := s.start(s.ana, proposal())
		got := s.invite(p, "xan@example.org\nXAN@example.org\nnobody\nben@example.org\ntwo@@example.org\nyas@example.org")
		want := []string{"sent ", "duplicate outcome.duplicate", "bad_address roster.no_at", "member outcome.poll_voter", "bad_address roster.two_at", "sent "}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := s.invite(p, "xan@example.org"); got[0] != "pending outcome.pending" {
			t.Errorf("once more: %v", got)
		}
		_, err := s.polls.InviteGuests(t.Context(), s.ana, p.ID, strings.Repeat("nobody\n", roster.Most+1))
		wantSaid(t, "too long a list", err, "invalid addresses=roster.too_many")
		if got := s.invite(p, strings.Repeat("nobody\n", roster.Most)); len(got) != roster.Most {
			t.Errorf("%d verdicts", len(got))
		}
		_, err = s.polls.InviteGuests(t.Context(), s.ben, p.ID, "a@example.org")
		wantSaid(t, "by a member", err, "forbidden access.needs_moderator")
		var many strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&many, "g%d@example.org\n", i)
		}
		all := s.invite(p, many.String())
		if all[997] != "sent " || all[998] != "limit outcome.poll_guests" {
			t.Errorf("at the bound: %s, %s", all[997], all[998])
		}
		if p = s.again(s.ana, p); p.VoterCount != 5+1000 {
			t.Errorf("%d voters", p.VoterCount)
		}
	})
}
