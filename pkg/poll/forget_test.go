package poll_test

import (
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func (s *stage) write(what string, fn func(tx *store.Tx) error) {
	s.t.Helper()
	if err := s.db.Write(s.t.Context(), fn); err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

func TestTheRecordHoldsAfterSomebodyIsForgotten(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(11)
		ended, open, hidden := s.start(s.ben, choice("A", "B")), s.start(s.ben, choice("A", "B")), s.start(s.ben, secret("A", "B"))
		for _, who := range append(people, s.cleo) {
			for _, p := range []poll.Poll{ended, open, hidden} {
				s.mustCast(who, p, "why", 0)
			}
		}
		if _, err := s.polls.Close(t.Context(), s.ben, ended.ID); err != nil {
			t.Fatal(err)
		}
		s.write("forget cleo", func(tx *store.Tx) error { return s.polls.Forget(tx, s.cleo.Person) })
		s.write("forget dan", func(tx *store.Tx) error { return s.polls.Forget(tx, s.dan.Person) })
		_, err := s.cast(s.cleo, open, "", 1)
		wantSaid(t, "who was forgotten votes", err, "forbidden access.not_in_electorate")
		s.clock.Set(after(500 * time.Hour))
		for _, c := range []struct {
			name    string
			poll    poll.Poll
			ballots int64
			voters  int64
		}{{"a poll that was closed", ended, 12, 16}, {"an open poll", open, 11, 14}, {"a secret poll", hidden, 12, 15}} {
			b := s.verify(s.ana, c.poll, "names")
			if r, err := s.polls.Results(t.Context(), s.ana, c.poll.ID); err != nil || r.Turnout.Cast != c.ballots || r.Turnout.Eligible != c.voters {
				t.Errorf("%s: %d of %d, %v; want %d of %d", c.name, r.Turnout.Cast, r.Turnout.Eligible, err, c.ballots, c.voters)
			}
			for _, n := range b.Names {
				if n.Person == s.cleo.Person || n.Person == s.dan.Person {
					t.Errorf("%s names %s", c.name, n.Name)
				}
			}
			if got := s.again(s.ana, c.poll); int64(got.BallotCount) != c.ballots || int64(got.VoterCount) != c.voters || got.VoterWeight != c.voters {
				t.Errorf("%s says %d of %d", c.name, got.BallotCount, got.VoterCount)
			}
		}
	})
}

func TestTheRecordHoldsAfterTwoAccountsBecomeOne(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for name, c := range map[string]struct {
			from, to        bool // have voted
			ballots, voters int64
		}{"neither has voted": {false, false, 1, 4}, "the one that goes": {true, false, 2, 4}, "the one that stays": {false, true, 2, 4}, "both": {true, true, 2, 4}} {
			p := s.start(s.ben, choice("A", "B"))
			s.mustCast(s.mo, p, "", 1)
			if c.from {
				s.mustCast(s.cleo, p, "", 0)
			}
			if c.to {
				s.mustCast(s.dan, p, "", 0)
			}
			s.write("merge", func(tx *store.Tx) error { return s.polls.Merge(tx, s.cleo.Person, s.dan.Person) })
			s.verify(s.ana, p, "closing", "names")
			if got := s.again(s.ana, p); int64(got.BallotCount) != c.ballots || int64(got.VoterCount) != c.voters {
				t.Errorf("%s: %d of %d, want %d of %d", name, got.BallotCount, got.VoterCount, c.ballots, c.voters)
			}
		}
	})
}

func TestAVoterWhoTakesOverAPlaceVotesUnderItsPseudonym(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("A", "B"))
		s.mustCast(s.cleo, p, "so", 0)
		late := s.person("fay", access.Member)
		s.write("merge", func(tx *store.Tx) error { return s.polls.Merge(tx, s.cleo.Person, late.Person) })
		if r := s.mustCast(late, p, "no, so", 1); r.Revision != 2 {
			t.Errorf("revision %d; the ballot must have come along", r.Revision)
		}
		s.verify(s.ana, p, "closing", "names")
	})
}
