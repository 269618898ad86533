package poll_test

import (
	"slices"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// decided is a closed poll with an outcome, published that many days after the
// stage was set.
func (s *stage) decided(day int, title, statement, reviewOn string, method tally.Method) poll.Poll {
	s.t.Helper()
	s.clock.Set(after(time.Duration(day) * 24 * time.Hour))
	in := choice("A", "B")
	if method == tally.Proposal {
		in = proposal()
	}
	in.Title, in.ClosesAt = title, after(1000*24*time.Hour/2)
	p := s.start(s.ben, in)
	s.mustCast(s.cleo, p, "", 0)
	if _, err := s.polls.Close(s.t.Context(), s.ben, p.ID); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.polls.Conclude(s.t.Context(), s.ben, p.ID, poll.NewOutcome{Statement: statement, ReviewOn: reviewOn}); err != nil {
		s.t.Fatal(err)
	}
	return s.again(s.ben, p)
}

// all reads the register page by page, as one would leaf through it.
func (s *stage) all(who access.Actor, q poll.DecisionsQuery) []string {
	s.t.Helper()
	out := []string{}
	for q.Page = (page.Page{Limit: 1}); ; {
		list, err := s.polls.Decisions(s.t.Context(), who, "harbour", q)
		if err != nil {
			s.t.Fatalf("%+v: %v", q, err)
		}
		for _, p := range list.Items {
			out = append(out, p.Title)
		}
		if q.Cursor = list.Next; q.Cursor == "" {
			return out
		}
	}
}

func TestTheRegisterFindsWhatItIsAskedFor(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.decided(0, "Which bread?", "We bake 100% rye.", "2026-03-10", tally.Choice)
		s.decided(1, "Shall we buy the boat?", "The boat is ours_now.", "", tally.Proposal)
		s.decided(2, "Which Ölmühle?", "Another one.", "2026-03-05", tally.Choice)
		s.decided(3, "Which oven?", "The OVEN of Rye Lane.", "2026-09-01", tally.Choice)
		s.clock.Set(after(8 * 24 * time.Hour)) // 10 March
		for _, c := range []struct {
			name string
			q    poll.DecisionsQuery
			want []string
		}{
			{"nothing, the latest first", poll.DecisionsQuery{}, []string{"Which oven?", "Which Ölmühle?", "Shall we buy the boat?", "Which bread?"}},
			{"a word in any case, in question or statement", poll.DecisionsQuery{Text: "rYe"}, []string{"Which oven?", "Which bread?"}},
			{"a word of the question", poll.DecisionsQuery{Text: "boat?"}, []string{"Shall we buy the boat?"}},
			{"letters beyond ASCII", poll.DecisionsQuery{Text: "Ölmühle"}, []string{"Which Ölmühle?"}},
			{"signs that mean something to the database", poll.DecisionsQuery{Text: "0% r"}, []string{"Which bread?"}},
			{"an underscore, which stands for itself", poll.DecisionsQuery{Text: "s_n"}, []string{"Shall we buy the boat?"}},
			{"a per cent sign alone", poll.DecisionsQuery{Text: "%"}, []string{"Which bread?"}},
			{"what nobody said", poll.DecisionsQuery{Text: "spelt"}, []string{}},
			{"a kind of poll", poll.DecisionsQuery{Method: tally.Proposal}, []string{"Shall we buy the boat?"}},
			{"from a day on", poll.DecisionsQuery{From: "2026-03-04"}, []string{"Which oven?", "Which Ölmühle?"}},
			{"until a day, which belongs to it", poll.DecisionsQuery{To: "2026-03-03"}, []string{"Shall we buy the boat?", "Which bread?"}},
			{"one day", poll.DecisionsQuery{From: "2026-03-03", To: "2026-03-03"}, []string{"Shall we buy the boat?"}},
			{"what is due, the earliest first", poll.DecisionsQuery{Review: poll.ReviewDue}, []string{"Which Ölmühle?", "Which bread?"}},
			{"what is planned", poll.DecisionsQuery{Review: poll.ReviewPlanned}, []string{"Which oven?"}},
			{"several things at once", poll.DecisionsQuery{Text: "rye", Review: poll.ReviewDue, Method: tally.Choice}, []string{"Which bread?"}},
		} {
			if got := s.all(access.Visitor(), c.q); !slices.Equal(got, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
		s.exec("UPDATE threads SET visibility = 'members'")
		if got := s.all(s.eve, poll.DecisionsQuery{Text: "rye"}); len(got) > 0 {
			t.Errorf("a stranger finds %q in a members' thread", got)
		}
	})
}

func TestTheRegisterRefusesWhatItCannotAsk(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	for _, c := range []struct {
		q    poll.DecisionsQuery
		want string
	}{
		{poll.DecisionsQuery{From: "yesterday"}, "invalid from=field.date"}, {poll.DecisionsQuery{To: "2026-02-30"}, "invalid to=field.date"},
		{poll.DecisionsQuery{Review: "never"}, "invalid review=field.choose"}, {poll.DecisionsQuery{Method: "oracle"}, "invalid method=field.choose"},
		{poll.DecisionsQuery{Page: page.Page{Cursor: "x"}}, "invalid cursor=field.cursor"},
		{poll.DecisionsQuery{Review: poll.ReviewDue, Page: page.Page{Cursor: page.Encode(1)}}, "invalid cursor=field.cursor"},
	} {
		_, err := s.polls.Decisions(t.Context(), s.ben, "harbour", c.q)
		wantSaid(t, "asked", err, c.want)
	}
}

func TestADecisionSaysWhatItRestsOn(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		made, open := s.decided(0, "Which bread?", "Rye.", "", tally.Choice), s.start(s.ben, choice("A", "B"))
		said, err := s.polls.Summaries(t.Context(), []poll.Poll{made, open})
		if err != nil {
			t.Fatal(err)
		}
		if len(said) != 1 || said[made.ID].Code != "tally.summary.chosen" || said[made.ID].Args["Count"] != int64(1) || !slices.Equal(said[made.ID].Labels, []string{"A"}) {
			t.Errorf("the sentences are %+v", said)
		}
	})
}

func TestAReviewIsDueOnItsDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		on   string
		want bool
	}{{"", false}, {"2026-03-01", true}, {"2026-03-02", true}, {"2026-03-03", false}} {
		if got := (poll.Outcome{ReviewOn: c.on}).ReviewIsDue(start); got != c.want {
			t.Errorf("a review on %q is due on 2 March: %v", c.on, got)
		}
	}
}
