package poll_test

import (
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// token is what the last letter to an address is unsubscribed with.
func (s *stage) token(address string) string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.letters) - 1; i >= 0; i-- {
		if s.letters[i].To.Email == address {
			return strings.TrimPrefix(s.letters[i].Args["UnsubscribePath"], "/unsubscribe/")
		}
	}
	s.t.Fatalf("no letter to %s", address)
	return ""
}

func TestEverybodyChoosesOfWhichPollsTheyHearByMail(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Closed)
		s.reachable()
		choose := func(who access.Actor, wants letters.Wants) string {
			return said(s.polls.Letters().Choose(t.Context(), who, "harbour", wants))
		}
		for _, who := range []access.Actor{s.ana, s.mo, s.ben, s.cleo, s.dan} {
			if wants, err := s.polls.Letters().Wanted(t.Context(), who, "harbour"); err != nil || wants != letters.AllMails {
				t.Errorf("before any choice: %q, %v", wants, err)
			}
		}
		for wants, who := range map[letters.Wants]access.Actor{letters.NeededMails: s.cleo, letters.NoMails: s.dan, letters.AllMails: s.mo} {
			if got := choose(who, wants); got != "yes" {
				t.Errorf("%s: %s", wants, got)
			}
			if got, err := s.polls.Letters().Wanted(t.Context(), who, "harbour"); err != nil || got != wants {
				t.Errorf("chosen %q, kept %q, %v", wants, got, err)
			}
		}
		for _, c := range []struct {
			who  access.Actor
			want string
		}{{s.eve, "forbidden access.members_only"}, {access.Visitor(), "unauthenticated access.sign_in"}} {
			if got := choose(c.who, letters.NoMails); got != c.want {
				t.Errorf("%+v chooses: %s, want %s", c.who, got, c.want)
			}
			_, err := s.polls.Letters().Wanted(t.Context(), c.who, "harbour")
			wantSaid(t, "reading", err, c.want)
		}
		if got := choose(s.ben, "some"); got != "invalid polls=field.choose" {
			t.Errorf("a choice that there is not: %s", got)
		}
		p := s.start(s.ben, proposal())
		wantTold(t, "the opening", s.told(), each("poll_opened", "ana", "cleo", "mo")...)
		s.must(s.polls.Extend(t.Context(), s.ben, p.ID, after(8*day)))
		wantTold(t, "a later close", s.told(), each("poll_extended", "ana", "mo")...)
		s.clock.Set(after(7 * day))
		s.must(s.polls.RemindDue(t.Context()))
		wantTold(t, "the reminder", s.told(), each("poll_reminder", "ana", "ben", "cleo", "mo")...)
		s.must(s.polls.Close(t.Context(), s.ben, p.ID))
		wantTold(t, "the close", s.told(), each("poll_closed", "ana", "mo")...)
		s.must(s.polls.Reopen(t.Context(), s.ana, p.ID, after(9*day)))
		wantTold(t, "the reopening", s.told(), each("poll_reopened", "ben", "cleo", "mo")...)
	})
}

func TestALinkInALetterUnsubscribesAndCanDoNothingElse(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Closed)
		s.reachable()
		first := s.start(s.ben, proposal())
		s.invite(first, "xan@example.org")
		s.told()
		dan, xan := s.token("dan@example.org"), s.token("xan@example.org")
		if dan == xan || dan == s.token("cleo@example.org") {
			t.Error("two people share a token")
		}
		if got, err := s.polls.Letters().Subscription(t.Context(), dan); err != nil || got != (letters.Subscription{Group: "Harbour", Wants: letters.AllMails}) {
			t.Errorf("dan's link is about %+v, %v", got, err)
		}
		if got, err := s.polls.Letters().Subscription(t.Context(), xan); err != nil || got != (letters.Subscription{Group: "Harbour", Poll: first.Title, Wants: letters.AllMails}) {
			t.Errorf("the guest's link is about %+v, %v", got, err)
		}
		for name, token := range map[string]string{"made up": strings.Repeat("A", len(dan)), "truncated": dan[1:], "empty": ""} {
			wantSaid(t, name, s.polls.Letters().Unsubscribe(t.Context(), token, letters.NoMails), "not_found pollmails.unknown")
			_, err := s.polls.Letters().Subscription(t.Context(), token)
			wantSaid(t, name, err, "not_found pollmails.unknown")
		}
		wantSaid(t, "a choice that there is not", s.polls.Letters().Unsubscribe(t.Context(), dan, "some"), "invalid polls=field.choose")
		_, err := s.polls.GuestByToken(t.Context(), first.ID, xan)
		wantSaid(t, "voting with it", err, "not_found poll.guest_unknown")
		for range 2 {
			wantSaid(t, "unsubscribing", s.polls.Letters().Unsubscribe(t.Context(), dan, letters.NoMails), "yes")
		}
		wantSaid(t, "a guest's unsubscribing", s.polls.Letters().Unsubscribe(t.Context(), xan, letters.NoMails), "yes")
		s.must(s.polls.Extend(t.Context(), s.ben, first.ID, after(8*day)))
		wantTold(t, "a later close", s.told(), each("poll_extended", "ana", "cleo", "mo")...)
		if n, err := s.polls.RemindGuests(t.Context(), s.ana, first.ID); n != 0 || err != nil {
			t.Errorf("%d guests were reminded who do not want to be, %v", n, err)
		}
		if wants, err := s.polls.Letters().Wanted(t.Context(), s.dan, "harbour"); err != nil || wants != letters.NoMails {
			t.Errorf("on dan's own page: %q, %v", wants, err)
		}
		s.exec("UPDATE groups SET visibility = 'secret'")
		if got, err := s.polls.Letters().Subscription(t.Context(), dan); err != nil || got != (letters.Subscription{Wants: letters.NoMails}) {
			t.Errorf("of a secret group, whose letters may be passed on: %+v, %v", got, err)
		}
		wantSaid(t, "back again", s.polls.Letters().Unsubscribe(t.Context(), dan, letters.NeededMails), "yes")
		s.exec("UPDATE people SET erased_at = 1 WHERE id = ?", s.dan.Person)
		_, err = s.polls.Letters().Subscription(t.Context(), dan)
		wantSaid(t, "of an account that was erased", err, "not_found pollmails.unknown")
	})
}

// What concerns one's own vote alone is told whatever one wants.
func TestNobodyMissesThatAProxyHasVotedForThem(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	s.reachable()
	s.exec("UPDATE groups SET proxy_limit = 2")
	in := proposal()
	in.Proxies = true
	p := s.start(s.ana, in)
	for _, who := range []access.Actor{s.ben, s.cleo} {
		s.must(nil, s.polls.Letters().Choose(t.Context(), who, "harbour", letters.NoMails))
	}
	s.told()
	s.must(s.polls.DelegateIn(t.Context(), s.ben, p.ID, "cleo"))
	s.must(s.polls.Cast(t.Context(), s.cleo, p.ID, poll.NewBallot{Answer: marks(p.Options[0].ID), For: []int64{s.ben.Person}}))
	wantTold(t, "proxies", s.told(), "proxy_named cleo", "proxy_voted ben")
}
