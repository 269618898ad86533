package live

import (
	"context"
	"fmt"
	"time"
)

// Close ends the hub: no more sockets, a "bye" to each open one, spread over
// Config.Drain so that they do not all come back at once, and their goroutines
// waited for. When ctx ends first, what is left is cut and ctx's error returned.
// The bus stays open; it was not the hub's.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closing = true
	h.mu.Unlock()
	h.stop()
	h.drain(ctx)
	err := h.waitForSockets(ctx)
	h.crew.dismiss()
	h.cancel()
	for _, c := range h.all() {
		c.cut()
	}
	h.crew.all.Wait()
	h.leaveBus()
	return err
}

func (h *Hub) isClosing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closing
}

// drain says goodbye to the sockets one after the other. Each is told to come
// back when all have been, for then the next process is likely to be there.
func (h *Hub) drain(ctx context.Context) {
	conns := h.all()
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i, c := range conns {
		due := h.cfg.Drain * time.Duration(i) / time.Duration(len(conns))
		timer.Reset(due - time.Since(began))
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		left := max(h.cfg.Drain-due, 250*time.Millisecond)
		c.end(closeRestart, "restarting", reply{Type: "bye", RetryAfter: left.Milliseconds()}.bytes())
	}
}

// waitForSockets waits until all have gone, or ctx ends.
func (h *Hub) waitForSockets(ctx context.Context) error {
	for _, c := range h.all() {
		select {
		case <-c.gone:
		case <-ctx.Done():
			return fmt.Errorf("live: closing sockets: %w", ctx.Err())
		}
	}
	return nil
}

// leaveBus tells the other processes that nobody is here any more, and stops
// listening.
func (h *Hub) leaveBus() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for topic, f := range h.feeds {
		delete(h.feeds, topic)
		<-f.opened
		f.farewell()
		f.close()
	}
}
