package app_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/theme"
)

// One long word, or one long address of a page, breaks no board: nothing goes off
// the screen, and no card over the next one.
func TestALongWordBreaksNoBoard(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	f.group("harbour", "The Harbour", access.Public)
	mo, ben := f.person("mo", "Mo", "", "harbour", access.Moderator), f.person("ben", "Ben", "", "harbour", access.Member)
	id := f.thread(mo, "harbour")
	address := "https://example.org/" + strings.Repeat("Statutes-of-the-house_", 6) + ".pdf"
	made, err := f.Themes.Propose(f.ctx, ben, id, []theme.NewTheme{
		{Title: "What the statutes say", Description: "See " + address},
		{Title: strings.Repeat("Wind", 29), Description: strings.Repeat("x", 1500)},
		{Title: "Something short"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Themes.Shortlist(f.ctx, mo, made[2].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Themes.Decline(f.ctx, mo, made[1].ID, strings.Repeat("no", 300)); err != nil {
		t.Fatal(err)
	}
	tab := f.browse("mo", "/")
	for _, path := range []string{"/t/%d/themes", "/t/%d/themes?view=groups", "/t/%d/themes?view=list", "/t/%d"} {
		for _, width := range []int64{320, 700, 1280} {
			tab.Size(width, 900)
			tab.Open(f.URL + fmt.Sprintf(path, id))
			if got := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); got > width {
				t.Errorf("%s is %d wide at %d", path, got, width)
			}
			if got := browser.Eval[string](tab, wider); got != "" {
				t.Errorf("%s at %d: wider than its place: %s", path, width, got)
			}
		}
	}
	tab.Open(f.URL + "/g/harbour/themes")
	tab.Size(320, 900)
	if got := browser.Eval[int](tab, "document.documentElement.scrollWidth"); got > 320 {
		t.Errorf("the group's themes are %d wide at 320", got)
	}
	tab.Faultless()
}

// wider names the first card, button or line of one that stands out of its column.
const wider = `(() => {
	for (const card of document.querySelectorAll(".theme")) {
		const box = card.parentElement.parentElement.getBoundingClientRect();
		for (const el of [card, ...card.querySelectorAll("h3, p, .theme-foot, form, button")]) {
			const at = el.getBoundingClientRect();
			if (at.width && (at.right > box.right + 1 || at.left < box.left - 1)) return el.outerHTML.slice(0, 120);
		}
	}
	return "";
})()`
