package programme

import (
	"context"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// Unfit are the sessions of a plan that run out of their slots, or begin outside of
// them, in their order: such as those of a slot that was made shorter.
func (p Plan) Unfit() []Session {
	var out []Session
	when := When(p)
	for _, s := range p.Sessions {
		if span, placed := when[s.ID]; placed && s.State != Cancelled && len(p.outside(s, span)) > 0 {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Session) int { return when[a.ID].Start.Compare(when[b.ID].Start) })
	return out
}

// Fitted is what was done with the sessions that did not fit their slots.
type Fitted struct {
	Moved    []int64 // to a place later on
	Unplaced []int64 // have no place now
	Revision int     // of the programme afterwards
}

// MakeFit takes the sessions that do not fit their slots out of them, one after
// another until all others fit. With next, each is put into the next slot from its own
// on in which it fits without a clash of rooms or people: in its own room if that can
// be. Where there is no such slot it has no place. Errors: by access.EditProgramme;
// Conflict "programme.edited_meanwhile" where revision, if not 0, is not the current
// one.
func (p *Programmes) MakeFit(ctx context.Context, who access.Actor, id int64, next bool, revision int) (Fitted, error) {
	var out Fitted
	err := p.changePlan(ctx, who, id, revision, func(tx *store.Tx, locked Plan, _ time.Time) error {
		out = Fitted{Revision: locked.Revision}
		moves := locked.fitting(next)
		if len(moves) == 0 {
			return errUnchanged
		}
		out.Revision++
		for _, m := range moves {
			if err := unplace(tx, "id = ?", m.Session); err != nil {
				return err
			}
		}
		locked = locked.without(moves)
		for _, m := range moves {
			if m.SlotID == 0 {
				out.Unplaced = append(out.Unplaced, m.Session)
				continue
			}
			out.Moved = append(out.Moved, m.Session)
			s, _ := locked.Session(m.Session)
			if err := put(tx, locked, s, m.Placing); err != nil {
				return err
			}
			locked = locked.with([]Move{{m.Session, Placing{m.SlotID, m.RoomID, nil, new(len(locked.Sessions))}}})
		}
		return nil
	})
	return out, err
}

// fitting are the moves that make everything fit its slot.
func (p Plan) fitting(next bool) []Move {
	var out []Move
	for unfit := p.Unfit(); len(unfit) > 0; unfit = p.Unfit() {
		s := unfit[0]
		m := Move{Session: s.ID}
		p = p.with([]Move{m})
		if next {
			m.Placing = p.nextPlace(s)
			m.Position = new(len(p.Sessions)) // after those that are there
			p = p.with([]Move{m})
			m.Position = nil
		}
		out = append(out, m)
	}
	return out
}

// nextPlace finds the next slot, from the one that the session was in, that has room
// for it behind what is there already. The zero value where none has.
func (p Plan) nextPlace(s Session) Placing {
	was, _ := p.Slot(s.SlotID)
	from := p.SlotSpan(was).Start
	slots := slices.SortedStableFunc(slices.Values(p.Slots), func(a, b Slot) int { return p.SlotSpan(a).Start.Compare(p.SlotSpan(b).Start) })
	for _, slot := range slots {
		if p.SlotSpan(slot).Start.Before(from) || slot.Pause {
			continue
		}
		for _, room := range p.roomsFor(s) {
			at := Placing{SlotID: slot.ID, RoomID: room}
			if p.fits(s, at) == nil && p.free(s, at) {
				return at
			}
		}
	}
	return Placing{}
}

// roomsFor are the rooms that a session can be in: its own, then those with as many
// seats as are needed. One that is in no room stays in none.
func (p Plan) roomsFor(s Session) []int64 {
	out := []int64{s.RoomID}
	need := max(s.Capacity, s.Going+s.Waiting)
	for _, r := range p.Rooms {
		if s.RoomID != 0 && r.ID != s.RoomID && (r.Capacity == 0 || r.Capacity >= need) {
			out = append(out, r.ID)
		}
	}
	return out
}

// free reports whether the session, put behind what is at the place already, ends with
// its slot and needs no room or person that is needed elsewhere then.
func (p Plan) free(s Session, at Placing) bool {
	at.Position = new(len(p.Sessions))
	then := p.with([]Move{{s.ID, at}})
	when := When(then)
	there, _ := then.Session(s.ID)
	if len(then.outside(there, when[s.ID])) > 0 {
		return false
	}
	for _, other := range then.Sessions {
		span, placed := when[other.ID]
		if placed && other.ID != s.ID && other.State != Cancelled && span.Overlaps(when[s.ID]) && len(then.together(there, other)) > 0 {
			return false
		}
	}
	return true
}
