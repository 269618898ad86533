package poll_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/poll/figures"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestTheRecordHoldsWhoComesAndGoes(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("A", "B"))
		late := s.person("fay", access.Member)
		admit := func(who access.Actor, weight int64) {
			s.write("admit", func(tx *store.Tx) error { return s.polls.Admit(tx, p.ID, who.Person, weight, start) })
		}
		dismiss := func(who access.Actor) {
			s.write("dismiss", func(tx *store.Tx) error { return s.polls.Dismiss(tx, p.ID, who.Person, start) })
		}
		want := func(what string, voters int, weight int64) {
			t.Helper()
			if got := s.again(s.ana, p); got.VoterCount != voters || got.VoterWeight != weight {
				t.Errorf("%s: %d voters with %d votes, want %d with %d", what, got.VoterCount, got.VoterWeight, voters, weight)
			}
			s.verify(s.ana, p, "closing")
		}
		admit(late, 3)
		want("one more, with three votes", 6, 8)
		admit(late, 3)
		want("the same again", 6, 8)
		dismiss(s.dan)
		want("one less", 5, 7)
		_, err := s.cast(s.dan, p, "", 0)
		wantSaid(t, "who was dismissed votes", err, "forbidden access.not_in_electorate")
		s.mustCast(late, p, "", 0)
		dismiss(late)
		want("who has voted is counted still", 5, 7)
		admit(s.dan, 9)
		want("back, with the weight of before", 6, 8)
		admit(late, 1)
		s.mustCast(late, p, "", 1)
		want("back, with a ballot changed", 6, 8)
		if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
			t.Fatal(err)
		}
		s.verify(s.ana, p)
		var r figures.Results
		if r, err = s.polls.Results(t.Context(), s.ana, p.ID); err != nil || r.Table[1].Votes != 3 || r.Turnout.Eligible != 8 {
			t.Errorf("counted %+v of %d, %v", r.Table, r.Turnout.Eligible, err)
		}
	})
}
