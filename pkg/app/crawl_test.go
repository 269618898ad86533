package app_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// The actors of the matrix in pkg/access, as real people with real sessions.
var crawlers = []string{"visitor", "stranger", "guest", "member", "author", "moderator", "admin", "barred", "administrator"}

// crawl is a forum in which each of them knocks at every door.
type crawl struct {
	*running
	actors  map[string]access.Actor
	clients map[string]*http.Client
	tokens  map[string]string
	handles map[string]string
	picture string // that people and groups have
	made    int    // counts groups
}

// bystanders knock nowhere: things are done to them.
var bystanders = []string{"bystander", "asker", "outcast"}

// The providers of the crawl. The first is the one that the members of every group
// have to come through; all have, but for the one who is barred. The other is
// there to be removed.
const crawlProvider, spareProvider = 77, 78

func newCrawl(t *testing.T, database string) *crawl {
	t.Helper()
	c := &crawl{running: start(t, settings{database: database}), actors: map[string]access.Actor{}, clients: map[string]*http.Client{}, tokens: map[string]string{}, handles: map[string]string{}}
	c.provider(crawlProvider, 0)
	c.drawPicture()
	for _, name := range bystanders {
		c.actors[name], c.handles[name] = c.person("the-"+name, "The "+name, "", "", access.NoRole), "the-"+name
	}
	for _, name := range crawlers {
		c.clients[name] = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if name == "visitor" {
			c.actors[name] = access.Visitor()
			continue
		}
		role := access.NoRole
		if name == "administrator" {
			role = "administrator"
		}
		who := c.person("the-"+name, "The "+name, "", "", role)
		provider := int64(crawlProvider)
		if name == "barred" {
			provider = 0
		}
		who.Provider = provider
		c.actors[name], c.handles[name] = who, "the-"+name
		c.signIn(name, who, provider)
	}
	c.sql("UPDATE people SET picture = ?", c.picture)
	return c
}

// provider adds a provider of a group, or of the forum.
func (c *crawl) provider(id, groupID int64) {
	c.t.Helper()
	of := any(groupID)
	if groupID == 0 {
		of = nil
	}
	c.sql("INSERT INTO providers (id, group_id, name, issuer, client_id, created_at) VALUES (?, ?, 'Union', 'https://id.example', 'forum', 1)", id, of)
}

func (c *crawl) drawPicture() {
	c.t.Helper()
	var drawn bytes.Buffer
	c.must(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 8, 8))))
	kept, err := c.Blobs.PutPortrait(c.ctx, &drawn, 1<<20)
	c.must(err)
	c.picture = kept.SHA256
}

// signIn gives somebody a session and a token, both through the provider.
func (c *crawl) signIn(name string, who access.Actor, provider int64) {
	c.t.Helper()
	session, err := c.People.OpenSession(c.ctx, who.Person, "crawler")
	c.must(err)
	c.tokens[name] = c.token(who)
	if provider != 0 {
		c.sql("UPDATE sessions SET provider_id = ? WHERE person_id = ?", provider, who.Person)
		c.sql("UPDATE api_tokens SET provider_id = ? WHERE person_id = ?", provider, who.Person)
	}
	c.clients[name].Jar, err = cookiejar.New(nil)
	c.must(err)
	base, err := url.Parse(c.URL)
	c.must(err)
	c.clients[name].Jar.SetCookies(base, []*http.Cookie{{Name: "plenary", Value: session, Path: "/"}})
}

func (c *crawl) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *crawl) sql(statement string, args ...any) {
	c.t.Helper()
	c.must(c.DB.Write(c.ctx, func(tx *store.Tx) error { return tx.Exec(statement, args...).Error }))
}

// door is what the rules say about a route.
type door struct {
	about    string          // what it is about: a thing of a place, or "forum"
	also     []string        // other things that it is knocked at with, once
	do       []access.Action // all of them have to be allowed; the first that is not answers
	either   []access.Action // one of them has to be allowed; the first answers where none is
	signedIn bool            // it is also for people only
	query    string          // of the address, with the thing's id for "ID"
	body     string          // JSON that is sent to the API, where an empty body would say nothing about the rule
}

func (d door) check(who access.Actor, f access.Facts) error {
	for _, action := range d.do {
		if err := access.Check(who, action, f); err != nil {
			return err
		}
	}
	var first error
	for i, action := range d.either {
		err := access.Check(who, action, f)
		if err == nil {
			return nil
		}
		if i == 0 {
			first = err
		}
	}
	if first == nil && d.signedIn {
		return access.Check(who, access.CreateGroup, access.Forum()) // which is all that it asks
	}
	return first
}

// knock sends the request and gives the status, 401 for a redirect to where one
// signs in.
func (c *crawl) knock(name, method, path, body string) int {
	c.t.Helper()
	return c.knockWith(name, method, path, body, strings.HasPrefix(path, "/api/"))
}

// knockWith is knock with a token or, for what no token may do, a session.
func (c *crawl) knockWith(name, method, path, body string, token bool) int {
	c.t.Helper()
	var in io.Reader
	api := strings.HasPrefix(path, "/api/")
	kind := "application/x-www-form-urlencoded"
	if api {
		kind = "application/json"
		if method != http.MethodGet && body != "" {
			in = strings.NewReader(body)
		}
	} else if method == http.MethodPost {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.URL+path, in)
	c.must(err)
	req.Header.Set("Content-Type", kind)
	client := c.clients[name]
	if token {
		client = c.clients["visitor"]
		if token := c.tokens[name]; token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
	}
	res, err := client.Do(req)
	c.must(err)
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	c.must(err)
	if at := res.Header.Get("Location"); res.StatusCode == http.StatusSeeOther && strings.HasPrefix(at, "/signin?") {
		return http.StatusUnauthorized
	}
	return res.StatusCode
}

// agrees tells whether a status is what the rules' answer looks like. What is
// allowed may still be wrong in itself: the forms are sent empty.
func agrees(err error, status int, method, path, name string) bool {
	if strings.HasPrefix(path, "/api/") && method != http.MethodGet && name == "visitor" {
		return status == http.StatusUnauthorized // of whatever it is
	}
	var e *errs.Error
	if !errors.As(err, &e) {
		return status < 400 || slices.Contains([]int{400, 404, 409, 410, 413, 415, 422, 429}, status) && status != 401 && status != 403
	}
	switch e.Kind {
	case errs.NotFound:
		return status == http.StatusNotFound
	case errs.Unauthenticated:
		return status == http.StatusUnauthorized
	case errs.Forbidden:
		return status == http.StatusForbidden
	case errs.Conflict:
		// What is wrong with the form may be said before what is in the way.
		return status == http.StatusConflict || status == http.StatusUnprocessableEntity
	case errs.Gone:
		return status == http.StatusGone
	}
	return false
}
