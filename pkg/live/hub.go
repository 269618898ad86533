package live

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/event"
)

// Hub holds the open sockets of this process and what they watch.
type Hub struct {
	cfg    Config
	ctx    context.Context // ends with the hub; every question derives from it
	cancel context.CancelFunc
	stop   func() // ends the subscription to changes of rights
	crew   crew
	count  counters

	upgrader websocket.Upgrader

	catchUps chan struct{} // places for sockets that read the timeline at once
	reviews  chan struct{} // places for sockets whose rights are looked up at once

	mu      sync.Mutex
	closing bool
	conns   map[*conn]struct{}
	sockets map[string]int // by who holds them
	feeds   map[event.Topic]*feed
}

// How many sockets may ask the database at once, so that a crowd that returns
// does not run it over.
const (
	catchUpsAtOnce = 8
	reviewsAtOnce  = 16
)

// NewHub starts a hub. It fails where the configuration is incomplete or the bus
// refuses. Close ends it.
func NewHub(cfg Config) (*Hub, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := &Hub{
		cfg: cfg.withDefaults(), ctx: ctx, cancel: cancel,
		catchUps: make(chan struct{}, catchUpsAtOnce),
		reviews:  make(chan struct{}, reviewsAtOnce),
		upgrader: newUpgrader(),
		conns:    map[*conn]struct{}{},
		sockets:  map[string]int{},
		feeds:    map[event.Topic]*feed{},
	}
	stop, err := h.cfg.Bus.Subscribe(accessSubject, h.hearAccess)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("live: subscribing to changes of rights: %w", err)
	}
	h.stop = stop
	h.every(h.cfg.HeadCheck, h.checkHeads)
	h.every(h.cfg.SessionsCheck, h.checkSessions)
	h.every(time.Second, h.ping)
	h.every(presenceTick, h.tidy)
	return h, nil
}

// Wake tells everybody who watches of events that are committed. It returns at
// once; the events need not be in order, nor complete.
func (h *Hub) Wake(events []event.Event) {
	signals := map[event.Topic]event.Signal{}
	for _, e := range events {
		s, more := signals[e.Topic]
		signals[e.Topic] = event.Signal{Topic: e.Topic, Seq: max(s.Seq, e.Seq), Repaints: e.Kind.Repaints() && (s.Repaints || !more)}
		if f := h.feed(e.Topic); f != nil {
			f.offer(e)
		}
	}
	for topic, s := range signals {
		h.signal(eventSubject(topic), s)
	}
}

// AccessChanged has the rights of the concerned sockets looked up again, here
// before it returns to sending anything and at the other processes as soon as
// they hear of it. A Person concerns that person's sockets, rights and sessions;
// failing that a Topic concerns those who watch it, and anything else everybody.
func (h *Hub) AccessChanged(s event.Signal) {
	h.review(s)
	h.signal(accessSubject, s)
}

func (h *Hub) hearAccess(message []byte) {
	n, err := decodeNotice(message)
	if err != nil {
		h.cfg.Log.Warn("live: unreadable change of rights on the bus", "error", err)
		n = notice{} // whatever it said, somebody's rights have changed
	}
	if n.Node != h.cfg.Node {
		h.review(n.Signal)
	}
}

// review puts the rights of the concerned sockets in doubt. They send no event
// until they have looked.
func (h *Hub) review(s event.Signal) {
	for _, c := range h.all() {
		switch {
		case s.Person != 0 && c.who.Actor.Person != s.Person:
		case s.Person == 0 && s.Topic != (event.Topic{}) && !c.watches(s.Topic):
		default:
			c.doubt(s.Person != 0)
		}
	}
}

// signal sends a signal to the other processes. Where the bus is cut off the
// look at the heads makes up for it.
func (h *Hub) signal(subject Subject, s event.Signal) {
	message, err := encodeNotice(h.cfg.Node, s)
	if err != nil {
		h.cfg.Log.Error("live: a signal cannot be written", "subject", subject, "error", err)
		return
	}
	h.publish(subject, message)
}

func (h *Hub) publish(subject Subject, message []byte) {
	if err := h.cfg.Bus.Publish(subject, message); err != nil {
		h.count.busErrors.Add(1)
		h.cfg.Log.Debug("live: the bus did not take a message", "subject", subject, "error", err)
	}
}

func (h *Hub) feed(t event.Topic) *feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.feeds[t]
}

// watch makes a socket a reader of a topic and opens its feed where it is the
// first. After a nil error the socket has to leave the feed in the end.
func (h *Hub) watch(t event.Topic, c *conn, ed edition, guest bool, after *int64) (*feed, error) {
	h.mu.Lock()
	f, known := h.feeds[t]
	if !known {
		f = newFeed(h, t)
		h.feeds[t] = f
	}
	f.join(c, ed, guest)
	h.mu.Unlock()

	if !known {
		f.open(after)
	}
	<-f.opened
	if f.failed != nil {
		f.leave(c, ed, guest, time.Now())
		h.discard(f)
		return nil, f.failed
	}
	return f, nil
}

// discard forgets a feed that could not be opened.
func (h *Hub) discard(f *feed) {
	h.mu.Lock()
	mine := h.feeds[f.topic] == f
	if mine {
		delete(h.feeds, f.topic)
	}
	h.mu.Unlock()
	if mine {
		f.close()
	}
}

// admit registers a socket and says what speaks against it.
func (h *Hub) admit(c *conn) (code int, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	holder := c.who.holder()
	switch {
	case h.closing:
		return closeRestart, "restarting"
	case holder != "" && h.sockets[holder] >= h.cfg.MaxSockets:
		return closeTooMany, "too many pages open"
	}
	if holder != "" {
		h.sockets[holder]++
	}
	h.conns[c] = struct{}{}
	return 0, ""
}

func (h *Hub) remove(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, here := h.conns[c]; !here {
		return
	}
	delete(h.conns, c)
	holder := c.who.holder()
	if h.sockets[holder]--; h.sockets[holder] <= 0 {
		delete(h.sockets, holder)
	}
}

// holder is who answers for a socket in the count of sockets: the person, else
// the session. A visitor without either is counted by address, elsewhere.
func (v Visitor) holder() string {
	switch {
	case v.Actor.SignedIn():
		return "person " + strconv.FormatInt(v.Actor.Person, 10)
	case v.SessionID != "":
		return "session " + v.SessionID
	}
	return ""
}

// all is every open socket.
func (h *Hub) all() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		list = append(list, c)
	}
	return list
}

// language is the one that a subscription gets.
func (h *Hub) language(asked, own string) string {
	for _, lang := range []string{asked, own} {
		if slices.Contains(h.cfg.Languages, lang) {
			return lang
		}
	}
	return h.cfg.Languages[0]
}
