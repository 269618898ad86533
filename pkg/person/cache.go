package person

import (
	"sync"
	"time"
)

// Every request asks for its session, so the answer is kept for a moment. On
// this node an ended session is dropped at once, on the others at the latest
// after that moment.
const (
	sessionKept    = 5 * time.Second
	sessionsCached = 10_000
)

// sessionCache remembers sessions by the digest of their token.
type sessionCache struct {
	mu    sync.Mutex
	kept  map[string]cached
	epoch uint64 // counts the drops
}

type cached struct {
	session Session
	until   time.Time
}

func newSessionCache() *sessionCache { return &sessionCache{kept: map[string]cached{}} }

// get finds a session. Where there is none the epoch has to be handed to put
// later, so that what was read before a drop is not kept after it.
func (c *sessionCache) get(digest []byte, now time.Time) (Session, uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[string(digest)]
	if !ok || !now.Before(k.until) || now.Before(k.until.Add(-sessionKept)) {
		return Session{}, c.epoch, false
	}
	return k.session, c.epoch, true
}

func (c *sessionCache) put(digest []byte, s Session, now time.Time, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.epoch {
		return
	}
	if len(c.kept) >= sessionsCached {
		clear(c.kept)
	}
	until := now.Add(sessionKept)
	if s.ExpiresAt.Before(until) {
		until = s.ExpiresAt
	}
	c.kept[string(digest)] = cached{session: s, until: until}
}

// drop forgets the sessions of a person, and everybody's for 0.
func (c *sessionCache) drop(person int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for digest, k := range c.kept {
		if person == 0 || k.session.Person.ID == person {
			delete(c.kept, digest)
		}
	}
}
