package poll_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func asError(err error) (*errs.Error, bool) { return errors.AsType[*errs.Error](err) }

func sortedNames(f errs.Fields) []string { return slices.Sorted(maps.Keys(f)) }

func TestAPollOpensAtOnceForTheMembersOfItsGroup(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := choice("Monday", "Tuesday")
		in.Details = "Say **which** one."
		in.Rules.Quorum = tally.Percent(50)
		p := s.start(s.ben, in)
		if p.State != access.PollOpen || p.VoterCount != 5 || p.BallotCount != 0 || !p.OpenedAt.Equal(start) {
			t.Errorf("got state %s, %d voters, %d ballots, opened %v", p.State, p.VoterCount, p.BallotCount, p.OpenedAt)
		}
		if p.Author.Handle != "ben" || p.ThreadTitle != "What to do in May" || p.Group.Handle != "harbour" {
			t.Errorf("got author %q in %q of %q", p.Author.Handle, p.ThreadTitle, p.Group.Handle)
		}
		if !strings.Contains(p.DetailsHTML, "<strong>which</strong>") {
			t.Errorf("details were not rendered: %s", p.DetailsHTML)
		}
		if p.QuorumNeeded() != 3 {
			t.Errorf("half of 5 voters need %d ballots, want 3", p.QuorumNeeded())
		}
		wantRules := tally.Rules{Method: tally.Choice, Quorum: tally.Fraction{Num: 5, Den: 10}, Seats: 1, Min: 1, Max: 1}
		if diff := cmp.Diff(wantRules, p.Rules); diff != "" {
			t.Errorf("rules are kept complete (-want +got):\n%s", diff)
		}
		opened := s.events(event.PollOpened)
		if len(opened) != 1 || opened[0].Subject != p.ID || opened[0].Actor != s.ben.Person || opened[0].Item == 0 {
			t.Errorf("told the timeline %+v", opened)
		}
		if diff := cmp.Diff([]planned{{p.ID, in.ClosesAt}}, s.planned, cmp.AllowUnexported(planned{})); diff != "" {
			t.Errorf("the close was planned (-want +got):\n%s", diff)
		}
	})
}

func TestAProposalHasItsFourAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	p := s.start(s.ben, proposal())
	var keys []string
	for _, o := range p.Options {
		keys = append(keys, o.Key)
	}
	if diff := cmp.Diff(tally.ProposalOptions(), keys); diff != "" {
		t.Error(diff)
	}
}

func TestABadPollIsRefusedFieldByField(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		many := make([]string, poll.MaxOptions+1)
		for i := range many {
			many[i] = strings.Repeat("x", i+1)
		}
		for name, c := range map[string]struct {
			change func(*poll.NewPoll)
			want   string
		}{
			"without a title":                  {func(in *poll.NewPoll) { in.Title = " \n" }, "invalid title=field.required"},
			"with a title of 201 letters":      {func(in *poll.NewPoll) { in.Title = strings.Repeat("ü", 201) }, "invalid title=field.too_long"},
			"with a title of 200 letters":      {func(in *poll.NewPoll) { in.Title = strings.Repeat("ü", 200) }, "yes"},
			"with details that are not UTF":    {func(in *poll.NewPoll) { in.Details = "\xff" }, "invalid details=field.not_utf8"},
			"by an unknown method":             {func(in *poll.NewPoll) { in.Method = "dice" }, "invalid method=tally.rule.method_unknown"},
			"with one option":                  {func(in *poll.NewPoll) { in.Options = in.Options[:1] }, "invalid options=poll.options_too_few"},
			"with no option":                   {func(in *poll.NewPoll) { in.Options = nil }, "invalid options=poll.options_too_few"},
			"with 101 options":                 {func(in *poll.NewPoll) { in.Options = choice(many...).Options }, "invalid options=poll.options_too_many"},
			"with an empty label":              {func(in *poll.NewPoll) { in.Options[1].Label = "" }, "invalid options.1=field.required"},
			"with a label of 201 letters":      {func(in *poll.NewPoll) { in.Options[1].Label = strings.Repeat("x", 201) }, "invalid options.1=field.too_long"},
			"with a label twice":               {func(in *poll.NewPoll) { in.Options[1].Label = " MONDAY " }, "invalid options.1=poll.option_twice"},
			"with a theme of nowhere":          {func(in *poll.NewPoll) { in.Options[1].ThemeID = 4711 }, "invalid options=poll.theme_not_here"},
			"without a closing time":           {func(in *poll.NewPoll) { in.ClosesAt = time.Time{} }, "invalid closes_at=field.required"},
			"that closes now":                  {func(in *poll.NewPoll) { in.ClosesAt = start }, "invalid closes_at=poll.closes_past"},
			"that closes in a microsecond":     {func(in *poll.NewPoll) { in.ClosesAt = start.Add(time.Microsecond) }, "yes"},
			"that closes in two years":         {func(in *poll.NewPoll) { in.ClosesAt = start.AddDate(2, 0, 0) }, "yes"},
			"that closes later than that":      {func(in *poll.NewPoll) { in.ClosesAt = start.AddDate(2, 0, 0).Add(time.Microsecond) }, "invalid closes_at=poll.closes_too_late"},
			"with unknown showing":             {func(in *poll.NewPoll) { in.Results = "never" }, "invalid results=field.choose"},
			"with more choices than there are": {func(in *poll.NewPoll) { in.Rules.Max = 3 }, "invalid max=tally.rule.max_range"},
			"with a threshold":                 {func(in *poll.NewPoll) { in.Rules.Threshold = tally.Percent(50) }, "invalid threshold=tally.rule.not_for_method"},
			"with a quorum of 120 percent":     {func(in *poll.NewPoll) { in.Rules.Quorum = tally.Percent(120) }, "invalid quorum=tally.rule.quorum_range"},
			"that reminds in the past":         {func(in *poll.NewPoll) { in.Reminders = []time.Duration{8 * 24 * time.Hour} }, "invalid reminders=poll.reminder_past"},
			"that reminds after the close":     {func(in *poll.NewPoll) { in.Reminders = []time.Duration{-time.Hour} }, "invalid reminders=poll.reminder_past"},
			"that reminds six times":           {func(in *poll.NewPoll) { in.Reminders = []time.Duration{1, 2, 3, 4, 5, 6} }, "invalid reminders=field.too_many"},
			"that proposes with options":       {func(in *poll.NewPoll) { in.Method = tally.Proposal }, "invalid options.0=poll.side_needed options.1=poll.side_needed"},
		} {
			in := choice("Monday", "Tuesday")
			c.change(&in)
			_, err := s.polls.Start(t.Context(), s.ben, s.thread, in)
			wantSaid(t, "a poll "+name, err, c.want)
		}
		if n := s.number("SELECT COUNT(*) FROM polls"); n != 3 {
			t.Errorf("%d polls are there, want the 3 that were accepted", n)
		}
	})
}

func TestWhoMayStartAPoll(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		for _, c := range []struct {
			visibility             access.Visibility
			eve, ada, visitor, ben string
		}{
			{access.Public, "forbidden access.members_only", "forbidden access.members_only", "unauthenticated access.sign_in", "yes"},
			{access.Secret, "not_found error.not_found", "not_found error.not_found", "not_found error.not_found", "yes"},
		} {
			s.exec("UPDATE groups SET visibility = ?", c.visibility)
			for _, one := range []struct {
				name string
				who  access.Actor
				want string
			}{
				{"eve", s.eve, c.eve}, {"ada", s.ada, c.ada}, {"a visitor", access.Visitor(), c.visitor}, {"ben", s.ben, c.ben},
				{"the forum itself", access.System(), "unauthenticated access.sign_in"},
			} {
				_, err := s.polls.Start(t.Context(), one.who, s.thread, proposal())
				wantSaid(t, one.name+" in a "+string(c.visibility)+" group", err, one.want)
			}
		}
	})
}

func TestAClosedThreadTakesNoPolls(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("Monday", "Tuesday"))
		draft := choice("Monday", "Tuesday")
		draft.Draft = true
		d := s.start(s.ben, draft)
		if _, err := s.forum.Close(t.Context(), s.mo, s.thread, "enough"); err != nil {
			t.Fatal(err)
		}
		_, err := s.polls.Start(t.Context(), s.ben, s.thread, proposal())
		wantSaid(t, "start", err, "conflict thread.closed")
		_, err = s.polls.Open(t.Context(), s.ben, d.ID)
		wantSaid(t, "open", err, "conflict thread.closed")
		_, err = s.cast(s.cleo, p, "", 0)
		wantSaid(t, "vote", err, "conflict thread.closed")
		_, err = s.polls.Edit(t.Context(), s.ben, p.ID, poll.PollEdit{})
		wantSaid(t, "edit", err, "conflict thread.closed")
		_, err = s.polls.Extend(t.Context(), s.ben, p.ID, after(300*time.Hour))
		wantSaid(t, "extend", err, "conflict thread.closed")
		_, err = s.polls.Close(t.Context(), s.ben, p.ID)
		wantSaid(t, "close", err, "yes")
		_, err = s.polls.Reopen(t.Context(), s.mo, p.ID, after(300*time.Hour))
		wantSaid(t, "reopen", err, "conflict thread.closed")
		_, err = s.polls.Conclude(t.Context(), s.ben, p.ID, poll.NewOutcome{Statement: "Nobody came."})
		wantSaid(t, "conclude", err, "yes")
	})
}

func TestADraftIsForThoseWhoMayOpenIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		in := proposal()
		in.Draft = true
		d := s.start(s.ben, in)
		if d.State != access.Draft || d.OpenedAt != nil || d.VoterCount != 0 || len(s.planned) != 0 {
			t.Errorf("the draft is %s, opened %v, with %d voters and %d plans", d.State, d.OpenedAt, d.VoterCount, len(s.planned))
		}
		if n := len(s.events(event.PollOpened)); n != 0 {
			t.Errorf("%d events tell of a draft", n)
		}
		for _, c := range []struct {
			name string
			who  access.Actor
			want string
		}{{"its author", s.ben, "yes"}, {"a moderator", s.mo, "yes"}, {"a member", s.cleo, "not_found error.not_found"},
			{"a visitor", access.Visitor(), "not_found error.not_found"}} {
			_, err := s.polls.Poll(t.Context(), c.who, d.ID)
			wantSaid(t, c.name+" reads", err, c.want)
			list, err := s.polls.OfThread(t.Context(), c.who, s.thread)
			if err != nil || (len(list) == 1) != (c.want == "yes") {
				t.Errorf("%s finds %d polls in the thread (%v)", c.name, len(list), err)
			}
		}
		_, err := s.polls.Open(t.Context(), s.cleo, d.ID)
		wantSaid(t, "a member opens", err, "not_found error.not_found")
		if hydrated, err := s.polls.Polls(t.Context(), []int64{d.ID}); err != nil || len(hydrated) != 0 {
			t.Errorf("a draft is handed out by id: %v, %v", hydrated, err)
		}
		_, err = s.cast(s.ben, d, "", 0)
		wantSaid(t, "vote in a draft", err, "forbidden access.not_in_electorate")

		later := s.person("fay", access.Member)
		opened, err := s.polls.Open(t.Context(), s.ben, d.ID)
		if err != nil || opened.State != access.PollOpen || opened.VoterCount != 6 {
			t.Errorf("opened: %s with %d voters, %v", opened.State, opened.VoterCount, err)
		}
		if _, err := s.cast(later, opened, "", 0); err != nil {
			t.Errorf("who joined before the opening may vote: %v", err)
		}
		_, err = s.polls.Open(t.Context(), s.ben, d.ID)
		wantSaid(t, "open twice", err, "conflict poll.state_open")
	})
}

func TestADraftWhoseClosingTimeHasPassedIsNotOpened(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	in := proposal()
	in.Draft = true
	d := s.start(s.ben, in)
	s.clock.Set(in.ClosesAt)
	_, err := s.polls.Open(t.Context(), s.ben, d.ID)
	wantSaid(t, "open late", err, "invalid closes_at=poll.closes_past")
	until := in.ClosesAt.Add(72 * time.Hour)
	if _, err := s.polls.Edit(t.Context(), s.ben, d.ID, poll.PollEdit{ClosesAt: &until}); err != nil {
		t.Fatalf("give it a new time: %v", err)
	}
	if _, err := s.polls.Open(t.Context(), s.ben, d.ID); err != nil {
		t.Errorf("open in time: %v", err)
	}
}

func TestAPollIsEditedUntilTheFirstBallotIsIn(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p := s.start(s.ben, choice("Monday", "Tuesday"))
		title, details, options := "Which day?", "*Any*", []poll.NewOption{{Label: "Wednesday"}, {Label: "Thursday"}, {Label: "Friday"}}
		rules, results := tally.Rules{Max: 2}, access.AtClose
		edit := poll.PollEdit{Title: &title, Details: &details, Options: &options, Rules: &rules, Settings: &poll.Settings{Results: results, Reasons: poll.RequiredReasons}}
		_, err := s.polls.Edit(t.Context(), s.cleo, p.ID, edit)
		wantSaid(t, "another member edits", err, "forbidden access.needs_moderator")
		got, err := s.polls.Edit(t.Context(), s.ben, p.ID, edit)
		if err != nil {
			t.Fatal(err)
		}
		if got.Title != title || !strings.Contains(got.DetailsHTML, "<em>Any</em>") || len(got.Options) != 3 || got.Options[2].Label != "Friday" ||
			got.Rules.Max != 2 || got.Results != access.AtClose || got.Reasons != poll.RequiredReasons || got.EditedAt == nil {
			t.Errorf("got %+v", got)
		}
		if n := len(s.events(event.PollEdited)); n != 1 {
			t.Errorf("%d events tell of the edit", n)
		}
		_, err = s.cast(s.cleo, p, "why", 0)
		wantSaid(t, "vote for an option that is gone", err, "invalid choices=tally.ballot.unknown_option")
		until := after(200 * time.Hour)
		_, err = s.polls.Edit(t.Context(), s.ben, p.ID, poll.PollEdit{ClosesAt: &until})
		wantSaid(t, "move the close of an open poll", err, "invalid closes_at=poll.extend_instead")
		_, err = s.polls.Edit(t.Context(), s.ben, p.ID, poll.PollEdit{Options: &[]poll.NewOption{{Label: "Only"}}})
		wantSaid(t, "take away the choice", err, "invalid max=tally.rule.max_range options=poll.options_too_few")

		s.mustCast(s.cleo, got, "why", 0)
		for name, edit := range map[string]poll.PollEdit{"title": {Title: &title}, "options": {Options: &options}, "results": {Settings: &poll.Settings{Results: results}}} {
			_, err = s.polls.Edit(t.Context(), s.ben, p.ID, edit)
			wantSaid(t, "edit the "+name+" after a ballot", err, "conflict poll.has_ballots")
		}
	})
}

func TestRemindersAreKeptAsData(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		reminders := func(p poll.Poll) []time.Duration {
			t.Helper()
			var at []store.Time
			if err := db.Read(t.Context()).Table("poll_reminders").Select("at").Where("poll_id = ?", p.ID).Order("at").Find(&at).Error; err != nil {
				t.Fatal(err)
			}
			out := []time.Duration{}
			for _, r := range at {
				out = append(out, r.Sub(start))
			}
			return out
		}
		const day = 24 * time.Hour
		for name, c := range map[string]struct {
			runs  time.Duration
			given []time.Duration
			want  []time.Duration
		}{
			"two days":                   {2 * day, nil, []time.Duration{}},
			"a little more":              {2*day + time.Second, nil, []time.Duration{day + time.Second}},
			"a week, never":              {7 * day, []time.Duration{}, []time.Duration{}},
			"a week, twice, given twice": {7 * day, []time.Duration{time.Hour, day, time.Hour}, []time.Duration{6 * day, 7*day - time.Hour}},
		} {
			in := proposal()
			in.ClosesAt, in.Reminders = after(c.runs), c.given
			if diff := cmp.Diff(c.want, reminders(s.start(s.ben, in))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		p := s.start(s.ben, proposal())
		if _, err := s.polls.Extend(t.Context(), s.ben, p.ID, after(9*day)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]time.Duration{8 * day}, reminders(p)); diff != "" {
			t.Errorf("extended (-want +got):\n%s", diff)
		}
		s.clock.Set(after(9 * day))
		if _, err := s.polls.Reopen(t.Context(), s.mo, p.ID, after(9*day+time.Hour)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]time.Duration{}, reminders(p)); diff != "" {
			t.Errorf("reopened for an hour (-want +got):\n%s", diff)
		}
	})
}
