package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/pkg/errs"
	"plenary/pkg/i18n"
)

// statuses is the one table from kinds to HTTP.
var statuses = map[errs.Kind]int{
	errs.Internal:        http.StatusInternalServerError,
	errs.Invalid:         http.StatusUnprocessableEntity,
	errs.Unauthenticated: http.StatusUnauthorized,
	errs.Forbidden:       http.StatusForbidden,
	errs.NotFound:        http.StatusNotFound,
	errs.Gone:            http.StatusGone,
	errs.Conflict:        http.StatusConflict,
	errs.TooLarge:        http.StatusRequestEntityTooLarge,
	errs.Unsupported:     http.StatusUnsupportedMediaType,
	errs.TooMany:         http.StatusTooManyRequests,
	errs.Unavailable:     http.StatusServiceUnavailable,
	errs.Full:            http.StatusInsufficientStorage,
}

// Two codes have a status of their own, whatever their kind: input that cannot
// even be read, such as broken JSON, and an address that knows other methods.
const (
	codeMalformed = "error.malformed"
	codeNoMethod  = "error.no_such_method"
)

// Problem is an error as it is told to people: RFC 9457 in JSON, and what the
// error page shows.
type Problem struct {
	Type    string            `json:"type"`
	Title   string            `json:"title"`
	Status  int               `json:"status"`
	Detail  string            `json:"detail"`
	Code    string            `json:"code"`
	Fields  map[string]string `json:"fields,omitempty"`
	Request string            `json:"request_id,omitempty"`

	RetryAfter time.Duration `json:"-"`
	Texts      errs.Fields   `json:"-"` // the fields before they were put into words
	Text       errs.Text     `json:"-"`
}

// ProblemOf puts an error into words. What is not an *errs.Error is ours, and
// says no more than that.
func ProblemOf(err error, words *i18n.Localizer) Problem {
	e := classified(err)
	status := statuses[e.Kind]
	switch e.Code {
	case codeMalformed:
		status = http.StatusBadRequest
	case codeNoMethod:
		status = http.StatusMethodNotAllowed
	}
	p := Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: words.T(e.Code, e.Args),
		Code: e.Code, Texts: e.Fields, Text: e.Text}
	if len(e.Fields) > 0 {
		p.Fields = make(map[string]string, len(e.Fields))
		for name, text := range e.Fields {
			p.Fields[name] = words.T(text.Code, text.Args)
		}
	}
	switch e.Kind {
	case errs.TooMany, errs.Unavailable:
		p.RetryAfter = time.Second
		if s, ok := e.Args["RetryAfter"].(int); ok {
			p.RetryAfter = time.Duration(s) * time.Second
		}
	}
	return p
}

// classified finds the *errs.Error in err, or makes one.
func classified(err error) *errs.Error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		return fromEcho(h)
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errs.New(errs.TooLarge, "error.too_large", errs.Args{"Max": tooLarge.Limit >> 10})
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errs.New(errs.Unavailable, "error.busy")
	}
	return errs.New(errs.Internal, "error.internal").Because(err)
}

func fromEcho(h *echo.HTTPError) *errs.Error {
	switch h.Code {
	case http.StatusNotFound:
		return errs.New(errs.NotFound, "error.not_found")
	case http.StatusMethodNotAllowed:
		return errs.New(errs.NotFound, codeNoMethod)
	case http.StatusRequestEntityTooLarge:
		return errs.New(errs.TooLarge, "error.too_large", errs.Args{"Max": bodyLimit >> 10})
	case http.StatusBadRequest:
		return Malformed("").Because(h)
	case http.StatusForbidden:
		return errs.New(errs.Forbidden, "error.other_origin").Because(h)
	}
	return errs.New(errs.Internal, "error.internal").Because(h)
}

// Malformed says that a request could not be read; what says where.
func Malformed(what string) *errs.Error {
	return errs.New(errs.Invalid, codeMalformed, errs.Args{"What": what})
}

// errorPageTime is how long an error page may take to be made.
const errorPageTime = 2 * time.Second

// answerError answers a request whose handler failed, as a page or as JSON. The
// request's own time is over then, and the page gets some of its own.
func (e *Edge) answerError(err error, c Ctx) {
	if c.Response().Committed || errors.Is(err, context.Canceled) {
		return // answered already, or nobody is there to read it
	}
	alive, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), errorPageTime)
	defer cancel()
	c.SetRequest(c.Request().WithContext(alive))
	p := ProblemOf(err, e.WordsFor(c))
	p.Request = RequestID(c)
	e.logError(c, p, err)
	if p.RetryAfter > 0 {
		sendAway(c, p.RetryAfter)
	}
	if p.Status == http.StatusUnauthorized && WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="plenary"`)
	}
	if WantsJSON(c) {
		err = WriteProblem(c, p)
	} else if err = e.ErrorPage(c, p); err != nil {
		e.Log.Error("the error page failed", "request_id", p.Request, "error", err)
		err = c.String(p.Status, p.Detail+"\n")
	}
	if err != nil {
		e.Log.Info("could not answer", "request_id", p.Request, "error", err)
	}
}

func (e *Edge) logError(c Ctx, p Problem, err error) {
	level := slog.LevelDebug
	if p.Status >= 500 {
		level = slog.LevelError
	}
	e.Log.Log(c.Request().Context(), level, "request failed", "request_id", p.Request, "status", p.Status,
		"route", c.Path(), "error", clean(err.Error()))
}

// WriteProblem answers with application/problem+json.
func WriteProblem(c Ctx, p Problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write a problem: %w", err)
	}
	return c.Blob(p.Status, "application/problem+json", body)
}

// WantsJSON reports whether the answer should be JSON: everything under /api,
// and whoever asks for nothing but JSON.
func WantsJSON(c Ctx) bool {
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		return true
	}
	accept := c.Request().Header.Get(echo.HeaderAccept)
	return strings.Contains(accept, "json") && !strings.Contains(accept, "html")
}

func seconds(d time.Duration) string { return strconv.Itoa(int(max(d, time.Second).Seconds())) }
