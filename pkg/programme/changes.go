package programme

import (
	"slices"
	"time"
)

// ChangeKind is a way in which one version differs from another.
type ChangeKind string

// The kinds of changes.
const (
	SessionAdded     ChangeKind = "session_added"
	SessionRemoved   ChangeKind = "session_removed"
	SessionMoved     ChangeKind = "session_moved" // to another time
	SessionRoom      ChangeKind = "session_room"  // to another room
	SessionCancelled ChangeKind = "session_cancelled"
	SessionRestored  ChangeKind = "session_restored"
	SessionRetitled  ChangeKind = "session_retitled"
	SessionPeople    ChangeKind = "session_people" // its speakers or hosts are others
	SessionWords     ChangeKind = "session_words"  // its description is another
	DayAdded         ChangeKind = "day_added"
	DayRemoved       ChangeKind = "day_removed"
	EventRetitled    ChangeKind = "event_retitled"
	EventPlace       ChangeKind = "event_place" // place or link
	EventZone        ChangeKind = "event_zone"
)

// Change is one difference between two versions of a programme. From and To say what
// was and what is, in words where the kind is about words, as names of rooms or as
// days; times stand in FromAt and ToAt.
type Change struct {
	Kind    ChangeKind `json:"kind"`
	Session int64      `json:"session,omitempty"`
	Title   string     `json:"title,omitempty"` // of the session, as it is called now
	From    string     `json:"from,omitempty"`
	To      string     `json:"to,omitempty"`
	FromAt  *time.Time `json:"from_at,omitempty"`
	ToAt    *time.Time `json:"to_at,omitempty"`
	Reason  string     `json:"reason,omitempty"` // why it was cancelled
}

// Compare lists what is otherwise in the second plan: first about the event, then by
// session, in the order of the second plan, and what is gone last.
func Compare(before, after Plan) []Change {
	out := compareEvent(before, after)
	was, is := When(before), When(after)
	for _, s := range after.Sessions {
		old, ok := byID(s.ID, before.Sessions)
		if !ok {
			change := Change{Kind: SessionAdded, Session: s.ID, Title: s.Title, ToAt: startOf(is, s.ID), To: after.roomName(s.RoomID)}
			if s.State == Cancelled {
				continue // it came and went between the two
			}
			out = append(out, change)
			continue
		}
		out = append(out, compareSession(old, s, before.roomName(old.RoomID), after.roomName(s.RoomID), was, is)...)
	}
	for _, s := range before.Sessions {
		if _, ok := byID(s.ID, after.Sessions); !ok && s.State != Cancelled {
			out = append(out, Change{Kind: SessionRemoved, Session: s.ID, Title: s.Title, FromAt: startOf(was, s.ID)})
		}
	}
	return out
}

func compareEvent(before, after Plan) []Change {
	var out []Change
	if before.Title != after.Title {
		out = append(out, Change{Kind: EventRetitled, From: before.Title, To: after.Title})
	}
	if before.Place != after.Place || before.Link != after.Link {
		out = append(out, Change{Kind: EventPlace, From: before.where(), To: after.where()})
	}
	if before.Zone != after.Zone {
		out = append(out, Change{Kind: EventZone, From: before.Zone, To: after.Zone})
	}
	for _, d := range after.Days {
		if !slices.ContainsFunc(before.Days, func(o Day) bool { return o.Date == d.Date }) {
			out = append(out, Change{Kind: DayAdded, To: string(d.Date)})
		}
	}
	for _, d := range before.Days {
		if !slices.ContainsFunc(after.Days, func(o Day) bool { return o.Date == d.Date }) {
			out = append(out, Change{Kind: DayRemoved, From: string(d.Date)})
		}
	}
	return out
}

// where is the event's place, or where those who are elsewhere join.
func (p Programme) where() string {
	switch {
	case p.Place == "":
		return p.Link
	case p.Link == "":
		return p.Place
	}
	return p.Place + " · " + p.Link
}

func compareSession(old, s Session, oldRoom, room string, was, is map[int64]Span) []Change {
	var out []Change
	add := func(c Change) {
		c.Session, c.Title = s.ID, s.Title
		out = append(out, c)
	}
	if old.Title != s.Title {
		add(Change{Kind: SessionRetitled, From: old.Title, To: s.Title})
	}
	switch {
	case old.State != Cancelled && s.State == Cancelled:
		add(Change{Kind: SessionCancelled, Reason: s.Reason, FromAt: startOf(was, s.ID)})
		return out // where it would have been is of no interest now
	case s.State == Cancelled:
		return out
	case old.State == Cancelled:
		add(Change{Kind: SessionRestored, ToAt: startOf(is, s.ID), To: room})
		return out
	}
	if !sameTime(was, is, s.ID) {
		add(Change{Kind: SessionMoved, FromAt: startOf(was, s.ID), ToAt: startOf(is, s.ID)})
	}
	if oldRoom != room {
		add(Change{Kind: SessionRoom, From: oldRoom, To: room})
	}
	if from, to := namesIn(old), namesIn(s); from != to {
		add(Change{Kind: SessionPeople, From: from, To: to})
	}
	if old.Description != s.Description {
		add(Change{Kind: SessionWords})
	}
	return out
}

func startOf(when map[int64]Span, id int64) *time.Time {
	span, ok := when[id]
	if !ok {
		return nil
	}
	return new(span.Start.UTC())
}

func sameTime(was, is map[int64]Span, id int64) bool {
	old, had := was[id]
	now, has := is[id]
	return had == has && old.Start.Equal(now.Start) && old.End.Equal(now.End)
}

func (p Plan) roomName(id int64) string {
	room, _ := p.Room(id)
	return room.Name
}

// namesIn are the people of a session, in one text.
func namesIn(s Session) string {
	var out string
	for _, list := range [][]Someone{s.Speakers, s.Hosts} {
		for _, one := range list {
			if out != "" {
				out += ", "
			}
			out += one.Name
		}
	}
	return out
}
