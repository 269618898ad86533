package web

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// A page shows a window of the timeline: so many items, and so many of those
// before the place that was asked for.
const (
	windowSize = 50
	windowLead = 10
)

// place says which stretch of a timeline is asked for.
type place struct {
	after  int64 // items after this seq
	before int64 // items before this seq
	around int64 // items around this seq
	end    bool  // the last items
	chosen bool  // the reader asked for it
}

// placeOf reads the place out of the query: ?after=, ?before=, ?seq=, ?at= a
// day, ?end=1. The first that is there counts.
func (s *Site) placeOf(c edge.Ctx, thread int64) (place, error) {
	q := c.QueryParams()
	switch {
	case q.Has("after"):
		n, err := edge.Number(c, "after")
		return place{after: n, chosen: true}, err
	case q.Get("before") != "":
		n, err := edge.Number(c, "before")
		return place{before: n, chosen: true}, err
	case q.Has("seq"):
		n, err := edge.Number(c, "seq")
		return place{around: n, chosen: true}, err
	case q.Has("at"):
		return s.placeAt(c, thread, q.Get("at"))
	case q.Has("end"), q.Has("before"):
		return place{end: true, chosen: true}, nil
	}
	return place{}, nil
}

func (s *Site) placeAt(c edge.Ctx, thread int64, day string) (place, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, edge.Zone(c))
	if err != nil {
		var f errs.Fields
		f.Add("at", "field.date")
		return place{}, f.Err()
	}
	seq, err := s.Forum.SeqSince(ctx(c), thread, at)
	return place{around: seq, end: seq == 0, chosen: true}, err
}

// whereRead is where somebody goes on who did not ask for a place: at the start
// on the first visit, at the first unread item, and at the end where all is read.
func whereRead(read forum.ReadState, t forum.Thread) place {
	switch {
	case !read.Opened:
		return place{}
	case read.Item < t.LastItem:
		return place{around: read.Seq + 1}
	}
	return place{end: true}
}

// window is a stretch of a thread's timeline.
type window struct {
	thread forum.Thread // as it was before the items were read
	items  []event.Event
}

// window reads a stretch in a fixed number of queries, however long the thread.
// A place beyond either end is that end.
func (s *Site) window(c context.Context, t forum.Thread, p place) (window, error) {
	items, err := s.stretch(c, t, p)
	if err != nil {
		return window{}, err
	}
	switch {
	case len(items) == 0 && p.before > 0:
		items, err = s.stretch(c, t, place{})
	case len(items) == 0 && t.LastItem > 0, p.around > 0 && len(items) < windowSize:
		items, err = s.stretch(c, t, place{end: true})
	}
	return window{thread: t, items: items}, err
}

func (s *Site) stretch(c context.Context, t forum.Thread, p place) ([]event.Event, error) {
	read := func(span store.Span) ([]event.Event, error) { return s.Forum.Items(c, t.ID, span) }
	switch {
	case p.end:
		return read(store.Span{Last: true, Limit: windowSize})
	case p.before > 0:
		return read(store.Span{Before: p.before, Last: true, Limit: windowSize})
	case p.around > 0:
		items, err := read(store.Span{Before: p.around, Last: true, Limit: windowLead})
		if err != nil {
			return nil, err
		}
		rest, err := read(store.Span{After: p.around - 1, Limit: windowSize - len(items)})
		return append(items, rest...), err
	}
	return read(store.Span{After: p.after, Limit: windowSize})
}

// earlier is how many items lie before the window.
func (w window) earlier() int {
	if len(w.items) == 0 {
		return 0
	}
	return int(w.items[0].Item - 1)
}

// later is how many items lie after the window.
func (w window) later() int {
	if len(w.items) == 0 {
		return 0
	}
	return int(max(0, w.thread.LastItem-w.items[len(w.items)-1].Item))
}

// firstUnread is the seq of the first unread item in the window; 0 where it is
// not in it, or where nothing was read before.
func (w window) firstUnread(read forum.ReadState) int64 {
	if !read.Opened {
		return 0
	}
	for _, e := range w.items {
		if e.Item > read.Item {
			if e.Item == read.Item+1 {
				return e.Seq
			}
			return 0
		}
	}
	return 0
}

// lastSeq is the newest item in the window.
func (w window) lastSeq() int64 {
	if len(w.items) == 0 {
		return 0
	}
	return w.items[len(w.items)-1].Seq
}

// at is the address of another window of the same thread.
func at(path, name string, value int64) string {
	return path + "?" + name + "=" + url.QueryEscape(strconv.FormatInt(value, 10))
}
