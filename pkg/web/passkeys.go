package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

func (s *Site) passkeyRoutes() []route {
	return []route{
		post("/signin/passkey/options", s.askForPasskey), post("/signin/passkey", s.signInByPasskey),
		post("/signin/again/passkey/options", s.askForOwnPasskey), post("/signin/again/passkey", s.proveByPasskey),
		get("/account/passkeys", s.passkeys), post("/account/passkeys/options", s.beginPasskey), post("/account/passkeys", s.addPasskey),
		post("/account/passkeys/not-now", s.declinePasskey),
		post("/account/passkeys/:id/rename", s.renamePasskey), post("/account/passkeys/:id/remove", s.removePasskey),
	}
}

const (
	passkeysPath = "/account/passkeys"

	// passkeyCookie keeps the secret of a ceremony; it is shown to no script.
	passkeyCookie = "plenary_passkey"

	// offerCookie remembers that somebody wants to hear no more of passkeys.
	offerCookie = "passkey_offer"
	offerRests  = 365 * 24 * time.Hour
)

// question answers with what the device is asked, as JSON for the page's script.
func (s *Site) question(c edge.Ctx, asked person.Ceremony, err error) error {
	if err != nil {
		return err
	}
	s.keepCeremony(c, asked.Secret, person.CeremonyLife)
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSONBlob(http.StatusOK, asked.Options)
}

func (s *Site) keepCeremony(c edge.Ctx, secret string, life time.Duration) {
	c.SetCookie(&http.Cookie{Name: s.secretName(passkeyCookie), Value: secret, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true,
		Secure: s.edge.Secure(), SameSite: http.SameSiteStrictMode})
}

// deviceAnswer is what the page's script brings back.
type deviceAnswer struct {
	Credential json.RawMessage `json:"credential"`
	Next       string          `json:"next"`
}

// brought reads the answer and takes the ceremony's secret back, since it is
// good for one answer only.
func (s *Site) brought(c edge.Ctx) (deviceAnswer, string, error) {
	in, err := edge.JSON[deviceAnswer](c)
	if err != nil {
		return in, "", err
	}
	kept := s.secret(c, passkeyCookie)
	s.keepCeremony(c, "", -time.Second)
	return in, kept, nil
}

// goOn tells the script where to go.
func goOn(c edge.Ctx, to string) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, map[string]string{"next": to})
}

func (s *Site) askForPasskey(c edge.Ctx) error {
	asked, err := s.People.BeginPasskeySignIn(ctx(c), c.RealIP(), s.secret(c, passkeyCookie))
	return s.question(c, asked, err)
}

func (s *Site) signInByPasskey(c edge.Ctx) error {
	in, kept, err := s.brought(c)
	if err != nil {
		return err
	}
	entry, err := s.People.SignInByPasskey(ctx(c), kept, in.Credential, c.Request().UserAgent())
	if err != nil {
		return err
	}
	if err := s.begin(c, entry.Session); err != nil { // a passkey is never followed by a second factor
		return err
	}
	return goOn(c, edge.SafeNext(in.Next))
}

func (s *Site) passkeys(c edge.Ctx) error {
	added, err := edge.Number(c, "added")
	if err != nil {
		return err
	}
	return s.showPasskeys(c, http.StatusOK, func(p *view.PasskeysPage) { p.Added = added })
}

// showPasskeys answers with the list of one's passkeys; change puts in what came
// back rejected.
func (s *Site) showPasskeys(c edge.Ctx, status int, change func(*view.PasskeysPage)) error {
	keys, err := s.People.Passkeys(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	p := view.PasskeysPage{Frame: s.frame(c), Work: s.People.PasskeysWork(), Full: len(keys) >= person.PasskeysMax}
	for _, k := range keys {
		p.Passkeys = append(p.Passkeys, view.Passkey{ID: k.ID, Name: k.Name, At: k.CreatedAt, LastUsed: instant(k.LastUsedAt), Synced: k.Synced, Copied: k.Copied})
	}
	change(&p)
	return s.show(c, status, p)
}

// beginPasskey takes a recent proof: a session that was left open must not be
// enough to make a key to the account.
func (s *Site) beginPasskey(c edge.Ctx) error {
	if err := s.recently(c); err != nil {
		return err
	}
	asked, err := s.People.BeginPasskey(ctx(c), edge.Who(c), s.secret(c, passkeyCookie))
	return s.question(c, asked, err)
}

func (s *Site) addPasskey(c edge.Ctx) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	in, kept, err := s.brought(c)
	if err != nil {
		return err
	}
	made, err := s.People.AddPasskey(ctx(c), edge.Who(c), currentSession(c), kept, in.Credential, s.passkeyName(c))
	if err != nil {
		return err
	}
	return goOn(c, fmt.Sprintf("%s?added=%d", passkeysPath, made.ID))
}

// passkeyName is what a new passkey is called until its owner finds better words.
func (s *Site) passkeyName(c edge.Ctx) string {
	agent := c.Request().UserAgent()
	if name := recognised(agent); name != "" {
		return name
	}
	return s.words(c).T("passkey.unnamed")
}

func (s *Site) renamePasskey(c edge.Ctx) error {
	id, form, err := s.ofPasskey(c)
	if err != nil {
		return err
	}
	err = s.People.RenamePasskey(ctx(c), edge.Who(c), id, form.Get("name"))
	if err == nil {
		return seeOther(c, passkeysPath)
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showPasskeys(c, http.StatusUnprocessableEntity, func(p *view.PasskeysPage) { p.Renaming, p.Rename = id, again })
}

func (s *Site) removePasskey(c edge.Ctx) error {
	id, _, err := s.ofPasskey(c)
	if err == nil {
		err = s.recently(c)
	}
	if err != nil {
		return err
	}
	err = s.People.RemovePasskey(ctx(c), edge.Who(c), currentSession(c), id)
	switch {
	case err == nil:
		return seeOther(c, passkeysPath)
	case errs.Is(err, errs.Conflict):
		return s.showPasskeys(c, http.StatusConflict, func(p *view.PasskeysPage) { p.Refused.Err = errs.Text{Code: errs.CodeOf(err)} })
	}
	return err
}

// ofPasskey reads a form about one passkey.
func (s *Site) ofPasskey(c edge.Ctx) (int64, url.Values, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return 0, nil, err
	}
	form, err := submitted(c)
	return id, form, err
}

// offersPasskey tells whether to offer a passkey: to somebody who came in by
// other means, has none, and has not said that they want none.
func (s *Site) offersPasskey(c edge.Ctx) (bool, error) {
	session := edge.Session(c)
	if session == nil || session.Method == person.ByPasskey || !s.People.PasskeysWork() || s.secret(c, offerCookie) != "" {
		return false, nil
	}
	has, err := s.People.HasPasskey(ctx(c), edge.Who(c))
	return !has, err
}

func (s *Site) declinePasskey(c edge.Ctx) error {
	who := edge.Who(c)
	if !who.SignedIn() {
		return errSignIn()
	}
	c.SetCookie(&http.Cookie{Name: offerCookie, Value: strconv.FormatInt(who.Person, 10), Path: "/", MaxAge: int(offerRests.Seconds()), HttpOnly: true,
		Secure: s.edge.Secure(), SameSite: http.SameSiteLaxMode})
	return seeOther(c, "/")
}

// provesByPasskey tells whether to offer a passkey to somebody who has to prove
// again who they are. It is asked for error pages too, when the request's own
// time is over.
func (s *Site) provesByPasskey(c edge.Ctx) bool {
	asked, cancel := context.WithTimeout(context.WithoutCancel(ctx(c)), time.Second)
	defer cancel()
	has, err := s.People.HasPasskey(asked, edge.Who(c))
	return err == nil && has && s.People.PasskeysWork()
}

func (s *Site) askForOwnPasskey(c edge.Ctx) error {
	asked, err := s.People.BeginPasskeyProof(ctx(c), edge.Who(c), s.secret(c, passkeyCookie))
	return s.question(c, asked, err)
}

func (s *Site) proveByPasskey(c edge.Ctx) error {
	session := edge.Session(c)
	if session == nil {
		return errSignIn()
	}
	in, kept, err := s.brought(c)
	if err != nil {
		return err
	}
	fresh, err := s.People.ProveByPasskey(ctx(c), *session, s.edge.SessionToken(c), kept, in.Credential)
	if err != nil {
		return err
	}
	if err := s.begin(c, fresh); err != nil {
		return err
	}
	return goOn(c, edge.SafeNext(in.Next))
}
