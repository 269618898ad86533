package web

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/web/view"
)

// ErrorPage shows what went wrong, with a way on. Who has to sign in first gets
// the page for that: with what was being sent kept, where something was.
func (s *Site) ErrorPage(c edge.Ctx, p edge.Problem) error {
	r := c.Request()
	if p.Code == "person.prove_again" {
		return s.askToProve(c)
	}
	if p.Code == "access.needs_provider" {
		return s.askForProvider(c, p)
	}
	if p.Status == http.StatusUnauthorized {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return seeOther(c, "/signin?next="+url.QueryEscape(r.URL.RequestURI()))
		}
		if !strings.HasPrefix(r.URL.Path, "/signin") {
			return s.showExpired(c, r.URL.RequestURI(), keepable(sent(c)), view.Form{})
		}
	}
	page := view.ErrorPage{Frame: s.frame(c), Status: p.Status, Text: p.Text, Retry: p.RetryAfter, Back: s.cameFrom(r), Kept: longest(sent(c))}
	if len(p.Texts) > 0 { // a form without a page to come back to: the first complaint says most
		page.Text = p.Texts[slices.Sorted(maps.Keys(p.Texts))[0]]
	}
	if p.Status == http.StatusInternalServerError {
		page.Reference, page.Text = p.Request, errs.Text{}
	}
	return s.show(c, p.Status, page)
}

// backTo is the page to come back to after the request: its own, or the one that
// it was sent from.
func (s *Site) backTo(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return edge.SafeNext(r.URL.RequestURI())
	}
	return edge.SafeNext(s.cameFrom(r))
}

// askForProvider offers the providers that the reader's groups ask for, and leads
// back to where they were.
func (s *Site) askForProvider(c edge.Ctx, p edge.Problem) error {
	needed, err := s.Groups.Needed(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	page := view.ErrorPage{Frame: s.frame(c), Status: p.Status, Text: p.Text, Kept: longest(sent(c)), Next: s.backTo(c.Request())}
	for _, one := range needed {
		page.Providers = append(page.Providers, providerOf(one))
	}
	return s.show(c, p.Status, page)
}

// askToProve leads to the page on which somebody proves again who they are. A
// form that was sent is kept in it, and carried out afterwards.
func (s *Site) askToProve(c edge.Ctx) error {
	r := c.Request()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return seeOther(c, "/signin/again?next="+url.QueryEscape(r.URL.RequestURI()))
	}
	waits := url.Values{"resume": {r.URL.RequestURI()}}
	for name, values := range keepable(sent(c)) {
		waits["kept."+name] = values
	}
	return s.showAgain(c, http.StatusUnauthorized, waits, view.Form{})
}

// sent are the fields of the form that the request brought, nil where none.
func sent(c edge.Ctx) url.Values {
	r := c.Request()
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return nil
	}
	if _, err := edge.Form(c); err != nil && r.PostForm == nil {
		return nil // it could not be read at all
	}
	return r.PostForm
}

// secrets are fields that are never put into a page again.
var secrets = map[string]bool{"password": true, "current": true, "code": true, "second": true}

// keepable is what may be put into a page again.
func keepable(form url.Values) url.Values {
	kept := url.Values{}
	for name, values := range form {
		if secrets[name] {
			continue
		}
		for _, v := range values {
			kept.Add(strings.ToValidUTF8(name, ""), strings.ToValidUTF8(v, "\ufffd"))
		}
	}
	return kept
}

// longest is the text that its writer would miss: the longest of those that
// could not be stored. Short fields are typed again in a moment.
func longest(form url.Values) string {
	const worthKeeping = 20 // bytes
	text := ""
	for name, values := range keepable(form) {
		if name == "once" || strings.HasPrefix(name, "kept.") {
			continue
		}
		for _, v := range values {
			if len(v) > max(len(text), worthKeeping) {
				text = v
			}
		}
	}
	return text
}

// cameFrom is the page of ours that the browser came from, empty where it is
// not known or another site's.
func (s *Site) cameFrom(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Path == "" || from.Scheme+"://"+from.Host != s.edge.Origin() {
		return ""
	}
	return edge.SafeNext(from.RequestURI())
}
