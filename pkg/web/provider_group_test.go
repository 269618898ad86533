package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/pkg/event"
)

func TestUnlinkingAGroupsProviderOpensNoSessionOfItsOwn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l, _, _ := h.providing()
		made, err := h.site.Groups.AddProvider(context.Background(), h.actor("ada"), "cellar", described(l))
		h.must(err)
		b := h.browser("ben")
		whose := b.get(b.departs(made.ID, "/g/cellar")).to("/signin/whose/").Header.Get("Location")
		b.post(whose).to("/g/cellar")
		unlink := fmt.Sprintf("/account/providers/%d/unlink", made.ID)
		b.post(unlink).status(401) // ben has a password, and the group's provider proves nothing
		b.post("/signin/again", "password", password, "next", "/account/providers").to("/account/providers")
		b.post(unlink).to("/signin")
		b.get("/account").to("/signin")
	})
}

func TestADepartureReplacesTheBrowsersLast(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		_, made, _ := h.providing()
		b := h.browser("")
		for range 3 {
			b.departs(made.ID, "/g/cellar")
		}
		var n int64
		h.must(h.db.Read(context.Background()).Raw("SELECT COUNT(*) FROM flows WHERE kind = 'provider'").Row().Scan(&n))
		if n != 1 {
			t.Errorf("%d departures of one browser are kept", n)
		}
	})
}

func TestWhoAskedIsToldToThoseWhoCanAnswerOnly(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for who, told := range map[string]bool{"ada": true, "ben": false, "stan": false} {
			e := event.Event{Topic: event.Inbox(h.actor(who).Person), Seq: 1, Kind: event.JoinAsked, At: time.Unix(1, 0), Actor: h.actor("root").Person, Data: json.RawMessage(`{"group":"attic"}`)}
			sent, err := h.site.RenderEvents(context.Background(), []event.Event{e}, "en", false)
			h.must(err)
			if got := strings.Contains(string(sent[0]), `"handle":"root"`); got != told {
				t.Errorf("%s: %s", who, sent[0])
			}
		}
	})
}
