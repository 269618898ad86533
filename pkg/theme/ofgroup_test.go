package theme_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// The themes of a group can be narrowed down and ordered over all its threads, page
// by page.
func TestThemesOfAGroupAreFilteredAndOrdered(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		first := s.thread
		s.propose(s.ben, "Boats")
		nets := s.propose(s.cleo, "Nets for the coast")[0]
		s.thread = s.newThread()
		second := s.thread
		ropes, casts := s.propose(s.ben, "Ropes")[0], s.propose(s.dan, "Côte d'Azur")[0]
		s.support(nets.ID, s.dan, s.mo, s.ben)
		s.support(ropes.ID, s.dan)
		if _, err := s.themes.Shortlist(t.Context(), s.mo, nets.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.themes.Decline(t.Context(), s.mo, casts.ID, "Too far"); err != nil {
			t.Fatal(err)
		}
		filter := func(f theme.Filter) theme.GroupQuery { return theme.GroupQuery{Filter: f} }
		for _, c := range []struct {
			what string
			q    theme.GroupQuery
			want string
		}{
			{"all", theme.GroupQuery{}, "Côte d'Azur, Ropes, Nets for the coast, Boats"},
			{"by support", theme.GroupQuery{Order: theme.BySupport}, "Nets for the coast, Ropes, Boats, Côte d'Azur"},
			{"of a thread", theme.GroupQuery{Thread: second}, "Côte d'Azur, Ropes"},
			{"of a state", theme.GroupQuery{State: access.Proposed}, "Ropes, Boats"},
			{"of a column", filter(theme.Filter{Column: theme.InSettled}), "Côte d'Azur"},
			{"mine", filter(theme.Filter{Whose: theme.Mine}), "Ropes, Boats"},
			{"supported", filter(theme.Filter{Whose: theme.ISupport}), "Nets for the coast"},
			{"by somebody", filter(theme.Filter{Proposer: "Dan"}), "Côte d'Azur"},
			{"by words, without accents", filter(theme.Filter{Search: "cote"}), "Côte d'Azur"},
			{"by the name of who proposes", filter(theme.Filter{Search: "cleo coast"}), "Nets for the coast"},
			{"by nobody", filter(theme.Filter{Proposer: "nobody"}), ""},
		} {
			var got []string
			for c.q.Limit = 2; ; { // over pages of two
				list, err := s.themes.OfGroup(t.Context(), s.ben, "harbour", c.q)
				if err != nil {
					t.Fatalf("%s: %v", c.what, err)
				}
				got = append(got, titles(list.Items)...)
				if c.q.Cursor = list.Next; c.q.Cursor == "" {
					break
				}
			}
			if all := strings.Join(got, ", "); all != c.want {
				t.Errorf("%s: %s, want %s", c.what, all, c.want)
			}
		}
		_, err := s.themes.OfGroup(t.Context(), s.ben, "harbour", theme.GroupQuery{Order: theme.Shuffled, Filter: theme.Filter{Whose: "theirs", Search: strings.Repeat("x", 101)}})
		wantSaid(t, "what there is not", err, "invalid order=field.choose q=field.too_long whose=field.choose")
		s.exec("UPDATE threads SET visibility = 'members' WHERE id = ?", second)
		threads, err := s.themes.ThreadsOf(t.Context(), s.eve, "harbour")
		if err != nil || len(threads) != 1 || threads[0].ID != first {
			t.Errorf("threads of a stranger: %v, %v", threads, err)
		}
		if list, err := s.themes.OfGroup(t.Context(), s.eve, "harbour", filter(theme.Filter{Search: "ropes"})); err != nil || len(list.Items) != 0 {
			t.Errorf("a stranger finds %v, %v", titles(list.Items), err)
		}
	})
}

// A page of a board begins where it stood, though the theme that it came after is
// somewhere else by now.
func TestAPageOfABoardStaysWhereItWas(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		n := 2*theme.PerPage + 10
		for i := range n {
			s.exec("INSERT INTO themes (id, thread_id, seq, proposer_id, title, description_html, markup_version, state, version, created_at) VALUES (?, ?, ?, ?, ?, '', 1, 'proposed', 1, 0)",
				i+1, s.thread, 1000+i, s.ben.Person, fmt.Sprintf("Theme %d", i+1))
		}
		q := theme.BoardQuery{Filter: theme.Filter{Column: theme.InProposed}}
		board := func(q theme.BoardQuery) theme.Board {
			t.Helper()
			b, err := s.themes.Board(t.Context(), s.ben, s.thread, q)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		first := board(q)
		q.After, q.Before = first.Next, first.Begins+len(first.Themes)
		second := board(q)
		if second.Gone || second.Begins != theme.PerPage || second.Themes[0].ID != theme.PerPage+1 {
			t.Fatalf("the second page begins after %d with theme %d", second.Begins, second.Themes[0].ID)
		}
		if _, err := s.themes.Decline(t.Context(), s.mo, first.Next, "Gone"); err != nil { // out of this column
			t.Fatal(err)
		}
		again := board(q)
		if !again.Gone || again.Begins != theme.PerPage || again.Themes[0].ID != theme.PerPage+2 || len(again.Themes) != theme.PerPage {
			t.Errorf("the page begins after %d with theme %d, gone: %v", again.Begins, again.Themes[0].ID, again.Gone)
		}
		for what, c := range map[string]struct{ before, begins int }{"an address from before": {0, 0}, "beyond the end": {9_999, 2 * theme.PerPage}, "nonsense": {-3, 0}} {
			q.Before = c.before
			if b := board(q); !b.Gone || b.Begins != c.begins || len(b.Themes) == 0 {
				t.Errorf("%s: begins after %d, want %d", what, b.Begins, c.begins)
			}
		}
		q.Filter.Search = "nothing like it"
		if b := board(q); b.Begins != 0 || len(b.Themes) != 0 {
			t.Errorf("of no themes: %+v", b)
		}
	})
}
