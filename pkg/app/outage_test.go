package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"plenary/pkg/access"
	"plenary/pkg/testkit"
)

// wire is the way to a database, which a test can cut and mend.
type wire struct {
	t            testing.TB
	listen, goal string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
}

// newWire gives a database's URL by way of a wire.
func newWire(t testing.TB, database string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, listen: freePort(t), goal: u.Host, open: map[net.Conn]bool{}}
	u.Host = w.listen
	w.mend()
	t.Cleanup(w.cut)
	return w, u.String()
}

func (w *wire) mend() {
	w.t.Helper()
	l, err := net.Listen("tcp", w.listen)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.listener = l
	w.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", w.goal)
			if err != nil {
				_ = near.Close()
				continue
			}
			w.hold(l, near, far)
			go pass(near, far)
			go pass(far, near)
		}
	}()
}

func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}

// hold remembers the connections, unless the wire was cut meanwhile.
func (w *wire) hold(l net.Listener, conns ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		if w.listener != l {
			_ = c.Close()
			continue
		}
		w.open[c] = true
	}
}

// cut ends every connection and refuses new ones.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listener == nil {
		return
	}
	_ = w.listener.Close()
	w.listener = nil
	for c := range w.open {
		_ = c.Close()
	}
	clear(w.open)
}

// postgres connects to the server beside the forum.
func postgres(t testing.TB, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestPostsWhileBackendsAreTerminatedSucceedOrSayBusy(t *testing.T) {
	t.Parallel()
	database := testkit.PostgresURL(t)
	admin := postgres(t, database)
	p := newPlace(t, settings{database: database})
	f := p.live(t)
	thread, token := f.hall(access.Public)
	a := follow(f.URL, thread, false, "", token)
	w := &writers{base: f.URL, token: token, thread: thread}
	w.begin(t, 4)
	for n := 1; n <= 12; n++ {
		waitFor(t, "comments are acknowledged between two blows", func() bool { return w.reached(12 * n) })
		if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "comments are acknowledged after the last blow", func() bool { return w.reached(12 * 13) })
	w.end()
	w.only(t, http.StatusCreated, http.StatusServiceUnavailable)
	waitFor(t, "the forum is ready again", func() bool { return getStatus(t, f.URL+"/readyz") == http.StatusOK })
	a.check(t, f, w)
}

func TestPostgresGoneAndBack(t *testing.T) {
	t.Parallel()
	way, database := newWire(t, testkit.PostgresURL(t))
	p := newPlace(t, settings{database: database})
	f := p.live(t)
	thread, token := f.hall(access.Public)
	a := follow(f.URL, thread, false, "", token)
	w := &writers{base: f.URL, token: token, thread: thread}
	w.begin(t, 4)
	for n := 1; n <= 3; n++ {
		waitFor(t, "comments are acknowledged", func() bool { return w.reached(20 * n) })
		way.cut()
		waitFor(t, "the forum says that it is not ready", func() bool { return getStatus(t, f.URL+"/readyz") == http.StatusServiceUnavailable })
		checkWithoutDatabase(t, f, token, thread)
		way.mend()
	}
	waitFor(t, "the forum is ready again", func() bool { return getStatus(t, f.URL+"/readyz") == http.StatusOK })
	waitFor(t, "comments are acknowledged again", func() bool { return w.reached(20 * 4) })
	w.end()
	w.only(t, http.StatusCreated, http.StatusServiceUnavailable)
	a.check(t, f, w)
}

// checkWithoutDatabase looks at what the forum still answers.
func checkWithoutDatabase(t *testing.T, f *life, token string, thread int64) {
	t.Helper()
	if status := getStatus(t, f.URL+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz answers %d: the process is well", status)
	}
	status, answer := post(caller(t), f.URL, token, thread, "", "into the void")
	if status != http.StatusServiceUnavailable || !strings.Contains(answer, "error.") {
		t.Errorf("a post is answered %d %s", status, answer)
	}
	for _, path := range []string{"/", "/g/coast", "/api/v1/groups"} {
		answer, err := http.Get(f.URL + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
			t.Errorf("%s answers %d with Retry-After %q", path, answer.StatusCode, answer.Header.Get("Retry-After"))
		}
	}
}

func TestAForumStoppedWithoutItsDatabaseStillSaysGoodbye(t *testing.T) {
	t.Parallel()
	way, database := newWire(t, testkit.PostgresURL(t))
	f := newPlace(t, settings{database: database}).live(t)
	thread, token := f.hall(access.Public)
	s := connect(t, f.URL, token)
	s.subscribe(thread, 1, "json")
	way.cut()
	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- f.stop() }()
	if last, code := s.closed(); last.Type != "bye" || code != 1012 {
		t.Errorf("closed with %d after %+v", code, last)
	}
	select {
	case <-ended: // with an error or without: it cannot write any more
	case <-time.After(15 * time.Second):
		t.Fatal("it does not end")
	}
	t.Logf("it took %v", time.Since(began).Round(time.Millisecond))
}
