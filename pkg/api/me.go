package api

import (
	"net/http"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/mydata"
	"plenary/pkg/person"
)

func (a *API) forAccounts() []route {
	return []route{
		{patch, "/me", a.editMe},
		{put, "/me/picture", a.setPicture},
		{del, "/me/picture", a.removePicture},
		{get, "/me/sessions", a.listSessions},
		{del, "/me/sessions", a.endSessions},
		{del, "/me/sessions/{id}", a.endSession},
		{post, "/me/export", a.askExport},
		{get, "/me/exports", a.listExports},
		{get, "/people/{handle}", a.showPerson},
		{patch, "/people/{handle}", a.changePerson},
		{post, "/people/{handle}/merge", a.mergePerson},
	}
}

type profileEdit struct {
	Name        *string `json:"name"`
	Handle      *string `json:"handle"`
	Affiliation *string `json:"affiliation"`
	Pronouns    *string `json:"pronouns"`
	TimeZone    *string `json:"time_zone"`
	Language    *string `json:"language"`
}

func (a *API) editMe(c edge.Ctx) error {
	in, err := read[profileEdit](c)
	if err != nil {
		return err
	}
	p, err := a.People.EditProfile(c.Request().Context(), edge.Who(c), person.ProfileEdit(in))
	if err != nil {
		return err
	}
	return a.answerMe(c, p)
}

// setPicture takes the body as it is for the picture.
func (a *API) setPicture(c edge.Ctx) error {
	ctx := c.Request().Context()
	kept, err := a.Files.PutPortrait(ctx, c.Request().Body, edge.PictureLimit)
	if err != nil {
		return renamed(err, "file", "picture")
	}
	before, err := a.People.SetPicture(ctx, edge.Who(c), kept.SHA256)
	if err != nil {
		return err
	}
	if before != "" && before != kept.SHA256 {
		if err := a.MyData.DropLater(ctx, before); err != nil {
			return err
		}
	}
	me, err := a.People.ByID(ctx, edge.Who(c).Person)
	if err != nil {
		return err
	}
	return a.answerMe(c, me)
}

func (a *API) removePicture(c edge.Ctx) error {
	ctx := c.Request().Context()
	before, err := a.People.SetPicture(ctx, edge.Who(c), "")
	if err == nil && before != "" {
		err = a.MyData.DropLater(ctx, before)
	}
	if err != nil {
		return err
	}
	return done(c)
}

type sessionAnswer struct {
	ID         int64         `json:"id"`
	Device     string        `json:"device"`
	Method     person.Method `json:"method"`
	CreatedAt  time.Time     `json:"created_at"`
	LastUsedAt time.Time     `json:"last_used_at"`
	ExpiresAt  time.Time     `json:"expires_at"`
	Current    bool          `json:"current"`
}

// currentSession is the id of the session that the request came with; 0 for a
// token.
func currentSession(c edge.Ctx) int64 {
	if own := edge.Session(c); own != nil {
		return own.ID
	}
	return 0
}

func (a *API) listSessions(c edge.Ctx) error {
	sessions, err := a.People.Sessions(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	current := currentSession(c)
	return ok(c, whole(sessions, func(s person.SessionInfo) sessionAnswer {
		return sessionAnswer{ID: s.ID, Device: s.Device, Method: s.Method, CreatedAt: s.CreatedAt.UTC(), LastUsedAt: s.LastUsedAt.UTC(),
			ExpiresAt: s.ExpiresAt.UTC(), Current: s.ID == current}
	}))
}

func (a *API) endSessions(c edge.Ctx) error {
	if _, err := a.People.EndOtherSessions(c.Request().Context(), edge.Who(c), currentSession(c)); err != nil {
		return err
	}
	return done(c)
}

func (a *API) endSession(c edge.Ctx) error { return answerNothing(c, a.People.EndSession) }

type exportAnswer struct {
	ID        int64      `json:"id"`
	AskedAt   time.Time  `json:"asked_at"`
	MadeAt    *time.Time `json:"made_at,omitempty"` // absent while it is being made
	ExpiresAt time.Time  `json:"expires_at"`
	Size      int64      `json:"size"`
	URL       string     `json:"url,omitempty"` // of the file
}

func answerExport(e mydata.Export) exportAnswer {
	out := exportAnswer{ID: e.ID, AskedAt: e.AskedAt.UTC(), MadeAt: utc(e.MadeAt), ExpiresAt: e.ExpiresAt.UTC(), Size: e.Size}
	if e.Ready() {
		out.URL = e.Path()
	}
	return out
}

func (a *API) askExport(c edge.Ctx) error {
	if err := edge.Recent(c, a.Now()); err != nil {
		return err
	}
	asked, err := a.MyData.AskExport(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", Prefix+"/me/exports")
	return c.JSON(http.StatusAccepted, answerExport(asked))
}

func (a *API) listExports(c edge.Ctx) error {
	exports, err := a.MyData.Exports(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	return ok(c, whole(exports, answerExport))
}

// accountAnswer is an account as administrators see it.
type accountAnswer struct {
	personAnswer
	Disabled       bool   `json:"disabled"`
	DisabledReason string `json:"disabled_reason"`
	Sessions       int    `json:"session_count"`
}

// account finds whom the path names, for an administrator.
func (a *API) account(c edge.Ctx) (person.Account, error) {
	ctx := c.Request().Context()
	if err := access.Check(edge.Who(c), access.Administer, access.Forum()); err != nil {
		return person.Account{}, err
	}
	p, err := a.People.ByHandle(ctx, c.Param("handle"))
	if err != nil {
		return person.Account{}, err
	}
	return a.People.Account(ctx, edge.Who(c), p.ID)
}

func (a *API) showPerson(c edge.Ctx) error {
	found, err := a.account(c)
	if err != nil {
		return err
	}
	return ok(c, accountAnswer{answerPerson(found.Person), found.Disabled, found.DisabledReason, found.Sessions})
}

type accountEdit struct {
	Disabled      *bool  `json:"disabled"`
	Reason        string `json:"reason"` // for disabling
	Administrator *bool  `json:"administrator"`
}

// changePerson changes one thing at a time: two would be done or refused one by
// one, which is hard to tell.
func (a *API) changePerson(c edge.Ctx) error {
	in, err := read[accountEdit](c)
	if err != nil {
		return err
	}
	found, err := a.account(c)
	if err != nil {
		return err
	}
	if err := a.administersNow(c); err != nil {
		return err
	}
	ctx, who := c.Request().Context(), edge.Who(c)
	switch {
	case in.Disabled != nil && in.Administrator != nil:
		var f errs.Fields
		f.Add("administrator", "person.one_change")
		err = f.Err()
	case in.Administrator != nil:
		err = a.People.SetAdministrator(ctx, who, found.ID, *in.Administrator)
	case in.Disabled != nil && *in.Disabled:
		err = a.People.Disable(ctx, who, found.ID, in.Reason)
	case in.Disabled != nil:
		err = a.People.Enable(ctx, who, found.ID)
	}
	if err != nil {
		return err
	}
	return a.showPerson(c)
}

type merging struct {
	Into    string `json:"into"`    // handle of the account that stays
	Confirm string `json:"confirm"` // handle of the account that goes
}

func (a *API) mergePerson(c edge.Ctx) error {
	in, err := read[merging](c)
	if err != nil {
		return err
	}
	goes, err := a.account(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	to, err := a.People.ByHandle(ctx, in.Into)
	if errs.Is(err, errs.NotFound) {
		var f errs.Fields
		f.Add("into", "field.unknown_person")
		err = f.Err()
	}
	if err != nil {
		return err
	}
	if err := a.administersNow(c); err != nil {
		return err
	}
	if err := a.People.Merge(ctx, edge.Who(c), goes.ID, to.ID, in.Confirm); err != nil {
		return renamed(err, "person", "into")
	}
	return done(c)
}
