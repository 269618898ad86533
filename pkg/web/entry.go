package web

import (
	"net/http"
	"net/url"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/person"
)

// entered goes on after somebody has proved who they are: to where they wanted
// to go, or to the question for the second factor.
func (s *Site) entered(c edge.Ctx, e person.Entry, next string) error {
	next = edge.SafeNext(next)
	if e.Second != "" {
		s.setSecret(c, secondCookie, e.Second, person.SecondLife)
		return seeOther(c, "/signin/second?next="+url.QueryEscape(next))
	}
	s.begin(c, e.Session)
	return seeOther(c, next)
}

// Cookies that keep a secret while somebody is on their way in. They are shown
// to no script and only to the pages for signing in.
const (
	secondCookie = "plenary_second"
	signInPath   = "/signin"
)

func (s *Site) setSecret(c edge.Ctx, name, secret string, life time.Duration) {
	c.SetCookie(&http.Cookie{Name: name, Value: secret, Path: signInPath, MaxAge: int(life.Seconds()), HttpOnly: true,
		Secure: s.edge.Secure(), SameSite: http.SameSiteLaxMode})
}

// secret is what the browser was given to keep; empty where nothing.
func secret(c edge.Ctx, name string) string {
	cookie, err := c.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// dropSecret takes back what the browser was given to keep.
func (s *Site) dropSecret(c edge.Ctx, name string) { s.setSecret(c, name, "", -time.Second) }
