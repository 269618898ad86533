package theme_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// errorOf keeps the error of a call.
func errorOf(_ theme.Theme, err error) error { return err }

// acts are what changes a theme's state, in the hands of somebody.
func acts(s *stage, who access.Actor) map[string]func(id int64) error {
	ctx := s.t.Context()
	return map[string]func(int64) error{
		"shortlist": func(id int64) error { return errorOf(s.themes.Shortlist(ctx, who, id)) },
		"unlist":    func(id int64) error { return errorOf(s.themes.Unlist(ctx, who, id)) },
		"decline":   func(id int64) error { return errorOf(s.themes.Decline(ctx, who, id, "Too wide")) },
		"restore":   func(id int64) error { return errorOf(s.themes.Restore(ctx, who, id)) },
		"withdraw":  func(id int64) error { return errorOf(s.themes.Withdraw(ctx, who, id)) },
		"support":   func(id int64) error { return errorOf(s.themes.Support(ctx, who, id)) },
		"edit":      func(id int64) error { return errorOf(s.themes.Edit(ctx, who, id, theme.ThemeEdit{})) },
	}
}

func TestTheWayOfAThemeThroughItsStates(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		const declined, withdrawn, merged = "conflict theme.state_declined", "conflict theme.state_withdrawn", "conflict theme.state_merged"
		// What comes of an act in a state: the new state, or the refusal.
		for state, want := range map[access.ThemeState]map[string]string{
			access.Proposed: {"shortlist": "shortlisted", "unlist": "proposed", "decline": "declined", "restore": "proposed",
				"withdraw": "withdrawn", "support": "proposed", "edit": "proposed"},
			access.Shortlisted: {"shortlist": "shortlisted", "unlist": "proposed", "decline": "declined",
				"restore": "conflict theme.state_shortlisted", "withdraw": "withdrawn", "support": "shortlisted", "edit": "shortlisted"},
			access.Declined: {"shortlist": declined, "unlist": declined, "decline": declined, "restore": "proposed",
				"withdraw": declined, "support": declined, "edit": declined},
			access.Withdrawn: {"shortlist": withdrawn, "unlist": withdrawn, "decline": withdrawn, "restore": "proposed",
				"withdraw": withdrawn, "support": withdrawn, "edit": withdrawn},
			access.Merged: {"shortlist": merged, "unlist": merged, "decline": merged, "restore": merged,
				"withdraw": merged, "support": merged, "edit": merged},
		} {
			for name, act := range acts(s, s.mo) {
				th := s.propose(s.mo, "Boats")[0] // the moderator's own, so that withdrawing is possible
				s.exec("UPDATE themes SET state = ? WHERE id = ?", state, th.ID)
				got := said(act(th.ID))
				if got == "yes" {
					got = string(s.again(s.mo, th).State)
				}
				if got != want[name] {
					t.Errorf("%s a theme that is %s: got %q, want %q", name, state, got, want[name])
				}
			}
		}
	})
}

func TestADeclinedThemeSaysWhoDeclinedItAndWhy(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.ben, "Boats")[0]
		_, err := s.themes.Decline(t.Context(), s.mo, boats.ID, " \n ")
		wantSaid(t, "without a reason", err, "invalid reason=field.required")
		_, err = s.themes.Decline(t.Context(), s.mo, boats.ID, strings.Repeat("é", 2001))
		wantSaid(t, "with a reason that is too long", err, "invalid reason=field.too_long")
		_, err = s.themes.Decline(t.Context(), s.cleo, boats.ID, "")
		wantSaid(t, "by a member", err, "forbidden access.needs_moderator")
		s.clock.Set(start.Add(time.Minute))
		got, err := s.themes.Decline(t.Context(), s.mo, boats.ID, "Too wide")
		if err != nil || got.StateReason != "Too wide" || got.StateBy.Handle != "mo" || !got.StateAt.Equal(start.Add(time.Minute)) {
			t.Fatalf("got %+v, %v", got, err)
		}
		var data map[string]string
		told := s.events(event.ThemeDeclined)
		if err := json.Unmarshal(told[0].Data, &data); err != nil || data["reason"] != "Too wide" {
			t.Errorf("told %s, %v", told[0].Data, err)
		}
		back, err := s.themes.Restore(t.Context(), s.mo, boats.ID)
		if err != nil || back.State != access.Proposed || back.StateReason != "" {
			t.Errorf("restored: %s because of %q, %v", back.State, back.StateReason, err)
		}
		if n := len(s.events(event.ThemeReopened)); n != 1 {
			t.Errorf("%d events tell of the return", n)
		}
	})
}

func TestOnlyTheProposerWithdraws(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	boats := s.propose(s.ben, "Boats")[0]
	for name, who := range map[string]access.Actor{"a member": s.cleo, "a moderator": s.mo} {
		_, err := s.themes.Withdraw(t.Context(), who, boats.ID)
		wantSaid(t, name, err, "forbidden access.only_own")
	}
	got, err := s.themes.Withdraw(t.Context(), s.ben, boats.ID)
	if err != nil || got.State != access.Withdrawn {
		t.Errorf("%s, %v", got.State, err)
	}
}

func TestTheShortlistBecomesAPoll(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		_, err := s.themes.PollFromShortlist(t.Context(), s.mo, s.thread, ballot())
		wantSaid(t, "with nothing on it", err, "conflict theme.shortlist_empty")
		all := s.propose(s.ben, "Boats", "Nets", "Ropes", "Sails")
		for _, who := range []access.Actor{s.cleo, s.dan} {
			if _, err := s.themes.Support(t.Context(), who, all[2].ID); err != nil {
				t.Fatal(err)
			}
		}
		for _, th := range all[:3] {
			if _, err := s.themes.Shortlist(t.Context(), s.mo, th.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err = s.themes.PollFromShortlist(t.Context(), s.cleo, s.thread, ballot())
		wantSaid(t, "by a member", err, "forbidden access.needs_moderator")
		p, err := s.themes.PollFromShortlist(t.Context(), s.mo, s.thread, ballot())
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		var linked []int64
		for _, o := range p.Options {
			labels, linked = append(labels, o.Label), append(linked, o.ThemeID)
		}
		if diff := cmp.Diff([]string{"Ropes", "Boats", "Nets"}, labels); diff != "" {
			t.Errorf("options by support (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int64{all[2].ID, all[0].ID, all[1].ID}, linked); diff != "" {
			t.Errorf("themes behind them (-want +got):\n%s", diff)
		}
		draft := ballot()
		draft.Draft = true
		if _, err := s.themes.PollFromShortlist(t.Context(), s.mo, s.thread, draft); err != nil {
			t.Fatal(err)
		}
		if got := s.again(s.ben, all[0]); !slices.Equal(got.PollIDs, []int64{p.ID}) || got.State != access.Shortlisted {
			t.Errorf("the theme is %s, in the polls %v", got.State, got.PollIDs)
		}

		_, err = s.themes.Withdraw(t.Context(), s.ben, all[0].ID)
		wantSaid(t, "withdraw what is voted on", err, "conflict theme.in_open_poll")
		_, err = s.themes.Decline(t.Context(), s.mo, all[0].ID, "no")
		wantSaid(t, "decline what is voted on", err, "conflict theme.in_open_poll")
		s.clock.Set(ballot().ClosesAt)
		if got := s.again(s.ben, all[0]); got.State != access.Shortlisted {
			t.Errorf("the close made it %s", got.State)
		}
		if _, err = s.themes.Withdraw(t.Context(), s.ben, all[0].ID); err != nil {
			t.Errorf("withdraw after the close: %v", err)
		}
	})
}

func TestAPollFromChosenThemes(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		all := s.propose(s.ben, "Boats", "Nets", "Ropes")
		home := s.thread
		s.thread = s.newThread()
		foreign := s.propose(s.ben, "Elsewhere")[0]
		s.thread = home
		if _, err := s.themes.Decline(t.Context(), s.mo, all[1].ID, "no"); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			ids  []int64
			want string
		}{
			"in any order":                {[]int64{all[2].ID, all[0].ID}, "yes"},
			"of another thread":           {[]int64{all[2].ID, foreign.ID}, "invalid from_themes=poll.theme_not_here"},
			"of nowhere":                  {[]int64{all[2].ID, 4711}, "invalid from_themes=poll.theme_not_here"},
			"with one that was declined":  {[]int64{all[2].ID, all[1].ID}, "invalid options=poll.theme_not_here"},
			"with one twice":              {[]int64{all[2].ID, all[2].ID}, "invalid options.1=poll.option_twice"},
			"with only one":               {[]int64{all[2].ID}, "invalid options=poll.options_too_few"},
			"with more than a poll takes": {make([]int64, poll.MaxOptions+1), "invalid from_themes=poll.options_too_many"},
		} {
			p, err := s.themes.PollFrom(t.Context(), s.ben, s.thread, c.ids, ballot())
			wantSaid(t, name, err, c.want)
			if err == nil && (p.Options[0].Label != "Ropes" || p.Options[1].Label != "Boats") {
				t.Errorf("options are %+v", p.Options)
			}
		}
		by := ballot()
		by.Options = []poll.NewOption{{Label: "Ropes", ThemeID: all[2].ID}, {Label: "Elsewhere", ThemeID: foreign.ID}}
		_, err := s.polls.Start(t.Context(), s.ben, s.thread, by)
		wantSaid(t, "by hand, with a theme of another thread", err, "invalid options=poll.theme_not_here")
	})
}

func TestAClosedThreadTakesNoThemes(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.mo, "Boats")[0]
		if _, err := s.forum.Close(t.Context(), s.mo, s.thread, "enough"); err != nil {
			t.Fatal(err)
		}
		_, err := s.themes.Propose(t.Context(), s.ben, s.thread, []theme.NewTheme{{Title: "Nets"}})
		wantSaid(t, "propose", err, "conflict thread.closed")
		_, err = s.themes.PollFromShortlist(t.Context(), s.mo, s.thread, ballot())
		wantSaid(t, "make a poll", err, "conflict thread.closed")
		for name, act := range acts(s, s.mo) {
			wantSaid(t, name, act(boats.ID), "conflict thread.closed")
		}
	})
}

func TestTheOrdersOfABoard(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		all := s.propose(s.ben, "A", "B", "C", "D", "E")
		for _, who := range []access.Actor{s.cleo, s.dan} {
			if _, err := s.themes.Support(t.Context(), who, all[3].ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.themes.Support(t.Context(), s.cleo, all[1].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.themes.Shortlist(t.Context(), s.mo, all[4].ID); err != nil {
			t.Fatal(err)
		}
		board := func(q theme.ThemesQuery) string {
			t.Helper()
			var out []string
			for q.Limit = 2; ; {
				list, err := s.themes.OfThread(t.Context(), s.eve, s.thread, q)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, titles(list.Items)...)
				if q.Cursor = list.Next; q.Cursor == "" {
					return strings.Join(out, "")
				}
			}
		}
		for want, q := range map[string]theme.ThemesQuery{
			"DBACE": {}, "EDCBA": {Order: theme.Newest}, "E": {State: access.Shortlisted}, "DBAC": {State: access.Proposed, Order: theme.BySupport},
		} {
			if got := board(q); got != want {
				t.Errorf("%+v gives %s, want %s", q, got, want)
			}
		}
		first := map[byte]int{}
		for seed := range int64(100) {
			q := theme.ThemesQuery{Order: theme.Shuffled, Seed: seed}
			got := board(q)
			if got != board(q) {
				t.Fatalf("seed %d gives two orders", seed)
			}
			letters := strings.Split(got, "")
			slices.Sort(letters)
			if strings.Join(letters, "") != "ABCDE" {
				t.Fatalf("seed %d gives %s", seed, got)
			}
			first[got[0]]++
		}
		for _, letter := range "ABCDE" {
			if n := first[byte(letter)]; n < 8 || n > 35 {
				t.Errorf("%c comes first in %d of 100 orders", letter, n)
			}
		}
		if got := board(theme.ThemesQuery{Order: theme.Shuffled, Seed: 3, State: access.Shortlisted}); got != "E" {
			t.Errorf("shuffled, of the shortlist: %s", got)
		}
		_, err := s.themes.OfThread(t.Context(), s.eve, s.thread, theme.ThemesQuery{Order: "beauty"})
		wantSaid(t, "an unknown order", err, "invalid order=field.choose")
		for _, order := range []theme.Order{theme.BySupport, theme.Newest, theme.Shuffled} {
			_, err = s.themes.OfThread(t.Context(), s.eve, s.thread, theme.ThemesQuery{Order: order, Page: page.Page{Cursor: "%%%"}})
			wantSaid(t, fmt.Sprintf("a cursor of nothing, %s", order), err, "invalid cursor=field.cursor")
		}
	})
}

func TestThemesOfAGroupAreThoseOfTheThreadsThatAreRead(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.propose(s.ben, "Boats")
		members := s.newThread()
		s.exec("UPDATE threads SET visibility = 'members' WHERE id = ?", members)
		s.thread = members
		nets := s.propose(s.ben, "Nets")[0]
		for who, want := range map[access.Actor][]string{s.eve: {"Boats"}, access.Visitor(): {"Boats"}, s.cleo: {"Nets", "Boats"}} {
			list, err := s.themes.OfGroup(t.Context(), who, "harbour", theme.GroupQuery{})
			if diff := cmp.Diff(want, titles(list.Items)); diff != "" || err != nil {
				t.Errorf("person %d (-want +got):\n%s%v", who.Person, diff, err)
			}
		}
		byID, err := s.themes.Themes(t.Context(), []int64{nets.ID, 4711})
		if err != nil || len(byID) != 1 || access.May(access.Visitor(), access.ReadThread, byID[nets.ID].Facts()) {
			t.Errorf("by id: %v, %v", byID, err)
		}
		s.exec("UPDATE groups SET visibility = 'closed'")
		_, err = s.themes.OfGroup(t.Context(), s.eve, "harbour", theme.GroupQuery{})
		wantSaid(t, "of a closed group", err, "forbidden access.members_only")
	})
}

func TestAShortlistThatAPollAsksAboutWaitsForNone(t *testing.T) {
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		count := func(want [3]int) {
			t.Helper()
			all, shortlisted, unasked, err := s.themes.Count(t.Context(), s.thread)
			if got := [3]int{all, shortlisted, unasked}; err != nil || got != want {
				t.Errorf("%v themes, shortlisted and unasked, want %v; %v", got, want, err)
			}
		}
		made, err := s.themes.Propose(t.Context(), s.ben, s.thread, []theme.NewTheme{{Title: "Boats"}, {Title: "Ropes"}, {Title: "Songs"}})
		if err != nil {
			t.Fatal(err)
		}
		count([3]int{3, 0, 0})
		for _, one := range made[:2] {
			if _, err := s.themes.Shortlist(t.Context(), s.mo, one.ID); err != nil {
				t.Fatal(err)
			}
		}
		count([3]int{3, 2, 2})
		if _, err := s.themes.PollFromShortlist(t.Context(), s.mo, s.thread, poll.NewPoll{Title: "Which?", Method: tally.Choice, ClosesAt: start.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		count([3]int{3, 2, 0})
	})
}
