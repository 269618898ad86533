package live

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
)

// Config is what a Hub needs to know and to be able to ask. Every function is
// called with a context that ends after five seconds, and from many goroutines.
type Config struct {
	Bus  Bus          // carries wake-ups between the processes
	Node string       // names this process on the bus; differs between processes
	Log  *slog.Logger // nil logs nothing

	// Languages are those that Render knows. A subscription in any other gets the
	// visitor's, and failing that the first.
	Languages []string

	// Origins are those that pages of this forum have, such as
	// "https://forum.example:8443". It is asked at every connection, with the
	// request that wants to become one.
	Origins func(*http.Request) []string

	// Authorize answers nil where the actor may read the topic. Errors of kind
	// NotFound, Forbidden, Unauthenticated and Gone mean no; any other means that
	// it is not known, and nothing is sent until it is.
	Authorize func(context.Context, access.Actor, event.Topic) error

	// MayWrite answers nil where the actor may be shown as writing in the thread.
	MayWrite func(context.Context, access.Actor, event.Topic) error

	// SeeWho answers nil where the actor may know who else is in the thread.
	// Others get the number only, as do all who are not signed in.
	SeeWho func(context.Context, access.Actor, event.Topic) error

	// Replay gives the topic's events with Seq > after in the order of Seq, at
	// most limit of them, without gaps.
	Replay func(ctx context.Context, topic event.Topic, after int64, limit int) ([]event.Event, error)

	// Heads gives the newest Seq of each topic; a topic without events may be
	// left out.
	Heads func(context.Context, []event.Topic) (map[event.Topic]int64, error)

	// Render makes of each event the finished text message, the same for every
	// reader of its topic at that moment: {"type":"event","thread":42,"seq":18,"kind":…,"data":{…}}, and with
	// html also "html". It gives one message for each event, in the same order; an
	// empty one means that there is nothing to tell.
	Render func(ctx context.Context, events []event.Event, lang string, html bool) ([]json.RawMessage, error)

	// PollThread tells which thread a poll is held in; NotFound where there is none.
	PollThread func(ctx context.Context, poll int64) (thread int64, err error)

	// Sessions tells which of the sessions have ended. The ids are those that
	// visitors came with (Visitor.SessionID).
	Sessions func(ctx context.Context, ids []string) (ended []string, err error)

	Drain         time.Duration // over which Close sends the sockets away; 10 s where 0
	MaxSockets    int           // of one person, or of one session of a visitor; 20 where 0
	MaxTopics     int           // subscriptions of one socket; 100 where 0
	HeadCheck     time.Duration // how often the heads are compared; 1 s where 0
	SessionsCheck time.Duration // how often sessions are looked up; 5 s where 0
}

// Visitor is who opens a socket.
type Visitor struct {
	Actor     access.Actor
	SessionID string // of the session or token, as Config.Sessions knows it; empty where none
	Lang      string // of the page
	Bearer    bool   // came with a token of the API instead of a cookie
	Name      string // shown to those who may see who is here; empty for one not signed in
	Handle    string // likewise
}

// What a socket may cost and how long things last.
const (
	askTimeout    = 5 * time.Second
	writeTimeout  = 10 * time.Second // a reader slower than this is cut
	readTimeout   = 60 * time.Second
	pingEvery     = 25 * time.Second
	closeGrace    = 2 * time.Second // for the other side's goodbye
	feedLinger    = 60 * time.Second
	sendBuffer    = 64 << 10 // in the kernel; without a limit it takes up to 4 MiB for a stuck reader
	messageLimit  = 4 << 10  // of a client's message
	frameLimit    = 64 << 10 // beyond which the socket is closed instead of answered
	compressAbove = 512
	maxStrikes    = 10
	maxBurst      = 150 // messages at once: a page that subscribes to all it may
	messageRate   = 10  // a second, after the burst

	paintEvery   = 250 * time.Millisecond // figures of a topic are told anew at most so often
	paintCrowded = time.Second            // where more than paintCrowd watch it
	paintCrowd   = 5000
)

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Drain == 0 {
		c.Drain = 10 * time.Second
	}
	if c.MaxSockets == 0 {
		c.MaxSockets = 20
	}
	if c.MaxTopics == 0 {
		c.MaxTopics = 100
	}
	if c.HeadCheck == 0 {
		c.HeadCheck = time.Second
	}
	if c.SessionsCheck == 0 {
		c.SessionsCheck = 5 * time.Second
	}
	return c
}

func (c Config) check() error {
	switch {
	case c.Bus == nil || c.Node == "":
		return errors.New("live: a bus and a node name are needed")
	case len(c.Languages) == 0:
		return errors.New("live: at least one language is needed")
	case c.Origins == nil || c.Authorize == nil || c.MayWrite == nil || c.SeeWho == nil || c.Replay == nil ||
		c.Heads == nil || c.Render == nil || c.PollThread == nil || c.Sessions == nil:
		return errors.New("live: every function of the configuration is needed")
	}
	return nil
}
