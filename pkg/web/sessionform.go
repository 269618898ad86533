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
	p := view.SessionFormPage{Frame: s.frame(c), Form: form, Proposing: !edits(who, plan), MaxFile: edge.UploadLimit >> 20}
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
		if based, err := strconv.Atoi(form.Value("version")); err == nil {
			p.Version = based // what was typed still rests on it
		}
		p.PutForward, p.Published = one.PutForward, one.Published > 0
		p.TakesNotes = access.May(who, access.TakeNotes, one.Facts())
	}
	slot, _ := strconv.ParseInt(form.Value("slot_id"), 10, 64)
	room, _ := strconv.ParseInt(form.Value("room_id"), 10, 64)
	p.Slots, p.Rooms = s.placeChoices(c, table, slot, room)
	p.Speakers, p.Hosts = peopleRows(form, "speaker"), peopleRows(form, "host")
	if p.Material, err = s.materialRows(c, plan.ThreadID, form); err != nil {
		return err
	}
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
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	plan, err := s.Programmes.Plan(ctx(c), who, id)
	if err != nil {
		return err
	}
	if !edits(who, plan) {
		if err := access.Check(who, access.ProposeSession, plan.Facts()); err != nil {
			return err
		}
	}
	unfit, err := s.withMaterial(c, form)
	if err != nil {
		return err
	}
	var made int64
	if err = unfit.Err(); err == nil {
		made, err = s.makeTyped(c, plan, form)
	}
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
		Speakers: in.speakers, Hosts: in.hosts, Themes: in.themes, Material: in.material, Confirmed: in.confirmed}
	if edits(who, plan) {
		var f errs.Fields
		at := programme.Placing{SlotID: number(&f, form, "slot_id"), RoomID: number(&f, form, "room_id")}
		if err := f.Err(); err != nil {
			return 0, err
		}
		if at.SlotID != 0 {
			made.At = &at
		}
	}
	one, err := make(ctx(c), who, plan.ID, made)
	return one.ID, err
}
