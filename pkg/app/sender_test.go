package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"plenary/pkg/access"
)

// shared is where a checkout may have public bodies of test input beside it.
const shared = "../../../shared/corpora/"

// logbook is a log that is kept in memory, a JSON object a line.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logbook) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(b, nil)) }

// lines are what was logged so far. Every line must be a JSON object.
func (b *logbook) lines(t testing.TB) []map[string]any {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []map[string]any
	for line := range strings.Lines(b.text.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Errorf("a line of the log cannot be read: %v\n%.300s", err, line)
		}
		all = append(all, one)
	}
	return all
}

// about counts the lines with a message.
func (b *logbook) about(t testing.TB, message string) (count int) {
	t.Helper()
	for _, line := range b.lines(t) {
		if line["msg"] == message {
			count++
		}
	}
	return count
}

// sender sends forms and requests to a forum as its pages and programs do, and
// follows no redirect.
type sender struct {
	t      testing.TB
	base   string
	client *http.Client
	cookie string // empty for a visitor
	sent   *atomic.Int64
}

// sender opens a session for somebody; a visitor's where who is nobody.
func (r *running) sender(who access.Actor, sent *atomic.Int64) *sender {
	r.t.Helper()
	s := &sender{t: r.t, base: r.URL, sent: sent, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	r.t.Cleanup(s.client.CloseIdleConnections)
	if who.SignedIn() {
		token, err := r.People.OpenSession(r.ctx, who.Person, "Test")
		if err != nil {
			r.t.Fatal(err)
		}
		s.cookie = "plenary=" + token
	}
	return s
}

// got is an answer.
type got struct {
	status int
	header http.Header
	body   string
}

func (s *sender) do(method, path, mediaType, body string) got {
	s.t.Helper()
	r, err := http.NewRequest(method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if mediaType != "" {
		r.Header.Set("Content-Type", mediaType)
	}
	if s.cookie != "" {
		r.Header.Set("Cookie", s.cookie)
	}
	r.Header.Set("Accept", "text/html")
	s.sent.Add(1)
	a, err := s.client.Do(r)
	if err != nil {
		s.t.Errorf("%s %.200s: %v", method, path, err)
		return got{}
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		s.t.Errorf("%s %.200s: %v", method, path, err)
	}
	return got{a.StatusCode, a.Header, string(text)}
}

func (s *sender) get(path string) got { return s.do("GET", path, "", "") }

func (s *sender) form(path string, form url.Values) got {
	return s.do("POST", path, "application/x-www-form-urlencoded", form.Encode())
}

// api asks the API and gives the member of the answer that the keys lead to,
// nil where there is none.
func (s *sender) api(path string, keys ...string) any {
	s.t.Helper()
	a := s.get("/api/v1" + path)
	var at any
	if err := json.Unmarshal([]byte(a.body), &at); err != nil || a.status != http.StatusOK {
		s.t.Errorf("GET %s: %d %v %.200s", path, a.status, err, a.body)
	}
	for _, key := range keys {
		switch in := at.(type) {
		case map[string]any:
			at = in[key]
		case []any:
			if len(in) == 0 {
				return nil
			}
			at = in[len(in)-1] // the last one, whatever the key
		}
	}
	return at
}

// made finds the id of what a form made, in the address it leads to.
var made = regexp.MustCompile(`^/(?:t|themes|g)/(?:.*#[cp]-(\d+)$|([^/?#]+))`)

func idIn(location string) string {
	found := made.FindStringSubmatch(location)
	if found == nil {
		return ""
	}
	return found[1] + found[2]
}

// complaint is what a page says is wrong.
func complaint(t *testing.T, page string) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(doc.Find(".field-error, .error-summary, [data-error-message]").Text())
}

// naughty are strings that programs stumble over: one in so many of our own, and
// of the public collection where it is there. Each part has others than the next,
// and 0 is none.
func naughty(t testing.TB, own, public, part int) (out []string) {
	t.Helper()
	ours := append(stringsOf(t, "testdata/naughty-strings.json"), strings.Repeat("x", 201), strings.Repeat("é", 16385))
	for i, words := range ours {
		if i%own == part%own {
			out = append(out, words)
		}
	}
	for i, words := range stringsOf(t, shared+"naughty-strings.json") {
		if public > 0 && i%public == part%public {
			out = append(out, words)
		}
	}
	return out
}

func stringsOf(t testing.TB, name string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if os.IsNotExist(err) && strings.HasPrefix(name, shared) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}
