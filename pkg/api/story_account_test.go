package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/person"
)

var accountStory = []step{
	{call: "- PATCH /me", body: `{"name":"X"}`, status: 401},
	{call: "dee PATCH /me", body: `{"name":"Dee Dee","handle":"dee-dee","pronouns":"they/them","time_zone":"Europe/Brussels","language":"en"}`, status: 200,
		want: `{"name":"Dee Dee","handle":"dee-dee","pronouns":"they/them","time_zone":"Europe/Brussels","picture":""}`},
	{call: "dee PATCH /me", body: `{"name":"","handle":"ben","pronouns":"` + strings.Repeat("x", 41) + `","time_zone":"Moon/Sea"}`, status: 422,
		want: `{"fields":{"name":"*","pronouns":"*","time_zone":"*"}}`},
	{call: "dee PATCH /me", body: `{"handle":"ben"}`, status: 422, want: `{"fields":{"handle":"*"}}`},
	{call: "dee PATCH /me", body: `{"administrator":true}`, status: 422, want: `{"fields":{"administrator":"*"}}`},
	{call: "dee PATCH /me", body: `{"handle":"dee"}`, status: 200, want: `{"handle":"dee"}`},

	{call: "- POST /me/export", status: 401},
	{call: "dee* POST /me/export", status: 202, want: `{"id":"*","asked_at":"*","size":0}`, save: "export"},
	{call: "dee* POST /me/export", status: 202, want: `{"id":"*"}`},
	{call: "dee GET /me/exports", status: 200, want: `{"items":[{"id":"*"}],"next":""}`},
	{call: "ben GET /me/exports", status: 200, want: `{"items":[],"next":""}`},
	{call: "- GET /me/exports", status: 401},

	{call: "- GET /people/ben", status: 401},
	{call: "dee GET /people/ben", status: 403},
	{call: "root GET /people/ben", status: 200, want: `{"handle":"ben","disabled":false,"disabled_reason":"","session_count":0}`},
	{call: "root GET /people/nobody-here", status: 404},
	{call: "dee PATCH /people/ben", body: `{"disabled":true,"reason":"x"}`, status: 403},
	{call: "root PATCH /people/mo", body: `{"disabled":true}`, status: 422, want: `{"fields":{"reason":"*"}}`},
	{call: "root PATCH /people/mo", body: `{"disabled":true,"administrator":true}`, status: 422, want: `{"fields":{"administrator":"*"}}`},
	{call: "root PATCH /people/mo", body: `{"disabled":true,"reason":"Sold things."}`, status: 200, want: `{"disabled":true,"disabled_reason":"Sold things."}`},
	{call: "mo GET /me", status: 401},
	{call: "root PATCH /people/mo", body: `{"disabled":false}`, status: 200, want: `{"disabled":false,"disabled_reason":""}`},
	{call: "mo GET /me", status: 200},
	{call: "root PATCH /people/root", body: `{"administrator":false}`, status: 409, want: `{"code":"person.last_administrator"}`},
	{call: "root PATCH /people/ana", body: `{"administrator":true}`, status: 200, want: `{"administrator":true}`},
	{call: "root PATCH /people/ana", body: `{"administrator":false}`, status: 200, want: `{"administrator":false}`},

	{call: "root POST /people", body: `{"name":"Second Dee","handle":"dee-two"}`, status: 201},
	{call: "dee POST /people/dee-two/merge", body: `{"into":"dee","confirm":"dee-two"}`, status: 403},
	{call: "root POST /people/dee-two/merge", body: `{"into":"dee","confirm":"dee"}`, status: 422, want: `{"fields":{"confirm":"*"}}`},
	{call: "root POST /people/dee-two/merge", body: `{"into":"nobody-here","confirm":"dee-two"}`, status: 422, want: `{"fields":{"into":"*"}}`},
	{call: "root POST /people/dee-two/merge", body: `{"into":"dee","confirm":"dee-two"}`, status: 204},
	{call: "root GET /people/dee-two", status: 200, want: `{"handle":"dee"}`},
}

// liveWithPictures is told with bodies and sessions that no line can hold.
func liveWithPictures(t *testing.T, h *house) {
	var drawn bytes.Buffer
	h.must(png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 30, 20))))
	for _, c := range []struct {
		who, body, kind string
		status          int
	}{
		{"", drawn.String(), "image/png", 401}, {"ben", "a text", "image/png", 415}, {"ben", drawn.String()[:40], "image/png", 422},
		{"ben", drawn.String() + strings.Repeat("x", 2<<20), "image/png", 413}, {"ben", drawn.String(), "image/png", 200},
	} {
		if got := h.ask(t, c.who, "PUT", "/me/picture", c.body, "Content-Type", c.kind); got.status != c.status {
			t.Errorf("%.10q by %q: %d %s, want %d", c.body, c.who, got.status, got.body, c.status)
		}
	}
	if got := h.ask(t, "ben", "GET", "/me", ""); !strings.HasPrefix(fmt.Sprint(got.value["picture"]), "/u/ben/picture/") {
		t.Errorf("the picture is %v", got.value["picture"])
	}
	if got := h.ask(t, "ben", "DELETE", "/me/picture", ""); got.status != 204 {
		t.Errorf("removed: %d", got.status)
	}
	ben, err := h.people.ByHandle(t.Context(), "ben")
	h.must(err)
	_, err = h.people.EndOtherSessions(t.Context(), access.Actor{Person: ben.ID}, 0)
	h.must(err)
	for range 3 {
		_, err := h.people.OpenSession(t.Context(), ben.ID, "Firefox")
		h.must(err)
	}
	sessions, err := h.people.Sessions(t.Context(), access.Actor{Person: ben.ID})
	h.must(err)
	list := h.ask(t, "ben", "GET", "/me/sessions", "")
	if got, want := len(list.value["items"].([]any)), len(sessions); got != want || fits("", map[string]any{"items": []any{map[string]any{"device": "Firefox", "method": string(person.BySelf), "current": false}, "*", "*"}}, list.value) != nil {
		t.Errorf("%d sessions: %s", got, list.body)
	}
	one := fmt.Sprint("/me/sessions/", sessions[0].ID)
	for _, c := range []struct {
		who, path string
		status    int
	}{{"mo", one, 404}, {"ben", one, 204}, {"ben", one, 404}, {"", "/me/sessions", 401}, {"ben", "/me/sessions", 204}} {
		if got := h.ask(t, c.who, "DELETE", c.path, ""); got.status != c.status {
			t.Errorf("DELETE %s by %q: %d, want %d", c.path, c.who, got.status, c.status)
		}
	}
	if left, err := h.people.Sessions(t.Context(), access.Actor{Person: ben.ID}); err != nil || len(left) != 0 {
		t.Errorf("%d sessions are left, %v", len(left), err)
	}
}
