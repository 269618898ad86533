package edge_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/person"
	"plenary/pkg/testkit"
	"plenary/static"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func open(t *testing.T, base string) *edge.Edge {
	t.Helper()
	db := testkit.SQLite(t)
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := static.Open()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	e, err := edge.New(edge.Config{BaseURL: u, DB: db, People: person.New(db, time.Now, rand.Reader), Words: words, Assets: assets,
		Log: testkit.Quiet(), Now: time.Now, ErrorPage: func(c edge.Ctx, p edge.Problem) error { return c.HTML(p.Status, "<h1>"+p.Detail+"</h1>") }})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func ask(e *edge.Edge, method, path, body string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://forum.example"+path, strings.NewReader(body))
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, r)
	return w
}

func TestNextLeadsBackIntoTheForumOnly(t *testing.T) {
	for _, ok := range []string{"/", "/t/42", "/t/42?after=3#c-7", "/g/garden?tag=a%20b", "/u/é"} {
		if got := edge.SafeNext(ok); got != ok {
			t.Errorf("SafeNext(%q) = %q", ok, got)
		}
	}
	for _, evil := range []string{"", "t/42", "https://evil.example", "//evil.example", `/\evil.example`, `/%5cevil.example`, "/%09/evil.example",
		"/%2f/evil.example/%2f", "/\t/evil.example", "/a\r\nSet-Cookie: x=y", "/%0d%0aSet-Cookie:x", "/%250d%250a", "javascript:alert(1)", "/%zz", "/" + strings.Repeat("a", 2001)} {
		if got := edge.SafeNext(evil); got != "/" {
			t.Errorf("SafeNext(%q) = %q", evil, got)
		}
	}
}

func TestEveryKindOfErrorHasAStatusAndWords(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	en := words.Localizer("en")
	for kind := errs.Internal; kind <= errs.Full; kind++ {
		if p := edge.ProblemOf(errs.New(kind, "comment.removed"), en); p.Status < 400 || p.Title == "" || p.Detail == "comment.removed" {
			t.Errorf("%v: %+v", kind, p)
		}
	}
	for _, c := range []struct {
		err    error
		status int
	}{
		{errors.New("oh"), 500},
		{fmt.Errorf("wrapped: %w", errs.New(errs.Gone, "comment.removed")), 410},
		{context.DeadlineExceeded, 503},
		{edge.Malformed("x"), 400},
		{&http.MaxBytesError{Limit: 1024}, 413},
	} {
		if p := edge.ProblemOf(c.err, en); p.Status != c.status {
			t.Errorf("%v: %d, want %d", c.err, p.Status, c.status)
		}
	}
	if p := edge.ProblemOf(errors.New("secret password"), en); strings.Contains(fmt.Sprintf("%+v", p), "secret") {
		t.Errorf("an internal error shows its cause: %+v", p)
	}
}

func TestABodyOfJSONIsReadStrictly(t *testing.T) {
	e := open(t, "http://forum.example")
	type body struct {
		Title string   `json:"title"`
		N     int      `json:"n"`
		Tags  []string `json:"tags"`
	}
	e.Echo.POST("/api/x", func(c edge.Ctx) error {
		in, err := edge.JSON[body](c)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, in)
	})
	for _, c := range []struct {
		body, kind string
		status     int
		field      string
	}{
		{`{"title":"a","n":1}`, "application/json", 200, ""},
		{`{"title":"a"}`, "application/json; charset=utf-8", 200, ""},
		{`{"title":"a"}`, "text/plain", 415, ""},
		{``, "application/json", 400, ""},
		{`{"title":`, "application/json", 400, ""},
		{`{"title":"a"} {}`, "application/json", 400, ""},
		{"{\"title\":\"\xff\"}", "application/json", 400, ""},
		{`{"title":7}`, "application/json", 422, "title"},
		{`{"admin":true}`, "application/json", 422, "admin"},
		{`{"n":1e400}`, "application/json", 422, "n"},
		{strings.Repeat("[", 100000), "application/json", 400, ""},
		{`{"title":"` + strings.Repeat("x", 600<<10) + `"}`, "application/json", 413, ""},
	} {
		w := ask(e, "POST", "/api/x", c.body, map[string]string{"Content-Type": c.kind})
		var p edge.Problem
		if w.Code != 200 {
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%.30s: %s: %v", c.body, w.Body, err)
			}
		}
		if w.Code != c.status || c.field != "" && p.Fields[c.field] == "" {
			t.Errorf("%.30s: %d %+v, want %d for %q", c.body, w.Code, p, c.status, c.field)
		}
	}
}

func TestAWriteFromAnotherSiteIsRefused(t *testing.T) {
	e := open(t, "http://forum.example")
	e.Echo.POST("/act", func(c edge.Ctx) error { return c.NoContent(http.StatusNoContent) })
	for _, c := range []struct {
		header map[string]string
		want   int
	}{
		{map[string]string{"Origin": "http://forum.example"}, 204},
		{map[string]string{"Sec-Fetch-Site": "same-origin"}, 204},
		{map[string]string{"Sec-Fetch-Site": "none"}, 204},
		{map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{map[string]string{"Origin": "http://evil.example"}, 403},
		{map[string]string{"Origin": "null"}, 403},
		{map[string]string{"Origin": "http://forum.example.evil.example"}, 403},
		{nil, 204}, // no browser: no cookie either, unless its owner put it there
	} {
		if w := ask(e, "POST", "/act", "", c.header); w.Code != c.want {
			t.Errorf("%v: %d, want %d", c.header, w.Code, c.want)
		}
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	e := open(t, "https://forum.example")
	e.Echo.GET("/panic", func(edge.Ctx) error { panic("oh") })
	for path, status := range map[string]int{"/nowhere": 404, "/panic": 500} {
		w := ask(e, "GET", path, "", nil)
		h := w.Header()
		if w.Code != status || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Strict-Transport-Security") == "" || h.Get("X-Request-Id") == "" || strings.Contains(w.Body.String(), "oh") {
			t.Errorf("%s: %d %v %s", path, w.Code, h, w.Body)
		}
	}
}

func TestABadTokenIsSaidToBeBad(t *testing.T) {
	e := open(t, "http://forum.example")
	e.Echo.GET("/api/me", func(c edge.Ctx) error { return c.JSON(200, edge.Who(c)) })
	for _, value := range []string{"Bearer nonsense", "Bearer", "Basic abc"} {
		w := ask(e, "GET", "/api/me", "", map[string]string{"Authorization": value})
		if w.Code != 401 || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: %d %v", value, w.Code, w.Header())
		}
	}
}

func TestAForgedAddressIsNotBelieved(t *testing.T) {
	e := open(t, "http://forum.example")
	e.Echo.GET("/ip", func(c edge.Ctx) error { return c.String(200, c.RealIP()) })
	if w := ask(e, "GET", "/ip", "", map[string]string{"X-Forwarded-For": "6.6.6.6", "X-Real-Ip": "6.6.6.6"}); strings.Contains(w.Body.String(), "6.6.6.6") {
		t.Errorf("believed %s", w.Body)
	}
}

func TestAssetsAreServedCompressedAndForEver(t *testing.T) {
	e := open(t, "http://forum.example")
	e.Echo.GET(static.Prefix+"*", e.Static)
	address, ok := e.Assets.URL("app.css")
	if !ok {
		t.Fatal("there is no app.css")
	}
	w := ask(e, "GET", address, "", map[string]string{"Accept-Encoding": "gzip, br"})
	body, _ := io.ReadAll(w.Body)
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "br" || len(body) == 0 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := ask(e, "GET", "/static/../edge.go", "", nil); w.Code != 404 {
		t.Errorf("outside the assets: %d", w.Code)
	}
}

func FuzzSafeNext(f *testing.F) {
	f.Add("/t/1")
	f.Add("/%09/evil")
	base, _ := url.Parse("https://forum.example/signin")
	f.Fuzz(func(t *testing.T, next string) {
		u, err := base.Parse(edge.SafeNext(next))
		if err == nil && u.Host != "forum.example" {
			t.Errorf("%q leads to %s", next, u)
		}
	})
}
