package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// sessionRowsFree is how many empty rows a form offers for further people, and for
// further material.
const sessionRowsFree = 2

// newSession is the form that makes a session, or puts one forward.
func (s *Site) newSession(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	plan, err := s.Programmes.Plan(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	values := url.Values{"state": {string(programme.Confirmed)}, "slot_id": {c.QueryParam("slot")}, "room_id": {c.QueryParam("room")}}
	if from := c.QueryParam("theme"); from != "" {
		values.Set("theme", from)
		theme, err := edge.Number(c, "theme")
		if err != nil {
			return err
		}
		t, err := s.Themes.Theme(ctx(c), edge.Who(c), theme)
		if err != nil {
			return err
		}
		values.Set("title", t.Title)
		values.Set("description", t.Description)
	}
	if !edits(edge.Who(c), plan) {
		values.Set("speaker", "@"+edge.Person(c).Handle)
	}
	form, err := s.form(values)
	if err != nil {
		return err
	}
	return s.showSessionForm(c, http.StatusOK, plan, nil, form)
}

// edits reports whether the actor builds the programme.
func edits(who access.Actor, p programme.Plan) bool {
	return access.May(who, access.EditProgramme, p.Facts())
}

func (s *Site) showSessionForm(c edge.Ctx, status int, plan programme.Plan, one *programme.Session, form view.Form) error {
	who := edge.Who(c)
	p := view.SessionFormPage{Frame: s.frame(c), Form: form, Proposing: !edits(who, plan)}
	if one == nil && p.Proposing {
		if err := access.Check(who, access.ProposeSession, plan.Facts()); err != nil {
			return err
		}
	}
	var err error
	if p.Programme, _, err = s.headOf(c, plan.Programme); err != nil {
		return err
	}
	table := timetableOf(plan, nil, s.Now())
	if one != nil {
		p.Session, p.Version = new(table.card(*one)), one.Version
		p.PutForward = one.PutForward
		p.TakesNotes = access.May(who, access.TakeNotes, one.Facts())
	}
	slot, _ := strconv.ParseInt(form.Value("slot_id"), 10, 64)
	room, _ := strconv.ParseInt(form.Value("room_id"), 10, 64)
	p.Slots, p.Rooms = s.placeChoices(c, table, slot, room)
	p.Speakers, p.Hosts = peopleRows(form, "speaker"), peopleRows(form, "host")
	links := form.Values["material_link"]
	for i, title := range form.Values["material_title"] {
		row := view.MaterialRow{Title: title}
		if i < len(links) {
			row.Link = links[i]
		}
		if row != (view.MaterialRow{}) {
			p.Material = append(p.Material, row)
		}
	}
	p.Material = append(p.Material, make([]view.MaterialRow, sessionRowsFree)...)
	if p.Themes, err = s.themeTicks(c, plan, form); err != nil {
		return err
	}
	return s.show(c, status, p)
}

func peopleRows(form view.Form, name string) []view.SpeakerRow {
	var out []view.SpeakerRow
	affiliations := form.Values[name+"_affiliation"]
	for i, typed := range form.Values[name] {
		row := view.SpeakerRow{Name: typed}
		if i < len(affiliations) {
			row.Affiliation = affiliations[i]
		}
		if row != (view.SpeakerRow{}) {
			out = append(out, row)
		}
	}
	return append(out, make([]view.SpeakerRow, sessionRowsFree)...)
}

// themeTicks are the themes of the discussion that a session may deal with, and those
// that it deals with already.
func (s *Site) themeTicks(c edge.Ctx, plan programme.Plan, form view.Form) ([]view.ThemeTick, error) {
	list, err := s.Themes.OfThread(ctx(c), edge.Who(c), plan.ThreadID, theme.ThemesQuery{Order: theme.BySupport, Page: allThemes})
	if err != nil {
		return nil, err
	}
	var out []view.ThemeTick
	for _, t := range list.Items {
		chosen := form.Has("theme", strconv.FormatInt(t.ID, 10))
		if chosen || t.State == access.Proposed || t.State == access.Shortlisted || t.State == access.Scheduled {
			out = append(out, view.ThemeTick{SessionTheme: view.SessionTheme{ID: t.ID, Title: t.Title, Proposer: t.Proposer.Name, Supporters: t.SupportCount}, Chosen: chosen})
		}
	}
	return out, nil
}

// typedSession is what somebody has typed into the form of a session.
type typedSession struct {
	title, description string
	minutes, capacity  int
	speakers, hosts    []programme.NewSomeone
	themes             []int64
	material           []programme.NewMaterial
	confirmed          bool
	notes              string
}

func typed(form url.Values) (typedSession, error) {
	var f errs.Fields
	in := typedSession{title: form.Get("title"), description: form.Get("description"), minutes: int(number(&f, form, "minutes")), capacity: int(number(&f, form, "capacity")),
		speakers: someone(form, "speaker"), hosts: someone(form, "host"), confirmed: form.Get("state") == string(programme.Confirmed), notes: form.Get("notes")}
	for _, text := range form["theme"] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && !slices.Contains(in.themes, id) {
			in.themes = append(in.themes, id)
		}
	}
	links := form["material_link"]
	for i, title := range form["material_title"] {
		m := programme.NewMaterial{Title: strings.TrimSpace(title)}
		if i < len(links) {
			m.Link = strings.TrimSpace(links[i])
		}
		if m.Title == "" {
			m.Title = m.Link
		}
		if m.Link != "" || m.Title != "" {
			in.material = append(in.material, m)
		}
	}
	return in, f.Err()
}

// someone are the speakers or hosts of the form: "@handle" of an account, or a name.
func someone(form url.Values, name string) []programme.NewSomeone {
	var out []programme.NewSomeone
	affiliations := form[name+"_affiliation"]
	for i, text := range form[name] {
		text = strings.TrimSpace(text)
		one := programme.NewSomeone{Name: text}
		if handle, is := strings.CutPrefix(text, "@"); is {
			one = programme.NewSomeone{Handle: handle}
		} else if i < len(affiliations) {
			one.Affiliation = strings.TrimSpace(affiliations[i])
		}
		if text != "" {
			out = append(out, one)
		}
	}
	return out
}

// makeSession makes a session, or puts one forward, and places it where that was asked.
func (s *Site) makeSession(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	plan, err := s.Programmes.Plan(ctx(c), who, id)
	if err != nil {
		return err
	}
	made, err := s.makeTyped(c, plan, form)
	switch {
	case err == nil && edits(who, plan):
		return seeOther(c, eventPath(id, "/edit#")+view.SessionCard{ID: made}.DOMID())
	case err == nil:
		return seeOther(c, view.SessionCard{ID: made, Programme: id}.URL())
	case store.IsReplay(err):
		return seeOther(c, eventPath(id, ""))
	}
	again, err := s.again(form, renamed(err, "link", "material", "slot", "slot_id", "room", "room_id"))
	if err != nil {
		return err
	}
	return s.showSessionForm(c, http.StatusUnprocessableEntity, plan, nil, again)
}

func (s *Site) makeTyped(c edge.Ctx, plan programme.Plan, form url.Values) (int64, error) {
	in, err := typed(form)
	if err != nil {
		return 0, err
	}
	who := edge.Who(c)
	make := s.Programmes.ProposeSession
	if edits(who, plan) {
		make = s.Programmes.CreateSession
	}
	made := programme.NewSession{Title: in.title, Description: in.description, Minutes: in.minutes, Capacity: in.capacity,
		Speakers: in.speakers, Hosts: in.hosts, Themes: in.themes, Confirmed: in.confirmed}
	if edits(who, plan) {
		var f errs.Fields
		at := programme.Placing{SlotID: number(&f, form, "slot_id"), RoomID: number(&f, form, "room_id")}
		if err := f.Err(); err != nil {
			return 0, err
		}
		if made.Material = in.material; at.SlotID != 0 {
			made.At = &at
		}
	}
	one, err := make(ctx(c), who, plan.ID, made)
	return one.ID, err
}

// sessionForm is the form that changes a session.
func (s *Site) sessionForm(c edge.Ctx) error {
	plan, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	if one, err = s.Programmes.Working(ctx(c), edge.Who(c), one.ID); err != nil {
		return err
	}
	form, err := s.form(sessionValues(one))
	if err != nil {
		return err
	}
	return s.showSessionForm(c, http.StatusOK, plan, &one, form)
}

func sessionValues(one programme.Session) url.Values {
	values := url.Values{"title": {one.Title}, "description": {one.Description}, "state": {string(one.State)}, "minutes": {numberOrNone(one.Minutes)}, "capacity": {numberOrNone(one.Capacity)}, "notes": {one.Notes}}
	for _, t := range one.Themes {
		values.Add("theme", strconv.FormatInt(t.ID, 10))
	}
	people := func(name string, list []programme.Someone) {
		for _, p := range list {
			text, affiliation := nameOf(p)
			values.Add(name, text)
			values.Add(name+"_affiliation", affiliation)
		}
	}
	people("speaker", one.Speakers)
	people("host", one.Hosts)
	for _, m := range one.Material {
		values.Add("material_title", m.Title)
		values.Add("material_link", m.Link)
	}
	return values
}

// nameOf is somebody as the form names them.
func nameOf(p programme.Someone) (text, affiliation string) {
	if p.Person != nil && p.Person.Handle != "" {
		return "@" + p.Person.Handle, ""
	}
	return p.Name, p.Affiliation
}

// editSession changes a session.
func (s *Site) editSession(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	plan, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	if one, err = s.Programmes.Working(ctx(c), who, one.ID); err != nil {
		return err
	}
	if err = s.editTyped(c, plan, one, form); err == nil || store.IsReplay(err) {
		return seeOther(c, view.SessionCard{ID: one.ID, Programme: plan.ID}.URL())
	}
	again, err := s.again(form, renamed(err, "link", "material"))
	if err != nil {
		return err
	}
	if one, err = s.Programmes.Working(ctx(c), who, one.ID); err != nil { // a part of it may have been kept
		return err
	}
	return s.showSessionForm(c, http.StatusUnprocessableEntity, plan, &one, again)
}

func (s *Site) editTyped(c edge.Ctx, plan programme.Plan, one programme.Session, form url.Values) error {
	in, err := typed(form)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	version, _ := strconv.Atoi(form.Get("version"))
	_, err = s.Programmes.EditSession(ctx(c), who, one.ID, programme.SessionEdit{Title: &in.title, Description: &in.description, Minutes: &in.minutes, Capacity: &in.capacity, Version: version})
	if err != nil {
		return err
	}
	for _, part := range []struct {
		part programme.Part
		have []programme.Someone
		want []programme.NewSomeone
	}{{programme.Speaker, one.Speakers, in.speakers}, {programme.Host, one.Hosts, in.hosts}} {
		if err := s.editPeople(c, one.ID, part.part, part.have, part.want); err != nil {
			return err
		}
	}
	if err := s.editThemes(c, one, in.themes); err != nil {
		return err
	}
	if err := s.editMaterial(c, one, in.material); err != nil {
		return err
	}
	if form.Has("notes") && in.notes != one.Notes && access.May(who, access.TakeNotes, one.Facts()) {
		if _, err := s.Programmes.SetNotes(ctx(c), who, one.ID, in.notes, 0); err != nil {
			return err
		}
	}
	return s.editState(c, plan, one, form)
}

// editState follows the radios that say how far the session has come.
func (s *Site) editState(c edge.Ctx, plan programme.Plan, one programme.Session, form url.Values) error {
	if !form.Has("state") || !edits(edge.Who(c), plan) || form.Get("state") == string(one.State) || one.State == programme.Cancelled {
		return nil
	}
	change := s.Programmes.UnconfirmSession
	if form.Get("state") == string(programme.Confirmed) {
		change = s.Programmes.ConfirmSession
	}
	_, err := change(ctx(c), edge.Who(c), one.ID)
	return err
}

// editPeople makes those who have a part in a session those of the form.
func (s *Site) editPeople(c edge.Ctx, session int64, part programme.Part, have []programme.Someone, want []programme.NewSomeone) error {
	same := func(p programme.Someone, n programme.NewSomeone) bool {
		text, affiliation := nameOf(p)
		return text == n.Name && affiliation == n.Affiliation || n.Handle != "" && strings.EqualFold(text, "@"+n.Handle)
	}
	who := edge.Who(c)
	for _, p := range have {
		if !slices.ContainsFunc(want, func(n programme.NewSomeone) bool { return same(p, n) }) {
			if _, err := s.Programmes.RemovePerson(ctx(c), who, session, p.ID); err != nil {
				return err
			}
		}
	}
	for _, n := range want {
		if !slices.ContainsFunc(have, func(p programme.Someone) bool { return same(p, n) }) {
			if _, err := s.Programmes.AddPerson(ctx(c), who, session, part, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Site) editThemes(c edge.Ctx, one programme.Session, want []int64) error {
	who := edge.Who(c)
	for _, t := range one.Themes {
		if !slices.Contains(want, t.ID) {
			if _, err := s.Programmes.RemoveTheme(ctx(c), who, one.ID, t.ID); err != nil {
				return err
			}
		}
	}
	for _, id := range want {
		if !slices.ContainsFunc(one.Themes, func(t programme.ThemeRef) bool { return t.ID == id }) {
			if _, err := s.Programmes.AddTheme(ctx(c), who, one.ID, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Site) editMaterial(c edge.Ctx, one programme.Session, want []programme.NewMaterial) error {
	who := edge.Who(c)
	same := func(m programme.Material, n programme.NewMaterial) bool {
		return m.Title == n.Title && m.Link == n.Link
	}
	for _, m := range one.Material {
		if !slices.ContainsFunc(want, func(n programme.NewMaterial) bool { return same(m, n) }) {
			if _, err := s.Programmes.RemoveMaterial(ctx(c), who, one.ID, m.ID); err != nil {
				return err
			}
		}
	}
	for _, n := range want {
		if !slices.ContainsFunc(one.Material, func(m programme.Material) bool { return same(m, n) }) {
			if _, err := s.Programmes.AddMaterial(ctx(c), who, one.ID, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// cancelSession calls a session off, with the reason that people are told.
func (s *Site) cancelSession(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	if _, err = s.Programmes.CancelSession(ctx(c), edge.Who(c), one.ID, form.Get("reason")); err == nil || store.IsReplay(err) {
		return seeOther(c, view.SessionCard{ID: one.ID, Programme: one.ProgrammeID}.URL())
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showSession(c, http.StatusUnprocessableEntity, func(p *view.SessionPage) { p.Cancel = again })
}

// deleteSession removes a session that nobody else knows of.
func (s *Site) deleteSession(c edge.Ctx) error {
	if _, err := submitted(c); err != nil {
		return err
	}
	_, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	if err := s.Programmes.DeleteSession(ctx(c), edge.Who(c), one.ID); err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, eventPath(one.ProgrammeID, "/edit"))
}
