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

func (s *Site) signUpPage(c edge.Ctx) error {
	if edge.Who(c).SignedIn() {
		return seeOther(c, edge.SafeNext(c.QueryParam("next")))
	}
	return s.showSignUp(c, http.StatusOK, c.QueryParam("next"), view.Form{})
}

func (s *Site) showSignUp(c edge.Ctx, status int, next string, form view.Form) error {
	rules, err := s.People.SignUpRules(ctx(c))
	if err != nil {
		return err
	}
	return s.show(c, status, view.SignUpPage{Frame: s.frame(c), SignUp: string(rules.Mode), Next: edge.SafeNext(next), Form: form})
}

func (s *Site) askToSignUp(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	rules, err := s.People.SignUpRules(ctx(c))
	if err != nil {
		return err
	}
	if rules.Mode == person.ByInvitation {
		return errs.New(errs.Forbidden, "person.sign_up_closed")
	}
	err = s.askByMail(c, form.Get("email"), form.Get("next"))
	if err == nil {
		return seeOther(c, "/signin/sent")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showSignUp(c, http.StatusUnprocessableEntity, form.Get("next"), again)
}

func (s *Site) signUpDetails(c edge.Ctx) error { return s.showDetails(c, http.StatusOK, view.Form{}) }

// showDetails asks somebody who has shown their address for the rest.
func (s *Site) showDetails(c edge.Ctx, status int, form view.Form) error {
	email, err := s.People.SigningUp(ctx(c), s.secret(c, signUpCookie))
	if err != nil {
		return s.startOver(c, err)
	}
	rules, err := s.People.SignUpRules(ctx(c))
	if err != nil {
		return err
	}
	p := view.SignUpDetailsPage{Frame: s.frame(c), Email: email, Waits: rules.Mode == person.ByApproval, Form: form}
	if p.Waits {
		p.Question = rules.Question
	}
	return s.show(c, status, p)
}

func (s *Site) signUp(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	in, err := s.People.SignUp(ctx(c), s.secret(c, signUpCookie), person.NewAccount{Name: form.Get("name"), Handle: form.Get("handle"),
		Affiliation: form.Get("affiliation"), Password: form.Get("password"), Answer: form.Get("answer"), Device: c.Request().UserAgent()})
	switch {
	case err == nil:
		s.dropSecret(c, signUpCookie)
		return s.entered(c, in.Entry, in.Next)
	case errs.CodeOf(err) == "person.waiting":
		s.dropSecret(c, signUpCookie)
		return seeOther(c, "/signup/waiting")
	case errs.Is(err, errs.Gone):
		return s.startOver(c, err)
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showDetails(c, http.StatusUnprocessableEntity, again)
}

// signUpWaiting says that an administrator has to agree. It is the same for
// everybody.
func (s *Site) signUpWaiting(c edge.Ctx) error {
	return s.ok(c, view.SignUpWaitingPage{Frame: s.frame(c)})
}

func (s *Site) mayAdminister(c edge.Ctx) error {
	return access.Check(edge.Who(c), access.Administer, access.Forum())
}

// administersNow is for what changes who gets into the forum: a session that an
// administrator left open is not enough.
func (s *Site) administersNow(c edge.Ctx) error {
	if err := s.mayAdminister(c); err != nil {
		return err
	}
	return s.recently(c)
}

func (s *Site) adminSignUp(c edge.Ctx) error {
	return s.showAdminSignUp(c, http.StatusOK, func(*view.AdminSignUpPage) {})
}

// showAdminSignUp answers with who waits and with the rules; change puts in what
// came back rejected.
func (s *Site) showAdminSignUp(c edge.Ctx, status int, change func(*view.AdminSignUpPage)) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	waiting, err := s.People.Newcomers(ctx(c), edge.Who(c), at)
	if err != nil {
		return err
	}
	rules, err := s.People.SignUpRules(ctx(c))
	if err != nil {
		return err
	}
	p := view.AdminSignUpPage{Frame: s.frame(c), Next: nextPage("/admin/signup", nil, waiting.Next)}
	for _, n := range waiting.Items {
		p.Waiting = append(p.Waiting, view.Newcomer{Person: personOf(n.Person.Brief), Email: n.Person.Email, Answer: n.Answer, Since: n.Since})
	}
	if p.Rules, err = s.form(url.Values{"sign_up": {string(rules.Mode)}, "question": {rules.Question}}); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

func (s *Site) setSignUp(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := s.administersNow(c); err != nil {
		return err
	}
	err = s.People.SetSignUpRules(ctx(c), edge.Who(c), person.SignUpRules{Mode: person.SignUpMode(form.Get("sign_up")), Question: form.Get("question")})
	if err == nil || store.IsReplay(err) {
		return seeOther(c, "/admin/signup")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAdminSignUp(c, http.StatusUnprocessableEntity, func(p *view.AdminSignUpPage) { p.Rules = again })
}

func (s *Site) approve(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.administersNow(c); err != nil {
		return err
	}
	if err := s.People.Approve(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, "/admin/signup")
}

func (s *Site) decline(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	if err := s.administersNow(c); err != nil {
		return err
	}
	err = s.People.Decline(ctx(c), edge.Who(c), id, form.Get("note"))
	if err == nil {
		return seeOther(c, "/admin/signup")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAdminSignUp(c, http.StatusUnprocessableEntity, func(p *view.AdminSignUpPage) { p.Declining, p.Decline = id, again })
}
