package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"plenary/pkg/testkit"
)

// A thread of ten thousand comments, opened at its end: fifty of them.
func BenchmarkThreadPage(b *testing.B) {
	h := newHouse(b, testkit.SQLite(b))
	id := h.long("long", 10_000)
	for _, name := range []string{"", "ben"} {
		b.Run(map[string]string{"": "visitor", "ben": "member"}[name], func(b *testing.B) {
			who := h.browser(name)
			who.cookie("zone", "Europe/Brussels")
			r, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/t/%d?end=1", origin, id), nil)
			h.must(err)
			for _, cookie := range who.client.Jar.Cookies(originURL) {
				r.AddCookie(cookie)
			}
			r.RemoteAddr = "192.0.2.1:4711"
			b.ReportAllocs()
			for b.Loop() {
				rec := httptest.NewRecorder()
				h.edge.Echo.ServeHTTP(rec, r)
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Code)
				}
			}
		})
	}
}
