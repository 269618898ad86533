package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/browser"
)

// inbox reads the first event of somebody's own inbox over a new socket, as it
// is sent.
func (r *running) inbox(who access.Actor, format string) string {
	r.t.Helper()
	s := connect(r.t, r.URL, r.token(who))
	return s.inboxFrom(0, format)
}

func (s *socket) inboxFrom(after int64, format string) string {
	s.t.Helper()
	if err := s.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"subscribe","inbox":true,"after_seq":%d,"format":%q}`, after, format)); err != nil {
		s.t.Fatal(err)
	}
	return s.rawEvent()
}

// rawEvent waits for the next event and gives its text.
func (s *socket) rawEvent() string {
	s.t.Helper()
	for {
		if err := s.ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
			s.t.Fatal(err)
		}
		_, data, err := s.ws.ReadMessage()
		if err != nil {
			s.t.Fatalf("waiting for an event: %v", err)
		}
		if strings.Contains(string(data), `"type":"event"`) {
			return string(data)
		}
	}
}

func TestAnInboxTellsOnlyWhatItsOwnerMayReadNow(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return testkit.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, settings{database: database()})
			r.group("board", "Board", access.Closed)
			ana, ben := r.person("ana", "Ana", "", "board", access.Moderator), r.person("ben", "Ben", "", "board", access.Member)
			fay := r.person("fay", "Fay", "", "", "")
			th, err := r.Forum.Start(r.ctx, ana, "board", forum.NewThread{Title: "Rye", Body: "What do we plant?"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Forum.AddGuest(r.ctx, ana, th.ID, "fay"); err != nil {
				t.Fatal(err)
			}
			open := connect(t, r.URL, r.token(ben)) // stays open all the time
			if err := open.ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"subscribe","inbox":true,"after_seq":0}`)); err != nil {
				t.Fatal(err)
			}
			const words = "Quince and medlar"
			if _, err := r.Forum.Post(r.ctx, ana, th.ID, forum.NewComment{Body: words + ", @ben and @fay."}); err != nil {
				t.Fatal(err)
			}
			if got := open.rawEvent(); !strings.Contains(got, words) {
				t.Errorf("as it happens: %s", got)
			}
			formats := []string{"json", "html"}
			for who, actor := range map[string]access.Actor{"ben": ben, "fay": fay} {
				for _, format := range formats {
					if got := r.inbox(actor, format); !strings.Contains(got, words) {
						t.Errorf("%s, who may read it, in %s: %s", who, format, got)
					}
				}
			}

			if err := r.Groups.RemoveMember(r.ctx, ana, "board", "ben"); err != nil {
				t.Fatal(err)
			}
			if err := r.Forum.RemoveGuest(r.ctx, ana, th.ID, "fay"); err != nil {
				t.Fatal(err)
			}
			for who, actor := range map[string]access.Actor{"ben": ben, "fay": fay} {
				want := fmt.Sprintf(`{"type":"event","inbox":%d,"seq":1,"kind":"comment.mentioned"}`, actor.Person)
				for _, format := range formats {
					if got := r.inbox(actor, format); got != want {
						t.Errorf("%s, who may no longer read it, in %s: %s", who, format, got)
					}
				}
			}
			if _, err := r.Groups.AddMember(r.ctx, ana, "board", "ben", access.Member); err != nil {
				t.Fatal(err)
			}
			if got := r.inbox(ben, "json"); !strings.Contains(got, words) {
				t.Errorf("let in again: %s", got)
			}
		})
	}
}

// Two pages of one person in two browsers: what comes shows in both without
// reloading, and what is read in one is read in the other.
func TestTheInboxIsTheSameOnAllPagesOfItsOwner(t *testing.T) {
	t.Parallel()
	r := start(t, settings{})
	r.group("board", "Board", access.Closed)
	ana := r.person("ana", "Ana", "", "board", access.Moderator)
	r.person("ben", "Ben", "", "board", access.Member)
	th, err := r.Forum.Start(r.ctx, ana, "board", forum.NewThread{Title: "Rye", Body: "What do we plant?"})
	if err != nil {
		t.Fatal(err)
	}
	say := func(body string) {
		t.Helper()
		if _, err := r.Forum.Post(r.ctx, ana, th.ID, forum.NewComment{Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	one, other := r.browse("ben", "/inbox"), r.browse("ben", "/groups")
	counts := func(tab *browser.Tab, n string) {
		t.Helper()
		tab.Until(fmt.Sprintf("(document.querySelector('#inbox-count')?.innerText ?? '').trim().split(/\\s/)[0] === %q", n))
	}
	one.Sees("Nothing has come for you yet")
	counts(other, "")
	say("Oats, @ben?")
	one.Sees("Oats, @ben?")
	counts(one, "1")
	counts(other, "1")

	one.Click(".inbox-row [data-mark]")
	one.Until("document.querySelector('.inbox-row:not(.is-unread)')")
	one.Sees("1 marked as read.")
	counts(one, "")
	counts(other, "")

	say("Barley, @ben?")
	say("Spelt, @ben?")
	one.Until("document.querySelectorAll('.inbox-row.is-unread').length === 2")
	one.Click("button[name=all]")
	one.Until("!document.querySelector('.inbox-row.is-unread')")
	counts(other, "")
	one.Click("[form=inbox-undo]")
	one.Until("document.querySelectorAll('.inbox-row.is-unread').length === 2")
	counts(other, "2")

	// What is chosen stays chosen while something comes.
	one.Key("j")
	one.Until("document.activeElement?.matches('.inbox-row')")
	one.Key("x")
	one.Until("document.activeElement?.querySelector('[name=seq]').checked")
	say("Millet, @ben?")
	one.Until("document.querySelectorAll('.inbox-row.is-unread').length === 3 && document.querySelectorAll('[name=seq]:checked').length === 1")
	one.Click("button[name=do][value=away]")
	one.Until("document.querySelectorAll('.inbox-row').length === 3")
	counts(other, "2")
	one.Open(r.URL + "/inbox")
	one.Key("j")
	one.Until("document.activeElement?.matches('.inbox-row')")
	one.Key("m")
	counts(other, "1")
	one.Key("o")
	one.Until(fmt.Sprintf("location.pathname.startsWith('/t/%d')", th.ID))
	one.Faultless()
	other.Faultless()
}
