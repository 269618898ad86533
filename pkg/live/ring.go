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
// of the page.
type edition struct {
	lang string
	html bool
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
	about  event.Kind
	id     int64 // the event's subject
	actor  int64
	frames map[edition]frame
	size   int
}

func newEntry(e event.Event) *entry {
	return &entry{seq: e.Seq, about: e.Kind, id: e.Subject, actor: e.Actor, frames: map[edition]frame{}}
}

func (e *entry) add(ed edition, f frame) {
	e.frames[ed] = f
	e.size += f.size
}

// ring holds the newest entries of a topic, without gaps. The newest always
// stays, however large it is.
type ring struct {
	entries []*entry
	bytes   int
}

// push adds the entry that follows the newest and lets go of what is too much.
func (r *ring) push(e *entry) {
	r.entries = append(r.entries, e)
	r.bytes += e.size
	drop := 0
	for len(r.entries)-drop > 1 && (len(r.entries)-drop > ringEvents || r.bytes > ringBytes) {
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

// from gives up to limit entries beginning with seq; none where seq is older
// than the ring or not there yet.
func (r *ring) from(seq int64, limit int) []*entry {
	if len(r.entries) == 0 || seq < r.entries[0].seq {
		return nil
	}
	at := seq - r.entries[0].seq
	if at >= int64(len(r.entries)) {
		return nil
	}
	end := min(int(at)+limit, len(r.entries))
	return append([]*entry(nil), r.entries[at:end]...)
}
