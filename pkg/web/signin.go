package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

func (s *Site) signInPage(c edge.Ctx) error {
	next := edge.SafeNext(c.QueryParam("next"))
	if edge.Who(c).SignedIn() {
		return seeOther(c, next)
	}
	return s.showSignIn(c, http.StatusOK, next, view.Form{})
}

func (s *Site) showSignIn(c edge.Ctx, status int, next string, form view.Form) error {
	rules, err := s.People.SignUpRules(ctx(c))
	if err != nil {
		return err
	}
	providers, err := s.offered(c)
	if err != nil {
		return err
	}
	return s.show(c, status, view.SignInPage{Frame: s.frame(c), SignUp: string(rules.Mode), Next: next, Form: form, Providers: providers})
}

// signIn goes by the password where one was typed, and otherwise by a mail to
// the address: so the return key does what is meant in either field.
func (s *Site) signIn(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	if form.Get("password") == "" && form.Get("by") == "" && form.Get("resume") == "" {
		return s.signInByMail(c, form)
	}
	in, err := s.People.SignIn(ctx(c), form.Get("email"), form.Get("password"), c.Request().UserAgent())
	if errs.Is(err, errs.Unauthenticated) {
		return s.signInAgain(c, form, err)
	}
	if err != nil {
		return err
	}
	action := form.Get("resume")
	switch {
	case action == "":
		return s.entered(c, in, form.Get("next"))
	case in.Second != "": // what was being sent stays in the page
		s.setSecret(c, secondCookie, in.Second, person.SecondLife)
		return s.show(c, http.StatusUnauthorized, s.second(c, form, view.Form{}))
	}
	if err := s.begin(c, in.Session); err != nil {
		return err
	}
	return s.resume(c, edge.SafeNext(action), kept(form))
}

func (s *Site) signInByMail(c edge.Ctx, form url.Values) error {
	err := s.askByMail(c, form.Get("email"), form.Get("next"))
	if err == nil {
		return seeOther(c, "/signin/sent")
	}
	again, err := s.again(url.Values{"email": form["email"]}, err)
	if err != nil {
		return err
	}
	return s.showSignIn(c, http.StatusUnprocessableEntity, edge.SafeNext(form.Get("next")), again)
}

// cookieLife is as long as a session can ever be; when it ends is decided where
// sessions are kept.
const cookieLife = 90 * 24 * time.Hour

// begin gives the browser the session that was opened for it. The one that it had
// ends, whoever's that was, and the browser is known from now on.
func (s *Site) begin(c edge.Ctx, token string) error {
	if before := s.edge.SessionToken(c); before != "" && before != token {
		if err := s.People.SignOut(ctx(c), before); err != nil {
			return err
		}
	}
	own, err := s.People.Session(ctx(c), token)
	if err != nil {
		return err
	}
	known, err := s.People.KnowBrowser(ctx(c), own.Person.ID, s.secret(c, knownCookie))
	if err != nil {
		return err
	}
	s.setSecret(c, knownCookie, known, person.KnownLife)
	s.edge.SetSession(c, token, s.Now().Add(cookieLife))
	return nil
}

func (s *Site) signInAgain(c edge.Ctx, form url.Values, err error) error {
	wrong := view.Form{Values: url.Values{"email": form["email"]}, Err: errs.Text{Code: errs.CodeOf(err)}}
	if action := form.Get("resume"); action != "" {
		return s.showExpired(c, edge.SafeNext(action), kept(form), wrong)
	}
	return s.showSignIn(c, http.StatusUnprocessableEntity, edge.SafeNext(form.Get("next")), wrong)
}

// showExpired asks to sign in again, with what was being sent kept in the page.
func (s *Site) showExpired(c edge.Ctx, action string, kept url.Values, form view.Form) error {
	return s.show(c, http.StatusUnauthorized, view.ExpiredPage{Frame: s.frame(c), Action: action, Kept: kept, Form: form})
}

// kept are the fields of the form that was interrupted.
func kept(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		if name, ok := strings.CutPrefix(name, "kept."); ok {
			out[name] = values
		}
	}
	return out
}

// resume carries out the form that was interrupted by the end of the session,
// as a request of its own that goes through all the checks of any other.
func (s *Site) resume(c edge.Ctx, action string, form url.Values) error {
	if action == "/" || strings.HasPrefix(action, "/signin") {
		return seeOther(c, "/")
	}
	r, err := http.NewRequestWithContext(ctx(c), http.MethodPost, action, strings.NewReader(form.Encode()))
	if err != nil {
		return edge.Malformed("the address to come back to").Because(err)
	}
	outer := c.Request()
	r.Host, r.RemoteAddr, r.RequestURI = outer.Host, outer.RemoteAddr, action
	for _, name := range []string{"Origin", "Sec-Fetch-Site", "User-Agent", "Accept-Language", "X-Forwarded-For"} {
		if v := outer.Header.Get(name); v != "" {
			r.Header.Set(name, v)
		}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	addCookies(r, outer, c.Response().Header())
	s.edge.Echo.ServeHTTP(c.Response(), r)
	return nil
}

// addCookies gives a request the cookies of another one, as they are after its
// answer.
func addCookies(to, from *http.Request, answer http.Header) {
	fresh := map[string]bool{}
	for _, line := range answer.Values("Set-Cookie") {
		if cookie, err := http.ParseSetCookie(line); err == nil {
			fresh[cookie.Name] = true
			to.AddCookie(cookie)
		}
	}
	for _, cookie := range from.Cookies() {
		if !fresh[cookie.Name] {
			to.AddCookie(cookie)
		}
	}
}

func (s *Site) signOut(c edge.Ctx) error {
	if err := s.People.SignOut(ctx(c), s.edge.SessionToken(c)); err != nil {
		return err
	}
	s.edge.ClearSession(c)
	return seeOther(c, "/")
}
