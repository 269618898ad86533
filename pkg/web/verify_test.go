package web

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"plenary/pkg/edge"
	"plenary/pkg/testkit"
	chromium "plenary/pkg/testkit/browser"
)

const exports = "../ledger/testdata/"

func readExport(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(exports + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAnExportIsCheckedForVisitorsToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	visitor := h.browser("")
	if policy := visitor.get("/verify").Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self' 'wasm-unsafe-eval';") {
		t.Errorf("the page may not run the check: %s", policy)
	}
	if policy := visitor.get("/groups").Header.Get("Content-Security-Policy"); strings.Contains(policy, "wasm") {
		t.Errorf("another page may run compiled programs: %s", policy)
	}
	good := visitor.sendExport(readExport(t, "secret.json")).status(200)
	if n := good.page.Find(".finding").Length(); n < 12 || good.page.Find(".finding.fails").Length() != 0 || !strings.Contains(good.body, "Nothing is wrong") {
		t.Errorf("%d findings: %s", n, good.page.Find("#findings").Text())
	}
	bad := visitor.sendExport(bytes.Replace(readExport(t, "secret.json"), []byte(`"weight": 1`), []byte(`"weight": 2`), 1)).status(200)
	if bad.page.Find(".finding.fails").Length() == 0 || !strings.Contains(bad.body, "Something is wrong") {
		t.Errorf("tampering was not found: %s", bad.page.Find("#findings").Text())
	}
}

func (b *browser) sendExport(content []byte) seen {
	b.h.t.Helper()
	return b.sendFile("/verify", "file", content)
}

func TestWhatIsNoExportIsRefusedKindly(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	for content, want := range map[string]string{
		"":                                      "Please fill this in",
		"hello":                                 "This file is not the export of a poll",
		`{"log":1}`:                             "This file is not the export of a poll",
		strings.Repeat(" ", edge.ExportLimit+1): "larger than 8 MB",
	} {
		s := h.browser("").sendExport([]byte(content)).status(422)
		if got := s.page.Find("#file-error").Text(); got == "" || !strings.Contains(got, want) {
			t.Errorf("%.20q is refused with %q", content, got)
		}
	}
}

// The browser checks by itself: nothing is sent to the forum.
func TestTheBrowserChecksAnExportByItself(t *testing.T) {
	t.Parallel()
	p := chromium.Person(t)
	h := newHouse(t, testkit.SQLite(t))
	server := httptest.NewServer(h.edge.Echo)
	t.Cleanup(server.Close)
	whole, err := filepath.Abs(exports + "secret.json")
	h.must(err)
	altered := filepath.Join(t.TempDir(), "altered.json")
	h.must(os.WriteFile(altered, bytes.Replace(readExport(t, "secret.json"), []byte(`"weight": 1`), []byte(`"weight": 2`), 1), 0o600))
	p.Open(server.URL + "/verify")
	for file, want := range map[string]string{whole: "Nothing is wrong with this export", altered: "Something is wrong with this export"} {
		p.Do(chromedp.SetUploadFiles("#file", []string{file}))
		p.Click("[data-verify] button")
		p.Sees(want)
		if n := chromium.Eval[int](p, "document.querySelectorAll('.finding').length"); n < 3 {
			t.Errorf("%s: %d findings", file, n)
		}
		if chromium.Eval[bool](p, "document.body.textContent.includes('{Number}')") {
			t.Errorf("%s: a value is not filled in", file)
		}
	}
	if sent := chromium.Eval[bool](p, "performance.getEntriesByType('navigation')[0].type !== 'navigate' || location.pathname !== '/verify'"); sent {
		t.Error("the file was sent to the forum")
	}
	p.Faultless()
}
