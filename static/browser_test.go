package static_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium is one browser process for all tests of this package.
type chromium struct {
	start sync.Once
	ctx   context.Context
	stop  func()
	err   error
}

var browser = &chromium{stop: func() {}}

func TestMain(m *testing.M) {
	code := m.Run()
	browser.stop()
	os.Exit(code)
}

func (c *chromium) context(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		const how = "no chromium here; get it with: apt-get install chromium"
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	c.start.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
		allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, stopBrowser := chromedp.NewContext(allocator)
		c.ctx, c.stop = ctx, func() { stopBrowser(); stopAllocator() }
		c.err = chromedp.Do(ctx, chromedp.Navigate("about:blank"))
	})
	if c.err != nil {
		t.Fatal("start chromium:", c.err)
	}
	return c.ctx
}

// tab is one page of the browser, looked at from a test.
type tab struct {
	t   *testing.T
	ctx context.Context
}

const patience = 8 * time.Second

// watch runs before every page: it collects what the policy refused and what
// broke, which is nothing in a good page.
const watch = `window.faults = [];
addEventListener("securitypolicyviolation", (e) => faults.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample));
addEventListener("error", (e) => faults.push("error: " + e.message));
addEventListener("unhandledrejection", (e) => faults.push("rejected: " + e.reason));`

// openTab opens a page. At the end of the test the page must have no faults.
func openTab(t *testing.T, url string) *tab {
	t.Helper()
	p := blankTab(t)
	p.do(chromedp.Navigate(url))
	t.Cleanup(func() {
		if faults := eval[[]string](p, "window.faults"); len(faults) > 0 {
			t.Errorf("the page had faults: %q", faults)
		}
	})
	return p
}

// blankTab opens an empty tab. All tabs share cookies, unless the options say
// otherwise; what is stored for a page is apart, as each forum has its own port.
func blankTab(t *testing.T, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser.context(t), options...)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx}
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
			return err
		}
		// Several tabs are worked with at once; each shall believe it has the focus.
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return p
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

func eval[T any](p *tab, js string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return v
}

// run evaluates for the effect alone.
func (p *tab) run(js string) {
	p.t.Helper()
	eval[bool](p, "(() => { "+js+"; return true })()")
}

// wait waits until the expression is true in the page.
func (p *tab) wait(js string) {
	p.t.Helper()
	p.waitFor(js, func() bool {
		v, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+js+")"))
		return err == nil && v // an error here is a page that is just changing
	})
}

// waitFor waits until something outside the page is so.
func (p *tab) waitFor(what string, so func() bool) {
	p.t.Helper()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !so() {
		select {
		case <-tick.C:
		case <-late:
			p.t.Fatalf("waited %v in vain for: %s\n%s", patience, what, p.describe())
		}
	}
}

// describe tells what the page looks like, for the log of a failed test.
func (p *tab) describe() string {
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.querySelector("#live-state")?.textContent ?? "") + " | " + (document.querySelector("#status")?.textContent ?? "") + " | " + JSON.stringify(window.faults) + "\n" + document.body.innerText.slice(-1500)`))
	if err != nil {
		return err.Error()
	}
	return v
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf("document.querySelector(%s)?.textContent?.trim() ?? '(nothing)'", quoted(selector)))
}

func (p *tab) want(what, js, want string) {
	p.t.Helper()
	if got := eval[string](p, "String("+js+")"); got != want {
		p.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (p *tab) isLive() {
	p.t.Helper()
	p.wait(`document.querySelector("#live-state").textContent === "Live"`)
}

// typed puts the focus into a field and types.
func (p *tab) typed(selector, words string) {
	p.t.Helper()
	p.run(fmt.Sprintf("document.querySelector(%s).focus()", quoted(selector)))
	p.keys(words)
}

// keys presses a key for each letter, as a keyboard would: a page that refuses
// the key gets no letter. A line end is the Enter key.
func (p *tab) keys(letters string) {
	p.t.Helper()
	for _, letter := range letters {
		p.key(string(letter), 0)
	}
}

func (p *tab) key(letter string, modifiers int64) {
	p.t.Helper()
	down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: letter, Text: letter, Modifiers: modifiers}
	if letter == "\n" {
		down.Key, down.Code, down.Text, down.WindowsVirtualKeyCode = "Enter", "Enter", "\r", 13
	}
	up := down
	up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, down); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, input.DispatchKeyEvent, up)
		return err
	}))
}

func (p *tab) click(selector string) {
	p.t.Helper()
	p.run(fmt.Sprintf("document.querySelector(%s).click()", quoted(selector)))
}

// hide makes the page believe that it is in a background tab, or in front again.
func (p *tab) hide(hidden bool) {
	p.t.Helper()
	state := map[bool]string{true: "hidden", false: "visible"}[hidden]
	p.run(fmt.Sprintf(`Object.defineProperty(document, "hidden", {configurable: true, get: () => %v});
Object.defineProperty(document, "visibilityState", {configurable: true, get: () => "%s"});
document.dispatchEvent(new Event("visibilitychange"))`, hidden, state))
}

// countDials counts from now on, as dials, the sockets the page asks for.
func (p *tab) countDials() {
	p.t.Helper()
	p.run(`const real = WebSocket; window.dials = 0; window.WebSocket = class extends real { constructor(url) { super(url); dials++ } }`)
}

// comments gives the texts of the timeline's comments in their order.
func (p *tab) comments() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll("#timeline .comment .body")].map((el) => el.innerText.replace(" link", "").trim())`)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

func lines(s ...string) string { return strings.Join(s, "\n") }
