package live

import (
	"github.com/gorilla/websocket"

	"plenary/pkg/event"
)

// The ring of a topic holds so many events, and so many bytes of messages.
const (
	ringEvents = 256
	ringBytes  = 64 << 10
)

// edition is one way to tell events: in a language, with or without fragments
// of the page, and all of them or without those that a later one makes stale.
type edition struct {
	lang   string
	html   bool
	newest bool
}

// frame is a finished message, compressed at most once for all sockets. The
// zero frame tells nothing.
type frame struct {
	message *websocket.PreparedMessage
	size    int
}

func newFrame(text []byte) (frame, error) {
	if len(text) == 0 {
		return frame{}, nil
	}
	message, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	return frame{message, len(text)}, err
}

// entry is an event with its messages. It never changes once it is in a ring.
type entry struct {
	seq    int64
	stale  bool // see telling
	about  event.Kind
	id     int64 // the event's subject
	actor  int64
	frames map[edition]frame
	size   int
}

func newEntry(t telling) *entry {
	return &entry{seq: t.Seq, stale: t.stale, about: t.Kind, id: t.Subject, actor: t.Actor, frames: map[edition]frame{}}
}

func (e *entry) add(ed edition, f frame) {
	e.frames[ed] = f
	e.size += f.size
}

// ring holds the newest entries of a topic, without gaps. Those that came last
// always stay, however large they are.
type ring struct {
	entries []*entry
	bytes   int
}

// push adds the entry that follows the newest.
func (r *ring) push(e *entry) {
	r.entries = append(r.entries, e)
	r.bytes += e.size
}

// trim lets go of what is too much, but for the newest entries: as many as came
// together, so that whoever had all before them can go on.
func (r *ring) trim(newest int) {
	drop := 0
	for len(r.entries)-drop > newest && (len(r.entries)-drop > ringEvents || r.bytes > ringBytes) {
		r.bytes -= r.entries[drop].size
		drop++
	}
	if drop > 0 {
		kept := copy(r.entries, r.entries[drop:])
		clear(r.entries[kept:])
		r.entries = r.entries[:kept]
	}
}

func (r *ring) reset() { *r = ring{} }

// from gives up to limit entries beginning with seq, without the stale ones where
// only the newest are asked for; none where seq is older than the ring or not
// there yet.
func (r *ring) from(seq int64, limit int, newest bool) (some []*entry) {
	if len(r.entries) == 0 || seq < r.entries[0].seq {
		return nil
	}
	at := min(seq-r.entries[0].seq, int64(len(r.entries)))
	for _, e := range r.entries[at:] {
		if len(some) == limit {
			break
		}
		if !newest || !e.stale {
			some = append(some, e)
		}
	}
	return some
}
