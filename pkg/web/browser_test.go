package web

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// browser is somebody who looks at the pages: cookies are kept, and redirects
// are not followed unless asked.
type browser struct {
	h      *house
	client *http.Client
}

// serve lets a client talk to the router without a network.
type serve struct{ handler http.Handler }

func (s serve) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:4711"
	in.Host = r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, in)
	res := rec.Result()
	res.Request = r
	return res, nil
}

// browser opens one for a person of the cast; "" is a visitor.
func (h *house) browser(name string) *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	h.must(err)
	b := &browser{h, &http.Client{Transport: serve{h.edge.Echo}, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if name != "" {
		token, err := h.site.People.OpenSession(context.Background(), h.who[name].ID, "Test browser")
		h.must(err)
		u, _ := url.Parse(origin)
		jar.SetCookies(u, []*http.Cookie{{Name: "plenary", Value: token}})
	}
	return b
}

// seen is an answer with its page.
type seen struct {
	*http.Response
	t    testing.TB
	body string
	page *goquery.Document
}

func (b *browser) do(r *http.Request) seen {
	b.h.t.Helper()
	res, err := b.client.Do(r)
	b.h.must(err)
	defer res.Body.Close()
	body := readAll(b.h.t, res)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	b.h.must(err)
	return seen{res, b.h.t, body, doc}
}

func (b *browser) get(path string) seen {
	b.h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, origin+path, nil)
	b.h.must(err)
	r.Header.Set("Accept", "text/html")
	return b.do(r)
}

// post sends a form with pairs of names and values, as a page of the forum does.
func (b *browser) post(path string, pairs ...string) seen {
	b.h.t.Helper()
	return b.do(b.form(path, pairs...))
}

// stream sends a form as the page's script does.
func (b *browser) stream(path string, pairs ...string) seen {
	b.h.t.Helper()
	r := b.form(path, pairs...)
	r.Header.Set("Accept", streamType+", text/html")
	return b.do(r)
}

func (b *browser) form(path string, pairs ...string) *http.Request {
	b.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, origin+path, strings.NewReader(form.Encode()))
	b.h.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// status fails the test where the answer has another one.
func (s seen) status(want int) seen {
	s.t.Helper()
	if s.StatusCode != want {
		s.t.Fatalf("%s %s: status %d, want %d\n%.600s", s.Request.Method, s.Request.URL, s.StatusCode, want, text(s))
	}
	return s
}

// to fails the test where the answer does not lead to a path that begins so.
func (s seen) to(want string) seen {
	s.t.Helper()
	s.status(http.StatusSeeOther)
	if got := s.Header.Get("Location"); !strings.HasPrefix(got, want) {
		s.t.Fatalf("%s %s leads to %s, want %s", s.Request.Method, s.Request.URL, got, want)
	}
	return s
}

func (s seen) has(want string) seen {
	s.t.Helper()
	if !strings.Contains(s.page.Text(), want) {
		s.t.Fatalf("%s %s does not say %q:\n%.1500s", s.Request.Method, s.Request.URL, want, text(s))
	}
	return s
}

func (s seen) lacks(unwanted string) seen {
	s.t.Helper()
	if strings.Contains(s.body, unwanted) {
		s.t.Fatalf("%s %s says %q", s.Request.Method, s.Request.URL, unwanted)
	}
	return s
}

// text is what the page says, without the empty space.
func text(s seen) string {
	return strings.Join(strings.Fields(s.page.Find("main").Text()), " ")
}

func (s seen) once(form string) string {
	s.t.Helper()
	key, ok := s.page.Find(form + " input[name=once]").Attr("value")
	if !ok {
		s.t.Fatalf("%s has no form %s with a once-only key", s.Request.URL, form)
	}
	return key
}

func readAll(t testing.TB, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

var originURL = &url.URL{Scheme: "http", Host: "forum.test"}

func cookies(name, value string) []*http.Cookie { return []*http.Cookie{{Name: name, Value: value}} }

// prefetch asks for a page as a browser does that only guesses.
func (b *browser) prefetch(path, purpose string) seen {
	b.h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, origin+path, nil)
	b.h.must(err)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Purpose", purpose)
	return b.do(r)
}
