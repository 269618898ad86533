package web

import (
	"fmt"
	"strings"
	"testing"
)

// The themes of a group are narrowed down by links and one form, without scripts.
func TestTheThemesOfAGroupAreNarrowedDownWithoutScripts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		ben := h.browser("ben")
		ben.get("/g/harbour/themes").status(200).has("No themes").lacks("themes-words")
		first, second := h.thread("ada", "harbour", "Three days in June").ID, h.thread("ada", "harbour", "In autumn").ID
		h.theme("ben", first, "Rye")
		oats := h.theme("cleo", second, "Oats & more")
		_, err := h.site.Themes.Support(t.Context(), h.actor("ben"), oats.ID)
		h.must(err)
		_, err = h.site.Themes.Shortlist(t.Context(), h.actor("mona"), oats.ID)
		h.must(err)
		shown := func(query string) string {
			t.Helper()
			var titles []string
			for _, s := range ben.get("/g/harbour/themes" + query).status(200).page.Find("#themes-shown .theme h3").EachIter() {
				titles = append(titles, s.Text())
			}
			return strings.Join(titles, ", ")
		}
		for query, want := range map[string]string{
			"":                                     "Oats & more, Rye",
			"?sort=support":                        "Oats & more, Rye",
			"?state=proposed":                      "Rye",
			"?state=shortlisted":                   "Oats & more",
			"?whose=mine":                          "Rye",
			"?whose=supported":                     "Oats & more",
			"?by=cleo":                             "Oats & more",
			"?by=@cleo":                            "Oats & more",
			"?q=rye":                               "Rye",
			fmt.Sprintf("?thread=%d", first):       "Rye",
			"?sort=odd&state=odd&whose=odd&q=MORE": "Oats & more",
		} {
			if got := shown(query); got != want {
				t.Errorf("%q shows %s, want %s", query, got, want)
			}
		}
		ben.get("/g/harbour/themes").has("In autumn").has("Three days in June")
		ben.get("/g/harbour/themes?q=zebra&state=proposed").status(200).has("No theme fits this").has("Show all themes")
		ben.get("/g/harbour/themes?by=nobody").status(200).has("Nobody here is called that")
		h.browser("").get("/g/harbour/themes").status(200).lacks("I support").has("Rye")
	})
}
