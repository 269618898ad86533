package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"plenary/pkg/errs"
)

// Bounds of every request.
const (
	bodyLimit      = 512 << 10 // bytes of a form or a JSON body
	UploadLimit    = 10 << 20  // bytes of an uploaded file
	ExportLimit    = 8 << 20   // bytes of a poll's export that is checked here
	PictureLimit   = 2 << 20   // bytes of a picture of oneself or of a group, as it comes in
	picturesLimit  = 32 << 20  // bytes of all pictures of options, or files for a session, in one form
	requestTimeout = 10 * time.Second
)

// contentPolicy allows what the forum itself serves, and nothing inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
	"font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types plenary"

// AllowCompiled lets the page run what was compiled for browsers, from the forum
// itself and nowhere else. It is for the one page that needs it.
func AllowCompiled(c Ctx) {
	c.Response().Header().Set("Content-Security-Policy", strings.Replace(contentPolicy, "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1))
}

// AllowFraming lets pages of other sites show this one inside them, which runs no
// scripts and holds no forms then. It is for what every visitor may see.
func AllowFraming(c Ctx) {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", framedPolicy)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// framedPolicy is for pages inside those of other sites.
const framedPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

// use sets the middleware, outermost first.
func (e *Edge) use() {
	crossOrigin := http.NewCrossOriginProtection()
	// The address that people use may differ from the Host that a proxy passes on.
	if err := crossOrigin.AddTrustedOrigin(e.Origin()); err != nil {
		e.Log.Error("the base URL is no origin", "error", err)
	}
	e.Echo.Use(
		middleware.RequestIDWithConfig(middleware.RequestIDConfig{RequestIDHandler: func(Ctx, string) {}, TargetHeader: "X-Request-Id"}),
		e.logRequest,
		e.recover,
		e.headers,
		e.shed,
		e.limits,
		e.protect(crossOrigin),
		e.identify,
		middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 1400, Skipper: isRaw}),
	)
}

// isRaw reports what is neither a page nor JSON: sockets, and bytes that are
// compressed already.
func isRaw(c Ctx) bool {
	p := c.Request().URL.Path
	return p == "/live" || strings.HasPrefix(p, "/static/") || strings.HasPrefix(p, "/files/") ||
		(strings.HasPrefix(p, "/u/") || strings.HasPrefix(p, "/g/")) && strings.Contains(p, "/picture/") || strings.HasPrefix(p, "/account/data/exports/")
}

// RequestID names the request in answers and in the log.
func RequestID(c Ctx) string { return c.Response().Header().Get("X-Request-Id") }

// logRequest writes one line for each request. Queries are left out: they hold
// what people look for, and tokens.
func (e *Edge) logRequest(next Handler) Handler {
	return func(c Ctx) error {
		began := e.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		status := c.Response().Status
		if e.Observe != nil {
			e.Observe(c.Request().Method, c.Path(), status, e.Now().Sub(began))
		}
		if strings.HasPrefix(c.Request().URL.Path, "/static/") && status < 400 {
			return nil
		}
		e.Log.Info("request", "request_id", RequestID(c), "method", clean(c.Request().Method), "route", c.Path(),
			"status", status, "bytes", c.Response().Size, "ms", e.Now().Sub(began).Milliseconds())
		return nil
	}
}

// clean makes a value from outside safe to log: no line breaks, no characters
// that reorder or hide what stands beside them.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

func (e *Edge) recover(next Handler) Handler {
	return func(c Ctx) (err error) {
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				e.Log.Error("panic", "request_id", RequestID(c), "route", c.Path(), "panic", clean(fmt.Sprint(p)), "stack", string(debug.Stack()))
				err = errs.New(errs.Internal, "error.internal")
			}
		}()
		return next(c)
	}
}

func (e *Edge) headers(next Handler) Handler {
	return func(c Ctx) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)")
		if e.Secure() {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		return next(c)
	}
}

// shed answers 503 while too many requests are in work, so that those that are
// in work get done.
func (e *Edge) shed(next Handler) Handler {
	return func(c Ctx) error {
		if isRaw(c) || c.Request().URL.Path == "/healthz" {
			return next(c)
		}
		select {
		case e.busy <- struct{}{}:
			defer func() { <-e.busy }()
			return next(c)
		default:
			return errs.New(errs.Unavailable, "error.overloaded", errs.Args{"RetryAfter": 2})
		}
	}
}

// limits bounds the body and the time of a request.
func (e *Edge) limits(next Handler) Handler {
	return func(c Ctx) error {
		r := c.Request()
		if r.URL.Path == "/live" {
			return next(c)
		}
		if r.Body != nil {
			limit := int64(bodyLimit)
			switch {
			case IsUpload(c):
				limit = UploadLimit + 64<<10 // and the form around it
			case c.Request().URL.Path == "/verify":
				limit = ExportLimit + 64<<10
			case isPicture(c):
				limit = PictureLimit + 64<<10
			case bringsPictures(c), bringsMaterial(c):
				limit = picturesLimit + bodyLimit
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		}
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// IsUpload reports whether the request brings files.
func IsUpload(c Ctx) bool {
	p := c.Request().URL.Path
	return c.Request().Method == http.MethodPost && (p == "/files" || p == "/api/v1/files")
}

// isPicture reports whether the request brings a picture of oneself, or of a group.
func isPicture(c Ctx) bool {
	p := c.Request().URL.Path
	return p == "/account/picture" || p == "/api/v1/me/picture" ||
		strings.HasSuffix(p, "/picture") && (strings.HasPrefix(p, "/g/") || strings.HasPrefix(p, "/api/v1/groups/"))
}

// bringsPictures reports whether the request may bring pictures of a poll's
// options, in the form that names them.
func bringsPictures(c Ctx) bool {
	r := c.Request()
	p := r.URL.Path
	return r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get(echo.HeaderContentType), "multipart/form-data") &&
		(strings.HasPrefix(p, "/p/") && (strings.HasSuffix(p, "/edit") || strings.HasSuffix(p, "/options")) || strings.HasSuffix(p, "/polls"))
}

// bringsMaterial reports whether the request may bring files for a session, in the
// form that changes or makes it.
func bringsMaterial(c Ctx) bool {
	r := c.Request()
	p := r.URL.Path
	return r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get(echo.HeaderContentType), "multipart/form-data") &&
		strings.HasPrefix(p, "/e/") && (strings.HasSuffix(p, "/sessions") || strings.HasSuffix(p, "/edit"))
}

// protect refuses writes that another site's page sends. A bearer token is no
// cookie: no browser adds it by itself.
func (e *Edge) protect(cop *http.CrossOriginProtection) echo.MiddlewareFunc {
	return func(next Handler) Handler {
		return func(c Ctx) error {
			if bearer(c) == "" {
				if err := cop.Check(c.Request()); err != nil {
					return errs.New(errs.Forbidden, "error.other_origin").Because(err)
				}
			}
			return next(c)
		}
	}
}

// addressFrom says how to find a client's address: X-Forwarded-For counts only
// where it was written by a proxy that is named in the settings.
func addressFrom(proxies []string) (echo.IPExtractor, error) {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, cidr := range proxies {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q: want a network such as 10.0.0.0/8", cidr)
		}
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...), nil
}
