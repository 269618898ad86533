package app_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"plenary/pkg/testkit/browser"
)

// canary notes, in the topmost page, every frame in which one of the functions
// was called that the attempts call to show that they run.
const canary = `(() => {
	if (top === window) window.ran = [];
	const sing = () => { try { top.ran.push(location.pathname + location.search) } catch {} };
	for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = sing;
})()`

// provoke sets off everything in a page that only waits for its reader to move
// the mouse or press a key, but for links.
const provoke = `(() => {
	for (const el of document.querySelectorAll("*")) {
		for (const { name } of [...el.attributes]) {
			if (name.startsWith("on")) try { el.dispatchEvent(new Event(name.slice(2))) } catch {}
		}
	}
	return true
})()`

// trap is a tab that notices when anything runs or leaves that should not.
type trap struct {
	*browser.Tab
	base string

	mu     sync.Mutex
	caught []string
}

func (tr *trap) note(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.caught = append(tr.caught, fmt.Sprintf(format, args...))
}

// set makes a tab into a trap for pages from base.
func set(tab *browser.Tab, base string) *trap {
	tr := &trap{Tab: tab, base: base}
	tab.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: canary})
		return err
	}))
	tab.Listen(func(event any) {
		switch e := event.(type) {
		case *page.EventJavascriptDialogOpening:
			tr.note("a dialog says %q", e.Message)
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, base+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
				tr.note("a request for %.200s", u)
			}
		}
	})
	return tr
}

// strays finds what no text of a person may put into a page: elements and
// attributes beside those that Markdown makes, and addresses that run.
const strays = `(() => {
	const elements = new Set("A B BLOCKQUOTE BR CODE DD DEL DETAILS DIV DL DT EM H1 H2 H3 H4 H5 H6 HR I IMG INPUT INS KBD LI MARK OL P PRE Q S SMALL STRONG SUB SUMMARY SUP TABLE TBODY TD TH THEAD TR U UL SPAN BDI".split(" "));
	const attributes = new Set("href title src alt dir class start align type checked disabled rel loading decoding width height tabindex role aria-label lang id data-mention target".split(" "));
	const found = [];
	for (const el of document.querySelectorAll(".body *, .prose *")) {
		if (!elements.has(el.tagName)) found.push("<" + el.tagName + ">");
		for (const { name, value } of el.attributes) {
			if (!attributes.has(name)) found.push(el.tagName + " " + name + "=" + value);
			if (/^(href|src)$/.test(name) && !/^(https?|mailto):$/.test(new URL(value, location).protocol)) found.push(el.tagName + " " + name + "=" + value);
		}
	}
	for (const el of document.querySelectorAll("body script, iframe, object, embed, base, frame, frameset, body style, body link, body meta")) found.push("<" + el.tagName + ">");
	return found;
})()`

// visit opens a page, sets off what waits in it, and tells what was caught.
func (tr *trap) visit(t *testing.T, path string) {
	t.Helper()
	tr.Do(chromedp.Navigate(tr.base + path))
	if browser.Eval[bool](tr.Tab, "document.querySelector('.error-page') !== null") {
		t.Errorf("%s shows an error", path)
	}
	tr.look(t, path)
}

// look tells what the page that is open has let through.
func (tr *trap) look(t *testing.T, path string) {
	t.Helper()
	browser.Eval[bool](tr.Tab, provoke)
	if ran := browser.Eval[[]string](tr.Tab, "window.ran"); len(ran) > 0 {
		t.Errorf("%s: %d scripts ran", path, len(ran))
	}
	if faults := browser.Eval[[]string](tr.Tab, "window.faults"); len(faults) > 0 {
		t.Errorf("%s: %s", path, strings.Join(faults, "; "))
	}
	if found := browser.Eval[[]string](tr.Tab, strays); len(found) > 0 {
		t.Errorf("%s: %d strays: %.500s", path, len(found), strings.Join(found, " "))
	}
	if now := browser.Eval[string](tr.Tab, "location.pathname + location.search"); path != "" && now != path && !strings.HasPrefix(now, path+"/") {
		t.Errorf("%s led away to %s", path, now)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, what := range tr.caught {
		t.Errorf("%s: %s", path, what)
	}
	tr.caught = nil
}
