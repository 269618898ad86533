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

// takeNotes keeps what was said in a session, which is read at once.
func (s *Site) takeNotes(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(form.Get("version")) // without one, whichever is current
	_, err = s.Programmes.SetNotes(ctx(c), edge.Who(c), one.ID, form.Get("notes"), version)
	if err == nil || store.IsReplay(err) {
		return seeOther(c, one.Path()+"#notes")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showSession(c, http.StatusUnprocessableEntity, func(p *view.SessionPage) { p.TakeNotes = again })
}

// notesForm is the form for the notes of a session; empty for whoever may not take
// them.
func (s *Site) notesForm(who access.Actor, one programme.Session) (view.Form, error) {
	if !access.May(who, access.TakeNotes, one.Facts()) {
		return view.Form{}, nil
	}
	return s.form(url.Values{"notes": {one.Notes}, "version": {strconv.Itoa(one.Version)}})
}

// waits reports whether somebody who may edit a session has changed it since it was
// published, so that its readers do not meet that yet.
func (s *Site) waits(c edge.Ctx, plan programme.Plan, one programme.Session) (bool, error) {
	who := edge.Who(c)
	if one.Published == 0 || plan.CancelledAt != nil || !access.May(who, access.EditSession, one.Facts()) {
		return false, nil
	}
	return s.Programmes.Rewritten(ctx(c), who, one.ID)
}
