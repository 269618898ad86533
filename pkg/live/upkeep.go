package live

import (
	"slices"
	"time"

	"plenary/pkg/event"
)

const (
	presenceTick = 250 * time.Millisecond
	headsAtOnce  = 1000
	sessionsOnce = 500
)

// every runs the work again and again until the hub ends. A run that takes
// longer than the interval delays the next.
func (h *Hub) every(interval time.Duration, work func()) {
	h.crew.start(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-h.ctx.Done():
				return
			case <-ticker.C:
				work()
			}
		}
	})
}

// checkHeads compares all that is watched with the timelines. It repairs lost
// wake-ups, and while the bus is cut off it is what keeps pages up to date. Then
// it has those try again who could not read a moment ago.
func (h *Hub) checkHeads() {
	for topics := range slices.Chunk(h.watched(), headsAtOnce) {
		heads, err := h.heads(topics)
		if err != nil {
			h.cfg.Log.Warn("live: the heads cannot be read", "error", err)
			break
		}
		for topic, seq := range heads {
			if f := h.feed(topic); f != nil {
				h.count.repairs.Add(f.repair(seq))
			}
		}
	}
	for _, c := range h.all() {
		if c.stalled.Swap(false) {
			c.nudge()
		}
	}
}

func (h *Hub) watched() []event.Topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	topics := make([]event.Topic, 0, len(h.feeds))
	for t := range h.feeds {
		topics = append(topics, t)
	}
	return topics
}

// ping pings the sockets whose turn it is. With it their rights are looked up
// again, should the word of a change have been lost.
func (h *Hub) ping() {
	now := time.Now()
	for _, c := range h.all() {
		if now.Sub(c.pinged) >= pingEvery {
			c.pinged = now
			c.pingDue.Store(true)
			c.doubt(false)
		}
	}
}

// checkSessions ends the sockets of sessions that have ended.
func (h *Hub) checkSessions() {
	bySession := map[string][]*conn{}
	var ids []string
	for _, c := range h.all() {
		id := c.who.SessionID
		if id == "" {
			continue
		}
		if bySession[id] == nil {
			ids = append(ids, id)
		}
		bySession[id] = append(bySession[id], c)
	}
	for some := range slices.Chunk(ids, sessionsOnce) {
		ended, err := h.endedSessions(some)
		if err != nil {
			h.cfg.Log.Warn("live: sessions cannot be looked up", "error", err)
			return
		}
		for _, id := range ended {
			for _, c := range bySession[id] {
				c.end(closeSignedOut, "signed out", nil)
			}
		}
	}
}

// tidy lets presence speak where it is due and forgets feeds that nobody has
// read for a while.
func (h *Hub) tidy() {
	now := time.Now()
	var idle, open []*feed
	h.mu.Lock()
	for topic, f := range h.feeds {
		if f.vacant(now) {
			delete(h.feeds, topic)
			idle = append(idle, f)
		} else {
			open = append(open, f)
		}
	}
	h.mu.Unlock()
	for _, f := range idle {
		f.close()
	}
	for _, f := range open {
		f.present(now)
	}
}
