// Package api is the JSON API under /api/v1: requests become calls of the
// rooms, and what the rooms give back becomes JSON. openapi.yaml describes it
// for those who write programs against it, and the tests hold both together.
//
// It must never know who may do what, nor touch the database: the rooms decide
// and store. Words for people come from the catalogue alone.
package api

import (
	"net/http"
	"time"

	"plenary/pkg/blob"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/mydata"
	"plenary/pkg/notify"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/programme"
	"plenary/pkg/system"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
)

// Prefix is where every address of the API begins.
const Prefix = "/api/v1"

// Config is what the API stands on.
type Config struct {
	Edge       *edge.Edge
	People     *person.People
	Groups     *group.Groups
	Forum      *forum.Forum
	Polls      *poll.Polls
	Templates  *template.Templates
	Themes     *theme.Themes
	Programmes *programme.Programmes
	Timeline   *timeline.Reader
	Files      *blob.Store
	Mail       *notify.Outbox
	System     *system.System
	MyData     *mydata.Data
	Now        func() time.Time
}

// API answers the calls.
type API struct{ Config }

// New makes an API. Its addresses are not served before Routes.
func New(cfg Config) *API { return &API{cfg} }

// Routes adds the API to the edge's router.
func (a *API) Routes() {
	all := a.Edge.Echo.Group(Prefix)
	for _, r := range a.routes() {
		all.Add(r.method, pattern(r.path), r.handle, private, readable, needsPerson, a.Edge.IdempotencyKey, a.underOldHandle)
	}
	for _, r := range a.secretive() {
		all.Add(r.method, pattern(r.path), r.handle, private, readable, needsPerson, a.underOldHandle)
	}
}

// private keeps answers out of caches that several people share.
func private(next edge.Handler) edge.Handler {
	return func(c edge.Ctx) error {
		h := c.Response().Header()
		h.Set("Cache-Control", "private, no-cache")
		h.Add("Vary", "Authorization, Cookie")
		return next(c)
	}
}

// needsPerson lets visitors look only, whatever the thing is: whether it exists
// is not told.
func needsPerson(next edge.Handler) edge.Handler {
	return func(c edge.Ctx) error {
		if c.Request().Method != http.MethodGet && !edge.Who(c).SignedIn() {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		return next(c)
	}
}
