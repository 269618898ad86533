package edge

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/pkg/errs"
	"plenary/pkg/person"
)

// cookieName is the session's. Over TLS the prefix binds it to this host.
func (e *Edge) cookieName() string {
	if e.Secure() {
		return "__Host-plenary"
	}
	return "plenary"
}

// identify finds out who is asking, and in which language.
func (e *Edge) identify(next Handler) Handler {
	return func(c Ctx) error {
		if strings.HasPrefix(c.Request().URL.Path, "/static/") {
			return next(c)
		}
		if framed(c.Request().URL.Path) {
			c.Request().Header.Del(echo.HeaderCookie)
		}
		v := &visitor{}
		if err := e.byToken(c, v); err != nil {
			return err
		}
		if err := e.bySession(c, v); err != nil {
			return err
		}
		language := ""
		if cookie, err := c.Cookie("lang"); err == nil {
			language = cookie.Value
		}
		v.words = e.Words.Localizer(e.Words.Match(v.person.Language, language, c.Request().Header.Get("Accept-Language")))
		c.Set(visitorKey, v)
		return next(c)
	}
}

// framed reports whether an address is for pages of other sites, inside which nobody
// is known by a cookie.
func framed(path string) bool { return strings.HasSuffix(path, "/embed") }

func bearer(c Ctx) string {
	scheme, token, ok := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func (e *Edge) byToken(c Ctx, v *visitor) error {
	if c.Request().Header.Get(echo.HeaderAuthorization) == "" {
		return nil
	}
	token := bearer(c)
	if token == "" {
		return errs.New(errs.Unauthenticated, "error.bad_token")
	}
	grant, err := e.People.ByToken(c.Request().Context(), token)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Unauthenticated) {
		return errs.New(errs.Unauthenticated, "error.bad_token").Because(err)
	}
	if err != nil {
		return err
	}
	method := c.Request().Method
	if method != http.MethodGet && method != http.MethodHead && !slices.Contains(grant.Scopes, "write") {
		return errs.New(errs.Forbidden, "error.token_reads_only")
	}
	v.scopes = grant.Scopes
	v.bearer, v.person, v.credential = true, grant.Person, grant.Credential()
	v.actor = grant.Actor()
	return nil
}

func (e *Edge) bySession(c Ctx, v *visitor) error {
	if v.bearer {
		return nil
	}
	token := e.SessionToken(c)
	if token == "" {
		return nil
	}
	session, err := e.People.Session(c.Request().Context(), token)
	switch {
	case errs.Is(err, errs.NotFound), errs.Is(err, errs.Unauthenticated):
		return nil // ended: the reader is a visitor again
	case err != nil:
		return err
	}
	v.session, v.person, v.credential = &session, session.Person, session.Credential()
	v.actor = session.Actor()
	return nil
}

// Credential names the session or token that the request came with; empty for a
// visitor.
func Credential(c Ctx) string { return of(c).credential }

// Bearer reports whether the request came with an API token.
func Bearer(c Ctx) bool { return of(c).bearer }

// HasScope reports whether the request came with an API token of that scope.
func HasScope(c Ctx, scope string) bool { return slices.Contains(of(c).scopes, scope) }

// Recent tells whether who asks has proved a moment ago who they are: nil,
// Unauthenticated "access.sign_in" or "person.prove_again", and Forbidden
// "person.needs_session" for an API token, which proves nothing of the sort.
func Recent(c Ctx, now time.Time) error {
	own := Session(c)
	switch {
	case Bearer(c):
		return errs.New(errs.Forbidden, "person.needs_session")
	case own == nil:
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return person.CheckRecent(*own, now)
}

// SessionToken is the secret of the browser's session; empty where none.
func (e *Edge) SessionToken(c Ctx) string {
	cookie, err := c.Cookie(e.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// SetSession hands the browser its session. Signing in always makes a new one,
// so one that was planted beforehand is worth nothing.
func (e *Edge) SetSession(c Ctx, token string, until time.Time) {
	c.SetCookie(&http.Cookie{Name: e.cookieName(), Value: token, Path: "/", Expires: until, HttpOnly: true,
		Secure: e.Secure(), SameSite: http.SameSiteLaxMode})
}

// ClearSession takes the session back and lets the browser forget the pages
// that were made for it.
func (e *Edge) ClearSession(c Ctx) {
	c.SetCookie(&http.Cookie{Name: e.cookieName(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: e.Secure(), SameSite: http.SameSiteLaxMode})
	c.Response().Header().Set("Clear-Site-Data", `"cache", "prefetchCache", "prerenderCache"`)
}

// SafeNext keeps a "next" address only where it leads back into this forum.
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || len(next) > 2000 {
		return "/"
	}
	unescaped := next
	for range 3 { // as it is, and unescaped by a browser and by a proxy
		if strings.ContainsAny(unescaped, "\\\t\r\n") || strings.HasPrefix(unescaped, "//") || clean(unescaped) != unescaped {
			return "/"
		}
		var err error
		if unescaped, err = unescape(unescaped); err != nil {
			return "/"
		}
	}
	return next
}
