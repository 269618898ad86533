package programme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// DayEdit changes a day. What is nil stays as it is.
type DayEdit struct {
	Date  *Date
	Title *string
}

// validDay judges a day among the others of the plan.
func (p Plan) validDay(day Day) (Day, error) {
	var f errs.Fields
	validDate(&f, "date", day.Date)
	day.Title = plain.Line(&f, "title", day.Title, false, MaxName)
	if slices.ContainsFunc(p.Days, func(d Day) bool { return d.Date == day.Date && d.ID != day.ID }) {
		f.Add("date", "programme.day_taken", errs.Args{"Day": string(day.Date)})
	}
	return day, f.Err()
}

// AddDay adds a day to an event, before, between or after those that it has.
// Errors: Invalid with fields date and title; by access.EditProgramme.
func (p *Programmes) AddDay(ctx context.Context, who access.Actor, id int64, in NewDay) (Day, error) {
	var day Day
	err := p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) (err error) {
		if day, err = locked.validDay(Day{Date: in.Date, Title: in.Title}); err != nil {
			return err
		}
		if len(locked.Days) >= MaxDays {
			return tooMany("date", "programme.days_between", MaxDays)
		}
		day.ID, err = insertDay(tx, id, NewDay{Date: day.Date, Title: day.Title})
		return err
	})
	return day, err
}

func tooMany(field, code string, most int) error {
	var f errs.Fields
	f.Add(field, code, errs.Args{"Max": most})
	return f.Err()
}

func notHere() error { return errs.New(errs.NotFound, "error.not_found") }

// EditDay gives a day another title or date; its slots and sessions go along.
// Errors: Invalid with fields date and title; NotFound; by access.EditProgramme.
func (p *Programmes) EditDay(ctx context.Context, who access.Actor, id, day int64, in DayEdit) (Day, error) {
	var next Day
	err := p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) (err error) {
		before, ok := locked.Day(day)
		if !ok {
			return notHere()
		}
		next = Day{ID: day, Date: orElse(in.Date, before.Date), Title: orElse(in.Title, before.Title)}
		if next, err = locked.validDay(next); err != nil {
			return err
		}
		if next == before {
			return errUnchanged
		}
		if err := locked.moved(next); err != nil {
			return err
		}
		if err := tx.Exec("UPDATE programme_days SET day = ?, title = ? WHERE id = ?", next.Date, next.Title, day).Error; err != nil {
			return fmt.Errorf("save day %d: %w", day, err)
		}
		return nil
	})
	return next, err
}

// moved judges the slots of a day that goes to another date.
func (p Plan) moved(to Day) error {
	next := p
	next.Days = slices.Clone(p.Days)
	for i, d := range next.Days {
		if d.ID == to.ID {
			next.Days[i] = to
		}
	}
	var f errs.Fields
	for _, slot := range p.Slots {
		if slot.DayID == to.ID {
			next.judge(&f, slot, "date", "date")
		}
	}
	return f.Err()
}

// RemoveDay takes a day out of an event, with its slots. Its sessions stay, without
// a place. Errors: NotFound; by access.EditProgramme.
func (p *Programmes) RemoveDay(ctx context.Context, who access.Actor, id, day int64) error {
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) error {
		if _, ok := locked.Day(day); !ok {
			return notHere()
		}
		if err := unplace(tx, "slot_id IN (SELECT l.id FROM programme_slots AS l WHERE l.day_id = ?)", day); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM programme_days WHERE id = ?", day).Error; err != nil {
			return fmt.Errorf("remove day %d: %w", day, err)
		}
		return nil
	})
}

// unplace takes the sessions of a condition out of their slots.
func unplace(tx *store.Tx, where string, args ...any) error {
	err := tx.Exec("UPDATE programme_sessions SET slot_id = NULL, room_id = NULL, begins = NULL, position = 0 WHERE "+where, args...).Error
	if err != nil {
		return fmt.Errorf("take sessions out of their slots: %w", err)
	}
	return nil
}
