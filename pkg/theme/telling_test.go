package theme_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// heard is what each person has found in the inbox and had by mail since the last
// time, such as "ben: theme.declined, mail theme_declined".
func (s *stage) heard(seen map[int64]int64) []string {
	s.t.Helper()
	var out []string
	for name, who := range map[string]access.Actor{"mo": s.mo, "ben": s.ben, "cleo": s.cleo, "dan": s.dan, "eve": s.eve} {
		inbox, err := store.Events(s.db.Read(s.t.Context()), event.Inbox(who.Person), store.Span{After: seen[who.Person], Limit: 100})
		if err != nil {
			s.t.Fatal(err)
		}
		var news []string
		for _, e := range inbox {
			news = append(news, string(e.Kind))
			seen[who.Person] = e.Seq
		}
		for _, l := range s.letters {
			if l.To.Name == name {
				news = append(news, "mail "+l.Kind)
			}
		}
		if len(news) > 0 {
			out = append(out, name+": "+strings.Join(news, ", "))
		}
	}
	s.letters = nil
	slices.Sort(out)
	return out
}

// Whoever proposes a theme hears what others do with it, once, in the inbox and by
// mail; nobody of what they did themselves.
func TestProposersAreToldWhatOthersDoWithTheirTheme(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Closed)
		s.exec("UPDATE people SET email = handle || '@example.org', email_confirmed_at = 0")
		ctx, seen := t.Context(), map[int64]int64{}
		boats, ships := s.propose(s.ben, "Boats")[0].ID, s.propose(s.cleo, "Ships")[0].ID
		var asked forum.Comment
		words, title := "Small ones", "Small boats"
		in := func(body string) forum.NewComment { return forum.NewComment{Body: body} }
		did := func(do func() (theme.Theme, error)) func() error {
			return func() error { _, err := do(); return err }
		}
		for _, c := range []struct {
			what string
			do   func() error
			want []string
		}{
			{"a comment by another", func() error { _, err := s.themes.Comment(ctx, s.cleo, boats, in("How long?")); return err }, []string{"ben: theme.commented, mail theme_commented"}},
			{"one's own comment", func() error { _, err := s.themes.Comment(ctx, s.ben, boats, in("Long.")); return err }, nil},
			{"a comment that names the proposer", func() error { _, err := s.themes.Comment(ctx, s.cleo, boats, in("@ben: how wide?")); return err },
				[]string{"ben: comment.mentioned, mail theme_commented"}},
			{"a question", func() (err error) { asked, err = s.themes.Ask(ctx, s.cleo, boats, in("How many?")); return err }, []string{"ben: theme.questioned, mail theme_questioned"}},
			{"its answer, in the thread", func() error {
				_, err := s.forum.Post(ctx, s.ben, s.thread, forum.NewComment{Body: "Three.", ParentID: asked.ID})
				return err
			}, []string{"cleo: theme.answered, mail theme_answered"}},
			{"an invitation", did(func() (theme.Theme, error) { return s.themes.AskProposer(ctx, s.ben, boats, "dan") }), []string{"dan: theme.proposer_asked, mail theme_proposer_asked"}},
			{"its acceptance", did(func() (theme.Theme, error) { return s.themes.AnswerProposer(ctx, s.dan, boats, true) }), []string{"ben: theme.proposer_joined"}},
			{"a comment by one of two", func() error { _, err := s.themes.Comment(ctx, s.dan, boats, in("I can row.")); return err }, []string{"ben: theme.commented, mail theme_commented"}},
			{"other words", did(func() (theme.Theme, error) {
				return s.themes.Edit(ctx, s.mo, boats, theme.ThemeEdit{Description: &words})
			}), []string{"ben: theme.edited", "dan: theme.edited"}},
			{"another title", did(func() (theme.Theme, error) {
				return s.themes.Edit(ctx, s.dan, boats, theme.ThemeEdit{Title: &title})
			}), []string{"ben: theme.renamed"}},
			{"the shortlist", did(func() (theme.Theme, error) { return s.themes.Shortlist(ctx, s.mo, boats) }),
				[]string{"ben: theme.shortlisted, mail theme_shortlisted", "dan: theme.shortlisted, mail theme_shortlisted"}},
			{"off the shortlist", did(func() (theme.Theme, error) { return s.themes.Unlist(ctx, s.mo, boats) }), []string{"ben: theme.unlisted", "dan: theme.unlisted"}},
			{"no more mails for Dan", func() error { return s.polls.Letters().Choose(ctx, s.dan, "harbour", letters.NoMails) }, nil},
			{"declined", did(func() (theme.Theme, error) { return s.themes.Decline(ctx, s.mo, boats, "Too wet") }), []string{"ben: theme.declined, mail theme_declined", "dan: theme.declined"}},
			{"restored", did(func() (theme.Theme, error) { return s.themes.Restore(ctx, s.mo, boats) }), []string{"ben: theme.reopened, mail theme_reopened", "dan: theme.reopened"}},
			{"asked whether to merge", did(func() (theme.Theme, error) { return s.themes.Merge(ctx, s.mo, boats, theme.MergeOrder{Into: ships}) }),
				[]string{"ben: theme.merge_asked, mail theme_merge_asked", "dan: theme.merge_asked"}},
			{"merged at once", did(func() (theme.Theme, error) {
				return s.themes.Merge(ctx, s.mo, boats, theme.MergeOrder{Into: ships, Reason: "Alike", Now: true})
			}), []string{"ben: theme.merged, mail theme_merged", "cleo: theme.merged", "dan: theme.merged"}},
			{"taken back", did(func() (theme.Theme, error) { return s.themes.Unmerge(ctx, s.mo, boats, "Not alike") }), []string{"ben: theme.unmerged", "dan: theme.unmerged"}},
			{"one's own theme scheduled", did(func() (theme.Theme, error) {
				mine := s.propose(s.mo, "Harbour")[0].ID
				return s.themes.Schedule(ctx, s.mo, mine)
			}), nil},
			{"scheduled", did(func() (theme.Theme, error) { return s.themes.Schedule(ctx, s.mo, boats) }), []string{"ben: theme.scheduled, mail theme_scheduled", "dan: theme.scheduled"}},
			{"a proposer has left the group", func() error { s.exec("DELETE FROM memberships WHERE person_id = ?", s.ben.Person); return nil }, nil},
			{"unscheduled", did(func() (theme.Theme, error) { return s.themes.Unschedule(ctx, s.mo, boats) }), []string{"dan: theme.unscheduled"}},
		} {
			if err := c.do(); err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			if diff := cmp.Diff(c.want, s.heard(seen)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.what, diff)
			}
		}
	})
}

// A letter says who did what and why, and leads to the place.
func TestLettersAboutThemesSayWhoAndWhy(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.exec("UPDATE people SET email = handle || '@example.org', email_confirmed_at = 0")
		boats := s.propose(s.ben, "Boats")[0].ID
		asked, err := s.themes.Ask(t.Context(), s.cleo, boats, forum.NewComment{Body: "How **many**?"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.themes.Decline(t.Context(), s.mo, boats, "Too wet"); err != nil {
			t.Fatal(err)
		}
		if len(s.letters) != 2 {
			t.Fatalf("letters %+v", s.letters)
		}
		for i, want := range []map[string]string{
			{"Theme": "Boats", "Name": "cleo", "Words": "How many?", "Reason": "", "Path": fmt.Sprintf("/themes/%d#tc-%d", boats, asked.ID)},
			{"Theme": "Boats", "Name": "mo", "Reason": "Too wet", "Path": fmt.Sprintf("/themes/%d", boats)},
		} {
			got := s.letters[i].Args
			if !strings.HasPrefix(got["UnsubscribePath"], "/unsubscribe/") {
				t.Errorf("%s cannot be ended: %v", s.letters[i].Kind, got)
			}
			delete(got, "UnsubscribePath")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", s.letters[i].Kind, diff)
			}
		}
	})
}
