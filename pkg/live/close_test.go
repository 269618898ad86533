package live_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/event"
	"plenary/pkg/live"
)

func TestClosingSaysByeAndWhenToComeBack(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	closed := make(chan error, 1)
	go func() { closed <- n.Close(context.Background()) }()
	if m := c.expect("bye"); m.Retry <= 0 {
		t.Errorf("got %+v", m)
	}
	c.closed(websocket.CloseServiceRestart)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if got := n.Stats().Sockets; got != 0 {
		t.Errorf("%d sockets left", got)
	}
	_, response, err := websocket.DefaultDialer.Dial(n.url+"/live", http.Header{"Origin": {home}})
	if err == nil || response == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("a closed hub answers %v, %v", response, err)
	}
	n.Wake(n.comments(event.Thread(42), 1)) // by a request that is still being served
}

func TestClosingDoesNotWaitForEverForStuckReaders(t *testing.T) {
	t.Parallel()
	n := start(t, newForum(), func(c *live.Config) { c.Drain = time.Hour })
	for range 3 {
		n.open(t, "").subscribe(`"thread":42`)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := n.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closed with %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if got := n.Stats().Sockets; got != 0 {
		t.Errorf("%d sockets left", got)
	}
}
