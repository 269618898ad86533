package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/testkit"
)

// The socket goes through the same middleware as the pages, and brings what
// happens with the fragments to place.
func TestTheSocketBringsFragmentsThroughTheRealRouter(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite(t))
	h.db.OnCommit(h.site.hub.Wake)
	thread := h.thread("ada", "harbour", "One").ID
	server := httptest.NewServer(h.edge.Echo)
	defer server.Close()
	address := "ws" + strings.TrimPrefix(server.URL, "http") + "/live"

	if _, res, err := websocket.DefaultDialer.Dial(address, http.Header{"Origin": {"https://evil.example"}}); err == nil || res.StatusCode != http.StatusForbidden {
		t.Fatalf("a foreign origin is let in: %v", err)
	}
	token, err := h.site.People.OpenSession(context.Background(), h.who["ben"].ID, "Test browser")
	h.must(err)
	ws, _, err := websocket.DefaultDialer.Dial(address, http.Header{"Origin": {origin}, "Cookie": {"plenary=" + token}, "Accept-Encoding": {"gzip"}})
	h.must(err)
	defer ws.Close()
	h.must(ws.SetReadDeadline(time.Now().Add(10 * time.Second)))
	h.must(ws.WriteJSON(map[string]any{"type": "subscribe", "thread": thread, "after_seq": 1, "format": "html", "lang": "en"}))
	h.comment("cleo", thread, "Hello **there**")
	for {
		_, data, err := ws.ReadMessage()
		h.must(err)
		var m struct {
			Type, Kind, HTML string
			Seq              int64
		}
		h.must(json.Unmarshal(data, &m))
		if m.Type != "event" {
			continue
		}
		if m.Kind != "comment.created" || m.Seq != 2 || !strings.Contains(m.HTML, `<turbo-stream action="append" target="timeline">`) || !strings.Contains(m.HTML, "<strong>there</strong>") {
			t.Errorf("message %s", data)
		}
		return
	}
}
