package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/testkit/browser"
	"plenary/pkg/theme"
)

// grouping is a thread with themes of which some look alike.
func grouping(t *testing.T) (f *running, thread int64, ids []int64) {
	t.Helper()
	f = start(t, settings{})
	f.group("harbour", "Harbour", access.Public)
	f.person("mona", "Mona Lake", "", "harbour", access.Moderator)
	ben := f.person("ben", "Ben Okri", "Net Loft", "harbour", access.Member)
	made, err := f.Forum.Start(f.ctx, ben, "harbour", forum.NewThread{Title: "What to talk about in May"})
	if err != nil {
		t.Fatal(err)
	}
	var in []theme.NewTheme
	for _, title := range []string{"Mending boats in winter", "How we mend boats", "Old nets and new ones", "The price of ice", "New nets from old ones"} {
		in = append(in, theme.NewTheme{Title: title, Description: "What each of us has tried, and what came of it."})
	}
	themes, err := f.Themes.Propose(f.ctx, ben, made.ID, in)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range themes {
		ids = append(ids, one.ID)
	}
	return f, made.ID, ids
}

func under(f *running, id int64) int64 {
	found, err := f.Themes.Themes(context.Background(), []int64{id})
	if err != nil {
		f.t.Fatal(err)
	}
	return found[id].Under.ID
}

// A convenor groups themes by the keyboard and by dragging, and another one who has
// the page open, and a reader on the board, see it.
func TestThemesAreGroupedByKeyboardAndByDragging(t *testing.T) {
	t.Parallel()
	f, thread, ids := grouping(t)
	mona, err := f.People.ByHandle(f.ctx, "mona")
	if err != nil {
		t.Fatal(err)
	}
	who := access.Actor{Person: mona.ID}
	sea, err := f.Themes.Overarching(f.ctx, who, thread, theme.NewTheme{Title: "The work on shore"}, []int64{ids[0]}, "")
	if err != nil {
		t.Fatal(err)
	}
	board := fmt.Sprintf("/t/%d/themes/convene", thread)
	tab, other := f.browse("mona", board), f.browse("mona", board)
	reader := f.browse("ben", fmt.Sprintf("/themes/%d", ids[1]))
	tab.Until(fmt.Sprintf(`document.querySelector("#grip-%d")?.hidden === false`, ids[1]))
	tab.Shoot("convene-1280")
	tab.Size(320, 700)
	tab.Until(`document.documentElement.scrollWidth <= 320`)
	tab.Shoot("convene-320")
	tab.Scheme(true)
	tab.Shoot("convene-320-dark")
	tab.Scheme(false)
	tab.Size(1280, 900)

	// Up to the group above, said on the way.
	browser.Eval[bool](tab, fmt.Sprintf(`(document.querySelector("#grip-%d").focus(), true)`, ids[1]))
	tab.Key(" ")
	tab.Until(`document.querySelector("[data-board-said]").textContent.includes("taken up")`)
	tab.Key(kb.ArrowUp)
	tab.Until(`document.querySelector("[data-board-said]").textContent.includes("The work on shore")`)
	tab.Key(" ")
	tab.Until(fmt.Sprintf(`document.querySelector("#cell-%d #item-%d") && document.querySelector("[data-board-said]").textContent.includes("is in")`, sea.ID, ids[1]))
	if got := under(f, ids[1]); got != sea.ID {
		t.Errorf("by the keyboard: under %d, want %d", got, sea.ID)
	}
	other.Until(fmt.Sprintf(`document.querySelector("#cell-%d #item-%d")`, sea.ID, ids[1]))

	// The focus stays on what was moved, and what was said stands, also when the board
	// is made anew after it: for one's own move, and for somebody else's.
	tab.Until(fmt.Sprintf(`document.activeElement.id === "grip-%d"`, ids[1]))
	if _, err := f.Themes.Under(f.ctx, who, ids[3], sea.ID, ""); err != nil {
		t.Fatal(err)
	}
	tab.Until(fmt.Sprintf(`document.querySelector("#cell-%d #item-%d")`, sea.ID, ids[3]))
	tab.Until(fmt.Sprintf(`document.querySelector("#grip-%d").hidden === false`, ids[3]))
	frames(tab)
	if got, want := browser.Eval[string](tab, "document.activeElement.id"), fmt.Sprintf("grip-%d", ids[1]); got != want {
		t.Errorf("after the board was made anew the focus is on %q, want %q", got, want)
	}
	if got := browser.Eval[string](tab, `document.querySelector("[data-board-said]").textContent`); !strings.Contains(got, "is in") {
		t.Errorf("said after the board was made anew: %q", got)
	}
	if _, err := f.Themes.Under(f.ctx, who, ids[3], 0, ""); err != nil {
		t.Fatal(err)
	}
	tab.Until(fmt.Sprintf(`document.querySelector("#cell-0 #item-%d")`, ids[3]))
	reader.Until(`document.querySelector("[id$=-ties]").textContent.includes("The work on shore")`)

	// And down again by dragging.
	browser.Eval[bool](tab, fmt.Sprintf(`(() => {
		const grip = document.querySelector("#grip-%d"), to = document.querySelector("#cell-0").getBoundingClientRect(), from = grip.getBoundingClientRect();
		const at = (x, y) => ({ bubbles: true, cancelable: true, pointerId: 1, clientX: x, clientY: y, button: 0 });
		grip.setPointerCapture = () => {};
		grip.dispatchEvent(new PointerEvent("pointerdown", at(from.x + 5, from.y + 5)));
		for (const y of [20, 40]) dispatchEvent(new PointerEvent("pointermove", at(from.x + 5, from.y + y)));
		dispatchEvent(new PointerEvent("pointermove", at(to.x + 20, Math.min(to.y + 10, innerHeight - 80))));
		dispatchEvent(new PointerEvent("pointerup", at(to.x + 20, Math.min(to.y + 10, innerHeight - 80))));
		return true;
	})()`, ids[1]))
	tab.Until(fmt.Sprintf(`document.querySelector("#cell-0 #item-%d")`, ids[1]))
	tab.Until(`document.querySelector("[data-board-said]").textContent.includes("Without a group")`)
	other.Until(fmt.Sprintf(`document.querySelector("#cell-0 #item-%d")`, ids[1]))
	if got := under(f, ids[1]); got != 0 {
		t.Errorf("by dragging: under %d, want none", got)
	}
	tab.Faultless()
	other.Faultless()

	// Merged at once: the reader of the page sees it.
	if _, err := f.Themes.Merge(f.ctx, who, ids[1], theme.MergeOrder{Into: ids[0], Reason: "The same", Now: true}); err != nil {
		t.Fatal(err)
	}
	reader.Until(`document.querySelector("[id$=-ties]").textContent.includes("Mending boats") && document.querySelector("#merges").textContent.includes("The same")`)
	reader.Shoot("theme-merged-1280")
	tab.Open(f.URL + fmt.Sprintf("/themes/%d/convene", ids[2]))
	tab.Shoot("theme-convene-1280")
	tab.Size(320, 700)
	tab.Until(`document.documentElement.scrollWidth <= 320`)
	tab.Shoot("theme-convene-320")
	if _, err := f.Themes.Merge(f.ctx, who, ids[2], theme.MergeOrder{Into: ids[4], Reason: "Alike"}); err != nil {
		t.Fatal(err)
	}
	reader.Open(f.URL + fmt.Sprintf("/themes/%d", ids[2]))
	reader.Shoot("theme-asked-1280")
	tab.Open(f.URL + fmt.Sprintf("/t/%d/themes", thread))
	tab.Click("details.menu.convene summary")
	tab.Until(`document.documentElement.scrollWidth <= 320`)
	tab.Shoot("board-320")
	tab.Size(1280, 900)
	tab.Shoot("board-1280")
	tab.Open(f.URL + fmt.Sprintf("/t/%d", thread))
	tab.Shoot("thread-1280")
}

// frames waits until the page has been drawn twice: a focus on something that was
// hidden is lost by then.
func frames(tab *browser.Tab) {
	browser.Eval[bool](tab, `(requestAnimationFrame(() => requestAnimationFrame(() => { document.body.dataset.drawn = "1" })), true)`)
	tab.Until(`document.body.dataset.drawn === "1"`)
	browser.Eval[bool](tab, `delete document.body.dataset.drawn`)
}
