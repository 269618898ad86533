package api_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit/authenticator"
)

// passkey makes one for somebody of the cast.
func (h *house) passkey(t *testing.T, who string) person.Passkey {
	t.Helper()
	person.WithPost(func(*store.Tx, mail.Letter) error { return nil })(h.people)
	h.people.Reached(&url.URL{Scheme: "https", Host: "forum.test"})
	p, err := h.people.ByHandle(t.Context(), who)
	h.must(err)
	begun, err := h.people.BeginPasskey(t.Context(), p.Actor(), "")
	h.must(err)
	made, err := h.people.AddPasskey(t.Context(), p.Actor(), 0, begun.Secret, authenticator.New(t, "https://forum.test").Make(begun.Options), "A phone")
	h.must(err)
	return made
}

// liveWithPasskeys tells of passkeys, which only a browser can make.
func liveWithPasskeys(t *testing.T, h *house) {
	first, second := h.passkey(t, "ben"), h.passkey(t, "ben")
	path := fmt.Sprint("/me/passkeys/", first.ID)
	got := h.ask(t, "ben", "GET", "/me/passkeys", "")
	if items, _ := got.value["items"].([]any); got.status != 200 || len(items) != 2 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if wrong := fits("passkey", map[string]any{"id": float64(second.ID), "name": "A phone", "created_at": "*", "synced": false, "copied": false},
		got.value["items"].([]any)[0]); len(wrong) > 0 {
		t.Error(wrong)
	}
	for _, c := range []struct {
		who    string
		status int
	}{{"", 401}, {"ben", 403}, {"mo*", 404}, {"root*", 404}, {"ben*", 204}, {"ben*", 404}} {
		if got := h.ask(t, c.who, "DELETE", path, ""); got.status != c.status {
			t.Errorf("%q: %d, want %d\n%s", c.who, got.status, c.status, got.body)
		}
	}
	// Nobody in this cast has a password, or an address that was confirmed.
	if got := h.ask(t, "ben*", "DELETE", fmt.Sprint("/me/passkeys/", second.ID), ""); got.status != 409 || got.value["code"] != "passkey.last_way" {
		t.Errorf("the last way in: %d %s", got.status, got.body)
	}
	if got := h.ask(t, "", "GET", "/me/passkeys", ""); got.status != 401 {
		t.Errorf("a visitor: %d", got.status)
	}
}

func TestASessionThatWasLeftOpenRemovesNoPasskey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.passkey(t, "ben")
		made := h.passkey(t, "ben")
		ben, err := h.people.ByHandle(t.Context(), "ben")
		h.must(err)
		session, err := h.people.OpenSession(t.Context(), ben.ID, "test")
		h.must(err)
		path := fmt.Sprint("/me/passkeys/", made.ID)
		h.clock.pass(time.Hour)
		if got := h.ask(t, "", "DELETE", path, "", "Cookie", "plenary="+session, "Sec-Fetch-Site", "same-origin"); got.status != 401 || got.value["code"] != "person.prove_again" {
			t.Errorf("after an hour: %d %s", got.status, got.body)
		}
	})
}
