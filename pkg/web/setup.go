package web

import (
	"net/http"

	"plenary/pkg/edge"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

func (s *Site) setupPage(c edge.Ctx) error {
	token := c.Param("token")
	if err := s.People.CheckSetUp(ctx(c), token); err != nil {
		return err
	}
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.ok(c, view.SetupPage{Frame: s.frame(c), Token: token, Form: form})
}

// setup names the forum, makes its first administrator and signs them in.
func (s *Site) setup(c edge.Ctx) error {
	token := c.Param("token")
	form, err := edge.Form(c) // the token is a once-only key already
	if err != nil {
		return err
	}
	first, err := s.People.SetUp(ctx(c), token, person.SetUp{Forum: form.Get("forum"), Name: form.Get("name"), Handle: form.Get("handle"),
		Email: form.Get("email"), Affiliation: form.Get("affiliation"), Password: form.Get("password")})
	if err != nil {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.show(c, http.StatusUnprocessableEntity, view.SetupPage{Frame: s.frame(c), Token: token, Form: again})
	}
	s.name.Store(nil)
	if form.Get("start") == "demo" {
		if err := s.Demo(ctx(c), first.Actor()); err != nil {
			return err
		}
	}
	return s.enter(c, first.ID, "/")
}

// enter signs in somebody who has just made an account.
func (s *Site) enter(c edge.Ctx, who int64, to string) error {
	token, err := s.People.OpenSession(ctx(c), who, c.Request().UserAgent())
	if err != nil {
		return err
	}
	if err := s.begin(c, token); err != nil {
		return err
	}
	return seeOther(c, to)
}
