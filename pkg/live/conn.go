package live

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/event"
)

// Codes with which a socket is closed, beside those of the protocol.
const (
	closeRestart   = websocket.CloseServiceRestart
	closeSignedOut = 4401
	closeTooMany   = 4429
)

// conn is one socket. A goroutine reads for as long as it is open; another
// writes, but only while there is something to write, for most sockets are idle
// most of the time. The writer alone sends messages and moves the cursors of the
// subscriptions.
type conn struct {
	hub  *Hub
	ws   *websocket.Conn
	who  Visitor
	gone chan struct{} // closed when the reader is done

	epoch    atomic.Uint64 // how often rights were put in doubt
	doubtful atomic.Bool   // the session may have ended
	stalled  atomic.Bool   // something failed; to be tried again
	pingDue  atomic.Bool   //
	pinged   time.Time     // the hub's

	mu     sync.Mutex
	subs   []*subscription
	outbox []outgoing // replies that wait for the writer
	taken  sync.Cond  // the outbox has been emptied, or the writer is no more
	last   *goodbye   // set when the socket is to be closed
	nudged bool       // there may be something to write
	busy   bool       // a writer is at it
	dead   bool       // no writer will be at it again

	strikes int // the reader's, as is the budget
	budget  budget
}

// outboxMost is how many replies wait before the client is read no further.
const outboxMost = 16

// outgoing is a reply, and the subscription that begins with it.
type outgoing struct {
	text []byte
	sub  *subscription
}

// goodbye is how a socket is closed: a last message, where there is one, then
// the code.
type goodbye struct {
	code   int
	reason string
	bye    []byte
}

// subscription is a cursor in a feed. Everything below done is the writer's.
type subscription struct {
	target  target
	feed    *feed
	edition edition
	done    atomic.Bool

	begun   bool      // the client has been told
	astray  bool      // the client claims events that are not there
	next    int64     // seq of the next event to send
	backlog []telling // read from the timeline and not sent yet
	epoch   uint64    // of the socket, when rights were last looked up
	named   bool      // may know who is here
	version uint64    // of the presence that was sent last
}

// guest reports whether a subscriber is present in the thread.
func (t target) guest() bool { return t.topic.Place == event.InThread && t.poll == 0 }

// same reports whether t, as a client names it, is this subscription's target.
func (s *subscription) same(t target) bool {
	if t.poll != 0 {
		return s.target.poll == t.poll
	}
	return s.target == t
}

// wants reports whether an event is among those subscribed to.
func (s *subscription) wants(about event.Kind, subject int64) bool {
	if s.target.poll == 0 {
		return true
	}
	noun := about.Noun()
	return (noun == "poll" || noun == "outcome") && subject == s.target.poll
}

func newConn(h *Hub, ws *websocket.Conn, who Visitor) *conn {
	c := &conn{hub: h, ws: ws, who: who, gone: make(chan struct{}), pinged: time.Now()}
	c.taken.L = &c.mu
	return c
}

// nudge has a writer look for what there is to send. It never waits.
func (c *conn) nudge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nudged = true
	if !c.busy && !c.dead {
		c.busy = c.hub.crew.start(c.write)
	}
}

// doubt has the rights of all subscriptions looked up before anything more of
// them is sent, and the session where asked.
func (c *conn) doubt(session bool) {
	c.epoch.Add(1)
	if session {
		c.doubtful.Store(true)
	}
	c.nudge()
}

// end closes the socket once the writer gets to it. The first reason counts.
func (c *conn) end(code int, reason string, bye []byte) {
	c.mu.Lock()
	if c.last == nil {
		c.last = &goodbye{code, reason, bye}
	}
	c.mu.Unlock()
	c.nudge()
}

func (c *conn) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last != nil
}

// read takes the client's messages until the socket ends, by either side.
func (c *conn) read() {
	defer c.finish()
	c.ws.SetReadLimit(frameLimit)
	c.ws.SetPongHandler(func(string) error { return c.extend() })
	c.ws.SetPingHandler(c.pong)
	if c.extend() != nil {
		return
	}
	for {
		kind, r, err := c.ws.NextReader()
		if err != nil {
			return
		}
		if c.extend() != nil {
			return
		}
		if c.ended() {
			continue // waiting for the other side's goodbye
		}
		if kind != websocket.TextMessage {
			c.end(websocket.CloseUnsupportedData, "text messages only", nil)
			continue
		}
		data, err := readMessage(r)
		if err != nil {
			c.end(websocket.CloseInvalidFramePayloadData, "unreadable message", nil)
			continue
		}
		c.handle(data)
	}
}

// readMessage reads no further than it takes to see that a message is too long:
// a few bytes on the wire can inflate to megabytes.
func readMessage(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, messageLimit+1))
}

func (c *conn) extend() error { return c.ws.SetReadDeadline(time.Now().Add(readTimeout)) }

// pong answers a ping, as long as they do not come in floods.
func (c *conn) pong(data string) error {
	if !c.budget.spend(time.Now()) {
		return nil
	}
	err := c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	if _, slow := errors.AsType[net.Error](err); slow || errors.Is(err, websocket.ErrCloseSent) {
		return nil // the writer will notice
	}
	return err
}

// finish lets go of everything that the socket held.
func (c *conn) finish() {
	close(c.gone)
	c.cut()
	c.mu.Lock()
	subs := c.subs
	c.subs = nil
	c.mu.Unlock()
	for _, s := range subs {
		c.release(s)
	}
	c.hub.remove(c)
}

// release ends a subscription, once.
func (c *conn) release(s *subscription) {
	if s.done.CompareAndSwap(false, true) {
		s.feed.leave(c, s.edition, s.target.guest(), time.Now())
	}
}

// budget limits a client's messages: a burst, and after it a steady rate.
type budget struct {
	spent float64
	at    time.Time
}

func (b *budget) spend(now time.Time) bool {
	b.spent = max(0, b.spent-now.Sub(b.at).Seconds()*messageRate)
	b.at = now
	if b.spent+1 > maxBurst {
		return false
	}
	b.spent++
	return true
}
