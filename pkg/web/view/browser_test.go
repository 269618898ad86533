package view

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"plenary/static"
)

var (
	screens = flag.String("screens", "", "folder for screenshots of all fixture pages")
	only    = flag.String("only", "", "only fixture pages whose name contains this")
)

// siteOf serves the fixture pages with the sources of the style sheet and the
// built symbols.
func siteOf(t *testing.T, r *Renderer, pages []shown) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir(repoFile(t, "static", "css")))))
	for _, name := range []string{"app.js", "visitor.js"} {
		mux.HandleFunc("/static/"+name, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/javascript") })
	}
	for _, name := range []string{"icons.svg", "favicon.svg"} {
		asset := builtAsset(t, name)
		mux.HandleFunc("/static/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", asset.Type)
			_, _ = w.Write(asset.Body)
		})
	}
	for _, s := range pages {
		mux.HandleFunc("/show/"+s.name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'")
			if err := r.Render(w, "en", s.page); err != nil {
				t.Error(err)
			}
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// builtAsset is a file as it was built.
func builtAsset(t *testing.T, name string) static.Asset {
	t.Helper()
	built, err := static.Open()
	if err != nil {
		t.Fatal(err)
	}
	address, _ := built.URL(name)
	asset, ok := built.Lookup(strings.TrimPrefix(address, "/static/"))
	if !ok {
		t.Fatalf("%s is not among the built files", name)
	}
	return asset
}

// startBrowser gives a tab of a fresh Chromium.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing")
		}
		t.Skip("no chromium, so the pages are not looked at; get it with: apt-get install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("hide-scrollbars", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	tab, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	if err := chromedp.Do(tab); err != nil { // starts the browser, which must outlive any timeout below
		t.Fatal(err)
	}
	return tab
}

// look opens a page in a width and colour scheme.
func look(ctx context.Context, address string, width int64, scheme string) error {
	return chromedp.Do(ctx,
		chromedp.EmulateViewport(width, 900),
		emulationOf(scheme),
		chromedp.Navigate(address))
}

func emulationOf(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

func TestScreenshotsForLookingAt(t *testing.T) {
	if *screens == "" {
		return // a tool, run with -screens DIR
	}
	r := newTestRenderer(t)
	pages := fixtures(t, r)
	server := siteOf(t, r, pages)
	ctx := startBrowser(t)
	for _, s := range pages {
		if !strings.Contains(s.name, *only) {
			continue
		}
		for _, width := range []int64{1280, 320} {
			for _, scheme := range []string{"light", "dark"} {
				shoot(t, ctx, server.URL+"/show/"+s.name, width, scheme, filepath.Join(*screens, s.name+"-"+scheme+map[int64]string{1280: "-wide", 320: "-phone"}[width]+".png"))
			}
		}
	}
}

func shoot(t *testing.T, ctx context.Context, address string, width int64, scheme, file string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := look(ctx, address, width, scheme); err != nil {
		t.Fatal(err)
	}
	height, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollHeight"))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// settled waits until the height of the page has stayed the same for some
// frames: items far below are laid out only when they come into view.
const settled = `(async () => {
	for (let same = 0, last = -1; same < 6;) {
		await new Promise(drawn => requestAnimationFrame(drawn))
		const height = document.documentElement.scrollHeight
		same = height === last ? same + 1 : 0
		last = height
	}
})()`

// What axe-core looks for: all of WCAG 2.2 AA and the good practices, or only
// what another width or other colours can change.
const (
	everything = `{runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}`
	narrow     = `{runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "link-name", "button-name", "heading-order", "label"]}}`
	colours    = `{runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}`
)

// audit runs axe-core on the page as it stands and gives what it found.
func audit(rules string) string {
	return settled + `.then(() => axe.run(document, ` + rules + `)).then(found => found.violations.map(v =>
		v.id + ": " + v.help + " | " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " " + (n.any[0] ? n.any[0].message : "")).join(" | ")).join("\n"))`
}

// TestPagesAreAccessible opens every fixture page in Chromium, in both widths and
// both colour schemes, and lets axe-core look at it; nothing may be wider than
// the window.
func TestPagesAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "axe-core@4.14.1", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	r := newTestRenderer(t)
	pages := fixtures(t, r)
	server := siteOf(t, r, pages)
	free := make(chan context.Context, 2) // browsers, which look at pages side by side
	for range cap(free) {
		free <- startBrowser(t)
	}
	for _, s := range pages {
		if !strings.Contains(s.name, *only) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			browser := <-free
			defer func() { free <- browser }()
			ctx, cancel := context.WithTimeout(browser, 60*time.Second)
			defer cancel()
			if err := look(ctx, server.URL+"/show/"+s.name, 1280, "light"); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(axe)+"; true")); err != nil {
				t.Fatalf("load axe-core: %v", err)
			}
			for _, as := range []struct {
				width  int64
				scheme string
				rules  string
			}{{1280, "light", everything}, {1280, "dark", colours}, {320, "dark", narrow}, {320, "light", colours}} {
				auditAs(t, ctx, as.width, as.scheme, as.rules)
			}
		})
	}
}

// auditHeight shows a page whole, so that the bar that sticks to the lower edge
// covers nothing while axe-core measures targets.
const auditHeight = 8000

func auditAs(t *testing.T, ctx context.Context, width int64, scheme, rules string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, auditHeight), emulationOf(scheme)); err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](audit(rules), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if found != "" {
		t.Errorf("%d px, %s:\n%s", width, scheme, found)
	}
	over, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth - innerWidth"))
	if err != nil {
		t.Fatal(err)
	}
	if over > 0 {
		t.Errorf("%d px: the page is %d px too wide", width, over)
	}
}
