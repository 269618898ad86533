package api_test

import (
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/person"
)

// What would hurt most takes somebody at a browser: a token proves nothing of
// who holds it.
func TestATokenMakesNoTokenAndTakesNoCopyOfTheData(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for path, body := range map[string]string{"/tokens": `{"name":"x"}`, "/me/export": ``} {
			for _, who := range []string{"ben", "root"} {
				if got := h.ask(t, who, "POST", path, body); got.status != 403 || got.value["code"] != "person.needs_session" {
					t.Errorf("%s by %s: %d %s", path, who, got.status, got.body)
				}
			}
		}
	})
}

func TestASessionThatWasLeftOpenMakesNoToken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ben, err := h.people.ByHandle(t.Context(), "ben")
		h.must(err)
		session, err := h.people.OpenSession(t.Context(), ben.ID, "test")
		h.must(err)
		h.clock.pass(time.Hour)
		for path, body := range map[string]string{"/tokens": `{"name":"x"}`, "/me/export": ``} {
			got := h.ask(t, "", "POST", path, body, "Cookie", "plenary="+session, "Sec-Fetch-Site", "same-origin")
			if got.status != 401 || got.value["code"] != "person.prove_again" {
				t.Errorf("%s after an hour: %d %s", path, got.status, got.body)
			}
		}
	})
}

func TestWhoGetsInIsDecidedWithARecentProofOrATokenForIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		root, err := h.people.ByHandle(t.Context(), "root")
		h.must(err)
		h.tokens["plain"], _, err = h.people.NewToken(t.Context(), access.System(), person.NewToken{Person: root.ID, Name: "plain"})
		h.must(err)
		session, err := h.people.OpenSession(t.Context(), root.ID, "test")
		h.must(err)
		h.clock.pass(time.Hour)
		for _, c := range []struct{ method, path, body string }{
			{"PATCH", "/admin/sign_up", `{"sign_up":"open"}`},
			{"POST", "/admin/sign_ups/1/approve", ``},
			{"POST", "/admin/sign_ups/1/decline", `{}`},
			{"PATCH", "/people/ben", `{"disabled":true,"reason":"x"}`},
			{"PATCH", "/people/ben", `{"administrator":true}`},
			{"POST", "/people/ben/merge", `{"into":"mo","confirm":"ben"}`},
			{"POST", "/people", `{"name":"Second Root","administrator":true}`},
			{"POST", "/admin/providers", `{"name":"x","issuer":"https://p.example","client_id":"x","client_secret":"x"}`},
			{"PATCH", "/admin/providers/1", `{"name":"x"}`},
			{"DELETE", "/admin/providers/1", ``},
		} {
			if got := h.ask(t, "plain", c.method, c.path, c.body); got.status != 403 || got.value["code"] != "person.needs_admin_scope" {
				t.Errorf("%s %s by a token: %d %s", c.method, c.path, got.status, got.body)
			}
			got := h.ask(t, "", c.method, c.path, c.body, "Cookie", "plenary="+session, "Sec-Fetch-Site", "same-origin")
			if got.status != 401 || got.value["code"] != "person.prove_again" {
				t.Errorf("%s %s by an old session: %d %s", c.method, c.path, got.status, got.body)
			}
		}
		for _, who := range []string{"root", "root*"} {
			if got := h.ask(t, who, "PATCH", "/admin/sign_up", `{"sign_up":"open"}`); got.status != 200 {
				t.Errorf("by %s: %d %s", who, got.status, got.body)
			}
		}
	})
}

func TestOnlyAdministratorsMakeATokenThatAdministers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const body = `{"name":"x","scopes":["read","write","admin"]}`
		if got := h.ask(t, "ben*", "POST", "/tokens", body); got.status != 403 || got.value["code"] != "person.admin_scope" {
			t.Errorf("ben: %d %s", got.status, got.body)
		}
		if got := h.ask(t, "root*", "POST", "/tokens", body); got.status != 201 {
			t.Errorf("root: %d %s", got.status, got.body)
		}
	})
}
