package app_test

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// polling is a forum whose clock is set by hand, with a group that votes. Ana is
// its admin, Mo a moderator and the convenor, Ben the author of the polls; Ada
// administers the forum, Eve is in no group.
type polling struct {
	*running
	mu      sync.Mutex
	at      time.Time
	who     map[string]access.Actor
	clients map[string]*http.Client
	tokens  map[string]string
	thread  int64
}

var pollingStart = time.Now().Truncate(time.Second)

func newPolling(t *testing.T, voters int) *polling {
	t.Helper()
	return newPollingWith(t, voters, settings{})
}

func newPollingWith(t *testing.T, voters int, s settings) *polling {
	t.Helper()
	p := &polling{at: pollingStart, who: map[string]access.Actor{}, clients: map[string]*http.Client{}, tokens: map[string]string{}}
	p.running = startWith(t, s, app.Options{Now: p.now, Password: person.Cost{Memory: 64, Time: 1, Threads: 1}})
	p.group("coast", "Coast", access.Public)
	for name, role := range map[string]access.Role{"ana": access.Admin, "mo": access.Moderator, "ben": access.Member, "eve": access.NoRole, "ada": "administrator"} {
		in := "coast"
		if name == "eve" || name == "ada" {
			in = ""
		}
		p.add(name, in, role)
	}
	for i := range voters {
		p.add(voter(i), "coast", access.Member)
	}
	thread, err := p.Forum.Start(p.ctx, p.who["ana"], "coast", forum.NewThread{Title: "The boat", Visibility: access.Public})
	if err != nil {
		t.Fatal(err)
	}
	p.thread = thread.ID
	return p
}

func voter(i int) string { return fmt.Sprintf("voter-%d", i) }

func (p *polling) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *polling) set(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
}

func (p *polling) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// add makes somebody with a session and a token.
func (p *polling) add(name, in string, role access.Role) {
	p.t.Helper()
	p.who[name] = p.person(name, "Name of "+name, "", in, role)
	scopes := []string{"read", "write"}
	if p.who[name].Administrator {
		scopes = append(scopes, "admin")
	}
	token, _, err := p.People.NewToken(p.ctx, access.System(), person.NewToken{Person: p.who[name].Person, Name: "test", Scopes: scopes, Expires: 300 * time.Hour})
	p.must(err)
	p.tokens[name] = token
	session, err := p.People.OpenSession(p.ctx, p.who[name].Person, "test")
	p.must(err)
	jar, err := cookiejar.New(nil)
	p.must(err)
	base, err := url.Parse(p.URL)
	p.must(err)
	jar.SetCookies(base, []*http.Cookie{{Name: "plenary", Value: session, Path: "/"}})
	p.clients[name] = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// send asks as somebody: a page with the session, an address of the API with the
// token.
func (p *polling) send(name, method, path, body string) (status int, text string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.ctx, method, p.URL+path, strings.NewReader(body))
	p.must(err)
	client := cmp.Or(p.clients[name], http.DefaultClient)
	if strings.HasPrefix(path, "/api/") {
		client = &http.Client{}
		req.Header.Set("Content-Type", "application/json")
		if token := p.tokens[name]; token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
	} else if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", p.URL)
	}
	res, err := client.Do(req)
	p.must(err)
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	p.must(err)
	return res.StatusCode, string(read)
}

// open starts a poll of Ben's.
func (p *polling) open(in poll.NewPoll) poll.Poll {
	p.t.Helper()
	in.Title = cmp.Or(in.Title, "Which?")
	in.Method = cmp.Or(in.Method, tally.Choice)
	if in.Options == nil && in.Method != tally.Proposal && in.Method != tally.OptIn {
		for _, label := range []string{"Alpha", "Beta", "Gamma"} {
			in.Options = append(in.Options, poll.NewOption{Label: label})
		}
	}
	if in.ClosesAt.IsZero() {
		in.ClosesAt = p.now().Add(72 * time.Hour)
	}
	made, err := p.Polls.Start(p.ctx, p.who["ben"], p.thread, in)
	p.must(err)
	return made
}

// cast puts a ballot for one option in.
func (p *polling) cast(name string, at poll.Poll, option int) poll.Receipt {
	p.t.Helper()
	r, err := p.Polls.Cast(p.ctx, p.who[name], at.ID, poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{at.Options[option].ID}}, Reason: "Words of " + name})
	p.must(err)
	return r
}

func pollPath(id int64) string { return "/p/" + strconv.FormatInt(id, 10) }

func pollCall(id int64) string { return "/api/v1/polls/" + strconv.FormatInt(id, 10) }
