package web

import (
	"net/http"
	"net/url"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

func (s *Site) entryRoutes() []route {
	return []route{
		get("/signin/sent", s.sentPage), post("/signin/code", s.enterByCode),
		get("/signin/link/:token", s.linkPage), post("/signin/link/:token", s.enterByLink),
		get("/signin/second", s.secondPage), post("/signin/second", s.enterSecond),
		get("/signin/again", s.againPage), post("/signin/again", s.proveAgain),
		get("/signup", s.signUpPage), post("/signup", s.askToSignUp),
		get("/signup/details", s.signUpDetails), post("/signup/details", s.signUp), get("/signup/waiting", s.signUpWaiting),
		get("/account/second-factor", s.secondFactor), post("/account/second-factor/begin", s.beginSecond),
		post("/account/second-factor/confirm", s.confirmSecond), post("/account/second-factor/recovery", s.renewRecovery),
		post("/account/second-factor/off", s.dropSecond),
		get("/admin/signup", s.adminSignUp), post("/admin/signup", s.setSignUp),
		post("/admin/signup/:id/approve", s.approve), post("/admin/signup/:id/decline", s.decline),
		post("/admin/people/:id/reset-second", s.resetSecond),
	}
}

// entered goes on after somebody has proved who they are: to where they wanted
// to go, or to the question for the second factor.
func (s *Site) entered(c edge.Ctx, e person.Entry, next string) error {
	next = edge.SafeNext(next)
	if e.Second != "" {
		s.setSecret(c, secondCookie, e.Second, person.SecondLife)
		return seeOther(c, "/signin/second?next="+url.QueryEscape(next))
	}
	if err := s.begin(c, e.Session); err != nil {
		return err
	}
	return seeOther(c, next)
}

// Cookies that keep a secret while somebody is on their way in. No script is
// shown them.
const (
	askedCookie  = "plenary_asked"  // of the request for a mail
	secondCookie = "plenary_second" // of the question for the second factor
	signUpCookie = "plenary_signup" // of the form for a new account
	knownCookie  = "plenary_known"  // by which a browser is known that was signed in
)

// secretName is what the cookie is called. Over TLS the prefix binds it to this
// host, so that no neighbour can plant one.
func (s *Site) secretName(name string) string {
	if s.edge.Secure() {
		return "__Host-" + name
	}
	return name
}

func (s *Site) setSecret(c edge.Ctx, name, secret string, life time.Duration) {
	c.SetCookie(&http.Cookie{Name: s.secretName(name), Value: secret, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true,
		Secure: s.edge.Secure(), SameSite: http.SameSiteLaxMode})
}

// secret is what the browser was given to keep; empty where nothing.
func (s *Site) secret(c edge.Ctx, name string) string {
	cookie, err := c.Cookie(s.secretName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// dropSecret takes back what the browser was given to keep.
func (s *Site) dropSecret(c edge.Ctx, name string) { s.setSecret(c, name, "", -time.Second) }

// startOver shows the sign-in page to whose link or flow is no longer good.
func (s *Site) startOver(c edge.Ctx, err error) error {
	if !errs.Is(err, errs.Gone) {
		return err
	}
	return s.showSignIn(c, http.StatusGone, "/", view.Form{Err: errs.Text{Code: errs.CodeOf(err)}})
}

// currentSession is the id of the session that the request came with; 0 where
// none.
func currentSession(c edge.Ctx) int64 {
	if own := edge.Session(c); own != nil {
		return own.ID
	}
	return 0
}

// recently tells whether who is signed in has proved a moment ago who they are.
// The error leads to the page on which they can.
func (s *Site) recently(c edge.Ctx) error { return edge.Recent(c, s.Now()) }
