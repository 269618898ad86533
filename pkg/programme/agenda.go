package programme

import (
	"context"
	"math"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// Item is a session as an item of an agenda.
type Item struct {
	Session  int64
	Planned  Span
	Minutes  int       // planned
	Taken    int       // so far, of one that has begun; in all, of one that is over
	Running  bool      //
	Over     bool      //
	Expected time.Time // when it begins, or began, as things stand
}

// Agenda is a slot of one room as a list of items, with how it goes.
type Agenda struct {
	Items   []Item
	Planned int // minutes of all items
	Taken   int // minutes of those that are over or go on
	Late    int // minutes behind the plan now; less than 0 where ahead of it
}

// AgendaOf makes the agenda of a slot and room at an instant: how long each item has
// taken, and when the next ones come as things stand.
func AgendaOf(p Plan, slot, room int64, now time.Time) Agenda {
	var out Agenda
	when := When(p)
	var free time.Time // when the next item can begin
	for _, s := range inOrder(p.Sessions) {
		if s.SlotID != slot || s.RoomID != room || s.State == Cancelled {
			continue
		}
		span := when[s.ID]
		item := Item{Session: s.ID, Planned: span, Minutes: span.Minutes(), Expected: span.Start}
		if free.After(item.Expected) {
			item.Expected = free
		}
		if s.StartedAt != nil {
			item.Expected = s.StartedAt.In(span.Start.Location())
		}
		switch {
		case s.MinutesTaken != nil:
			item.Over, item.Taken = true, *s.MinutesTaken
			free = item.Expected.Add(minutes(item.Taken))
			out.Late = minutesOf(free.Sub(span.End))
		case s.StartedAt != nil:
			item.Running, item.Taken = true, max(0, minutesOf(now.Sub(*s.StartedAt)))
			free = item.Expected.Add(minutes(max(item.Taken, item.Minutes)))
			out.Late = minutesOf(free.Sub(span.End))
		default:
			if waits := len(out.Items) > 0 && out.Items[len(out.Items)-1].Over; waits && now.After(item.Expected) {
				item.Expected = now.In(span.Start.Location()) // the one before is over and nobody has begun it
				out.Late = minutesOf(now.Sub(span.Start))
			}
			free = item.Expected.Add(minutes(item.Minutes))
		}
		out.Planned += item.Minutes
		out.Taken += item.Taken
		out.Items = append(out.Items, item)
	}
	return out
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// minutesOf rounds to whole minutes.
func minutesOf(d time.Duration) int { return int(math.Round(d.Minutes())) }

// StartItem notes that an item of an agenda begins now. Whatever else goes on in the
// same slot and room is over with that. Starting one that goes on changes nothing.
// Errors: by access.TakeNotes; Conflict "programme.item_over".
func (p *Programmes) StartItem(ctx context.Context, who access.Actor, session int64) (Session, error) {
	return p.changeSession(ctx, who, session, access.TakeNotes, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		switch {
		case s.MinutesTaken != nil:
			return errs.New(errs.Conflict, "programme.item_over")
		case s.StartedAt != nil:
			return errUnchanged
		}
		others, err := sessions(tx.DB, who, of, tx.DB.Where("s.programme_id = ? AND s.started_at IS NOT NULL AND s.minutes_taken IS NULL", of.ID))
		if err != nil {
			return err
		}
		for _, other := range others {
			if other.SlotID == s.SlotID && other.RoomID == s.RoomID && s.SlotID != 0 {
				if err := finish(tx, other, now); err != nil {
					return err
				}
			}
		}
		return saveSession(tx, session, map[string]any{"started_at": store.At(now)})
	})
}

// FinishItem notes that an item of an agenda is over now. Errors: by
// access.TakeNotes; Conflict "programme.item_not_begun" and "programme.item_over".
func (p *Programmes) FinishItem(ctx context.Context, who access.Actor, session int64) (Session, error) {
	return p.changeSession(ctx, who, session, access.TakeNotes, func(tx *store.Tx, _ Programme, s Session, now time.Time) error {
		switch {
		case s.MinutesTaken != nil:
			return errs.New(errs.Conflict, "programme.item_over")
		case s.StartedAt == nil:
			return errs.New(errs.Conflict, "programme.item_not_begun")
		}
		return finish(tx, s, now)
	})
}

func finish(tx *store.Tx, s Session, now time.Time) error {
	taken := min(max(0, minutesOf(now.Sub(*s.StartedAt))), maxMinutes)
	return saveSession(tx, s.ID, map[string]any{"minutes_taken": taken})
}

// SetTaken writes by hand how many minutes an item took; nil takes it back to before
// it began. Errors: Invalid with field minutes; by access.TakeNotes.
func (p *Programmes) SetTaken(ctx context.Context, who access.Actor, session int64, taken *int) (Session, error) {
	var f errs.Fields
	if taken != nil {
		validMinutes(&f, "minutes", *taken)
	}
	if err := f.Err(); err != nil {
		return Session{}, err
	}
	return p.changeSession(ctx, who, session, access.TakeNotes, func(tx *store.Tx, _ Programme, s Session, _ time.Time) error {
		set := map[string]any{"minutes_taken": taken}
		if taken == nil {
			set["started_at"] = nil
		}
		return saveSession(tx, session, set)
	})
}
