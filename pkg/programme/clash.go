package programme

import (
	"context"
	"fmt"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// ClashKind is a way in which things of a programme do not go together.
type ClashKind string

// The kinds of clashes.
const (
	RoomClash     ClashKind = "room"     // two sessions in one room at once
	PersonClash   ClashKind = "person"   // somebody speaks or hosts in two at once
	PerhapsClash  ClashKind = "perhaps"  // perhaps: somebody who is only named in one has the name of somebody in the other
	CapacityClash ClashKind = "capacity" // more people than seats
	TornClash     ClashKind = "torn"     // people support themes of two at once
	OutsideClash  ClashKind = "outside"  // a session runs out of its slot, or begins before it
	DoubledHour   ClashKind = "doubled"  // a slot begins or ends when the clock shows the same time twice: the first is meant
)

// Clash is something that does not go together. It forbids nothing.
type Clash struct {
	Kind     ClashKind
	Sessions []int64  // one or two
	Titles   []string // of the sessions
	SlotID   int64    // of outside and doubled
	RoomID   int64    // of room and capacity
	Room     string
	Person   string // of person and perhaps: the name
	Count    int    // people, of capacity and torn; minutes too many, of outside
	Seats    int    // of capacity
	Time     string // of doubled, as "01:30"
}

// Text puts the clash into words.
func (c Clash) Text() errs.Text {
	args := errs.Args{"Room": c.Room, "Person": c.Person, "Count": c.Count, "Seats": c.Seats, "Time": c.Time}
	for i, name := range []string{"One", "Other"} {
		args[name] = ""
		if i < len(c.Titles) {
			args[name] = c.Titles[i]
		}
	}
	return errs.Text{Code: "programme.clash_" + string(c.Kind), Args: args}
}

// Crowd tells who supports each theme: people's ids by the theme's, in order.
type Crowd map[int64][]int64

// maxCrowd bounds how many supports are looked at.
const maxCrowd = 200_000

// Crowd reads who supports the themes of a plan's sessions, in one statement. It
// asks nobody's leave: who supports a theme is known to all its readers.
func (p *Programmes) Crowd(ctx context.Context, of Plan) (Crowd, error) {
	var ids []int64
	for _, s := range of.Sessions {
		ids = append(ids, s.themeIDs()...)
	}
	out := Crowd{}
	if len(ids) == 0 {
		return out, nil
	}
	slices.Sort(ids)
	var rows []struct{ ThemeID, PersonID int64 }
	err := p.db.Read(ctx).Table("theme_supports").Select("theme_id, person_id").Where("theme_id IN ?", slices.Compact(ids)).
		Order("theme_id, person_id").Limit(maxCrowd).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read who supports the themes of programme %d: %w", of.ID, err))
	}
	for _, r := range rows {
		out[r.ThemeID] = append(out[r.ThemeID], r.PersonID)
	}
	return out, nil
}

// of are the people who support any of the session's themes, each once, in order.
func (c Crowd) of(s Session) []int64 {
	var out []int64
	for _, id := range s.themeIDs() {
		out = append(out, c[id]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Clashes reads a programme as it is worked on and lists what does not go together,
// for those who convene. Errors: by access.EditProgramme, but for its state.
func (p *Programmes) Clashes(ctx context.Context, who access.Actor, id int64) ([]Clash, error) {
	whole, crowd, err := p.convened(ctx, who, id)
	if err != nil {
		return nil, err
	}
	return Clashes(whole, crowd), nil
}

// convened reads a plan, and who supports what, for whoever convenes.
func (p *Programmes) convened(ctx context.Context, who access.Actor, id int64) (Plan, Crowd, error) {
	whole, err := p.Plan(ctx, who, id)
	if err != nil {
		return Plan{}, nil, err
	}
	if !whole.Working {
		return Plan{}, nil, access.Check(who, access.EditProgramme, whole.facts)
	}
	crowd, err := p.Crowd(ctx, whole)
	return whole, crowd, err
}

// Clashes lists what of a plan does not go together, in the order of its sessions.
// Cancelled sessions clash with nothing.
func Clashes(p Plan, crowd Crowd) []Clash {
	var out []Clash
	when := When(p)
	people := make(map[int64][]int64, len(p.Sessions))
	for _, s := range p.Sessions {
		people[s.ID] = crowd.of(s)
	}
	for i, s := range p.Sessions {
		span, placed := when[s.ID]
		if s.State == Cancelled {
			continue
		}
		out = append(out, p.crowded(s, len(people[s.ID]))...)
		if !placed {
			continue
		}
		out = append(out, p.outside(s, span)...)
		for _, other := range p.Sessions[i+1:] {
			if also, ok := when[other.ID]; !ok || other.State == Cancelled || !span.Overlaps(also) {
				continue
			}
			out = append(out, p.together(s, other)...)
			for _, name := range perhaps(s, other) {
				out = append(out, Clash{Kind: PerhapsClash, Sessions: []int64{s.ID, other.ID}, Titles: []string{s.Title, other.Title}, Person: name})
			}
			if n := common(people[s.ID], people[other.ID]); n > 0 {
				out = append(out, Clash{Kind: TornClash, Sessions: []int64{s.ID, other.ID}, Titles: []string{s.Title, other.Title}, Count: n})
			}
		}
	}
	return append(out, p.doubled()...)
}

// crowded finds whether more people come than there are seats. Those who support the
// themes count where nobody has signed up yet.
func (p Plan) crowded(s Session, supporters int) []Clash {
	room, _ := p.Room(s.RoomID)
	people := s.Going + s.Waiting
	if people == 0 {
		people = supporters
	}
	seats := room.Capacity
	if s.Capacity > 0 && (seats == 0 || s.Capacity < seats) {
		seats = s.Capacity
	}
	people = max(people, s.Capacity) // as many are let in
	if seats == 0 || people <= seats {
		return nil
	}
	return []Clash{{Kind: CapacityClash, Sessions: []int64{s.ID}, Titles: []string{s.Title}, RoomID: s.RoomID, Room: room.Name, Count: people, Seats: seats}}
}

// outside finds whether a session runs out of its slot.
func (p Plan) outside(s Session, span Span) []Clash {
	slot, ok := p.Slot(s.SlotID)
	if !ok {
		return nil
	}
	of := p.SlotSpan(slot)
	if span.Within(of) {
		return nil
	}
	over := max(0, minutesOf(span.End.Sub(of.End))) + max(0, minutesOf(of.Start.Sub(span.Start)))
	return []Clash{{Kind: OutsideClash, Sessions: []int64{s.ID}, Titles: []string{s.Title}, SlotID: slot.ID, Count: over}}
}

// together finds what two sessions that overlap need both: a room, and people.
func (p Plan) together(one, other Session) []Clash {
	var out []Clash
	both := Clash{Sessions: []int64{one.ID, other.ID}, Titles: []string{one.Title, other.Title}}
	if one.RoomID != 0 && one.RoomID == other.RoomID {
		c := both
		c.Kind, c.RoomID, c.Room = RoomClash, one.RoomID, p.roomName(one.RoomID)
		out = append(out, c)
	}
	for _, name := range shared(one, other) {
		c := both
		c.Kind, c.Person = PersonClash, name
		out = append(out, c)
	}
	return out
}

// shared names who has a part in both sessions: by account, or by name where
// somebody is only named.
func shared(one, other Session) []string {
	var out []string
	here := partners(other)
	for key, name := range partners(one) {
		if _, ok := here[key]; ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// partners are those who have a part in a session, by what they are told apart by.
func partners(s Session) map[string]string {
	out := make(map[string]string, len(s.Speakers)+len(s.Hosts))
	for _, list := range [][]Someone{s.Speakers, s.Hosts} {
		for _, one := range list {
			key := "name " + fold(one.Name)
			if one.Person != nil {
				key = fmt.Sprintf("person %d", one.Person.ID)
			}
			out[key] = one.Name
		}
	}
	return out
}

// common counts the people that are in both lists, which are in order.
func common(one, other []int64) (n int) {
	for i, j := 0, 0; i < len(one) && j < len(other); {
		switch {
		case one[i] < other[j]:
			i++
		case one[i] > other[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// doubled finds the slots that begin or end when the clock shows a time twice.
func (p Plan) doubled() []Clash {
	var out []Clash
	loc := p.zone()
	for _, slot := range p.Slots {
		day, _ := p.Day(slot.DayID)
		for _, m := range []Minute{slot.Starts, slot.Ends} {
			if OnTheWall(day.Date, m, loc).Doubled {
				out = append(out, Clash{Kind: DoubledHour, SlotID: slot.ID, Time: m.String()})
			}
		}
	}
	return out
}
