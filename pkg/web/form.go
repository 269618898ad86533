package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/web/view"
)

// ctx is the request's context. It is taken anew after submitted, which puts
// the form's once-only key into it.
func ctx(c edge.Ctx) context.Context { return c.Request().Context() }

// submitted reads a form, and gives its once-only key to what is written for it.
func submitted(c edge.Ctx) (url.Values, error) {
	form, err := edge.Form(c)
	if err != nil {
		return nil, err
	}
	_, err = edge.WithOnce(c, form.Get("once"))
	return form, err
}

// form is an empty form, or one filled with what is there already.
func (s *Site) form(values url.Values) (view.Form, error) {
	once, err := s.onceKey()
	return view.Form{Once: once, Values: values}, err
}

// again is the form as it goes back to its sender with what is wrong. Where err
// is no complaint about fields it comes back as it is, and the error page shows
// it, with the text kept.
func (s *Site) again(values url.Values, err error) (view.Form, error) {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.Invalid || len(e.Fields) == 0 {
		return view.Form{}, err
	}
	f, err := s.form(values)
	f.Fields = e.Fields
	return f, err
}

// renamed gives complaints the names that the fields have in the form.
func renamed(err error, pairs ...string) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	named := *e
	named.Fields = errs.Fields{}
	for name, text := range e.Fields {
		for i := 0; i+1 < len(pairs); i += 2 {
			if name == pairs[i] || strings.HasPrefix(name, pairs[i]+".") {
				name = pairs[i+1]
			}
		}
		named.Fields.Add(name, text.Code, text.Args)
	}
	return &named
}

// number reads a whole number out of a form; what is empty is 0.
func number(f *errs.Fields, form url.Values, name string) int64 {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		f.Add(name, "field.number")
		return 0
	}
	return n
}

// tickedIDs are the things that are ticked in a form; what is no id is left out.
func tickedIDs(form url.Values, name string) []int64 {
	var out []int64
	for _, text := range form[name] {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// wantsStreams reports whether the form was sent by the page's script, which
// puts the answer into the page instead of loading another one.
func wantsStreams(c edge.Ctx) bool {
	return strings.Contains(c.Request().Header.Get("Accept"), streamType)
}

// done answers a form that changed what the page shows elsewhere: the script
// gets nothing to do, since the event brings the change, and a browser without
// it goes to the page.
func done(c edge.Ctx, to string) error {
	if wantsStreams(c) {
		return c.NoContent(http.StatusNoContent)
	}
	return seeOther(c, to)
}
