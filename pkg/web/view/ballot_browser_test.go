package view

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	hand "github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"plenary/pkg/testkit/browser"
	"plenary/static"
)

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Stop()
	os.Exit(code)
}

// strictest is the content policy that the forms have to live with.
const strictest = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
	"require-trusted-types-for 'script'; trusted-types plenary"

// polling serves the fixture ballots with the built scripts and style sheet, and
// keeps what is sent.
type polling struct {
	*httptest.Server
	mu   sync.Mutex
	sent []url.Values
}

func newPolling(t *testing.T) *polling {
	t.Helper()
	assets, err := static.Open()
	if err != nil {
		t.Fatal(err)
	}
	opts := newTestRenderer(t).opts
	opts.Asset = assets.URL
	r, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	p := &polling{}
	mux := http.NewServeMux()
	mux.HandleFunc("/static/", func(w http.ResponseWriter, r *http.Request) {
		asset, ok := assets.Lookup(strings.TrimPrefix(r.URL.Path, "/static/"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", asset.Type)
		_, _ = w.Write(asset.Body)
	})
	mux.HandleFunc("/static/favicon.svg", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write(builtAsset(t, "favicon.svg").Body)
	})
	pages := map[string]Page{}
	for _, s := range ballotPages() {
		pages[s.name] = s.page
	}
	mux.HandleFunc("GET /show/{name}", func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", strictest)
		if err := r.Render(w, "en", pages[req.PathValue("name")]); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /p/9/ballot", func(w http.ResponseWriter, req *http.Request) {
		if err := req.ParseForm(); err != nil {
			t.Error(err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sent = append(p.sent, req.PostForm)
		http.Redirect(w, req, "/arrived", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /arrived", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html><title>Arrived</title>Your ballot has arrived")
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// said is the answer of the last ballot that came, in one line.
func (p *polling) said(t *testing.T) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sent) == 0 {
		t.Fatal("no ballot came")
	}
	form := p.sent[len(p.sent)-1]
	var out []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.DeleteFunc(slices.Clone(form[name]), func(v string) bool { return v == "" })
		if len(values) > 0 && name != "once" && name != "commitment" {
			out = append(out, name+"="+strings.Join(values, ","))
		}
	}
	return strings.Join(out, " ")
}

// booth is a voter's browser.
type booth struct {
	*browser.Tab
	t *testing.T
	p *polling
}

// enter opens the form; without scripts where plain.
func (p *polling) enter(t *testing.T, name string, width int64, plain bool) booth {
	t.Helper()
	tab := browser.Person(t)
	tab.Size(width, 900)
	if plain {
		tab.NoScripts()
	}
	tab.Open(p.URL + "/show/" + name)
	b := booth{tab, t, p}
	if !plain {
		b.ready()
	}
	return b
}

// ready waits for the scripts that the form fetches.
func (b booth) ready() {
	b.t.Helper()
	b.Until(`!document.querySelector("form[data-ballot=ranking]") || document.querySelector("[data-ranking].is-served")`)
	b.Until(`!document.querySelector("form[data-ballot]:has([data-chosen], [data-budget], [data-all], [name=none])") || document.querySelector("form[data-ballot][data-served]")`)
	b.Until(`!document.querySelector("[data-commitment]") || document.querySelector("[data-commitment]").value`)
}

func (b booth) send() string {
	b.t.Helper()
	b.Faultless()
	b.Click(".ballot-send .primary")
	b.Until(`document.title === "Arrived"`)
	return b.p.said(b.t)
}

// set writes into a field as somebody does who types and leaves it.
func (b booth) set(name, value string) {
	b.t.Helper()
	browser.Eval[bool](b.Tab, fmt.Sprintf(`(() => { const f = document.querySelector('input[name=%q]'); f.focus(); f.select(); return true })()`, name))
	if value == "" {
		b.Key(kb.Delete)
	} else {
		b.Do(chromedp.KeyEvent(value))
	}
	browser.Eval[bool](b.Tab, "(document.activeElement.blur(), true)")
}

// pick presses a radio or checkbox.
func (b booth) pick(name, value string) {
	b.t.Helper()
	b.Click(fmt.Sprintf(`input[name=%q][value=%q]`, name, value))
}

// tool presses a button of an option.
func (b booth) tool(option int, what string) {
	b.t.Helper()
	b.Click(fmt.Sprintf(`li:has(#p-9-rank-%d) [data-rank=%s]`, option, what))
}

// focus puts the focus on the grip of an option.
func (b booth) focus(selector string) {
	b.t.Helper()
	browser.Eval[bool](b.Tab, fmt.Sprintf("(document.querySelector(%q).focus(), true)", selector))
}

func grip(option int) string { return fmt.Sprintf(`li:has(#p-9-rank-%d) [data-rank=grip]`, option) }

// order is the list as it is shown, with the numbers: "92:1 91:2 | 93: 94:".
func (b booth) order() string {
	b.t.Helper()
	return browser.Eval[string](b.Tab, `[...document.querySelectorAll("[data-ranking] > li")].map((li) => { const f = li.querySelector(".rank-number"); return f ? f.name.slice(5) + ":" + f.value : "|" }).join(" ")`)
}

func (b booth) heard() string {
	b.t.Helper()
	return browser.Eval[string](b.Tab, `document.querySelector("[data-rank-said]").textContent`)
}

// drag moves an option by its grip to the place of another, with the mouse or a
// finger.
func (b booth) drag(option, to int, after bool, touch bool) {
	b.t.Helper()
	browser.Eval[bool](b.Tab, `(document.querySelector("[data-ranking]").scrollIntoView({block: "center", behavior: "instant"}), true)`)
	middle := func(selector, at string) (x, y float64) {
		v := browser.Eval[[]float64](b.Tab, fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.left + r.width / 2, r.top + %s] })()`, selector, at))
		return v[0], v[1]
	}
	x, y := middle(grip(option), "r.height / 2")
	edge := "4"
	if after {
		edge = "r.height - 4"
	}
	_, end := middle(fmt.Sprintf(`li:has(#p-9-rank-%d)`, to), edge)
	b.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		const steps = 6
		if err := point(ctx, target, touch, "down", x, y); err != nil {
			return err
		}
		for i := 1; i <= steps; i++ {
			if err := point(ctx, target, touch, "move", x, y+(end-y)*float64(i)/steps); err != nil {
				return err
			}
		}
		return point(ctx, target, touch, "up", x, end)
	}))
}

func point(ctx context.Context, target *chromedp.Target, touch bool, what string, x, y float64) error {
	if touch {
		kind := map[string]hand.DispatchTouchEventType{"down": hand.DispatchTouchEventTypeTouchStart, "move": hand.DispatchTouchEventTypeTouchMove, "up": hand.DispatchTouchEventTypeTouchEnd}[what]
		points := []*hand.TouchPoint{{X: x, Y: y}}
		if what == "up" {
			points = []*hand.TouchPoint{}
		}
		_, err := cdp.Call(ctx, target, hand.DispatchTouchEvent, hand.DispatchTouchEventParams{Type: kind, TouchPoints: points})
		return err
	}
	kind := map[string]hand.DispatchMouseEventType{"down": hand.DispatchMouseEventTypeMousePressed, "move": hand.DispatchMouseEventTypeMouseMoved, "up": hand.DispatchMouseEventTypeMouseReleased}[what]
	_, err := cdp.Call(ctx, target, hand.DispatchMouseEvent, hand.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: hand.MouseButtonLeft, ClickCount: 1})
	return err
}
