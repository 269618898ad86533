package web

import (
	"fmt"
	"strings"
	"testing"
)

// A convenor groups, merges, splits and moves themes, without any script.
func TestThemesAreConvenedWithoutScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread, other := h.thread("ben", "harbour", "What to bake").ID, h.thread("mona", "harbour", "What to drink").ID
		rye, bread := h.theme("ben", thread, "Rye bread"), h.theme("cleo", thread, "Bread of rye")
		tea := h.theme("ben", thread, "Tea and coffee")
		path := func(id int64, rest string) string { return fmt.Sprintf("/themes/%d%s", id, rest) }
		board := fmt.Sprintf("/t/%d/themes/convene", thread)
		mona, ben, cleo := h.browser("mona"), h.browser("ben"), h.browser("cleo")

		ben.get(board).status(403)
		h.browser("").get(board).status(303)
		mona.get(board).status(200).has("These look alike").has("Without a group")

		// Suggest, ask, object, and merge at once.
		ben.get(path(rye.ID, "/convene")).status(200).has("Suggest to merge it").lacks("Split into parts")
		cleo.post(path(rye.ID, "/merge"), "how", "suggest", "reason", "The same").status(422).has("Into which theme?")
		cleo.post(path(rye.ID, "/merge"), "how", "suggest", "into", fmt.Sprint(bread.ID), "reason", "The same").to(path(rye.ID, "#merges"))
		cleo.post(path(rye.ID, "/merge"), "how", "suggest", "into", fmt.Sprint(bread.ID), "reason", "Kept words").status(409).has("Kept words")
		ben.post(path(rye.ID, "/merge"), "how", "ask", "into", fmt.Sprint(bread.ID)).status(403)
		mona.get(board).status(200).has("Suggested").has("The same")
		mona.post("/merges/1/accept").to(path(rye.ID, "#merges"))
		ben.get(path(rye.ID, "")).status(200).has("Object").has("5 Jun 2031")
		cleo.post("/merges/1/answer", "agree", "1").status(403)
		ben.post("/merges/1/answer", "agree", "0").to(path(rye.ID, "#merges"))
		ben.get(path(rye.ID, "")).status(200).has("Not merged")
		ben.post(path(rye.ID, "/support"))
		mona.post(path(rye.ID, "/merge"), "how", "now", "into", fmt.Sprint(bread.ID)).status(422).has("Why?")
		mona.post(path(rye.ID, "/merge"), "how", "now", "into", fmt.Sprint(bread.ID), "reason", "Really the same").to(path(rye.ID, "#merges"))
		merged := h.browser("").get(path(rye.ID, "")).status(200).has("Merged into").has("Merged by Mona Example")
		if n := strings.Count(merged.page.Find("#merge-2").Text(), "Mona Example"); n != 1 {
			t.Errorf("who merged it is said %d times", n)
		}
		if n := strings.Count(merged.page.Find("#merge-1").Text(), "Suggested by Cleo Example"); n != 1 {
			t.Errorf("who suggested it is said %d times", n)
		}
		ben.get(path(bread.ID, "")).status(200).has("1 supporter").has("Also put forward by")
		ben.post("/merges/2/answer", "agree", "0").to(path(rye.ID, "#merges"))
		ben.get(path(bread.ID, "")).status(200).has("0 supporters")
		mona.get(path(rye.ID, "/convene")).status(200).has("Take it back")
		mona.post(path(rye.ID, "/unmerge"), "reason", "Ben is right").to(path(rye.ID, ""))
		ben.get(path(rye.ID, "")).status(200).has("1 supporter").has("Taken back").has("Ben is right")

		// Group, by one form and by ticks.
		mona.post(board[:len(board)-len("convene")]+"overarching", "title", "", "part", fmt.Sprint(rye.ID)).status(422)
		mona.post(board[:len(board)-len("convene")]+"overarching", "title", "Baking", "part", fmt.Sprint(rye.ID), "part", fmt.Sprint(bread.ID)).to(board)
		mona.get(board).status(200).has("Baking")
		ben.get(path(rye.ID, "")).status(200).has("Part of")
		mona.post(board[:len(board)-len("convene")]+"group", "under", "0", "part", fmt.Sprint(rye.ID)).to(board)
		mona.post(board[:len(board)-len("convene")]+"group", "under", "0").status(422).has("Choose at least one theme.")
		mona.post(path(rye.ID, "/group"), "under", "4").to(path(rye.ID, ""))
		mona.stream(path(rye.ID, "/group"), "under", "0").status(200)
		ben.get(path(rye.ID, "")).status(200).lacks("Part of")
		mona.post(board[:len(board)-len("convene")]+"apart", "part", fmt.Sprint(rye.ID), "part", fmt.Sprint(tea.ID)).to(board)

		// Split and move.
		mona.post(path(tea.ID, "/split"), "title", "", "description", "Kept words").status(422).has("Kept words")
		mona.post(path(tea.ID, "/split"), "title", "Tea", "description", "", "title", "Coffee", "description", "").to(path(tea.ID, ""))
		ben.get(path(tea.ID, "")).status(200).has("2 parts").has("Coffee")
		apart := mona.get(path(tea.ID, "/convene")).status(200).has("What cannot be done now")
		if got := apart.page.Find("#merge, #under, #move").Filter("section").Length(); got != 0 {
			t.Errorf("%d parts are offered that cannot be done", got)
		}
		if apart.page.Find("li#merge, li#under, li#move").Length() != 3 || apart.page.Find("section#split").Length() != 1 {
			t.Error("what can be done and what cannot is not told apart")
		}
		mona.post(path(rye.ID, "/move"), "address", "nowhere").status(422).has("There is no such discussion")
		mona.post(path(rye.ID, "/move"), "address", fmt.Sprintf("https://forum.test/t/%d/what-to-drink", other), "reason", "Drunk").to("/themes/7")
		ben.get(path(rye.ID, "")).status(200).has("It goes on in another discussion.")
		ben.get("/themes/7").status(200).has("Rye bread")
		mona.post(path(rye.ID, "/unmerge")).to(path(rye.ID, ""))
		h.browser("").get(fmt.Sprintf("/t/%d", thread)).status(200).has("merged the theme").has("split the theme").has("Really the same")
	})
}

func TestAGroupSetsHowLongProposersHaveToObject(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ada := h.browser("ada")
		ada.get("/g/harbour/edit").status(200).has("Hours to object")
		for _, wrong := range []string{"0", "721", "soon", ""} {
			ada.post("/g/harbour/edit/merges", "merge_hours", wrong).status(422)
		}
		ada.post("/g/harbour/edit/merges", "merge_hours", "5").to("/g/harbour/edit")
		if n := ada.get("/g/harbour/edit").page.Find("input[name=merge_hours]").AttrOr("value", ""); n != "5" {
			t.Errorf("it says %q", n)
		}
	})
}
