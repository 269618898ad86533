// Package web serves the pages: it reads forms, asks the rooms of the forum to
// act, and puts what they answer into the structs of package view.
//
// It decides no rights (package access does, and it only asks to show or hide a
// button), touches no database table and writes no HTML beyond the few elements
// that wrap a live fragment.
package web

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/pkg/access"
	"plenary/pkg/blob"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/i18n"
	"plenary/pkg/live"
	"plenary/pkg/mydata"
	"plenary/pkg/notify"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/programme"
	"plenary/pkg/system"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
	"plenary/pkg/web/view"
)

// Config is what the pages stand on.
type Config struct {
	View       *view.Renderer
	Words      *i18n.Bundle
	People     *person.People
	Groups     *group.Groups
	Forum      *forum.Forum
	Polls      *poll.Polls
	Templates  *template.Templates
	Themes     *theme.Themes
	Programmes *programme.Programmes
	Timeline   *timeline.Reader
	Blobs      *blob.Store
	Mail       *notify.Outbox
	System     *system.System
	MyData     *mydata.Data

	// Demo fills an empty forum with a made-up assembly, on behalf of its first
	// administrator.
	Demo func(ctx context.Context, who access.Actor) error

	// Ready answers nil while the forum can work: database and broker answer.
	Ready func(ctx context.Context) error

	Version string
	Now     func() time.Time
	Random  io.Reader // of the once-only keys in forms; crypto/rand.Reader outside of tests
}

// Site is all pages. It is safe for concurrent use once Routes has been called.
type Site struct {
	Config
	edge      *edge.Edge
	hub       *live.Hub
	fragments *fragments
	pages     *pages
	name      atomic.Pointer[forumName]
}

// New makes the site. Requests come once Routes has been called.
func New(cfg Config) (*Site, error) {
	kept, err := newFragments(cfg.View)
	if err != nil {
		return nil, err
	}
	whole, err := newPages()
	if err != nil {
		return nil, err
	}
	return &Site{Config: cfg, fragments: kept, pages: whole}, nil
}

// forumName is what the forum was called at an instant.
type forumName struct {
	name string
	at   time.Time
}

// nameLasts is how late another process's renaming may be noticed.
const nameLasts = 10 * time.Second

// forumName is kept for a while, since every page shows it. Where it cannot be
// read the last one known is shown: that must not stop an error page.
func (s *Site) forumName(ctx context.Context) string {
	last := s.name.Load()
	now := s.Now()
	if last != nil && now.Sub(last.at) < nameLasts {
		return last.name
	}
	name, err := s.People.ForumName(ctx)
	switch {
	case err == nil:
		s.name.Store(&forumName{name, now})
		return name
	case last != nil:
		return last.name
	}
	return "Plenary"
}

// frame is what the layout needs.
func (s *Site) frame(c edge.Ctx) view.Frame {
	f := view.Frame{Clock: view.Clock{Now: s.Now(), Zone: edge.Zone(c)}, Forum: s.forumName(c.Request().Context()),
		Version: s.Version, Theme: themeCookie(c)}
	if c.Request().Method == http.MethodGet {
		f.Path = c.Request().URL.RequestURI()
	}
	if who := edge.Person(c); who.ID != 0 {
		f.Viewer = &view.Viewer{ID: who.ID, Name: who.Name, Handle: who.Handle, Affiliation: who.Affiliation, Picture: who.Picture, Administrator: who.Administrator}
		f.OwnZone = who.TimeZone
	}
	return f
}

// themeCookie is the reader's choice between light and dark.
func themeCookie(c edge.Ctx) string {
	cookie, err := c.Cookie("theme")
	if err != nil || cookie.Value != "light" && cookie.Value != "dark" {
		return ""
	}
	return cookie.Value
}

// words are the reader's.
func (s *Site) words(c edge.Ctx) *i18n.Localizer { return s.edge.WordsFor(c) }

// show answers with a page.
func (s *Site) show(c edge.Ctx, status int, p view.Page) error {
	htmlHeaders(c)
	return s.View.Render(late{c.Response(), status}, s.words(c).Lang(), p)
}

// sendHTML answers with a page that was rendered before.
func (s *Site) sendHTML(c edge.Ctx, status int, html []byte) error {
	htmlHeaders(c)
	c.Response().WriteHeader(status)
	_, err := c.Response().Write(html)
	return err
}

// htmlHeaders say that the page is for this reader, and to be asked for again.
func htmlHeaders(c edge.Ctx) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	h.Add(echo.HeaderVary, "Cookie")
}

// ok shows a page that went well.
func (s *Site) ok(c edge.Ctx, p view.Page) error { return s.show(c, http.StatusOK, p) }

// late sends the status with the first bytes, so that a page that fails to
// render can still become an error.
type late struct {
	to     *echo.Response
	status int
}

// Write sends the bytes.
func (l late) Write(b []byte) (int, error) {
	if !l.to.Committed {
		l.to.WriteHeader(l.status)
	}
	return l.to.Write(b)
}

// seeOther sends the browser on after a form was carried out.
func seeOther(c edge.Ctx, to string) error { return c.Redirect(http.StatusSeeOther, to) }

// onceKey is a new once-only key for a form.
func (s *Site) onceKey() (string, error) {
	key := make([]byte, 16)
	if _, err := io.ReadFull(s.Random, key); err != nil {
		return "", fmt.Errorf("make a once-only key: %w", err)
	}
	return hex.EncodeToString(key), nil
}
