package live

import "sync"

// crew is the goroutines of a hub. Once it is dismissed nobody joins any more,
// so that waiting for it comes to an end.
type crew struct {
	mu        sync.Mutex
	dismissed bool
	all       sync.WaitGroup
}

// start runs the work in a goroutine, unless the crew is dismissed.
func (c *crew) start(work func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dismissed {
		return false
	}
	c.all.Go(work)
	return true
}

// dismiss lets nobody join any more.
func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dismissed = true
}
