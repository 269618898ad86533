// Package edge is what pages and the JSON API share on their way in and out:
// the middleware, who is asking, how forms and bodies are read, and the one
// table that turns kinds of errors into statuses.
//
// With pkg/web and pkg/api it is the only place that knows echo. It decides no
// rights and touches no database table.
package edge

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/pkg/access"
	"plenary/pkg/i18n"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/static"
)

// Ctx is the request that a handler answers. The alias is the one place to
// change when echo's next version makes it another type.
type Ctx = echo.Context

// Handler answers a request.
type Handler = echo.HandlerFunc

// Config is what the edge stands on.
type Config struct {
	BaseURL *url.URL // as people reach the forum; decides on secure cookies and on trusted origins
	Proxies []string // networks (CIDR) of proxies whose X-Forwarded-For is believed
	DB      *store.DB
	People  *person.People
	Words   *i18n.Bundle
	Assets  *static.Set
	Log     *slog.Logger
	Now     func() time.Time

	// Observe is told of every answered request, by route and not by address.
	// It may be nil.
	Observe func(method, route string, status int, took time.Duration)

	// ErrorPage shows an error as a page. Where it fails, plain text is sent.
	ErrorPage func(c Ctx, p Problem) error
}

// Edge is the way in.
type Edge struct {
	Config
	Echo *echo.Echo
	busy chan struct{}

	bare    map[string]Handler  // what answers at "METHOD /path", of the addresses that Add opened
	endings map[string][]ending // and beside it where the last parameter has an ending
}

// requestsAtOnce bounds the requests in work; more are told to come back.
const requestsAtOnce = 512

// New makes the router with its middleware. Routes are added to Echo.
func New(cfg Config) (*Edge, error) {
	e := &Edge{Config: cfg, Echo: echo.New(), busy: make(chan struct{}, requestsAtOnce), bare: map[string]Handler{}, endings: map[string][]ending{}}
	e.Echo.HideBanner, e.Echo.HidePort = true, true
	e.Echo.HTTPErrorHandler = e.answerError
	extractor, err := addressFrom(cfg.Proxies)
	if err != nil {
		return nil, err
	}
	e.Echo.IPExtractor = extractor
	e.use()
	return e, nil
}

// Secure reports whether people reach the forum over TLS.
func (e *Edge) Secure() bool { return e.BaseURL.Scheme == "https" }

// Origin is the forum's own, as browsers write it: scheme, host and port.
func (e *Edge) Origin() string { return e.BaseURL.Scheme + "://" + e.BaseURL.Host }

// visitor is what the middleware finds out about a request.
type visitor struct {
	actor   access.Actor
	person  person.Person
	session *person.Session
	bearer  bool
	scopes  []string // of the token
	// credential names the session or token
	credential string
	words      *i18n.Localizer
}

const visitorKey = "visitor"

func of(c Ctx) *visitor {
	v, ok := c.Get(visitorKey).(*visitor)
	if !ok {
		return &visitor{}
	}
	return v
}

// Who is acting.
func Who(c Ctx) access.Actor { return of(c).actor }

// Person is who has signed in; the zero value for a visitor.
func Person(c Ctx) person.Person { return of(c).person }

// Session is the browser's session, nil for visitors and for API tokens.
func Session(c Ctx) *person.Session { return of(c).session }

// WordsFor puts messages into the reader's language.
func (e *Edge) WordsFor(c Ctx) *i18n.Localizer {
	if w := of(c).words; w != nil {
		return w
	}
	return e.Words.Localizer(e.Words.Match(c.Request().Header.Get("Accept-Language")))
}

// Zone is the reader's time zone: the account's, else the one that the browser
// left in a cookie, else UTC.
func Zone(c Ctx) *time.Location {
	name := of(c).person.TimeZone
	if name == "" {
		if cookie, err := c.Cookie("zone"); err == nil {
			name = cookie.Value
		}
	}
	if len(name) > 64 || name == "" || name == "Local" {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// sendAway is the answer to more requests than can be worked on.
func sendAway(c Ctx, after time.Duration) {
	c.Response().Header().Set(echo.HeaderRetryAfter, seconds(after))
}

// ActAs lets the request act as somebody else than who has signed in: a guest who
// came by a personal link.
func ActAs(c Ctx, who access.Actor) { of(c).actor = who }
