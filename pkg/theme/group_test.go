package theme_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

func refs(list []theme.Ref) string {
	var out []string
	for _, r := range list {
		out = append(out, r.Title)
	}
	return strings.Join(out, ", ")
}

func TestThemesStandUnderOne(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		list := s.propose(s.ben, "The sea", "Boats", "Nets", "Land", "Fields", "Gone")
		id := func(i int) int64 { return list[i].ID }
		under := func(who access.Actor, i int, to int64) error {
			return errorOf(s.themes.Under(t.Context(), who, id(i), to, ""))
		}
		wantSaid(t, "withdraw", errorOf(s.themes.Withdraw(t.Context(), s.ben, id(5))), "yes")
		wantSaid(t, "by a member", under(s.cleo, 1, id(0)), "forbidden access.needs_moderator")
		wantSaid(t, "one", under(s.mo, 1, id(0)), "yes")
		wantSaid(t, "the same", under(s.mo, 1, id(0)), "yes")
		wantSaid(t, "another", under(s.mo, 2, id(0)), "yes")
		wantSaid(t, "under itself", under(s.mo, 3, id(3)), "invalid under=theme.under_itself")
		wantSaid(t, "under a part", under(s.mo, 3, id(1)), "invalid under=theme.one_level")
		wantSaid(t, "what has parts", under(s.mo, 0, id(3)), "conflict theme.has_parts")
		wantSaid(t, "under what is withdrawn", under(s.mo, 3, id(5)), "invalid under=theme.under_settled")
		wantSaid(t, "what is withdrawn", under(s.mo, 5, id(3)), "conflict theme.state_withdrawn")
		wantSaid(t, "under nothing that is there", under(s.mo, 3, 999), "invalid under=theme.not_here")
		if got := refs(s.again(s.eve, list[0]).Parts); got != "Boats, Nets" {
			t.Errorf("parts: %s", got)
		}
		if got := s.again(s.eve, list[1]).Under; got.Title != "The sea" {
			t.Errorf("under %v", got)
		}
		wantSaid(t, "elsewhere", under(s.mo, 2, id(3)), "yes")
		wantSaid(t, "out", under(s.mo, 1, 0), "yes")
		wantSaid(t, "out again", under(s.mo, 1, 0), "yes")
		if grouped, ungrouped := len(s.events(event.ThemeGrouped)), len(s.events(event.ThemeUngrouped)); grouped != 3 || ungrouped != 1 {
			t.Errorf("told %d groupings and %d takings out", grouped, ungrouped)
		}
		// Nothing comes back into two levels when what stood above is taken up again.
		wantSaid(t, "decline what stands above", errorOf(s.themes.Decline(t.Context(), s.mo, id(3), "No")), "yes")
		if got := s.again(s.eve, list[2]).Under; got.ID != 0 {
			t.Errorf("under what is declined: %v", got)
		}
		wantSaid(t, "under what stood below", under(s.mo, 4, id(2)), "yes")
		wantSaid(t, "take it up again", errorOf(s.themes.Restore(t.Context(), s.mo, id(3))), "yes")
		if got := s.again(s.eve, list[2]); got.Under.ID != 0 || refs(got.Parts) != "Fields" {
			t.Errorf("under %v, with parts %v", got.Under, got.Parts)
		}
	})
}

func TestAnOverarchingThemeIsMadeInOneStep(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		list := s.propose(s.ben, "Boats", "Nets")
		ids := []int64{list[1].ID, list[0].ID, list[0].ID}
		made, err := s.themes.Overarching(t.Context(), s.mo, s.thread, theme.NewTheme{Title: "The sea", Description: "*All*"}, ids, "")
		if err != nil || made.Proposer.Handle != "mo" || refs(made.Parts) != "Boats, Nets" || made.State != access.Proposed {
			t.Fatalf("made %+v, %v", made, err)
		}
		s.support(made.ID, s.ben)
		wantSaid(t, "shortlist it", errorOf(s.themes.Shortlist(t.Context(), s.mo, made.ID)), "yes")
		if n := len(s.events(event.ThemeGrouped)); n != 1 {
			t.Errorf("told %d times", n)
		}
		for what, in := range map[string]struct {
			who   access.Actor
			title string
			parts []int64
			want  string
		}{
			"by a member":   {s.ben, "x", ids, "forbidden access.needs_moderator"},
			"of nothing":    {s.mo, "", nil, "invalid parts=theme.parts_none title=field.required"},
			"of what not":   {s.mo, "x", []int64{999}, "invalid parts=theme.not_here"},
			"of one above":  {s.mo, "x", []int64{made.ID}, "conflict theme.has_parts"},
			"of many parts": {s.mo, "x", many(theme.MaxParts + 1), "invalid parts=theme.parts_too_many"},
		} {
			_, err := s.themes.Overarching(t.Context(), in.who, s.thread, theme.NewTheme{Title: in.title}, in.parts, "")
			wantSaid(t, what, err, in.want)
		}
	})
}

func many(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(i + 1)
	}
	return out
}

func TestAThemeIsSplit(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		whole := s.propose(s.ben, "Boats and nets")[0]
		s.support(whole.ID, s.dan, s.cleo, s.mo)
		parts := []theme.NewTheme{{Title: "Boats"}, {Title: "Nets", Description: "Old ones"}}
		_, err := s.themes.Split(t.Context(), s.ben, whole.ID, parts, "")
		wantSaid(t, "by its proposer", err, "forbidden access.needs_moderator")
		_, err = s.themes.Split(t.Context(), s.mo, whole.ID, nil, "")
		wantSaid(t, "into nothing", err, "invalid title=field.required")
		_, err = s.themes.Split(t.Context(), s.mo, whole.ID, []theme.NewTheme{{Title: "Boats"}, {}}, "")
		wantSaid(t, "with an empty title", err, "invalid title.1=field.required")
		_, err = s.themes.Split(t.Context(), s.mo, whole.ID, make([]theme.NewTheme, theme.MaxAtOnce+1), "")
		wantSaid(t, "into too many", err, "invalid title=theme.too_many")
		got, err := s.themes.Split(t.Context(), s.mo, whole.ID, parts, "Two things")
		if err != nil || refs(got.Parts) != "Boats, Nets" || got.State != access.Proposed {
			t.Fatalf("split: %+v, %v", got, err)
		}
		wantRows(t, s, "the whole", whole.ID, "cleo dan mo")
		for _, part := range got.Parts {
			one := s.again(s.eve, theme.Theme{ID: part.ID})
			if one.Proposer.Handle != "ben" || one.SplitFrom != whole.ID || one.Under.ID != whole.ID || one.SupportCount != 0 {
				t.Errorf("a part: %+v", one)
			}
		}
		if e := s.events(event.ThemeSplit); len(e) != 1 || !strings.Contains(string(e[0].Data), "Two things") {
			t.Errorf("told: %v", e)
		}
		for who, want := range map[access.Actor]int{s.dan: 1, s.cleo: 1, s.mo: 0, s.ben: 1} {
			inbox, err := store.Events(db.Read(t.Context()), event.Inbox(who.Person), store.Span{Limit: 10})
			if err != nil || len(inbox) != want {
				t.Errorf("in the inbox of person %d: %v, %v", who.Person, inbox, err)
			}
		}
		_, err = s.themes.Split(t.Context(), s.mo, got.Parts[0].ID, parts, "")
		wantSaid(t, "a part", err, "conflict theme.is_part")
		if again, err := s.themes.Split(t.Context(), s.mo, whole.ID, parts[:1], ""); err != nil || len(again.Parts) != 3 {
			t.Errorf("once more: %d parts, %v", len(again.Parts), err)
		}
	})
}

func TestThemesThatLookAlike(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		list := s.propose(s.ben, "Mending boats", "How to mend a boat", "Boats: mending", "Nets of hemp", "A song", "Hemp nets")
		alike := func() []string {
			t.Helper()
			found, err := s.themes.Alike(t.Context(), s.mo, s.thread)
			if err != nil {
				t.Fatal(err)
			}
			out := []string{}
			for _, one := range found {
				out = append(out, one.Under.Title+": "+strings.Join(titles(one.Themes), ", "))
			}
			return out
		}
		_, err := s.themes.Alike(t.Context(), s.ben, s.thread)
		wantSaid(t, "asked by a member", err, "forbidden access.needs_moderator")
		want := []string{": Nets of hemp, Hemp nets", ": Mending boats, How to mend a boat, Boats: mending"}
		if diff := cmp.Diff(want, alike()); diff != "" {
			t.Errorf("at first (-want +got):\n%s", diff)
		}
		apart := func(who access.Actor, ids ...int64) error { return s.themes.KeepApart(t.Context(), who, s.thread, ids) }
		wantSaid(t, "refused by a member", apart(s.ben, list[3].ID, list[5].ID), "forbidden access.needs_moderator")
		wantSaid(t, "one alone", apart(s.mo, list[3].ID), "invalid themes=theme.apart_few")
		wantSaid(t, "of another thread", apart(s.mo, list[3].ID, 999), "invalid themes=theme.not_here")
		wantSaid(t, "refused", apart(s.mo, list[5].ID, list[3].ID), "yes")
		wantSaid(t, "refused again", apart(s.mo, list[3].ID, list[5].ID), "yes")
		if diff := cmp.Diff(want[1:], alike()); diff != "" {
			t.Errorf("after a refusal (-want +got):\n%s", diff)
		}
		if _, err := s.themes.Under(t.Context(), s.mo, list[1].ID, list[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"Mending boats: Boats: mending"}, alike()); diff != "" {
			t.Errorf("once there is a group (-want +got):\n%s", diff)
		}
	})
}
