package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// eventTemplates are what a programme begins from, in the order of the form.
var eventTemplates = []string{string(programme.Meeting), string(programme.Assembly), string(programme.OpenSpace), string(programme.Congress)}

// newProgramme is the form that begins a programme: in a thread, or in a group with a
// thread of its own.
func (s *Site) newProgramme(c edge.Ctx) error {
	zone := ""
	if own := ownZone(c); own != nil {
		zone = own.String()
	}
	form, err := s.form(url.Values{"template": {c.QueryParam("template")}, "time_zone": {zone}, "days": {"1"}, "takes_signups": {"1"}})
	if err != nil {
		return err
	}
	return s.showProgrammeForm(c, http.StatusOK, form)
}

func (s *Site) showProgrammeForm(c edge.Ctx, status int, form view.Form) error {
	who := edge.Who(c)
	p := view.ProgrammeFormPage{Frame: s.frame(c), Templates: eventTemplates, Form: form, Zones: zones(form.Value("time_zone"))}
	if handle := c.Param("handle"); handle != "" {
		if _, err := s.Forum.Room(ctx(c), who, access.StartProgrammeAlone, handle); err != nil {
			return err
		}
		head, _, err := s.groupHead(c, "programme")
		if err != nil {
			return err
		}
		p.Group = &head
		return s.show(c, status, p)
	}
	t, err := s.threadOf(c)
	if err != nil {
		return err
	}
	if err := access.Check(who, access.StartProgramme, t.Facts()); err != nil {
		return err
	}
	p.Thread = new(threadHead(t))
	return s.show(c, status, p)
}

// threadOf is the thread of the address.
func (s *Site) threadOf(c edge.Ctx) (forum.Thread, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return forum.Thread{}, err
	}
	return s.Forum.Thread(ctx(c), edge.Who(c), id)
}

// startProgramme begins a programme.
func (s *Site) startProgramme(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	words := s.words(c)
	in := programme.NewProgramme{Title: form.Get("title"), Description: form.Get("description"), Place: form.Get("place"), Link: form.Get("link"), Zone: form.Get("time_zone"),
		Template: programme.Template(form.Get("template")), StartsOn: programme.Date(form.Get("starts_on")), Days: int(number(&f, form, "days")),
		TakesProposals: new(form.Get("takes_proposals") != ""), TakesSignups: new(form.Get("takes_signups") != ""), Say: func(key string) string { return words.T(key) }}
	if in.Template == "" {
		f.Add("template", "field.choose")
	}
	var made programme.Programme
	if err = f.Err(); err == nil {
		made, err = s.startIn(c, in)
	}
	if err == nil {
		return seeOther(c, eventPath(made.ID, "/edit"))
	}
	if store.IsReplay(err) {
		return seeOther(c, s.afterReplay(c))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showProgrammeForm(c, http.StatusUnprocessableEntity, again)
}

func (s *Site) startIn(c edge.Ctx, in programme.NewProgramme) (programme.Programme, error) {
	if handle := c.Param("handle"); handle != "" {
		return s.Programmes.StartInGroup(ctx(c), edge.Who(c), handle, in, programme.Hall{})
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return programme.Programme{}, err
	}
	return s.Programmes.Start(ctx(c), edge.Who(c), id, in)
}

// afterReplay is where somebody goes on whose form came twice.
func (s *Site) afterReplay(c edge.Ctx) string {
	if handle := c.Param("handle"); handle != "" {
		return "/g/" + handle + "/events"
	}
	return "/t/" + c.Param("id")
}

func eventPath(id int64, rest string) string { return view.ProgrammeHead{ID: id}.Path(rest) }

// programmeToEdit is the programme of the address, for those who may build it.
func (s *Site) programmeToEdit(c edge.Ctx) (programme.Plan, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return programme.Plan{}, err
	}
	plan, err := s.Programmes.Plan(ctx(c), edge.Who(c), id)
	if err != nil {
		return plan, err
	}
	return plan, access.Check(edge.Who(c), access.EditProgramme, plan.Facts())
}

// programmeDetails is the form for what a programme says of itself.
func (s *Site) programmeDetails(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	values := url.Values{"title": {plan.Title}, "description": {plan.Description}, "place": {plan.Place}, "link": {plan.Link}, "time_zone": {plan.Zone}}
	if plan.TakesProposals {
		values.Set("takes_proposals", "1")
	}
	if plan.TakesSignups {
		values.Set("takes_signups", "1")
	}
	form, err := s.form(values)
	if err != nil {
		return err
	}
	return s.showDetailsForm(c, http.StatusOK, plan, form)
}

func (s *Site) showDetailsForm(c edge.Ctx, status int, plan programme.Plan, form view.Form) error {
	head, _, err := s.headOf(c, plan.Programme)
	if err != nil {
		return err
	}
	return s.show(c, status, view.ProgrammeFormPage{Frame: s.frame(c), Programme: &head, Form: form, Zones: zones(form.Value("time_zone"))})
}

// editProgramme changes what a programme says of itself.
func (s *Site) editProgramme(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	given := func(name string) *string { return new(form.Get(name)) }
	_, err = s.Programmes.Edit(ctx(c), edge.Who(c), plan.ID, programme.Edit{Title: given("title"), Description: given("description"), Place: given("place"), Link: given("link"),
		Zone: given("time_zone"), TakesProposals: new(form.Get("takes_proposals") != ""), TakesSignups: new(form.Get("takes_signups") != "")})
	if err == nil || store.IsReplay(err) {
		return seeOther(c, eventPath(plan.ID, "/edit"))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showDetailsForm(c, http.StatusUnprocessableEntity, plan, again)
}

// cancelProgrammePage asks why an event does not take place.
func (s *Site) cancelProgrammePage(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showCancel(c, http.StatusOK, form)
}

func (s *Site) showCancel(c edge.Ctx, status int, form view.Form) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	head, _, err := s.headOf(c, plan.Programme)
	if err != nil {
		return err
	}
	return s.show(c, status, view.ProgrammeCancelPage{Frame: s.frame(c), Programme: head, Form: form})
}

// cancelProgramme calls an event off.
func (s *Site) cancelProgramme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if _, err = s.Programmes.Cancel(ctx(c), edge.Who(c), id, form.Get("reason")); err == nil || store.IsReplay(err) {
		return seeOther(c, eventPath(id, ""))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showCancel(c, http.StatusUnprocessableEntity, again)
}

// resumeProgramme takes the cancelling of an event back.
func (s *Site) resumeProgramme(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	if _, err := s.Programmes.Resume(ctx(c), edge.Who(c), id); err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, eventPath(id, ""))
}
