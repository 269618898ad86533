package programme

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/calendar"
	"plenary/pkg/errs"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// calendarText is how much of a description stands in a calendar, in runes.
const calendarText = 1000

// calendarRefresh is how often programs that follow a calendar are asked to look.
const calendarRefresh = time.Hour

// Calendar writes down when the sessions of a plan are, those that which says, or
// all where it is nil. origin is the address of the forum, host its name alone. Of a
// meeting with an agenda there is one entry for each of its slots, since nobody
// comes to a single item.
func (p Plan) Calendar(origin, host string, which func(Session) bool) calendar.Calendar {
	w := calendarWriter{Plan: p, origin: origin, host: host, times: When(p)}
	out := calendar.Calendar{Name: p.Title, Text: markup.Excerpt(p.Description, calendarText), Link: origin + p.Path(), Zone: p.zone(),
		Refresh: calendarRefresh}
	if p.Template == Meeting && which == nil {
		for _, slot := range p.Slots {
			if !slot.Pause {
				out.Entries = append(out.Entries, w.meeting(slot))
			}
		}
		return out
	}
	for _, s := range p.Sessions {
		if _, placed := w.times[s.ID]; placed && (which == nil || which(s)) {
			out.Entries = append(out.Entries, w.session(s))
		}
	}
	return out
}

// Path is the address of the programme's page.
func (p Programme) Path() string { return fmt.Sprintf("/e/%d", p.ID) }

// Path is the address of the session's page.
func (s Session) Path() string { return fmt.Sprintf("/e/%d/s/%d", s.ProgrammeID, s.ID) }

type calendarWriter struct {
	Plan
	origin, host string
	times        map[int64]Span
}

// entry is what all entries have. The sequence grows with each change of anything
// in the programme, and so whenever a newer version is published.
func (w calendarWriter) entry(what string, id int64, at Span) calendar.Entry {
	changed := w.CreatedAt
	if w.PublishedAt != nil {
		changed = *w.PublishedAt
	}
	if w.CancelledAt != nil && w.CancelledAt.After(changed) {
		changed = *w.CancelledAt
	}
	return calendar.Entry{UID: fmt.Sprintf("%s-%d@%s", what, id, w.host), Sequence: w.Revision, Changed: changed, Starts: at.Start, Ends: at.End,
		Kinds: []string{w.Title}, Place: cmp.Or(w.Programme.Place, w.Link), Link: w.origin + w.Path(), Cancelled: w.CancelledAt != nil}
}

func (w calendarWriter) session(s Session) calendar.Entry {
	e := w.entry("session", s.ID, w.times[s.ID])
	e.Title, e.Link = s.Title, w.origin+s.Path()
	e.Cancelled = e.Cancelled || s.State == Cancelled
	var places, text []string
	if room, ok := w.Room(s.RoomID); ok {
		places = append(places, room.Name)
		if room.Link != "" {
			text = append(text, room.Link)
		}
	}
	if e.Place != "" {
		places = append(places, e.Place)
	}
	e.Place = strings.Join(places, ", ")
	if w.Programme.Place != "" && w.Link != "" {
		text = append(text, w.Link)
	}
	for _, one := range s.Speakers {
		text = append(text, one.called())
	}
	if about := markup.Excerpt(s.Description, calendarText); about != "" {
		text = append(text, about)
	}
	e.Text = strings.Join(text, "\n")
	return e
}

// called is a name with where it belongs.
func (s Someone) called() string {
	if s.Affiliation == "" {
		return s.Name
	}
	return s.Name + " (" + s.Affiliation + ")"
}

// meeting is a slot of a meeting with the items of its agenda.
func (w calendarWriter) meeting(slot Slot) calendar.Entry {
	e := w.entry("slot", slot.ID, w.SlotSpan(slot))
	e.Title = w.Title
	if slot.Title != "" {
		e.Title += ": " + slot.Title
	}
	var items []string
	for _, s := range w.Sessions {
		if s.SlotID == slot.ID && s.State != Cancelled {
			items = append(items, w.times[s.ID].Start.Format("15:04")+" "+s.Title)
		}
	}
	e.Text = strings.Join(items, "\n")
	return e
}

// PrivateCalendar is the secret part of the address of the actor's own calendar of a
// programme; empty while there is none. Errors: NotFound; Unauthenticated.
func (p *Programmes) PrivateCalendar(ctx context.Context, who access.Actor, id int64) (string, error) {
	if err := p.mayHaveCalendar(ctx, who, id); err != nil {
		return "", err
	}
	var tokens []string
	err := p.db.Read(ctx).Table("programme_calendars").Where("programme_id = ? AND person_id = ?", id, who.Person).Pluck("token", &tokens).Error
	if err != nil {
		return "", store.Translate(fmt.Errorf("read the calendar of person %d: %w", who.Person, err))
	}
	if len(tokens) == 0 {
		return "", nil
	}
	return tokens[0], nil
}

func (p *Programmes) mayHaveCalendar(ctx context.Context, who access.Actor, id int64) error {
	if _, err := p.Programme(ctx, who, id); err != nil {
		return err
	}
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return nil
}

// NewPrivateCalendar makes the actor's own calendar of a programme an address that
// takes no signing in, since calendar programs cannot. One of before leads nowhere
// from then on. Errors: as for PrivateCalendar.
func (p *Programmes) NewPrivateCalendar(ctx context.Context, who access.Actor, id int64) (string, error) {
	if err := p.mayHaveCalendar(ctx, who, id); err != nil {
		return "", err
	}
	token, _, err := person.NewSecret(p.random)
	if err != nil {
		return "", err
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		err := tx.Exec(`INSERT INTO programme_calendars (programme_id, person_id, token, created_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (programme_id, person_id) DO UPDATE SET token = excluded.token, created_at = excluded.created_at`,
			id, who.Person, token, store.At(p.now())).Error
		if err != nil {
			return fmt.Errorf("give person %d a calendar of programme %d: %w", who.Person, id, err)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// RevokePrivateCalendar ends the address of the actor's own calendar. Doing it again
// changes nothing. Errors: Unauthenticated.
func (p *Programmes) RevokePrivateCalendar(ctx context.Context, who access.Actor, id int64) error {
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Exec("DELETE FROM programme_calendars WHERE programme_id = ? AND person_id = ?", id, who.Person).Error; err != nil {
			return fmt.Errorf("end the calendar of person %d: %w", who.Person, err)
		}
		return nil
	})
}

// ByPrivateCalendar reads the published plan for whoever has the address of
// somebody's own calendar, and what seats that person has. It is what the person may
// read now, without the providers of sign-in that some groups ask for. Errors:
// NotFound where the address leads nowhere, or the person may not read it any more.
func (p *Programmes) ByPrivateCalendar(ctx context.Context, id int64, token string) (Plan, access.Actor, map[int64]Seat, error) {
	none := errs.New(errs.NotFound, "calendar.unknown")
	if _, ok := person.Digest(token); !ok {
		return Plan{}, access.Actor{}, nil, none
	}
	var people []int64
	err := p.db.Read(ctx).Table("programme_calendars AS k").Joins("JOIN people AS a ON a.id = k.person_id").
		Where("k.token = ? AND k.programme_id = ? AND a.disabled_at IS NULL AND a.erased_at IS NULL", token, id).Pluck("k.person_id", &people).Error
	if err != nil {
		return Plan{}, access.Actor{}, nil, store.Translate(fmt.Errorf("look up a private calendar: %w", err))
	}
	if len(people) == 0 {
		return Plan{}, access.Actor{}, nil, none
	}
	who := access.Actor{Person: people[0]}
	plan, err := p.Published(ctx, who, id)
	if err != nil {
		return Plan{}, access.Actor{}, nil, err
	}
	mine, err := p.Mine(ctx, who, id)
	return plan, who, mine, err
}

// Takes reports whether somebody speaks in the session or hosts it.
func (s Session) Takes(person int64) bool { return s.involves(person) }
