package app_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/theme"
)

// A card on the board says each thing once and on few lines, and has one menu for
// those who convene, which leads to what it names.
func TestACardIsShortAndHasOneMenu(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	f.group("harbour", "The Harbour", access.Public)
	mo, ben := f.person("mo", "Mo", "", "harbour", access.Moderator), f.person("ben", "Ben", "", "harbour", access.Member)
	id := f.thread(mo, "harbour")
	words := strings.Repeat("what each of us has tried, and what came of it, ", 4)
	said, err := f.Forum.Post(f.ctx, ben, id, forum.NewComment{Body: words})
	if err != nil {
		t.Fatal(err)
	}
	made, err := f.Themes.Propose(f.ctx, ben, id, []theme.NewTheme{
		{Title: "Mending boats", Description: "In winter.", FromCommentID: said.ID, Quote: words, Support: true}, {Title: "The price of ice", Description: "In summer."}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Themes.Shortlist(f.ctx, mo, made[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Themes.Decline(f.ctx, mo, made[1].ID, "It comes to the assembly."); err != nil {
		t.Fatal(err)
	}
	card, declined := fmt.Sprintf("#th-%d", made[0].ID), fmt.Sprintf("#th-%d", made[1].ID)
	tab := f.browse("mo", fmt.Sprintf("/t/%d/themes", id))
	for _, width := range []int64{320, 1280} {
		tab.Size(width, 900)
		tab.Open(f.URL + fmt.Sprintf("/t/%d/themes", id))
		for what, holds := range map[string]string{
			"the state is said by the column alone": `!document.querySelector("CARD-state .tag").checkVisibility() && document.querySelector("DECLINED-state .tag").checkVisibility()`,
			"the quote is one line":                 `document.querySelector("CARD .from").getBoundingClientRect().height < 32`,
			"count and support are on one line": `(() => { const [a, b] = ["CARD-count", "CARD-support"].map((it) => document.querySelector(it).getBoundingClientRect());
				return a.top < b.bottom && b.top < a.bottom; })()`,
			"the reason is no louder than the theme": `getComputedStyle(document.querySelector("DECLINED-state")).fontSize === getComputedStyle(document.querySelector("DECLINED .summary")).fontSize`,
		} {
			if !browser.Eval[bool](tab, strings.NewReplacer("CARD", card, "DECLINED", declined).Replace(holds)) {
				t.Errorf("at %d: not so: %s", width, what)
			}
		}
		if n := browser.Eval[int](tab, fmt.Sprintf(`[...document.querySelectorAll("%s :is(.theme-foot button, summary)")].filter((it) => it.checkVisibility()).length`, card)); n != 2 {
			t.Errorf("at %d: %d buttons on a card, want Support and the menu", width, n)
		}
		tab.Click(card + " summary")
		tab.Until(fmt.Sprintf(`document.querySelector("%s .menu-sheet").checkVisibility()`, card))
		if got := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); got > width {
			t.Errorf("with the menu open the board is %d wide at %d", got, width)
		}
		tab.Shoot(fmt.Sprintf("card-%d", width))
	}
	for _, part := range []string{"decline", "merge", "under", "split", "move"} {
		tab.Open(f.URL + fmt.Sprintf("/t/%d/themes", id))
		tab.Click(card + " summary")
		tab.Follow(fmt.Sprintf(`%s .menu-sheet a[href$="#%s"]`, card, part))
		tab.Until(fmt.Sprintf(`document.querySelector(":target").id === %q`, part))
	}
	tab.Open(f.URL + fmt.Sprintf("/themes/%d/convene#decline", made[0].ID))
	tab.Type("#decline-reason", "Not this year.")
	tab.FollowText("#decline", "Decline this theme")
	tab.Sees("Not this year.")
	tab.Faultless()
}
