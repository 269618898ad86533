package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// each runs the test in a house on each database.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) { test(t, newHouse(t, db)) })
}

func TestBadTokensAreTurnedAwayWithTheSchemeToUse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ben, err := h.people.ByHandle(t.Context(), "ben")
		h.must(err)
		h.tokens["short"], _, err = h.people.NewToken(t.Context(), access.System(), person.NewToken{Person: ben.ID, Name: "short", Expires: time.Hour})
		h.must(err)
		h.tokens["unknown"], h.tokens["empty"], h.tokens["strange"] = strings.Repeat("a", 43), " ", "é\x01"
		if got := h.ask(t, "short", "GET", "/me", ""); got.status != 200 {
			t.Errorf("before it expires a token gives %d", got.status)
		}
		h.clock.pass(2 * time.Hour)
		for _, who := range []string{"short", "unknown", "empty", "strange", ""} {
			got := h.ask(t, who, "GET", "/me", "")
			if got.status != 401 || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%q: %d with WWW-Authenticate %q", who, got.status, got.header.Get("WWW-Authenticate"))
			}
		}
		if got := h.ask(t, "ben", "GET", "/me", "", "Authorization", "Basic YTpi"); got.status != 401 {
			t.Errorf("another scheme: %d", got.status)
		}
	})
}

func TestATokenForReadingWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		made := h.ask(t, "ben*", "POST", "/tokens", `{"name":"look","scopes":["read"]}`)
		h.tokens["look"] = made.value["token"].(string)
		if got := h.ask(t, "look", "GET", "/me", ""); got.status != 200 {
			t.Errorf("reading: %d", got.status)
		}
		for _, call := range []string{"POST /groups", "PATCH /groups/harbour", "DELETE /tokens/1", "PUT /themes/1/support"} {
			method, path, _ := strings.Cut(call, " ")
			if got := h.ask(t, "look", method, path, `{}`); got.status != 403 || got.value["code"] != "error.token_reads_only" {
				t.Errorf("%s: %d %s", call, got.status, got.body)
			}
		}
	})
}

func TestATokenEndsWithItsRevocation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		made := h.ask(t, "ben*", "POST", "/tokens", `{"name":"once"}`)
		h.tokens["once"] = made.value["token"].(string)
		where := strings.TrimPrefix(made.header.Get("Location"), "/api/v1")
		if got := h.ask(t, "once", "GET", where, ""); got.status != 200 {
			t.Fatalf("%s: %d", where, got.status)
		}
		list := h.ask(t, "ben", "GET", "/tokens", "")
		if strings.Contains(string(list.body), h.tokens["once"]) {
			t.Error("the list shows a secret")
		}
		h.live(t, []step{{call: "ben DELETE /tokens/" + number(made.value["id"]), status: 204}, {call: "once GET /me", status: 401}})
	})
}

func TestABrowsersSessionWorksFromTheForumsOwnPages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		const password = "rivers and bridges"
		_, err := h.people.Add(ctx, access.System(), person.NewPerson{Name: "Fay", Handle: "fay", Email: "fay@example.org", Password: password})
		h.must(err)
		in, err := h.people.SignIn(ctx, "fay@example.org", password, "test")
		h.must(err)
		cookie := "plenary=" + in.Session
		for _, one := range []struct {
			name, site string
			status     int
		}{
			{"its own page", "same-origin", 201},
			{"another site's page", "cross-site", 403},
			{"a page of a neighbouring host", "same-site", 403},
		} {
			got := h.ask(t, "", "POST", "/groups", `{"name":"Fay's"}`, "Cookie", cookie, "Sec-Fetch-Site", one.site)
			if got.status != one.status {
				t.Errorf("%s: %d, want %d: %s", one.name, got.status, one.status, got.body)
			}
		}
		if got := h.ask(t, "", "POST", "/groups", `{"name":"Fay's"}`, "Cookie", cookie, "Origin", "https://elsewhere.test"); got.status != 403 {
			t.Errorf("a foreign origin: %d", got.status)
		}
		h.must(h.people.SignOut(ctx, in.Session))
		if got := h.ask(t, "", "GET", "/me", "", "Cookie", cookie); got.status != 401 {
			t.Errorf("after signing out: %d", got.status)
		}
	})
}

func TestAnswersStayOutOfSharedCachesAndNameTheirMethods(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		got := h.ask(t, "", "GET", "/groups", "")
		if got.header.Get("Cache-Control") != "private, no-cache" || !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Authorization") {
			t.Errorf("headers: %v", got.header)
		}
		wrong := h.ask(t, "ben", "DELETE", "/groups", "")
		if allow := wrong.header.Get("Allow"); wrong.status != 405 || !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
			t.Errorf("%d, Allow %q", wrong.status, allow)
		}
		if kind := wrong.header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("a problem is sent as %q", kind)
		}
	})
}
