package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func newProvider(form url.Values) person.NewProvider {
	return person.NewProvider{Name: form.Get("name"), Issuer: form.Get("issuer"), ClientID: form.Get("client_id"), ClientSecret: form.Get("client_secret")}
}

func providerEdit(form url.Values) person.ProviderEdit {
	name, id, secret := form.Get("name"), form.Get("client_id"), form.Get("client_secret")
	return person.ProviderEdit{Name: &name, ClientID: &id, ClientSecret: &secret}
}

func (s *Site) groupProviders(c edge.Ctx) error { return s.showProviders(c, nil, 0) }
func (s *Site) adminProviders(c edge.Ctx) error { return s.showProviders(c, nil, 0) }

// ofGroup reports whether the page is about the providers of a group.
func ofGroup(c edge.Ctx) bool { return c.Param("handle") != "" }

// providersPage loads the providers of the group in the address, or the forum's.
func (s *Site) providersPage(c edge.Ctx) (view.ProvidersPage, error) {
	p := view.ProvidersPage{Callback: s.callback(), Came: edge.Who(c).Provider}
	var list []person.Provider
	var err error
	if ofGroup(c) {
		list, err = s.ofTheGroup(c, &p)
	} else {
		list, err = s.ofTheForum(c, &p)
	}
	if err != nil {
		return p, err
	}
	p.Frame = s.frame(c)
	for _, one := range list {
		p.Providers = append(p.Providers, view.ProviderRow{Provider: providerOf(one), Issuer: one.Issuer, ClientID: one.ClientID,
			HasSecret: one.HasSecret, At: one.CreatedAt})
	}
	if p.Add, err = s.form(nil); err != nil {
		return p, err
	}
	p.Edit, err = s.form(nil)
	return p, err
}

func (s *Site) ofTheGroup(c edge.Ctx, p *view.ProvidersPage) ([]person.Provider, error) {
	list, required, err := s.Groups.Providers(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return nil, err
	}
	head, _, err := s.groupHead(c, "")
	p.Group, p.Required = &head, required
	return list, err
}

func (s *Site) ofTheForum(c edge.Ctx, p *view.ProvidersPage) ([]person.Provider, error) {
	list, err := s.People.ListProviders(ctx(c), edge.Who(c))
	if err != nil {
		return nil, err
	}
	requiring, err := s.Groups.Requirings(ctx(c), edge.Who(c))
	for _, one := range requiring {
		p.Requiring = append(p.Requiring, view.Requiring{Provider: one.Provider,
			Group: view.GroupRef{Name: one.Group.Name, Handle: one.Group.Handle, Visibility: string(one.Group.Visibility)}})
	}
	return list, err
}

// showProviders answers with the page, and with the form that came back: that of
// the provider with the id, or for 0 the one that adds another.
func (s *Site) showProviders(c edge.Ctx, again *view.Form, id int64) error {
	p, err := s.providersPage(c)
	if err != nil {
		return err
	}
	switch {
	case again == nil:
		return s.ok(c, p)
	case id == 0:
		p.Add = *again
	default:
		p.Edit, p.Editing = *again, id
	}
	return s.show(c, http.StatusUnprocessableEntity, p)
}

// answerProviders goes back to the page after a form: with what is wrong, where
// something is.
func (s *Site) answerProviders(c edge.Ctx, form url.Values, id int64, err error) error {
	if err == nil || store.IsReplay(err) {
		return seeOther(c, providersAt(c))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showProviders(c, &again, id)
}

func providersAt(c edge.Ctx) string {
	if ofGroup(c) {
		return view.GroupRef{Handle: c.Param("handle")}.URL() + "/providers"
	}
	return "/admin/providers"
}

func (s *Site) addGroupProvider(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, err = s.Groups.AddProvider(ctx(c), edge.Who(c), c.Param("handle"), newProvider(form))
	return s.answerProviders(c, form, 0, err)
}

func (s *Site) addProvider(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := s.administersNow(c); err != nil {
		return err
	}
	_, err = s.People.AddProvider(ctx(c), edge.Who(c), newProvider(form))
	return s.answerProviders(c, form, 0, err)
}

func (s *Site) editGroupProvider(c edge.Ctx) error {
	return s.changeProvider(c, func(id int64, form url.Values) error {
		_, err := s.Groups.EditProvider(ctx(c), edge.Who(c), c.Param("handle"), id, providerEdit(form))
		return err
	})
}

func (s *Site) editProvider(c edge.Ctx) error {
	return s.changeProvider(c, func(id int64, form url.Values) error {
		if err := s.administersNow(c); err != nil {
			return err
		}
		_, err := s.People.EditProvider(ctx(c), edge.Who(c), id, providerEdit(form))
		return err
	})
}

func (s *Site) removeGroupProvider(c edge.Ctx) error {
	return s.changeProvider(c, func(id int64, _ url.Values) error {
		return s.Groups.RemoveProvider(ctx(c), edge.Who(c), c.Param("handle"), id)
	})
}

func (s *Site) removeProvider(c edge.Ctx) error {
	return s.changeProvider(c, func(id int64, _ url.Values) error {
		if err := s.administersNow(c); err != nil {
			return err
		}
		return s.People.RemoveProvider(ctx(c), edge.Who(c), id)
	})
}

func (s *Site) changeProvider(c edge.Ctx, change func(id int64, form url.Values) error) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	return s.answerProviders(c, form, id, change(id, form))
}

func (s *Site) requireGroupProvider(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	err = s.Groups.RequireProvider(ctx(c), edge.Who(c), c.Param("handle"), id)
	problem := edge.ProblemOf(err, s.words(c))
	if problem.Code != "provider.not_yours" {
		return s.answerProviders(c, nil, id, err)
	}
	p, err := s.providersPage(c)
	if err != nil {
		return err
	}
	p.Problem = problem.Text
	return s.show(c, problem.Status, p)
}

func (s *Site) liftGroupProvider(c edge.Ctx) error {
	return s.answerProviders(c, nil, 0, s.Groups.RequireProvider(ctx(c), edge.Who(c), c.Param("handle"), 0))
}

// liftProvider helps a group whose provider has failed.
func (s *Site) liftProvider(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := s.administersNow(c); err != nil {
		return err
	}
	err = s.Groups.LiftProvider(ctx(c), edge.Who(c), form.Get("group"))
	if errs.Is(err, errs.NotFound) {
		return err
	}
	return s.answerProviders(c, nil, 0, err)
}
