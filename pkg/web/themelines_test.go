package web

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/theme"
)

// Every act of convening is a line in the thread, with who did it and why.
func TestEveryActOfConveningIsALineOfTheTimeline(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ctx, themes := t.Context(), h.site.Themes
		thread := h.thread("ada", "harbour", "Three days in June").ID
		rye, oats := h.theme("ben", thread, "Rye"), h.theme("cleo", thread, "Oats")
		ben, cleo, mona := h.actor("ben"), h.actor("cleo"), h.actor("mona")
		title, words := "Rye & barley", "Both grow."
		merging := func() int64 {
			list, err := themes.Merges(ctx, mona, rye.ID)
			h.must(err)
			for _, m := range list {
				if m.Pending() {
					return m.ID
				}
			}
			t.Fatalf("no merge waits: %+v", list)
			return 0
		}
		did := func(do func() (theme.Theme, error)) func() { return func() { _, err := do(); h.must(err) } }
		for _, c := range []struct {
			do   func()
			want string
		}{
			{did(func() (theme.Theme, error) {
				return themes.Edit(ctx, mona, rye.ID, theme.ThemeEdit{Title: &title, Reason: "It is more."})
			}), "Mona Example renamed the theme Rye to Rye & barley TIME It is more."},
			{did(func() (theme.Theme, error) {
				return themes.Edit(ctx, ben, rye.ID, theme.ThemeEdit{Description: &words})
			}), "Ben Example changed the words of the theme Rye & barley TIME"},
			{did(func() (theme.Theme, error) { return themes.Under(ctx, mona, oats.ID, rye.ID, "It is grain.") }), "Mona Example put themes under Rye & barley: Oats TIME It is grain."},
			{did(func() (theme.Theme, error) { return themes.Under(ctx, mona, oats.ID, 0, "It is not.") }), "Mona Example took themes out of Rye & barley: Oats TIME It is not."},
			{func() { _, err := themes.SuggestMerge(ctx, cleo, rye.ID, oats.ID, "Alike."); h.must(err) },
				"Cleo Example suggested to merge the theme Rye & barley into Oats TIME Alike."},
			{did(func() (theme.Theme, error) { return themes.RefuseMerge(ctx, mona, merging(), "Not alike.") }),
				"Mona Example refused to merge the theme Rye & barley into Oats TIME Not alike."},
			{did(func() (theme.Theme, error) {
				return themes.Merge(ctx, mona, rye.ID, theme.MergeOrder{Into: oats.ID, Reason: "Alike after all."})
			}), "Mona Example asked the proposers of the theme Rye & barley whether it may become part of Oats TIME Alike after all."},
			{did(func() (theme.Theme, error) { return themes.AnswerMerge(ctx, ben, merging(), true) }), "Ben Example merged the theme Rye & barley into Oats TIME Alike after all."},
			{did(func() (theme.Theme, error) { return themes.Unmerge(ctx, mona, rye.ID, "They grow apart.") }), "Mona Example took the theme Rye & barley out of Oats again TIME They grow apart."},
			{did(func() (theme.Theme, error) { return themes.Shortlist(ctx, mona, rye.ID) }), "Mona Example put the theme Rye & barley on the shortlist TIME"},
			{did(func() (theme.Theme, error) { return themes.Unlist(ctx, mona, rye.ID) }), "Mona Example took the theme Rye & barley off the shortlist TIME"},
			{did(func() (theme.Theme, error) { return themes.Decline(ctx, mona, rye.ID, "Too dry.") }), "Mona Example declined the theme Rye & barley TIME Too dry."},
			{did(func() (theme.Theme, error) { return themes.Restore(ctx, mona, rye.ID) }), "Mona Example restored the theme Rye & barley TIME"},
			{did(func() (theme.Theme, error) {
				_, err := themes.AskProposer(ctx, ben, rye.ID, "cleo")
				h.must(err)
				return themes.AnswerProposer(ctx, cleo, rye.ID, true)
			}), "Cleo Example proposes the theme Rye & barley, too TIME"},
			{did(func() (theme.Theme, error) { return themes.Withdraw(ctx, cleo, rye.ID) }), "Cleo Example no longer proposes the theme Rye & barley TIME"},
			{did(func() (theme.Theme, error) {
				return themes.Split(ctx, mona, rye.ID, []theme.NewTheme{{Title: "Winter rye"}, {Title: "Barley"}}, "They are two.")
			}), "Mona Example split the theme Rye & barley: Winter rye, Barley TIME They are two."},
			{did(func() (theme.Theme, error) {
				return themes.Move(ctx, mona, oats.ID, h.thread("ada", "harbour", "In autumn").ID, "It is too early.")
			}), "Mona Example moved the theme Oats to another discussion TIME It is too early."},
			{did(func() (theme.Theme, error) { return themes.Schedule(ctx, mona, rye.ID) }), "Mona Example scheduled the theme Rye & barley TIME"},
			{did(func() (theme.Theme, error) { return themes.Unschedule(ctx, mona, rye.ID) }), "Mona Example took the theme Rye & barley off the schedule TIME"},
			{did(func() (theme.Theme, error) { return themes.Withdraw(ctx, ben, rye.ID) }), "Ben Example withdrew the theme Rye & barley TIME"},
		} {
			c.do()
			page := h.browser("").get(fmt.Sprintf("/t/%d?end=1", thread)).status(200).page
			last := page.Find("#timeline .marker").Last()
			last.Find("time").SetText("TIME")
			if got := strings.Join(strings.Fields(last.Text()), " "); got != c.want {
				t.Errorf("the last line is\n%s\nwant\n%s", got, c.want)
			}
		}
	})
}
