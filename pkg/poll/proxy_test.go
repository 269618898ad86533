package poll_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// castFor votes for an option in the names of others.
func (s *stage) castFor(who access.Actor, p poll.Poll, place int, people ...access.Actor) (poll.Receipt, error) {
	in := poll.NewBallot{Answer: marks(p.Options[place].ID)}
	for _, one := range people {
		in.For = append(in.For, one.Person)
	}
	return s.polls.Cast(s.t.Context(), who, p.ID, in)
}

func TestAProxyVotesForTheMember(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.proxies(2)
		s.exec("UPDATE memberships SET votes = 4 WHERE person_id = ?", s.ben.Person)
		s.mustName(s.ben, "cleo")
		in := withProxies()
		in.Weighted = true
		p := s.start(s.ana, in)
		_, err := s.castFor(s.dan, p, 0, s.ben)
		wantSaid(t, "somebody else", err, "invalid for=proxy.not_yours")
		_, err = s.castFor(s.cleo, p, 0, s.dan)
		wantSaid(t, "for somebody else", err, "invalid for=proxy.not_yours")
		r, err := s.castFor(s.cleo, p, 0, s.ben, s.cleo)
		if err != nil || r.For != s.cleo.Person {
			t.Fatalf("for both: %+v, %v", r, err)
		}
		ballots, err := s.polls.Ballots(t.Context(), s.ana, p.ID, page.Page{})
		if err != nil || len(ballots.Items) != 2 {
			t.Fatalf("%d ballots, %v", len(ballots.Items), err)
		}
		for _, b := range ballots.Items {
			mine := b.Voter.ID == s.cleo.Person
			if mine != (b.By == nil) || !mine && (b.By.Handle != "cleo" || b.Weight != 4) {
				t.Errorf("%s: cast by %v with weight %d", b.Voter.Handle, b.By, b.Weight)
			}
		}
		if n := s.number("SELECT COUNT(*) FROM poll_log WHERE poll_id = ? AND content LIKE '%\"by\":%'", p.ID); n != 1 {
			t.Errorf("%d records name a proxy, want 1", n)
		}
		again, err := s.castFor(s.cleo, p, 1, s.ben)
		if err != nil || again.Revision != 2 {
			t.Errorf("the proxy changes it: %+v, %v", again, err)
		}
		own := s.mustCast(s.ben, p, "", 1)
		if own.Revision != 3 {
			t.Errorf("the same ballot by the member themselves: %+v", own)
		}
		_, err = s.castFor(s.cleo, p, 0, s.ben)
		wantSaid(t, "after the member has voted", err, "invalid for=proxy.they_voted")
	})
}

func TestAProxyVotesNoLongerThanTheyMay(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.proxies(2)
		ben := s.mustName(s.ben, "cleo")
		s.mustName(s.dan, "cleo")
		p := s.start(s.ana, withProxies())
		plain := s.start(s.ana, proposal())
		_, err := s.castFor(s.cleo, plain, 0, s.ben)
		wantSaid(t, "in a poll without proxies", err, "invalid for=proxy.not_yours")
		s.proxies(1)
		_, err = s.castFor(s.cleo, p, 0, s.dan)
		wantSaid(t, "over the limit that was lowered", err, "invalid for=proxy.not_yours")
		if err := s.polls.Proxies().End(t.Context(), s.ben, ben.ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.castFor(s.cleo, p, 0, s.ben)
		wantSaid(t, "after it was taken back", err, "invalid for=proxy.not_yours")
		_, err = s.castFor(s.cleo, p, 0, s.dan)
		wantSaid(t, "now within the limit", err, "yes")
		s.leave(s.dan)
		_, err = s.castFor(s.cleo, p, 1, s.dan)
		wantSaid(t, "for somebody who was removed meanwhile", err, "invalid for=proxy.cannot_vote")
		s.leave(s.cleo)
		_, err = s.castFor(s.cleo, p, 1, s.dan)
		wantSaid(t, "by somebody who was removed meanwhile", err, "forbidden access.members_only")
	})
}

func TestInASecretPollEachBallotOfAProxyHasItsReceipt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.proxies(2)
		s.mustName(s.ben, "cleo")
		in := withProxies()
		in.Secret = true
		p := s.start(s.ana, in)
		_, err := s.castFor(s.cleo, p, 0, s.ben, s.cleo)
		wantSaid(t, "both at once", err, "invalid for=proxy.one_at_a_time")
		theirs, err := s.castFor(s.cleo, p, 0, s.ben)
		if err != nil || theirs.Sealed == nil {
			t.Fatalf("%+v, %v", theirs, err)
		}
		mine, err := s.castFor(s.cleo, p, 1)
		if err != nil || mine.Sealed == nil || mine.Sealed.Code == theirs.Sealed.Code {
			t.Fatalf("%+v, %v", mine, err)
		}
		if n := s.number("SELECT COUNT(*) FROM poll_voters WHERE poll_id = ? AND voted_at IS NOT NULL", p.ID); n != 2 {
			t.Errorf("%d on the roll, want 2", n)
		}
		if n := s.number("SELECT COUNT(*) FROM ballot_box WHERE poll_id = ?", p.ID); n != 2 {
			t.Errorf("%d in the box, want 2", n)
		}
		_, err = s.cast(s.ben, p, "", 1)
		wantSaid(t, "the member, without the receipt", err, "conflict poll.needs_receipt")
		p, err = s.polls.Close(t.Context(), s.ana, p.ID)
		if err != nil || p.BallotCount != 2 {
			t.Errorf("%d ballots, %v", p.BallotCount, err)
		}
	})
}
