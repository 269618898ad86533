package poll_test

import (
	"sync"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/poll/figures"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestAResultIsCountedOnceHoweverManyLook(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("Monday", "Tuesday")
		in.Settings.Results = access.Always
		p := s.start(s.ana, in)
		look := func() figures.Results {
			got, err := s.polls.Results(t.Context(), s.ana, p.ID)
			if err != nil {
				t.Error(err)
			}
			return got
		}
		s.mustCast(s.ben, p, "", 0)
		before := s.polls.Counts()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if got := look(); got.Turnout.Cast != 1 {
					t.Errorf("counted %d ballots, want 1", got.Turnout.Cast)
				}
			})
		}
		all.Wait()
		if made := s.polls.Counts() - before; made != 1 {
			t.Errorf("one ballot, 50 readers: counted %d times", made)
		}
		s.mustCast(s.cleo, p, "", 1)
		if got := look(); got.Turnout.Cast != 2 {
			t.Errorf("counted %d ballots, want 2", got.Turnout.Cast)
		}
		if made := s.polls.Counts() - before; made != 2 {
			t.Errorf("two ballots: counted %d times", made)
		}
	})
}

// Who votes and looks at once sees a count with their own ballot in it, though
// not every one of them has a count made.
func TestWhoVotesSeesACountWithTheirBallotInIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("Monday", "Tuesday")
		in.Settings.Results = access.Always
		p := s.start(s.ana, in)
		const rounds = 40
		var all sync.WaitGroup
		for _, who := range []access.Actor{s.ana, s.ben, s.cleo, s.dan} {
			all.Go(func() {
				for i := range rounds {
					at := i % 2
					mine := p.Options[at].ID
					if _, err := s.polls.Cast(t.Context(), who, p.ID, poll.NewBallot{Answer: ledger.Answer{Form: p.Method.Form(), Chosen: []int64{mine}}}); err != nil {
						t.Error(err)
						return
					}
					got, err := s.polls.Results(t.Context(), who, p.ID)
					if err != nil || got.Table[at].Votes == 0 {
						t.Errorf("after a vote for %d: %+v, %v", mine, got.Table, err)
						return
					}
				}
			})
		}
		all.Wait()
	})
}

func TestACloseCountsOnceAndWhoLooksAfterwardsNever(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ana, choice("Monday", "Tuesday"))
		s.mustCast(s.ben, p, "", 0)
		before := s.polls.Counts()
		if _, err := s.polls.Close(t.Context(), s.ana, p.ID); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if _, err := s.polls.Results(t.Context(), s.cleo, p.ID); err != nil {
				t.Fatal(err)
			}
		}
		if made := s.polls.Counts() - before; made != 1 {
			t.Errorf("counted %d times, want once", made)
		}
	})
}
