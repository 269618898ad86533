package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const home = "https://forum.example"

// forum is a small made-up source of events: timelines in memory, rights and
// sessions that tests take away.
type forum struct {
	mu        sync.Mutex
	timelines map[event.Topic][]event.Event
	forbidden map[[2]any]error // actor's person and topic
	ended     map[string]bool
	rendered  map[string]int // how often, by topic, seq, language and format
	poison    int64          // seq that cannot be rendered
	down      error          // what every question is answered with
	text      string         // put into every event
}

func newForum() *forum {
	return &forum{timelines: map[event.Topic][]event.Event{}, forbidden: map[[2]any]error{},
		ended: map[string]bool{}, rendered: map[string]int{}}
}

// add appends an event to a timeline, as a commit does.
func (f *forum) add(t event.Topic, kind event.Kind, subject int64) event.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := event.Event{Topic: t, Seq: int64(len(f.timelines[t])) + 1, Kind: kind, Subject: subject, Thread: t.ID}
	f.timelines[t] = append(f.timelines[t], e)
	return e
}

func (f *forum) comments(t event.Topic, n int) (added []event.Event) {
	for range n {
		added = append(added, f.add(t, event.CommentCreated, 7))
	}
	return added
}

// repaints appends n ballots in a poll, one commit each.
func (f *forum) repaints(t event.Topic, poll int64, n int) (added []event.Event) {
	for range n {
		added = append(added, f.add(t, event.PollVoted, poll))
	}
	return added
}

func (f *forum) forbid(person int64, t event.Topic, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forbidden[[2]any{person, t}] = err
}

func (f *forum) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *forum) authorize(_ context.Context, a access.Actor, t event.Topic) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return f.down
	}
	return f.forbidden[[2]any{a.Person, t}]
}

func (f *forum) replay(_ context.Context, t event.Topic, after int64, limit int) ([]event.Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return nil, f.down
	}
	all := f.timelines[t]
	from := min(int(after), len(all))
	return append([]event.Event(nil), all[from:min(from+limit, len(all))]...), nil
}

func (f *forum) heads(_ context.Context, topics []event.Topic) (map[event.Topic]int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	heads := map[event.Topic]int64{}
	for _, t := range topics {
		heads[t] = int64(len(f.timelines[t]))
	}
	return heads, f.down
}

func (f *forum) render(_ context.Context, events []event.Event, lang string, html bool) ([]json.RawMessage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []json.RawMessage
	for _, e := range events {
		if e.Seq == f.poison {
			return nil, errs.New(errs.Internal, "test")
		}
		f.rendered[fmt.Sprint(e.Topic, e.Seq, lang, html)]++
		m := map[string]any{"type": "event", string(e.Topic.Place): e.Topic.ID, "seq": e.Seq, "kind": e.Kind, "data": f.text, "lang": lang}
		if html {
			m["html"] = "<turbo-stream>"
		}
		text, err := json.Marshal(m)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

func (f *forum) sessions(_ context.Context, ids []string) (ended []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		if f.ended[id] {
			ended = append(ended, id)
		}
	}
	return ended, f.down
}

// config is a configuration around the forum; poll N is held in thread N/10.
func (f *forum) config(node string, bus live.Bus) live.Config {
	return live.Config{
		Bus: bus, Node: node, Languages: []string{"en", "fr"},
		Origins:   func(*http.Request) []string { return []string{home} },
		Authorize: f.authorize, Replay: f.replay, Heads: f.heads, Render: f.render, Sessions: f.sessions,
		MayWrite: f.authorize,
		SeeWho:   f.authorize,
		PollThread: func(_ context.Context, poll int64) (int64, error) {
			if poll < 10 {
				return 0, errs.New(errs.NotFound, "error.not_found")
			}
			return poll / 10, nil
		},
		HeadCheck: 50 * time.Millisecond, SessionsCheck: 50 * time.Millisecond, Drain: 100 * time.Millisecond,
	}
}

// complaints fails the test where the hub logs an error: none of what is tested
// is its own fault.
type complaints struct {
	slog.Handler
	t testing.TB
}

func (complaints) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

func (c complaints) Handle(_ context.Context, r slog.Record) error {
	c.t.Errorf("the hub complains: %s", r.Message)
	return nil
}

// node is a hub behind a real listener.
type node struct {
	*live.Hub
	*forum
	url  string
	dial func(network, address string) (net.Conn, error) // nil: the network's
	bare bool                                            // clients do not compress
}

// start runs a hub until the test ends.
func start(t testing.TB, f *forum, change ...func(*live.Config)) *node {
	t.Helper()
	cfg := f.config("a", live.NewMemory())
	cfg.Log = slog.New(complaints{slog.DiscardHandler, t})
	for _, c := range change {
		c(&cfg)
	}
	hub, err := live.NewHub(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler(hub))
	t.Cleanup(func() {
		server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := hub.Close(ctx); err != nil {
			t.Errorf("closing the hub: %v", err)
		}
		_ = cfg.Bus.Close()
	})
	return &node{Hub: hub, forum: f, url: "ws" + strings.TrimPrefix(server.URL, "http")}
}

// handler takes the visitor from the address: ?person=3&session=s1&bearer=1.
func handler(hub *live.Hub) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		id, _ := strconv.ParseInt(q.Get("person"), 10, 64)
		who := live.Visitor{Actor: access.Actor{Person: id}, SessionID: q.Get("session"), Lang: q.Get("lang"), Bearer: q.Has("bearer")}
		if id != 0 {
			who.Handle = fmt.Sprintf("p%d", id)
			who.Name = fmt.Sprintf("Person %d", id)
		}
		hub.Serve(w, r, who)
	})
}

// message is anything that a hub sends.
type message struct {
	Type    string   `json:"type"`
	Thread  int64    `json:"thread"`
	Group   int64    `json:"group"`
	Inbox   int64    `json:"inbox"`
	Person  int64    `json:"person"`
	Poll    int64    `json:"poll"`
	Seq     int64    `json:"seq"`
	Since   *int64   `json:"since"`
	LastSeq int64    `json:"last_seq"`
	Kind    string   `json:"kind"`
	Code    string   `json:"code"`
	Detail  string   `json:"detail"`
	HTML    string   `json:"html"`
	Lang    string   `json:"lang"`
	Data    string   `json:"data"`
	Count   int      `json:"count"`
	Retry   int64    `json:"retry_after_ms"`
	Here    []person `json:"here"`
	Writing []person `json:"writing"`
}

type person struct{ Handle, Name string }

// client is a page with an open socket.
type client struct {
	t  testing.TB
	ws *websocket.Conn
}

// open connects as a person, or as a visitor where query is empty.
func (n *node) open(t testing.TB, query string) *client {
	t.Helper()
	dialer := websocket.Dialer{EnableCompression: !n.bare, NetDial: n.dial, HandshakeTimeout: 10 * time.Second}
	ws, response, err := dialer.Dial(n.url+"/live?"+query, http.Header{"Origin": {home}})
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	_ = response.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return &client{t, ws}
}

func (c *client) say(text string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatalf("sending %s: %v", text, err)
	}
}

// any gives the next message of whatever type.
func (c *client) any() (message, error) { return c.anyWithin(10 * time.Second) }

func (c *client) anyWithin(patience time.Duration) (message, error) {
	if err := c.ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return message{}, err
	}
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return message{}, err
	}
	var m message
	return m, json.Unmarshal(data, &m)
}

// next gives the next message that is not about presence.
func (c *client) next() message {
	c.t.Helper()
	for {
		m, err := c.any()
		if err != nil {
			c.t.Fatalf("waiting for a message: %v", err)
		}
		if m.Type != "presence" {
			return m
		}
	}
}

// expect wants the next message to be of a type.
func (c *client) expect(kind string) message {
	c.t.Helper()
	m := c.next()
	if m.Type != kind {
		c.t.Fatalf("got %+v, want a message of type %q", m, kind)
	}
	return m
}

// subscribe sends the subscription and gives its confirmation.
func (c *client) subscribe(text string) message {
	c.t.Helper()
	c.say(`{"type":"subscribe",` + text + `}`)
	return c.expect("subscribed")
}

// events wants the events from first to last, each once and in order.
func (c *client) events(first, last int64) {
	c.t.Helper()
	for seq := first; seq <= last; seq++ {
		if m := c.expect("event"); m.Seq != seq {
			c.t.Fatalf("got event %d, want %d", m.Seq, seq)
		}
	}
}

// quiet wants nothing more to come: the answer to an unsubscription of something
// else is the next message.
func (c *client) quiet() {
	c.t.Helper()
	c.say(`{"type":"unsubscribe","thread":999999}`)
	c.expect("unsubscribed")
}

// closed wants the socket to be closed with the code, whatever comes before.
func (c *client) closed(code int) {
	c.t.Helper()
	for {
		_, err := c.any()
		if err == nil {
			continue
		}
		if !websocket.IsCloseError(err, code) {
			c.t.Fatalf("closed with %v, want %d", err, code)
		}
		return
	}
}

// eventually waits until a condition holds that other goroutines bring about.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}
