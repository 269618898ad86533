package live_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
)

func TestASubscriptionIsConfirmedAndThenGetsEveryLaterEvent(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	n.comments(event.Thread(42), 20)
	c := n.open(t, "person=3")
	if m := c.subscribe(`"thread":42,"after_seq":17`); m.Thread != 42 || m.LastSeq != 20 {
		t.Errorf("confirmed with %+v", m)
	}
	c.events(18, 20)
	n.Wake(n.comments(event.Thread(42), 2))
	c.events(21, 22)
	c.quiet()
}

func TestWithoutAfterSeqASubscriptionBeginsNow(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	n.comments(event.Thread(42), 5)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	n.Wake(n.comments(event.Thread(42), 1))
	c.events(6, 6)
}

func TestATimelineWithoutEventsCanBeWatched(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "")
	if m := c.subscribe(`"thread":42,"after_seq":0`); m.LastSeq != 0 {
		t.Errorf("confirmed with %+v", m)
	}
	n.Wake(n.comments(event.Thread(42), 1))
	c.events(1, 1)
}

func TestFragmentsAndLanguageAreGivenAsAskedFor(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	for _, tt := range []struct{ query, ask, lang, html string }{
		{"", `"thread":42`, "en", ""},
		{"lang=fr", `"thread":42`, "fr", ""},
		{"lang=fr", `"thread":42,"lang":"en"`, "en", ""},
		{"lang=xx", `"thread":42,"lang":"yy"`, "en", ""},
		{"", `"thread":42,"format":"html","lang":"fr"`, "fr", "<turbo-stream>"},
		{"", `"thread":42,"format":"json"`, "en", ""},
	} {
		c := n.open(t, tt.query)
		c.subscribe(tt.ask)
		n.Wake(n.comments(event.Thread(42), 1))
		if m := c.expect("event"); m.Lang != tt.lang || m.HTML != tt.html {
			t.Errorf("%s %s: got %+v", tt.query, tt.ask, m)
		}
	}
}

func TestGroupsAndTheOwnInboxCanBeWatched(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "person=3")
	if m := c.subscribe(`"group":5`); m.Group != 5 {
		t.Errorf("group confirmed with %+v", m)
	}
	for _, ask := range []string{`"inbox":true`, `"inbox":3`} {
		if m := c.subscribe(ask); m.Inbox != 3 {
			t.Errorf("%s confirmed with %+v", ask, m)
		}
	}
	n.Wake([]event.Event{n.add(event.Group(5), event.MemberJoined, 9)})
	if m := c.expect("event"); m.Group != 5 {
		t.Errorf("got %+v", m)
	}
	n.Wake([]event.Event{n.add(event.Inbox(3), event.Mentioned, 9)})
	if m := c.expect("event"); m.Person != 3 || m.Seq != 1 {
		t.Errorf("got %+v", m)
	}
	c.quiet()
}

func TestAPollSubscriptionGetsTheEventsOfThatPollOnly(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	thread := event.Thread(42)
	n.add(thread, event.PollOpened, 421)
	for range 300 { // beyond the ring
		n.add(thread, event.CommentCreated, 421)
	}
	n.add(thread, event.PollVoted, 421)
	c := n.open(t, "person=3")
	if m := c.subscribe(`"poll":421,"after_seq":0`); m.Poll != 421 || m.Thread != 42 || m.LastSeq != 302 {
		t.Errorf("confirmed with %+v", m)
	}
	c.events(1, 1)
	c.events(302, 302)
	n.Wake([]event.Event{
		n.add(thread, event.PollVoted, 422),
		n.add(thread, event.CommentCreated, 421),
		n.add(thread, event.OutcomePublished, 421),
	})
	c.events(305, 305)
	c.say(`{"type":"unsubscribe","poll":421}`)
	c.expect("unsubscribed")
	n.Wake([]event.Event{n.add(thread, event.PollVoted, 421)})
	c.quiet()
}

func TestAfterUnsubscribingNothingMoreComes(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	c.subscribe(`"thread":43`)
	c.say(`{"type":"unsubscribe","thread":42}`)
	if m := c.expect("unsubscribed"); m.Thread != 42 {
		t.Errorf("got %+v", m)
	}
	n.Wake(n.comments(event.Thread(42), 3))
	n.Wake(n.comments(event.Thread(43), 1))
	if m := c.expect("event"); m.Thread != 43 {
		t.Errorf("got %+v", m)
	}
}

func TestSubscribingAgainTakesThePlaceOfTheFirst(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	n.comments(event.Thread(42), 3)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	c.subscribe(`"thread":42,"after_seq":1`)
	c.events(2, 3)
	n.Wake(n.comments(event.Thread(42), 1))
	c.events(4, 4)
	c.quiet()
}

func TestWhatMayNotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f)
	f.forbid(3, event.Thread(1), errs.New(errs.NotFound, "x"))
	f.forbid(3, event.Thread(2), errs.New(errs.Forbidden, "x"))
	f.forbid(0, event.Thread(3), errs.New(errs.Unauthenticated, "x"))
	f.forbid(3, event.Thread(4), errs.New(errs.Internal, "x"))
	for _, tt := range []struct{ query, ask, code string }{
		{"person=3", `"thread":1`, "not_found"},
		{"person=3", `"thread":2`, "forbidden"},
		{"", `"thread":3`, "unauthenticated"},
		{"person=3", `"thread":4`, "unavailable"},
		{"person=3", `"poll":5`, "not_found"},
		{"person=3", `"poll":12`, "not_found"},
		{"person=3", `"inbox":4`, "not_found"},
		{"", `"inbox":true`, "unauthenticated"},
		{"", `"inbox":4`, "unauthenticated"},
	} {
		c := n.open(t, tt.query)
		c.say(`{"type":"subscribe",` + tt.ask + `}`)
		if m := c.expect("error"); m.Code != tt.code || m.Detail == "" {
			t.Errorf("%s %s: got %+v, want %s", tt.query, tt.ask, m, tt.code)
		} else if strings.Contains(tt.ask, "poll") && m.Thread != 0 {
			t.Errorf("%s: tells the thread of a poll that may not be read: %+v", tt.ask, m)
		}
	}
}

func TestMessagesThatMakeNoSenseAreAnsweredWithWhatToDo(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	for name, text := range map[string]string{
		"empty":             ``,
		"not JSON":          `hello`,
		"cut off":           `{"type":"subscribe"`,
		"two values":        `{"type":"subscribe","thread":1}{}`,
		"an array":          `[{"type":"subscribe","thread":1}]`,
		"null":              `null`,
		"no type":           `{"thread":1}`,
		"unknown type":      `{"type":"shout","thread":1}`,
		"no target":         `{"type":"subscribe"}`,
		"two targets":       `{"type":"subscribe","thread":1,"group":2}`,
		"id as text":        `{"type":"subscribe","thread":"1"}`,
		"id with fraction":  `{"type":"subscribe","thread":1.5}`,
		"id zero":           `{"type":"subscribe","thread":0}`,
		"id negative":       `{"type":"subscribe","thread":-1}`,
		"id too large":      `{"type":"subscribe","thread":9223372036854775808}`,
		"inbox false":       `{"type":"subscribe","inbox":false}`,
		"after_seq < 0":     `{"type":"subscribe","thread":1,"after_seq":-1}`,
		"unknown format":    `{"type":"subscribe","thread":1,"format":"xml"}`,
		"writing nowhere":   `{"type":"writing","group":1}`,
		"invalid UTF-8":     "{\"type\":\"subscribe\",\"thread\":1,\"lang\":\"\xff\"}",
		"deeply nested":     strings.Repeat("[", 4000),
		"oversized":         `{"type":"subscribe","thread":1,"lang":"` + strings.Repeat("x", 5000) + `"}`,
		"inflates too much": `{"type":"subscribe","thread":1,"lang":"` + strings.Repeat(" ", 1<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := n.open(t, "person=3")
			c.ws.EnableWriteCompression(len(text) > 10000)
			c.say(text)
			if m := c.expect("error"); m.Code != "bad_message" || m.Detail == "" {
				t.Errorf("got %+v", m)
			}
			c.quiet() // and the socket goes on
		})
	}
}

func TestManyBadMessagesEndTheSocket(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "person=3")
	for range 10 {
		c.say("nonsense")
	}
	for range 10 {
		c.expect("error")
	}
	c.closed(websocket.ClosePolicyViolation)
	if got := n.Stats().BadMessages; got != 10 {
		t.Errorf("counted %d bad messages", got)
	}
}

func TestAFloodOfMessagesEndsTheSocket(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "person=3")
	go func() {
		for range 2000 {
			if c.ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"unsubscribe","thread":1}`)) != nil {
				return
			}
		}
	}()
	c.closed(websocket.ClosePolicyViolation)
}

func TestFramesThatAreNotTextAreRefused(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "person=3")
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"subscribe","thread":1}`)); err != nil {
		t.Fatal(err)
	}
	c.closed(websocket.CloseUnsupportedData)
}

func TestAFrameOfManyKilobytesEndsTheSocket(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "person=3")
	c.ws.EnableWriteCompression(false)
	_ = c.ws.WriteMessage(websocket.TextMessage, make([]byte, 1<<20)) // may be cut off midway
	for range 2 {                                                     // the answer to its beginning, and then the end
		if _, err := c.any(); err != nil {
			break
		}
	}
	eventually(t, "the socket is gone", func() bool { return n.Stats().Sockets == 0 })
}

func TestASocketHasALimitedNumberOfSubscriptions(t *testing.T) {
	t.Parallel()
	n := start(t, newForum(), func(c *live.Config) { c.MaxTopics = 3 })
	c := n.open(t, "person=3")
	for i := range 3 {
		c.subscribe(fmt.Sprintf(`"thread":%d`, i+1))
	}
	c.say(`{"type":"subscribe","thread":4}`)
	if m := c.expect("error"); m.Code != "too_many" || m.Thread != 4 {
		t.Errorf("got %+v", m)
	}
	c.subscribe(`"thread":3`) // again is not more
	c.say(`{"type":"unsubscribe","thread":1}`)
	c.expect("unsubscribed")
	c.subscribe(`"thread":4`)
}

func TestAnIncompleteConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	whole := newForum().config("a", live.NewMemory())
	for name, spoil := range map[string]func(*live.Config){
		"no bus":       func(c *live.Config) { c.Bus = nil },
		"no node":      func(c *live.Config) { c.Node = "" },
		"no languages": func(c *live.Config) { c.Languages = nil },
		"no rights":    func(c *live.Config) { c.Authorize = nil },
		"no sessions":  func(c *live.Config) { c.Sessions = nil },
	} {
		cfg := whole
		spoil(&cfg)
		if _, err := live.NewHub(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
