package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) admin(c edge.Ctx) error {
	return s.showAdmin(c, http.StatusOK, func(*view.AdminPage) {})
}

// showAdmin answers with the people and settings of the forum; change puts in
// what came back rejected.
func (s *Site) showAdmin(c edge.Ctx, status int, change func(*view.AdminPage)) error {
	if err := access.Check(edge.Who(c), access.Administer, access.Forum()); err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	q := c.QueryParam("q")
	list, err := s.People.List(ctx(c), edge.Who(c), q, at)
	if err != nil {
		return err
	}
	p := view.AdminPage{Frame: s.frame(c), Query: q, Next: nextPage("/admin", url.Values{"q": {q}}, list.Next)}
	for _, one := range list.Items {
		shown := personOf(one.Brief)
		shown.Imported = one.Imported
		p.People = append(p.People, view.AdminPerson{Person: shown, Email: one.Email, Administrator: one.Administrator, At: one.CreatedAt, HasSecond: one.HasSecond, Waiting: one.Waiting})
	}
	if p.Settings, err = s.form(url.Values{"forum": {p.Forum}}); err != nil {
		return err
	}
	if p.Add, err = s.form(nil); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

func (s *Site) addPerson(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if form.Get("administrator") != "" {
		if err := s.administersNow(c); err != nil {
			return err
		}
	}
	_, err = s.People.Add(ctx(c), edge.Who(c), person.NewPerson{Name: form.Get("name"), Handle: form.Get("handle"), Email: form.Get("email"),
		Affiliation: form.Get("affiliation"), Password: form.Get("password"), Administrator: form.Get("administrator") != ""})
	if err == nil || store.IsReplay(err) {
		return seeOther(c, "/admin")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAdmin(c, http.StatusUnprocessableEntity, func(p *view.AdminPage) { p.Add = again })
}

// linkPerson gives what an imported person wrote to a real one.
func (s *Site) linkPerson(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.Administer, access.Forum()); err != nil {
		return err
	}
	if err := s.recently(c); err != nil {
		return err
	}
	to, err := s.People.ByHandle(ctx(c), form.Get("handle"))
	if errs.Is(err, errs.NotFound) {
		var f errs.Fields
		f.Add("handle", "field.unknown_person")
		err = f.Err()
	}
	if err == nil {
		err = s.People.Link(ctx(c), edge.Who(c), id, to.ID)
	}
	if err == nil || store.IsReplay(err) {
		return seeOther(c, "/admin")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAdmin(c, http.StatusUnprocessableEntity, func(p *view.AdminPage) { p.Link, p.Linking = again, id })
}

func (s *Site) settings(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = s.People.SetForumName(ctx(c), edge.Who(c), form.Get("forum"))
	if err == nil || store.IsReplay(err) {
		s.name.Store(nil)
		return seeOther(c, "/admin")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAdmin(c, http.StatusUnprocessableEntity, func(p *view.AdminPage) { p.Settings = again })
}
