package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// framing is one act on the days, rooms and slots of a programme.
type framing struct {
	c    edge.Ctx
	who  access.Actor
	id   int64
	part int64 // the day, room or slot of the address; 0 for a new one
	form url.Values
}

// programmeFrame is the page for days, rooms and slots.
func (s *Site) programmeFrame(c edge.Ctx) error {
	return s.showFrame(c, http.StatusOK, func(*view.ProgrammeFramePage) {})
}

func (s *Site) showFrame(c edge.Ctx, status int, change func(*view.ProgrammeFramePage)) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	p := view.ProgrammeFramePage{Frame: s.frame(c)}
	if p.Programme, _, err = s.headOf(c, plan.Programme); err != nil {
		return err
	}
	table := timetableOf(plan, nil, s.Now())
	for _, d := range table.days(nil, false) {
		row := view.DayRow{ProgrammeDay: d}
		for _, slot := range d.Slots {
			known, _ := plan.Slot(slot.ID)
			row.Slots = append(row.Slots, view.SlotRow{ProgrammeSlot: slot, Form: view.Form{Values: slotValues(known)}})
		}
		p.Days = append(p.Days, row)
	}
	for i, r := range table.rooms(true) {
		row := view.RoomRow{ProgrammeRoom: r, First: i == 0, Last: i == len(plan.Rooms)-1,
			Form: view.Form{Values: url.Values{"name": {r.Name}, "capacity": {numberOrNone(r.Capacity)}, "link": {r.Link}, "note": {r.Note}}}}
		for _, one := range plan.Sessions {
			if one.RoomID == r.ID {
				row.Sessions++
			}
		}
		p.Rooms = append(p.Rooms, row)
	}
	p.Day.Values = url.Values{}
	if n := len(plan.Days); n > 0 {
		p.Day.Values.Set("date", string(plan.Days[n-1].Date.Plus(1)))
	}
	change(&p)
	return s.show(c, status, p)
}

func slotValues(s programme.Slot) url.Values {
	values := url.Values{"title": {s.Title}, "starts": {s.Starts.String()}, "ends": {s.Ends.String()}}
	if s.Pause {
		values.Set("pause", "1")
	}
	return values
}

// numberOrNone is a number for a field that is empty where it is 0.
func numberOrNone(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// onFrame carries out an act on the frame of a programme. Where it is refused for what was
// typed, the page comes back with it; kind says in which form.
func (s *Site) onFrame(kind string, act func(framing) error) edge.Handler {
	return func(c edge.Ctx) error {
		f := framing{c: c, who: edge.Who(c)}
		var err error
		if f.id, err = edge.ID(c, "id"); err != nil {
			return err
		}
		if c.Param("part") != "" {
			if f.part, err = edge.ID(c, "part"); err != nil {
				return err
			}
		}
		if f.form, err = submitted(c); err != nil {
			return err
		}
		if err = act(f); err == nil || store.IsReplay(err) {
			return seeOther(c, eventPath(f.id, "/frame")+f.anchor(kind))
		}
		again, err := s.again(f.form, err)
		if err != nil {
			return err
		}
		return s.showFrame(c, http.StatusUnprocessableEntity, func(p *view.ProgrammeFramePage) { f.reject(p, kind, again) })
	}
}

// anchor is the part of the page that was worked on.
func (f framing) anchor(kind string) string {
	switch {
	case kind == "room":
		return "#rooms"
	case kind == "slot" && f.form.Get("day_id") != "":
		return "#day-" + f.form.Get("day_id")
	}
	return "#days"
}

// reject puts the refused form where it was typed.
func (f framing) reject(p *view.ProgrammeFramePage, kind string, form view.Form) {
	p.Failed = kind
	switch {
	case f.part != 0:
		p.Failed, p.Edited = fmt.Sprintf("%s-%d", kind, f.part), form
	case kind == "day":
		p.Day = form
	case kind == "room":
		p.Room = form
	case kind == "slot":
		p.Failed, p.Slot = "slot-of-"+f.form.Get("day_id"), form
	default:
		p.Edited = form
	}
}

func (s *Site) addDay(f framing) error {
	_, err := s.Programmes.AddDay(ctx(f.c), f.who, f.id, programme.NewDay{Date: programme.Date(f.form.Get("date")), Title: f.form.Get("title")})
	return err
}

func (s *Site) editDay(f framing) error {
	_, err := s.Programmes.EditDay(ctx(f.c), f.who, f.id, f.part, programme.DayEdit{Date: new(programme.Date(f.form.Get("date"))), Title: new(f.form.Get("title"))})
	return err
}

func (s *Site) removeDay(f framing) error {
	return s.Programmes.RemoveDay(ctx(f.c), f.who, f.id, f.part)
}

func (s *Site) addRoom(f framing) error {
	var wrong errs.Fields
	in := programme.NewRoom{Name: f.form.Get("name"), Capacity: int(number(&wrong, f.form, "capacity")), Link: f.form.Get("link"), Note: f.form.Get("note")}
	if err := wrong.Err(); err != nil {
		return err
	}
	_, err := s.Programmes.AddRoom(ctx(f.c), f.who, f.id, in)
	return err
}

func (s *Site) editRoom(f framing) error {
	var wrong errs.Fields
	in := programme.RoomEdit{Name: new(f.form.Get("name")), Capacity: new(int(number(&wrong, f.form, "capacity"))), Link: new(f.form.Get("link")), Note: new(f.form.Get("note"))}
	if err := wrong.Err(); err != nil {
		return err
	}
	_, err := s.Programmes.EditRoom(ctx(f.c), f.who, f.id, f.part, in)
	return err
}

func (s *Site) removeRoom(f framing) error {
	return s.Programmes.RemoveRoom(ctx(f.c), f.who, f.id, f.part)
}

// moveRoom puts a room before the one before it, or after the one after it.
func (s *Site) moveRoom(f framing) error {
	plan, err := s.Programmes.Plan(ctx(f.c), f.who, f.id)
	if err != nil {
		return err
	}
	var ids []int64
	for _, r := range plan.Rooms {
		ids = append(ids, r.ID)
	}
	if err := access.Check(f.who, access.EditProgramme, plan.Facts()); err != nil {
		return err
	}
	from := slices.Index(ids, f.part)
	to := from + 1
	if f.form.Get("by") == "-1" {
		to = from - 1
	}
	if from < 0 || to < 0 || to >= len(ids) {
		return nil
	}
	ids[from], ids[to] = ids[to], ids[from]
	return s.Programmes.OrderRooms(ctx(f.c), f.who, f.id, ids)
}

// slotTimes reads when a slot begins and ends.
func (f framing) slotTimes() (starts, ends programme.Minute, err error) {
	var wrong errs.Fields
	read := func(name string) programme.Minute {
		m, ok := programme.ParseMinute(f.form.Get(name))
		if !ok {
			wrong.Add(name, "programme.time")
		}
		return m
	}
	starts, ends = read("starts"), read("ends")
	return starts, ends, wrong.Err()
}

func (s *Site) addSlot(f framing) error {
	starts, ends, err := f.slotTimes()
	if err != nil {
		return err
	}
	var wrong errs.Fields
	day := number(&wrong, f.form, "day_id")
	_, err = s.Programmes.AddSlot(ctx(f.c), f.who, f.id, programme.NewSlot{DayID: day, Title: f.form.Get("title"), Starts: starts, Ends: ends, Pause: f.form.Get("pause") != ""})
	return err
}

func (s *Site) editSlot(f framing) error {
	starts, ends, err := f.slotTimes()
	if err != nil {
		return err
	}
	_, err = s.Programmes.EditSlot(ctx(f.c), f.who, f.id, f.part, programme.SlotEdit{Title: new(f.form.Get("title")), Starts: &starts, Ends: &ends, Pause: new(f.form.Get("pause") != "")})
	return err
}

func (s *Site) removeSlot(f framing) error {
	return s.Programmes.RemoveSlot(ctx(f.c), f.who, f.id, f.part)
}

// drawSlots divides the days that have no slots yet by a template.
func (s *Site) drawSlots(f framing) error {
	words := s.words(f.c)
	return s.Programmes.DrawSlots(ctx(f.c), f.who, f.id, programme.SlotTemplate(f.form.Get("template")), nil, func(key string) string { return words.T(key) })
}
