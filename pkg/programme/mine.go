package programme

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// Mine tells what seats the actor has in the sessions of a programme, by their ids.
// It asks nobody's leave: one's own seats are no secret to oneself.
func (p *Programmes) Mine(ctx context.Context, who access.Actor, id int64) (map[int64]Seat, error) {
	if !who.SignedIn() {
		return map[int64]Seat{}, nil
	}
	return seatsOf(p.db.Read(ctx), who.Person, []int64{id})
}

// seatsOf reads the seats of a person in sessions of programmes.
func seatsOf(g *gorm.DB, person int64, programmes []int64) (map[int64]Seat, error) {
	var rows []Seat
	err := g.Table("programme_signups AS n").
		Select(`n.session_id, n.waiting, CASE WHEN n.waiting THEN (SELECT COUNT(*) FROM programme_signups AS x
			WHERE x.session_id = n.session_id AND x.waiting AND x.place <= n.place) ELSE 0 END AS turn`).
		Joins("JOIN programme_sessions AS s ON s.id = n.session_id").
		Where("n.person_id = ? AND s.programme_id IN ?", person, programmes).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read the seats of person %d: %w", person, err))
	}
	out := make(map[int64]Seat, len(rows))
	for _, r := range rows {
		out[r.SessionID] = r
	}
	return out, nil
}

// clashes are the other sessions at the time of one that somebody is signed up for,
// in their order.
func clashes(plan Plan, times map[int64]Span, mine map[int64]Seat, session int64) []Session {
	at, placed := times[session]
	if !placed {
		return nil
	}
	var out []Session
	for _, s := range plan.Sessions {
		_, signedUp := mine[s.ID]
		span, placed := times[s.ID]
		if signedUp && placed && s.ID != session && s.State != Cancelled && span.Overlaps(at) {
			out = append(out, s)
		}
	}
	return out
}

// Busy are the sessions at the time of one that have seats among mine.
func Busy(plan Plan, mine map[int64]Seat, session int64) []Session {
	return clashes(plan, When(plan), mine, session)
}

// Appointment is a session with somebody's part in it.
type Appointment struct {
	Programme Programme
	Session   Session
	Span      Span   // in the zone of the event
	Room      string // its name; may be empty
	Seat      *Seat  // nil for somebody who has not signed up
	Takes     bool   // somebody who speaks in it or hosts it
}

// programmesAhead bounds of how many events appointments are looked for.
const programmesAhead = 20

// Ahead lists the sessions that the actor has signed up for, hosts or speaks in and
// that are not over, soonest first, until a time. The same number of statements,
// however many events there are. What may not be read any more is left out, and so
// is what was cancelled.
func (p *Programmes) Ahead(ctx context.Context, who access.Actor, until time.Time, limit int) ([]Appointment, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	now := p.now()
	all, err := p.appointments(ctx, who, func(q *gorm.DB) *gorm.DB {
		// No place on earth is further from UTC than a day.
		return q.Where("p.cancelled_at IS NULL AND EXISTS (SELECT 1 FROM programme_days AS d WHERE d.programme_id = p.id AND d.day >= ?)",
			now.UTC().AddDate(0, 0, -3).Format(time.DateOnly))
	})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a Appointment) bool {
		return a.Session.State == Cancelled || !a.Span.End.After(now) || a.Span.Start.After(until)
	})
	return all[:min(len(all), limit)], nil
}

// Appointments lists all sessions of events of the actor, past ones too, by their
// times.
func (p *Programmes) Appointments(ctx context.Context, who access.Actor) ([]Appointment, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	return p.appointments(ctx, who, func(q *gorm.DB) *gorm.DB { return q })
}

// appointments reads those of published programmes of a query, the newest ones.
func (p *Programmes) appointments(ctx context.Context, who access.Actor, which func(*gorm.DB) *gorm.DB) ([]Appointment, error) {
	g := p.db.Read(ctx)
	may := access.VisibleProgrammes(who)
	query := programmes(g, who).Where(`p.published > 0 AND p.id IN (
			SELECT s.programme_id FROM programme_signups AS n JOIN programme_sessions AS s ON s.id = n.session_id WHERE n.person_id = ?
			UNION SELECT s.programme_id FROM programme_session_people AS x JOIN programme_sessions AS s ON s.id = x.session_id WHERE x.person_id = ?)`,
		who.Person, who.Person).Where(may.SQL, may.Args...)
	found, err := find(which(query).Order("p.id DESC").Limit(programmesAhead), who)
	if err != nil {
		return nil, store.Translate(err)
	}
	ids := make([]int64, len(found))
	for i, one := range found {
		ids[i] = one.ID
	}
	kept, err := published(g, ids)
	if err != nil {
		return nil, err
	}
	seats := map[int64]Seat{}
	if len(ids) > 0 {
		if seats, err = seatsOf(g, who.Person, ids); err != nil {
			return nil, err
		}
	}
	var out []Appointment
	for _, one := range found {
		out = append(out, kept[one.ID].appointments(one, who.Person, seats)...)
	}
	slices.SortStableFunc(out, func(a, b Appointment) int {
		return cmp.Or(a.Span.Start.Compare(b.Span.Start), cmp.Compare(a.Session.ID, b.Session.ID))
	})
	return out, nil
}

// appointments are somebody's among the sessions as they were published.
func (s snapshot) appointments(of Programme, person int64, seats map[int64]Seat) []Appointment {
	plan := s.bare(of)
	times := When(plan)
	var out []Appointment
	for i, session := range plan.Sessions {
		span, placed := times[session.ID]
		seat, signedUp := seats[session.ID]
		takes := s.Sessions[i].takes(person)
		if !placed || !signedUp && !takes {
			continue
		}
		one := Appointment{Programme: plan.Programme, Session: session, Span: span, Takes: takes}
		if signedUp {
			one.Seat = &seat
		}
		room, _ := plan.Room(session.RoomID)
		one.Room = room.Name
		out = append(out, one)
	}
	return out
}

// bare is the plan without the people and themes of its sessions.
func (s snapshot) bare(of Programme) Plan {
	out := Plan{Programme: s.head(of), Days: s.Days, Rooms: s.Rooms, Slots: s.Slots}
	for _, one := range s.Sessions {
		session := one.session(of, nil, nil)
		session.Speakers, session.Hosts = nil, nil
		out.Sessions = append(out.Sessions, session)
	}
	return out
}

// takes reports whether somebody speaks in the session or hosts it.
func (k keptSession) takes(person int64) bool {
	is := func(one keptPerson) bool { return one.PersonID == person }
	return slices.ContainsFunc(k.Speakers, is) || slices.ContainsFunc(k.Hosts, is)
}
