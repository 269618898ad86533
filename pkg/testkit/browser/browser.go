// Package browser drives a real Chromium in tests: one process for all tests of
// a package, a separate context (cookies, storage) for each person.
package browser

import (
	"context"
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

	"plenary/pkg/testkit"
)

// Patience is how long a test waits for a page to become what it should be.
const Patience = 20 * time.Second

var shared struct {
	start sync.Once
	ctx   context.Context
	stop  func()
	err   error
}

// Stop ends the browser; call it at the end of TestMain.
func Stop() {
	if shared.stop != nil {
		shared.stop()
	}
}

func running(t testing.TB) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		testkit.Missing(t, "no Chromium here; get it with: apt-get install chromium")
	}
	shared.start.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"), // whatever a page asks for, nothing leaves this machine
			chromedp.Flag("disable-background-networking", true), chromedp.Flag("hide-scrollbars", true))
		allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, stopBrowser := chromedp.NewContext(allocator)
		shared.ctx, shared.stop = ctx, func() { stopBrowser(); stopAllocator() }
		shared.err = chromedp.Do(ctx, chromedp.Navigate("about:blank"))
	})
	if shared.err != nil {
		t.Fatal("start Chromium:", shared.err)
	}
	return shared.ctx
}

// Tab is one page, looked at by one person.
type Tab struct {
	t   testing.TB
	ctx context.Context
}

// watch collects, on every page, what the content policy refused and what broke.
// A transition between pages that is cut short is no fault.
const watch = `window.faults = [];
addEventListener("securitypolicyviolation", (e) => faults.push(e.violatedDirective + " " + e.blockedURI + " " + e.sample));
addEventListener("error", (e) => faults.push("error: " + e.message));
addEventListener("unhandledrejection", (e) => /^Transition was/.test(e.reason?.message) || faults.push("rejected: " + e.reason));`

// Person opens a tab with cookies and storage of its own. Whatever page it shows
// when the test ends must have no faults.
func Person(t testing.TB) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(running(t), chromedp.WithNewBrowserContext())
	p := &Tab{t: t, ctx: ctx}
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the tab must outlive the time limits below
		t.Fatal("open a tab:", err)
	}
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
			return err
		}
		// Several tabs are worked with at once; each shall believe it has the focus.
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return p
}

// Do runs steps one after the other, within Patience.
func (p *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%v\non a page that says:\n%s", err, p.text())
	}
}

func (p *Tab) text() string {
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText.slice(0, 3000)"))
	if err != nil {
		return err.Error()
	}
	return text
}

// Listen tells of every event of the tab, as a pointer to its type in package
// cdproto. The function must be quick, and must not use the tab.
func (p *Tab) Listen(tell func(event any)) {
	p.t.Helper()
	if err := chromedp.Listen(p.ctx, tell); err != nil {
		p.t.Fatal(err)
	}
}

// Open goes to an address and demands that the page there has no faults.
func (p *Tab) Open(url string) {
	p.t.Helper()
	p.Do(chromedp.Navigate(url))
	p.Faultless()
}

// Faultless demands that nothing on this page broke or was refused.
func (p *Tab) Faultless() {
	p.t.Helper()
	if faults := Eval[[]string](p, "window.faults || []"); len(faults) > 0 {
		p.t.Errorf("faults on %s: %s", Eval[string](p, "location.href"), strings.Join(faults, "; "))
	}
}

// Eval gives the value of an expression in the page.
func Eval[T any](p *Tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

// Until waits for an expression to become true.
func (p *Tab) Until(expression string) {
	p.t.Helper()
	deadline := time.Now().Add(Patience)
	for {
		ctx, cancel := context.WithTimeout(p.ctx, Patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("waited %v for %s (%v)\non a page that says:\n%s", Patience, expression, err, p.text())
		}
		<-time.After(30 * time.Millisecond)
	}
}

// Sees waits until the page shows the text.
func (p *Tab) Sees(text string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// Click presses what the selector finds first.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("document.querySelector(%q)", selector))
	Eval[bool](p, fmt.Sprintf("(() => { const it = document.querySelector(%q); it.scrollIntoView({block: 'center'}); it.focus(); it.click(); return true })()", selector))
}

// ClickText presses the button or link within the selector that says the text.
func (p *Tab) ClickText(within, text string) {
	p.t.Helper()
	find := fmt.Sprintf("[...document.querySelectorAll(%q)].flatMap((at) => [...at.querySelectorAll('button, a, summary')]).find((it) => it.checkVisibility() && it.innerText.trim() === %q)", within, text)
	p.Until(find)
	Eval[bool](p, "(() => { const it = "+find+"; it.scrollIntoView({block: 'center'}); it.focus(); it.click(); return true })()")
}

// For is the same tab for a part of the test.
func (p *Tab) For(t testing.TB) *Tab { return &Tab{t: t, ctx: p.ctx} }

// Follow presses what the selector finds first and waits for the page it leads to.
func (p *Tab) Follow(selector string) {
	p.t.Helper()
	p.leave(func() { p.Click(selector) })
}

// FollowText presses the button or link that says the text, as ClickText does,
// and waits for the page it leads to.
func (p *Tab) FollowText(within, text string) {
	p.t.Helper()
	p.leave(func() { p.ClickText(within, text) })
}

// leave waits until the document has been replaced by another one.
func (p *Tab) leave(by func()) {
	p.t.Helper()
	Eval[bool](p, "window.isLeft = true")
	by()
	p.Until("!window.isLeft && document.readyState === 'complete'")
}

// Type writes into a field, a key for each letter.
func (p *Tab) Type(selector, text string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("document.querySelector(%q)", selector))
	Eval[bool](p, fmt.Sprintf("(document.querySelector(%q).focus(), true)", selector))
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// Size sets the window's size in pixels.
func (p *Tab) Size(width, height int64) {
	p.t.Helper()
	p.Do(chromedp.EmulateViewport(width, height))
}

// Scheme sets the colours that the person prefers.
func (p *Tab) Scheme(dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	}))
}

// NoScripts turns scripting off for all pages from now on. What the test itself
// evaluates still works.
func (p *Tab) NoScripts() {
	p.t.Helper()
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// Key presses a key, such as kb.Tab, with modifiers held.
func (p *Tab) Key(keys string, held ...chromedp.Modifier) {
	p.t.Helper()
	p.Do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(held...)))
}

// View writes a picture of what is in the window, where PLENARY_TEST_SHOTS names
// a folder for it.
func (p *Tab) View(name string) {
	p.t.Helper()
	dir := os.Getenv("PLENARY_TEST_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/"+name+".png", picture, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// Shoot writes a picture of the whole page where the environment variable
// PLENARY_TEST_SHOTS names a folder for it.
func (p *Tab) Shoot(name string) {
	p.t.Helper()
	dir := os.Getenv("PLENARY_TEST_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, Patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/"+name+".png", picture, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// Print gives the page as it comes out of a printer: a PDF on A4, unless the page
// itself asks for other paper.
func (p *Tab) Print() []byte {
	p.t.Helper()
	var pdf []byte
	p.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		printed, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69, PreferCSSPageSize: new(true)})
		pdf = printed.Data
		return err
	}))
	return pdf
}
