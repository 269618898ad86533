package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/poll/template"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// pollTemplateRoutes are the polls that a group begins from.
func (s *Site) pollTemplateRoutes() []route {
	return []route{
		get("/g/:handle/templates", s.pollTemplates), post("/p/:id/template", s.keepAsTemplate),
		post("/g/:handle/templates/:id", s.renameTemplate), post("/g/:handle/templates/:id/drop", s.dropTemplate),
		post("/g/:handle/templates/ready/:key", s.offerTemplate),
	}
}

func (s *Site) pollTemplates(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showTemplates(c, http.StatusOK, 0, form)
}

// showTemplates shows the page; wrong is the template whose form came back
// rejected.
func (s *Site) showTemplates(c edge.Ctx, status int, wrong int64, form view.Form) error {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.KeepTemplates, g.Facts()); err != nil {
		return err
	}
	all, err := s.Templates.Of(ctx(c), edge.Who(c), g.Handle)
	if err != nil {
		return err
	}
	p := view.TemplatesPage{Frame: s.frame(c), Group: briefRef(g.Brief()), Wrong: wrong, Form: form}
	for _, t := range all {
		one := view.Purpose{ID: t.ID, Key: t.Key, Name: t.Name, About: t.Description, Method: string(t.Method)}
		if t.ID != 0 {
			p.Own = append(p.Own, one)
		} else {
			p.Ready = append(p.Ready, view.Offer{Purpose: one, Hidden: t.Hidden})
		}
	}
	return s.show(c, status, p)
}

func templatesURL(handle string) string { return view.GroupRef{Handle: handle}.URL() + "/templates" }

// keepAsTemplate keeps a poll under its own title; its words can be changed on
// the page that follows.
func (s *Site) keepAsTemplate(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	_, err = s.Templates.Keep(ctx(c), edge.Who(c), id, template.Words{Name: p.Title})
	if err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, templatesURL(p.Group.Handle))
}

func (s *Site) renameTemplate(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = s.Templates.Rename(ctx(c), edge.Who(c), c.Param("handle"), id, template.Words{Name: form.Get("name"), Description: form.Get("description")})
	if err == nil || store.IsReplay(err) {
		return seeOther(c, templatesURL(c.Param("handle")))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showTemplates(c, http.StatusUnprocessableEntity, id, again)
}

func (s *Site) dropTemplate(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	return s.changeTemplates(c, func(url.Values) error { return s.Templates.Drop(ctx(c), edge.Who(c), c.Param("handle"), id) })
}

func (s *Site) offerTemplate(c edge.Ctx) error {
	return s.changeTemplates(c, func(form url.Values) error {
		return s.Templates.Offer(ctx(c), edge.Who(c), c.Param("handle"), c.Param("key"), form.Get("offer") == "1")
	})
}

// changeTemplates is a button on the page.
func (s *Site) changeTemplates(c edge.Ctx, change func(url.Values) error) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := change(form); err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, templatesURL(c.Param("handle")))
}
