package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/config"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/browser"
)

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Stop()
	testkit.DropTemplate()
	os.Exit(code)
}

// password is everybody's.
const password = "sunny garden day 7"

// running is a whole forum, serving on a port of its own.
type running struct {
	*app.Server
	t   testing.TB
	ctx context.Context
	URL string

	asked *atomic.Int64 // requests that have come in so far, but for files of the program's own
}

// settings are what a test may choose.
type settings struct {
	database string // a fresh SQLite file where empty
	broker   string
	smtp     string // mail server; none where empty
	host     string // by which it is reached; the number where empty
	dataDir  string
	log      *slog.Logger // a quiet one where nil
}

// start serves a forum until the test ends. Passwords cost next to nothing.
func start(t testing.TB, s settings) *running {
	t.Helper()
	return startWith(t, s, app.Options{Password: person.Cost{Memory: 64, Time: 1, Threads: 1}})
}

func startWith(t testing.TB, s settings, options app.Options) *running {
	t.Helper()
	ctx := context.Background()
	if s.dataDir == "" {
		s.dataDir = t.TempDir()
	}
	if s.log == nil {
		s.log = testkit.Quiet()
	}
	rooms, err := app.Open(ctx, config.Database{DataDir: s.dataDir, DatabaseURL: s.database}, s.log, options)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	if s.host != "" {
		base = strings.Replace(base, "127.0.0.1", s.host, 1)
	}
	server, err := app.NewServer(rooms, config.Server{Addr: listener.Addr().String(), BaseURL: base, BrokerURL: s.broker, SMTPURL: s.smtp, Drain: 100 * time.Millisecond}, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Begin(ctx); err != nil {
		t.Fatal(err)
	}
	asked := &atomic.Int64{}
	count := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			asked.Add(1)
		}
		server.Handler().ServeHTTP(w, r)
	})
	httpServer := &http.Server{Handler: count, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 32 << 10}
	done := make(chan struct{})
	go func() { defer close(done); _ = httpServer.Serve(listener) }()
	t.Cleanup(func() {
		last, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := server.End(last); err != nil {
			t.Errorf("end the forum: %v", err)
		}
		_ = httpServer.Close()
		<-done
	})
	return &running{Server: server, t: t, ctx: ctx, URL: base, asked: asked}
}

// group adds a group.
func (r *running) group(handle, name string, v access.Visibility) {
	r.t.Helper()
	if _, err := r.Groups.Create(r.ctx, access.System(), group.NewGroup{Name: name, Handle: handle, Visibility: v}); err != nil {
		r.t.Fatal(err)
	}
}

// person adds somebody, as a member of a group where one is named.
func (r *running) person(handle, name, affiliation, in string, role access.Role) access.Actor {
	r.t.Helper()
	p, err := r.People.Add(r.ctx, access.System(), person.NewPerson{Name: name, Handle: handle, Affiliation: affiliation,
		Email: handle + "@example.org", Password: password, Administrator: role == "administrator"})
	if err != nil {
		r.t.Fatal(err)
	}
	if in != "" {
		if _, err := r.Groups.AddMember(r.ctx, access.System(), in, handle, role); err != nil {
			r.t.Fatal(err)
		}
	}
	return access.Actor{Person: p.ID, Administrator: p.Administrator}
}

// token makes an API token for a person.
func (r *running) token(who access.Actor) string {
	r.t.Helper()
	scopes := []string{"read", "write"}
	if who.Administrator {
		scopes = append(scopes, "admin")
	}
	token, _, err := r.People.NewToken(r.ctx, access.System(), person.NewToken{Person: who.Person, Name: "test", Scopes: scopes, Expires: time.Hour})
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

// browse opens a browser tab, signed in as the person with the handle, on a path.
func (r *running) browse(handle, path string) *browser.Tab {
	r.t.Helper()
	tab := browser.Person(r.t)
	tab.Size(1280, 900)
	if handle == "" {
		tab.Open(r.URL + path)
		return tab
	}
	r.enter(tab, handle, path)
	return tab
}

// enter signs somebody in by password.
func (r *running) enter(tab *browser.Tab, handle, path string) {
	r.t.Helper()
	tab.Open(r.URL + "/signin?next=" + url.QueryEscape(path))
	tab.Type(`#signin-form [name="email"]`, handle+"@example.org")
	tab.Type(`#signin-form [name="password"]`, password)
	tab.Click(`#signin-form button`)
	tab.Until(fmt.Sprintf("location.pathname.startsWith(%q) && document.readyState === 'complete'", path))
}
