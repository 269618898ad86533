package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/markup"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

// eventGuestRoutes are about who comes to sessions, and what they say there.
func (s *Site) eventGuestRoutes() []route {
	return []route{
		post("/e/:id/s/:session/signup", s.signUpForSession), post("/e/:id/s/:session/leave", s.leaveSession),
		get("/e/:id/s/:session/signups", s.sessionSignups), post("/e/:id/s/:session/attendance", s.takeAttendance),
		get("/e/:id/signups.csv", s.signupsCSV),
		post("/e/:id/talks", s.openTalks), post("/e/:id/s/:session/talk", s.openTalk),
		post("/e/:id/calendar", s.makeCalendar), post("/e/:id/calendar/revoke", s.revokeCalendar),
		get("/e/:id.ics", s.programmeCalendar), get("/e/:id/s/:session.ics", s.sessionCalendar), get("/e/:id/my/:token.ics", s.privateCalendar),
		get("/e/:id.atom", s.programmeFeed), get("/e/:id.json", s.programmeJSON),
	}
}

// mySessions are the sessions that the viewer has signed up for: "going", or
// "waiting" for a seat.
func (s *Site) mySessions(c edge.Ctx, plan programme.Plan) (map[int64]string, error) {
	mine, err := s.Programmes.Mine(ctx(c), edge.Who(c), plan.ID)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(mine))
	for id, seat := range mine {
		out[id] = standingOf(seat)
	}
	return out, nil
}

func standingOf(seat programme.Seat) string {
	if seat.Waiting {
		return "waiting"
	}
	return "going"
}

// signupBox is who comes to a session, and the viewer's own part in that.
func (s *Site) signupBox(c edge.Ctx, plan programme.Plan, one programme.Session, card view.SessionCard) (view.SignupBox, error) {
	who := edge.Who(c)
	may := func(do access.Action) bool { return access.May(who, do, one.Facts()) }
	box := view.SignupBox{Session: card, Shown: plan.TakesSignups && plan.Published > 0 && one.Published > 0 && one.State == programme.Confirmed}
	box.Calendar = one.Published > 0 && one.State == programme.Confirmed && card.Timed()
	if !box.Shown {
		return box, nil
	}
	over := card.Timed() && !s.Now().Before(card.Ends)
	mine, err := s.Programmes.Mine(ctx(c), who, plan.ID)
	if err != nil {
		return box, err
	}
	seat, signedUp := mine[one.ID]
	box.Mine, box.Turn, box.CanSignUp = signedUp, seat.Turn, may(access.SignUp) && !over
	if !who.SignedIn() && !over {
		box.SignInURL = "/signin?next=" + url.QueryEscape(card.URL())
	}
	if signedUp || box.CanSignUp {
		for _, other := range programme.Busy(plan, mine, one.ID) {
			box.Clashes = append(box.Clashes, view.Link{Text: other.Title, URL: other.Path()})
		}
	}
	if may(access.ReadSignups) {
		box.List, box.Attendance = card.Path("/signups"), may(access.TakeAttendance)
	}
	box.Attended, err = s.attendedOf(c, one.ID)
	return box, err
}

// attendedOf is how many came; nil where nobody has looked.
func (s *Site) attendedOf(c edge.Ctx, session int64) (*view.Attended, error) {
	came, err := s.Programmes.Attended(ctx(c), session)
	if err != nil || !came.Taken {
		return nil, err
	}
	return &view.Attended{Came: came.Came, Absent: came.Absent, Others: came.Others}, nil
}

// signUpForSession signs the viewer up. That it clashes with something is told, and
// no hindrance.
func (s *Site) signUpForSession(c edge.Ctx) error {
	return s.changeSignup(c, func(session int64) error {
		_, _, err := s.Programmes.SignUp(ctx(c), edge.Who(c), session)
		return err
	})
}

func (s *Site) leaveSession(c edge.Ctx) error {
	return s.changeSignup(c, func(session int64) error { return s.Programmes.Leave(ctx(c), edge.Who(c), session) })
}

func (s *Site) changeSignup(c edge.Ctx, change func(session int64) error) error {
	_, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	if err := change(one.ID); err != nil {
		return err
	}
	plan, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	table := timetableOf(plan, ownZone(c), s.Now())
	if table.mine, err = s.mySessions(c, plan); err != nil {
		return err
	}
	box, err := s.signupBox(c, plan, one, table.card(one))
	if err != nil {
		return err
	}
	return s.answer(c, view.SignedUp{Box: box}, one.Path()+"#signup")
}

// sessionSignups lists who comes to a session.
func (s *Site) sessionSignups(c edge.Ctx) error {
	return s.showSignups(c, http.StatusOK, nil)
}

// showSignups answers with who comes, and the form that notes who came: as it is
// noted, or as it came back rejected.
func (s *Site) showSignups(c edge.Ctx, status int, rejected *view.Form) error {
	plan, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	list, err := s.Programmes.Signups(ctx(c), who, one.ID, page.Page{Cursor: c.QueryParam("after"), Limit: page.Max})
	if err != nil {
		return err
	}
	card := timetableOf(plan, ownZone(c), s.Now()).card(one)
	p := view.SessionSignupsPage{Frame: s.frame(c), Programme: programmeHead(who, plan.Programme), Card: card,
		CanTake: access.May(who, access.TakeAttendance, one.Facts()), CanSave: access.May(who, access.EditProgramme, one.Facts()), Saved: c.QueryParam("saved") != ""}
	for _, one := range list.Items {
		line := view.SignupLine{Person: personOf(one.Person), At: one.At, Looked: one.Came != nil, Came: one.Came != nil && *one.Came}
		if one.Waiting {
			p.Waiting = append(p.Waiting, line)
		} else {
			p.Going = append(p.Going, line)
		}
	}
	if list.Next != "" {
		p.Next = card.Path("/signups?after=") + url.QueryEscape(list.Next)
	}
	if p.Attended, err = s.attendedOf(c, one.ID); err != nil {
		return err
	}
	if rejected != nil {
		p.Form = *rejected
	} else if p.Form, err = s.form(nil); err != nil {
		return err
	} else if p.Attended != nil {
		p.Form.Values = url.Values{"others": {strconv.Itoa(p.Attended.Others)}}
	}
	return s.show(c, status, p)
}

// takeAttendance notes who of those on the page came.
func (s *Site) takeAttendance(c edge.Ctx) error {
	_, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.TakeAttendance, one.Facts()); err != nil {
		return err
	}
	values, err := submitted(c)
	if err != nil {
		return err
	}
	in, err := attendanceIn(values)
	if err == nil {
		_, err = s.Programmes.TakeAttendance(ctx(c), edge.Who(c), one.ID, in)
	}
	if err == nil {
		return seeOther(c, one.Path()+"/signups?saved=1")
	}
	again, err := s.again(values, err)
	if err != nil {
		return err
	}
	return s.showSignups(c, http.StatusUnprocessableEntity, &again)
}

func attendanceIn(values url.Values) (programme.Attendance, error) {
	var f errs.Fields
	var in programme.Attendance
	ticked := map[string]bool{}
	for _, text := range values["came"] {
		ticked[text] = true
	}
	for _, text := range values["listed"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			f.Add("came", "field.choose")
			continue
		}
		if ticked[text] {
			in.Came = append(in.Came, id)
		} else {
			in.Absent = append(in.Absent, id)
		}
	}
	if text := values.Get("others"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			f.Add("others", "field.number")
		}
		in.Others = &n
	}
	return in, f.Err()
}

// signupsCSV saves who comes to all sessions, for those who convene.
func (s *Site) signupsCSV(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	found, err := s.Programmes.Programme(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if !programme.Convenes(edge.Who(c), found.Facts()) {
		return access.Check(edge.Who(c), access.EditProgramme, found.Facts())
	}
	var file bytes.Buffer
	if err := s.Programmes.WriteSignups(ctx(c), edge.Who(c), id, &file); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "private, no-store")
	attached(c, fmt.Sprintf("event-%d-signups.csv", id))
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

// openTalks opens the discussions of all sessions that have none.
func (s *Site) openTalks(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	if _, err := s.Programmes.OpenTalks(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, fmt.Sprintf("/e/%d", id))
}

func (s *Site) openTalk(c edge.Ctx) error {
	_, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	if _, err := s.Programmes.OpenTalk(ctx(c), edge.Who(c), one.ID); err != nil {
		return err
	}
	return seeOther(c, one.Path())
}

// talkStatement is how much of an outcome stands on a session's page, in runes.
const talkStatement = 600

// talkOf is the discussion of a session with what came of it. One that the viewer
// may not read is left out.
func (s *Site) talkOf(c edge.Ctx, one programme.Session) (view.SessionTalk, error) {
	who := edge.Who(c)
	if one.ThreadID == 0 {
		return view.SessionTalk{CanOpen: one.Published > 0 && one.State == programme.Confirmed && access.May(who, access.EditProgramme, one.Facts())}, nil
	}
	talk, err := s.Programmes.Talk(ctx(c), who, one)
	if errs.Is(err, errs.NotFound) {
		return view.SessionTalk{}, nil
	}
	if err != nil {
		return view.SessionTalk{}, err
	}
	out := view.SessionTalk{URL: talk.Thread.Path(), Comments: talk.Thread.CommentCount}
	for _, p := range talk.Polls {
		out.Polls = append(out.Polls, view.Link{Text: p.Title, URL: pollURL(p.ID)})
	}
	for _, p := range talk.Outcomes {
		out.Outcomes = append(out.Outcomes, view.TalkOutcome{Poll: view.Link{Text: p.Title, URL: pollURL(p.ID)}, Statement: markup.Excerpt(p.Outcome.Statement, talkStatement)})
	}
	return out, nil
}

// undiscussed counts the published sessions that have no discussion, for those who
// could open it.
func undiscussed(who access.Actor, plan programme.Plan) int {
	if plan.Working || !access.May(who, access.EditProgramme, plan.Facts()) {
		return 0
	}
	n := 0
	for _, one := range plan.Sessions {
		if one.ThreadID == 0 && one.State == programme.Confirmed {
			n++
		}
	}
	return n
}

// What is coming up on the first page.
const (
	homeAhead  = 6
	aheadUntil = 7 * 24 * time.Hour
)

// comingUp are the viewer's sessions of the next days.
func (s *Site) comingUp(c edge.Ctx) ([]view.AppointmentLine, error) {
	list, err := s.Programmes.Ahead(ctx(c), edge.Who(c), s.Now().Add(aheadUntil), homeAhead)
	if err != nil {
		return nil, err
	}
	out := make([]view.AppointmentLine, len(list))
	for i, one := range list {
		card := view.SessionCard{ID: one.Session.ID, Programme: one.Programme.ID, Title: one.Session.Title, State: string(one.Session.State),
			Starts: one.Span.Start, Ends: one.Span.End, Zone: eventZone(one.Programme), Own: ownZone(c), Room: one.Room, Taken: -1}
		if one.Seat != nil {
			card.Mine = standingOf(*one.Seat)
		}
		out[i] = view.AppointmentLine{Card: card, Event: view.Link{Text: one.Programme.Title, URL: one.Programme.Path()}, Takes: one.Takes}
	}
	return out, nil
}
