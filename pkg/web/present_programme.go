package web

import (
	"context"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

// sessionSummary is how many characters of a description stand on a card.
const sessionSummary = 160

// programmeHead is a programme as every page of it shows it.
func programmeHead(who access.Actor, p programme.Programme) view.ProgrammeHead {
	zone := eventZone(p)
	h := view.ProgrammeHead{ID: p.ID, Title: p.Title, Thread: view.ThreadHead{ID: p.ThreadID, Title: p.ThreadTitle, Group: homeOf(p.Group)},
		Place: p.Place, Link: p.Link, Zone: zone, Template: string(p.Template), First: noon(p.First, zone), Last: noon(p.Last, zone),
		Published: p.Published, CancelledAt: instant(p.CancelledAt), CancelReason: p.CancelReason}
	h.Rights = view.ProgrammeRights{Convene: programme.Convenes(who, p.Facts()), Propose: access.May(who, access.ProposeSession, p.Facts()),
		Resume: access.May(who, access.ResumeProgramme, p.Facts())}
	h.Rights.Propose = h.Rights.Propose || access.May(who, access.EditProgramme, p.Facts())
	return h
}

func eventZone(p programme.Programme) *time.Location {
	if zone := programme.Zone(p.Zone); zone != nil {
		return zone
	}
	return time.UTC
}

// noon is the middle of a day where the event is; zero where there is no day.
func noon(d programme.Date, zone *time.Location) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, zone)
}

// ownZone is the reader's time zone; nil where it is not known.
func ownZone(c edge.Ctx) *time.Location {
	if edge.Person(c).TimeZone == "" && browserZone(c) == "" {
		return nil
	}
	return edge.Zone(c)
}

// timetable turns a plan into what pages show.
type timetable struct {
	plan    programme.Plan
	spans   map[int64]programme.Span
	clashes map[int64][]view.Clash
	mine    map[int64]string // the viewer's sign-ups: "going", "waiting"
	zone    *time.Location
	own     *time.Location
	now     time.Time
}

func timetableOf(p programme.Plan, own *time.Location, now time.Time) timetable {
	return timetable{plan: p, spans: programme.When(p), zone: eventZone(p.Programme), own: own, now: now}
}

func (t timetable) card(s programme.Session) view.SessionCard {
	span := t.spans[s.ID]
	card := view.SessionCard{ID: s.ID, Programme: t.plan.ID, Title: s.Title, Summary: markup.Excerpt(s.Description, sessionSummary), State: string(s.State), Reason: s.Reason,
		Starts: span.Start, Ends: span.End, Zone: t.zone, Own: t.own, Speakers: speakersOf(s.Speakers), Minutes: s.Minutes, Taken: -1,
		Capacity: s.Capacity, Going: s.Going, Waiting: s.Waiting, Mine: t.mine[s.ID], Clashes: t.clashes[s.ID], SlotID: s.SlotID, RoomID: s.RoomID, Thread: s.ThreadID}
	if card.Minutes == 0 {
		card.Minutes = span.Minutes()
	}
	if s.MinutesTaken != nil {
		card.Taken = *s.MinutesTaken
	}
	card.Running = s.StartedAt != nil && s.MinutesTaken == nil
	if room, ok := t.plan.Room(s.RoomID); ok {
		card.Room = room.Name
		if card.Capacity == 0 {
			card.Capacity = room.Capacity
		}
	}
	card.Now = t.runs(s)
	return card
}

// runs reports whether the session is going on.
func (t timetable) runs(s programme.Session) bool {
	if t.begun() {
		return s.StartedAt != nil && s.MinutesTaken == nil
	}
	span, ok := t.spans[s.ID]
	return ok && s.State != programme.Cancelled && t.plan.CancelledAt == nil && !t.now.Before(span.Start) && t.now.Before(span.End)
}

// begun reports whether it is a meeting of which an item has begun: what goes on is
// then what was begun, and not what the plan says.
func (t timetable) begun() bool {
	return t.plan.Template == programme.Meeting && slices.ContainsFunc(t.plan.Sessions, func(s programme.Session) bool { return s.StartedAt != nil })
}

func speakersOf(list []programme.Someone) []view.Speaker {
	out := make([]view.Speaker, len(list))
	for i, one := range list {
		out[i] = view.Speaker{Name: one.Name, Affiliation: one.Affiliation}
		if one.Person != nil && one.Person.Handle != "" {
			out[i].URL = personOf(*one.Person).URL()
		}
	}
	return out
}

// inTime are sessions that are known to be at some time and take place, in its order.
func (t timetable) inTime() []programme.Session {
	var out []programme.Session
	for _, s := range t.plan.Sessions {
		if _, ok := t.spans[s.ID]; ok && s.State != programme.Cancelled {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b programme.Session) int { return t.spans[a.ID].Start.Compare(t.spans[b.ID].Start) })
	return out
}

// around is what goes on and what begins next, in the room or, where that is 0, in
// all of them, and when that changes; zero for never.
func (t timetable) around(room int64) (now, next []view.SessionCard, changes time.Time) {
	var soonest time.Time
	turn := func(at time.Time) {
		if at.After(t.now) && (changes.IsZero() || at.Before(changes)) {
			changes = at
		}
	}
	if t.plan.CancelledAt != nil {
		return nil, nil, changes
	}
	for _, s := range t.inTime() {
		if room != 0 && s.RoomID != 0 && s.RoomID != room {
			continue
		}
		span := t.spans[s.ID]
		turn(span.Start)
		turn(span.End)
		switch {
		case t.runs(s):
			now = append(now, t.card(s))
		case span.Start.After(t.now) && (soonest.IsZero() || span.Start.Equal(soonest)):
			soonest = span.Start
			next = append(next, t.dated(s))
		}
	}
	return now, next, changes
}

// rooms are the columns: all rooms, or those alone in which something is.
func (t timetable) rooms(all bool) []view.ProgrammeRoom {
	var out []view.ProgrammeRoom
	for _, r := range t.plan.Rooms {
		if all || slices.ContainsFunc(t.plan.Sessions, func(s programme.Session) bool { return s.RoomID == r.ID && s.SlotID != 0 }) {
			out = append(out, view.ProgrammeRoom{ID: r.ID, Name: r.Name, Capacity: r.Capacity, Link: r.Link, Note: r.Note, Number: len(out) + 1})
		}
	}
	return out
}

// days are the days with their slots, in which each of the rooms has a column where
// something is in it, or always where all is set.
func (t timetable) days(rooms []view.ProgrammeRoom, all bool) []view.ProgrammeDay {
	in := map[[2]int64][]view.SessionCard{}
	for _, s := range t.plan.Sessions {
		if s.SlotID != 0 {
			at := [2]int64{s.SlotID, s.RoomID}
			in[at] = append(in[at], t.card(s))
		}
	}
	today := t.now.In(t.zone).Format(time.DateOnly)
	out := make([]view.ProgrammeDay, 0, len(t.plan.Days))
	for _, d := range t.plan.Days {
		day := view.ProgrammeDay{ID: d.ID, Date: string(d.Date), At: noon(d.Date, t.zone), Title: d.Title, Today: string(d.Date) == today}
		for _, s := range t.plan.Slots {
			if s.DayID == d.ID {
				day.Slots = append(day.Slots, t.slot(s, rooms, in, all))
			}
		}
		out = append(out, day)
	}
	return out
}

func (t timetable) slot(s programme.Slot, rooms []view.ProgrammeRoom, in map[[2]int64][]view.SessionCard, all bool) view.ProgrammeSlot {
	span := t.plan.SlotSpan(s)
	out := view.ProgrammeSlot{ID: s.ID, Title: s.Title, Starts: span.Start, Ends: span.End, Zone: t.zone, Pause: s.Pause}
	if all && s.Pause {
		return out
	}
	if everywhere := in[[2]int64{s.ID, 0}]; !all && len(everywhere) > 0 {
		out.Columns = append(out.Columns, view.ProgrammeColumn{Slot: s.ID, Sessions: everywhere})
	}
	for _, r := range rooms {
		if cards := in[[2]int64{s.ID, r.ID}]; all || len(cards) > 0 {
			out.Columns = append(out.Columns, view.ProgrammeColumn{Slot: s.ID, RoomID: r.ID, Room: r.Name, Number: r.Number, Sessions: cards})
		}
	}
	return out
}

// dated is a card that names its day where that is not today.
func (t timetable) dated(s programme.Session) view.SessionCard {
	card := t.card(s)
	card.Dated = card.Starts.In(t.zone).Format(time.DateOnly) != t.now.In(t.zone).Format(time.DateOnly)
	return card
}

// unplaced are the sessions that have no slot and are not cancelled.
func (t timetable) unplaced() []view.SessionCard {
	var out []view.SessionCard
	for _, s := range slices.Concat(t.plan.Sessions, t.plan.PutForward) {
		if s.SlotID == 0 && s.State != programme.Cancelled {
			out = append(out, t.card(s))
		}
	}
	return out
}

// late is how many minutes an agenda is behind its plan: the items that are over
// took longer than planned, or the one that goes on has.
func (t timetable) late() int {
	behind, begun := 0, false
	for _, s := range t.inTime() {
		planned := t.spans[s.ID].Minutes()
		switch {
		case s.MinutesTaken != nil:
			behind += *s.MinutesTaken - planned
			begun = true
		case s.StartedAt != nil:
			behind += max(0, int(t.now.Sub(*s.StartedAt)/time.Minute)-planned)
			begun = true
		}
	}
	if !begun {
		return 0
	}
	return behind
}

// programmeLine is a programme in a list.
func programmeLine(who access.Actor, p programme.Programme) view.ProgrammeLine {
	return view.ProgrammeLine{ProgrammeHead: programmeHead(who, p)}
}

// lastSeq is how far the timeline is in which a programme is told.
func (s *Site) lastSeq(ctx context.Context, who access.Actor, thread int64) (int64, forum.Thread, error) {
	t, err := s.Forum.Thread(ctx, who, thread)
	return t.LastSeq, t, err
}
