package live

import "sync/atomic"

// Stats are figures of a hub since it was started, and of this moment.
type Stats struct {
	Sockets int // open now
	Topics  int // with a feed now

	Sent        int64 // events handed to sockets
	Renders     int64 // calls of Config.Render
	Replays     int64 // calls of Config.Replay
	Repairs     int64 // events that no wake-up told of, found by looking at the heads
	Resyncs     int64 // pages asked to load again
	Slow        int64 // sockets cut because they did not read
	Revoked     int64 // subscriptions ended because a right ended
	Refused     int64 // handshakes refused
	BadMessages int64 // messages of clients that were not understood
	BusErrors   int64 // messages that the bus did not take
}

type counters struct {
	sent, renders, replays, repairs, resyncs, slow, revoked, refused, badMessages, busErrors atomic.Int64
}

// Stats gives the figures.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	sockets, topics := len(h.conns), len(h.feeds)
	h.mu.Unlock()
	n := &h.count
	return Stats{
		Sockets: sockets, Topics: topics,
		Sent: n.sent.Load(), Renders: n.renders.Load(), Replays: n.replays.Load(), Repairs: n.repairs.Load(),
		Resyncs: n.resyncs.Load(), Slow: n.slow.Load(), Revoked: n.revoked.Load(), Refused: n.refused.Load(),
		BadMessages: n.badMessages.Load(), BusErrors: n.busErrors.Load(),
	}
}
