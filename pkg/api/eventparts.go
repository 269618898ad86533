package api

import (
	"context"
	"encoding/json"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/programme"
	"plenary/pkg/timeline"
)

// inEvent reads the ids of an event and of a part of it, and the body.
func inEvent[T any](c edge.Ctx, part string, do func(ctx context.Context, who access.Actor, id, part int64, in T) error) error {
	id, err := edge.ID(c, part)
	if err != nil {
		return err
	}
	return withBody(c, func(ctx context.Context, who access.Actor, event int64, in T) error {
		return do(ctx, who, event, id, in)
	})
}

// nothing is the body of a call that needs none.
type nothing struct{}

type newDay struct {
	Date  programme.Date `json:"date"`
	Title string         `json:"title"`
}

// UnmarshalJSON reads a day such as "2026-06-20", or an object.
func (d *newDay) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &d.Date)
	}
	type bare newDay
	return json.Unmarshal(data, (*bare)(d))
}

func (a *API) addDay(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in newDay) error {
		day, err := a.Programmes.AddDay(ctx, who, id, programme.NewDay(in))
		if err != nil {
			return err
		}
		return created(c, timeline.DayOf(day), "/events/%d", id)
	})
}

type dayEdit struct {
	Date  *programme.Date `json:"date"`
	Title *string         `json:"title"`
}

func (a *API) editDay(c edge.Ctx) error {
	return inEvent(c, "day", func(ctx context.Context, who access.Actor, id, part int64, in dayEdit) error {
		day, err := a.Programmes.EditDay(ctx, who, id, part, programme.DayEdit(in))
		if err != nil {
			return err
		}
		return ok(c, timeline.DayOf(day))
	})
}

func (a *API) removeDay(c edge.Ctx) error {
	return inEvent(c, "day", func(ctx context.Context, who access.Actor, id, part int64, _ nothing) error {
		if err := a.Programmes.RemoveDay(ctx, who, id, part); err != nil {
			return err
		}
		return done(c)
	})
}

type newRoom struct {
	Name     string `json:"name"`
	Capacity int    `json:"capacity"`
	Link     string `json:"link"`
	Note     string `json:"note"`
}

func (a *API) addRoom(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in newRoom) error {
		room, err := a.Programmes.AddRoom(ctx, who, id, programme.NewRoom(in))
		if err != nil {
			return err
		}
		return created(c, timeline.RoomOf(room), "/events/%d", id)
	})
}

type roomEdit struct {
	Name     *string `json:"name"`
	Capacity *int    `json:"capacity"`
	Link     *string `json:"link"`
	Note     *string `json:"note"`
}

func (a *API) editRoom(c edge.Ctx) error {
	return inEvent(c, "room", func(ctx context.Context, who access.Actor, id, part int64, in roomEdit) error {
		room, err := a.Programmes.EditRoom(ctx, who, id, part, programme.RoomEdit(in))
		if err != nil {
			return err
		}
		return ok(c, timeline.RoomOf(room))
	})
}

func (a *API) removeRoom(c edge.Ctx) error {
	return inEvent(c, "room", func(ctx context.Context, who access.Actor, id, part int64, _ nothing) error {
		if err := a.Programmes.RemoveRoom(ctx, who, id, part); err != nil {
			return err
		}
		return done(c)
	})
}

type order struct {
	Rooms    []int64 `json:"rooms"`
	Sessions []int64 `json:"sessions"`
	Room     int64   `json:"room_id"`
}

func (a *API) orderRooms(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in order) error {
		if err := a.Programmes.OrderRooms(ctx, who, id, in.Rooms); err != nil {
			return err
		}
		return done(c)
	})
}

// timeOfDay is a time of the day in a body, such as "09:30". One that is none is kept
// as such, so that the answer can name the field.
type timeOfDay struct {
	programme.Minute
	wrong bool
}

// UnmarshalJSON reads a time of the day.
func (t *timeOfDay) UnmarshalJSON(data []byte) error {
	var text string
	var good bool
	if err := json.Unmarshal(data, &text); err == nil {
		t.Minute, good = programme.ParseMinute(text)
	}
	t.wrong = !good // told later, with the name of the field
	return nil
}

func (t timeOfDay) value(f *errs.Fields, name string) programme.Minute {
	if t.wrong {
		f.Add(name, "programme.time")
	}
	return t.Minute
}

func (t *timeOfDay) orNone(f *errs.Fields, name string) *programme.Minute {
	if t == nil {
		return nil
	}
	return new(t.value(f, name))
}

type newSlot struct {
	DayID  int64      `json:"day_id"`
	Title  string     `json:"title"`
	Starts *timeOfDay `json:"starts"`
	Ends   *timeOfDay `json:"ends"`
	Pause  bool       `json:"pause"`
}

func (in newSlot) slot() (programme.NewSlot, error) {
	var f errs.Fields
	out := programme.NewSlot{DayID: in.DayID, Title: in.Title, Pause: in.Pause}
	for _, t := range []struct {
		name  string
		given *timeOfDay
		to    *programme.Minute
	}{{"starts", in.Starts, &out.Starts}, {"ends", in.Ends, &out.Ends}} {
		if t.given == nil {
			f.Add(t.name, "field.required")
			continue
		}
		*t.to = t.given.value(&f, t.name)
	}
	return out, f.Err()
}

func (a *API) addSlot(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in newSlot) error {
		if _, err := a.Programmes.Programme(ctx, who, id); err != nil {
			return err // before what is wrong with the body is told
		}
		wanted, err := in.slot()
		if err != nil {
			return err
		}
		slot, err := a.Programmes.AddSlot(ctx, who, id, wanted)
		if err != nil {
			return renamed(err, "day", "day_id")
		}
		return a.answerSlot(c, ctx, who, id, slot, true)
	})
}

// answerSlot answers with a slot and when it is.
func (a *API) answerSlot(c edge.Ctx, ctx context.Context, who access.Actor, id int64, slot programme.Slot, isNew bool) error { //nolint:revive // the request comes before what it is about
	plan, err := a.Programmes.Plan(ctx, who, id)
	if err != nil {
		return err
	}
	shape := timeline.SlotOf(slot, plan.SlotSpan(slot))
	if isNew {
		return created(c, shape, "/events/%d", id)
	}
	return ok(c, shape)
}

type slotEdit struct {
	Title  *string    `json:"title"`
	Starts *timeOfDay `json:"starts"`
	Ends   *timeOfDay `json:"ends"`
	Pause  *bool      `json:"pause"`
}

func (a *API) editSlot(c edge.Ctx) error {
	return inEvent(c, "slot", func(ctx context.Context, who access.Actor, id, part int64, in slotEdit) error {
		var f errs.Fields
		edit := programme.SlotEdit{Title: in.Title, Pause: in.Pause, Starts: in.Starts.orNone(&f, "starts"), Ends: in.Ends.orNone(&f, "ends")}
		if err := f.Err(); err != nil {
			return err
		}
		slot, err := a.Programmes.EditSlot(ctx, who, id, part, edit)
		if err != nil {
			return err
		}
		return a.answerSlot(c, ctx, who, id, slot, false)
	})
}

func (a *API) removeSlot(c edge.Ctx) error {
	return inEvent(c, "slot", func(ctx context.Context, who access.Actor, id, part int64, _ nothing) error {
		if err := a.Programmes.RemoveSlot(ctx, who, id, part); err != nil {
			return err
		}
		return done(c)
	})
}

func (a *API) orderSlot(c edge.Ctx) error {
	return inEvent(c, "slot", func(ctx context.Context, who access.Actor, id, part int64, in order) error {
		if err := a.Programmes.OrderSlot(ctx, who, id, part, in.Room, in.Sessions); err != nil {
			return err
		}
		return done(c)
	})
}

type drawing struct {
	Template programme.SlotTemplate `json:"template"`
	Days     []int64                `json:"days"` // those without slots where none is given
}

func (a *API) drawSlots(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in drawing) error {
		if err := a.Programmes.DrawSlots(ctx, who, id, in.Template, in.Days, a.say(c)); err != nil {
			return err
		}
		plan, err := a.Programmes.Plan(ctx, who, id)
		if err != nil {
			return err
		}
		return ok(c, timeline.PlanOf(plan))
	})
}
