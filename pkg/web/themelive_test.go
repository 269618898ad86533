package web

import (
	"fmt"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
)

// lifeOfTheme is all that happens around one theme, each step told in its thread.
func lifeOfTheme(h *house, thread int64, rye, oats theme.Theme) []func() {
	ctx := h.t.Context()
	themes, f := h.site.Themes, h.site.Forum
	ada, ben, cleo, mona := h.actor("ada"), h.actor("ben"), h.actor("cleo"), h.actor("mona")
	var said, asked, answer, gone forum.Comment
	say := func(who access.Actor, body string, parent int64, post func(access.Actor, forum.NewComment) (forum.Comment, error), to *forum.Comment) func() {
		return func() {
			made, err := post(who, forum.NewComment{Body: body, ParentID: parent})
			h.must(err)
			*to = made
		}
	}
	comment := func(who access.Actor, in forum.NewComment) (forum.Comment, error) {
		return themes.Comment(ctx, who, rye.ID, in)
	}
	question := func(who access.Actor, in forum.NewComment) (forum.Comment, error) {
		return themes.Ask(ctx, who, rye.ID, in)
	}
	title, words := "Rye, barley <and> oats", "All that *grows* here."
	did := func(do func() (theme.Theme, error)) func() { return func() { _, err := do(); h.must(err) } }
	return []func(){
		say(ada, "We have a <mill>.", 0, comment, &said),
		say(cleo, "Who pays?", 0, question, &asked),
		func() { say(cleo, "I mean the flour.", said.ID, comment, &gone)() },
		func() { say(ben, "The bakers.", asked.ID, comment, &answer)() },
		func() { _, err := f.React(ctx, mona, said.ID, "👍", true); h.must(err) },
		func() {
			_, err := f.EditComment(ctx, ada, said.ID, forum.CommentEdit{Body: "We have two mills."})
			h.must(err)
		},
		func() { h.must(f.DeleteComment(ctx, ben, answer.ID)) }, // the question is open again
		func() { h.must(f.DeleteComment(ctx, mona, gone.ID)) },
		func() { say(ben, "The millers.", asked.ID, comment, &answer)() },
		func() { h.must(f.DeleteComment(ctx, cleo, asked.ID)) },
		did(func() (theme.Theme, error) { return themes.Support(ctx, cleo, rye.ID) }),
		did(func() (theme.Theme, error) {
			return themes.Edit(ctx, mona, rye.ID, theme.ThemeEdit{Title: &title, Reason: "It is more."})
		}),
		did(func() (theme.Theme, error) {
			return themes.Edit(ctx, ben, rye.ID, theme.ThemeEdit{Description: &words})
		}),
		did(func() (theme.Theme, error) { return themes.Shortlist(ctx, mona, rye.ID) }),
		did(func() (theme.Theme, error) { return themes.Unlist(ctx, mona, rye.ID) }),
		did(func() (theme.Theme, error) { return themes.Decline(ctx, mona, rye.ID, "Too dry.") }),
		did(func() (theme.Theme, error) { return themes.Restore(ctx, mona, rye.ID) }),
		did(func() (theme.Theme, error) {
			_, err := themes.AskProposer(ctx, ben, rye.ID, "cleo")
			h.must(err)
			return themes.AnswerProposer(ctx, cleo, rye.ID, true)
		}),
		func() { _, err := themes.SuggestMerge(ctx, ada, oats.ID, rye.ID, "Both are grain."); h.must(err) },
		did(func() (theme.Theme, error) {
			return themes.Merge(ctx, mona, oats.ID, theme.MergeOrder{Into: rye.ID, Reason: "Both are grain.", Now: true})
		}),
		did(func() (theme.Theme, error) { return themes.Unmerge(ctx, mona, oats.ID, "They are not.") }),
		did(func() (theme.Theme, error) {
			return themes.Merge(ctx, mona, rye.ID, theme.MergeOrder{Into: oats.ID, Reason: "The other way round.", Now: true})
		}),
		did(func() (theme.Theme, error) { return themes.Unmerge(ctx, mona, rye.ID, "") }),
		did(func() (theme.Theme, error) { return themes.Under(ctx, mona, rye.ID, oats.ID, "") }),
		did(func() (theme.Theme, error) { return themes.Under(ctx, mona, rye.ID, 0, "") }),
		did(func() (theme.Theme, error) {
			return themes.Split(ctx, mona, rye.ID, []theme.NewTheme{{Title: "Rye"}, {Title: "Barley"}}, "They are two.")
		}),
		did(func() (theme.Theme, error) { return themes.Schedule(ctx, mona, rye.ID) }),
		did(func() (theme.Theme, error) { return themes.Unschedule(ctx, mona, rye.ID) }),
		func() {
			p, err := pollAbout(h, thread, rye, oats)
			h.must(err)
			_, err = h.site.Polls.Close(ctx, mona, p.ID)
			h.must(err)
		},
		did(func() (theme.Theme, error) { return themes.Withdraw(ctx, ben, rye.ID) }), // steps back
		did(func() (theme.Theme, error) { return themes.Withdraw(ctx, cleo, rye.ID) }),
		func() { _, err := f.Close(ctx, mona, thread, "Enough said."); h.must(err) },
		func() { _, err := f.Reopen(ctx, mona, thread); h.must(err) },
	}
}

func pollAbout(h *house, thread int64, chosen ...theme.Theme) (poll.Poll, error) {
	var ids []int64
	for _, one := range chosen {
		ids = append(ids, one.ID)
	}
	return h.site.Themes.PollFrom(h.t.Context(), h.actor("mona"), thread, ids, poll.NewPoll{Title: "Which grain?", Method: tally.Choice,
		ClosesAt: h.clock.Now().Add(2 * 3600e9), Settings: poll.Settings{Results: access.Always}})
}

// A theme's page that stayed open shows, of all that its readers read, what one
// shows that is fetched anew: to a visitor and to a convenor.
func TestAThemePageThatStayedOpenShowsWhatAFreshOneShows(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "harbour", "Three days in June").ID
		rye, oats := h.theme("ben", thread, "Rye & barley"), h.theme("cleo", thread, "Oats")
		path := fmt.Sprintf("/themes/%d", rye.ID)
		readers := []*browser{h.browser(""), h.browser("mona")}
		var open []seen
		for _, r := range readers {
			open = append(open, r.get(path).status(200))
		}
		events := h.timeline(thread)
		last := events[len(events)-1].Seq
		for i, step := range lifeOfTheme(h, thread, rye, oats) {
			step()
			told := since(h.timeline(thread), last)
			if len(told) == 0 {
				t.Fatalf("step %d told nothing", i)
			}
			last = told[len(told)-1].Seq
			messages, err := h.site.RenderEvents(t.Context(), told, "en", true)
			h.must(err)
			for n, r := range readers {
				fresh := r.get(path).status(200).page
				for _, m := range messages {
					applyTo(t, open[n].page, m, func() *goquery.Document { return fresh })
				}
				fresh.Find("#composer, .composer-closed").Remove() // what is being written stays
				open[n].page.Find("#composer, .composer-closed").Remove()
				for _, part := range []string{"h1", "#thread-state", fmt.Sprintf("#th-%d-now", rye.ID), fmt.Sprintf("#th-%d-parts", rye.ID), "#merges", "#comments"} {
					if diff := cmp.Diff(saidIn(fresh, part), saidIn(open[n].page, part)); diff != "" {
						t.Fatalf("step %d (%s), reader %d: %s differs (-fresh +open):\n%s", i, told[len(told)-1].Kind, n, part, diff)
					}
				}
			}
		}
	})
}
