package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
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

func (s *Site) accountRoutes() []route {
	return []route{
		get("/account", s.account), post("/account/profile", s.editProfile),
		post("/account/picture", s.setPicture), post("/account/picture/remove", s.removePicture),
		get("/u/:handle/picture/:sum", s.picture),
		get("/account/sign-in", s.accountSignIn), post("/account/password", s.changePassword),
		post("/account/confirm", s.confirmOwnEmail),
		post("/account/email", s.changeEmail), post("/account/email/cancel", s.cancelEmail),
		get("/account/email/:token", s.emailLink), post("/account/email/:token", s.confirmEmail),
		get("/account/sessions", s.accountSessions), post("/account/sessions/:id/end", s.endSession),
		post("/account/sessions/end-others", s.endOtherSessions),
		get("/account/tokens", s.accountTokens), post("/account/tokens", s.newToken), post("/account/tokens/:id/revoke", s.revokeToken),
		get("/account/data", s.accountData), post("/account/data/export", s.askExport), get("/account/data/exports/:id", s.exported),
		get("/account/data/erase", s.erasePage), post("/account/data/erase", s.erase),
	}
}

// accountFrame is the frame of a page of one's own account.
func (s *Site) accountFrame(c edge.Ctx, tab string) view.AccountFrame {
	return view.AccountFrame{Frame: s.frame(c), Tab: tab}
}

func (s *Site) account(c edge.Ctx) error {
	return s.showAccount(c, http.StatusOK, func(p *view.AccountPage) {
		if c.QueryParam("saved") != "" {
			p.Notice = errs.Text{Code: "account.saved"}
		}
	})
}

// showAccount answers with one's profile; change puts in what came back
// rejected.
func (s *Site) showAccount(c edge.Ctx, status int, change func(*view.AccountPage)) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	me := edge.Person(c)
	p := view.AccountPage{AccountFrame: s.accountFrame(c, "profile"), Me: personOf(me.Brief), Browser: browserZone(c),
		There: s.Now().In(edge.Zone(c)).Format("15:04")}
	var err error
	p.Form, err = s.form(url.Values{"name": {me.Name}, "handle": {me.Handle}, "affiliation": {me.Affiliation}, "pronouns": {me.Pronouns},
		"time_zone": {me.TimeZone}, "language": {me.Language}})
	if err != nil {
		return err
	}
	change(&p)
	p.Zones = zones(p.Form.Value("time_zone"))
	for _, l := range s.Words.Languages() {
		p.Languages = append(p.Languages, view.ListOption{Value: l.Tag, Text: l.Name, Chosen: l.Tag == p.Form.Value("language")})
	}
	return s.show(c, status, p)
}

// browserZone is the zone that the browser has told, if it is one.
func browserZone(c edge.Ctx) string {
	cookie, err := c.Cookie("zone")
	if err != nil || cookie.Value == "" || cookie.Value == "Local" {
		return ""
	}
	if _, err := time.LoadLocation(cookie.Value); err != nil {
		return ""
	}
	return cookie.Value
}

// zones are the time zones to choose from, by continent.
func zones(chosen string) []view.OptionGroup {
	var groups []view.OptionGroup
	found := chosen == ""
	for _, name := range person.Zones() {
		area, place, ok := strings.Cut(name, "/")
		if !ok {
			area, place = name, name
		}
		if len(groups) == 0 || groups[len(groups)-1].Name != area {
			groups = append(groups, view.OptionGroup{Name: area})
		}
		last := &groups[len(groups)-1]
		found = found || name == chosen
		last.Options = append(last.Options, view.ListOption{Value: name, Text: strings.ReplaceAll(place, "_", " "), Chosen: name == chosen})
	}
	if !found {
		groups = append(groups, view.OptionGroup{Name: chosen, Options: []view.ListOption{{Value: chosen, Text: chosen, Chosen: true}}})
	}
	return groups
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
	if name := recognised(agent); name != "" {
		return name
	}
	return agent
}

// recognised is the name of a usual browser and its system; empty for any other,
// whose words a stranger has chosen.
func recognised(agent string) string {
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
		return ""
	}
	return browser + ", " + system
}

// edited are the fields of a profile that a form has. One that it does not have
// stays as it is.
func edited(form url.Values) person.ProfileEdit {
	field := func(name string) *string {
		if !form.Has(name) {
			return nil
		}
		value := form.Get(name)
		return &value
	}
	return person.ProfileEdit{Name: field("name"), Handle: field("handle"), Affiliation: field("affiliation"), Pronouns: field("pronouns"),
		TimeZone: field("time_zone"), Language: field("language")}
}

func (s *Site) editProfile(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	in := edited(form)
	if in.Name == nil {
		in.Name = new(string) // which is asked for
	}
	_, err = s.People.EditProfile(ctx(c), edge.Who(c), in)
	if err == nil || store.IsReplay(err) {
		return seeOther(c, "/account?saved=1")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAccount(c, http.StatusUnprocessableEntity, func(p *view.AccountPage) { p.Form = again })
}

// setPicture takes in a picture as it arrives.
func (s *Site) setPicture(c edge.Ctx) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	part, err := formPart(c, "picture")
	if err == nil {
		defer part.Close()
		err = s.usePicture(c, part)
	}
	if err == nil {
		return seeOther(c, "/account?saved=1")
	}
	again, err := s.again(nil, pictureProblem(err))
	if err != nil {
		return err
	}
	return s.showAccount(c, http.StatusUnprocessableEntity, func(p *view.AccountPage) { p.Picture = again })
}

// pictureProblem tells of the field what is wrong with a picture.
func pictureProblem(err error) error {
	var f errs.Fields
	_, cut := errors.AsType[*http.MaxBytesError](err)
	switch {
	case cut, errs.Is(err, errs.TooLarge) && errs.CodeOf(err) == "error.too_large":
		f.Add("picture", "account.picture_too_large")
	case errs.Is(err, errs.Unsupported), errs.Is(err, errs.TooLarge):
		e, _ := errors.AsType[*errs.Error](err)
		f.Add("picture", e.Code, e.Args)
	default:
		return renamed(err, "file", "picture")
	}
	return f.Err()
}

func (s *Site) removePicture(c edge.Ctx) error {
	before, err := s.People.SetPicture(ctx(c), edge.Who(c), "")
	if err != nil {
		return err
	}
	if err := s.dropPicture(c, before); err != nil {
		return err
	}
	return seeOther(c, "/account?saved=1")
}

func (s *Site) accountSignIn(c edge.Ctx) error {
	return s.showAccountSignIn(c, http.StatusOK, func(*view.AccountSignInPage) {})
}

// showAccountSignIn answers with one's address and password; change puts in what
// came back rejected.
func (s *Site) showAccountSignIn(c edge.Ctx, status int, change func(*view.AccountSignInPage)) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	me := edge.Person(c)
	p := view.AccountSignInPage{AccountFrame: s.accountFrame(c, "sign_in"), Email: me.Email, Confirmed: me.EmailConfirmed, HasPassword: me.HasPassword}
	p.NeedsOld = me.HasPassword
	if own := edge.Session(c); own != nil && person.ProvedOtherwise(*own, s.Now()) {
		p.NeedsOld = false
	}
	pending, is, err := s.People.PendingEmail(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	if is {
		p.Change = &view.EmailChange{New: pending.NewEmail, NeedsOld: pending.NeedsOld, OldAgreed: pending.OldConfirmed,
			NewAgreed: pending.NewConfirmed, Until: pending.ExpiresAt}
	}
	if p.NewEmail, err = s.form(nil); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

// changePassword ends every session with the old password; this browser gets a
// new one.
func (s *Site) changePassword(c edge.Ctx) error {
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = s.People.SetOwnPassword(ctx(c), *own, form.Get("current"), form.Get("password"), form.Get("tokens") != "")
	if err == nil {
		return s.enter(c, edge.Who(c).Person, "/account/sign-in")
	}
	again, err := s.again(nil, err)
	if err != nil {
		return err
	}
	return s.showAccountSignIn(c, http.StatusUnprocessableEntity, func(p *view.AccountSignInPage) { p.Password = again })
}

// confirmOwnEmail sends a link and a code to one's own address. Used where one is
// signed in, they confirm it and change nothing else.
func (s *Site) confirmOwnEmail(c edge.Ctx) error {
	if edge.Session(c) == nil {
		return errSignIn()
	}
	if err := s.askByMail(c, edge.Person(c).Email, "/account/sign-in"); err != nil {
		return err
	}
	return seeOther(c, "/signin/sent")
}

// changeEmail begins a change of address, for somebody who has proved a moment
// ago who they are.
func (s *Site) changeEmail(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := s.recently(c); err != nil {
		return err
	}
	err = s.People.ChangeEmail(ctx(c), edge.Who(c), form.Get("email"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, "/account/sign-in")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAccountSignIn(c, http.StatusUnprocessableEntity, func(p *view.AccountSignInPage) { p.NewEmail = again })
}

func (s *Site) cancelEmail(c edge.Ctx) error {
	if err := s.People.CancelEmailChange(ctx(c), edge.Who(c)); err != nil {
		return err
	}
	return seeOther(c, "/account/sign-in")
}

// emailLink shows what a letter's link asks for. It does nothing, so that a mail
// program that looks at links decides nothing.
func (s *Site) emailLink(c edge.Ctx) error {
	l, err := s.People.EmailLink(ctx(c), c.Param("token"))
	if err != nil {
		return err
	}
	return s.ok(c, view.EmailLinkPage{Frame: s.frame(c), Token: c.Param("token"), Handle: l.Person.Handle, New: l.New, IsNew: l.IsNew})
}

func (s *Site) confirmEmail(c edge.Ctx) error {
	var keep int64
	if own := edge.Session(c); own != nil {
		keep = own.ID
	}
	l, done, err := s.People.ConfirmEmail(ctx(c), c.Param("token"), keep)
	if err != nil {
		return err
	}
	return s.ok(c, view.EmailLinkPage{Frame: s.frame(c), Handle: l.Person.Handle, New: l.New, IsNew: l.IsNew, Done: done, Agreed: !done})
}

func (s *Site) accountSessions(c edge.Ctx) error {
	sessions, err := s.People.Sessions(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	p := view.AccountSessionsPage{AccountFrame: s.accountFrame(c, "sessions")}
	own := edge.Session(c)
	for _, one := range sessions {
		p.Sessions = append(p.Sessions, view.Session{ID: strconv.FormatInt(one.ID, 10), Browser: device(one.Device), Method: string(one.Method),
			At: one.CreatedAt, Last: one.LastUsedAt, Current: own != nil && own.ID == one.ID})
	}
	return s.ok(c, p)
}

func (s *Site) endSession(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.People.EndSession(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, "/account/sessions")
}

func (s *Site) endOtherSessions(c edge.Ctx) error {
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	if _, err := s.People.EndOtherSessions(ctx(c), edge.Who(c), own.ID); err != nil {
		return err
	}
	return seeOther(c, "/account/sessions")
}

func (s *Site) accountTokens(c edge.Ctx) error {
	return s.showTokens(c, http.StatusOK, func(*view.AccountTokensPage) {})
}

// showTokens answers with one's API tokens; change puts in what came back
// rejected, or was just made.
func (s *Site) showTokens(c edge.Ctx, status int, change func(*view.AccountTokensPage)) error {
	tokens, err := s.People.Tokens(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	p := view.AccountTokensPage{AccountFrame: s.accountFrame(c, "tokens"), MayAdmin: edge.Who(c).Administrator}
	if p.Form, err = s.form(url.Values{"days": {"90"}}); err != nil {
		return err
	}
	for _, t := range tokens {
		p.Tokens = append(p.Tokens, view.Token{ID: t.ID, Name: t.Name, Admin: slices.Contains(t.Scopes, person.ScopeAdmin), At: t.CreatedAt, Until: instant(t.ExpiresAt), LastUsed: instant(t.LastUsedAt)})
	}
	change(&p)
	return s.show(c, status, p)
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
	if err := s.recently(c); err != nil {
		return err
	}
	in := person.NewToken{Name: form.Get("name"), Expires: time.Duration(days) * 24 * time.Hour}
	if form.Get("admin") != "" {
		in.Scopes = []string{person.ScopeRead, person.ScopeWrite, person.ScopeAdmin}
	}
	var token string
	if err = f.Err(); err == nil {
		token, _, err = s.People.NewToken(ctx(c), edge.Who(c), in)
	}
	if store.IsReplay(err) {
		return seeOther(c, "/account/tokens")
	}
	if err != nil {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showTokens(c, http.StatusUnprocessableEntity, func(p *view.AccountTokensPage) { p.Form = again })
	}
	return s.showTokens(c, http.StatusOK, func(p *view.AccountTokensPage) { p.NewToken = token })
}

func (s *Site) revokeToken(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.People.RevokeToken(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, "/account/tokens")
}
