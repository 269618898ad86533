package live

import (
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

// conn is one socket: a goroutine that reads and one that writes. The writer
// alone sends messages and moves the cursors of the subscriptions.
type conn struct {
	hub *Hub
	ws  *websocket.Conn
	who Visitor

	wake    chan struct{} // one slot: look at the feeds again
	replies chan outgoing // from the reader, which waits until one is taken
	quit    chan struct{} // closed by end
	gone    chan struct{} // closed when the reader is done
	stopped chan struct{} // closed when the writer is done

	epoch    atomic.Uint64 // how often rights were put in doubt
	doubtful atomic.Bool   // the session may have ended
	stalled  atomic.Bool   // something failed; to be tried again

	ending sync.Once
	last   goodbye

	mu   sync.Mutex
	subs []*subscription

	strikes int // the reader's
	budget  budget
}

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

	begun   bool          // the client has been told
	astray  bool          // the client claims events that are not there
	next    int64         // seq of the next event to send
	backlog []event.Event // read from the timeline and not sent yet
	epoch   uint64        // of the socket, when rights were last looked up
	named   bool          // may know who is here
	version uint64        // of the presence that was sent last
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
	return &conn{
		hub: h, ws: ws, who: who,
		wake:    make(chan struct{}, 1),
		replies: make(chan outgoing),
		quit:    make(chan struct{}),
		gone:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
}

// nudge has the writer look at its feeds. It never waits.
func (c *conn) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
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
	c.ending.Do(func() {
		c.last = goodbye{code, reason, bye}
		close(c.quit)
	})
}

func (c *conn) ended() bool {
	select {
	case <-c.quit:
		return true
	default:
		return false
	}
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
		data, err := io.ReadAll(io.LimitReader(r, messageLimit+1))
		if err != nil {
			c.end(websocket.CloseInvalidFramePayloadData, "unreadable message", nil)
			continue
		}
		c.handle(data)
	}
}

func (c *conn) extend() error { return c.ws.SetReadDeadline(time.Now().Add(readTimeout)) }

// pong answers a ping, as long as they do not come in floods.
func (c *conn) pong(data string) error {
	if !c.budget.spend(time.Now()) {
		return nil
	}
	err := c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	if _, slow := err.(net.Error); slow || err == websocket.ErrCloseSent {
		return nil // the writer will notice
	}
	return err
}

// finish lets go of everything that the socket held.
func (c *conn) finish() {
	close(c.gone)
	c.ws.Close()
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
