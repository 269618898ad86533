package poll_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/poll/figures"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func TestWhenResultsAreShown(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		const yes, vote, wait = "yes", "forbidden poll.results_after_vote", "forbidden poll.results_at_close"
		s := newStage(t, db, access.Public)
		for _, c := range []struct {
			shown                               access.Results
			voted, notYet, author, eve, visitor string // while it is open
		}{
			{access.Always, yes, yes, yes, yes, yes},
			{access.AfterVote, yes, vote, vote, vote, vote},
			{access.AtClose, wait, wait, wait, wait, wait},
		} {
			in := choice("A", "B")
			in.Results = c.shown
			p := s.start(s.ben, in)
			s.mustCast(s.cleo, p, "for a reason", 0)
			actors := []struct {
				name string
				who  access.Actor
				want string
			}{{"who voted", s.cleo, c.voted}, {"who has not", s.dan, c.notYet}, {"the author", s.ben, c.author},
				{"a stranger", s.eve, c.eve}, {"a visitor", access.Visitor(), c.visitor}}
			for _, a := range actors {
				_, err := s.polls.Results(t.Context(), a.who, p.ID)
				wantSaid(t, fmt.Sprintf("%s asks for results shown %s", a.name, c.shown), err, a.want)
				_, err = s.polls.Ballots(t.Context(), a.who, p.ID, page.Page{})
				wantSaid(t, fmt.Sprintf("%s asks for ballots shown %s", a.name, c.shown), err, a.want)
			}
			if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
				t.Fatal(err)
			}
			for _, a := range actors {
				_, err := s.polls.Results(t.Context(), a.who, p.ID)
				wantSaid(t, fmt.Sprintf("%s asks after the close, shown %s", a.name, c.shown), err, yes)
			}
		}
	})
}

func TestResultsOfASecretGroupAreNotToBeKnown(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Secret)
	p := s.start(s.ben, choice("A", "B"))
	for _, who := range []access.Actor{s.eve, s.ada, access.Visitor()} {
		_, err := s.polls.Results(t.Context(), who, p.ID)
		wantSaid(t, "a stranger", err, "not_found error.not_found")
		_, err = s.polls.MyBallot(t.Context(), who, p.ID)
		wantSaid(t, "a stranger's ballot", err, "not_found error.not_found")
		_, err = s.polls.Conclude(t.Context(), who, p.ID, poll.NewOutcome{})
		wantSaid(t, "a stranger's outcome", err, "not_found error.not_found")
		_, err = s.polls.Close(t.Context(), who, p.ID)
		wantSaid(t, "a stranger's close", err, "not_found error.not_found")
	}
}

func TestNoCountShowsWhileResultsAreHidden(t *testing.T) {
	t.Parallel()
	for _, shown := range []access.Results{access.AtClose, access.AfterVote} {
		// The same poll with opposite votes must look the same from outside.
		forA, forB := lookOfVotes(t, shown, 0), lookOfVotes(t, shown, 1)
		if diff := cmp.Diff(forA, forB); diff != "" {
			t.Errorf("shown %s: three votes for A and three for B differ:\n%s", shown, diff)
		}
		if !strings.Contains(forA, "ballot_count") {
			t.Error("the comparison does not look at the events")
		}
	}
}

// lookOfVotes is all that a stranger can see of a poll in which three people
// voted for the same option.
func lookOfVotes(t *testing.T, shown access.Results, option int) string {
	t.Helper()
	s := newStage(t, testkit.SQLite(t), access.Public)
	in := choice("A", "B")
	in.Results = shown
	p := s.start(s.ben, in)
	for _, who := range []access.Actor{s.cleo, s.dan, s.mo} {
		s.mustCast(who, p, "", option)
	}
	list, err := s.polls.OfThread(t.Context(), s.eve, s.thread)
	if err != nil {
		t.Fatal(err)
	}
	byID, err := s.polls.Polls(t.Context(), []int64{p.ID})
	if err != nil {
		t.Fatal(err)
	}
	look := fmt.Sprintf("%s\n%s\n%s\n%s", asJSON(t, s.again(s.eve, p)), asJSON(t, list), asJSON(t, byID), asJSON(t, allEvents(s)))
	// The head differs between any two polls: pseudonyms are made by chance.
	return regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(look, "HEAD")
}

func allEvents(s *stage) []string {
	all, err := store.Events(s.db.Read(s.t.Context()), eventTopic(s), store.Span{Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, e := range all {
		out = append(out, fmt.Sprintf("%d %s %d %s", e.Seq, e.Kind, e.Actor, e.Data))
	}
	return out
}

func TestResultsAreToldByTheOptions(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	in := choice("Monday", "Tuesday", "Friday")
	in.Rules.Max = 2
	p := s.start(s.ben, in)
	s.mustCast(s.cleo, p, "", 1, 2)
	s.mustCast(s.dan, p, "", 1)
	s.mustCast(s.mo, p, "", 0)
	r, err := s.polls.Results(t.Context(), s.cleo, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	o := p.Options
	third, twoThirds := &tally.Fraction{Num: 1, Den: 3}, &tally.Fraction{Num: 2, Den: 3}
	want := []figures.TableRow{
		{Option: o[0].ID, Label: "Monday", Votes: 1, Share: third, Percent: 33},
		{Option: o[1].ID, Label: "Tuesday", Votes: 2, Share: twoThirds, Percent: 66, Winner: true},
		{Option: o[2].ID, Label: "Friday", Votes: 1, Share: third, Percent: 33},
	}
	if diff := cmp.Diff(want, r.Table); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{o[1].ID}, r.Winners); diff != "" {
		t.Errorf("winners (-want +got):\n%s", diff)
	}
	if r.Status != tally.Chosen || r.Turnout.Cast != 3 || r.Turnout.Eligible != 5 || r.Rule != "choice/1" {
		t.Errorf("status %s, %d of %d by %s", r.Status, r.Turnout.Cast, r.Turnout.Eligible, r.Rule)
	}
	if diff := cmp.Diff([]string{"Tuesday"}, r.Summary.Labels); diff != "" {
		t.Errorf("the summary names (-want +got):\n%s", diff)
	}
	var names map[string]json.RawMessage
	if err := json.Unmarshal([]byte(asJSON(t, r)), &names); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state", "method", "turnout", "winners", "table", "rounds", "tie_breaks", "explanation"} {
		if v, there := names[name]; !there || string(v) == "null" {
			t.Errorf("the results have no %q: %s", name, v)
		}
	}
}

func TestATieIsReportedAsATie(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, choice("A", "B", "C"))
	s.mustCast(s.cleo, p, "", 0)
	s.mustCast(s.dan, p, "", 2)
	r, err := s.polls.Results(t.Context(), s.cleo, p.ID)
	if err != nil || r.Status != tally.Tied || len(r.Winners) != 0 {
		t.Fatalf("status %s, winners %v, %v", r.Status, r.Winners, err)
	}
	if diff := cmp.Diff([]int64{p.Options[0].ID, p.Options[2].ID}, r.Tied); diff != "" {
		t.Error(diff)
	}
}

// Every number in a sentence has one type, so that words made of a frozen
// result are those that were made before.
func TestFiguresKeepTheirTypeThroughTheClose(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	in := proposal()
	in.Rules.Quorum = tally.Percent(20)
	p := s.start(s.ben, in)
	s.mustCast(s.cleo, p, "", tally.Agree)
	live, err := s.polls.Results(t.Context(), s.cleo, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
		t.Fatal(err)
	}
	frozen, err := s.polls.Results(t.Context(), s.cleo, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(live.Explanation, frozen.Explanation); diff != "" {
		t.Errorf("explanation (-live +frozen):\n%s", diff)
	}
	if diff := cmp.Diff(live.Summary, frozen.Summary); diff != "" {
		t.Errorf("summary (-live +frozen):\n%s", diff)
	}
	for _, step := range frozen.Explanation {
		for name, v := range step.Args {
			switch v.(type) {
			case int64, string:
			default:
				t.Errorf("%s: %s is a %T", step.Code, name, v)
			}
		}
	}
}

func TestAFrozenResultDoesNotChange(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, choice("A", "B"))
	s.mustCast(s.cleo, p, "", 0)
	if _, err := s.polls.Close(t.Context(), s.ben, p.ID); err != nil {
		t.Fatal(err)
	}
	s.exec("UPDATE ballots SET choices = ?", fmt.Sprintf("[%d]", p.Options[1].ID))
	r, err := s.polls.Results(t.Context(), s.cleo, p.ID)
	if err != nil || r.Table[0].Votes != 1 || r.Table[1].Votes != 0 {
		t.Errorf("got %+v, %v", r.Table, err)
	}
}

func TestListsOfPolls(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		var ids []int64
		for i := range 5 {
			in := choice("A", "B")
			in.ClosesAt = after(time.Duration(10-i) * time.Hour) // the last one closes first
			ids = append(ids, s.start(s.ben, in).ID)
		}
		draft := choice("A", "B")
		draft.Draft = true
		s.start(s.ben, draft)

		needs := func(who access.Actor) []int64 {
			t.Helper()
			list, err := s.polls.NeedsVote(t.Context(), who)
			if err != nil {
				t.Fatal(err)
			}
			out := []int64{}
			for _, p := range list {
				if p.ThreadTitle == "" || len(p.Options) != 2 || !access.May(who, access.Vote, p.Facts()) {
					t.Errorf("poll %d is listed half, or cannot be voted in", p.ID)
				}
				out = append(out, p.ID)
			}
			return out
		}
		wantIDs(t, "cleo's", needs(s.cleo), ids[4], ids[3], ids[2], ids[1], ids[0])
		s.mustCast(s.cleo, s.again(s.cleo, poll.Poll{ID: ids[3]}), "", 0)
		s.clock.Set(after(6 * time.Hour)) // the last one is over
		wantIDs(t, "cleo's, after a vote and some hours", needs(s.cleo), ids[2], ids[1], ids[0])
		wantIDs(t, "of a later member", needs(s.person("fay", access.Member)))
		wantIDs(t, "of a visitor", needs(access.Visitor()))
		s.leave(s.dan)
		wantIDs(t, "of who has left", needs(s.dan))
		s.exec("UPDATE threads SET closed_at = 1")
		wantIDs(t, "cleo's, in a closed thread", needs(s.cleo))
		s.exec("UPDATE threads SET closed_at = NULL")

		for _, id := range ids[1:4] {
			s.clock.Set(after(24 * time.Hour))
			if _, err := s.polls.Conclude(t.Context(), s.ben, id, poll.NewOutcome{Statement: fmt.Sprint("decided ", id)}); err != nil {
				t.Fatal(err)
			}
		}
		pages := func(read func(page.Page) (page.List[poll.Poll], error)) []int64 {
			t.Helper()
			out := []int64{}
			for at := (page.Page{Limit: 2}); ; {
				list, err := read(at)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range list.Items {
					out = append(out, p.ID)
				}
				if at.Cursor = list.Next; at.Cursor == "" {
					return out
				}
			}
		}
		wantIDs(t, "of the group", pages(func(at page.Page) (page.List[poll.Poll], error) {
			return s.polls.OfGroup(t.Context(), s.eve, "harbour", poll.PollsQuery{Page: at})
		}), ids[0], ids[1], ids[2], ids[3], ids[4])
		wantIDs(t, "decided", pages(func(at page.Page) (page.List[poll.Poll], error) {
			return s.polls.Decisions(t.Context(), access.Visitor(), "harbour", poll.DecisionsQuery{Page: at})
		}), ids[3], ids[2], ids[1])

		s.exec("UPDATE threads SET visibility = 'members'")
		wantIDs(t, "of the group, in a members' thread", pages(func(at page.Page) (page.List[poll.Poll], error) {
			return s.polls.OfGroup(t.Context(), s.eve, "harbour", poll.PollsQuery{Page: at})
		}))
		s.exec("UPDATE groups SET visibility = 'closed'")
		_, err := s.polls.Decisions(t.Context(), s.eve, "harbour", poll.DecisionsQuery{})
		wantSaid(t, "the decisions of a closed group", err, "forbidden access.members_only")
		s.exec("UPDATE groups SET visibility = 'secret'")
		_, err = s.polls.OfGroup(t.Context(), s.eve, "harbour", poll.PollsQuery{})
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("the polls of a secret group: %v", err)
		}
	})
}

func wantIDs(t *testing.T, what string, got []int64, want ...int64) {
	t.Helper()
	if want == nil {
		want = []int64{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the polls %s (-want +got):\n%s", what, diff)
	}
}
