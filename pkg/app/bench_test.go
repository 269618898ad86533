package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/labstack/echo/v4"

	"plenary/pkg/access"
	"plenary/pkg/forum"
)

// connections ask at once in the benchmarks over HTTP.
const connections = 16

// ask sends b.N requests from 16 connections and reports how many were answered
// in a second.
func ask(b *testing.B, method, url, token string, body func() io.Reader, want int) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range connections {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := one(client, method, url, token, body, want); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

func one(client *http.Client, method, url, token string, body func() io.Reader, want int) error {
	var in io.Reader
	if body != nil {
		in = body()
	}
	req, err := http.NewRequestWithContext(context.Background(), method, url, in)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != want {
		return fmt.Errorf("%s %s: %s", method, url, resp.Status)
	}
	return nil
}

// BenchmarkHello is the yardstick: echo with nothing behind it, in the same run.
func BenchmarkHello(b *testing.B) {
	e := echo.New()
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "Hello, world") })
	server := httptest.NewServer(e)
	defer server.Close()
	ask(b, http.MethodGet, server.URL, "", nil, http.StatusOK)
}

// talk starts a thread and fills it with comments.
func talk(b *testing.B, f *running, who access.Actor, comments int) forum.Thread {
	b.Helper()
	th, err := f.Forum.Start(f.ctx, who, "coast", forum.NewThread{Title: fmt.Sprintf("A thread of %d", comments), Body: "What do we plant?"})
	if err != nil {
		b.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 8 { // together they share commits
		wg.Go(func() {
			for i := w; i < comments; i += 8 {
				body := fmt.Sprintf("Comment %d: I would like **carrots**, beets, and whatever grows beside them in the shade of the wall.", i)
				if _, err := f.Forum.Post(f.ctx, who, th.ID, forum.NewComment{Body: body}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return th
}

// BenchmarkThreadPage shows a page of about 50 items: of a short thread, and
// deep in one of 10,000 comments, to a visitor and to a member.
func BenchmarkThreadPage(b *testing.B) {
	f := start(b, settings{})
	f.group("coast", "Coast", access.Public)
	ana := f.person("ana", "Ana Ruiz", "Salt Works", "coast", access.Member)
	short, long := talk(b, f, ana, 50), talk(b, f, ana, 10_000)
	token := f.token(ana)
	for _, c := range []struct {
		name, path, token string
	}{
		{"visitor/50", short.Path(), ""},
		{"visitor/10000", long.Path() + "?seq=5000", ""},
		{"member/50", short.Path(), token},
		{"member/10000", long.Path() + "?seq=5000", token},
		{"json/50", fmt.Sprintf("/api/v1/threads/%d/timeline?limit=50", short.ID), ""},
		{"json/10000", fmt.Sprintf("/api/v1/threads/%d/timeline?limit=50&after_seq=5000", long.ID), ""},
	} {
		b.Run(c.name, func(b *testing.B) { ask(b, http.MethodGet, f.URL+c.path, c.token, nil, http.StatusOK) })
	}
}

// BenchmarkPost writes comments through the API, each on disk before its answer.
func BenchmarkPost(b *testing.B) {
	f := start(b, settings{})
	f.group("coast", "Coast", access.Public)
	ana := f.person("ana", "Ana Ruiz", "Salt Works", "coast", access.Member)
	th := talk(b, f, ana, 0)
	token := f.token(ana)
	url := fmt.Sprintf("%s/api/v1/threads/%d/comments", f.URL, th.ID)
	body := func() io.Reader { return strings.NewReader(`{"body":"I would like **carrots**."}`) }
	b.Run("16 writers", func(b *testing.B) { ask(b, http.MethodPost, url, token, body, http.StatusCreated) })
	b.Run("1 writer", func(b *testing.B) {
		client := &http.Client{}
		defer client.CloseIdleConnections()
		b.ReportAllocs()
		for range b.N {
			if err := one(client, http.MethodPost, url, token, body, http.StatusCreated); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	})
}
