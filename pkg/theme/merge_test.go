package theme_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/mail"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

func (s *stage) support(id int64, by ...access.Actor) {
	s.t.Helper()
	for _, who := range by {
		if _, err := s.themes.Support(s.t.Context(), who, id); err != nil {
			s.t.Fatalf("support theme %d: %v", id, err)
		}
	}
}

// merge merges at once, in the hands of the moderator.
func (s *stage) merge(id, into int64) theme.Theme {
	s.t.Helper()
	got, err := s.themes.Merge(s.t.Context(), s.mo, id, theme.MergeOrder{Into: into, Reason: "The same", Now: true})
	if err != nil {
		s.t.Fatalf("merge %d into %d: %v", id, into, err)
	}
	return got
}

func (s *stage) unmerge(id int64) theme.Theme {
	s.t.Helper()
	got, err := s.themes.Unmerge(s.t.Context(), s.mo, id, "")
	if err != nil {
		s.t.Fatalf("take the merge of %d back: %v", id, err)
	}
	return got
}

// rows are who supports a theme, with a star where it came with a merge.
func (s *stage) rows(id int64) string {
	s.t.Helper()
	var names []string
	err := s.db.Read(s.t.Context()).Raw(`SELECT p.handle || CASE WHEN x.via_merge IS NULL THEN '' ELSE '*' END FROM theme_supports AS x
		JOIN people AS p ON p.id = x.person_id WHERE x.theme_id = ? ORDER BY p.handle`, id).Scan(&names).Error
	if err != nil {
		s.t.Fatal(err)
	}
	if n := s.number("SELECT support_count FROM themes WHERE id = ?", id); int(n) != len(names) {
		s.t.Errorf("theme %d counts %d supporters and has %v", id, n, names)
	}
	return strings.Join(names, " ")
}

func wantRows(t *testing.T, s *stage, what string, id int64, want string) {
	t.Helper()
	if got := s.rows(id); got != want {
		t.Errorf("%s: supported by %q, want %q", what, got, want)
	}
}

func TestAMergeAtOnceAndBack(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats, ships := s.propose(s.ben, "Boats")[0], s.propose(s.cleo, "Ships")[0]
		s.support(boats.ID, s.ben, s.dan)
		s.support(ships.ID, s.dan, s.cleo)
		if _, err := s.themes.Shortlist(t.Context(), s.mo, boats.ID); err != nil {
			t.Fatal(err)
		}
		got := s.merge(boats.ID, ships.ID)
		if got.State != access.Merged || got.MergedInto != (theme.Ref{ID: ships.ID, Title: "Ships"}) || got.StateBy == nil {
			t.Errorf("merged: %s into %v by %v", got.State, got.MergedInto, got.StateBy)
		}
		wantRows(t, s, "the target", ships.ID, "ben* cleo dan")
		wantRows(t, s, "what was merged", boats.ID, "ben dan")
		if credits := s.again(s.eve, ships).Credits; len(credits) != 1 || credits[0].Handle != "ben" {
			t.Errorf("credited beside the proposer: %v", credits)
		}
		if e := s.events(event.ThemeMerged); len(e) != 1 || !strings.Contains(string(e[0].Data), `"The same"`) || e[0].Item == 0 {
			t.Errorf("told: %+v", e)
		}
		_, err := s.themes.Support(t.Context(), s.eve, boats.ID)
		wantSaid(t, "supporting what is merged", err, "forbidden access.members_only")
		_, err = s.themes.Support(t.Context(), s.mo, boats.ID)
		wantSaid(t, "supporting what is merged", err, "conflict theme.state_merged")

		s.support(ships.ID, s.mo)
		_, err = s.themes.Unmerge(t.Context(), s.ben, boats.ID, "")
		wantSaid(t, "undone by a member", err, "forbidden access.needs_moderator")
		if back := s.unmerge(boats.ID); back.State != access.Shortlisted || back.MergedInto.ID != 0 {
			t.Errorf("back: %s into %v", back.State, back.MergedInto)
		}
		wantRows(t, s, "the target after", ships.ID, "cleo dan mo")
		wantRows(t, s, "the other after", boats.ID, "ben dan")
		if credits := s.again(s.eve, ships).Credits; len(credits) != 0 {
			t.Errorf("still credited: %v", credits)
		}
		_, err = s.themes.Unmerge(t.Context(), s.mo, boats.ID, "")
		wantSaid(t, "undone twice", err, "conflict theme.state_shortlisted")
	})
}

func TestWhatCannotBeMerged(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		list := s.propose(s.ben, "Boats", "Ships", "Nets", "Ropes", "Sails", "Masts", "Keels", "Polled", "Closed poll")
		id := func(i int) int64 { return list[i].ID }
		s.merge(id(0), id(1)) // Boats into Ships
		if _, err := s.themes.Decline(t.Context(), s.mo, id(3), "No"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.themes.Withdraw(t.Context(), s.ben, id(4)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.themes.Under(t.Context(), s.mo, id(6), id(5), ""); err != nil {
			t.Fatal(err)
		}
		for i, closed := range map[int]bool{7: false, 8: true} {
			p, err := s.themes.PollFrom(t.Context(), s.mo, s.thread, []int64{id(i), id(2)}, ballot())
			if err != nil {
				t.Fatal(err)
			}
			if closed {
				if _, err := s.polls.Close(t.Context(), s.mo, p.ID); err != nil {
					t.Fatal(err)
				}
			}
			s.exec("DELETE FROM poll_options WHERE poll_id = ? AND theme_id = ?", p.ID, id(2))
		}
		elsewhere, err := s.themes.Propose(t.Context(), s.ben, s.newThread(), []theme.NewTheme{{Title: "Elsewhere"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			what     string
			id, into int64
			want     string
		}{
			{"into itself", id(2), id(2), "invalid into=theme.merge_itself"},
			{"in a circle", id(1), id(0), "conflict theme.merge_circle"},
			{"what is merged", id(0), id(2), "conflict theme.state_merged"},
			{"into what is merged", id(2), id(0), "conflict theme.target_merged"},
			{"what is declined", id(3), id(2), "conflict theme.state_declined"},
			{"into what is declined", id(2), id(3), "conflict theme.target_declined"},
			{"what is withdrawn", id(4), id(2), "conflict theme.state_withdrawn"},
			{"into what is withdrawn", id(2), id(4), "conflict theme.target_withdrawn"},
			{"what has parts", id(5), id(2), "conflict theme.has_parts"},
			{"what is polled", id(7), id(2), "conflict theme.polled"},
			{"into what is polled", id(2), id(7), "conflict theme.polled"},
			{"what was polled", id(8), id(2), "conflict theme.polled"},
			{"into what was polled", id(2), id(8), "conflict theme.polled"},
			{"across threads", id(2), elsewhere[0].ID, "invalid into=theme.not_here"},
			{"into nothing", id(2), 999, "invalid into=theme.not_here"},
		} {
			_, err := s.themes.Merge(t.Context(), s.mo, c.id, theme.MergeOrder{Into: c.into, Reason: "The same", Now: true})
			wantSaid(t, c.what, err, c.want)
		}
		_, err = s.themes.Merge(t.Context(), s.mo, id(2), theme.MergeOrder{Into: id(1), Now: true})
		wantSaid(t, "at once without a reason", err, "invalid reason=field.required")
		_, err = s.themes.Merge(t.Context(), s.cleo, id(2), theme.MergeOrder{Into: id(1)})
		wantSaid(t, "by a member", err, "forbidden access.needs_moderator")
	})
}

func TestProposersAreAskedBeforeAMerge(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.exec("UPDATE people SET email = handle || '@example.org', email_confirmed_at = 0, time_zone = 'Europe/Rome'")
		boats, ships := s.propose(s.ben, "Boats")[0], s.propose(s.cleo, "Ships")[0]
		s.exec("INSERT INTO theme_proposers (theme_id, person_id, asked_by, asked_at, answer) VALUES (?, ?, ?, 0, 'accepted')", boats.ID, s.dan.Person, s.ben.Person)
		got, err := s.themes.Merge(t.Context(), s.mo, boats.ID, theme.MergeOrder{Into: ships.ID, Reason: "Alike"})
		if err != nil || got.State != access.Proposed {
			t.Fatalf("asked: %s, %v", got.State, err)
		}
		if n := len(s.events(event.ThemeMergeAsked)); n != 1 {
			t.Errorf("%d times told that they are asked", n)
		}
		var letters []mail.Letter
		for _, l := range s.letters {
			letters = append(letters, mail.Letter{Kind: l.Kind, To: l.To, Args: map[string]string{"Into": l.Args["Into"], "Path": l.Args["Path"], "Reason": l.Args["Reason"]}})
		}
		args := map[string]string{"Into": "Ships", "Path": "/themes/1#merges", "Reason": "Alike"}
		want := []mail.Letter{
			{Kind: "theme_merge_asked", To: mail.Address{Name: "ben", Email: "ben@example.org"}, Args: args},
			{Kind: "theme_merge_asked", To: mail.Address{Name: "dan", Email: "dan@example.org"}, Args: args},
		}
		if diff := cmp.Diff(want, letters); diff != "" {
			t.Errorf("letters (-want +got):\n%s", diff)
		}
		for _, who := range []access.Actor{s.ben, s.dan} {
			inbox, err := store.Events(db.Read(t.Context()), event.Inbox(who.Person), store.Span{Limit: 10})
			if err != nil || len(inbox) != 1 || inbox[0].Kind != event.ThemeMergeAsked || inbox[0].Subject != boats.ID {
				t.Errorf("in an inbox: %v, %v", inbox, err)
			}
		}
		_, err = s.themes.Merge(t.Context(), s.mo, boats.ID, theme.MergeOrder{Into: ships.ID})
		wantSaid(t, "asked again", err, "conflict theme.merge_pending")
		_, err = s.themes.Merge(t.Context(), s.mo, ships.ID, theme.MergeOrder{Into: boats.ID})
		wantSaid(t, "the other way round", err, "conflict theme.merge_crossed")
		merge := s.number("SELECT id FROM theme_merges")
		_, err = s.themes.AnswerMerge(t.Context(), s.cleo, merge, true)
		wantSaid(t, "answered by somebody else", err, "forbidden theme.merge_not_asked")
		_, err = s.themes.AnswerMerge(t.Context(), s.eve, merge, true)
		wantSaid(t, "answered by a stranger", err, "forbidden access.members_only")
		if got, err := s.themes.AnswerMerge(t.Context(), s.ben, merge, true); err != nil || got.State != access.Proposed {
			t.Fatalf("one of two has agreed: %s, %v", got.State, err)
		}
		if got, err := s.themes.AnswerMerge(t.Context(), s.dan, merge, true); err != nil || got.State != access.Merged {
			t.Fatalf("both have agreed: %s, %v", got.State, err)
		}
		if credits := s.again(s.eve, ships).Credits; len(credits) != 2 {
			t.Errorf("credited: %v", credits)
		}
	})
}

func TestAMergeThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.exec("UPDATE groups SET merge_hours = 5")
		list := s.propose(s.ben, "Boats", "Ships", "Nets", "Ropes")
		ask := func(id, into int64) {
			t.Helper()
			if _, err := s.themes.Merge(t.Context(), s.mo, id, theme.MergeOrder{Into: into}); err != nil {
				t.Fatal(err)
			}
		}
		ask(list[0].ID, list[1].ID)
		ask(list[2].ID, list[3].ID)
		s.support(list[0].ID, s.ben, s.dan)
		first := s.number("SELECT MIN(id) FROM theme_merges")
		if _, err := s.themes.AnswerMerge(t.Context(), s.dan, first, false); err != nil {
			t.Fatalf("a supporter objects: %v", err)
		}
		s.clock.Set(start.Add(5*time.Hour - time.Millisecond))
		if n, err := s.themes.MergeDue(t.Context()); n != 0 || err != nil {
			t.Errorf("too early: %d, %v", n, err)
		}
		if _, err := s.themes.Withdraw(t.Context(), s.ben, list[3].ID); err != nil {
			t.Fatal(err)
		}
		s.clock.Set(start.Add(5 * time.Hour))
		if _, err := s.forum.Close(t.Context(), s.mo, s.thread, ""); err != nil {
			t.Fatal(err)
		}
		if n, err := s.themes.MergeDue(t.Context()); n != 0 || err != nil {
			t.Errorf("in a closed discussion: %d, %v", n, err)
		}
		if _, err := s.forum.Reopen(t.Context(), s.mo, s.thread); err != nil {
			t.Fatal(err)
		}
		if n, err := s.themes.MergeDue(t.Context()); n != 2 || err != nil {
			t.Errorf("in time: %d, %v", n, err)
		}
		if n, err := s.themes.MergeDue(t.Context()); n != 0 || err != nil {
			t.Errorf("again: %d, %v", n, err)
		}
		if got := s.again(s.ben, list[0]); got.State != access.Merged || got.StateBy != nil {
			t.Errorf("after the time: %s by %v", got.State, got.StateBy)
		}
		wantRows(t, s, "without whoever objected", list[1].ID, "ben*")
		if got := s.again(s.ben, list[2]); got.State != access.Proposed {
			t.Errorf("into what was withdrawn meanwhile: %s", got.State)
		}
		if n := s.number("SELECT COUNT(*) FROM theme_merges WHERE state = 'refused' AND decided_by IS NULL"); n != 1 {
			t.Errorf("%d merges were refused by the forum", n)
		}
	})
}

func TestAProposerObjects(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats, ships := s.propose(s.ben, "Boats")[0], s.propose(s.cleo, "Ships")[0]
		suggest := func(who access.Actor) error {
			_, err := s.themes.SuggestMerge(t.Context(), who, boats.ID, ships.ID, "They are the same")
			return err
		}
		wantSaid(t, "a suggestion", suggest(s.dan), "yes")
		wantSaid(t, "the same again", suggest(s.cleo), "conflict theme.merge_known")
		wantSaid(t, "by a stranger", suggest(s.eve), "forbidden access.members_only")
		_, err := s.themes.SuggestMerge(t.Context(), s.dan, ships.ID, boats.ID, " ")
		wantSaid(t, "without a reason", err, "invalid reason=field.required")
		merge := s.number("SELECT id FROM theme_merges")
		_, err = s.themes.AnswerMerge(t.Context(), s.ben, merge, false)
		wantSaid(t, "before anybody is asked", err, "conflict theme.merge_over")
		if _, err := s.themes.Merge(t.Context(), s.mo, boats.ID, theme.MergeOrder{Into: ships.ID}); err != nil {
			t.Fatal(err)
		}
		if n := s.number("SELECT COUNT(*) FROM theme_merges WHERE state = 'asked' AND reason = 'They are the same' AND suggested_by = ?", s.dan.Person); n != 1 {
			t.Error("the suggestion was not taken up")
		}
		if got, err := s.themes.AnswerMerge(t.Context(), s.ben, merge, false); err != nil || got.State != access.Proposed {
			t.Fatalf("the proposer objects: %s, %v", got.State, err)
		}
		if e := s.events(event.ThemeMergeRefused); len(e) != 1 || e[0].Actor != s.ben.Person {
			t.Errorf("told: %+v", e)
		}
		s.clock.Set(start.Add(1000 * time.Hour))
		if n, err := s.themes.MergeDue(t.Context()); n != 0 || err != nil {
			t.Errorf("merged all the same: %d, %v", n, err)
		}
		wantSaid(t, "suggested anew", suggest(s.ben), "yes")
		_, err = s.themes.RefuseMerge(t.Context(), s.dan, s.number("SELECT MAX(id) FROM theme_merges"), "")
		wantSaid(t, "refused by a member", err, "forbidden access.needs_moderator")
		wantSaid(t, "refused", errorOf(s.themes.RefuseMerge(t.Context(), s.mo, s.number("SELECT MAX(id) FROM theme_merges"), "Not yet")), "yes")
		wantSaid(t, "refused twice", errorOf(s.themes.RefuseMerge(t.Context(), s.mo, s.number("SELECT MAX(id) FROM theme_merges"), "")), "conflict theme.merge_over")
		wantSaid(t, "and once more", suggest(s.ben), "yes")
		if got := s.merge(boats.ID, ships.ID); got.State != access.Merged {
			t.Errorf("at once, whatever was said: %s", got.State)
		}
	})
}

func TestSupportersObjectAfterAMerge(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		boats, ships := s.propose(s.ben, "Boats")[0], s.propose(s.cleo, "Ships")[0]
		s.support(boats.ID, s.ben, s.dan, s.mo)
		s.merge(boats.ID, ships.ID)
		merge := s.number("SELECT id FROM theme_merges")
		if _, err := s.themes.AnswerMerge(t.Context(), s.dan, merge, false); err != nil {
			t.Fatal(err)
		}
		wantRows(t, s, "after an objection", ships.ID, "ben* mo*")
		if _, err := s.themes.AnswerMerge(t.Context(), s.dan, merge, true); err != nil {
			t.Fatal(err)
		}
		wantRows(t, s, "after it was taken back", ships.ID, "ben* dan* mo*")
		if _, err := s.themes.Unsupport(t.Context(), s.ben, ships.ID); err != nil {
			t.Fatal(err)
		}
		s.support(ships.ID, s.mo) // says it again, by themselves
		wantRows(t, s, "after support was withdrawn", ships.ID, "dan* mo")
		nets := s.propose(s.cleo, "Nets")[0]
		s.support(nets.ID, s.cleo)
		s.merge(nets.ID, ships.ID)
		wantRows(t, s, "after another merge", ships.ID, "cleo* dan* mo")
		s.unmerge(boats.ID)
		wantRows(t, s, "in the end", ships.ID, "cleo* mo")
		wantRows(t, s, "and what was merged", boats.ID, "ben dan mo")
	})
}

func TestAMergeStaysOnceItIsPolled(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		list := s.propose(s.ben, "Boats", "Ships", "Vessels", "Nets")
		s.support(list[0].ID, s.ben)
		s.merge(list[0].ID, list[1].ID)
		s.merge(list[1].ID, list[2].ID)
		draft := ballot()
		draft.Draft = true
		p, err := s.themes.PollFrom(t.Context(), s.mo, s.thread, []int64{list[2].ID, list[3].ID}, draft)
		if err != nil {
			t.Fatal(err)
		}
		s.unmerge(list[0].ID)
		s.merge(list[0].ID, list[2].ID)
		if _, err := s.polls.Open(t.Context(), s.mo, p.ID); err != nil {
			t.Fatal(err)
		}
		for _, one := range list[:2] {
			_, err = s.themes.Unmerge(t.Context(), s.mo, one.ID, "")
			wantSaid(t, one.Title, err, "conflict theme.polled")
		}
		_, err = s.themes.AnswerMerge(t.Context(), s.ben, s.number("SELECT MAX(id) FROM theme_merges"), false)
		wantSaid(t, "an objection", err, "conflict theme.polled")
	})
}

func TestAThemeMovesToAnotherThread(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (2, 'cove', 'Cove', 'secret', 0)")
		for _, who := range []access.Actor{s.mo, s.ben} {
			s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (2, ?, 'moderator', 0)", who.Person)
		}
		cove, err := s.forum.Start(t.Context(), s.mo, "cove", forum.NewThread{Title: "A secret"})
		if err != nil {
			t.Fatal(err)
		}
		boats, ships := s.propose(s.ben, "Boats")[0], s.propose(s.ben, "Ships")[0]
		s.support(ships.ID, s.ben)
		s.merge(ships.ID, boats.ID)
		s.support(boats.ID, s.dan, s.mo)
		move := func(who access.Actor, to int64) error {
			return errorOf(s.themes.Move(t.Context(), who, boats.ID, to, "It fits there"))
		}
		wantSaid(t, "to the same thread", move(s.mo, s.thread), "invalid thread=theme.same_thread")
		wantSaid(t, "to no thread", move(s.mo, 999), "invalid thread=theme.thread_unknown")
		wantSaid(t, "by a member here", move(s.ben, cove.ID), "forbidden access.needs_moderator")
		s.exec("UPDATE memberships SET role = 'member' WHERE group_id = 2 AND person_id = ?", s.mo.Person)
		wantSaid(t, "by a member there", move(s.mo, cove.ID), "forbidden access.needs_moderator")
		s.exec("DELETE FROM memberships WHERE group_id = 2 AND person_id = ?", s.mo.Person)
		wantSaid(t, "to a thread that one may not read", move(s.mo, cove.ID), "invalid thread=theme.thread_unknown")
		s.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (2, ?, 'moderator', 0)", s.mo.Person)
		made, err := s.themes.Move(t.Context(), s.mo, boats.ID, cove.ID, "It fits there")
		if err != nil || made.ThreadID != cove.ID || made.Proposer.Handle != "ben" || made.Title != "Boats" || made.State != access.Proposed {
			t.Fatalf("moved: %+v, %v", made, err)
		}
		wantRows(t, s, "there", made.ID, "ben* mo*")
		old := s.again(s.dan, boats)
		if old.State != access.Merged || old.MergedInto.ID != 0 || old.MovedTo != made.ID {
			t.Errorf("here: %s, into %v, moved to %d", old.State, old.MergedInto, old.MovedTo)
		}
		for _, e := range s.events(event.ThemeMoved) {
			if strings.Contains(string(e.Data), "secret") || strings.Contains(string(e.Data), "into") {
				t.Errorf("the thread tells %s", e.Data)
			}
		}
		_, err = s.themes.Unmerge(t.Context(), s.mo, ships.ID, "")
		wantSaid(t, "undoing a merge into what has moved", err, "conflict theme.moved_on")
		if _, err := s.themes.Unmerge(t.Context(), s.mo, boats.ID, "Not so"); err != nil {
			t.Fatal(err)
		}
		if got := s.again(s.dan, boats); got.State != access.Proposed || got.MovedTo != 0 {
			t.Errorf("back: %s, moved to %d", got.State, got.MovedTo)
		}
		wantRows(t, s, "back", boats.ID, "ben* dan mo")
		wantRows(t, s, "there in the end", made.ID, "")
		if got := s.again(s.ben, made); got.State != access.Withdrawn {
			t.Errorf("there: %s", got.State)
		}
		s.unmerge(ships.ID)
		wantRows(t, s, "without the merge", boats.ID, "dan mo")
	})
}

func TestWhoHasNoAccountIsCreditedByName(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		named, err := s.themes.Propose(t.Context(), s.mo, s.thread, []theme.NewTheme{{Title: "Boats", Credit: "Ida Holm"}, {Title: "Ships", Credit: "Ida Holm"}})
		if err != nil {
			t.Fatal(err)
		}
		target := s.propose(s.cleo, "Vessels")[0]
		s.merge(named[0].ID, target.ID)
		s.merge(named[1].ID, target.ID)
		s.merge(s.propose(s.ben, "Craft")[0].ID, target.ID)
		s.merge(s.propose(s.cleo, "Hulls")[0].ID, target.ID)
		var names []string
		for _, one := range s.again(s.eve, target).Credits {
			names = append(names, one.Handle+":"+one.Name)
		}
		if diff := cmp.Diff([]string{":Ida Holm", "ben:ben"}, names); diff != "" {
			t.Errorf("credited (-want +got):\n%s", diff)
		}
		s.unmerge(named[0].ID)
		s.unmerge(named[1].ID)
		if credits := s.again(s.eve, target).Credits; len(credits) != 1 || credits[0].Handle != "ben" {
			t.Errorf("in the end: %v", credits)
		}
	})
}
