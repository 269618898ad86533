package programme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// NewRoom is what somebody who adds a room has typed.
type NewRoom struct {
	Name     string
	Capacity int // 0 where unknown
	Link     string
	Note     string
}

// RoomEdit changes a room. What is nil stays as it is.
type RoomEdit struct {
	Name     *string
	Capacity *int
	Link     *string
	Note     *string
}

// validRoom judges a room among the others of the plan.
func (p Plan) validRoom(room Room) (Room, error) {
	var f errs.Fields
	room.Name = plain.Line(&f, "name", room.Name, true, MaxName)
	room.Link = webLink(&f, room.Link, false)
	room.Note = plain.Body(&f, "note", room.Note, false, MaxNote)
	validSeats(&f, room.Capacity)
	if slices.ContainsFunc(p.Rooms, func(r Room) bool { return strings.EqualFold(r.Name, room.Name) && r.ID != room.ID }) {
		f.Add("name", "programme.room_taken", errs.Args{"Room": room.Name})
	}
	return room, f.Err()
}

func validSeats(f *errs.Fields, capacity int) {
	if capacity < 0 || capacity > MaxSeats {
		f.Add("capacity", "programme.seats_between", errs.Args{"Max": MaxSeats})
	}
}

// AddRoom adds a room to an event, after those that it has. Errors: Invalid with
// fields name, capacity, link and note; by access.EditProgramme.
func (p *Programmes) AddRoom(ctx context.Context, who access.Actor, id int64, in NewRoom) (Room, error) {
	var room Room
	err := p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) (err error) {
		room, err = locked.validRoom(Room{Name: in.Name, Capacity: in.Capacity, Link: in.Link, Note: in.Note, Position: 1})
		if err != nil {
			return err
		}
		if n := len(locked.Rooms); n >= MaxRooms {
			return tooMany("name", "programme.rooms_too_many", MaxRooms)
		} else if n > 0 {
			room.Position = locked.Rooms[n-1].Position + 1
		}
		room.ID, err = insertRoom(tx, id, room)
		return err
	})
	return room, err
}

// EditRoom changes a room. Errors: Invalid with fields name, capacity, link and
// note; NotFound; by access.EditProgramme.
func (p *Programmes) EditRoom(ctx context.Context, who access.Actor, id, room int64, in RoomEdit) (Room, error) {
	var next Room
	err := p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) (err error) {
		before, ok := locked.Room(room)
		if !ok {
			return notHere()
		}
		next = before
		next.Name, next.Capacity = orElse(in.Name, next.Name), orElse(in.Capacity, next.Capacity)
		next.Link, next.Note = orElse(in.Link, next.Link), orElse(in.Note, next.Note)
		if next, err = locked.validRoom(next); err != nil {
			return err
		}
		if next == before {
			return errUnchanged
		}
		err = tx.Exec("UPDATE programme_rooms SET name = ?, capacity = ?, link = ?, note = ? WHERE id = ?",
			next.Name, next.Capacity, next.Link, next.Note, room).Error
		if err != nil {
			return fmt.Errorf("save room %d: %w", room, err)
		}
		return nil
	})
	return next, err
}

// RemoveRoom takes a room out of an event. Its sessions keep their slots, without a
// room. Errors: NotFound; by access.EditProgramme.
func (p *Programmes) RemoveRoom(ctx context.Context, who access.Actor, id, room int64) error {
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) error {
		if _, ok := locked.Room(room); !ok {
			return notHere()
		}
		if err := tx.Exec("UPDATE programme_sessions SET room_id = NULL WHERE room_id = ?", room).Error; err != nil {
			return fmt.Errorf("take sessions out of room %d: %w", room, err)
		}
		if err := tx.Exec("DELETE FROM programme_rooms WHERE id = ?", room).Error; err != nil {
			return fmt.Errorf("remove room %d: %w", room, err)
		}
		return nil
	})
}

// OrderRooms puts all rooms of an event into the given order. Errors: Invalid with
// field rooms where they are not exactly those of the event; by access.EditProgramme.
func (p *Programmes) OrderRooms(ctx context.Context, who access.Actor, id int64, rooms []int64) error {
	return p.changePlan(ctx, who, id, 0, func(tx *store.Tx, locked Plan, _ time.Time) error {
		have := make([]int64, len(locked.Rooms))
		for i, r := range locked.Rooms {
			have[i] = r.ID
		}
		if !sameIDs(have, rooms) {
			var f errs.Fields
			f.Add("rooms", "programme.order_whole")
			return f.Err()
		}
		for i, room := range rooms {
			if err := tx.Exec("UPDATE programme_rooms SET position = ? WHERE id = ?", i+1, room).Error; err != nil {
				return fmt.Errorf("order the rooms of programme %d: %w", id, err)
			}
		}
		return nil
	})
}

// sameIDs reports whether both are the same ids, in whatever order.
func sameIDs(one, other []int64) bool {
	return slices.Equal(slices.Sorted(slices.Values(one)), slices.Sorted(slices.Values(other)))
}
