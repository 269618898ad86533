package live

import (
	"errors"
	"net"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// renderAtOnce is how many events a socket that catches up has rendered at a
// time: what it holds while it waits for a slow reader.
const renderAtOnce = 25

// write sends what there is to send.
func (c *conn) write() {
	for c.turn() {
		if err := c.round(); err != nil {
			c.count(err)
			c.cut()
		}
	}
}

// turn reports whether there may be something to do; if not, the next nudge
// starts another writer.
func (c *conn) turn() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = c.nudged && !c.dead
	c.nudged = false
	return c.busy
}

// round sends replies first, then looks whether the socket is to end, and then
// sends a batch of what is subscribed to.
func (c *conn) round() error {
	replies, last := c.takeReplies()
	for _, out := range replies {
		if err := c.answer(out); err != nil {
			return err
		}
	}
	if last != nil {
		c.sayGoodbye(*last)
		c.cut()
		return nil
	}
	if c.pingDue.Swap(false) {
		if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout)); err != nil {
			return err
		}
	}
	return c.serve()
}

func (c *conn) takeReplies() ([]outgoing, *goodbye) {
	c.mu.Lock()
	defer c.mu.Unlock()
	replies := c.outbox
	c.outbox = nil
	c.taken.Broadcast()
	return replies, c.last
}

func (c *conn) count(err error) {
	if failure, ok := errors.AsType[net.Error](err); ok && failure.Timeout() {
		c.hub.count.slow.Add(1)
	}
}

// cut closes the connection; the reader notices and lets go of everything.
func (c *conn) cut() {
	c.mu.Lock()
	c.dead = true
	c.taken.Broadcast()
	c.mu.Unlock()
	_ = c.ws.Close() // what matters is that it is closed afterwards
}

// sayGoodbye sends the close frame and gives the other side a moment to read it.
func (c *conn) sayGoodbye(last goodbye) {
	if last.bye != nil && c.text(last.bye) != nil {
		return
	}
	message := websocket.FormatCloseMessage(last.code, last.reason)
	if c.ws.WriteControl(websocket.CloseMessage, message, time.Now().Add(writeTimeout)) != nil {
		return
	}
	wait := time.NewTimer(closeGrace)
	defer wait.Stop()
	select {
	case <-c.gone:
	case <-wait.C:
	}
}

func (c *conn) answer(out outgoing) error {
	if err := c.text(out.text); err != nil {
		return err
	}
	if out.sub != nil {
		out.sub.begun = true
		c.nudge()
	}
	return nil
}

func (c *conn) text(data []byte) error {
	c.ws.EnableWriteCompression(false)
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return c.ws.WriteMessage(websocket.TextMessage, data)
}

func (c *conn) send(f frame) error {
	if f.message == nil {
		return nil
	}
	c.ws.EnableWriteCompression(f.size > compressAbove)
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return c.ws.WritePreparedMessage(f.message)
}

// serve sends a batch of each subscription that has something to send. Where
// there is more it comes back after replies and pings have had their turn.
func (c *conn) serve() error {
	if c.doubtful.Swap(false) && !c.sessionHolds() {
		return nil
	}
	c.mu.Lock()
	subs := slices.Clone(c.subs)
	c.mu.Unlock()
	for _, s := range subs {
		if !s.begun || s.done.Load() || !c.mayRead(s) {
			continue
		}
		more, err := c.serveOne(s)
		if err != nil {
			return err
		}
		if more {
			c.nudge()
		}
	}
	return nil
}

// sessionHolds looks up the session after something happened to it, and ends the
// socket of one that has ended.
func (c *conn) sessionHolds() bool {
	if c.who.SessionID == "" {
		return true
	}
	if !c.take(c.hub.reviews) {
		return false
	}
	ended, err := c.hub.endedSessions([]string{c.who.SessionID})
	<-c.hub.reviews
	if err != nil {
		c.doubtful.Store(true)
		c.stalled.Store(true)
		return false
	}
	if len(ended) > 0 {
		c.end(closeSignedOut, "signed out", nil)
	}
	return len(ended) == 0
}

// mayRead looks up the right to read where it is in doubt. As long as it cannot
// be found out nothing is sent.
func (c *conn) mayRead(s *subscription) bool {
	epoch := c.epoch.Load()
	if s.epoch == epoch {
		return true
	}
	if !c.take(c.hub.reviews) {
		return false
	}
	defer func() { <-c.hub.reviews }()
	err := c.hub.authorize(c.who.Actor, s.target.topic)
	switch {
	case err == nil:
		s.epoch = epoch
		s.named = c.hub.seesWho(c.who.Actor, s.target.topic)
		return true
	case refused(err):
		c.revoke(s)
	default:
		c.stalled.Store(true)
	}
	return false
}

// revoke ends a subscription whose right has ended, and says so.
func (c *conn) revoke(s *subscription) {
	c.hub.count.revoked.Add(1)
	c.mu.Lock()
	c.subs = slices.DeleteFunc(c.subs, func(one *subscription) bool { return one == s })
	c.mu.Unlock()
	c.release(s)
	gone := s.target.about(reply{Type: "error", Code: "gone", Detail: "You may no longer read this."})
	if err := c.text(gone.bytes()); err != nil {
		c.cut()
	}
}

// take waits for one of a limited number of places, unless the socket ends.
func (c *conn) take(places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	case <-c.gone:
	}
	return false
}

func (c *conn) serveOne(s *subscription) (more bool, err error) {
	if s.astray {
		s.astray = false
		return true, c.resync(s, s.next-1)
	}
	if err := c.tellPresence(s); err != nil {
		return false, err
	}
	if len(s.backlog) > 0 {
		return c.sendBacklog(s)
	}
	entries, known, state := s.feed.read(s.next, s.edition)
	switch state {
	case served:
		return true, c.sendEntries(s, entries)
	case behind:
		return c.catchUp(s)
	case lost:
		s.next = known + 1
		return true, c.resync(s, known)
	}
	return false, nil
}

func (c *conn) tellPresence(s *subscription) error {
	if !s.target.guest() {
		return nil
	}
	version, f := s.feed.whoIsHere(s.named)
	if version == s.version {
		return nil
	}
	s.version = version
	return c.send(f)
}

func (c *conn) sendEntries(s *subscription, entries []*entry) error {
	for _, e := range entries {
		if !c.settled(s) {
			return nil
		}
		if s.wants(e.about, e.id) {
			if err := c.send(e.frames[s.edition]); err != nil {
				return err
			}
			c.hub.count.sent.Add(1)
		}
		s.next = e.seq + 1
	}
	return nil
}

// settled reports whether the subscription still stands and its right is not in
// doubt.
func (c *conn) settled(s *subscription) bool {
	return !s.done.Load() && s.epoch == c.epoch.Load()
}

// catchUp reads the next events from the timeline, for a socket that is behind
// the ring. A timeline that does not go on where it should is not to be mended
// from here: the page has to load again.
func (c *conn) catchUp(s *subscription) (more bool, err error) {
	if !c.take(c.hub.catchUps) {
		return false, nil
	}
	events, err := c.hub.replay(s.target.topic, s.next-1, replayLimit)
	<-c.hub.catchUps
	if err != nil {
		c.stalled.Store(true)
		return false, nil //nolint:nilerr // tried again later; the socket is whole
	}
	if len(events) == 0 || events[0].Seq != s.next {
		_, known, _ := s.feed.read(s.next, s.edition)
		s.next = known + 1
		return true, c.resync(s, known)
	}
	s.backlog = newestLast(events, s.next-1)
	if s.edition.newest {
		s.backlog = fresh(s.backlog)
	}
	return true, nil
}

// sendBacklog renders and sends some of what was read from the timeline.
func (c *conn) sendBacklog(s *subscription) (more bool, err error) {
	some := s.backlog[:min(renderAtOnce, len(s.backlog))]
	wanted := slices.DeleteFunc(slices.Clone(some), func(t telling) bool { return !s.wants(t.Kind, t.Subject) })
	frames, ok := c.framesOf(wanted, s.edition)
	if !ok {
		return false, nil
	}
	for i, t := range wanted {
		if !c.settled(s) {
			s.backlog = nil
			return true, nil
		}
		if err := c.send(frames[i]); err != nil {
			return false, err
		}
		c.hub.count.sent.Add(1)
		s.next = t.Seq + 1
	}
	s.next = some[len(some)-1].Seq + 1
	s.backlog = s.backlog[len(some):]
	if len(s.backlog) == 0 {
		s.backlog = nil
	}
	return true, nil
}

func (c *conn) framesOf(told []telling, ed edition) ([]frame, bool) {
	if len(told) == 0 {
		return nil, true
	}
	if !c.take(c.hub.catchUps) {
		return nil, false
	}
	frames, err := c.hub.frames(told, ed)
	<-c.hub.catchUps
	if err != nil {
		c.stalled.Store(true)
	}
	return frames, err == nil
}

func (c *conn) resync(s *subscription, last int64) error {
	c.hub.count.resyncs.Add(1)
	return c.text(resync(s.target, last))
}
