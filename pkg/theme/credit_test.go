package theme_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// inbox lists what somebody was told of, in order.
func (s *stage) inbox(who access.Actor) []string {
	s.t.Helper()
	all, err := store.Events(s.db.Read(s.t.Context()), event.Inbox(who.Person), store.Span{Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	out := []string{}
	for _, e := range all {
		out = append(out, string(e.Kind))
	}
	return out
}

func handles(list []person.Brief) []string {
	out := []string{}
	for _, b := range list {
		out = append(out, b.Handle)
	}
	return out
}

func TestAConvenorPutsThemesForwardForOthers(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		out, err := s.themes.Propose(t.Context(), s.mo, s.thread, []theme.NewTheme{
			{Title: "Boats", For: "cleo"}, {Title: "Nets", Credit: " Ida from Oslo "}, {Title: "Ropes", FromContext: true, CreditAuthor: true, Quote: "ropes, so far"},
		})
		if err != nil {
			t.Fatal(err)
		}
		cleos, idas, own := out[0], out[1], out[2]
		if cleos.Proposer.Handle != "cleo" || cleos.PutBy == nil || cleos.PutBy.Handle != "mo" || cleos.Credit != "" {
			t.Errorf("for a member: %+v", cleos)
		}
		if idas.Credit != "Ida from Oslo" || idas.PutBy == nil || len(idas.Proposers()) != 0 {
			t.Errorf("for a name: %+v", idas)
		}
		if own.Proposer.Handle != "mo" || own.PutBy != nil || !own.FromContext() || own.Quote != "ropes, so far" {
			t.Errorf("out of one's own context: %+v", own)
		}
		if diff := cmp.Diff([]string{"theme.credited"}, s.inbox(s.cleo)); diff != "" {
			t.Errorf("cleo is told (-want +got):\n%s", diff)
		}
		if len(s.inbox(s.mo)) != 0 {
			t.Error("the convenor is told of what they did")
		}
		title := "Ships"
		if _, err := s.themes.Edit(t.Context(), s.cleo, cleos.ID, theme.ThemeEdit{Title: &title}); err != nil {
			t.Errorf("the credited person edits: %v", err)
		}
		for name, c := range map[string]struct {
			who  access.Actor
			in   theme.NewTheme
			want string
		}{
			"a member for another":       {s.ben, theme.NewTheme{Title: "a", For: "cleo"}, "forbidden access.needs_moderator"},
			"a member for a name":        {s.ben, theme.NewTheme{Title: "a", Credit: "Ida"}, "forbidden access.needs_moderator"},
			"for somebody elsewhere":     {s.mo, theme.NewTheme{Title: "a", For: "eve"}, "invalid for=theme.nobody_here"},
			"for nobody at all":          {s.mo, theme.NewTheme{Title: "a", For: "zz"}, "invalid for=theme.nobody_here"},
			"for two":                    {s.mo, theme.NewTheme{Title: "a", For: "cleo", Credit: "Ida"}, "invalid for=theme.one_proposer"},
			"for an author and a name":   {s.mo, theme.NewTheme{Title: "a", FromContext: true, CreditAuthor: true, Credit: "Ida"}, "invalid credit=theme.one_proposer"},
			"out of two sources at once": {s.ben, theme.NewTheme{Title: "a", FromContext: true, FromCommentID: 1}, "invalid from_comment_id=theme.one_source"},
		} {
			_, err := s.themes.Propose(t.Context(), c.who, s.thread, []theme.NewTheme{c.in})
			wantSaid(t, name, err, c.want)
		}
	})
}

func TestWhatWaitsForSomebody(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		out, err := s.themes.Propose(t.Context(), s.mo, s.thread, []theme.NewTheme{{Title: "Boats", For: "cleo"}, {Title: "Nets"}})
		if err != nil {
			t.Fatal(err)
		}
		s.clock.Set(start.Add(time.Minute))
		if _, err := s.themes.AskProposer(t.Context(), s.mo, out[1].ID, "cleo"); err != nil {
			t.Fatal(err)
		}
		s.clock.Set(start.Add(2 * time.Minute))
		if _, err := s.themes.Ask(t.Context(), s.dan, out[0].ID, forum.NewComment{Body: "Why?"}); err != nil {
			t.Fatal(err)
		}
		calls := func(who access.Actor) []string {
			list, err := s.themes.Calls(t.Context(), who, 10)
			if err != nil {
				t.Fatal(err)
			}
			told := []string{}
			for _, c := range list {
				told = append(told, string(c.Kind)+" "+c.Title+" "+c.By.Handle)
			}
			return told
		}
		if diff := cmp.Diff([]string{"question Boats dan", "asked Nets mo", "credited Boats mo"}, calls(s.cleo)); diff != "" {
			t.Errorf("cleo's (-want +got):\n%s", diff)
		}
		if len(calls(s.mo))+len(calls(s.dan))+len(calls(access.Visitor())) != 0 {
			t.Error("others are told what waits for cleo")
		}
		s.clock.Set(start.Add(15 * 24 * time.Hour))
		s.exec("UPDATE theme_proposers SET answer = 'declined'")
		if diff := cmp.Diff([]string{"question Boats dan"}, calls(s.cleo)); diff != "" {
			t.Errorf("two weeks on (-want +got):\n%s", diff)
		}
		s.exec("DELETE FROM memberships WHERE person_id = ?", s.cleo.Person)
		s.exec("UPDATE groups SET visibility = 'secret'")
		if got := calls(s.cleo); len(got) != 0 {
			t.Errorf("outside the group: %v", got)
		}
	})
}

func TestTheAuthorOfTheContextIsCredited(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		thread, err := s.forum.Start(t.Context(), s.ben, "harbour", forum.NewThread{Title: "Three days", Body: "Ideas so far:\n\n- Boats\n- Nets"})
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.themes.Propose(t.Context(), s.mo, thread.ID, []theme.NewTheme{{Title: "Boats", FromContext: true, CreditAuthor: true}})
		if err != nil || out[0].Proposer.Handle != "ben" || out[0].PutBy == nil || out[0].Quote != "Boats" {
			t.Fatalf("got %+v, %v", out, err)
		}
	})
}

func TestSeveralProposeATheme(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.ben, "Boats")[0]
		ask := func(who access.Actor, handle string) error {
			return errorOf(s.themes.AskProposer(t.Context(), who, boats.ID, handle))
		}
		answer := func(who access.Actor, accept bool) error {
			return errorOf(s.themes.AnswerProposer(t.Context(), who, boats.ID, accept))
		}
		wantSaid(t, "one who does not propose it asks", ask(s.cleo, "dan"), "forbidden access.needs_moderator")
		wantSaid(t, "somebody elsewhere is asked", ask(s.ben, "eve"), "invalid person=theme.nobody_here")
		wantSaid(t, "who proposes it is asked", ask(s.ben, "ben"), "conflict theme.proposes_already")
		wantSaid(t, "one who was not asked accepts", answer(s.cleo, true), "conflict theme.not_asked")
		for range 2 {
			wantSaid(t, "cleo is asked", ask(s.ben, "@Cleo"), "yes")
		}
		wantSaid(t, "a convenor asks", ask(s.mo, "dan"), "yes")
		if diff := cmp.Diff([]string{"theme.proposer_asked"}, s.inbox(s.cleo)); diff != "" {
			t.Errorf("cleo is told (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"ben"}, handles(s.again(s.eve, boats).Proposers())); diff != "" {
			t.Errorf("before anybody has accepted (-want +got):\n%s", diff)
		}
		for _, c := range []struct {
			who  access.Actor
			want int
		}{{s.ben, 2}, {s.mo, 2}, {s.cleo, 1}, {s.eve, 0}} {
			if asks, err := s.themes.Asks(t.Context(), c.who, boats.ID); err != nil || len(asks) != c.want {
				t.Errorf("person %d sees %d asks, want %d, %v", c.who.Person, len(asks), c.want, err)
			}
		}
		wantSaid(t, "dan says no", answer(s.dan, false), "yes")
		wantSaid(t, "dan is asked again", ask(s.ben, "dan"), "conflict theme.will_not_propose")
		s.clock.Set(start.Add(time.Minute))
		for range 2 {
			wantSaid(t, "cleo accepts", answer(s.cleo, true), "yes")
		}
		s.clock.Set(start.Add(2 * time.Minute))
		wantSaid(t, "dan changes his mind", answer(s.dan, true), "yes")
		if diff := cmp.Diff([]string{"ben", "cleo", "dan"}, handles(s.again(s.eve, boats).Proposers())); diff != "" {
			t.Errorf("proposers (-want +got):\n%s", diff)
		}
		title := "Ships"
		if _, err := s.themes.Edit(t.Context(), s.cleo, boats.ID, theme.ThemeEdit{Title: &title}); err != nil {
			t.Errorf("a further proposer edits: %v", err)
		}
		if n := len(s.events(event.ThemeProposerJoined)); n != 2 {
			t.Errorf("%d joinings were told", n)
		}
	})
}

func TestTheLastProposerWithdrawsTheTheme(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.ben, "Boats")[0]
		for _, other := range []access.Actor{s.cleo, s.dan} {
			handle := map[int64]string{s.cleo.Person: "cleo", s.dan.Person: "dan"}[other.Person]
			s.clock.Set(s.clock.Now().Add(time.Minute))
			if _, err := s.themes.AskProposer(t.Context(), s.ben, boats.ID, handle); err != nil {
				t.Fatal(err)
			}
			if _, err := s.themes.AnswerProposer(t.Context(), other, boats.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			who   access.Actor
			left  []string
			state access.ThemeState
		}{
			{s.ben, []string{"cleo", "dan"}, access.Proposed},
			{s.dan, []string{"cleo"}, access.Proposed},
			{s.cleo, []string{"cleo"}, access.Withdrawn},
		} {
			if _, err := s.themes.Withdraw(t.Context(), c.who, boats.ID); err != nil {
				t.Fatal(err)
			}
			got := s.again(s.eve, boats)
			if diff := cmp.Diff(c.left, handles(got.Proposers())); diff != "" || got.State != c.state {
				t.Errorf("left are (-want +got):\n%s and it is %s, want %s", diff, got.State, c.state)
			}
		}
		_, err := s.themes.Withdraw(t.Context(), s.ben, boats.ID)
		wantSaid(t, "who stepped back", err, "forbidden access.only_own")
		if left, gone := len(s.events(event.ThemeProposerLeft)), len(s.events(event.ThemeWithdrawn)); left != 2 || gone != 1 {
			t.Errorf("%d steps back and %d withdrawals were told", left, gone)
		}
	})
}

func TestQuestionsToTheProposers(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.ben, "Boats")[0]
		ask := func(who access.Actor, words string) int64 {
			c, err := s.themes.Ask(t.Context(), who, boats.ID, forum.NewComment{Body: words})
			if err != nil {
				t.Fatal(err)
			}
			return c.ID
		}
		reply := func(who access.Actor, to int64) int64 {
			c, err := s.forum.Post(t.Context(), who, s.thread, forum.NewComment{Body: "Because.", ParentID: to})
			if err != nil {
				t.Fatal(err)
			}
			return c.ID
		}
		unanswered := func(want int) {
			t.Helper()
			if got := s.again(s.eve, boats).Unanswered; got != want {
				t.Errorf("%d questions wait, want %d", got, want)
			}
		}
		first, second := ask(s.cleo, "Which boats?"), ask(s.dan, "Why?")
		own := ask(s.ben, "Is this a question?") // to oneself it is none
		unanswered(2)
		if diff := cmp.Diff([]string{"theme.questioned", "theme.questioned"}, s.inbox(s.ben)); diff != "" {
			t.Errorf("ben is told (-want +got):\n%s", diff)
		}
		reply(s.dan, first)
		unanswered(2) // somebody else's reply is no answer
		answer := reply(s.ben, first)
		unanswered(1)
		reply(s.ben, first) // a second reply changes nothing
		if got, err := s.themes.Questions(t.Context(), s.eve, boats.ID); err != nil || got[first] != answer || got[second] != 0 || len(got) != 2 {
			t.Errorf("questions %v, %v; %d is none", got, err, own)
		}
		if diff := cmp.Diff([]string{"comment.replied", "theme.answered", "comment.replied"}, s.inbox(s.cleo)); diff != "" {
			t.Errorf("cleo is told (-want +got):\n%s", diff)
		}
		if got := s.again(s.eve, boats).CommentCount; got != 6 {
			t.Errorf("the strand has %d comments, want the replies too: 6", got)
		}
		if err := s.forum.DeleteComment(t.Context(), s.ben, answer); err != nil {
			t.Fatal(err)
		}
		unanswered(2) // the answer is gone
		if err := s.forum.DeleteComment(t.Context(), s.dan, second); err != nil {
			t.Fatal(err)
		}
		unanswered(1)
		if q, a := len(s.events(event.ThemeQuestioned)), len(s.events(event.ThemeAnswered)); q != 2 || a != 1 {
			t.Errorf("%d questions and %d answers were told", q, a)
		}
	})
}

func TestTheHistoryOfATheme(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats, err := s.themes.Propose(t.Context(), s.mo, s.thread, []theme.NewTheme{{Title: "Boats", For: "ben"}})
		if err != nil {
			t.Fatal(err)
		}
		for i, title := range []string{"Ships", "Vessels"} {
			s.clock.Set(start.Add(time.Duration(i+1) * time.Hour))
			if _, err := s.themes.Edit(t.Context(), s.ben, boats[0].ID, theme.ThemeEdit{Title: &title}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.themes.History(t.Context(), s.eve, boats[0].ID)
		if err != nil || len(got) != 3 {
			t.Fatalf("%d versions, %v", len(got), err)
		}
		for i, want := range []struct {
			title, by string
			at        time.Time
		}{{"Boats", "mo", start}, {"Ships", "ben", start.Add(time.Hour)}, {"Vessels", "ben", start.Add(2 * time.Hour)}} {
			if v := got[i]; v.Number != i+1 || v.Title != want.title || v.Editor.Handle != want.by || !v.At.Equal(want.at) {
				t.Errorf("version %d is %+v, want %+v", i+1, v, want)
			}
		}
		s.exec("UPDATE groups SET visibility = 'secret'")
		_, err = s.themes.History(t.Context(), s.eve, boats[0].ID)
		wantSaid(t, "a stranger in a secret group", err, "not_found error.not_found")
	})
}
