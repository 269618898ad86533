package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// secretWord begins the name and the handle of the secret group, and is nowhere
// else.
const secretWord = "zyxwvut"

// attic is a forum with a secret group, of which one thread is shared into a
// public group.
type attic struct {
	*running
	who    map[string]access.Actor
	things map[string][]int64 // by what stands before an id in an address
}

// outsiders may not know of the secret group: a member of the public group, a
// guest of the thread, somebody who left, and an administrator.
var outsiders = []string{"", "sue", "gus", "pat", "root"}

func newAttic(t *testing.T, database string) *attic {
	t.Helper()
	a := &attic{running: start(t, settings{database: database}), who: map[string]access.Actor{}}
	for _, name := range []string{"ana", "ben", "sue", "gus", "pat"} {
		a.who[name] = a.person(name, strings.ToUpper(name[:1])+name[1:], "", "", access.NoRole)
	}
	a.who["root"] = a.person("root", "Root", "", "", "administrator")
	a.must(a.Groups.Create(a.ctx, a.who["ana"], group.NewGroup{Name: "Zyxwvut Attic", Handle: secretWord + "-before", Visibility: access.Secret}))
	a.must(a.Groups.Edit(a.ctx, a.who["ana"], secretWord+"-before", group.GroupEdit{Handle: new(secretWord)}))
	a.must(a.Groups.Create(a.ctx, a.who["ana"], group.NewGroup{Name: "Zyxwvut Beam", Handle: secretWord + "-beam", Parent: secretWord}))
	a.must(a.Groups.Create(a.ctx, a.who["ana"], group.NewGroup{Name: "The square", Handle: square, Visibility: access.Public}))
	a.must(a.Groups.Create(a.ctx, a.who["ana"], group.NewGroup{Name: "The yard", Handle: "yard", Visibility: access.Public}))
	a.must(a.Groups.AddMember(a.ctx, access.System(), secretWord, "ben", access.Member))
	a.must(a.Groups.AddMember(a.ctx, access.System(), secretWord, "pat", access.Member))
	a.must(nil, a.Groups.Leave(a.ctx, a.who["pat"], secretWord))
	a.must(a.Groups.AddMember(a.ctx, access.System(), square, "sue", access.Moderator))
	a.furnish()
	return a
}

// must ends the test where the error, which is the last value, is one.
func (a *attic) must(values ...any) {
	a.t.Helper()
	if err, _ := values[len(values)-1].(error); err != nil {
		a.t.Fatal(err)
	}
}

// furnish puts one of everything into the thread that is shared.
func (a *attic) furnish() {
	a.t.Helper()
	ana := a.who["ana"]
	th, err := a.Forum.Start(a.ctx, ana, secretWord, forum.NewThread{Title: "Lamps", Body: "Which?"})
	a.must(err)
	a.must(a.Forum.Start(a.ctx, ana, secretWord, forum.NewThread{Title: "Not shared", Body: "At all."}))
	a.must(a.Forum.AddGuest(a.ctx, ana, th.ID, "gus"))
	a.must(a.Forum.Share(a.ctx, ana, th.ID, square))
	a.must(a.Forum.InviteGuests(a.ctx, a.Groups, ana, th.ID, "fay@elsewhere.example", "Come"))
	kept, err := a.Blobs.Put(a.ctx, strings.NewReader("Words."), 100)
	a.must(err)
	file, err := a.Forum.AddFile(a.ctx, ana, forum.File{Name: "words.txt", MediaType: kept.MediaType, Size: kept.Size, SHA256: kept.SHA256})
	a.must(err)
	comment, err := a.Forum.Post(a.ctx, ana, th.ID, forum.NewComment{Body: fmt.Sprintf("Look, @sue and @gus: [words](%s/words.txt)", file.Path())})
	a.must(err)
	for _, name := range []string{"ben", "sue", "gus"} {
		a.must(a.Forum.Post(a.ctx, a.who[name], th.ID, forum.NewComment{Body: "By " + name, ParentID: comment.ID}))
	}
	themes, err := a.Themes.Propose(a.ctx, ana, th.ID, []theme.NewTheme{{Title: "Bright ones"}})
	a.must(err)
	a.things = map[string][]int64{"t": {th.ID}, "threads": {th.ID}, "c": {comment.ID}, "comments": {comment.ID}, "themes": {themes[0].ID}, "files": {file.ID}}
	a.decide(th.ID)
	for _, who := range a.who {
		a.things["people"] = append(a.things["people"], who.Person)
	}
}

// decide holds two polls, one of which is over.
func (a *attic) decide(thread int64) {
	a.t.Helper()
	ana := a.who["ana"]
	for i := range 2 {
		p, err := a.Polls.Start(a.ctx, ana, thread, poll.NewPoll{Title: fmt.Sprint("Shall we? ", i), Method: "proposal", ClosesAt: a.Now().AddDate(0, 0, 7)})
		a.must(err)
		a.must(a.Polls.Cast(a.ctx, a.who["ben"], p.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{p.Options[0].ID}}, Reason: "Yes."}))
		a.things["p"] = append(a.things["p"], p.ID)
		a.things["polls"] = a.things["p"]
		if i == 1 {
			a.must(a.Polls.Close(a.ctx, ana, p.ID))
			a.must(a.Polls.Conclude(a.ctx, ana, p.ID, poll.NewOutcome{Statement: "We shall."}))
		}
	}
}

// addresses are the pages and calls of a route, for everything that it could be
// about. None of them names the secret group: an answer may repeat what it was
// asked.
func (a *attic) addresses(path string) []string {
	all := []string{path}
	steps := strings.Split(strings.TrimPrefix(path, "/api/v1"), "/")
	for i, step := range steps {
		var values []string
		switch {
		case step == ":handle" && (steps[i-1] == "u" || steps[i-1] == "people"):
			values = []string{"ana", "ben", "pat", "sue", "gus"}
		case step == ":handle":
			values = []string{square}
		case step == ":slug", step == ":name":
			values = []string{"words.txt"}
		case step == ":id" && steps[i-1] == "mail":
			for id := range 12 {
				values = append(values, fmt.Sprint(id+1))
			}
		case step == ":id", step == ":person":
			for _, id := range a.things[steps[i-1]] {
				values = append(values, fmt.Sprint(id))
			}
		}
		if !strings.HasPrefix(step, ":") {
			continue
		}
		var filled []string
		for _, address := range all {
			for _, value := range values {
				filled = append(filled, strings.Replace(address, step, value, 1))
			}
		}
		all = filled
	}
	if path == "/mentions" {
		return []string{fmt.Sprintf("/mentions?thread=%d&q=", a.things["t"][0])}
	}
	return append(all, a.variants(path)...)
}

// variants are addresses that ask for more of a page.
func (a *attic) variants(path string) []string {
	switch path {
	case "/groups", "/admin", "/api/v1/groups", "/api/v1/people":
		return []string{path + "?q=a"}
	case "/t/:id":
		return []string{fmt.Sprintf("/t/%d?order=new", a.things["t"][0])}
	}
	return nil
}

func leaks(text []byte) bool { return bytes.Contains(bytes.ToLower(text), []byte(secretWord)) }

func TestNothingTellsAnOutsiderTheNameOfASecretGroup(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAttic(t, database(t))
			if told := a.read(t, "ana"); told == 0 {
				t.Error("those who may know of the group read its name nowhere: the test would find no leak")
			}
			for _, who := range outsiders {
				a.read(t, who)
			}
		})
	}
}

// read reads all that is to be read as somebody, and counts the answers with the
// name. An outsider's are errors.
func (a *attic) read(t *testing.T, who string) (told int) {
	t.Helper()
	client := a.reader(who)
	seen := 0
	for _, route := range app.Served(a.Server) {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet || path == "/live" || path == "/static/*" {
			continue
		}
		for _, address := range a.addresses(path) {
			status, all := a.fetch(client, who, address)
			if status < 400 {
				seen++
			}
			if !leaks(all) {
				continue
			}
			told++
			if slices.Contains(outsiders, who) {
				at := bytes.Index(bytes.ToLower(all), []byte(secretWord))
				t.Errorf("%q reads in %s: %s", who, address, all[max(0, at-120):min(len(all), at+80)])
			}
		}
	}
	if seen < 15 {
		t.Errorf("%q could read %d pages", who, seen)
	}
	return told
}

func (a *attic) reader(who string) *http.Client {
	a.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if who == "" {
		return client
	}
	session, err := a.People.OpenSession(a.ctx, a.who[who].Person, "reader")
	a.must(err)
	client.Jar, err = cookiejar.New(nil)
	a.must(err)
	base, err := url.Parse(a.URL)
	a.must(err)
	client.Jar.SetCookies(base, []*http.Cookie{{Name: "plenary", Value: session, Path: "/"}})
	return client
}

// fetch gives an answer with its headers.
func (a *attic) fetch(client *http.Client, who, address string) (status int, all []byte) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.ctx, http.MethodGet, a.URL+address, nil)
	a.must(err)
	res, err := client.Do(req)
	a.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	a.must(err)
	if res.StatusCode >= 500 {
		a.t.Errorf("%s by %q: %d", address, who, res.StatusCode)
	}
	return res.StatusCode, append(fmt.Appendln(nil, res.Header), body...)
}

// TestNothingTellsAListenerTheNameOfASecretGroup follows the shared thread over
// sockets while all sorts of things happen in it.
func TestNothingTellsAListenerTheNameOfASecretGroup(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAttic(t, database(t))
			thread := a.things["t"][0]
			var sockets []*socket
			for _, who := range []string{"sue", "gus"} {
				for _, format := range []string{"json", "html"} {
					s := connect(t, a.URL, a.token(a.who[who]))
					a.must(s.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"subscribe","inbox":0,"after_seq":0,"format":%q}`, format)))
					a.must(s.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"subscribe","thread":%d,"after_seq":0,"format":%q}`, thread, format)))
					sockets = append(sockets, s)
				}
			}
			a.happenings(thread)
			for i, s := range sockets {
				heard := s.untilWords(t, "The very end")
				if heard < 8 {
					t.Errorf("socket %d heard %d messages", i, heard)
				}
			}
		})
	}
}

func (a *attic) happenings(thread int64) {
	a.t.Helper()
	ana := a.who["ana"]
	a.must(a.Forum.Edit(a.ctx, ana, thread, forum.ThreadEdit{Title: new("Lamps and more")}))
	a.must(a.Forum.Share(a.ctx, ana, thread, "yard"))
	a.must(nil, a.Forum.Unshare(a.ctx, ana, thread, "yard")) // out of the square the listeners would stop hearing
	a.must(a.Themes.Shortlist(a.ctx, ana, a.things["themes"][0]))
	open, err := a.Polls.Poll(a.ctx, ana, a.things["p"][0])
	a.must(err)
	a.must(a.Polls.Cast(a.ctx, ana, open.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{open.Options[0].ID}}}))
	a.must(a.Polls.Close(a.ctx, ana, a.things["p"][0]))
	a.must(a.Polls.Conclude(a.ctx, ana, a.things["p"][0], poll.NewOutcome{Statement: "So be it."}))
	a.must(a.Forum.Close(a.ctx, ana, thread, "Enough."))
	a.must(a.Forum.Reopen(a.ctx, ana, thread))
	a.must(a.Groups.AddMember(a.ctx, ana, secretWord, "pat", access.Member))
	a.must(a.Forum.Post(a.ctx, ana, thread, forum.NewComment{Body: "The very end, @sue and @gus"}))
}

// untilWords reads raw messages on to the one with the words. None may hold the
// name.
func (s *socket) untilWords(t *testing.T, words string) (heard int) {
	t.Helper()
	for {
		if err := s.ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		_, data, err := s.ws.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for %q: %v", words, err)
		}
		if heard++; leaks(data) {
			t.Errorf("a message tells the name: %s", data)
		}
		if bytes.Contains(data, []byte(words)) && bytes.Contains(data, []byte(`"thread"`)) {
			return heard
		}
	}
}
