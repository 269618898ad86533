package live

import (
	"encoding/json"
	"strconv"

	"plenary/pkg/event"
)

// telling is an event on its way to those who are told the newest only.
type telling struct {
	event.Event
	stale bool  // a later one that goes out with it tells the same
	since int64 // of one that is not stale: seq of the event told before it
}

// newestLast marks those events as stale of which a later one in the list, about
// the same subject, tells all that they tell. Before is the seq of the last event
// that was told.
func newestLast(events []event.Event, before int64) []telling {
	type subject struct {
		noun string
		id   int64
	}
	told := make([]telling, len(events))
	repainted := map[subject]bool{}
	for i := len(events) - 1; i >= 0; i-- {
		told[i].Event = events[i]
		if !events[i].Kind.Repaints() {
			continue
		}
		about := subject{events[i].Kind.Noun(), events[i].Subject}
		told[i].stale = repainted[about]
		repainted[about] = true
	}
	for i := range told {
		if !told[i].stale {
			told[i].since = before
			before = told[i].Seq
		}
	}
	return told
}

// fresh are those that are not stale.
func fresh(all []telling) []telling {
	var some []telling
	for _, t := range all {
		if !t.stale {
			some = append(some, t)
		}
	}
	return some
}

// eventsOf are the events themselves.
func eventsOf(told []telling) []event.Event {
	events := make([]event.Event, len(told))
	for i, t := range told {
		events[i] = t.Event
	}
	return events
}

// stands writes into the message of an event which ones were left out before it:
// all after since. Nothing is said where there are none.
func (t telling) stands(text json.RawMessage) json.RawMessage {
	if len(text) == 0 || t.since >= t.Seq-1 {
		return text
	}
	head := strconv.AppendInt([]byte(`{"since":`), t.since, 10)
	return append(append(head, ','), text[1:]...)
}
