package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime/multipart"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// textField is a field of a form that takes people's words.
type textField struct {
	who  *sender
	path string // where the form goes
	name string // of the field
	rest url.Values
	body bool // keeps its lines; otherwise it is one line

	// read gives what was kept, from where the accepted form leads; nil where
	// nothing is kept under this name.
	read func(location string) any
	undo string // the form that makes another try possible
}

// kept is what becomes of the words on purpose: white space around them goes,
// and line ends are "\n".
func (f textField) kept(words string) string {
	if !f.body {
		return strings.TrimSpace(words)
	}
	words = strings.ReplaceAll(strings.ReplaceAll(words, "\r\n", "\n"), "\r", "\n")
	return strings.TrimRightFunc(strings.TrimLeft(words, "\n"), unicode.IsSpace)
}

// furnished is a forum with something of everything, and people who may fill in
// every form.
type furnished struct {
	*running
	root, ana, ben, guest *sender
	invitation            string
}

func furnishAll(t testing.TB, database string, book *logbook, sent *atomic.Int64) furnished {
	t.Helper()
	if _, err := os.Stat(shared); err != nil {
		t.Logf("the public strings are not beside the repository, our own are tried alone: %v", err)
	}
	r := start(t, settings{database: database, log: book.logger()})
	r.group("hall", "The hall", access.Public)
	root := r.person("root", "Root", "", "", "administrator")
	ana := r.person("ana", "Ana", "Bakery", "hall", access.Admin)
	ben := r.person("ben", "Ben", "Dairy", "hall", access.Member)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		_, err := r.Forum.Start(r.ctx, ben, "hall", forum.NewThread{Title: fmt.Sprint("Thread ", i), Body: "What now?"})
		must(err)
	}
	_, err := r.Forum.Post(r.ctx, ben, 1, forum.NewComment{Body: "A comment"})
	must(err)
	_, err = r.Themes.Propose(r.ctx, ben, 1, []theme.NewTheme{{Title: "One"}, {Title: "Two"}})
	must(err)
	for i := range 2 {
		p, err := r.Polls.Start(r.ctx, ana, 1, poll.NewPoll{Title: "Shall we?", Method: "proposal", Settings: poll.Settings{Results: access.Always}, ClosesAt: r.Now().Add(24 * time.Hour)})
		must(err)
		if i == 1 {
			_, err = r.Polls.Close(r.ctx, ana, p.ID)
			must(err)
		}
	}
	token, _, err := r.Groups.Invite(r.ctx, ana, "hall", group.NewInvitation{Role: access.Member, MaxUses: 1000})
	must(err)
	return furnished{r, r.sender(root, sent), r.sender(ana, sent), r.sender(ben, sent), r.sender(access.Visitor(), sent), token}
}

// fields are all of them. Those whose form changes the same thing stand in the
// same list, and are filled in one after the other.
func (p furnished) fields() [][]textField {
	at := func(s *sender, pattern string, keys ...string) func(string) any {
		return func(location string) any {
			return s.api(strings.ReplaceAll(pattern, "{id}", idIn(location)), keys...)
		}
	}
	newPoll := url.Values{"title": {"x"}, "method": {"choice"}, "option": {"", "another"}, "closes_at": {p.Now().Add(48 * time.Hour).Format("2006-01-02T15:04")},
		"min": {"1"}, "max": {"1"}, "results": {"always"}}
	thread := url.Values{"title": {"x"}, "visibility": {"public"}}
	group := url.Values{"name": {"x"}, "visibility": {"public"}}
	return [][]textField{
		{{who: p.ben, path: "/g/hall/threads", name: "title", rest: thread, read: at(p.ben, "/threads/{id}", "title")},
			{who: p.ben, path: "/g/hall/threads", name: "body", rest: thread, body: true, read: at(p.ben, "/threads/{id}", "body")},
			{who: p.ben, path: "/g/hall/threads", name: "tags", rest: thread}},
		{{who: p.ben, path: "/t/2/edit", name: "title", read: at(p.ben, "/threads/2", "title")},
			{who: p.ben, path: "/t/2/edit", name: "body", rest: thread, body: true, read: at(p.ben, "/threads/2", "body")},
			{who: p.ana, path: "/t/2/close", name: "reason", body: true, read: at(p.ben, "/threads/2", "close_reason"), undo: "/t/2/reopen"}},
		{{who: p.ben, path: "/t/1/comments", name: "body", body: true, read: at(p.ben, "/comments/{id}", "body")},
			{who: p.ben, path: "/c/1/edit", name: "body", body: true, read: at(p.ben, "/comments/1", "body")},
			{who: p.ben, path: "/c/1/reactions", name: "emoji"}},
		{{who: p.ben, path: "/t/3/themes", name: "title", read: at(p.ben, "/themes/{id}", "title")},
			{who: p.ben, path: "/t/3/themes", name: "description", rest: url.Values{"title": {"x"}}, body: true, read: at(p.ben, "/themes/{id}", "description")}},
		{{who: p.ben, path: "/themes/1/edit", name: "title", read: at(p.ben, "/themes/1", "title")},
			{who: p.ben, path: "/themes/1/edit", name: "description", rest: url.Values{"title": {"x"}}, body: true, read: at(p.ben, "/themes/1", "description")},
			{who: p.ana, path: "/themes/2/decline", name: "reason", body: true, read: at(p.ben, "/themes/2", "state_reason"), undo: "/themes/2/restore"},
			{who: p.ben, path: "/themes/1/comments", name: "body", body: true}},
		{{who: p.ana, path: "/t/3/polls", name: "title", rest: newPoll, read: at(p.ben, "/polls/{id}", "title")},
			{who: p.ana, path: "/t/3/polls", name: "details", rest: newPoll, body: true, read: at(p.ben, "/polls/{id}", "details")},
			{who: p.ana, path: "/t/3/polls", name: "option", rest: newPoll},
			{who: p.ana, path: "/t/3/polls", name: "closes_at", rest: newPoll},
			{who: p.ana, path: "/t/3/polls", name: "max", rest: newPoll},
			{who: p.ana, path: "/t/3/polls", name: "quorum_percent", rest: newPoll},
			{who: p.ana, path: "/t/3/polls", name: "threshold", rest: url.Values{"title": {"x"}, "method": {"proposal"}, "closes_at": newPoll["closes_at"]}}},
		{{who: p.ben, path: "/p/1/ballot", name: "reason", rest: url.Values{"choices": {"1"}}, body: true, read: at(p.ben, "/polls/1/ballot", "reason")},
			{who: p.ben, path: "/p/1/ballot", name: "choices"},
			{who: p.ana, path: "/p/2/outcome", name: "statement", body: true, read: at(p.ben, "/polls/2", "outcome", "statement")},
			{who: p.ana, path: "/p/2/outcome", name: "review_on", rest: url.Values{"statement": {"x"}}}},
		{{who: p.root, path: "/groups", name: "name", rest: group, read: at(p.root, "/groups/{id}", "name")},
			{who: p.root, path: "/groups", name: "about", rest: group, body: true, read: at(p.root, "/groups/{id}", "description")},
			{who: p.root, path: "/groups", name: "handle", rest: group},
			{who: p.ana, path: "/g/hall/edit", name: "name", rest: group, read: at(p.ana, "/groups/hall", "name")},
			{who: p.ana, path: "/g/hall/edit", name: "about", rest: group, body: true, read: at(p.ana, "/groups/hall", "description")},
			{who: p.ana, path: "/g/hall/members", name: "person", rest: url.Values{"role": {"member"}}},
			{who: p.ana, path: "/g/hall/invitations", name: "role"},
			{who: p.ana, path: "/g/hall/invitations", name: "days"},
			{who: p.ana, path: "/g/hall/invite", name: "addresses"},
			{who: p.ana, path: "/g/hall/invite", name: "message", rest: url.Values{"addresses": {"nobody"}}},
			{who: p.ana, path: "/g/hall/edit/entry", name: "join_question", rest: url.Values{"visibility": {"public"}, "joining": {"open"}}},
			{who: p.ana, path: "/g/hall/edit/place", name: "parent"},
			{who: p.ana, path: "/g/hall/members/3/edit", name: "title", rest: url.Values{"role": {"member"}}},
			{who: p.ana, path: "/g/hall/members/99/ban", name: "reason"},
			{who: p.ana, path: "/t/1/guests", name: "person"},
			{who: p.ana, path: "/g/hall/providers", name: "name", rest: url.Values{"client_id": {"x"}}}},
		{{who: p.ben, path: "/account/profile", name: "name", read: at(p.ben, "/me", "name")},
			{who: p.ben, path: "/account/profile", name: "affiliation", rest: url.Values{"name": {"Ben"}}, read: at(p.ben, "/me", "affiliation")},
			{who: p.ben, path: "/account/profile", name: "pronouns", rest: url.Values{"name": {"Ben"}}, read: at(p.ben, "/me", "pronouns")},
			{who: p.ben, path: "/account/profile", name: "time_zone", rest: url.Values{"name": {"Ben"}}},
			{who: p.ben, path: "/account/email", name: "email"},
			{who: p.ben, path: "/account/data/erase", name: "handle"},
			{who: p.guest, path: "/signin/code", name: "code"},
			{who: p.guest, path: "/signin/second", name: "code"},
			{who: p.guest, path: "/signup", name: "email"},
			{who: p.ben, path: "/account/tokens", name: "name", rest: url.Values{"days": {"7"}}},
			{who: p.ben, path: "/account/password", name: "password", rest: url.Values{"current": {"wrong"}}},
			{who: p.guest, path: "/signin", name: "email", rest: url.Values{"password": {"x"}}},
			{who: p.guest, path: "/signin", name: "password", rest: url.Values{"email": {"ben@example.org"}}},
			{who: p.guest, path: "/signin", name: "resume", rest: url.Values{"email": {"ben@example.org"}, "password": {"x"}, "kept.body": {"kept"}}}},
		{{who: p.root, path: "/admin/people", name: "name"},
			{who: p.root, path: "/admin/people", name: "affiliation", rest: url.Values{"name": {"x"}}},
			{who: p.root, path: "/admin/people", name: "email", rest: url.Values{"name": {"x"}}},
			{who: p.root, path: "/admin/people", name: "handle", rest: url.Values{"name": {"x"}}},
			{who: p.root, path: "/admin/mail/test", name: "email"},
			{who: p.root, path: "/admin/signup", name: "question", rest: url.Values{"mode": {"invitation"}}},
			{who: p.root, path: "/admin/people/99/disable", name: "reason"},
			{who: p.root, path: "/admin/settings", name: "forum", read: func(string) any { return p.forumName() }},
			{who: p.guest, path: "/join/" + p.invitation, name: "name", rest: url.Values{"email": {"x"}, "password": {password}}},
			{who: p.ben, path: "/preview", name: "body", body: true}},
	}
}

func (p furnished) forumName() string {
	name, err := p.People.ForumName(p.ctx)
	if err != nil {
		p.t.Error(err)
	}
	return name
}

func TestEveryFieldKeepsAnyWordsOrSaysWhatIsWrongWithThem(t *testing.T) {
	t.Parallel()
	try := func(t *testing.T, database string, own, public int) {
		t.Parallel()
		var book logbook
		var sent atomic.Int64
		p := furnishAll(t, database, &book, &sent)
		var wg sync.WaitGroup
		for i, fields := range p.fields() {
			wg.Go(func() {
				for j, f := range fields {
					n := public
					if f.read == nil {
						n = 0 // no words are kept here
					}
					for _, w := range naughty(t, own, n, i+j) {
						f.check(t, w)
					}
				}
			})
		}
		wg.Wait()
		p.pagesStillWork(t)
		p.logged(t, &book, sent.Load())
	}
	t.Run("sqlite", func(t *testing.T) { try(t, "", 1, 8) }) // the API takes all of them, in tests of its own
	t.Run("postgres", func(t *testing.T) { try(t, testkit.PostgresURL(t), 3, 0) })
}

func (f textField) check(t *testing.T, words string) {
	t.Helper()
	form := maps.Clone(f.rest)
	if form == nil {
		form = url.Values{}
	}
	form[f.name] = append([]string{words}, form[f.name][min(1, len(form[f.name])):]...)
	a := f.who.form(f.path, form)
	switch {
	case a.status >= 200 && a.status < 400:
		if f.read == nil {
			break
		}
		got := f.read(a.header.Get("Location"))
		if got == nil {
			got = "" // an empty member is left out
		}
		if want := f.kept(words); got != want {
			t.Errorf("%s %s: %.200q became %.200q", f.path, f.name, words, got)
		}
		if f.undo != "" {
			f.who.form(f.undo, nil)
		}
	case a.status == 429 && f.path == "/signin":
	case a.status < 400 || a.status >= 500 || complaint(t, a.body) == "":
		t.Errorf("%s %s %.200q: %d without a reason\n%.500s", f.path, f.name, words, a.status, a.body)
	}
}

// The API takes the same words as the forms do; here are the members that its own
// tests leave out.
func TestEveryMemberOfABodyTakesAnyWordsOrSaysWhatIsWrongWithThem(t *testing.T) {
	t.Parallel()
	calls := []string{
		`POST /threads/2/close {"reason":WORDS}`, `POST /polls/2/outcome {"statement":WORDS}`, `POST /polls/2/outcome {"statement":"x","review_on":WORDS}`,
		`PATCH /themes/2 {"state":"declined","reason":WORDS}`, `PATCH /themes/1 {"state":WORDS}`, `POST /groups/hall/threads {"title":"x","tags":[WORDS]}`,
		`POST /groups/hall/threads {"title":"x","visibility":WORDS}`, `POST /threads/1/comments {"body":WORDS,"theme_id":1}`, `POST /invitations/accept {"token":WORDS}`,
		`POST /groups/hall/memberships {"user":WORDS}`, `POST /groups/hall/memberships {"user":"ben","role":WORDS}`, `PATCH /groups/hall/memberships/ben {"role":WORDS}`,
		`POST /groups/hall/invitations {"role":WORDS}`, `PATCH /groups/hall {"visibility":WORDS}`, `PUT /polls/1/ballot {"choices":[WORDS]}`,
		`POST /threads/1/polls {"title":"x","method":WORDS}`, `POST /threads/1/polls {"title":"x","method":"proposal","closes_at":WORDS}`,
		`POST /threads/1/polls {"title":"x","method":"proposal","results":WORDS}`, `POST /polls/1/extend {"closes_at":WORDS}`, `POST /tokens {"name":"x","scopes":[WORDS]}`,
		`POST /groups {"name":WORDS}`, `POST /groups {"name":"x","handle":WORDS}`, `POST /people {"name":"x","handle":WORDS}`, `POST /people {"name":"x","email":WORDS}`,
		`POST /people {"name":"x","password":WORDS}`, `PATCH /me {"pronouns":WORDS}`, `PATCH /groups/hall {"join_question":WORDS}`, `PATCH /groups/hall {"parent":WORDS}`,
		`PATCH /groups/hall/memberships/ben {"title":WORDS}`,
	}
	try := func(t *testing.T, database string, own int) {
		t.Parallel()
		var book logbook
		var sent atomic.Int64
		p := furnishAll(t, database, &book, &sent)
		for i, call := range calls {
			method, path, _ := strings.Cut(call, " ")
			path, body, _ := strings.Cut(path, " ")
			who := p.ana
			if strings.HasPrefix(path, "/people") || path == "/groups" {
				who = p.root
			}
			for _, words := range naughty(t, own, 0, i) {
				quoted, err := json.Marshal(words)
				if err != nil {
					t.Fatal(err)
				}
				a := who.do(method, "/api/v1"+path, "application/json", strings.ReplaceAll(body, "WORDS", string(quoted)))
				if a.status < 200 || a.status >= 500 || a.status == 422 && !strings.Contains(a.body, `"fields":{"`) && !strings.Contains(a.body, `"detail":"`) {
					t.Errorf("%s with %.100q: %d %.300s", call, words, a.status, a.body)
				}
				if path == "/threads/2/close" && a.status == 200 {
					who.do("POST", "/api/v1/threads/2/reopen", "", "")
				}
			}
		}
		p.logged(t, &book, sent.Load())
	}
	t.Run("sqlite", func(t *testing.T) { try(t, "", 1) })
	t.Run("postgres", func(t *testing.T) { try(t, testkit.PostgresURL(t), 3) })
}

// pagesStillWork opens the pages that show what was kept.
func (p furnished) pagesStillWork(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/", "/groups", "/g/hall", "/g/hall/members", "/g/hall/themes", "/g/hall/polls", "/g/hall/decisions", "/t/1", "/t/1?after=0",
		"/t/2", "/t/3", "/t/1/edit", "/t/1/themes", "/t/3/themes", "/t/1/seen-by", "/c/1", "/c/1/history", "/c/1/themes", "/themes/1", "/themes/2",
		"/p/1", "/p/2", "/p/1/chart.svg", "/p/1/print", "/u/ben", "/account"} {
		if a := p.ben.get(path); a.status != 200 || !utf8.ValidString(a.body) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := p.root.get("/admin"); a.status != 200 {
		t.Errorf("/admin: %d", a.status)
	}
}

// logged holds the log against what was sent: one line for each request, all of
// them readable, and nothing went wrong on our side.
func (p furnished) logged(t *testing.T, book *logbook, sent int64) {
	t.Helper()
	if got := book.about(t, "request"); int64(got) != sent {
		t.Errorf("%d requests were logged, %d were sent", got, sent)
	}
	for _, line := range book.lines(t) {
		if line["level"] == "ERROR" {
			t.Errorf("an error was logged: %v", line)
		}
	}
}

// longestAddress is well below what the server reads of a request before any of
// our code sees it.
const longestAddress = 30_000 // bytes

func TestAnyWordsMayBeLookedFor(t *testing.T) {
	t.Parallel()
	try := func(t *testing.T, database string, own, public int) {
		t.Parallel()
		var book logbook
		var sent atomic.Int64
		p := furnishAll(t, database, &book, &sent)
		places := []string{"/admin?q={}", "/admin/mail?state={}", "/admin/mail/{}", "/mentions?thread=1&q={}", "/g/hall?tag={}", "/g/hall?before={}", "/g/{}", "/u/{}", "/t/{}", "/join/{}", "/setup/{}",
			"/t/1/themes/new?text={}", "/t/1?at={}", "/t/1?seq={}", "/t/1/themes?sort={}", "/signin?next={}", "/t/1/polls/new?method={}&max={}", "/files/{}", "/groups?cursor={}",
			"/api/v1/people?q={}", "/api/v1/groups/hall/threads?tag={}", "/api/v1/groups/{}", "/api/v1/threads/{}", "/nowhere/{}"}
		for _, words := range naughty(t, own, public, 0) {
			for _, at := range places {
				path := strings.ReplaceAll(at, "{}", url.QueryEscape(words))
				if before, _, _ := strings.Cut(at, "?"); strings.Contains(before, "{}") {
					path = strings.ReplaceAll(at, "{}", url.PathEscape(words))
				}
				if len(path) > longestAddress {
					continue
				}
				if a := p.root.get(path); a.status >= 500 || a.status < 200 {
					t.Errorf("%.200s: %d %.200s", path, a.status, a.body)
				}
			}
			emoji := url.PathEscape(words)
			if len(emoji) > longestAddress {
				continue
			}
			a := p.ben.do("PUT", "/api/v1/comments/1/reactions/"+emoji, "", "")
			if a.status >= 500 || a.status == 200 && utf8.RuneCountInString(words) > 10 {
				t.Errorf("reacting with %.100q: %d %.200s", words, a.status, a.body)
			}
		}
		p.logged(t, &book, sent.Load())
	}
	t.Run("sqlite", func(t *testing.T) { try(t, "", 1, 4) })
	t.Run("postgres", func(t *testing.T) { try(t, testkit.PostgresURL(t), 3, 0) })
}

func TestFilesMayBeCalledAnything(t *testing.T) {
	t.Parallel()
	var book logbook
	var sent atomic.Int64
	p := furnishAll(t, "", &book, &sent)
	for _, words := range naughty(t, 1, 3, 0) {
		for _, door := range []string{"/files", "/api/v1/files"} {
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			part, err := w.CreateFormFile("file", words)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(part, "Some text.")
			w.Close()
			a := p.ben.do("POST", door, w.FormDataContentType(), body.String())
			if a.status != 201 && (a.status < 400 || a.status >= 500) {
				t.Errorf("%s %.100q: %d %.200s", door, words, a.status, a.body)
			}
			if a.status != 201 {
				continue
			}
			var added struct{ URL, Name string }
			if err := json.Unmarshal([]byte(a.body), &added); err != nil {
				t.Fatal(err)
			}
			file := p.ben.get(added.URL)
			if file.status != 200 || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment; filename") {
				t.Errorf("%.100q: %d %q", added.Name, file.status, file.header.Get("Content-Disposition"))
			}
		}
	}
	p.logged(t, &book, sent.Load())
}
