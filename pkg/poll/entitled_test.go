package poll_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// share shows the thread in a second group, which flo and eve are members of, and
// lets gus in as the thread's guest.
func (s *stage) share() (flo, gus access.Actor) {
	s.t.Helper()
	s.exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (2, 'boats', 'Boats', 'public', 0)")
	flo, gus = s.person("flo", access.NoRole), s.person("gus", access.NoRole)
	s.exec("INSERT INTO memberships (group_id, person_id, role, created_at, votes) VALUES (2, ?, 'member', 0, 9), (2, ?, 'member', 0, 9), (2, ?, 'member', 0, 9)", flo.Person, s.eve.Person, s.ben.Person)
	s.exec("INSERT INTO thread_groups (thread_id, group_id, created_at) VALUES (?, 2, 0)", s.thread)
	s.exec("INSERT INTO thread_guests (thread_id, person_id, created_at) VALUES (?, ?, 0)", s.thread, gus.Person)
	return flo, gus
}

// voters tells who may vote, as "ana group 1".
func (s *stage) voters(p poll.Poll) string {
	s.t.Helper()
	found, err := s.polls.Voters(s.t.Context(), s.ana, p.ID, page.Page{Limit: page.Max})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, v := range found.Items {
		out = append(out, fmt.Sprint(v.Person.Handle, " ", v.Source, " ", v.Votes))
	}
	return strings.Join(out, ", ")
}

func TestWhoMayVoteInEachElectorate(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		flo, gus := s.share()
		s.exec("UPDATE memberships SET votes = 3, title = 'Cook' WHERE person_id = ? AND group_id = 1", s.ben.Person)
		s.exec("UPDATE memberships SET title = 'Treasurer' WHERE person_id = ? AND group_id = 1", s.cleo.Person)
		for name, c := range map[string]struct {
			set  func(*poll.NewPoll)
			want string
		}{
			"of the group":           {func(*poll.NewPoll) {}, "ana group 1, mo group 1, ben group 1, cleo group 1, dan group 1"},
			"of the group, weighted": {func(in *poll.NewPoll) { in.Weighted = true }, "ana group 1, mo group 1, ben group 3, cleo group 1, dan group 1"},
			"of the thread, weighted": {func(in *poll.NewPoll) { in.Electorate, in.Weighted = poll.OfThread, true },
				"ana group 1, mo group 1, ben group 3, cleo group 1, dan group 1, eve thread 1, flo thread 1, gus thread_guest 1"},
			"named": {func(in *poll.NewPoll) {
				in.Electorate, in.Named = poll.OfNamed, []int64{gus.Person, s.ben.Person, flo.Person, gus.Person}
			},
				"ben named 1, flo named 1, gus named 1"},
			"titles": {func(in *poll.NewPoll) {
				in.Electorate, in.Titles = poll.OfTitles, poll.Titles{"Cook", "Treasurer", "Pilot"}
			}, "ben titles 1, cleo titles 1"},
		} {
			draft := proposal()
			c.set(&draft)
			draft.Draft = true
			p := s.start(s.ana, draft)
			if got := s.voters(p); got != c.want {
				t.Errorf("%s, a draft: %s", name, got)
			}
			before, err := s.polls.Entitled(t.Context(), s.ana, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			p, err = s.polls.Open(t.Context(), s.ana, p.ID)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := s.voters(p); got != c.want {
				t.Errorf("%s: %s", name, got)
			}
			after, err := s.polls.Entitled(t.Context(), s.ana, p.ID)
			if diff := cmp.Diff(before, after); diff != "" || err != nil || p.VoterCount != after.Count || p.VoterWeight != after.Votes {
				t.Errorf("%s: counted before and after the opening: %s, %d voters with %d votes, %v", name, diff, p.VoterCount, p.VoterWeight, err)
			}
		}
	})
}

func TestMembersOfSharedGroupsAndGuestsVoteInThePollsOfTheirThread(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Secret)
		flo, gus := s.share()
		in := proposal()
		in.Electorate = poll.OfThread
		p := s.start(s.ana, in)
		for name, who := range map[string]access.Actor{"a member of the other group": flo, "a guest": gus} {
			if _, err := s.cast(who, p, "", 0); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.exec("DELETE FROM thread_guests WHERE person_id = ?", gus.Person)
		_, err := s.cast(gus, p, "", 1)
		wantSaid(t, "a guest who was removed meanwhile", err, "not_found error.not_found")
		s.exec("DELETE FROM memberships WHERE person_id = ?", s.eve.Person)
		_, err = s.cast(s.eve, p, "", 1)
		wantSaid(t, "a member of the other group who was removed meanwhile", err, "not_found error.not_found")
		only := s.start(s.ana, proposal())
		_, err = s.cast(flo, only, "", 0)
		wantSaid(t, "a member of the other group, in a poll of the home group", err, "forbidden access.not_in_electorate")
	})
}

func TestElectoratesThatCannotBe(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for name, c := range map[string]struct {
			set  func(*poll.NewPoll)
			want string
		}{
			"named without names":       {func(in *poll.NewPoll) { in.Electorate = poll.OfNamed }, "invalid named=poll.named_none"},
			"somebody from outside":     {func(in *poll.NewPoll) { in.Electorate, in.Named = poll.OfNamed, []int64{s.ben.Person, s.eve.Person} }, "invalid named.1=poll.named_outsider"},
			"somebody who is not there": {func(in *poll.NewPoll) { in.Electorate, in.Named = poll.OfNamed, []int64{-7} }, "invalid named.0=poll.named_outsider"},
			"titles that nobody has":    {func(in *poll.NewPoll) { in.Electorate, in.Titles = poll.OfTitles, poll.Titles{"Pilot"} }, "invalid titles=poll.titles_nobody"},
			"no titles":                 {func(in *poll.NewPoll) { in.Electorate = poll.OfTitles }, "invalid titles=poll.titles_none"},
			"everybody on earth":        {func(in *poll.NewPoll) { in.Electorate = "everybody" }, "invalid electorate=field.choose"},
		} {
			in := proposal()
			c.set(&in)
			_, err := s.polls.Start(t.Context(), s.ana, s.thread, in)
			wantSaid(t, name, err, c.want)
		}
		if n := s.number("SELECT COUNT(*) FROM polls"); n != 0 {
			t.Errorf("%d polls were left behind", n)
		}
		_, err := s.polls.Handles(t.Context(), []string{"@Ben", "nobody", "ben"})
		wantSaid(t, "handles", err, "invalid named.1=poll.named_outsider")
	})
}

func TestWhoMayVoteIsFixedAtTheOpening(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ana, proposal())
		settings := p.Settings
		settings.Weighted = true
		_, err := s.polls.Edit(t.Context(), s.ana, p.ID, poll.PollEdit{Settings: &settings})
		wantSaid(t, "weights after the opening", err, "invalid weighted=poll.electorate_is_fixed")
		_, err = s.polls.Name(t.Context(), s.ana, p.ID, []int64{s.ben.Person})
		wantSaid(t, "names in a poll of the group", err, "conflict poll.electorate_not_named")
		in := proposal()
		in.Electorate, in.Named = poll.OfNamed, []int64{s.ben.Person}
		p = s.start(s.ana, in)
		_, err = s.polls.Name(t.Context(), s.ana, p.ID, []int64{s.dan.Person})
		wantSaid(t, "names after the opening", err, "conflict poll.electorate_is_fixed")
		_, err = s.polls.Unname(t.Context(), s.ana, p.ID, s.ben.Person)
		wantSaid(t, "names taken off after the opening", err, "conflict poll.electorate_is_fixed")
	})
}

func TestWhoComesLateMayVoteWhereThePollLetsThem(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := proposal()
		in.JoinsLate = true
		p := s.start(s.ana, in)
		fixed := s.start(s.ana, proposal())
		late, quiet := s.person("late", access.Member), s.person("quiet", access.Member)
		_, err := s.cast(late, fixed, "", 0)
		wantSaid(t, "in a poll that is fixed", err, "forbidden access.not_in_electorate")
		needs, err := s.polls.NeedsVote(t.Context(), late)
		if err != nil || len(needs) != 1 || needs[0].ID != p.ID {
			t.Errorf("what needs the late one's vote: %d polls, %v", len(needs), err)
		}
		_, err = s.cast(s.eve, p, "", 0)
		wantSaid(t, "somebody who has not come", err, "forbidden access.members_only")
		s.mustCast(late, p, "", 0)
		if p = s.again(s.ana, p); p.VoterCount != 7 || p.BallotCount != 1 {
			t.Errorf("%d voters, %d ballots; everybody who could have voted is counted", p.VoterCount, p.BallotCount)
		}
		if n := s.number("SELECT COUNT(*) FROM poll_log WHERE poll_id = ?", p.ID); n < 2 {
			t.Errorf("%d records: letting in is one", n)
		}
		s.leave(quiet)
		last := s.person("last", access.Member)
		p, err = s.polls.Close(t.Context(), s.ana, p.ID)
		if err != nil || p.VoterCount != 8 {
			t.Errorf("%d voters at the close, %v", p.VoterCount, err)
		}
		if _, err := s.cast(last, p, "", 0); said(err) != "conflict poll.state_closed" {
			t.Errorf("after the close: %v", err)
		}
	})
}

func TestWhoIsNamedLateMayVoteAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := proposal()
		in.Electorate, in.Named, in.JoinsLate, in.ClosesAt = poll.OfNamed, []int64{s.ben.Person}, true, after(50*time.Hour)
		p := s.start(s.ana, in)
		_, err := s.cast(s.dan, p, "", 0)
		wantSaid(t, "before", err, "forbidden access.not_in_electorate")
		p, err = s.polls.Name(t.Context(), s.ana, p.ID, []int64{s.dan.Person})
		if err != nil || p.VoterCount != 2 {
			t.Fatalf("%d voters, %v", p.VoterCount, err)
		}
		s.mustCast(s.dan, p, "", 0)
		_, err = s.polls.Name(t.Context(), s.ana, p.ID, []int64{s.eve.Person})
		wantSaid(t, "somebody from outside", err, "invalid named.0=poll.named_outsider")
		named, err := s.polls.Named(t.Context(), s.ana, p.ID)
		if err != nil || len(named) != 2 || len(s.events(event.PollVoted)) == 0 {
			t.Errorf("%v, %v", named, err)
		}
	})
}
