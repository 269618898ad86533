package poll_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func eventTopic(s *stage) event.Topic { return event.Thread(s.thread) }

// Whatever people do to a poll, in whatever order, the count of ballots kept
// with it is the number of ballots, and its result is what a recount of each
// voter's last accepted ballot gives.
func TestTheCountIsARecountOfWhatWasAccepted(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := []access.Actor{s.ana, s.mo, s.ben, s.cleo, s.dan, s.eve}
		rapid.Check(t, func(r *rapid.T) {
			s.clock.Set(start)
			in := choice("A", "B", "C")
			in.Rules.Max = rapid.IntRange(1, 3).Draw(r, "max")
			if rapid.Bool().Draw(r, "proposal") {
				in = proposal()
			}
			p := s.start(s.ben, in)
			last := map[int64][]int{}
			for step := range rapid.IntRange(1, 15).Draw(r, "steps") {
				what := fmt.Sprintf(" %d", step)
				switch rapid.IntRange(0, 9).Draw(r, "what"+what) {
				case 8:
					_, _ = s.polls.Close(t.Context(), s.mo, p.ID)
				case 9:
					_, _ = s.polls.Reopen(t.Context(), s.mo, p.ID, s.clock.Now().Add(100*time.Hour))
				default:
					who := rapid.SampledFrom(people).Draw(r, "who"+what)
					places := rapid.SliceOfN(rapid.IntRange(0, len(p.Options)-1), 0, 4).Draw(r, "choices"+what)
					if _, err := s.cast(who, p, "since", places...); err == nil {
						last[who.Person] = places
					}
				}
				s.clock.Set(s.clock.Now().Add(time.Minute))
			}
			checkRecount(t, r, s, p, last)
		})
	})
}

func checkRecount(t *testing.T, r *rapid.T, s *stage, p poll.Poll, last map[int64][]int) {
	got, err := s.polls.Results(t.Context(), s.cleo, p.ID)
	if err != nil {
		r.Fatal(err)
	}
	contest := tally.Contest{Rules: p.Rules, Options: len(p.Options), Eligible: int64(p.VoterCount)}
	if got.Lots != nil {
		contest.Lots = tally.NewLottery(got.Lots.Seed, contest.Options)
	}
	want, err := contest.Count(func(yield func(tally.Ballot) bool) {
		for _, choices := range last {
			if !yield(tally.Ballot{Choices: choices, Weight: 1}) {
				return
			}
		}
	})
	if err != nil {
		r.Fatal(err)
	}
	if got.Status != want.Status || got.Turnout.Cast != int64(len(last)) {
		r.Fatalf("status %s with %d ballots, want %s with %d", got.Status, got.Turnout.Cast, want.Status, len(last))
	}
	for i, row := range got.Table {
		if row.Votes != want.Options[i].Votes {
			r.Fatalf("option %d has %d votes, want %d", i, row.Votes, want.Options[i].Votes)
		}
	}
	ballots := s.number("SELECT COUNT(*) FROM ballots WHERE poll_id = ?", p.ID)
	kept := s.number("SELECT ballot_count FROM polls WHERE id = ?", p.ID)
	if ballots != kept || kept != int64(len(last)) {
		r.Fatalf("the poll says %d ballots, %d are there and %d were accepted", kept, ballots, len(last))
	}
	revisions := s.number("SELECT COUNT(*) FROM ballot_revisions AS v JOIN ballots AS b ON b.id = v.ballot_id WHERE b.poll_id = ?", p.ID)
	if sum := s.number("SELECT COALESCE(SUM(revision), 0) FROM ballots WHERE poll_id = ?", p.ID); sum != revisions {
		r.Fatalf("%d revisions are kept and the ballots say %d", revisions, sum)
	}
}
