package web

import (
	"context"
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) adminPeopleRoutes() []route {
	return []route{
		get("/admin/groups", s.adminGroups),
		get("/admin/people/:id", s.adminPerson),
		post("/admin/people/:id/disable", s.disablePerson), post("/admin/people/:id/enable", s.changePerson(s.enablePerson)),
		post("/admin/people/:id/administrator", s.setAdministrator), post("/admin/people/:id/sign-in-mail", s.sendSignIn),
		post("/admin/people/:id/merge", s.mergePerson), post("/admin/people/:id/erase", s.erasePerson),
	}
}

func (s *Site) adminPerson(c edge.Ctx) error {
	return s.showAdminPerson(c, http.StatusOK, func(p *view.AdminPersonPage) {
		switch {
		case c.QueryParam("saved") != "":
			p.Notice = errs.Text{Code: "account.saved"}
		case c.QueryParam("sent") != "":
			p.Notice = errs.Text{Code: "admin.sent_sign_in"}
		}
	})
}

// showAdminPerson answers with all that administrators see of a person; change
// puts in what came back rejected.
func (s *Site) showAdminPerson(c edge.Ctx, status int, change func(*view.AdminPersonPage)) error {
	if err := access.Check(edge.Who(c), access.Administer, access.Forum()); err != nil {
		return err
	}
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	a, err := s.People.Account(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	p := s.accountOf(c, a)
	if err := s.fillAdminPerson(c, a, &p); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

func (s *Site) accountOf(c edge.Ctx, a person.Account) view.AdminPersonPage {
	p := view.AdminPersonPage{Frame: s.frame(c), Person: personOf(a.Brief), Email: a.Email, EmailConfirmed: a.EmailConfirmed, Since: a.CreatedAt,
		Administrator: a.Administrator, Myself: a.ID == edge.Who(c).Person, Waiting: a.Waiting, Erased: a.Erased, HasPassword: a.HasPassword,
		HasSecond: a.HasSecond, Sessions: a.Sessions, Tokens: a.Tokens, Passkeys: a.Passkeys, OldHandles: a.OldHandles}
	p.Person.Imported = a.Imported
	if a.DisabledAt != nil {
		p.Disabled = &view.Disabling{By: personOf(a.DisabledBy), At: *a.DisabledAt, Reason: a.DisabledReason}
	}
	return p
}

// fillAdminPerson adds groups, and what erasing would do.
func (s *Site) fillAdminPerson(c edge.Ctx, a person.Account, p *view.AdminPersonPage) error {
	if a.LinkedTo != 0 {
		to, err := s.People.ByID(ctx(c), a.LinkedTo)
		p.LinkedTo = to.Handle
		return err
	}
	if a.Erased {
		return nil
	}
	groups, err := s.Groups.OfPerson(ctx(c), edge.Who(c), a.ID)
	if err != nil {
		return err
	}
	p.Groups = belongings(groups)
	plan, err := s.MyData.Plan(ctx(c), edge.Who(c), a.ID)
	if err != nil {
		return err
	}
	p.Erasing = erasing(plan)
	for _, f := range []*view.Form{&p.Disable, &p.Merge, &p.Erasing.Form} {
		if *f, err = s.form(nil); err != nil {
			return err
		}
	}
	return nil
}

func belongings(list []group.Belonging) []view.Belonging {
	var out []view.Belonging
	for _, b := range list {
		out = append(out, view.Belonging{Group: view.GroupRef{Name: b.Group.Name, Handle: b.Group.Handle, Visibility: string(b.Group.Visibility)},
			Role: string(b.Role), Since: b.Since})
	}
	return out
}

// changePerson carries out what an administrator does to an account, and goes
// back to its page.
// It takes a recent proof, as all that changes who gets in.
func (s *Site) changePerson(do func(ctx context.Context, who access.Actor, id int64) error) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		if err := s.administersNow(c); err != nil {
			return err
		}
		if err := do(ctx(c), edge.Who(c), id); err != nil {
			return err
		}
		return seeOther(c, adminPersonPath(id, url.Values{"saved": {"1"}}))
	}
}

func (s *Site) enablePerson(ctx context.Context, who access.Actor, id int64) error {
	return s.People.Enable(ctx, who, id)
}

func (s *Site) setAdministrator(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	return s.changePerson(func(ctx context.Context, who access.Actor, id int64) error {
		return s.People.SetAdministrator(ctx, who, id, form.Get("administrator") == "yes")
	})(c)
}

// administered carries out a form about an account that can come back rejected.
func (s *Site) administered(c edge.Ctx, do func(form url.Values, id int64) error, put func(*view.AdminPersonPage, view.Form)) error {
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
	if err = do(form, id); err == nil || store.IsReplay(err) {
		return seeOther(c, adminPersonPath(id, url.Values{"saved": {"1"}}))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAdminPerson(c, http.StatusUnprocessableEntity, func(p *view.AdminPersonPage) { put(p, again) })
}

func (s *Site) disablePerson(c edge.Ctx) error {
	return s.administered(c, func(form url.Values, id int64) error {
		if err := s.recently(c); err != nil {
			return err
		}
		return s.People.Disable(ctx(c), edge.Who(c), id, form.Get("reason"))
	}, func(p *view.AdminPersonPage, f view.Form) { p.Disable = f })
}

func (s *Site) mergePerson(c edge.Ctx) error {
	return s.administered(c, func(form url.Values, id int64) error {
		to, err := s.People.ByHandle(ctx(c), form.Get("handle"))
		if errs.Is(err, errs.NotFound) {
			var f errs.Fields
			f.Add("handle", "field.unknown_person")
			return f.Err()
		}
		if err != nil {
			return err
		}
		if err := s.recently(c); err != nil {
			return err
		}
		return renamed(s.People.Merge(ctx(c), edge.Who(c), id, to.ID, form.Get("confirm")), "person", "handle", "imported", "handle")
	}, func(p *view.AdminPersonPage, f view.Form) { p.Merge = f })
}

func (s *Site) erasePerson(c edge.Ctx) error {
	return s.administered(c, func(form url.Values, id int64) error {
		if err := s.recently(c); err != nil {
			return err
		}
		return s.MyData.Erase(ctx(c), edge.Who(c), id, form.Get("confirm"))
	}, func(p *view.AdminPersonPage, f view.Form) { p.Erasing.Form = f })
}

// sendSignIn sends somebody a link with which they can sign in.
func (s *Site) sendSignIn(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	a, err := s.People.Account(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if _, err := s.People.AskByMail(ctx(c), person.Ask{Email: a.Email, Address: c.RealIP(), Language: a.Language}); err != nil {
		return err
	}
	return seeOther(c, adminPersonPath(id, url.Values{"sent": {"1"}}))
}

func (s *Site) adminGroups(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	list, err := s.Groups.All(ctx(c), edge.Who(c), at)
	if err != nil {
		return err
	}
	p := view.AdminGroupsPage{Frame: s.frame(c), Next: nextPage("/admin/groups", nil, list.Next)}
	for _, o := range list.Items {
		p.Groups = append(p.Groups, view.GroupOverview{ID: o.ID, Group: view.GroupRef{Name: o.Name, Handle: o.Handle, Visibility: string(o.Visibility)},
			Members: o.MemberCount, Since: o.CreatedAt, Last: instant(o.LastActivity), Admins: peopleOf(o.Admins)})
	}
	return s.ok(c, p)
}
