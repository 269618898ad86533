package edge_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"plenary/pkg/edge"
)

func TestAddressesAreToldApartByTheirEndings(t *testing.T) {
	e := open(t, "http://forum.example")
	say := func(what string) edge.Handler {
		return func(c edge.Ctx) error {
			return c.String(http.StatusOK, what+" "+c.Param("id")+c.Param("token")+" at "+c.Path())
		}
	}
	e.Add("GET", "/x/:id.ics", say("calendar"))
	e.Add("GET", "/x/:id", say("page"))
	e.Add("GET", "/x/:id.atom", say("feed"))
	e.Add("GET", "/x/:id/my/:token.ics", say("mine"))
	e.Add("GET", "/x/plain.svg", say("plain"))
	for path, want := range map[string]string{
		"/x/7":            "page 7 at /x/:id",
		"/x/7.ics":        "calendar 7 at /x/:id.ics",
		"/x/7.atom":       "feed 7 at /x/:id.atom",
		"/x/7.csv":        "page 7.csv at /x/:id",
		"/x/7/my/abc.ics": "mine 7abc at /x/:id/my/:token.ics",
		"/x/plain.svg":    "plain  at /x/plain.svg",
	} {
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s answers %d %q, want %q", path, w.Code, w.Body, want)
		}
	}
	w := httptest.NewRecorder()
	e.Echo.ServeHTTP(w, httptest.NewRequest("GET", "/x/7/my/abc", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("an address without its ending answers %d", w.Code)
	}
	served := e.Served()
	for _, want := range []string{"GET /x/:id", "GET /x/:id.ics", "GET /x/:id.atom", "GET /x/:id/my/:token.ics", "GET /x/plain.svg"} {
		if !slices.Contains(served, want) {
			t.Errorf("%s is not among %v", want, served)
		}
	}
	if slices.Contains(served, "GET /x/:id/my/:token") {
		t.Error("an address that nothing answers at is said to be served")
	}
}

func TestAFileThatHasNotChangedIsNotSentAgain(t *testing.T) {
	e := open(t, "http://forum.example")
	e.Add("GET", "/f", func(c edge.Ctx) error { return edge.Fresh(c, "text/calendar", "abc", false, []byte("all of it")) })
	for header, want := range map[string]int{"": 200, `"abc"`: 304, `W/"abc"`: 304, `"x", "abc"`: 304, `"ab"`: 200} {
		r := httptest.NewRequest("GET", "/f", nil)
		r.Header.Set("If-None-Match", header)
		w := httptest.NewRecorder()
		e.Echo.ServeHTTP(w, r)
		if w.Code != want || w.Header().Get("ETag") != `"abc"` || (w.Body.Len() == 0) != (want == 304) {
			t.Errorf("asked with %q: %d, %v, %q", header, w.Code, w.Header(), w.Body)
		}
	}
}
