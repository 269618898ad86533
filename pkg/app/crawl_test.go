package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
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
	made    int // counts groups
}

// crawlProvider is the one that the members of every group have to come through.
// All have, but for the one who is barred.
const crawlProvider = 77

func newCrawl(t *testing.T, database string) *crawl {
	t.Helper()
	c := &crawl{running: start(t, settings{database: database}), actors: map[string]access.Actor{}, clients: map[string]*http.Client{}, tokens: map[string]string{}, handles: map[string]string{}}
	c.sql("INSERT INTO providers (id, name, issuer, client_id, created_at) VALUES (?, 'Union', 'https://id.example', 'forum', 1)", crawlProvider)
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
	return c
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

// setting is where things are: the columns that the matrix calls places, and how
// they stand.
type setting struct {
	name   string
	group  access.Visibility
	thread access.Visibility
	closed bool // the discussion
}

var settingsOfCrawl = []setting{
	{"public group, public thread", access.Public, access.Public, false},
	{"public group, members' thread", access.Public, access.MembersOnly, false},
	{"closed group", access.Closed, access.MembersOnly, false},
	{"secret group", access.Secret, access.MembersOnly, false},
	{"public group, public thread, closed", access.Public, access.Public, true},
}

// place is one of everything in a group of its own.
type crawlPlace struct {
	setting
	handle                          string
	groupID, thread, comment, theme int64
	open, draft, ended              int64
	invitation                      int64
	token, otherHandle, rival       string
	requester                       string
}

// furnishPlace makes a group with somebody in every role, and in it a thread
// with a comment, a theme and three polls, all by its author.
func (c *crawl) furnishPlace(s setting) crawlPlace {
	c.t.Helper()
	c.made++
	p := crawlPlace{setting: s, handle: fmt.Sprintf("place-%d", c.made)}
	c.groupWith(p.handle, s.group)
	g, err := c.Groups.ByHandle(c.ctx, access.System(), p.handle)
	c.must(err)
	p.groupID = g.ID
	author := c.actors["author"]
	th, err := c.Forum.Start(c.ctx, author, p.handle, forum.NewThread{Title: "A thread", Body: "Words.", Visibility: s.thread})
	c.must(err)
	p.thread = th.ID
	_, err = c.Forum.AddGuest(c.ctx, c.actors["admin"], p.thread, c.handles["guest"])
	c.must(err)
	comment, err := c.Forum.Post(c.ctx, author, p.thread, forum.NewComment{Body: "A comment."})
	c.must(err)
	p.comment = comment.ID
	themes, err := c.Themes.Propose(c.ctx, author, p.thread, []theme.NewTheme{{Title: "A theme"}})
	c.must(err)
	p.theme = themes[0].ID
	p.open, p.draft, p.ended = c.pollIn(p, false), c.pollIn(p, true), c.pollIn(p, false)
	_, err = c.Polls.Close(c.ctx, author, p.ended)
	c.must(err)
	token, made, err := c.Groups.Invite(c.ctx, c.actors["admin"], p.handle, group.NewInvitation{})
	c.must(err)
	p.token, p.invitation = token, made.ID
	if s.closed {
		_, err = c.Forum.Close(c.ctx, c.actors["moderator"], p.thread, "Enough.")
		c.must(err)
	}
	c.sql("UPDATE groups SET only_provider_id = ? WHERE id = ?", crawlProvider, p.groupID)
	return p
}

// groupWith makes a group with one person of each role.
func (c *crawl) groupWith(handle string, v access.Visibility) {
	c.t.Helper()
	c.running.group(handle, "The "+handle, v)
	for name, role := range map[string]access.Role{"member": access.Member, "author": access.Member, "barred": access.Member,
		"moderator": access.Moderator, "admin": access.Admin} {
		_, err := c.Groups.AddMember(c.ctx, access.System(), handle, c.handles[name], role)
		c.must(err)
	}
}

func (c *crawl) pollIn(p crawlPlace, draft bool) int64 {
	c.t.Helper()
	made, err := c.Polls.Start(c.ctx, c.actors["author"], p.thread, poll.NewPoll{Title: "Shall we?", Method: "proposal",
		ClosesAt: c.Now().Add(72 * time.Hour), Draft: draft})
	c.must(err)
	return made.ID
}

// facts are what the rules say of the thing that a route is about.
func (c *crawl) facts(name string, p crawlPlace, about string) access.Facts {
	f := access.Facts{Group: p.group}
	if p.group == access.Public {
		f.Joining = access.JoinOpenly
	}
	switch name {
	case "member", "author":
		f.Role = access.Member
	case "moderator":
		f.Role = access.Moderator
	case "admin":
		f.Role = access.Admin
	case "barred":
		f.Role = access.Barred
	}
	if about == "group" {
		return f
	}
	f.Thread, f.Guest, f.Own, f.ThreadClosed = p.setting.thread, name == "guest", name == "author", p.closed
	voter := f.Role != access.NoRole
	switch about {
	case "theme":
		f.Theme = access.Proposed
	case "open":
		f.Poll, f.Shown, f.Voter = access.PollOpen, access.Always, voter
	case "draft":
		f.Poll, f.Shown = access.Draft, access.Always
	case "ended":
		f.Poll, f.Shown, f.Voter = access.PollEnded, access.Always, voter
	}
	return f
}

// door is what the rules say about a route.
type door struct {
	about  string          // "group", "thread", "comment", "theme", "open", "draft", "ended"; "forum"
	do     []access.Action // all of them have to be allowed; the first that is not answers
	either []access.Action // one of them has to be allowed; the first answers where none is
	body   string          // JSON that is sent to the API, where an empty body would say nothing about the rule
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
	return first
}

// address puts the things of a place into a route's path.
func (p crawlPlace) address(path string, d door, c *crawl) string {
	thing := map[string]int64{"thread": p.thread, "comment": p.comment, "theme": p.theme, "open": p.open, "draft": p.draft, "ended": p.ended}[d.about]
	path = strings.Replace(path, ":id", fmt.Sprint(thing), 1)
	return strings.NewReplacer(":handle", p.handle, ":slug", "any-words", ":token", p.token, ":emoji", url.PathEscape("👍"),
		":person", "999999", ":user", "nobody-at-all", ":iid", "999999").Replace(path)
}

// knock sends the request and gives the status, 401 for a redirect to where one
// signs in.
func (c *crawl) knock(name, method, path, body string) int {
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
		in = strings.NewReader("")
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.URL+path, in)
	c.must(err)
	req.Header.Set("Content-Type", kind)
	client := c.clients[name]
	if api {
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
	if at := res.Header.Get("Location"); res.StatusCode == http.StatusSeeOther && strings.HasPrefix(at, "/signin") {
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

// TestEveryDoorAnswersAsTheMatrixSays knocks at every route as every actor of
// the matrix, in a group of each sort, and compares with the rules themselves. A
// route that is in no list fails it.
func TestEveryDoorAnswersAsTheMatrixSays(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrawl(t, database(t))
			places := settingsOfCrawl
			if name == "postgres" { // the rules are the same; what differs is how they are read
				places = places[:4]
			}
			knocks := 0
			for _, s := range places {
				knocks += c.everyDoor(t, s)
			}
			t.Logf("%d doors × %d actors × %d places: %d knocks", len(doors()), len(crawlers), len(places), knocks)
		})
	}
}

// everyDoor knocks at all doors of one place. What was let in may have changed
// the place, so the next one gets a fresh one.
func (c *crawl) everyDoor(t *testing.T, s setting) (knocks int) {
	t.Helper()
	p := c.furnishPlace(s)
	listed := doors()
	for _, route := range slices.Sorted(maps.Keys(listed)) {
		method, path, _ := strings.Cut(route, " ")
		d := listed[route]
		for _, name := range crawlers {
			want := d.check(c.actors[name], c.facts(name, p, d.about))
			at := p.address(path, d, c)
			got := c.knock(name, method, at, d.body)
			knocks++
			if !agrees(want, got, method, path, name) {
				t.Errorf("%s, %s by %s: %d; the rules say %v", s.name, route, name, got, want)
			}
			if got >= 500 {
				t.Errorf("%s, %s by %s: %d", s.name, route, name, got)
			}
			if method != http.MethodGet && got < 400 {
				p = c.furnishPlace(s)
			}
		}
	}
	return knocks
}

// TestNoRouteIsLeftOut holds the lists of doors against what is really served.
func TestNoRouteIsLeftOut(t *testing.T) {
	t.Parallel()
	f := start(t, settings{})
	listed := map[string]bool{}
	for route := range doors() {
		listed[route] = true
	}
	for route := range withoutRule {
		if listed[route] {
			t.Errorf("%s has a rule and has none", route)
		}
		listed[route] = true
	}
	for _, route := range app.Served(f.Server) {
		if !listed[route] {
			t.Errorf("%s is in no list of the crawl", route)
		}
		delete(listed, route)
	}
	for route := range listed {
		t.Errorf("%s is listed but not served", route)
	}
}
