package poll_test

import (
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// A number of votes that few have tells whose ballot it is on: a secret poll with
// such votes opens only for an author who has confirmed to know that.
func TestASecretPollWithRareWeightsIsConfirmed(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := s.crowd(12)
		weighted := func(change func(*poll.NewPoll)) (poll.Poll, error) {
			in := secret("A", "B")
			in.Weighted = true
			change(&in)
			return s.polls.Start(t.Context(), s.ben, s.thread, in)
		}
		_, err := weighted(func(*poll.NewPoll) {})
		wantSaid(t, "all with one vote", err, "yes")
		s.exec("UPDATE memberships SET votes = 7 WHERE person_id = ?", people[0].Person)
		_, err = weighted(func(*poll.NewPoll) {})
		wantSaid(t, "one with seven", err, "invalid rare_weights=poll.rare_weights")
		_, err = weighted(func(in *poll.NewPoll) { in.Secret = false })
		wantSaid(t, "an open one", err, "yes")
		open, err := weighted(func(in *poll.NewPoll) { in.Secret = false })
		wantSaid(t, "another open one", err, "yes")
		settings := open.Settings
		settings.Secret = true
		_, err = s.polls.Edit(t.Context(), s.ben, open.ID, poll.PollEdit{Settings: &settings})
		wantSaid(t, "that becomes secret", err, "invalid rare_weights=poll.rare_weights")
		_, err = weighted(func(in *poll.NewPoll) { in.Weighted = false })
		wantSaid(t, "one vote each", err, "yes")
		confirmed, err := weighted(func(in *poll.NewPoll) { in.RareWeights = true })
		wantSaid(t, "confirmed", err, "yes")
		for who, want := range map[access.Actor]*poll.RareWeight{people[0]: {Votes: 7, Voters: 1}, people[1]: nil, s.eve: nil} {
			got, err := s.polls.MyRareWeight(t.Context(), who, confirmed)
			if err != nil || (got == nil) != (want == nil) || got != nil && *got != *want {
				t.Errorf("%d is told %v, want %v, %v", who.Person, got, want, err)
			}
		}
		draft, err := weighted(func(in *poll.NewPoll) { in.Draft = true })
		wantSaid(t, "a draft", err, "yes")
		_, err = s.polls.Open(t.Context(), s.ben, draft.ID)
		wantSaid(t, "opened by hand", err, "invalid rare_weights=poll.rare_weights")
		at := after(time.Hour)
		timed, err := weighted(func(in *poll.NewPoll) { in.OpensAt = &at })
		wantSaid(t, "a draft with a time", err, "yes")
		s.clock.Set(at)
		if n, err := s.polls.OpenDue(t.Context()); n != 0 || err != nil {
			t.Errorf("%d opened by themselves, %v", n, err)
		}
		if left := s.again(s.ben, timed); left.State != access.Draft || left.OpensAt != nil {
			t.Errorf("it is %s and opens at %v", left.State, left.OpensAt)
		}
	})
}
