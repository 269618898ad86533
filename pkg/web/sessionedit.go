package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

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
