package web

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

func (s *Site) programmeRoutes() []route {
	all := []route{
		get("/g/:handle/events", s.groupProgrammes),
		get("/e/:id", s.programme), get("/e/:id/changes", s.programmeChanges), get("/e/:id/s/:session", s.session),
		get("/e/:id/print", s.printProgramme), get("/e/:id/embed", s.embedProgramme), get("/e/:id/screen", s.programmeScreen), get("/e/:id/share", s.shareProgramme),
	}
	return append(append(all, s.programmeBuildRoutes()...), s.eventGuestRoutes()...)
}

// planOf is the programme of the address as its readers meet it: what was published,
// also for those who convene, unless they ask for what they work on or there is
// nothing published yet.
func (s *Site) planOf(c edge.Ctx) (programme.Plan, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return programme.Plan{}, err
	}
	plan, err := s.Programmes.Plan(ctx(c), edge.Who(c), id)
	if err != nil || !plan.Working || plan.Published == 0 || c.QueryParam("show") == "draft" {
		return plan, err
	}
	return s.Programmes.Published(ctx(c), edge.Who(c), id)
}

// programme shows a programme by day and room.
func (s *Site) programme(c edge.Ctx) error {
	plan, err := s.planOf(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	p := view.ProgrammePage{Frame: s.frame(c), Draft: plan.Working, Description: rendered(plan.DescriptionHTML)}
	if p.Programme, p.LastSeq, err = s.headOf(c, plan.Programme); err != nil {
		return err
	}
	table := timetableOf(plan, ownZone(c), s.Now())
	if table.mine, err = s.mySessions(c, plan); err != nil {
		return err
	}
	p.AskZone = table.own == nil && who.Person == 0
	shown, filter, err := table.filtered(c)
	if err != nil {
		return err
	}
	p.Filter, p.Rooms = filter, shown.rooms(false)
	if p.Days = shown.days(p.Rooms, false); filter.Any() {
		p.Days = filled(p.Days)
	}
	p.Now, p.Next, p.NextAt = shown.around(0)
	for _, one := range table.inTime() {
		if table.mine[one.ID] != "" && table.spans[one.ID].End.After(table.now) {
			p.Mine = append(p.Mine, table.dated(one))
		}
	}
	p.Proposed, p.Undiscussed = table.unplaced(), undiscussed(who, plan)
	if p.Programme.Agenda() {
		p.Late, p.Now, p.Next = table.late(), nil, nil
	}
	if plan.Published > 1 {
		if p.Changes, _, err = s.versions(c, plan, page.Page{Limit: 1}); err != nil {
			return err
		}
	}
	return s.ok(c, p)
}

// headOf is the head of a programme's pages, with how far its timeline is.
func (s *Site) headOf(c edge.Ctx, p programme.Programme) (view.ProgrammeHead, int64, error) {
	who := edge.Who(c)
	head := programmeHead(who, p)
	seq, t, err := s.lastSeq(ctx(c), who, p.ThreadID)
	if err != nil {
		return head, 0, err
	}
	head.Thread = threadHead(t)
	if head.Rights.Convene && p.Published > 0 {
		head.Unpublished, head.Drafts, err = s.unpublished(c, p.ID)
	}
	return head, seq, err
}

// session shows a session whole.
func (s *Site) session(c edge.Ctx) error {
	return s.showSession(c, http.StatusOK, func(*view.SessionPage) {})
}

// sessionOf is the session of the address with the plan that it stands in: for those
// who convene the one that they work on.
func (s *Site) sessionOf(c edge.Ctx) (programme.Plan, programme.Session, error) {
	none := programme.Plan{}
	id, err := edge.ID(c, "id")
	if err != nil {
		return none, programme.Session{}, err
	}
	session, err := edge.ID(c, "session")
	if err != nil {
		return none, programme.Session{}, err
	}
	plan, found, err := s.Programmes.InPlan(ctx(c), edge.Who(c), session)
	if err == nil && plan.ID != id {
		return none, programme.Session{}, errs.New(errs.NotFound, "error.not_found")
	}
	return plan, found, err
}

func (s *Site) showSession(c edge.Ctx, status int, change func(*view.SessionPage)) error {
	plan, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	table := timetableOf(plan, ownZone(c), s.Now())
	if table.mine, err = s.mySessions(c, plan); err != nil {
		return err
	}
	p := view.SessionPage{Frame: s.frame(c), Card: table.card(one), Description: rendered(one.DescriptionHTML), Notes: rendered(one.NotesHTML),
		Hosts: speakersOf(one.Hosts), ProposedBy: personOf(one.ProposedBy)}
	if p.Programme, p.LastSeq, err = s.headOf(c, plan.Programme); err != nil {
		return err
	}
	if room, ok := plan.Room(one.RoomID); ok {
		p.RoomNote, p.RoomLink = room.Note, room.Link
	}
	p.Material = materialOf(one.Material)
	if p.Waits, err = s.waits(c, plan, one); err != nil {
		return err
	}
	if p.TakeNotes, err = s.notesForm(who, one); err != nil {
		return err
	}
	if p.Themes, err = s.sessionThemes(c, one); err != nil {
		return err
	}
	if p.Talk, err = s.talkOf(c, one); err != nil {
		return err
	}
	if p.Signup, err = s.signupBox(c, plan, one, p.Card); err != nil {
		return err
	}
	p.Rights = sessionRights(who, one)
	if p.Cancel, err = s.form(nil); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

func sessionRights(who access.Actor, one programme.Session) view.SessionRights {
	may := func(do access.Action) bool { return access.May(who, do, one.Facts()) }
	return view.SessionRights{Edit: may(access.EditSession), Convene: may(access.EditProgramme), Notes: may(access.TakeNotes),
		Delete: may(access.EditProgramme) && one.Published == 0 && (!one.PutForward || one.ProposedBy.ID == who.Person)}
}

// sessionThemes are the themes of a session with how many support each.
func (s *Site) sessionThemes(c edge.Ctx, one programme.Session) ([]view.SessionTheme, error) {
	ids := make([]int64, len(one.Themes))
	for i, t := range one.Themes {
		ids[i] = t.ID
	}
	found, err := s.Themes.Themes(ctx(c), ids)
	if err != nil {
		return nil, err
	}
	var out []view.SessionTheme
	for _, t := range one.Themes {
		out = append(out, view.SessionTheme{ID: t.ID, Title: t.Title, Proposer: t.Proposer, Supporters: found[t.ID].SupportCount})
	}
	return out, nil
}

// printProgramme is the programme on paper, one page a day.
func (s *Site) printProgramme(c edge.Ctx) error {
	plan, err := s.planOf(c)
	if err != nil {
		return err
	}
	table := timetableOf(plan, nil, s.Now())
	if table.mine, err = s.mySessions(c, plan); err != nil {
		return err
	}
	table, filter, err := table.filtered(c)
	if err != nil {
		return err
	}
	p := view.ProgrammePrintPage{Frame: s.frame(c), Programme: programmeHead(edge.Who(c), plan.Programme), Rooms: table.rooms(false), Filter: filter}
	if p.Days = table.days(p.Rooms, false); filter.Any() {
		p.Days = filled(p.Days)
	}
	return s.ok(c, p)
}

// embedProgramme is the programme inside a page of another site. Whoever looks is a
// visitor there: nothing of a session here is read, and no cookie is set.
func (s *Site) embedProgramme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	plan, err := s.Programmes.Published(ctx(c), access.Visitor(), id)
	if err != nil {
		return err
	}
	edge.AllowFraming(c)
	table := timetableOf(plan, nil, s.Now())
	rooms := table.rooms(false)
	p := view.ProgrammeEmbedPage{Frame: view.Frame{Clock: view.Clock{Now: s.Now(), Zone: table.zone}, Forum: s.forumName(ctx(c)), Version: s.Version},
		Programme: programmeHead(access.Visitor(), plan.Programme), Rooms: rooms, Days: table.days(rooms, false)}
	h := c.Response().Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Language")
	return s.View.Render(late{c.Response(), http.StatusOK}, s.words(c).Lang(), p)
}

// programmeScreen is for the screen of a room, or of the entrance.
func (s *Site) programmeScreen(c edge.Ctx) error {
	room, err := edge.Number(c, "room")
	if err != nil {
		return err
	}
	plan, err := s.planOf(c)
	if err != nil {
		return err
	}
	table := timetableOf(plan, nil, s.Now())
	p := view.ProgrammeScreenPage{Frame: s.frame(c)}
	if room != 0 {
		i := slices.IndexFunc(table.rooms(true), func(r view.ProgrammeRoom) bool { return r.ID == room })
		if i < 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		p.Room = &table.rooms(true)[i]
	}
	p.Now, p.Next, p.NextAt = table.around(room)
	if p.Programme, p.LastSeq, err = s.headOf(c, plan.Programme); err != nil {
		return err
	}
	p.Programme.Rights = view.ProgrammeRights{} // nobody presses anything on it
	return s.ok(c, p)
}

// embedHeight is how high the frame is in which other sites show a programme, in
// pixels; it scrolls where there is more.
const embedHeight = 640

// shareProgramme tells how to take the programme elsewhere.
func (s *Site) shareProgramme(c edge.Ctx) error {
	plan, err := s.planOf(c)
	if err != nil {
		return err
	}
	p := view.ProgrammeSharePage{Frame: s.frame(c), Programme: programmeHead(edge.Who(c), plan.Programme), Rooms: timetableOf(plan, nil, s.Now()).rooms(true), Origin: s.edge.Origin()}
	if _, err := s.Programmes.Published(ctx(c), access.Visitor(), plan.ID); err == nil {
		p.Snippet = fmt.Sprintf(`<iframe src="%s" width="100%%" height="%d" title="%s"></iframe>`, p.Origin+p.Programme.Path("/embed"), embedHeight, html.EscapeString(plan.Title))
	}
	if p.Feeds, err = s.feedsOf(c, plan); err != nil {
		return err
	}
	return s.ok(c, p)
}

// groupProgrammes lists the programmes of a group.
func (s *Site) groupProgrammes(c edge.Ctx) error {
	head, g, err := s.groupHead(c, "programme")
	if err != nil {
		return err
	}
	who := edge.Who(c)
	p := view.GroupProgrammesPage{Frame: s.frame(c), Group: head, CanStart: access.May(who, access.StartProgrammeAlone, g.Facts())}
	list, err := s.Programmes.OfGroup(ctx(c), who, g.Handle, page.Page{Cursor: c.QueryParam("before")})
	if err != nil {
		return err
	}
	for _, one := range list.Items {
		line := programmeLine(who, one)
		today := s.Now().In(line.Zone).Format(time.DateOnly)
		if one.Last != "" && string(one.Last) < today {
			p.Past = append(p.Past, line)
		} else {
			p.Upcoming = append(p.Upcoming, line)
		}
	}
	slices.SortStableFunc(p.Upcoming, func(a, b view.ProgrammeLine) int {
		return cmp.Or(cmp.Compare(undated(a), undated(b)), a.First.Compare(b.First))
	})
	slices.SortStableFunc(p.Past, func(a, b view.ProgrammeLine) int { return b.First.Compare(a.First) })
	if list.Next != "" {
		p.Cursor.Older = head.URL() + "/events?before=" + list.Next
	}
	return s.ok(c, p)
}

// undated is 1 for a programme that has no day, which comes after those that have.
func undated(l view.ProgrammeLine) int {
	if l.Dated() {
		return 0
	}
	return 1
}
