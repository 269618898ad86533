package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"plenary/pkg/access"
	"plenary/pkg/group"
	"plenary/pkg/testkit/browser"
)

// hands use nothing but a keyboard.
type hands struct {
	*browser.Tab
	t *testing.T
}

// focused describes what has the focus; empty for nothing.
const focused = `(() => { const el = document.activeElement; return !el || el === document.body ? "" :
	el.tagName.toLowerCase() + (el.id ? "#" + el.id : "") + (el.name ? "[" + el.name + "]" : "") + " " + (el.innerText || el.value || "").trim().slice(0, 40) })()`

// hidden says by what the focused element is covered, or that it is out of
// sight; empty where its edges and middle can be seen.
const hidden = `(() => {
	const el = document.activeElement
	if (!el || el === document.body) return ""
	const box = (el.labels?.[0] ?? el).getClientRects()[0]
	if (!box) return "it has no place"
	const at = [[.5, .5], [.5, .15], [.5, .85], [.15, .5], [.85, .5]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y])
	for (const [x, y] of at) {
		if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return "it is out of sight at " + Math.round(x) + "," + Math.round(y)
		const hit = document.elementFromPoint(x, y)
		if (!hit || !(el.contains(hit) || hit.contains(el) || el.labels?.[0]?.contains(hit))) return "it is covered by " + (hit?.outerHTML ?? "nothing").slice(0, 80)
	}
	return ""
})()`

// stop demands that the focus can be seen.
func (h hands) stop() string {
	h.t.Helper()
	on := browser.Eval[string](h.Tab, focused)
	why := browser.Eval[string](h.Tab, hidden)
	for tries := 0; why != "" && tries < 20; tries++ { // the browser may be scrolling there
		<-time.After(30 * time.Millisecond)
		why = browser.Eval[string](h.Tab, hidden)
	}
	if why != "" {
		h.t.Errorf("the focus is on %q, but %s (%s)", on, why, browser.Eval[string](h.Tab, "location.pathname + ' ' + innerWidth"))
	}
	return on
}

// tabTo presses Tab until what the selector names has the focus.
func (h hands) tabTo(selector string) {
	h.t.Helper()
	h.Until(fmt.Sprintf("document.querySelector(%q)", selector))
	for range 300 {
		if browser.Eval[bool](h.Tab, fmt.Sprintf("!!document.activeElement?.matches(%q)", selector)) {
			h.stop()
			return
		}
		h.Key(kb.Tab)
	}
	h.t.Fatalf("Tab never comes to %s", selector)
}

func (h hands) focus(selector string) {
	h.t.Helper()
	h.Until(fmt.Sprintf("document.activeElement?.matches(%q)", selector))
	h.stop()
}

// follow presses Enter on a link as a keyboard does: a browser that has taken
// the key when it went down does not type it where the link leads. Key types it.
func (h hands) follow() {
	h.t.Helper()
	h.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeChar, input.DispatchKeyEventTypeKeyUp} {
			press := input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", Text: "\r", UnmodifiedText: "\r", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13}
			if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, press); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (h hands) write(text string) {
	h.t.Helper()
	for _, r := range text {
		h.Key(string(r))
	}
}

// From signing in to the vote with the keyboard alone; the focus is never lost
// nor hidden, and goes to where something has happened.
func TestAKeyboardIsEnough(t *testing.T) {
	f := madeUp(t)
	h := hands{browser.Person(t), t}
	h.Size(1280, 900)
	thread := f.threadWithThemes()
	h.Open(f.URL + "/signin?next=" + thread)
	h.tabTo(`[name="email"]`)
	h.write(aMember + "@example.org")
	h.tabTo(`[name="password"]`)
	h.write("wrong one 1")
	h.Key(kb.Enter)
	h.focus(".error-summary")
	h.tabTo(`[name="password"]`)
	h.write(password)
	h.Key(kb.Enter)
	h.Until(fmt.Sprintf("location.pathname.startsWith(%q)", thread))
	h.Until(`document.querySelector("#live-state").innerText === "Live"`)

	h.comments()
	h.reactsAndSupports()
	h.proposes()
	h.votes(f.URL)
	h.goesAround(f.URL)
	h.Faultless()
}

// threadWithThemes is the address of the thread that has most to it.
func (r *running) threadWithThemes() string {
	r.t.Helper()
	threads, err := r.Forum.Recent(r.ctx, access.Actor{}, 1)
	if err != nil || len(threads) == 0 {
		r.t.Fatal("find a thread:", err)
	}
	return threads[0].Path()
}

// comments writes one, in words that are shortcuts elsewhere, and answers one.
func (h hands) comments() {
	h.t.Helper()
	h.Until(`document.activeElement === document.body || !document.activeElement.matches("input, textarea")`)
	h.Key("c")
	h.focus("#composer-body")
	h.write("just kernels run, ghee? n/u")
	if got := browser.Eval[string](h.Tab, `document.activeElement.value`); got != "just kernels run, ghee? n/u" {
		h.t.Errorf("while writing, keys did something else: the field holds %q", got)
	}
	h.Key(kb.Enter, chromedp.ModifierCtrl)
	h.Sees("just kernels run, ghee? n/u")
	h.Until(`document.querySelector("#composer-body").value === ""`)
	h.Key(kb.Tab)
	h.Key(kb.Tab)
	h.Key("k") // what was just said is the last item
	h.focus("#timeline .comment, #timeline .poll, #timeline .outcome, #timeline .marker")
	first := browser.Eval[string](h.Tab, focused)
	h.Key("k")
	h.Key("j")
	if back := h.stop(); back != first {
		h.t.Errorf("k and j lead from %q to %q", first, back)
	}
	for range 60 {
		if browser.Eval[bool](h.Tab, `document.activeElement.matches(".comment:not(.removed)")`) {
			break
		}
		h.Key("k")
	}
	h.Key("r")
	h.focus("#composer-body")
	h.Until(`!document.querySelector("#reply-to").hidden`)
	h.tabTo("#composer .primary")
}

func (h hands) reactsAndSupports() {
	h.t.Helper()
	h.Key("?")
	h.Until(`document.querySelector("#keys").open`)
	h.Key(kb.Escape)
	h.Until(`!document.querySelector("#keys").open`)
	h.tabTo("#skip, .skip")
	h.tabTo(".support button")
	h.Key(" ")
	h.Until(`document.querySelector(".support button[aria-pressed=true]")`)
	h.tabTo("#timeline .reactions button")
	button := browser.Eval[string](h.Tab, "document.activeElement.id")
	h.Key(kb.Enter)
	h.Until(fmt.Sprintf(`document.getElementById(%q).getAttribute("aria-pressed") === "true"`, button))
	h.Until(fmt.Sprintf(`document.activeElement.id === %q`, button))
}

func (h hands) proposes() {
	h.t.Helper()
	thread := browser.Eval[string](h.Tab, "location.href.split('#')[0]")
	h.Open(thread)
	h.tabTo(`.manage a[href$="/themes/new"]`)
	h.Key(kb.Enter)
	h.Until(`location.pathname.endsWith("/themes/new")`)
	h.tabTo(`#theme-form [name="title"]`)
	h.write("Night trains")
	h.Key(kb.Enter)
	h.Until(`!location.pathname.endsWith("/themes/new")`)
	h.Sees("Night trains")
}

// votes first without an answer, which is refused, and then for Abstain.
func (h hands) votes(base string) {
	h.t.Helper()
	h.Open(base + "/")
	h.tabTo(".needs-row .primary")
	h.Key(kb.Enter)
	h.tabTo(".ballot .primary")
	h.Key(kb.Enter)
	h.focus(".error-summary")
	h.tabTo(`.ballot [name="choices"]`)
	h.Key(" ")
	h.Key(kb.ArrowDown)
	h.stop()
	h.tabTo(".ballot .primary")
	h.Key(kb.Enter)
	h.focus("[data-focus]")
	h.Sees("Abstain")
}

func (h hands) goesAround(base string) {
	h.t.Helper()
	h.Open(base + "/g/lodestone")
	h.Key("n")
	h.Until(`location.pathname.endsWith("/threads/new") && document.readyState === "complete"`)
	h.Key("g")
	h.Key("h")
	h.Until(`location.pathname === "/" && document.readyState === "complete"`)
	h.tabTo(".account-menu > summary")
	h.Key(kb.Enter)
	h.Until(`document.querySelector(".account-menu").open`)
	h.Key(kb.Tab)
	h.stop()
	h.Key(kb.Escape)
	h.Until(`!document.querySelector(".account-menu").open`)
	h.focus(".account-menu > summary")
}

// Tab goes through a whole thread and out of it, Shift+Tab all the way back, and
// at each of the stops one sees where one is.
func TestTheFocusIsSeenAtEveryStop(t *testing.T) {
	f := madeUp(t)
	for _, size := range [][2]int64{{375, 667}, {1280, 900}} {
		h := hands{f.browse(aMember, "/t/2"), t}
		h.Size(size[0], size[1])
		h.Key(kb.Tab)
		first, stops := h.stop(), 1
		for ; stops < 300; stops++ {
			h.Key(kb.Tab)
			if on := h.stop(); on == "" || on == first {
				break
			}
		}
		if stops < 40 || stops == 300 {
			t.Errorf("Tab makes %d stops at %d px: it is caught, or things are out of its reach", stops, size[0])
		}
		for range 40 {
			h.Key(kb.Tab, chromedp.ModifierShift)
			h.stop()
		}
		h.Faultless()
	}
}

// From the link of an invitation to the first page of the group with the keyboard
// alone, by way of a form that is refused, and to a question to be let in
// elsewhere.
func TestAKeyboardIsEnoughToComeByAnInvitation(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	f.group("coast", "Coast network", access.Closed)
	rosa := f.person("rosa", "Rosa Ferri", "", "coast", access.Admin)
	if _, err := f.Groups.Create(f.ctx, rosa, group.NewGroup{Name: "Treasury", Handle: "treasury", Parent: "coast", Visibility: access.Closed,
		Joining: access.JoinOnRequest, JoinQuestion: "What have you counted before?"}); err != nil {
		t.Fatal(err)
	}
	link, _, err := f.Groups.Invite(f.ctx, rosa, "coast", group.NewInvitation{})
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{1280, 320} {
		h := hands{browser.Person(t), t}
		h.Size(width, 700)
		h.Open(f.URL + "/join/" + link)
		handle := fmt.Sprint("mira", width)
		for _, field := range []struct{ name, words string }{{"name", "Mira"}, {"handle", "Not a handle"}, {"affiliation", "Bakery"}, {"email", handle + "@example.org"}, {"password", password}} {
			h.tabTo(`#join-form [name="` + field.name + `"]`)
			h.write(field.words)
		}
		h.Key(kb.Tab)
		h.tabTo("#join-form button.primary")
		h.Key(kb.Enter)
		h.focus(".error-summary")
		h.tabTo(`.error-summary a[href="#handle"]`)
		h.follow() // to the field that is wrong
		h.focus(`#join-form [name="handle"]`)
		h.Key("a", chromedp.ModifierCtrl)
		h.write(handle)
		h.tabTo(`#join-form [name="password"]`)
		h.write(password)
		h.Key(kb.Enter)
		h.Until(`location.pathname === "/g/coast" && document.readyState === "complete"`)
		h.tabTo(`main a[href="/g/treasury"]`)
		h.Key(kb.Enter)
		h.Until(`location.pathname === "/g/treasury" && document.readyState === "complete"`)
		h.tabTo(`main a[href="/g/treasury/ask"]`)
		h.Key(kb.Enter)
		h.Until(`location.pathname === "/g/treasury/ask" && document.readyState === "complete"`)
		h.tabTo(`main [name="answer"]`)
		h.write("Loaves.")
		h.tabTo("main .primary")
		h.Key(kb.Enter)
		h.Sees("You have asked to join")
		h.tabTo(`main form[action$="/withdraw"] button`)
		h.Key(kb.Enter)
		h.Until(`location.pathname === "/g/treasury" && document.querySelector("main a[href='/g/treasury/ask']").innerText === "Ask to join"`)
		h.Faultless()
	}
}
