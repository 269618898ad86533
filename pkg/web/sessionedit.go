package web

import (
	"net/http"
	"net/url"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

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
	form, err := edge.Form(c)
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
	unfit, err := s.withMaterial(c, form)
	if err != nil {
		return err
	}
	if err = unfit.Err(); err == nil {
		err = s.editTyped(c, plan, one, form)
	}
	if err == nil || store.IsReplay(err) {
		return seeOther(c, view.SessionCard{ID: one.ID, Programme: plan.ID}.URL())
	}
	again, err := s.again(form, renamed(err, "link", "material"))
	if err != nil {
		return err
	}
	return s.showSessionForm(c, http.StatusUnprocessableEntity, plan, &one, again)
}

// editTyped saves what was typed: all of it or nothing. Notes and the state are left
// alone where the form did not ask for them.
func (s *Site) editTyped(c edge.Ctx, plan programme.Plan, one programme.Session, form url.Values) error {
	in, err := typed(form)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	edit := programme.SessionEdit{Title: &in.title, Description: &in.description, Minutes: &in.minutes, Capacity: &in.capacity,
		Speakers: &in.speakers, Hosts: &in.hosts, Themes: &in.themes, Material: &in.material}
	edit.Version, _ = strconv.Atoi(form.Get("version"))
	if form.Has("notes") && access.May(who, access.TakeNotes, one.Facts()) {
		edit.Notes = &in.notes
	}
	if form.Has("state") && edits(who, plan) && one.State != programme.Cancelled {
		edit.Confirmed = &in.confirmed
	}
	_, err = s.Programmes.EditSession(ctx(c), who, one.ID, edit)
	return err
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
