package edge

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// maxKey is the longest once-only key that is accepted, in bytes.
const maxKey = 200

// WithOnce gives the request's once-only key to what is written for it: the
// Idempotency-Key of the API, or the hidden field "once" of a form. The first
// write spends it; a second request with the same key does nothing and gets
// store.ErrReplayed.
func WithOnce(c Ctx, key string) (*store.Once, error) {
	if key == "" {
		return nil, nil
	}
	var f errs.Fields
	switch {
	case len(key) > maxKey:
		f.Add("Idempotency-Key", "field.too_long", errs.Args{"Max": maxKey})
	case !utf8.ValidString(key) || strings.ContainsRune(key, 0): // PostgreSQL cannot keep it
		f.Add("Idempotency-Key", "field.not_utf8")
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	r := c.Request()
	o := &store.Once{Person: Who(c).Person, Key: key, Scope: r.Method + " " + r.URL.Path}
	c.SetRequest(r.WithContext(store.WithOnce(r.Context(), o)))
	return o, nil
}

// IdempotencyKey is the middleware of the JSON API: it keeps the answer of a
// POST that brought a key, and gives it again to whoever asks again.
func (e *Edge) IdempotencyKey(next Handler) Handler {
	return func(c Ctx) error {
		if c.Request().Method != http.MethodPost {
			return next(c)
		}
		key := c.Request().Header.Get("Idempotency-Key")
		if key == "" {
			return next(c)
		}
		// Who brings a key will ask again, so the answer has to be there even where
		// nobody waits for it now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), requestTimeout)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		once, err := WithOnce(c, key)
		if err != nil {
			return err
		}
		kept := &recorder{ResponseWriter: c.Response().Writer}
		c.Response().Writer = kept
		err = next(c)
		if store.IsReplay(err) {
			return e.replay(c, once)
		}
		if err != nil || !once.Spent() {
			return err
		}
		h := c.Response().Header()
		return e.DB.KeepAnswer(c.Request().Context(), once, store.Answer{Status: c.Response().Status,
			Location: h.Get("Location"), Type: h.Get("Content-Type"), Body: kept.body.String()})
	}
}

func (e *Edge) replay(c Ctx, once *store.Once) error {
	a, err := e.DB.AnswerOf(c.Request().Context(), once)
	if err != nil {
		return err
	}
	if a.Status == 0 {
		return errs.New(errs.Conflict, "error.in_progress")
	}
	c.Response().Header().Set("Idempotency-Replayed", "true")
	if a.Location != "" {
		c.Response().Header().Set("Location", a.Location)
	}
	if a.Body == "" {
		return c.NoContent(a.Status)
	}
	return c.Blob(a.Status, a.Type, []byte(a.Body))
}
