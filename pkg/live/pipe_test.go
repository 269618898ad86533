package live_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"plenary/pkg/live"
)

// pipes is a listener without a network, so that a test can own the clock. Its
// connections hold nothing: a write waits until it is read.
type pipes struct {
	incoming chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newPipes() *pipes { return &pipes{incoming: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Dial(string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.incoming <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, errors.New("nobody listens")
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.incoming:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// startInBubble runs a hub with the settings of production on the clock of a
// synctest bubble. Stop it before the bubble ends.
func startInBubble(t *testing.T, f *forum, change ...func(*live.Config)) (n *node, stop func()) {
	t.Helper()
	cfg := f.config("a", live.NewMemory())
	cfg.HeadCheck, cfg.SessionsCheck, cfg.Drain = 0, 0, 0
	for _, c := range change {
		c(&cfg)
	}
	hub, err := live.NewHub(cfg)
	if err != nil {
		t.Fatal(err)
	}
	listener := newPipes()
	server := &http.Server{Handler: handler(hub)}
	go func() { _ = server.Serve(listener) }()
	return &node{Hub: hub, forum: f, url: "ws://forum.example", dial: listener.Dial}, func() {
		if err := hub.Close(context.Background()); err != nil {
			t.Errorf("closing the hub: %v", err)
		}
		_ = server.Close()
	}
}

// watch reads all that comes, so that pings are answered, until the socket ends.
func (c *client) watch() (ended <-chan error, soFar func() []message) {
	var mu sync.Mutex
	var got []message
	over := make(chan error, 1)
	go func() {
		for {
			m, err := c.anyWithin(24 * time.Hour)
			if err != nil {
				over <- err
				return
			}
			mu.Lock()
			got = append(got, m)
			mu.Unlock()
		}
	}()
	return over, func() []message {
		mu.Lock()
		defer mu.Unlock()
		return append([]message(nil), got...)
	}
}
