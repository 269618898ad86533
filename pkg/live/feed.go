package live

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"plenary/pkg/event"
)

// How far a feed and a socket may be behind.
const (
	warmUp       = 64   // events read when a feed opens, for those who come back
	replayLimit  = 200  // events read from the timeline at once
	resyncBehind = 2000 // beyond which a page does better to load again
	offeredMost  = 256  // events waiting on this process; the timeline has the rest
	batch        = 16   // messages that a socket sends before it looks round
)

// feed is one topic that somebody at this process watches.
//
// Events reach the ring in the order of seq and without gaps, whatever the order
// in which they are heard of: the next one is taken, older ones are ignored, and
// in front of a later one the hole is read from the timeline. One goroutine at a
// time does this, and none while nothing happens.
//
// Events that repaint wait for each other: the first one after a pause is told at
// once, and then all that have come within paintEvery together. Any other event
// waits for nothing and takes along what has waited before it.
type feed struct {
	hub    *Hub
	topic  event.Topic
	opened chan struct{} // closed when open has ended
	failed error         // how it ended; read after opened
	stops  []func()      // end the subscriptions on the bus; written before opened

	mu       sync.Mutex
	ready    bool        // opened well
	dirty    bool        // there is something to do
	running  bool        // and somebody at it
	failing  bool        // the last attempt to advance failed
	head     int64       // the newest event in the ring, or all before it
	known    int64       // the newest event that is known to be committed
	urgent   int64       // the newest of them that must not wait
	painted  time.Time   // when figures were told last
	alarm    *time.Timer // set while what has come waits for its time
	ring     ring
	offered  []event.Event // happened at this process, not yet in the ring
	readers  map[*conn]int
	editions map[edition]*audience
	room     room
}

// audience is for whom an edition is made. It is kept for a while after the
// last one has left, for those who come back.
type audience struct {
	sockets int
	left    time.Time
}

func newFeed(h *Hub, topic event.Topic) *feed {
	return &feed{hub: h, topic: topic, opened: make(chan struct{}),
		readers: map[*conn]int{}, editions: map[edition]*audience{}}
}

// open starts listening and then finds out where the timeline stands, in this
// order so that nothing is missed in between. The ring starts a little before
// the head where the first reader needs it.
func (f *feed) open(after *int64) {
	defer close(f.opened)
	if err := f.listen(); err != nil {
		f.failed = fmt.Errorf("subscribing to %s: %w", f.topic, err)
		return
	}
	head, err := f.hub.head(f.topic)
	if err != nil {
		f.failed = fmt.Errorf("reading the head of %s: %w", f.topic, err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = max(f.known, head)
	f.urgent = f.known
	f.head = head
	if after != nil {
		f.head = max(min(*after, head), head-warmUp, 0)
	}
	f.ready = true
	f.kick()
}

func (f *feed) listen() error {
	stop, err := f.hub.cfg.Bus.Subscribe(eventSubject(f.topic), f.hearEvent)
	if err != nil {
		return err
	}
	f.stops = append(f.stops, stop)
	if f.topic.Place != event.InThread {
		return nil
	}
	stop, err = f.hub.cfg.Bus.Subscribe(hereSubject(f.topic), f.hearRoster)
	if err != nil {
		return err
	}
	f.stops = append(f.stops, stop)
	return nil
}

func (f *feed) close() {
	f.mu.Lock()
	if f.alarm != nil {
		f.alarm.Stop()
	}
	f.mu.Unlock()
	for _, stop := range f.stops {
		stop()
	}
}

// join makes a socket a reader of an edition, and a guest of the thread where it
// watches all of it.
func (f *feed) join(c *conn, ed edition, guest bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readers[c]++
	if f.editions[ed] == nil {
		f.editions[ed] = &audience{}
	}
	f.editions[ed].sockets++
	if guest {
		f.room.enter(c.who)
		f.kick()
	}
}

func (f *feed) leave(c *conn, ed edition, guest bool, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.readers[c]--; f.readers[c] == 0 {
		delete(f.readers, c)
	}
	f.editions[ed].sockets--
	f.editions[ed].left = now
	if guest {
		f.room.leave(c.who)
		f.kick()
	}
}

// vacant forgets the editions that nobody has read for a while, and reports
// whether none is left.
func (f *feed) vacant(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ed, a := range f.editions {
		if a.sockets == 0 && now.Sub(a.left) >= feedLinger {
			delete(f.editions, ed)
		}
	}
	return len(f.editions) == 0
}

// offer takes an event that happened at this process.
func (f *feed) offer(e event.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.offered) < offeredMost && e.Seq > f.head {
		f.offered = append(f.offered, e)
	}
	f.reached(e.Seq, !e.Kind.Repaints())
}

// reach takes the word that the timeline goes up to seq, and whether that may
// wait.
func (f *feed) reach(seq int64, urgent bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reached(seq, urgent)
}

// repair is reach for what the timeline itself says, and tells how many events
// nobody had told of.
func (f *feed) repair(seq int64) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready {
		return 0
	}
	missed := max(seq-f.known, 0)
	f.reached(seq, false)
	return missed
}

func (f *feed) reached(seq int64, urgent bool) {
	f.known = max(f.known, seq)
	if urgent {
		f.urgent = max(f.urgent, seq)
	}
	if f.known > f.head {
		f.kick()
	}
}

func (f *feed) hearEvent(message []byte) {
	n, err := decodeNotice(message)
	if err != nil {
		f.hub.cfg.Log.Warn("live: unreadable message on the bus", "topic", f.topic, "error", err)
		return
	}
	if n.Node != f.hub.cfg.Node {
		f.reach(n.Seq, !n.Repaints)
	}
}

// kick has the feed's work done. The caller holds the lock.
func (f *feed) kick() {
	f.dirty = true
	if f.ready && !f.running {
		f.running = f.hub.crew.start(f.work)
	}
}

func (f *feed) work() {
	for f.moreToDo() {
		f.report(f.advance())
		f.present(time.Now())
	}
}

func (f *feed) moreToDo() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = f.dirty
	f.dirty = false
	return f.running
}

// report logs the first failure of a row. The next look at the heads tries again.
func (f *feed) report(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil && !f.failing {
		f.hub.cfg.Log.Warn("live: a feed cannot advance", "topic", f.topic, "error", err)
	}
	f.failing = err != nil
}

// advance brings into the ring what is due of all that is known to have happened.
// It comes in together or not at all, so that the newest entry is never a stale
// one and whoever has it lacks nothing.
func (f *feed) advance() error {
	events, err := f.gather(time.Now())
	if len(events) == 0 {
		return err
	}
	told := newestLast(events, events[0].Seq-1)
	entries := make([]*entry, 0, len(told))
	for some := range slices.Chunk(told, replayLimit) {
		made, err := f.hub.entries(some, f.wanted())
		if err != nil {
			return err
		}
		entries = append(entries, made...)
	}
	f.append(entries)
	return err
}

// gather gives the events that are due, in order: those at hand, and what lies
// between them from the timeline. With an error it gives those before the failure.
func (f *feed) gather(now time.Time) (events []event.Event, err error) {
	head, known := f.due(now)
	for head < known {
		some := f.atHand(head)
		if len(some) == 0 {
			if some, err = f.hub.replay(f.topic, head, replayLimit); err != nil {
				return events, err
			}
			if len(some) == 0 {
				return events, fmt.Errorf("the timeline ends at %d though more is known", head)
			}
		}
		events = append(events, some...)
		head = events[len(events)-1].Seq
	}
	return events, nil
}

// due gives the head and up to where the timeline is to be told now. Where that is
// to be later the feed will be woken.
func (f *feed) due(now time.Time) (head, known int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known-f.head > resyncBehind {
		f.ring.reset()
		f.head = f.known
		for c := range f.readers {
			c.nudge() // to ask for a new page
		}
	}
	if wait := f.pace() - now.Sub(f.painted); f.known > f.head && f.urgent <= f.head && wait > 0 {
		if f.alarm == nil {
			f.alarm = time.AfterFunc(wait, f.wake)
		}
		return f.head, f.head
	}
	return f.head, f.known
}

// pace is how long figures stand before they are told anew.
func (f *feed) pace() time.Duration {
	if len(f.readers) > paintCrowd {
		return paintCrowded
	}
	return paintEvery
}

// wake has another look after a wait.
func (f *feed) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.alarm = nil
	f.kick()
}

// atHand takes the events that follow seq out of those that happened here, as far
// as they go on without a gap.
func (f *feed) atHand(seq int64) (events []event.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.SortFunc(f.offered, func(a, b event.Event) int { return int(a.Seq - b.Seq) })
	rest := f.offered[:0]
	for _, e := range f.offered {
		switch {
		case e.Seq == seq+1:
			events = append(events, e)
			seq = e.Seq
		case e.Seq > seq:
			rest = append(rest, e)
		}
	}
	clear(f.offered[len(rest):])
	f.offered = rest
	return events
}

// wanted are the editions that somebody reads or has read a moment ago. Messages
// of an inbox are never made ahead: what its owner may read is looked up when
// they are sent, and none lies ready that told of something they may not read
// any more.
func (f *feed) wanted() []edition {
	if f.topic.Place == event.InInbox {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]edition, 0, len(f.editions))
	for ed := range f.editions {
		list = append(list, ed)
	}
	return list
}

// append puts the entries into the ring and wakes the readers. An entry that
// does not follow the head shows a hole in the timeline, which must not be: the
// ring starts anew there and the sockets ask for a new page.
func (f *feed) append(entries []*entry) {
	for _, c := range f.put(entries) {
		c.nudge()
	}
}

func (f *feed) put(entries []*entry) (readers []*conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range entries {
		if e.seq <= f.head {
			continue
		}
		if e.seq != f.head+1 {
			f.hub.cfg.Log.Error("live: a timeline has a hole", "topic", f.topic, "after", f.head, "next", e.seq)
			f.ring.reset()
		}
		f.ring.push(e)
		f.head = e.seq
		if e.about == event.CommentCreated {
			f.room.write(e.actor, time.Time{})
		}
		if e.about.Repaints() {
			f.painted = time.Now()
		}
	}
	f.ring.trim(len(entries))
	f.known = max(f.known, f.head)
	return slices.Collect(maps.Keys(f.readers))
}

// state is how a reader stands to a feed.
type state uint8

const (
	current state = iota // has everything
	served               // gets entries from the ring
	behind               // has to read from the timeline
	lost                 // too far behind even for that
)

// read gives a reader whose next event is seq the entries to send.
func (f *feed) read(seq int64, ed edition) (entries []*entry, known int64, s state) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.known-seq >= resyncBehind:
		return nil, f.known, lost
	case seq > f.head:
		return nil, f.known, current
	}
	entries = f.ring.from(seq, batch, ed.newest)
	for i, e := range entries {
		if _, made := e.frames[ed]; !made {
			entries = entries[:i]
			break
		}
	}
	if len(entries) == 0 {
		return nil, f.known, behind
	}
	return entries, f.known, served
}

// latest is the newest seq that is known, looked up where a client claims to
// have a later one.
func (f *feed) latest(claimed int64) int64 {
	f.mu.Lock()
	known := f.known
	f.mu.Unlock()
	if claimed <= known {
		return known
	}
	if head, err := f.hub.head(f.topic); err == nil {
		f.reach(head, false)
		known = max(known, head)
	}
	return known
}
