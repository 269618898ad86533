package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/config"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/testkit"
)

// place is where a forum lives: its address and its data stay when its process
// goes and another one comes.
type place struct {
	settings
	addr, metrics string
	drain         time.Duration
}

// newPlace is one with a free port of its own.
func newPlace(t testing.TB, s settings) place {
	t.Helper()
	if s.dataDir == "" {
		s.dataDir = t.TempDir()
	}
	return place{settings: s, addr: freePort(t), metrics: freePort(t), drain: 200 * time.Millisecond}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// life is a forum between its start and its end.
type life struct {
	*running
	stop func() error // says goodbye and waits until all is closed
}

// live runs a forum as the command serve does, until stop or the test's end.
func (p place) live(t testing.TB) *life {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	rooms, err := app.Open(ctx, config.Database{DataDir: p.dataDir, DatabaseURL: p.database}, testkit.Quiet(),
		app.Options{Password: person.Cost{Memory: 64, Time: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + p.addr
	server, err := app.NewServer(rooms, config.Server{Addr: p.addr, BaseURL: base, BrokerURL: p.broker, MetricsAddr: p.metrics, Drain: p.drain}, "test")
	if err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- server.Run(ctx, func(string) { close(ready) }) }()
	stopped := false
	stop := func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("end the forum: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		stopped = true
		t.Fatalf("the forum does not start: %v", err)
	}
	return &life{running: &running{Server: server, t: t, ctx: context.Background(), URL: base}, stop: stop}
}

// thread starts a discussion in a group.
func (r *running) thread(who access.Actor, in string) int64 {
	r.t.Helper()
	thread, err := r.Forum.Start(r.ctx, who, in, forum.NewThread{Title: "Where do we meet in spring?", Body: "Ideas, please."})
	if err != nil {
		r.t.Fatal(err)
	}
	return thread.ID
}

// caller sends requests over connections of its own.
func caller(t testing.TB) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// call sends JSON and gives the status with the answer; key may be empty.
func call(c *http.Client, method, url, token, key string, body any) (int, []byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequest(method, url, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	answer, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	got, err := io.ReadAll(answer.Body)
	return answer.StatusCode, got, errors.Join(err, answer.Body.Close())
}

// post sends a comment; the status is 0 where no answer came.
func post(c *http.Client, base, token string, thread int64, key, words string) (status int, answer string) {
	status, got, err := call(c, "POST", fmt.Sprintf("%s/api/v1/threads/%d/comments", base, thread), token, key, map[string]string{"body": words})
	if err != nil {
		return 0, err.Error()
	}
	return status, string(got)
}

// says posts a comment that must be taken.
func (r *running) says(c *http.Client, token string, thread int64, words string) {
	r.t.Helper()
	if status, answer := post(c, r.URL, token, thread, "", words); status != http.StatusCreated {
		r.t.Fatalf("posting %q: %d %s", words, status, answer)
	}
}

// kept are the bodies of all comments of a thread in the order of seq, read
// through the API. It fails where the timeline has a gap.
func kept(t testing.TB, base, token string, thread int64) (bodies []string, last int64) {
	t.Helper()
	c := caller(t)
	for {
		status, got, err := call(c, "GET", fmt.Sprintf("%s/api/v1/threads/%d/timeline?after_seq=%d&limit=100", base, thread, last), token, "", nil)
		if err != nil || status != http.StatusOK {
			t.Fatalf("read the timeline: %d %s, %v", status, got, err)
		}
		var page struct {
			Items []struct {
				Seq     int64
				Kind    string
				Comment struct{ Body string }
			}
		}
		if err := json.Unmarshal(got, &page); err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 0 {
			return bodies, last
		}
		for _, item := range page.Items {
			if item.Seq != last+1 {
				t.Fatalf("after seq %d comes %d", last, item.Seq)
			}
			if last = item.Seq; item.Kind == "comment.created" {
				bodies = append(bodies, item.Comment.Body)
			}
		}
	}
}

// checkKept demands every acknowledged comment in the thread, once.
func checkKept(t testing.TB, bodies, acknowledged []string) {
	t.Helper()
	times := map[string]int{}
	for _, b := range bodies {
		if times[b]++; times[b] == 2 {
			t.Errorf("%q is there twice", b)
		}
	}
	lost := slices.DeleteFunc(slices.Clone(acknowledged), func(b string) bool { return times[b] > 0 })
	if len(lost) > 0 {
		t.Errorf("%d of %d acknowledged comments are lost: %q", len(lost), len(acknowledged), lost[:min(5, len(lost))])
	}
}

// figure reads one of the forum's metrics.
func (p place) figure(t testing.TB, name string) float64 {
	t.Helper()
	answer, err := http.Get("http://" + p.metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("there is no figure %s", name)
	return 0
}
