package poll_test

import (
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// collecting is a choice to which voters add options for two days before they
// vote.
func collecting() poll.NewPoll {
	in := choice("Monday", "Tuesday")
	in.OptionsBy, in.CollectUntil = poll.ByVoters, new(start.Add(48*time.Hour))
	in.ClosesAt = start.Add(96 * time.Hour)
	return in
}

func TestVotersAddOptionsAndThenVote(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, collecting())
		_, err := s.cast(s.cleo, p, "", 0)
		wantSaid(t, "vote while options are collected", err, "conflict poll.collecting")
		_, err = s.polls.AddOption(t.Context(), s.cleo, p.ID, poll.NewOption{Label: " monday "})
		wantSaid(t, "add what is there", err, "invalid option=poll.option_twice")
		_, err = s.polls.AddOption(t.Context(), s.cleo, p.ID, poll.NewOption{})
		wantSaid(t, "add nothing", err, "invalid option=field.required")
		_, err = s.polls.AddOption(t.Context(), s.eve, p.ID, poll.NewOption{Label: "Friday"})
		wantSaid(t, "a stranger adds", err, "forbidden access.members_only")
		p, err = s.polls.AddOption(t.Context(), s.cleo, p.ID, poll.NewOption{Label: "Friday", Description: "In the *evening*"})
		if err != nil {
			t.Fatal(err)
		}
		if o := p.Options[2]; len(p.Options) != 3 || o.Label != "Friday" || o.AddedBy == nil || o.AddedBy.ID != s.cleo.Person || o.DescriptionHTML == "" {
			t.Errorf("the options are %+v", p.Options)
		}
		if told := s.events(event.PollOptionAdded); len(told) != 1 || dataOf(t, told[0])["option"] != "Friday" {
			t.Errorf("the thread was told %+v", told)
		}
		s.clock.Set(*p.CollectUntil)
		_, err = s.polls.AddOption(t.Context(), s.dan, p.ID, poll.NewOption{Label: "Sunday"})
		wantSaid(t, "add when collecting has ended", err, "conflict poll.options_closed")
		s.mustCast(s.cleo, p, "", 2)
		if _, err := s.polls.Close(t.Context(), s.mo, p.ID); err != nil {
			t.Fatal(err)
		}
		bundle, err := s.polls.Export(t.Context(), s.ben, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if report := ledger.Verify(&bundle); !report.OK() {
			t.Errorf("the record does not hold: %+v", report)
		}
	})
}

func TestAnOptionThatComesLaterLeavesBallotsAsTheyAreAndTheirVotersAreTold(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("Rye", "Oat", "Wheat")
		in.Method, in.Rules, in.OptionsBy = tally.RankedPairs, tally.Rules{}, poll.ByVoters
		p := s.start(s.ben, in)
		rank := func(who access.Actor, places ...int) {
			t.Helper()
			answer := ledger.Answer{Form: tally.Ranking}
			for _, place := range places {
				answer.Ranks = append(answer.Ranks, []int64{p.Options[place].ID})
			}
			if _, err := s.polls.Cast(t.Context(), who, p.ID, poll.NewBallot{Answer: answer}); err != nil {
				t.Fatal(err)
			}
		}
		rank(s.cleo, 0, 1, 2)
		rank(s.dan, 1, 0)
		s.reachable()
		s.told()
		var err error
		if p, err = s.polls.AddOption(t.Context(), s.dan, p.ID, poll.NewOption{Label: "Spelt"}); err != nil {
			t.Fatal(err)
		}
		wantTold(t, "the option, to who has voted and did not add it", s.told(), "option_added cleo")
		if last := s.letters[len(s.letters)-1]; last.Args["Option"] != "Spelt" {
			t.Errorf("the letter says %v", last.Args)
		}
		rank(s.ben, 3, 0)
		if _, err := s.polls.Close(t.Context(), s.mo, p.ID); err != nil {
			t.Fatal(err)
		}
		result, err := s.polls.Results(t.Context(), s.ben, p.ID)
		if err != nil || len(result.Table) != 4 || len(result.Winners) != 1 || result.Winners[0] != p.Options[0].ID {
			t.Errorf("the result is %+v (%v)", result.Winners, err)
		}
		bundle, err := s.polls.Export(t.Context(), s.ben, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if report := ledger.Verify(&bundle); !report.OK() {
			t.Errorf("the record does not hold: %+v", report)
		}
	})
}

func TestWhereNoOptionsCanBeAdded(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	_, err := s.polls.AddOption(t.Context(), s.cleo, s.start(s.ben, choice("A", "B")).ID, poll.NewOption{Label: "C"})
	wantSaid(t, "where only the author adds", err, "conflict poll.options_closed")
	for name, tc := range map[string]struct {
		change func(*poll.NewPoll)
		want   string
	}{
		"collect where nobody adds":     {func(in *poll.NewPoll) { in.OptionsBy = poll.ByAuthor }, "invalid collect_until=poll.collects_nothing"},
		"collect until after the close": {func(in *poll.NewPoll) { in.CollectUntil = new(in.ClosesAt) }, "invalid collect_until=poll.time_after_close"},
		"collect until before now":      {func(in *poll.NewPoll) { in.CollectUntil = new(start) }, "invalid collect_until=poll.time_too_early"},
		"open after collecting":         {func(in *poll.NewPoll) { in.OpensAt = new(in.CollectUntil.Add(time.Hour)) }, "invalid collect_until=poll.time_too_early"},
		"open before now":               {func(in *poll.NewPoll) { in.OpensAt = new(start) }, "invalid opens_at=poll.time_too_early"},
		"open after the close":          {func(in *poll.NewPoll) { in.CollectUntil, in.OpensAt = nil, new(in.ClosesAt) }, "invalid opens_at=poll.time_after_close"},
	} {
		in := collecting()
		tc.change(&in)
		_, err := s.polls.Start(t.Context(), s.ben, s.thread, in)
		wantSaid(t, name, err, tc.want)
	}
}

func TestADraftOpensAtItsTime(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("Monday", "Tuesday")
		opens := start.Add(24 * time.Hour)
		in.OpensAt, in.ClosesAt = &opens, start.Add(72*time.Hour)
		p := s.start(s.ben, in)
		if p.State != access.Draft || !p.OpensAt.Equal(opens) {
			t.Fatalf("the poll is %s and opens at %v", p.State, p.OpensAt)
		}
		if n, err := s.polls.OpenDue(t.Context()); n != 0 || err != nil {
			t.Errorf("before its time %d were opened (%v)", n, err)
		}
		s.clock.Set(opens)
		for _, want := range []int{1, 0} {
			if n, err := s.polls.OpenDue(t.Context()); n != want || err != nil {
				t.Errorf("at its time %d were opened, want %d (%v)", n, want, err)
			}
		}
		if p = s.again(s.ben, p); p.State != access.PollOpen || !p.OpenedAt.Equal(opens) || p.VoterCount == 0 {
			t.Errorf("the poll is %s since %v, with %d voters", p.State, p.OpenedAt, p.VoterCount)
		}
		late := start.Add(48 * time.Hour)
		in.OpensAt = &late
		missed := s.start(s.ben, in)
		s.clock.Set(in.ClosesAt)
		if n, err := s.polls.OpenDue(t.Context()); n != 0 || err != nil {
			t.Errorf("after its close %d were opened (%v)", n, err)
		}
		if missed = s.again(s.ben, missed); missed.State != access.Draft || missed.OpensAt != nil {
			t.Errorf("a poll that missed its time is %s and opens at %v", missed.State, missed.OpensAt)
		}
	})
}
