package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/config"
	"plenary/pkg/testkit"
)

// stream posts over one connection until the forum is gone, and
// tells what was acknowledged and what was cut off on a connection that had
// served before.
func stream(c *http.Client, base, token string, thread int64, name string) (acknowledged, cut []string) {
	for i := 0; ; i++ {
		<-time.After(rand.N(6 * time.Millisecond)) // a connection must be idle now and then
		words := fmt.Sprintf("%s says %d", name, i)
		reused := false
		trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }}
		body := strings.NewReader(fmt.Sprintf(`{"body":%q}`, words))
		req, err := http.NewRequestWithContext(httptrace.WithClientTrace(context.Background(), trace), "POST",
			fmt.Sprintf("%s/api/v1/threads/%d/comments", base, thread), body)
		if err != nil {
			return acknowledged, append(cut, err.Error())
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		answer, err := c.Do(req)
		switch {
		case err != nil && reused:
			return acknowledged, append(cut, words+": "+err.Error())
		case err != nil:
			return acknowledged, cut // the door is shut
		case answer.StatusCode == http.StatusCreated:
			acknowledged = append(acknowledged, words)
		default:
			cut = append(cut, words+": "+answer.Status)
		}
		_ = answer.Body.Close()
	}
}

func TestAStopCutsOffNobodyInTheMiddleOfARequest(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, p place) {
		p.drain = 500 * time.Millisecond
		f := p.live(t)
		thread, token := f.hall(access.Public)
		var (
			all               sync.WaitGroup
			mu                sync.Mutex
			acknowledged, cut []string
		)
		for i := range 16 {
			c := caller(t)
			all.Go(func() {
				done, broken := stream(c, f.URL, token, thread, fmt.Sprint("client ", i))
				mu.Lock()
				defer mu.Unlock()
				acknowledged, cut = append(acknowledged, done...), append(cut, broken...)
			})
		}
		watcher := connect(t, f.URL, token)
		watcher.subscribe(thread, 1, "json")
		for range 60 {
			watcher.until("comments come", func(m told) bool { return m.Kind == "comment.created" })
		}
		if err := f.stop(); err != nil {
			t.Error(err)
		}
		all.Wait()
		if len(cut) > 0 {
			t.Errorf("%d requests were cut off: %q", len(cut), cut[:min(5, len(cut))])
		}
		bodies, _ := kept(t, p.live(t).URL, token, thread)
		slices.Sort(bodies)
		slices.Sort(acknowledged)
		if !slices.Equal(bodies, acknowledged) {
			t.Errorf("%d comments were acknowledged and %d are kept", len(acknowledged), len(bodies))
		}
		t.Logf("%d comments before the stop", len(bodies))
	})
}

func TestAStopSaysGoodbyeToEverySocketWithinItsTime(t *testing.T) {
	t.Parallel()
	p := newPlace(t, settings{})
	p.drain = time.Second
	f := p.live(t)
	thread, token := f.hall(access.Public)
	var sockets []*socket
	for i := range 20 {
		s := connect(t, f.URL, []string{token, ""}[i%2])
		s.subscribe(thread, 1, "json")
		sockets = append(sockets, s)
	}
	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- f.stop() }()
	for i, s := range sockets {
		if last, code := s.closed(); last.Type != "bye" || last.RetryAfter <= 0 || code != 1012 {
			t.Errorf("socket %d: closed with %d after %+v", i, code, last)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > p.drain+5*time.Second {
		t.Errorf("the stop took %v", took)
	}
}

func TestAForumThatMayNotWaitStopsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t, settings{})
	p.drain = 0
	f := p.live(t)
	thread, token := f.hall(access.Public)
	s := connect(t, f.URL, token)
	s.subscribe(thread, 1, "json")
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- f.stop() }()
	if last, code := s.closed(); last.Type != "bye" || code != 1012 {
		t.Errorf("closed with %d after %+v", code, last)
	}
	if err := <-ended; err != nil || time.Since(began) > 4*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

func TestReadinessEndsWhenTheStopBegins(t *testing.T) {
	t.Parallel()
	p := newPlace(t, settings{})
	p.drain = 2 * time.Second
	f := p.live(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if status := getStatus(t, f.URL+path); status != http.StatusOK {
			t.Errorf("%s answers %d", path, status)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- f.stop() }()
	waitFor(t, "no connection is taken any more", func() bool {
		c, err := net.Dial("tcp", p.addr)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		got := httptest.NewRecorder()
		f.Handler().ServeHTTP(got, httptest.NewRequest("GET", f.URL+path, nil))
		if got.Code != want || got.Header().Get("Connection") != "close" {
			t.Errorf("while stopping %s answers %d with Connection: %q, want %d and close", path, got.Code, got.Header().Get("Connection"), want)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestMetricsAreOnTheirOwnAddressOnly(t *testing.T) {
	t.Parallel()
	p := newPlace(t, settings{})
	f := p.live(t)
	thread, token := f.hall(access.Public)
	f.says(caller(t), token, thread, "hello")
	if status := getStatus(t, f.URL+"/metrics"); status != http.StatusNotFound {
		t.Errorf("the forum's own address answers %d", status)
	}
	for path, want := range map[string]int{"/metrics": http.StatusOK, "/": http.StatusNotFound, "/healthz": http.StatusNotFound} {
		if status := getStatus(t, "http://"+p.metrics+path); status != want {
			t.Errorf("%s of the figures' address answers %d, want %d", path, status, want)
		}
	}
	series := `plenary_request_seconds_count{method="POST",route="/api/v1/threads/:id/comments",status="201"}`
	if n := p.figure(t, series); n != 1 {
		t.Errorf("%v posts are counted, want 1", n)
	}
	without := newPlace(t, settings{})
	without.metrics = ""
	g := without.live(t)
	if status := getStatus(t, g.URL+"/metrics"); status != http.StatusNotFound {
		t.Errorf("without an address for it /metrics answers %d", status)
	}
}

func TestAnAddressThatIsTakenIsSaidBeforeAnythingIsReady(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(c *config.Server, taken string){
		"--addr":         func(c *config.Server, taken string) { c.Addr = taken },
		"--metrics-addr": func(c *config.Server, taken string) { c.MetricsAddr = taken },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			taken, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			cfg := config.Server{Addr: freePort(t), BaseURL: "http://localhost:8080", Drain: time.Millisecond}
			change(&cfg, taken.Addr().String())
			rooms, err := app.Open(t.Context(), config.Database{DataDir: t.TempDir()}, testkit.Quiet(), app.Options{})
			if err != nil {
				t.Fatal(err)
			}
			s, err := app.NewServer(rooms, cfg, "test")
			if err != nil {
				t.Fatal(err)
			}
			err = s.Run(t.Context(), func(string) { t.Error("it says that it is ready") })
			if err == nil || !strings.Contains(err.Error(), "choose another with "+name) {
				t.Errorf("got %v", err)
			}
		})
	}
}
