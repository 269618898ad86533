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

// NewSlot is what somebody who adds a slot has chosen.
type NewSlot struct {
	DayID  int64
	Title  string
	Starts Minute
	Ends   Minute // earlier than Starts for a time in the night after the day
	Pause  bool
}

// SlotEdit changes a slot. What is nil stays as it is.
type SlotEdit struct {
	Title  *string
	Starts *Minute
	Ends   *Minute
	Pause  *bool
}

// validSlot judges a slot among the others of the plan.
func (p Plan) validSlot(slot Slot) (Slot, error) {
	var f errs.Fields
	slot.Title = plain.Line(&f, "title", slot.Title, false, MaxName)
	if slot.Ends < slot.Starts {
		slot.Ends += midnight
	}
	p.judge(&f, slot, "starts", "ends")
	if slot.Pause && slices.ContainsFunc(p.Sessions, func(s Session) bool { return s.SlotID == slot.ID && slot.ID != 0 }) {
		f.Add("pause", "programme.pause_has_sessions")
	}
	return slot, f.Err()
}

// judge complains about the times of a slot: where there is no such time, where it
// takes no time, and where another slot is at the same time.
func (p Plan) judge(f *errs.Fields, slot Slot, starts, ends string) {
	day, ok := p.Day(slot.DayID)
	switch {
	case !ok:
		f.Add("day", "programme.day_not_here")
		return
	case slot.Starts < 0 || slot.Starts >= midnight:
		f.Add(starts, "programme.time")
		return
	case slot.Ends <= slot.Starts || slot.Ends > latest:
		f.Add(ends, "programme.slot_ends")
		return
	}
	loc := p.zone()
	from, to := OnTheWall(day.Date, slot.Starts, loc), OnTheWall(day.Date, slot.Ends, loc)
	from.complain(f, starts, day.Date, slot.Starts, p.Zone)
	to.complain(f, ends, day.Date, slot.Ends, p.Zone)
	if from.Missing || to.Missing {
		return
	}
	span := Span{from.At, to.At}
	if span.Minutes() <= 0 {
		f.Add(ends, "programme.slot_ends")
		return
	}
	for _, other := range p.Slots {
		if other.ID != slot.ID && span.Overlaps(p.SlotSpan(other)) {
			on, _ := p.Day(other.DayID)
			f.Add(starts, "programme.slot_overlaps", errs.Args{"Day": string(on.Date), "From": other.Starts.String(), "To": other.Ends.String()})
		}
	}
}

// AddSlot adds a slot to a day. Errors: Invalid with fields day, title, starts and
// ends; by access.EditProgramme.
func (p *Programmes) AddSlot(ctx context.Context, who access.Actor, id int64, in NewSlot) (Slot, error) {
	var slot Slot
	err := p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) (err error) {
		slot, err = locked.validSlot(Slot{DayID: in.DayID, Title: in.Title, Starts: in.Starts, Ends: in.Ends, Pause: in.Pause})
		if err != nil {
			return err
		}
		if len(locked.Slots) >= MaxSlots {
			return tooMany("starts", "programme.slots_too_many", MaxSlots)
		}
		slot.ID, err = insertSlot(tx, id, slot)
		return err
	})
	return slot, err
}

// EditSlot changes a slot; its sessions go along. Where they are too long for it
// then, that is shown as a clash. Errors: Invalid with fields title, starts, ends
// and pause; NotFound; by access.EditProgramme.
func (p *Programmes) EditSlot(ctx context.Context, who access.Actor, id, slot int64, in SlotEdit) (Slot, error) {
	var next Slot
	err := p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) (err error) {
		before, ok := locked.Slot(slot)
		if !ok {
			return notHere()
		}
		next = before
		next.Title, next.Pause = orElse(in.Title, next.Title), orElse(in.Pause, next.Pause)
		next.Starts, next.Ends = orElse(in.Starts, next.Starts), orElse(in.Ends, next.Ends)
		if next, err = locked.validSlot(next); err != nil {
			return err
		}
		if next == before {
			return errUnchanged
		}
		err = tx.Exec("UPDATE programme_slots SET title = ?, starts = ?, ends = ?, pause = ? WHERE id = ?",
			next.Title, next.Starts, next.Ends, next.Pause, slot).Error
		if err != nil {
			return fmt.Errorf("save slot %d: %w", slot, err)
		}
		return nil
	})
	return next, err
}

// RemoveSlot takes a slot out of its day. Its sessions stay, without a place.
// Errors: NotFound; by access.EditProgramme.
func (p *Programmes) RemoveSlot(ctx context.Context, who access.Actor, id, slot int64) error {
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) error {
		if _, ok := locked.Slot(slot); !ok {
			return notHere()
		}
		if err := unplace(tx, "slot_id = ?", slot); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM programme_slots WHERE id = ?", slot).Error; err != nil {
			return fmt.Errorf("remove slot %d: %w", slot, err)
		}
		return nil
	})
}

// DrawSlots divides days by a template: the given ones, or those without slots where
// none is given. All of it or nothing is done. say puts the titles into a language; nil leaves
// their keys. Errors: Invalid with fields template and days; by
// access.EditProgramme.
func (p *Programmes) DrawSlots(ctx context.Context, who access.Actor, id int64, by SlotTemplate, days []int64, say Words) error {
	if say == nil {
		say = func(key string) string { return key }
	}
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, now time.Time) error {
		var f errs.Fields
		if by.slots() == nil {
			f.Add("template", "field.choose")
			return f.Err()
		}
		if len(days) == 0 {
			days = locked.bareDays()
		}
		if len(days) == 0 {
			f.Add("days", "programme.no_bare_days")
		}
		if len(locked.Slots)+len(days)*len(by.slots()) > MaxSlots {
			f.Add("days", "programme.slots_too_many", errs.Args{"Max": MaxSlots})
		}
		for _, day := range days {
			for _, d := range by.slots() {
				locked.judge(&f, Slot{DayID: day, Starts: d.starts, Ends: d.ends}, "days", "days")
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		for _, day := range slices.Compact(slices.Sorted(slices.Values(days))) {
			if err := insertDrawn(tx, who, id, day, by.slots(), nil, say, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// bareDays are those that have no slots yet.
func (p Plan) bareDays() []int64 {
	var out []int64
	for _, d := range p.Days {
		if !slices.ContainsFunc(p.Slots, func(s Slot) bool { return s.DayID == d.ID }) {
			out = append(out, d.ID)
		}
	}
	return out
}
