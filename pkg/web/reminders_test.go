package web

import (
	"fmt"
	"testing"
)

func TestWhoeverBuildsAPollChoosesWhenVotersAreReminded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		f := h.furnish("harbour")
		ben := h.browser("ben")
		start := fmt.Sprintf("/t/%d/polls", f.thread.ID)
		build := func(reminders string, days int) []string {
			closes := h.clock.Now().AddDate(0, 0, days).UTC().Format("2006-01-02T15:04")
			return []string{"method", "proposal", "title", "Which?", "closes_at", closes, "reminders", reminders, "draft", "1"}
		}
		shown := func(page seen) string {
			t.Helper()
			if n := page.page.Find("select[name=reminders] option[selected]").Length(); n > 1 {
				t.Errorf("%d reminders are chosen", n)
			}
			return page.page.Find("select[name=reminders] option[selected]").AttrOr("value", "")
		}
		if n := ben.get(start + "/new?method=proposal").status(200).page.Find("select[name=reminders] option").Length(); n != 6 {
			t.Errorf("a new poll offers %d choices, want 6", n)
		}
		late := ben.post(start, build("168", 3)...).status(422).has("Choose a reminder nearer to the close")
		if got := shown(late); got != "168" || late.page.Find("#reminders-error").Length() != 1 {
			t.Errorf("the rejected form shows %q, or no complaint at the field", got)
		}
		ben.post(start, build("soon", 3)...).status(422)
		ben.post(start, build("48", 9)...).status(303)
		var id int64
		h.must(h.db.Read(t.Context()).Raw("SELECT MAX(id) FROM polls").Scan(&id).Error)
		edit := fmt.Sprintf("/p/%d/edit", id)
		if got := shown(ben.get(edit).status(200)); got != "48" {
			t.Errorf("the draft shows %q, want 48", got)
		}
		for _, tc := range []struct{ chosen, shown string }{{"never", "never"}, {"72", "72"}, {"usual", "usual"}, {"5, 30", "30, 5"}, {"30, 5", "30, 5"}} {
			ben.post(edit, build(tc.chosen, 9)...).status(303)
			if got := shown(ben.get(edit).status(200)); got != tc.shown {
				t.Errorf("with %q chosen the draft shows %q", tc.chosen, got)
			}
		}
		ben.post(fmt.Sprintf("/p/%d/open", id)).status(303)
		running := ben.get(edit).status(200)
		if running.page.Find("select[name=reminders]").Length() != 0 {
			t.Error("a running poll offers reminders")
		}
		ben.post(edit, build("never", 9)...).status(303)
		var kept []int64
		h.must(h.db.Read(t.Context()).Table("poll_reminders").Select("at").Where("poll_id = ?", id).Find(&kept).Error)
		if len(kept) != 2 {
			t.Errorf("a running poll has %d reminders, want its two", len(kept))
		}
	})
}
