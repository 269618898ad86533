package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

// askByMail asks for a link and a code. The answer is the same whether or not
// somebody has the address.
func (s *Site) askByMail(c edge.Ctx, email, next string) error {
	in := person.Ask{Email: email, Next: edge.SafeNext(next), Device: recognised(c.Request().UserAgent()), Address: c.RealIP(),
		Language: s.words(c).Lang(), Browser: s.secret(c, askedCookie), Known: s.secret(c, knownCookie)}
	if own := edge.Session(c); own != nil {
		in.Own = *own
	}
	browser, err := s.People.AskByMail(ctx(c), in)
	if err != nil {
		return err
	}
	s.setSecret(c, askedCookie, browser, person.MailLife)
	return nil
}

// here is the browser that a request comes from.
func here(c edge.Ctx) person.Browser {
	b := person.Browser{Device: c.Request().UserAgent(), Address: c.RealIP()}
	if own := edge.Session(c); own != nil {
		b.Own = *own
	}
	return b
}

func (s *Site) sentPage(c edge.Ctx) error { return s.showSent(c, http.StatusOK, view.Form{}) }

// showSent says that a mail is on its way, and asks for the code in it.
func (s *Site) showSent(c edge.Ctx, status int, form view.Form) error {
	asked, err := s.People.AskedBy(ctx(c), s.secret(c, askedCookie))
	if err != nil {
		return s.startOver(c, err)
	}
	return s.show(c, status, view.SentPage{Frame: s.frame(c), Email: asked.Email, Next: edge.SafeNext(asked.Next), Form: form})
}

func (s *Site) enterByCode(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	in, err := s.People.EnterByCode(ctx(c), s.secret(c, askedCookie), form.Get("code"), here(c))
	if err == nil {
		return s.arrived(c, in)
	}
	if errs.Is(err, errs.Gone) {
		return s.startOver(c, err)
	}
	again, err := s.again(nil, err)
	if err != nil {
		return err
	}
	return s.showSent(c, http.StatusUnprocessableEntity, again)
}

// arrived goes on from a link or a code: in, or to the form for a new account.
func (s *Site) arrived(c edge.Ctx, in person.Arrival) error {
	s.dropSecret(c, askedCookie)
	if in.SignUp != "" {
		s.setSecret(c, signUpCookie, in.SignUp, person.SignUpLife)
		return seeOther(c, "/signup/details")
	}
	return s.entered(c, in.Entry, in.Next)
}

// linkPage asks for one more press of a button: programs that look at mail open
// links too, and must not use them up.
func (s *Site) linkPage(c edge.Ctx) error {
	token := c.Param("token")
	link, err := s.People.MailLink(ctx(c), token, s.secret(c, askedCookie))
	if err != nil {
		return s.startOver(c, err)
	}
	return s.ok(c, view.LinkPage{Frame: s.frame(c), Token: token, Email: link.Email, Here: link.Here, SignUp: link.SignUp})
}

func (s *Site) enterByLink(c edge.Ctx) error {
	in, err := s.People.EnterByLink(ctx(c), c.Param("token"), here(c))
	if errs.Is(err, errs.Gone) {
		return s.startOver(c, err)
	}
	if err != nil {
		return err
	}
	return s.arrived(c, in)
}

func (s *Site) secondPage(c edge.Ctx) error {
	return s.showSecond(c, http.StatusOK, url.Values{"next": {c.QueryParam("next")}}, view.Form{})
}

// showSecond asks for the second factor. What was being sent when the session
// ended is kept in the page.
func (s *Site) showSecond(c edge.Ctx, status int, sent url.Values, form view.Form) error {
	if err := s.People.CheckSecond(ctx(c), s.secret(c, secondCookie)); err != nil {
		return s.startOver(c, err)
	}
	return s.show(c, status, s.second(c, sent, form))
}

// second is the page that asks for the second factor.
func (s *Site) second(c edge.Ctx, sent url.Values, form view.Form) view.SecondPage {
	p := view.SecondPage{Frame: s.frame(c), Next: edge.SafeNext(sent.Get("next")), Form: form}
	if action := sent.Get("resume"); action != "" {
		p.Action, p.Kept = edge.SafeNext(action), kept(sent)
	}
	return p
}

func (s *Site) enterSecond(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	in, err := s.People.EnterSecond(ctx(c), s.secret(c, secondCookie), form.Get("code"))
	switch {
	case errs.Is(err, errs.Gone):
		s.dropSecret(c, secondCookie)
		return s.startOver(c, err)
	case err != nil:
		again, err := s.again(nil, err)
		if err != nil {
			return err
		}
		return s.showSecond(c, http.StatusUnprocessableEntity, form, again)
	}
	s.dropSecret(c, secondCookie)
	if action := form.Get("resume"); action != "" {
		if err := s.begin(c, in.Session); err != nil {
			return err
		}
		return s.resume(c, edge.SafeNext(action), kept(form))
	}
	return s.entered(c, in, form.Get("next"))
}

func (s *Site) againPage(c edge.Ctx) error {
	return s.showAgain(c, http.StatusOK, url.Values{"next": {c.QueryParam("next")}, "sent": {c.QueryParam("sent")}}, view.Form{})
}

// showAgain asks somebody who is signed in to prove again who they are.
func (s *Site) showAgain(c edge.Ctx, status int, sent url.Values, form view.Form) error {
	if edge.Session(c) == nil {
		return errSignIn()
	}
	me := edge.Person(c)
	p := view.AgainPage{Frame: s.frame(c), Next: edge.SafeNext(sent.Get("next")), Email: me.Email, HasPassword: me.HasPassword, HasSecond: me.HasSecond, Form: form}
	p.HasPasskey = s.provesByPasskey(c)
	if sent.Get("sent") != "" {
		asked, err := s.People.AskedBy(ctx(c), s.secret(c, askedCookie))
		p.Sent = err == nil && asked.Email == me.Email
	}
	if action := sent.Get("resume"); action != "" {
		p.Action, p.Kept = edge.SafeNext(action), kept(sent)
	}
	return s.show(c, status, p)
}

func (s *Site) proveAgain(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	if form.Get("by") == "mail" {
		return s.askAgain(c, form)
	}
	fresh, err := s.People.ProveAgain(ctx(c), *own, s.edge.SessionToken(c), person.Again{Password: form.Get("password"),
		Browser: s.secret(c, askedCookie), Code: form.Get("code"), Second: form.Get("second")})
	if err != nil {
		again, err := s.again(nil, err)
		if err != nil {
			return err
		}
		return s.showAgain(c, http.StatusUnprocessableEntity, form, againOn(form, again))
	}
	if err := s.begin(c, fresh); err != nil {
		return err
	}
	s.dropSecret(c, askedCookie)
	if action := form.Get("resume"); action != "" {
		return s.resume(c, edge.SafeNext(action), kept(form))
	}
	return seeOther(c, edge.SafeNext(form.Get("next")))
}

// againOn puts a complaint about nothing given to the field that is shown.
func againOn(form url.Values, f view.Form) view.Form {
	if _, shown := form["code"]; !shown && f.Fields["code"].Code != "" {
		f.Fields = errs.Fields{"password": {Code: "field.required"}}
	}
	return f
}

// askAgain sends a code to the address of who is signed in.
func (s *Site) askAgain(c edge.Ctx, form url.Values) error {
	next := edge.SafeNext(form.Get("next"))
	if err := s.askByMail(c, edge.Person(c).Email, next); err != nil {
		return err
	}
	if form.Get("resume") == "" {
		return seeOther(c, "/signin/again?sent=1&next="+url.QueryEscape(next))
	}
	// The form that waits is in this page and in no other.
	me := edge.Person(c)
	return s.ok(c, view.AgainPage{Frame: s.frame(c), Next: next, Email: me.Email, HasPassword: me.HasPassword, HasSecond: me.HasSecond,
		Sent: true, Action: edge.SafeNext(form.Get("resume")), Kept: kept(form)})
}
