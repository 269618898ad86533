package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"

	"plenary/pkg/access"
	"plenary/pkg/api"
	"plenary/pkg/blob"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/i18n"
	"plenary/pkg/jobs"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/mydata"
	"plenary/pkg/notify"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/system"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
)

// clock is a time that only moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is a forum with the API on top and a cast of people, each with a token:
// root administers the forum; ana is the admin, mo a moderator and ben a member
// of the groups; dee is in none of them.
type house struct {
	t      testing.TB
	db     *store.DB
	clock  *clock
	people *person.People
	groups *group.Groups
	jobs   *jobs.Jobs
	mail   *notify.Outbox
	router http.Handler
	tokens map[string]string

	mu   sync.Mutex
	hits map[string]bool // operations that succeeded
	last mail.Letter     // the last letter that was posted
}

func (h *house) post(tx *store.Tx, l mail.Letter) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = l
	return h.mail.Queue(tx, l)
}

var cast = []string{"root", "ana", "mo", "ben", "dee"}

// newHouse has three groups: harbour is public, lodge closed, vault secret.
func newHouse(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, tokens: map[string]string{}, hits: map[string]bool{},
		clock: &clock{at: time.Date(2027, 1, 10, 9, 0, 0, 0, time.UTC)}}
	words, err := i18n.Load()
	h.must(err)
	h.jobs, err = jobs.New(db, faults(t), jobs.Settings{})
	h.must(err)
	h.must(h.jobs.Migrate(context.Background()))
	h.mail, err = notify.New(db, h.jobs, words, h.clock.now)
	h.must(err)
	h.people = person.New(db, h.clock.now, rand.Reader, person.WithCost(person.Cost{Memory: 8, Time: 1, Threads: 1}), person.WithPost(h.post))
	h.groups = group.New(db, h.people, h.clock.now, rand.Reader, group.WithPost(h.post))
	h.router = newRouter(t, h)
	ctx := context.Background()
	actors := map[string]access.Actor{}
	person.WithPost(func(*store.Tx, mail.Letter) error { return nil })(h.people) // their tokens are no news
	for _, handle := range cast {
		p, err := h.people.Add(ctx, access.System(), person.NewPerson{Name: strings.ToUpper(handle[:1]) + handle[1:], Handle: handle,
			Email: handle + "@example.org", Affiliation: "Coop of " + handle, Administrator: handle == "root"})
		h.must(err)
		actors[handle] = p.Actor()
		h.tokens[handle], _, err = h.people.NewToken(ctx, access.System(), person.NewToken{Person: p.ID, Name: "tests", Scopes: scopesOf(p)})
		h.must(err)
	}
	person.WithPost(h.post)(h.people)
	for handle, visibility := range map[string]access.Visibility{"harbour": access.Public, "lodge": access.Closed, "vault": access.Secret} {
		_, err := h.groups.Create(ctx, actors["ana"], group.NewGroup{Name: "The " + handle, Handle: handle, Visibility: visibility})
		h.must(err)
		for member, role := range map[string]access.Role{"mo": access.Moderator, "ben": access.Member} {
			_, err := h.groups.AddMember(ctx, actors["ana"], handle, member, role)
			h.must(err)
		}
	}
	return h
}

// scopesOf is what the person's token may be used for.
func scopesOf(p person.Person) []string {
	scopes := []string{person.ScopeRead, person.ScopeWrite}
	if p.Administrator {
		scopes = append(scopes, person.ScopeAdmin)
	}
	return scopes
}

func newRouter(t testing.TB, h *house) http.Handler {
	t.Helper()
	words, err := i18n.Load()
	h.must(err)
	files, err := blob.Open(t.TempDir())
	h.must(err)
	base := &url.URL{Scheme: "http", Host: "forum.test"}
	e, err := edge.New(edge.Config{BaseURL: base, DB: h.db, People: h.people, Words: words, Log: faults(t), Now: h.clock.now})
	h.must(err)
	threads := forum.New(h.db, h.people, markup.New(), h.clock.now)
	polls := poll.New(h.db, h.groups, threads, nil, h.clock.now, rand.Reader)
	themes := theme.New(h.db, h.groups, threads, polls, h.clock.now)
	programmes := programme.New(h.db, h.people, h.groups, threads, polls, themes, h.clock.now, rand.Reader)
	api.New(api.Config{Edge: e, Programmes: programmes, People: h.people, Groups: h.groups, Forum: threads, Polls: polls, Templates: template.New(h.db, h.groups, polls, h.clock.now), Themes: themes,
		Timeline: timeline.New(h.db, h.people, threads, polls, themes, programmes), Files: files, Mail: h.mail, System: system.New(h.db, h.jobs, files, "test", "nats.example:4222"),
		MyData: mydata.New(h.db, h.people, h.groups, polls, files, words, mydata.Later{Make: func(*store.Tx, int64) error { return nil },
			Drop: func(*store.Tx, []string, time.Time) error { return nil }}, h.clock.now), Now: h.clock.now}).Routes()
	return e.Echo
}

// faults tells the test's log what went wrong on our side.
func faults(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	value  map[string]any // of a JSON object
}

// ask sends a request on behalf of somebody ("" for a visitor). header adds or
// replaces lines, in pairs.
func (h *house) ask(t testing.TB, who, method, path, body string, header ...string) answer {
	t.Helper()
	r := h.request(who, method, path, body, header...)
	w := httptest.NewRecorder()
	h.router.ServeHTTP(w, r)
	got := answer{status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(got.body, &got.value); err != nil {
			t.Errorf("%s %s: the answer is no JSON object: %v\n%s", method, path, err, got.body)
		}
	}
	h.validate(t, h.request(who, method, path, body, header...), got)
	speaks(t, got)
	return got
}

var bareCode = regexp.MustCompile(`^[a-z]+\.[a-z_.]+$`)

// speaks holds a problem to having words for people.
func speaks(t testing.TB, got answer) {
	t.Helper()
	if got.status < 400 {
		return
	}
	texts := map[string]any{"detail": got.value["detail"]}
	fields, _ := got.value["fields"].(map[string]any)
	maps.Copy(texts, fields)
	for name, text := range texts {
		if words, ok := text.(string); !ok || words == "" || bareCode.MatchString(words) {
			t.Errorf("no words for %s: %v", name, text)
		}
	}
}

func (h *house) request(who, method, path, body string, header ...string) *http.Request {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, api.Prefix+path, content)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if name, ok := strings.CutSuffix(who, "*"); ok { // in a browser, where they have just signed in
		p, err := h.people.ByHandle(context.Background(), name)
		h.must(err)
		session, err := h.people.OpenSession(context.Background(), p.ID, "test")
		h.must(err)
		r.Header.Set("Cookie", "plenary="+session)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	} else if who != "" {
		r.Header.Set("Authorization", "Bearer "+h.tokens[who])
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// validate holds the answer against the description, and the request too where
// it succeeded. Paths and methods that are not described only ever fail.
func (h *house) validate(t testing.TB, r *http.Request, got answer) {
	t.Helper()
	router, err := specRouter()
	if err != nil {
		t.Fatal(err)
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		if got.status < 400 {
			t.Errorf("%s %s answered %d and is not described", r.Method, r.URL.Path, got.status)
		}
		return
	}
	asked := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if got.status < 400 {
		h.mu.Lock()
		h.hits[route.Operation.OperationID] = true
		h.mu.Unlock()
		if err := openapi3filter.ValidateRequest(t.Context(), asked); err != nil {
			t.Errorf("%s %s succeeded and is not as described: %v", r.Method, r.URL, err)
		}
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: got.status, Header: got.header,
		Body: io.NopCloser(bytes.NewReader(got.body)), Options: asked.Options})
	if err != nil {
		t.Errorf("%s %s: the answer %d is not as described: %v\n%s", r.Method, r.URL, got.status, err, got.body)
	}
}

// fits reports where got lacks something of want: "*" stands for anything that
// is not null, and objects may have more members than are wanted.
func fits(at string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v", at, got)}
		}
		var wrong []string
		for name, value := range want {
			wrong = append(wrong, fits(at+"."+name, value, object[name])...)
		}
		return wrong
	case []any:
		items, ok := got.([]any)
		if !ok || len(items) != len(want) {
			return []string{fmt.Sprintf("%s is %v, want %d items", at, got, len(want))}
		}
		var wrong []string
		for i, value := range want {
			wrong = append(wrong, fits(fmt.Sprint(at, "[", i, "]"), value, items[i])...)
		}
		return wrong
	}
	if want == "*" && got != nil || want == got {
		return nil
	}
	return []string{fmt.Sprintf("%s is %#v, want %#v", at, got, want)}
}
