package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// unpublished is how many changes readers do not see yet.
func (s *Site) unpublished(c edge.Ctx, id int64) (changes, drafts int, err error) {
	pending, err := s.Programmes.Changes(ctx(c), edge.Who(c), id)
	if err != nil || !pending.Any {
		return 0, pending.Drafts, err
	}
	return max(1, len(pending.Changes)), pending.Drafts, nil
}

// addClashes puts what does not go together to the sessions, and lists it by session.
func (s *Site) addClashes(c edge.Ctx, t *timetable) ([]view.SessionClashes, error) {
	crowd, err := s.Programmes.Crowd(ctx(c), t.plan)
	if err != nil {
		return nil, err
	}
	t.clashes = map[int64][]view.Clash{}
	var out []view.SessionClashes
	at := map[int64]int{} // in out, by the first session
	for _, one := range programme.Clashes(t.plan, crowd) {
		clash := view.Clash{Kind: string(one.Kind), Text: one.Text()}
		for _, id := range one.Sessions {
			t.clashes[id] = append(t.clashes[id], clash)
		}
		head := view.Link{Text: one.Time, URL: "#builder"}
		var first int64
		if len(one.Sessions) > 0 {
			first = one.Sessions[0]
			head = view.Link{Text: one.Titles[0], URL: "#" + view.SessionCard{ID: first}.DOMID()}
		}
		i, known := at[first]
		if !known {
			i = len(out)
			at[first] = i
			out = append(out, view.SessionClashes{Session: head})
		}
		out[i].Clashes = append(out[i].Clashes, clash)
	}
	return out, nil
}

// versions are publications of a programme, the newest first, and where the list goes on.
func (s *Site) versions(c edge.Ctx, plan programme.Plan, at page.Page) ([]view.ProgrammeVersion, string, error) {
	list, err := s.Programmes.Versions(ctx(c), edge.Who(c), plan.ID, at)
	if err != nil {
		return nil, "", err
	}
	words, zone := s.words(c), eventZone(plan.Programme)
	out := make([]view.ProgrammeVersion, len(list.Items))
	for i, v := range list.Items {
		out[i] = view.ProgrammeVersion{Number: v.Number, At: v.At, By: personOf(v.By), Note: v.Note, Changes: changesOf(words, zone, plan, v.Changes)}
	}
	return out, list.Next, nil
}

// changesOf puts differences between versions into words. Links lead to sessions that
// are still there.
func changesOf(words *i18n.Localizer, zone *time.Location, plan programme.Plan, list []programme.Change) []view.ProgrammeChange {
	out := make([]view.ProgrammeChange, len(list))
	for i, one := range list {
		args := errs.Args{"From": one.From, "To": one.To, "Reason": one.Reason, "FromAt": timeIn(words, zone, one.FromAt), "ToAt": timeIn(words, zone, one.ToAt)}
		code := "schedule.change_" + string(one.Kind)
		switch {
		case one.Kind == programme.SessionMoved && one.ToAt == nil:
			code = "schedule.change_unplaced"
		case one.Kind == programme.SessionRoom && one.To == "":
			code = "schedule.change_no_room"
		case one.Kind == programme.SessionCancelled && one.Reason == "":
			code = "schedule.change_cancelled"
		case one.Kind == programme.SessionPeople && one.To != "":
			code = "schedule.change_people_now"
		case one.Kind == programme.DayAdded || one.Kind == programme.DayRemoved:
			args["Day"] = dayIn(words, zone, one.From+one.To)
		}
		out[i] = view.ProgrammeChange{Kind: string(one.Kind), Text: errs.Text{Code: code, Args: args}}
		if one.Session == 0 {
			continue
		}
		out[i].Session = view.Link{Text: one.Title}
		if _, ok := plan.Session(one.Session); ok {
			out[i].Session.URL = view.SessionCard{ID: one.Session, Programme: plan.ID}.URL()
		}
	}
	return out
}

func timeIn(words *i18n.Localizer, zone *time.Location, at *time.Time) string {
	if at == nil {
		return ""
	}
	return words.Date(*at, zone, i18n.Weekday) + ", " + words.Date(*at, zone, i18n.Clock)
}

func dayIn(words *i18n.Localizer, zone *time.Location, date string) string {
	at := noon(programme.Date(date), zone)
	if at.IsZero() {
		return date
	}
	return words.Date(at, zone, i18n.Day)
}

// programmeChanges lists the versions of a programme, or those since one that the
// reader knows.
func (s *Site) programmeChanges(c edge.Ctx) error {
	since, err := edge.Number(c, "since")
	if err != nil {
		return err
	}
	plan, err := s.planOf(c)
	if err != nil {
		return err
	}
	p := view.ProgrammeChangesPage{Frame: s.frame(c), Programme: programmeHead(edge.Who(c), plan.Programme), Since: int(since)}
	all, next, err := s.versions(c, plan, page.Page{Cursor: c.QueryParam("before")})
	if err != nil {
		return err
	}
	for _, v := range all {
		if int64(v.Number) > since {
			p.Versions = append(p.Versions, v)
		}
	}
	if next != "" && len(p.Versions) == len(all) {
		p.Next = p.Programme.Path("/changes?" + url.Values{"before": {next}, "since": {strconv.FormatInt(since, 10)}}.Encode())
	}
	return s.ok(c, p)
}

// publishPage shows what publishing will change.
func (s *Site) publishPage(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showPublish(c, http.StatusOK, form, view.Form{})
}

// showPublish shows the form that publishes, and the one that confirms drafts.
func (s *Site) showPublish(c edge.Ctx, status int, form, confirm view.Form) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	p := view.ProgrammePublishPage{Frame: s.frame(c), Form: form, Confirm: confirm, Revision: plan.Revision, Days: len(plan.Days)}
	if p.Programme, _, err = s.headOf(c, plan.Programme); err != nil {
		return err
	}
	pending, err := s.Programmes.Changes(ctx(c), edge.Who(c), plan.ID)
	if err != nil {
		return err
	}
	p.Changes, p.Any = changesOf(s.words(c), eventZone(plan.Programme), plan, pending.Changes), pending.Any
	crowd, err := s.Programmes.Crowd(ctx(c), plan)
	if err != nil {
		return err
	}
	p.Clashes = len(programme.Clashes(plan, crowd))
	for _, one := range plan.Sessions {
		switch {
		case one.State == programme.Draft:
			p.Drafts = append(p.Drafts, view.Draft{ID: one.ID, Title: one.Title, Placed: one.SlotID != 0, URL: view.SessionCard{ID: one.ID, Programme: plan.ID}.URL()})
		case one.State == programme.Confirmed && one.SlotID == 0:
			p.Unplaced++
		}
	}
	return s.show(c, status, p)
}

// publish makes what was worked on what everybody reads.
func (s *Site) publish(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if form.Get("do") == "confirm" {
		return s.confirmDrafts(c, id, form)
	}
	revision, _ := strconv.Atoi(form.Get("revision"))
	if _, err = s.Programmes.Publish(ctx(c), edge.Who(c), id, form.Get("note"), revision); err == nil || store.IsReplay(err) {
		return seeOther(c, eventPath(id, ""))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showPublish(c, http.StatusUnprocessableEntity, again, view.Form{})
}

// confirmDrafts agrees to the drafts that are ticked, and comes back to what is to be
// published.
func (s *Site) confirmDrafts(c edge.Ctx, id int64, form url.Values) error {
	err := s.Programmes.ConfirmDrafts(ctx(c), edge.Who(c), id, tickedIDs(form, "confirm"))
	if err == nil {
		return seeOther(c, eventPath(id, "/publish"))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	fresh, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showPublish(c, http.StatusUnprocessableEntity, fresh, again)
}

// planPage proposes where sessions go, and says what that gains.
func (s *Site) planPage(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	p := view.ProgrammePlanPage{Frame: s.frame(c), All: c.QueryParam("all") != ""}
	if p.Programme, _, err = s.headOf(c, plan.Programme); err != nil {
		return err
	}
	found, err := s.Programmes.Proposal(ctx(c), edge.Who(c), plan.ID, programme.Wish{All: p.All})
	if err != nil {
		return err
	}
	if p.Form, err = s.form(nil); err != nil {
		return err
	}
	p.Before, p.After = view.PlanCost(found.Before), view.PlanCost(found.After)
	p.Proven, p.Left, p.Revision = found.Proven, len(found.Left), found.Revision
	table := timetableOf(plan, nil, s.Now())
	for _, m := range found.Moves {
		one, ok := plan.Session(m.Session)
		if !ok {
			continue
		}
		p.Moves = append(p.Moves, view.PlanMove{Session: table.card(one), From: table.place(one.SlotID, one.RoomID, nil), To: table.place(m.SlotID, m.RoomID, m.Begins)})
		p.Plan = append(p.Plan, view.ListOption{Value: "move", Text: moveText(m)})
	}
	return s.ok(c, p)
}

// place is a slot and a room in words.
func (t timetable) place(slot, room int64, begins *int) view.PlanPlace {
	found, ok := t.plan.Slot(slot)
	if !ok {
		return view.PlanPlace{}
	}
	out := view.PlanPlace{At: t.plan.SlotSpan(found).Start, Zone: t.zone}
	if begins != nil {
		out.At = out.At.Add(time.Duration(*begins) * time.Minute)
	}
	if r, ok := t.plan.Room(room); ok {
		out.Room = r.Name
	}
	return out
}

// moveText is a move of a plan as the form carries it; parseMove reads it again.
func moveText(m programme.Move) string {
	return fmt.Sprintf("%d:%d:%d:%s:%s", m.Session, m.SlotID, m.RoomID, numberText(m.Begins), numberText(m.Position))
}

func numberText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func parseMove(text string) (programme.Move, bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 5 {
		return programme.Move{}, false
	}
	var m programme.Move
	for i, to := range []*int64{&m.Session, &m.SlotID, &m.RoomID} {
		n, err := strconv.ParseInt(parts[i], 10, 64)
		if err != nil {
			return m, false
		}
		*to = n
	}
	for i, to := range []**int{&m.Begins, &m.Position} {
		if parts[3+i] == "" {
			continue
		}
		n, err := strconv.Atoi(parts[3+i])
		if err != nil {
			return m, false
		}
		*to = &n
	}
	return m, true
}

// acceptPlan puts sessions where a proposal wants them.
func (s *Site) acceptPlan(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var moves []programme.Move
	for _, text := range form["move"] {
		m, ok := parseMove(text)
		if !ok {
			return errs.New(errs.Conflict, "programme.edited_meanwhile")
		}
		moves = append(moves, m)
	}
	revision, _ := strconv.Atoi(form.Get("revision"))
	if err := s.Programmes.Apply(ctx(c), edge.Who(c), id, moves, revision); err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, eventPath(id, "/edit"))
}
