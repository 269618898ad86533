package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func errSignIn() error { return errs.New(errs.Unauthenticated, "access.sign_in") }

func (s *Site) account(c edge.Ctx) error {
	return s.showAccount(c, http.StatusOK, func(*view.AccountPage) {})
}

// showAccount answers with one's settings; change puts in what came back
// rejected, or was just made.
func (s *Site) showAccount(c edge.Ctx, status int, change func(*view.AccountPage)) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	me := edge.Person(c)
	p := view.AccountPage{Frame: s.frame(c), Email: me.Email}
	var err error
	if p.Profile, err = s.form(url.Values{"name": {me.Name}, "affiliation": {me.Affiliation}}); err != nil {
		return err
	}
	if p.Token, err = s.form(url.Values{"days": {"90"}}); err != nil {
		return err
	}
	if err := s.addSessions(c, &p); err != nil {
		return err
	}
	tokens, err := s.People.Tokens(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	for _, t := range tokens {
		p.Tokens = append(p.Tokens, view.Token{ID: t.ID, Name: t.Name, At: t.CreatedAt, Until: instant(t.ExpiresAt), LastUsed: instant(t.LastUsedAt)})
	}
	change(&p)
	return s.show(c, status, p)
}

func (s *Site) addSessions(c edge.Ctx, p *view.AccountPage) error {
	sessions, err := s.People.Sessions(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	own := edge.Session(c)
	for _, one := range sessions {
		p.Sessions = append(p.Sessions, view.Session{ID: strconv.FormatInt(one.ID, 10), Browser: device(one.Device), At: one.CreatedAt,
			Last: one.LastUsedAt, Current: own != nil && own.ID == one.ID})
	}
	return nil
}

// Names of browsers and systems as they stand in a User-Agent, the more telling
// ones first: Edge also calls itself Chrome, and Chrome also Safari.
var (
	browsers = [][2]string{{"Firefox/", "Firefox"}, {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"FxiOS/", "Firefox"}, {"Safari/", "Safari"}}
	systems  = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Macintosh", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// device says in a word or two what a User-Agent says at length; the whole of it
// where it is none of the usual ones.
func device(agent string) string {
	name := func(list [][2]string) string {
		for _, pair := range list {
			if strings.Contains(agent, pair[0]) {
				return pair[1]
			}
		}
		return ""
	}
	browser, system := name(browsers), name(systems)
	if browser == "" || system == "" {
		return agent
	}
	return browser + ", " + system
}

func (s *Site) editProfile(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	name, affiliation := form.Get("name"), form.Get("affiliation")
	_, err = s.People.EditProfile(ctx(c), edge.Who(c), person.ProfileEdit{Name: &name, Affiliation: &affiliation})
	if err == nil || store.IsReplay(err) {
		return seeOther(c, "/account")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAccount(c, http.StatusUnprocessableEntity, func(p *view.AccountPage) { p.Profile = again })
}

// changePassword ends every session with the old password; this browser gets a
// new one.
func (s *Site) changePassword(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = s.People.ChangePassword(ctx(c), edge.Who(c), form.Get("current"), form.Get("password"))
	if err == nil {
		return s.enter(c, edge.Who(c).Person, "/account")
	}
	again, err := s.again(nil, err)
	if err != nil {
		return err
	}
	return s.showAccount(c, http.StatusUnprocessableEntity, func(p *view.AccountPage) { p.Password = again })
}

func (s *Site) newToken(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	days := number(&f, form, "days")
	if days < 1 || days > 3650 {
		f.Add("days", "field.between", errs.Args{"Min": 1, "Max": 3650})
	}
	var token string
	if err = f.Err(); err == nil && edge.Who(c).SignedIn() {
		token, _, err = s.People.NewToken(ctx(c), edge.Who(c), person.NewToken{Name: form.Get("name"), Expires: time.Duration(days) * 24 * time.Hour})
	}
	if store.IsReplay(err) {
		return seeOther(c, "/account")
	}
	if err != nil && edge.Who(c).SignedIn() {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showAccount(c, http.StatusUnprocessableEntity, func(p *view.AccountPage) { p.Token = again })
	}
	return s.showAccount(c, http.StatusOK, func(p *view.AccountPage) { p.NewToken = token })
}

func (s *Site) revokeToken(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.People.RevokeToken(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, "/account")
}

func (s *Site) endSession(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.People.EndSession(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, "/account")
}
