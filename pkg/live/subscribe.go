package live

import (
	"context"
	"errors"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
)

// handle answers one message of the client.
func (c *conn) handle(data []byte) {
	if !c.budget.spend(time.Now()) {
		c.strike("Send fewer messages: one for each thing you watch, and at most one every few seconds while writing.")
		return
	}
	r, err := parse(data)
	if err != nil {
		c.strike(err.Error())
		return
	}
	switch r.Type {
	case "subscribe":
		c.subscribe(r)
	case "unsubscribe":
		c.unsubscribe(r.target(c.who.Actor.Person))
	case "writing":
		c.writing(r.target(c.who.Actor.Person))
	}
}

// strike answers a message that makes no sense, and ends a socket that sends
// many of them.
func (c *conn) strike(detail string) {
	c.hub.count.badMessages.Add(1)
	c.strikes++
	c.reply(reply{Type: "error", Code: "bad_message", Detail: detail}, nil)
	if c.strikes >= maxStrikes {
		c.end(1008, "too many bad messages", nil)
	}
}

// reply hands a reply to the writer. Where many wait already it waits too, so
// that a client that sends without reading is read no further.
func (c *conn) reply(r reply, s *subscription) {
	c.mu.Lock()
	for len(c.outbox) >= outboxMost && !c.dead {
		c.taken.Wait()
	}
	c.outbox = append(c.outbox, outgoing{r.bytes(), s})
	c.mu.Unlock()
	c.nudge()
}

func (c *conn) subscribe(r request) {
	asked := r.target(c.who.Actor.Person)
	epoch := c.epoch.Load() // before looking, so that a change meanwhile is seen
	t, err := c.hub.find(c.who.Actor, asked)
	if err != nil {
		c.refuse(asked, err)
		return
	}
	if c.full(t) {
		c.reply(t.about(reply{Type: "error", Code: "too_many", Detail: "Unsubscribe from something first."}), nil)
		return
	}
	ed := edition{c.hub.language(r.Lang, c.who.Lang), r.Format == "html", r.Newest}
	f, err := c.hub.watch(t.topic, c, ed, t.guest(), r.AfterSeq)
	if err != nil {
		c.refuse(t, err)
		return
	}
	s := &subscription{target: t, feed: f, edition: ed, epoch: epoch, named: c.hub.seesWho(c.who.Actor, t.topic)}
	last := s.start(r.AfterSeq)
	c.replace(s)
	c.reply(t.about(reply{Type: "subscribed", LastSeq: &last}), s)
}

// start sets the cursor and gives the newest seq. Without after it begins now.
// A client that has more than there is has seen a timeline that is no more.
func (s *subscription) start(after *int64) (last int64) {
	if after == nil {
		last = s.feed.latest(0)
		s.next = last + 1
		return last
	}
	last = s.feed.latest(*after)
	s.next = min(*after, last) + 1
	s.astray = *after > last
	return last
}

// find tells which topic is meant and whether the actor may read it.
func (h *Hub) find(a access.Actor, t target) (target, error) {
	if t.poll != 0 {
		thread, err := h.pollThread(t.poll)
		if err != nil {
			return t, err
		}
		t.topic = event.Thread(thread)
	}
	if t.topic.Place == event.InInbox && !a.SignedIn() {
		return t, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	if t.topic.Place == event.InInbox && t.topic.ID != a.Person {
		return t, errs.New(errs.NotFound, "error.not_found")
	}
	return t, h.authorize(a, t.topic)
}

// refuse says why something is not to be had. What may not be known of and what
// does not exist sound the same.
func (c *conn) refuse(t target, err error) {
	if t.poll != 0 {
		t.topic = event.Topic{} // which thread it is in is not told either
	}
	code, detail := "unavailable", "Try again in a moment."
	switch kind := errs.KindOf(err); kind {
	case errs.NotFound, errs.Gone:
		code, detail = "not_found", "There is nothing by that id that you may read."
	case errs.Unauthenticated:
		code, detail = kind.String(), "Sign in first."
	case errs.Forbidden, errs.Conflict:
		code, detail = "forbidden", "You are not allowed to do this."
	default:
		if !errors.Is(err, context.Canceled) {
			c.hub.cfg.Log.Warn("live: a subscription failed", "topic", t.topic, "poll", t.poll, "error", err)
		}
	}
	c.reply(t.about(reply{Type: "error", Code: code, Detail: detail}), nil)
}

// full reports whether one more subscription would be too many.
func (c *conn) full(t target) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.subs {
		if s.same(t) {
			return false // takes its place
		}
	}
	return len(c.subs) >= c.hub.cfg.MaxTopics
}

// replace puts the subscription in the place of an earlier one to the same.
func (c *conn) replace(s *subscription) {
	c.drop(s.target)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subs = append(c.subs, s)
}

// drop ends the subscription to the target, if there is one.
func (c *conn) drop(t target) {
	c.mu.Lock()
	var dropped *subscription
	for i, s := range c.subs {
		if s.same(t) {
			dropped = s
			c.subs = slices.Delete(c.subs, i, i+1)
			break
		}
	}
	c.mu.Unlock()
	if dropped != nil {
		c.release(dropped)
	}
}

func (c *conn) unsubscribe(t target) {
	c.drop(t)
	c.reply(t.about(reply{Type: "unsubscribed"}), nil)
}

// writing shows the person as writing, where the thread is watched.
func (c *conn) writing(t target) {
	s := c.subscribed(t)
	if s == nil {
		c.reply(t.about(reply{Type: "error", Code: "not_subscribed", Detail: "Subscribe to the thread first."}), nil)
		return
	}
	if err := c.hub.mayWrite(c.who.Actor, t.topic); err != nil {
		c.refuse(t, err)
		return
	}
	s.feed.writing(c.who.Actor.Person, time.Now())
}

func (c *conn) subscribed(t target) *subscription {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.subs {
		if s.same(t) {
			return s
		}
	}
	return nil
}

// watches reports whether the socket is subscribed to the topic, or to a poll
// in it.
func (c *conn) watches(t event.Topic) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.subs {
		if s.target.topic == t {
			return true
		}
	}
	return false
}
