package programme

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// Placing is where and when a session is put.
type Placing struct {
	SlotID   int64
	RoomID   int64 // 0 for none: in every room, or not said
	Begins   *int  // minutes after the slot's beginning; nil for after the one before it
	Position *int  // from 0 among the sessions of the same slot and room; nil for the last
}

// fits refuses a session where it cannot be, whatever else is there.
func (p Plan) fits(s Session, at Placing) error {
	var f errs.Fields
	slot, ok := p.Slot(at.SlotID)
	if !ok {
		f.Add("slot", "programme.slot_not_here")
		return f.Err()
	}
	if _, ok := p.Room(at.RoomID); !ok && at.RoomID != 0 {
		f.Add("room", "programme.room_not_here")
	}
	span, begins := p.SlotSpan(slot), orZero(at.Begins)
	switch length := span.Minutes(); {
	case slot.Pause:
		f.Add("slot", "programme.slot_is_pause", errs.Args{"Slot": slot.Title})
	case begins < 0:
		f.Add("begins", "programme.begins_before", errs.Args{"From": slot.Starts.String()})
	case begins >= length:
		f.Add("begins", "programme.begins_after", errs.Args{"To": slot.Ends.String()})
	case s.Minutes > length:
		f.Add("slot", "programme.longer_than_slot", errs.Args{"Minutes": s.Minutes, "Max": length})
	case begins+s.Minutes > length:
		f.Add("begins", "programme.runs_out", errs.Args{"Minutes": s.Minutes, "To": slot.Ends.String()})
	}
	return f.Err()
}

// fitsInPlace judges a session whose length has changed where it is.
func fitsInPlace(tx *store.Tx, who access.Actor, of Programme, s Session) error {
	if s.SlotID == 0 {
		return nil
	}
	whole, err := plan(tx.DB, who, of)
	if err != nil {
		return err
	}
	err = whole.fits(s, Placing{SlotID: s.SlotID, RoomID: s.RoomID, Begins: s.Begins})
	if e, ok := err.(*errs.Error); ok && e.Kind == errs.Invalid { //nolint:errorlint // fits gives no other
		var f errs.Fields
		for _, text := range e.Fields {
			f.Add("minutes", text.Code, text.Args)
		}
		return f.Err()
	}
	return err
}

// Place puts a session into a slot and room, also one that is somewhere else by now.
// Its themes are scheduled. Errors: Invalid with fields slot, room, begins and
// position; by access.EditProgramme; Conflict "programme.session_cancelled", and
// "programme.edited_meanwhile" where revision, if not 0, is not the current one.
func (p *Programmes) Place(ctx context.Context, who access.Actor, session int64, at Placing, revision int) (Session, error) {
	return p.placing(ctx, who, session, revision, func(tx *store.Tx, of Plan, s Session, now time.Time) error {
		return p.place(tx, who, of, s, at, now)
	})
}

func (p *Programmes) place(tx *store.Tx, who access.Actor, of Plan, s Session, at Placing, now time.Time) error {
	if s.State == Cancelled {
		return errs.New(errs.Conflict, "programme.session_cancelled")
	}
	if err := of.fits(s, at); err != nil {
		return err
	}
	if err := put(tx, of, s, at); err != nil {
		return err
	}
	return p.schedule(tx, who, of.Programme, s.themeIDs(), now)
}

// Unplace takes a session out of its slot. Errors: by access.EditProgramme; Conflict
// as for Place.
func (p *Programmes) Unplace(ctx context.Context, who access.Actor, session int64, revision int) (Session, error) {
	return p.placing(ctx, who, session, revision, func(tx *store.Tx, _ Plan, s Session, _ time.Time) error {
		if s.SlotID == 0 {
			return errUnchanged
		}
		return unplace(tx, "id = ?", session)
	})
}

// placing changes where a session is, with the whole programme in view.
func (p *Programmes) placing(ctx context.Context, who access.Actor, session int64, revision int, fn func(tx *store.Tx, of Plan, s Session, now time.Time) error) (Session, error) {
	return p.changeSession(ctx, who, session, access.ReadThread, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		if err := access.Check(who, access.EditProgramme, of.facts); err != nil {
			return err
		}
		if revision != 0 && revision != of.Revision {
			return errs.New(errs.Conflict, "programme.edited_meanwhile")
		}
		whole, err := plan(tx.DB, who, of)
		if err != nil {
			return err
		}
		return fn(tx, whole, s, now)
	})
}

// put writes where a session is, and the order of those that are there with it.
func put(tx *store.Tx, of Plan, s Session, at Placing) error {
	var there []int64
	for _, other := range inOrder(of.Sessions) {
		if other.SlotID == at.SlotID && other.RoomID == at.RoomID && other.ID != s.ID {
			there = append(there, other.ID)
		}
	}
	place := len(there)
	if at.Position != nil {
		if *at.Position < 0 || *at.Position > len(there) {
			var f errs.Fields
			f.Add("position", "programme.position_between", errs.Args{"Max": len(there)})
			return f.Err()
		}
		place = *at.Position
	}
	set := map[string]any{"slot_id": at.SlotID, "room_id": nil, "begins": at.Begins}
	if at.RoomID != 0 {
		set["room_id"] = at.RoomID
	}
	if err := saveSession(tx, s.ID, set); err != nil {
		return err
	}
	order := append(append(append([]int64{}, there[:place]...), s.ID), there[place:]...)
	return number(tx, order)
}

// number writes the positions of sessions, in their order.
func number(tx *store.Tx, order []int64) error {
	for i, id := range order {
		if err := tx.Exec("UPDATE programme_sessions SET position = ? WHERE id = ? AND position <> ?", i+1, id, i+1).Error; err != nil {
			return fmt.Errorf("order sessions: %w", err)
		}
	}
	return nil
}

// OrderSlot puts all sessions of a slot and room into the given order. Errors:
// Invalid with field sessions where they are not exactly those that are there; by
// access.EditProgramme.
func (p *Programmes) OrderSlot(ctx context.Context, who access.Actor, id, slot, room int64, order []int64) error {
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) error {
		if _, ok := locked.Slot(slot); !ok {
			return notHere()
		}
		var there []int64
		for _, s := range locked.Sessions {
			if s.SlotID == slot && s.RoomID == room {
				there = append(there, s.ID)
			}
		}
		if !sameIDs(there, order) {
			var f errs.Fields
			f.Add("sessions", "programme.order_whole")
			return f.Err()
		}
		return number(tx, order)
	})
}
