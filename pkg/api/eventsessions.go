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

// answerSession answers with a session as whoever asks may work on it, and when it is.
func (a *API) answerSession(ctx context.Context, c edge.Ctx, who access.Actor, s programme.Session, isNew bool) error {
	plan, err := a.Programmes.Plan(ctx, who, s.ProgrammeID)
	if err != nil {
		return err
	}
	shape := timeline.SessionOf(s, programme.When(plan))
	if isNew {
		return created(c, shape, "/sessions/%d", s.ID)
	}
	return ok(c, shape)
}

// onSession calls a room with the session in the path and the body, and answers with
// the session.
func onSession[T any](a *API, c edge.Ctx, do func(ctx context.Context, who access.Actor, id int64, in T) (programme.Session, error)) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in T) error {
		s, err := do(ctx, who, id, in)
		if err != nil {
			return err
		}
		return a.answerSession(ctx, c, who, s, false)
	})
}

// participant is a speaker or host in a body: a handle as "@ana", a name, or an object.
type participant struct {
	Handle      string `json:"handle"`
	Name        string `json:"name"`
	Affiliation string `json:"affiliation"`
}

// UnmarshalJSON reads a string or an object.
func (p *participant) UnmarshalJSON(data []byte) error {
	if data[0] != '"' {
		type bare participant
		return json.Unmarshal(data, (*bare)(p))
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err //nolint:wrapcheck // edge puts it into words
	}
	if len(text) > 0 && text[0] == '@' {
		p.Handle = text
	} else {
		p.Name = text
	}
	return nil
}

func someone(all []participant) []programme.NewSomeone {
	var out []programme.NewSomeone
	for _, p := range all {
		out = append(out, programme.NewSomeone{Handle: p.Handle, Name: p.Name, Affiliation: p.Affiliation})
	}
	return out
}

type newSession struct {
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Minutes     int             `json:"minutes"`
	Capacity    int             `json:"capacity"`
	Speakers    []participant   `json:"speakers"`
	Hosts       []participant   `json:"hosts"`
	Themes      []int64         `json:"themes"`
	Material    []newMaterial   `json:"material"`
	State       programme.State `json:"state"` // draft, confirmed or proposed; empty for what suits whoever asks
}

func (a *API) addSession(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in newSession) error {
		of, err := a.Programmes.Programme(ctx, who, id)
		if err != nil {
			return err
		}
		wanted := programme.NewSession{Title: in.Title, Description: in.Description, Minutes: in.Minutes, Capacity: in.Capacity,
			Speakers: someone(in.Speakers), Hosts: someone(in.Hosts), Themes: in.Themes, Material: material(in.Material), Confirmed: in.State == programme.Confirmed}
		state := in.State
		if state == "" {
			state = programme.Proposed
			if programme.Convenes(who, of.Facts()) {
				state = programme.Draft
			}
		}
		var s programme.Session
		switch state {
		case programme.Proposed:
			s, err = a.Programmes.ProposeSession(ctx, who, id, wanted)
		case programme.Draft, programme.Confirmed:
			s, err = a.Programmes.CreateSession(ctx, who, id, wanted)
		default:
			err = wrongState("field.choose")
		}
		if err != nil {
			return err
		}
		return a.answerSession(ctx, c, who, s, true)
	})
}

func (a *API) showSession(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	plan, s, err := a.Programmes.InPlan(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	return ok(c, timeline.SessionOf(s, programme.When(plan)))
}

// sessionEdit is either what a session is to say, or a new state. A list that is given
// is the whole list.
type sessionEdit struct {
	Title       *string         `json:"title"`
	Description *string         `json:"description"`
	Minutes     *int            `json:"minutes"`
	Capacity    *int            `json:"capacity"`
	Speakers    *[]participant  `json:"speakers"`
	Hosts       *[]participant  `json:"hosts"`
	Themes      *[]int64        `json:"themes"`
	Material    *[]newMaterial  `json:"material"`
	Notes       *string         `json:"notes"`
	Version     int             `json:"version"`
	State       programme.State `json:"state"`
	Reason      string          `json:"reason"`
}

func (in sessionEdit) edit() programme.SessionEdit {
	out := programme.SessionEdit{Title: in.Title, Description: in.Description, Minutes: in.Minutes, Capacity: in.Capacity, Themes: in.Themes,
		Notes: in.Notes, Version: in.Version}
	if in.Speakers != nil {
		out.Speakers = new(someone(*in.Speakers))
	}
	if in.Hosts != nil {
		out.Hosts = new(someone(*in.Hosts))
	}
	if in.Material != nil {
		out.Material = new(material(*in.Material))
	}
	return out
}

// words reports whether the body says anything but a state.
func (in sessionEdit) words() bool {
	return in.Title != nil || in.Description != nil || in.Minutes != nil || in.Capacity != nil || in.Speakers != nil || in.Hosts != nil ||
		in.Themes != nil || in.Material != nil || in.Notes != nil
}

func (a *API) editSession(c edge.Ctx) error {
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, in sessionEdit) (programme.Session, error) {
		switch {
		case in.State == "":
			return a.Programmes.EditSession(ctx, who, id, in.edit())
		case in.words():
			return programme.Session{}, wrongState("theme.state_alone")
		}
		return a.setSessionState(ctx, who, id, in.State, in.Reason)
	})
}

// setSessionState does what leads from the session's state to the one asked for.
func (a *API) setSessionState(ctx context.Context, who access.Actor, id int64, state programme.State, reason string) (programme.Session, error) {
	switch state {
	case programme.Cancelled:
		return a.Programmes.CancelSession(ctx, who, id, reason)
	case programme.Confirmed, programme.Proposed, programme.Draft:
	default:
		return programme.Session{}, wrongState("field.choose")
	}
	now, err := a.Programmes.Working(ctx, who, id)
	switch {
	case err != nil:
		return programme.Session{}, err
	case now.State == programme.Cancelled:
		return a.Programmes.RestoreSession(ctx, who, id)
	case state == programme.Confirmed:
		return a.Programmes.ConfirmSession(ctx, who, id)
	}
	return a.Programmes.UnconfirmSession(ctx, who, id)
}

func (a *API) deleteSession(c edge.Ctx) error { return answerNothing(c, a.Programmes.DeleteSession) }

// roomID is a room in a body. Several are refused with words that say why.
type roomID struct {
	id      int64
	several bool
}

// UnmarshalJSON reads an id, or nothing; a list is kept as such.
func (r *roomID) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		var ids []int64
		if err := json.Unmarshal(data, &ids); err != nil {
			return err //nolint:wrapcheck // edge puts it into words
		}
		r.several = true
		return nil
	}
	var id *int64
	err := json.Unmarshal(data, &id)
	if id != nil {
		r.id = *id
	}
	return err //nolint:wrapcheck // edge puts it into words
}

type placing struct {
	SlotID   int64  `json:"slot_id"`
	RoomID   roomID `json:"room_id"`
	Begins   *int   `json:"begins"`
	Position *int   `json:"position"`
	Revision int    `json:"revision"`
}

func (in placing) placing() (programme.Placing, error) {
	if in.RoomID.several {
		var f errs.Fields
		f.Add("room_id", "programme.one_room")
		return programme.Placing{}, f.Err()
	}
	return programme.Placing{SlotID: in.SlotID, RoomID: in.RoomID.id, Begins: in.Begins, Position: in.Position}, nil
}

// asPlacing gives complaints about a place the names of the body's fields.
func asPlacing(err error) error { return renamed(renamed(err, "slot", "slot_id"), "room", "room_id") }

func (a *API) placeSession(c edge.Ctx) error {
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, in placing) (programme.Session, error) {
		at, err := in.placing()
		if err != nil {
			return programme.Session{}, err
		}
		s, err := a.Programmes.Place(ctx, who, id, at, in.Revision)
		return s, asPlacing(err)
	})
}

func (a *API) unplaceSession(c edge.Ctx) error {
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, _ nothing) (programme.Session, error) {
		return a.Programmes.Unplace(ctx, who, id, 0)
	})
}

type newParticipant struct {
	participant
	Part programme.Part `json:"part"`
}

// UnmarshalJSON reads an object: the participant's own shape would hide the part.
func (p *newParticipant) UnmarshalJSON(data []byte) error {
	var in struct {
		Handle      string         `json:"handle"`
		Name        string         `json:"name"`
		Affiliation string         `json:"affiliation"`
		Part        programme.Part `json:"part"`
	}
	err := json.Unmarshal(data, &in)
	p.participant, p.Part = participant{in.Handle, in.Name, in.Affiliation}, in.Part
	return err //nolint:wrapcheck // edge puts it into words
}

func (a *API) addParticipant(c edge.Ctx) error {
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, in newParticipant) (programme.Session, error) {
		s, err := a.Programmes.AddPerson(ctx, who, id, in.Part, someone([]participant{in.participant})[0])
		field := "name"
		if in.Handle != "" {
			field = "handle"
		}
		return s, renamed(renamed(err, "speakers", field), "hosts", field)
	})
}

// onPart calls a room with the session and a part of it in the path.
func (a *API) onPart(c edge.Ctx, name string, do func(ctx context.Context, who access.Actor, session, part int64) (programme.Session, error)) error {
	part, err := edge.ID(c, name)
	if err != nil {
		return err
	}
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, _ nothing) (programme.Session, error) {
		return do(ctx, who, id, part)
	})
}

func (a *API) removeParticipant(c edge.Ctx) error {
	return a.onPart(c, "part", a.Programmes.RemovePerson)
}

func (a *API) addSessionTheme(c edge.Ctx) error {
	return a.onPart(c, "theme", func(ctx context.Context, who access.Actor, session, part int64) (programme.Session, error) {
		s, err := a.Programmes.AddTheme(ctx, who, session, part)
		return s, renamed(err, "themes", "theme")
	})
}

func (a *API) removeSessionTheme(c edge.Ctx) error {
	return a.onPart(c, "theme", a.Programmes.RemoveTheme)
}

type sessionThemeMove struct {
	To int64 `json:"to"`
}

func (a *API) moveSessionTheme(c edge.Ctx) error {
	theme, err := edge.ID(c, "theme")
	if err != nil {
		return err
	}
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, in sessionThemeMove) (programme.Session, error) {
		return a.Programmes.MoveTheme(ctx, who, id, theme, in.To)
	})
}

type newMaterial struct {
	Title string `json:"title"`
	Link  string `json:"link"`
}

func material(all []newMaterial) []programme.NewMaterial {
	var out []programme.NewMaterial
	for _, m := range all {
		out = append(out, programme.NewMaterial(m))
	}
	return out
}

func (a *API) addMaterial(c edge.Ctx) error {
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, in newMaterial) (programme.Session, error) {
		return a.Programmes.AddMaterial(ctx, who, id, programme.NewMaterial(in))
	})
}

func (a *API) removeMaterial(c edge.Ctx) error {
	return a.onPart(c, "material", a.Programmes.RemoveMaterial)
}

type notes struct {
	Notes   string `json:"notes"`
	Version int    `json:"version"`
}

func (a *API) setNotes(c edge.Ctx) error {
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, in notes) (programme.Session, error) {
		return a.Programmes.SetNotes(ctx, who, id, in.Notes, in.Version)
	})
}

// minutesTaken is either what happens now, or how many minutes it were.
type minutesTaken struct {
	Now   string `json:"now"` // "start" or "finish"; empty for Taken
	Taken *int   `json:"taken"`
}

func (a *API) setMinutes(c edge.Ctx) error {
	return onSession(a, c, func(ctx context.Context, who access.Actor, id int64, in minutesTaken) (programme.Session, error) {
		switch in.Now {
		case "start":
			return a.Programmes.StartItem(ctx, who, id)
		case "finish":
			return a.Programmes.FinishItem(ctx, who, id)
		case "":
			s, err := a.Programmes.SetTaken(ctx, who, id, in.Taken)
			return s, renamed(err, "minutes", "taken")
		}
		var f errs.Fields
		f.Add("now", "field.choose")
		return programme.Session{}, f.Err()
	})
}
