package theme_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

func TestSeveralThemesComeOutOfOneComment(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		comment := s.comment(s.cleo, s.thread, "Boats, nets, and who mends them.")
		out, err := s.themes.Propose(t.Context(), s.ben, s.thread, []theme.NewTheme{
			{Title: " Boats ", Description: "*All* of them", FromCommentID: comment, Quote: "Boats"},
			{Title: "Nets", FromCommentID: comment, Quote: "nets"},
			{Title: "Mending"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"Boats", "Nets", "Mending"}, titles(out)); diff != "" {
			t.Fatalf("titles (-want +got):\n%s", diff)
		}
		first := out[0]
		if first.State != access.Proposed || first.Proposer.Handle != "ben" || first.FromCommentID != comment || first.Quote != "Boats" ||
			first.SupportCount != 0 || first.Supported || first.Version != 1 || !strings.Contains(first.DescriptionHTML, "<em>All</em>") {
			t.Errorf("got %+v", first)
		}
		told := s.events(event.ThemeProposed)
		if len(told) != 3 {
			t.Fatalf("%d events, want 3", len(told))
		}
		for i, e := range told {
			if e.Subject != out[i].ID || e.Seq != out[i].Seq || e.Actor != s.ben.Person || e.Item == 0 {
				t.Errorf("event %d is %+v, the theme's seq is %d", i, e, out[i].Seq)
			}
		}
	})
}

func TestThemesAreProposedAllOrNone(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		elsewhere := s.comment(s.cleo, s.newThread(), "Over there.")
		removed := s.comment(s.cleo, s.thread, "Never mind.")
		if err := s.forum.DeleteComment(t.Context(), s.cleo, removed); err != nil {
			t.Fatal(err)
		}
		many := make([]theme.NewTheme, theme.MaxAtOnce+1)
		for i := range many {
			many[i].Title = "x"
		}
		ok := theme.NewTheme{Title: "Boats"}
		for name, c := range map[string]struct {
			in   []theme.NewTheme
			want string
		}{
			"none":                        {nil, "invalid title=field.required"},
			"one without a title":         {[]theme.NewTheme{{}}, "invalid title=field.required"},
			"the second without a title":  {[]theme.NewTheme{ok, {Title: " "}}, "invalid title.1=field.required"},
			"a title of 201 letters":      {[]theme.NewTheme{ok, {Title: strings.Repeat("é", 201)}}, "invalid title.1=field.too_long"},
			"a title in two lines":        {[]theme.NewTheme{{Title: "a\nb"}}, "invalid title=field.control_characters"},
			"a description that is huge":  {[]theme.NewTheme{{Title: "a", Description: strings.Repeat("x", 1<<20)}}, "invalid description=field.too_many_bytes"},
			"a quote of 2001 runes":       {[]theme.NewTheme{{Title: "a", Quote: strings.Repeat("é", 2001)}}, "invalid quote=field.too_long"},
			"a comment of another thread": {[]theme.NewTheme{ok, {Title: "a", FromCommentID: elsewhere}}, "invalid from_comment_id.1=theme.comment_not_here"},
			"a comment of nowhere":        {[]theme.NewTheme{{Title: "a", FromCommentID: 4711}}, "invalid from_comment_id=theme.comment_not_here"},
			"a comment that is deleted":   {[]theme.NewTheme{{Title: "a", FromCommentID: removed}}, "invalid from_comment_id=theme.comment_not_here"},
			"21 themes":                   {many, "invalid title=theme.too_many"},
		} {
			_, err := s.themes.Propose(t.Context(), s.ben, s.thread, c.in)
			wantSaid(t, name, err, c.want)
		}
		if n := s.number("SELECT COUNT(*) FROM themes"); n != 0 || len(s.events(event.ThemeProposed)) != 0 {
			t.Errorf("%d themes came out of refused proposals", n)
		}
		if out := s.propose(s.ben, titles(nameThem(20))...); len(out) != 20 {
			t.Errorf("20 at once gave %d", len(out))
		}
	})
}

func nameThem(n int) []theme.Theme {
	out := make([]theme.Theme, n)
	for i := range out {
		out[i].Title = "Theme " + string(rune('A'+i))
	}
	return out
}

func TestAModeratorCreditsTheAuthorOfAComment(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		comment := s.comment(s.cleo, s.thread, "What about boats?")
		in := []theme.NewTheme{{Title: "Boats", FromCommentID: comment, CreditAuthor: true}}
		out, err := s.themes.Propose(t.Context(), s.mo, s.thread, in)
		if err != nil || out[0].Proposer.Handle != "cleo" {
			t.Fatalf("proposed by %q, %v", out[0].Proposer.Handle, err)
		}
		if e := s.events(event.ThemeProposed); e[0].Actor != s.mo.Person {
			t.Errorf("the event's actor is %d, want who did it", e[0].Actor)
		}
		if _, err := s.themes.Withdraw(t.Context(), s.cleo, out[0].ID); err != nil {
			t.Errorf("the credited author withdraws: %v", err)
		}
		_, err = s.themes.Propose(t.Context(), s.ben, s.thread, in)
		wantSaid(t, "a member credits somebody else", err, "forbidden access.needs_moderator")
		_, err = s.themes.Propose(t.Context(), s.mo, s.thread, []theme.NewTheme{{Title: "Boats", CreditAuthor: true}})
		wantSaid(t, "credit without a comment", err, "invalid from_comment_id=theme.credit_needs_comment")
	})
}

func TestWhoMayProposeAndSupport(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.ben, "Boats")[0]
		for _, c := range []struct {
			name string
			who  access.Actor
			want string
		}{
			{"a member", s.cleo, "yes"}, {"a stranger", s.eve, "forbidden access.members_only"},
			{"a visitor", access.Visitor(), "unauthenticated access.sign_in"}, {"the forum itself", access.System(), "unauthenticated access.sign_in"},
		} {
			_, err := s.themes.Propose(t.Context(), c.who, s.thread, []theme.NewTheme{{Title: "Nets"}})
			wantSaid(t, c.name+" proposes", err, c.want)
			_, err = s.themes.Support(t.Context(), c.who, boats.ID)
			wantSaid(t, c.name+" supports", err, c.want)
		}
		s.exec("UPDATE groups SET visibility = 'secret'")
		_, err := s.themes.Support(t.Context(), s.eve, boats.ID)
		wantSaid(t, "a stranger in a secret group supports", err, "not_found error.not_found")
		_, err = s.themes.Theme(t.Context(), s.eve, boats.ID)
		wantSaid(t, "a stranger in a secret group reads", err, "not_found error.not_found")
		_, err = s.themes.Supporters(t.Context(), access.Visitor(), boats.ID)
		wantSaid(t, "a visitor in a secret group asks who", err, "not_found error.not_found")
		_, err = s.themes.Theme(t.Context(), s.ben, 4711)
		wantSaid(t, "a theme of nowhere", err, "not_found error.not_found")
	})
}

func TestSupportCountsOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.ben, "Boats")[0]
		all := func(do func() (theme.Theme, error)) {
			t.Helper()
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() {
					if _, err := do(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		support := func() (theme.Theme, error) { return s.themes.Support(t.Context(), s.cleo, boats.ID) }
		all(support)
		if _, err := s.themes.Support(t.Context(), s.dan, boats.ID); err != nil {
			t.Fatal(err)
		}
		got := s.again(s.cleo, boats)
		if rows := s.number("SELECT COUNT(*) FROM theme_supports"); got.SupportCount != 2 || rows != 2 || !got.Supported {
			t.Errorf("the count is %d and %d support it", got.SupportCount, rows)
		}
		if n := len(s.events(event.ThemeSupported)); n != 2 {
			t.Errorf("%d events tell of 2 supporters", n)
		}
		mine, err := s.themes.Mine(t.Context(), s.cleo, s.thread)
		if diff := cmp.Diff(map[int64]bool{boats.ID: true}, mine); diff != "" || err != nil {
			t.Errorf("cleo's: %s %v", diff, err)
		}
		who, err := s.themes.Supporters(t.Context(), s.eve, boats.ID)
		if err != nil || len(who) != 2 || who[0].Handle != "cleo" || who[1].Handle != "dan" {
			t.Errorf("supporters: %v, %v", who, err)
		}
		all(func() (theme.Theme, error) { return s.themes.Unsupport(t.Context(), s.cleo, boats.ID) })
		if got := s.again(s.cleo, boats); got.SupportCount != 1 || got.Supported || len(s.events(event.ThemeUnsupported)) != 1 {
			t.Errorf("after taking it back: %d, %v", got.SupportCount, got.Supported)
		}
	})
}

func TestAThemeIsEditedWithItsHistory(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats := s.propose(s.ben, "Boats")[0]
		title, description, empty := "Ships", "**Big** ones", ""
		_, err := s.themes.Edit(t.Context(), s.cleo, boats.ID, theme.ThemeEdit{Title: &title})
		wantSaid(t, "another member", err, "forbidden access.needs_moderator")
		_, err = s.themes.Edit(t.Context(), s.ben, boats.ID, theme.ThemeEdit{Title: &empty})
		wantSaid(t, "without a title", err, "invalid title=field.required")
		s.clock.Set(start.Add(time.Hour))
		got, err := s.themes.Edit(t.Context(), s.ben, boats.ID, theme.ThemeEdit{Title: &title, Description: &description, Version: 1})
		if err != nil || got.Title != "Ships" || got.Version != 2 || got.EditedAt == nil || !strings.Contains(got.DescriptionHTML, "<strong>Big</strong>") {
			t.Fatalf("got %+v, %v", got, err)
		}
		_, err = s.themes.Edit(t.Context(), s.mo, boats.ID, theme.ThemeEdit{Title: &title, Version: 1})
		wantSaid(t, "an older version", err, "conflict theme.edited_meanwhile")
		if same, err := s.themes.Edit(t.Context(), s.mo, boats.ID, theme.ThemeEdit{Title: &title}); err != nil || same.Version != 2 {
			t.Errorf("the same words: version %d, %v", same.Version, err)
		}
		if n := s.number("SELECT COUNT(*) FROM theme_versions WHERE version = 1 AND title = 'Boats'"); n != 1 {
			t.Errorf("%d old versions are kept", n)
		}
		if e := s.events(event.ThemeRenamed); len(e) != 1 || string(e[0].Data) != `{"before":"Boats","title":"Ships"}` || len(s.events(event.ThemeEdited)) != 0 {
			t.Errorf("told: %v", e)
		}
		words := "Small ones"
		if _, err := s.themes.Edit(t.Context(), s.mo, boats.ID, theme.ThemeEdit{Description: &words, Reason: "There is no room."}); err != nil {
			t.Fatal(err)
		}
		if e := s.events(event.ThemeEdited); len(e) != 1 || string(e[0].Data) != `{"reason":"There is no room."}` {
			t.Errorf("told: %v", e)
		}
	})
}

func TestCommentsOnATheme(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		both := s.propose(s.ben, "Boats", "Nets")
		for _, words := range []string{"one", "two", "three"} {
			if _, err := s.themes.Comment(t.Context(), s.cleo, both[0].ID, forum.NewComment{Body: words}); err != nil {
				t.Fatal(err)
			}
		}
		s.comment(s.cleo, s.thread, "not on a theme")
		var bodies []string
		for at := (page.Page{Limit: 2}); ; {
			list, err := s.themes.Comments(t.Context(), s.eve, both[0].ID, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list.Items {
				bodies = append(bodies, c.Body)
			}
			if at.Cursor = list.Next; at.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"one", "two", "three"}, bodies); diff != "" {
			t.Errorf("comments (-want +got):\n%s", diff)
		}
		if a, b := s.again(s.ben, both[0]).CommentCount, s.again(s.ben, both[1]).CommentCount; a != 3 || b != 0 {
			t.Errorf("the themes count %d and %d comments, want 3 and 0", a, b)
		}
		if _, err := s.themes.Withdraw(t.Context(), s.ben, both[0].ID); err != nil {
			t.Fatal(err)
		}
		_, err := s.themes.Comment(t.Context(), s.cleo, both[0].ID, forum.NewComment{Body: "four"})
		wantSaid(t, "on a withdrawn theme", err, "conflict theme.state_withdrawn")
	})
}
