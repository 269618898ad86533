package api_test

import (
	"encoding/json"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/api"
	"plenary/pkg/page"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// shared is where a checkout may have public bodies of test input beside it.
const shared = "../../../shared/corpora/"

// furnish puts something of everything into a group, and gives the paths to it.
func furnish(t testing.TB, h *house, group string) (fill *strings.Replacer) {
	t.Helper()
	thread := h.newThread(t, group)
	h.must(h.db.Write(t.Context(), func(tx *store.Tx) error {
		return tx.Exec("INSERT INTO providers (id, group_id, name, issuer, client_id, created_at) VALUES (77, (SELECT id FROM groups WHERE handle = ?), 'Union', ?, 'forum', 1)", group, "https://id.example/"+group).Error
	}))
	made := func(path, body string) string {
		who := "ana"
		if path == "/tokens" { // a token makes no other
			who = "ana*"
		}
		got := h.ask(t, who, "POST", path, body)
		if got.status != 201 {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
		return number(got.value["id"])
	}
	event := made("/events", `{"thread":`+strings.TrimPrefix(thread, "/threads/")+`,"title":"An event","time_zone":"UTC","starts_on":"2027-06-19"}`)
	session := made("/events/"+event+"/sessions", `{"title":"A session"}`)
	return strings.NewReplacer("/me/sessions/{id}", "/me/sessions/{id}", "/events/{id}", "/events/"+event, "/sessions/{id}", "/sessions/"+session,
		"{day}", "1", "{room}", "1", "{slot}", "1", "{theme}", "1", "{part}", "1", "{material}", "1", "/merges/{id}", "/merges/1", "{version}", "1", "{handle}", group, "{user}", "ben", "{emoji}", "👍",
		"/threads/{id}", thread, "/requests/{id}", "/requests/1", "/groups/{handle}/providers/{id}", "/groups/"+group+"/providers/77", "/admin/providers/{id}", "/admin/providers/77", "{invitation}", "1",
		"/comments/{id}", "/comments/"+made(thread+"/comments", `{"body":"A comment"}`),
		"/themes/{id}", "/themes/"+made(thread+"/themes", `{"title":"A theme"}`),
		"/polls/{id}", "/polls/"+made(thread+"/polls", `{"title":"A poll","method":"proposal","closes_at":"2027-03-01T00:00:00Z"}`),
		"/invitations/{id}", "/invitations/"+made("/groups/"+group+"/invitations", `{}`),
		"/tokens/{id}", "/tokens/"+made("/tokens", `{"name":"t"}`),
	)
}

// body is a call that reads JSON.
type body struct {
	method, path string
	optional     bool
}

func bodies(t testing.TB) []body {
	t.Helper()
	doc, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	var out []body
	for _, c := range api.Calls() {
		asked := doc.Paths.Find(c.Path).GetOperation(c.Method).RequestBody
		if asked != nil && asked.Value.Content.Get("application/json") != nil {
			out = append(out, body{c.Method, c.Path, !asked.Value.Required})
		}
	}
	return out
}

// documents are JSON texts by name; the name's beginning tells whether a reader
// of JSON has to accept (y), to refuse (n), or may do either (i).
func documents(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, folder := range []string{"testdata/json", shared + "json"} {
		names, err := filepath.Glob(folder + "/*.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(name)] = string(text)
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d documents found", len(out))
	}
	return out
}

func TestNoBodyBreaksAnyCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	fill := furnish(t, h, "harbour")
	all := documents(t)
	for _, call := range bodies(t) {
		for name, text := range all {
			began := time.Now()
			got := h.ask(t, "root", call.method, fill.Replace(call.path), text, "Content-Type", "application/json")
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("%s %s with %s took %v", call.method, call.path, name, took)
			}
			refused := got.status >= 400 && got.status < 500
			if text == "" && call.optional {
				continue // no body at all
			}
			if got.status >= 500 || name[0] == 'n' && !refused {
				t.Errorf("%s %s with %s: %d %.200s", call.method, call.path, name, got.status, got.body)
			}
		}
	}
}

func TestBodiesThatAreNoJSONAreToldSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	fill := furnish(t, h, "harbour")
	for _, call := range bodies(t) {
		path := fill.Replace(strings.Replace(call.path, "/providers/{id}", "/providers/1", 1))
		for _, one := range []struct {
			name, text, mediaType string
			status                int
		}{
			{"a form", "title=x", "application/x-www-form-urlencoded", 415},
			{"no media type", `{}`, "", 415},
			{"an unreadable media type", `{}`, ";;;", 415},
			{"half a document", `{"title":`, "application/json", 400},
			{"two documents", `{} {}`, "application/json", 400},
			{"not UTF-8", "{\"title\":\"\xff\"}", "application/json", 400},
			{"too deep", strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), "application/json", 400},
			{"too large", `{"x":"` + strings.Repeat("a", 600<<10) + `"}`, "application/json", 413},
			{"an unknown member", `{"zzz":1}`, "application/json", 422},
		} {
			got := h.ask(t, "ana", call.method, path, one.text, "Content-Type", one.mediaType)
			if got.status != one.status {
				t.Errorf("%s %s with %s: %d, want %d: %.200s", call.method, path, one.name, got.status, one.status, got.body)
			}
		}
	}
}

func TestListsTakeNoCursorButTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fill := furnish(t, h, "harbour")
		doc, err := spec()
		h.must(err)
		queries := []string{"cursor=!", "cursor=%00", "cursor=%FF", "cursor=" + strings.Repeat("A", 5000), "cursor=_____________________w",
			"limit=-1",
			"limit=1e3", "limit=99999999999999999999", "limit=9223372036854775807", "limit=0", "after_seq=9223372036854775807", "seed=x", "tag=%C3%28",
			"tag='%20OR%201=1", "q=%25%27%22;--", "state=none", "order=x", "unknown=1", "a;b", "%zz"}
		for _, c := range api.Calls() {
			if c.Method != http.MethodGet || doc.Paths.Find(c.Path).GetOperation(c.Method).Parameters.GetByInAndName("query", "cursor") == nil {
				continue
			}
			for _, query := range append(queries, strangeCursors()...) {
				got := h.ask(t, "ana", c.Method, fill.Replace(c.Path)+"?"+query, "")
				if got.status >= 500 || query == "cursor=!" && got.status != 422 && got.status != 403 {
					t.Errorf("%s?%s: %d %.200s", c.Path, query, got.status, got.body)
				}
			}
		}
	})
}

// strangeCursors are well written and mean nothing.
func strangeCursors() []string {
	var out []string
	for _, n := range []int64{0, 1, -1, math.MaxInt32 + 1, math.MaxInt64, math.MinInt64} {
		for length := range 4 {
			out = append(out, "cursor="+page.Encode(slices.Repeat([]int64{n}, length)...))
		}
	}
	return out
}

// ownWords is how many of the naughty strings are ours.
const ownWords = 18

// naughty are strings that programs stumble over.
func naughty(t testing.TB) []string {
	t.Helper()
	out := []string{"", " ", "plain", "  both ends\t", "\n\nlines\r\nand\rlines \n", "a\x00b", "\u202eright to left", "e\u0301", "👩‍👩‍👧‍👦", "\ufeff",
		"<script>alert(1)</script>", "'; DROP TABLE people;--", "{{.}} %s %n ${x}", strings.Repeat("x", 201), strings.Repeat("é", 16385), "\u2028", "NULL", "\ufffd"}
	text, err := os.ReadFile(shared + "naughty-strings.json")
	if os.IsNotExist(err) {
		return out
	}
	var more []string
	if err == nil {
		err = json.Unmarshal(text, &more)
	}
	if err != nil {
		t.Fatal(err)
	}
	return append(out, more...)
}

// textField is a member of a body that takes people's words, and what is wanted
// around it.
type textField struct {
	who, call string
	field     string
	body      bool           // keeps its lines; otherwise it is one line
	rest      map[string]any // the other members
	answer    func(answer) any
}

func (f textField) kept(s string) string {
	if !f.body {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimRight(strings.TrimLeft(s, "\n"), " \t\n\v\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
}

func textFields(fill *strings.Replacer) []textField {
	poll := func(member string) map[string]any {
		all := map[string]any{"title": "x", "method": "choice", "options": []any{"a", "b"}, "closes_at": "2027-03-01T00:00:00Z"}
		delete(all, member)
		return all
	}
	fields := []textField{
		{who: "ana", call: "PATCH /groups/harbour", field: "name"},
		{who: "ana", call: "PATCH /groups/harbour", field: "description", body: true},
		{who: "ana", call: "PATCH /threads/{id}", field: "title"},
		{who: "ana", call: "PATCH /threads/{id}", field: "body", body: true},
		{who: "ana", call: "PATCH /comments/{id}", field: "body", body: true},
		{who: "ana", call: "PATCH /themes/{id}", field: "title"},
		{who: "ana", call: "PATCH /themes/{id}", field: "description", body: true},
		{who: "ben", call: "POST /threads/{id}/comments", field: "body", body: true},
		{who: "ben", call: "POST /threads/{id}/themes", field: "quote", body: true, rest: map[string]any{"title": "x"}},
		{who: "ben", call: "POST /threads/{id}/polls", field: "title", rest: poll("title")},
		{who: "ben", call: "POST /threads/{id}/polls", field: "details", body: true, rest: poll("details")},
		{who: "ben", call: "POST /threads/{id}/polls", field: "options", rest: poll("options"), answer: firstLabel},
		{who: "ben*", call: "POST /tokens", field: "name"},
		{who: "root", call: "POST /people", field: "name"},
		{who: "root", call: "POST /people", field: "affiliation", rest: map[string]any{"name": "x"}},
		{who: "ben", call: "PUT /polls/{id}/ballot", field: "reason", body: true, rest: map[string]any{"choices": []any{"agree"}}, answer: func(answer) any { return nil }},
	}
	for i := range fields {
		fields[i].call = fill.Replace(fields[i].call)
	}
	return fields
}

func firstLabel(a answer) any {
	return a.value["options"].([]any)[0].(map[string]any)["label"]
}

// send puts the words into the field, and says what the answer made of them.
func (f textField) send(t *testing.T, h *house, words string) (a answer, got any) {
	t.Helper()
	content := map[string]any{}
	for name, value := range f.rest {
		content[name] = value
	}
	content[f.field] = words
	if f.field == "options" {
		content[f.field] = []any{words, "another"}
	}
	raw, err := json.Marshal(content)
	if err != nil {
		t.Error(err)
	}
	method, path, _ := strings.Cut(f.call, " ")
	a = h.ask(t, f.who, method, path, string(raw))
	if a.status >= 400 || f.answer == nil {
		return a, a.value[f.field]
	}
	if got = f.answer(a); got == nil { // a ballot, which has to be read back
		got = h.ask(t, f.who, "GET", path, "").value[f.field]
	}
	return a, got
}

func TestWordsAreKeptByteForByteOrRefusedByName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		words := naughty(t)
		if h.db.Postgres() {
			words = words[:ownWords] // what differs between the engines is among our own
		}
		byCall := map[string][]textField{} // things that can be edited bear one writer at a time
		for _, f := range textFields(furnish(t, h, "harbour")) {
			byCall[f.call] = append(byCall[f.call], f)
		}
		var wg sync.WaitGroup
		for _, fields := range byCall {
			wg.Go(func() {
				for _, f := range fields {
					for _, w := range words {
						f.check(t, h, w)
					}
				}
			})
		}
		wg.Wait()
	})
}

func (f textField) check(t *testing.T, h *house, words string) {
	t.Helper()
	a, got := f.send(t, h, words)
	switch {
	case a.status >= 200 && a.status < 300:
		if got == nil {
			got = "" // an empty member is left out
		}
		if want := f.kept(words); got != want {
			t.Errorf("%s %s %q became %q", f.call, f.field, words, got)
		}
	case a.status == 422 && refusedByName(a, f.field):
	default:
		t.Errorf("%s %s %q: %d %.300s", f.call, f.field, words, a.status, a.body)
	}
}

func refusedByName(a answer, field string) bool {
	fields, _ := a.value["fields"].(map[string]any)
	return fields[field] != nil || field == "options" && fields["options.0"] != nil
}
