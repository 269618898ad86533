package api

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/timeline"
)

// forEventGuests are about who comes to sessions, and what programs follow.
func (a *API) forEventGuests() []route {
	return []route{
		{get, "/events/{id}/signups", a.listSignups},
		{get, "/sessions/{id}/signups", a.listSessionSignups},
		{put, "/sessions/{id}/signup", a.signUpForSession},
		{del, "/sessions/{id}/signup", a.leaveSession},
		{put, "/sessions/{id}/attendance", a.takeAttendance},
		{post, "/sessions/{id}/thread", a.openSessionThread},
		{post, "/events/{id}/threads", a.openSessionThreads},
		{get, "/events/{id}/calendar", a.showCalendar},
		{put, "/events/{id}/calendar", a.makeCalendar},
		{del, "/events/{id}/calendar", a.revokeCalendar},
		{get, "/me/appointments", a.listAppointments},
	}
}

type signup struct {
	SessionID int64           `json:"session_id"`
	Person    timeline.Person `json:"person"`
	Place     int             `json:"place"` // in the order of coming
	Waiting   bool            `json:"waiting"`
	At        time.Time       `json:"at"`
	Came      *bool           `json:"came"` // null where nobody has looked
}

func signupOf(s programme.Signup) signup {
	return signup{s.SessionID, timeline.PersonOf(s.Person), s.Place, s.Waiting, s.At.UTC(), s.Came}
}

func (a *API) listSignups(c edge.Ctx) error { return a.signups(c, a.Programmes.SignupsOf) }

func (a *API) listSessionSignups(c edge.Ctx) error { return a.signups(c, a.Programmes.Signups) }

func (a *API) signups(c edge.Ctx, of func(context.Context, access.Actor, int64, page.Page) (page.List[programme.Signup], error)) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	found, err := of(c.Request().Context(), edge.Who(c), id, at)
	if err != nil {
		return err
	}
	return ok(c, paged(found, signupOf))
}

// seat is what somebody who has signed up has.
type seat struct {
	SessionID int64   `json:"session_id"`
	Waiting   bool    `json:"waiting"`
	Turn      int     `json:"turn"`    // among those who wait, from 1; 0 for whoever has a seat
	Clashes   []int64 `json:"clashes"` // sessions at the same time that one has signed up for
}

func (a *API) signUpForSession(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	got, clashes, err := a.Programmes.SignUp(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	out := seat{SessionID: id, Waiting: got.Waiting, Turn: got.Turn, Clashes: []int64{}}
	for _, s := range clashes {
		out.Clashes = append(out.Clashes, s.ID)
	}
	return ok(c, out)
}

func (a *API) leaveSession(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := a.Programmes.Leave(c.Request().Context(), edge.Who(c), id); err != nil {
		return err
	}
	return done(c)
}

// attendance names people by their handles.
type attendance struct {
	Came   []string `json:"came"`
	Absent []string `json:"absent"`
	Others *int     `json:"others"`
}

type attended struct {
	Came   int `json:"came"`
	Absent int `json:"absent"`
	Others int `json:"others"`
	All    int `json:"all"`
}

func (a *API) takeAttendance(c edge.Ctx) error {
	return withBody(c, func(ctx context.Context, who access.Actor, id int64, in attendance) error {
		_, s, err := a.Programmes.InPlan(ctx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.TakeAttendance, s.Facts()); err != nil {
			return err
		}
		byHandle, err := a.signedUp(ctx, who, id)
		if err != nil {
			return err
		}
		var f errs.Fields
		ids := func(field string, handles []string) []int64 {
			var out []int64
			for _, handle := range handles {
				if byHandle[handle] == 0 {
					f.Add(field, "attend.not_signed_up", errs.Args{"Name": handle})
				}
				out = append(out, byHandle[handle])
			}
			return out
		}
		wanted := programme.Attendance{Came: ids("came", in.Came), Absent: ids("absent", in.Absent), Others: in.Others}
		if err := f.Err(); err != nil {
			return err
		}
		now, err := a.Programmes.TakeAttendance(ctx, who, id, wanted)
		if err != nil {
			return err
		}
		return ok(c, attended{now.Came, now.Absent, now.Others, now.All()})
	})
}

// signedUp finds who has signed up for a session, by their handles.
func (a *API) signedUp(ctx context.Context, who access.Actor, session int64) (map[string]int64, error) {
	out := map[string]int64{}
	for at := (page.Page{Limit: page.Max}); ; {
		list, err := a.Programmes.Signups(ctx, who, session, at)
		if err != nil {
			return nil, err
		}
		for _, s := range list.Items {
			out[s.Person.Handle] = s.Person.ID
		}
		if at.Cursor = list.Next; at.Cursor == "" {
			return out, nil
		}
	}
}

func (a *API) openSessionThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	thread, err := a.Programmes.OpenTalk(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	return created(c, map[string]any{"thread_id": thread, "url": fmt.Sprintf("/t/%d", thread)}, "/threads/%d", thread)
}

func (a *API) openSessionThreads(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	opened, err := a.Programmes.OpenTalks(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	return ok(c, map[string]any{"opened": opened})
}

func (a *API) showCalendar(c edge.Ctx) error {
	return a.answerCalendar(c, a.Programmes.PrivateCalendar)
}

func (a *API) makeCalendar(c edge.Ctx) error {
	return a.answerCalendar(c, a.Programmes.NewPrivateCalendar)
}

// answerCalendar answers with the address of one's own calendar; empty for none.
func (a *API) answerCalendar(c edge.Ctx, of func(context.Context, access.Actor, int64) (string, error)) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	token, err := of(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	at := ""
	if token != "" {
		at = fmt.Sprintf("%s/e/%d/my/%s.ics", a.Edge.Origin(), id, token)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return ok(c, map[string]any{"url": at})
}

func (a *API) revokeCalendar(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := a.Programmes.Programme(c.Request().Context(), edge.Who(c), id); err != nil {
		return err
	}
	if err := a.Programmes.RevokePrivateCalendar(c.Request().Context(), edge.Who(c), id); err != nil {
		return err
	}
	return done(c)
}

type appointment struct {
	EventID   int64     `json:"event_id"`
	Event     string    `json:"event"`
	SessionID int64     `json:"session_id"`
	Session   string    `json:"session"`
	State     string    `json:"state"`
	StartsAt  time.Time `json:"starts_at"`
	EndsAt    time.Time `json:"ends_at"`
	Room      string    `json:"room"`
	SignedUp  bool      `json:"signed_up"`
	Waiting   bool      `json:"waiting"`
	Takes     bool      `json:"takes_part"` // speaks in it or hosts it
	URL       string    `json:"url"`
}

func (a *API) listAppointments(c edge.Ctx) error {
	who := edge.Who(c)
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	all, err := a.Programmes.Appointments(c.Request().Context(), who)
	if err != nil {
		return err
	}
	return ok(c, whole(all, func(one programme.Appointment) appointment {
		return appointment{EventID: one.Programme.ID, Event: one.Programme.Title, SessionID: one.Session.ID, Session: one.Session.Title, State: string(one.Session.State),
			StartsAt: one.Span.Start.UTC(), EndsAt: one.Span.End.UTC(), Room: one.Room, SignedUp: one.Seat != nil, Waiting: one.Seat != nil && one.Seat.Waiting,
			Takes: one.Takes, URL: one.Session.Path()}
	}))
}
