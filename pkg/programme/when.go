package programme

import (
	"cmp"
	"slices"
	"time"
)

// Span is a stretch of time, in the zone of the event.
type Span struct{ Start, End time.Time }

// Minutes is how long it is.
func (s Span) Minutes() int { return int(s.End.Sub(s.Start) / time.Minute) }

// Overlaps reports whether both go on at some moment.
func (s Span) Overlaps(other Span) bool {
	return s.Start.Before(other.End) && other.Start.Before(s.End)
}

// Within reports whether all of s is part of other.
func (s Span) Within(other Span) bool { return !s.Start.Before(other.Start) && !s.End.After(other.End) }

// SlotSpan is when a slot is. Its minutes may be more or fewer than its clock times
// say, where the clock is changed in between. The zero value where the slot's day is
// not in the plan.
func (p Plan) SlotSpan(s Slot) Span {
	day, ok := p.Day(s.DayID)
	if !ok {
		return Span{}
	}
	loc := p.zone()
	return Span{OnTheWall(day.Date, s.Starts, loc).At, OnTheWall(day.Date, s.Ends, loc).At}
}

// When tells of each session that has a slot when it is. Sessions of the same slot
// and room follow one another by position. One that says when it begins does so
// then, whatever is before it, and gives back no time that is taken. One without
// minutes goes on to the end of its slot. A cancelled session is shown where it
// would have been and takes no time.
func When(p Plan) map[int64]Span {
	out := make(map[int64]Span, len(p.Sessions))
	slots := make(map[int64]Span, len(p.Slots))
	for _, s := range p.Slots {
		slots[s.ID] = p.SlotSpan(s)
	}
	free := map[[2]int64]time.Time{} // from when on, by slot and room
	for _, s := range inOrder(p.Sessions) {
		slot, ok := slots[s.SlotID]
		if !ok {
			continue
		}
		queue := [2]int64{s.SlotID, s.RoomID}
		from, begun := free[queue]
		if !begun {
			from = slot.Start
		}
		span := s.span(slot, from)
		out[s.ID] = span
		if s.State != Cancelled && span.End.After(from) {
			free[queue] = span.End
		}
	}
	return out
}

// inOrder are sessions as they follow one another in their slot and room.
func inOrder(all []Session) []Session {
	return slices.SortedFunc(slices.Values(all), func(a, b Session) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
}

// span is when the session is in its slot, where the room is free from then on.
func (s Session) span(slot Span, from time.Time) Span {
	if s.Begins != nil {
		from = slot.Start.Add(time.Duration(*s.Begins) * time.Minute)
	}
	switch {
	case s.Minutes > 0:
		return Span{from, from.Add(time.Duration(s.Minutes) * time.Minute)}
	case from.Before(slot.End):
		return Span{from, slot.End}
	}
	return Span{from, from.Add(slot.End.Sub(slot.Start))}
}
