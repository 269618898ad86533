package api

import (
	"context"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/programme"
	"plenary/pkg/timeline"
)

// clash is something that does not go together, with its words.
type clash struct {
	Kind     programme.ClashKind `json:"kind"`
	Sessions []int64             `json:"sessions"`
	SlotID   int64               `json:"slot_id,omitempty"`
	RoomID   int64               `json:"room_id,omitempty"`
	Person   string              `json:"person,omitempty"`
	Count    int                 `json:"count,omitempty"`
	Seats    int                 `json:"seats,omitempty"`
	Text     string              `json:"text"`
}

func (a *API) listClashes(c edge.Ctx) error {
	words := a.Edge.WordsFor(c)
	return answerWith(c, a.Programmes.Clashes, func(all []programme.Clash) list[clash] {
		return whole(all, func(one programme.Clash) clash {
			text := one.Text()
			return clash{Kind: one.Kind, Sessions: append([]int64{}, one.Sessions...), SlotID: one.SlotID, RoomID: one.RoomID, Person: one.Person,
				Count: one.Count, Seats: one.Seats, Text: words.T(text.Code, text.Args)}
		})
	})
}

type wish struct {
	All    bool    `json:"all"`
	Pinned []int64 `json:"pinned"`
	Seed   int64   `json:"seed"`
}

type planFigures struct {
	Unplaced int `json:"unplaced"`
	Torn     int `json:"torn"`
}

// proposedMove is where a session is to go; without a slot it is to have no place.
type proposedMove struct {
	Session int64 `json:"session"`
	SlotID  int64 `json:"slot_id"`
	RoomID  int64 `json:"room_id"`
	Begins  *int  `json:"begins"`
}

// arrangement is a proposal as the API answers it.
type arrangement struct {
	Moves    []proposedMove `json:"moves"`
	Left     []int64        `json:"left"`
	Before   planFigures    `json:"before"`
	After    planFigures    `json:"after"`
	Proven   bool           `json:"proven"`
	Steps    int            `json:"steps"`
	Revision int            `json:"revision"`
}

func (a *API) arrangeEvent(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in wish) error {
		found, err := a.Programmes.Proposal(ctx, who, id, programme.Wish(in))
		if err != nil {
			return err
		}
		out := arrangement{Moves: []proposedMove{}, Left: append([]int64{}, found.Left...), Before: planFigures(found.Before), After: planFigures(found.After),
			Proven: found.Proven, Steps: found.Steps, Revision: found.Revision}
		for _, m := range found.Moves {
			out.Moves = append(out.Moves, proposedMove{m.Session, m.SlotID, m.RoomID, m.Begins})
		}
		return ok(c, out)
	})
}

type application struct {
	Moves []struct {
		Session  int64  `json:"session"`
		SlotID   int64  `json:"slot_id"`
		RoomID   roomID `json:"room_id"`
		Begins   *int   `json:"begins"`
		Position *int   `json:"position"`
	} `json:"moves"`
	Revision int `json:"revision"`
}

func (a *API) applyArrangement(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in application) error {
		var moves []programme.Move
		for _, m := range in.Moves {
			at, err := placing{SlotID: m.SlotID, RoomID: m.RoomID, Begins: m.Begins}.placing()
			if err != nil {
				return renamed(err, "room_id", "moves")
			}
			moves = append(moves, programme.Move{Session: m.Session, Placing: at})
		}
		if err := a.Programmes.Apply(ctx, who, id, moves, in.Revision); err != nil {
			return err
		}
		plan, err := a.Programmes.Plan(ctx, who, id)
		if err != nil {
			return err
		}
		return ok(c, timeline.PlanOf(plan))
	})
}

type filling struct {
	Poll   int64   `json:"poll"`
	Themes []int64 `json:"themes"` // those that are scheduled and shortlisted where neither is given
}

func (a *API) fillEvent(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in filling) error {
		var made []programme.Session
		var err error
		switch {
		case in.Poll != 0 && len(in.Themes) > 0:
			var f errs.Fields
			f.Add("poll", "programme.poll_or_themes")
			return f.Err()
		case in.Poll != 0:
			made, err = a.Programmes.FillFromPoll(ctx, who, id, in.Poll)
		default:
			made, err = a.Programmes.FillFromThemes(ctx, who, id, in.Themes)
		}
		if err != nil {
			return err
		}
		return ok(c, whole(made, func(s programme.Session) timeline.Session { return timeline.SessionOf(s, nil) }))
	})
}

// agendaItem is an item of an agenda as the API answers it.
type agendaItem struct {
	Session    int64     `json:"session"`
	StartsAt   time.Time `json:"starts_at"` // as planned
	ExpectedAt time.Time `json:"expected_at"`
	Minutes    int       `json:"minutes"`
	Taken      int       `json:"taken"`
	Running    bool      `json:"running"`
	Over       bool      `json:"over"`
}

type agenda struct {
	Items   []agendaItem `json:"items"`
	Minutes int          `json:"minutes"`
	Taken   int          `json:"taken"`
	Late    int          `json:"late"`
}

func (a *API) showAgenda(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	slot, err := edge.ID(c, "slot")
	if err != nil {
		return err
	}
	room, err := edge.Number(c, "room")
	if err != nil {
		return err
	}
	plan, err := a.Programmes.Plan(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	if _, there := plan.Slot(slot); !there {
		return errs.New(errs.NotFound, "error.not_found")
	}
	goes := programme.AgendaOf(plan, slot, room, a.Now())
	out := agenda{Items: []agendaItem{}, Minutes: goes.Planned, Taken: goes.Taken, Late: goes.Late}
	for _, item := range goes.Items {
		out.Items = append(out.Items, agendaItem{item.Session, item.Planned.Start.UTC(), item.Expected.UTC(), item.Minutes, item.Taken, item.Running, item.Over})
	}
	return ok(c, out)
}
