package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// patience is how long a test waits for what must come.
const patience = 15 * time.Second

// told is any message of a live socket.
type told struct {
	Type       string
	Thread     int64
	Seq        int64
	LastSeq    int64 `json:"last_seq"`
	Kind       string
	Code       string
	HTML       string
	Here       []struct{ Handle string }
	Count      int
	RetryAfter int64 `json:"retry_after_ms"`
	Data       struct {
		Comment struct{ Body string }
	}
}

// socket is a live connection, as a program or a page has it.
type socket struct {
	t  testing.TB
	ws *websocket.Conn
}

// dial opens a socket with a token, or as a page without one.
func dial(base, token string) (*websocket.Conn, error) {
	header := http.Header{"Origin": {base}}
	if token != "" {
		header = http.Header{"Authorization": {"Bearer " + token}}
	}
	return handshake(base, header)
}

func handshake(base string, header http.Header) (*websocket.Conn, error) {
	dialer := websocket.Dialer{HandshakeTimeout: 5 * time.Second, EnableCompression: true}
	ws, answer, err := dialer.Dial("ws"+strings.TrimPrefix(base, "http")+"/live", header)
	if answer != nil {
		_ = answer.Body.Close()
	}
	return ws, err
}

// connect opens a socket that the test closes in the end.
func connect(t testing.TB, base, token string) *socket {
	t.Helper()
	ws, err := dial(base, token)
	return newSocket(t, ws, err)
}

func newSocket(t testing.TB, ws *websocket.Conn, err error) *socket {
	t.Helper()
	if err != nil {
		t.Fatalf("open a socket: %v", err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	return &socket{t, ws}
}

func say(ws *websocket.Conn, thread, after int64, format string) error {
	return ws.WriteMessage(websocket.TextMessage,
		fmt.Appendf(nil, `{"type":"subscribe","thread":%d,"after_seq":%d,"format":%q}`, thread, after, format))
}

func hear(ws *websocket.Conn) (told, error) {
	var m told
	if err := ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return m, err
	}
	_, data, err := ws.ReadMessage()
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(data, &m)
}

// subscribe asks for a thread from a seq on and waits for the confirmation.
func (s *socket) subscribe(thread, after int64, format string) {
	s.t.Helper()
	if err := say(s.ws, thread, after, format); err != nil {
		s.t.Fatalf("subscribe: %v", err)
	}
	s.until("the subscription is confirmed", func(m told) bool { return m.Type == "subscribed" })
}

// until reads on to the first message that is wanted.
func (s *socket) until(what string, wanted func(told) bool) told {
	s.t.Helper()
	for {
		m, err := hear(s.ws)
		if err != nil {
			s.t.Fatalf("waiting until %s: %v", what, err)
		}
		if wanted(m) {
			return m
		}
	}
}

// comment waits for a comment with the words, in either format.
func (s *socket) comment(words string) told {
	s.t.Helper()
	m := s.until("the comment "+words+" arrives", func(m told) bool { return m.Kind == "comment.created" })
	if m.Data.Comment.Body != words || m.HTML != "" && !strings.Contains(m.HTML, words) {
		s.t.Fatalf("got %+v, want the comment %q", m, words)
	}
	return m
}

// closed waits for the end of the connection and gives its code, with the last
// message before it.
func (s *socket) closed() (last told, code int) {
	s.t.Helper()
	for {
		m, err := hear(s.ws)
		if end, ok := errors.AsType[*websocket.CloseError](err); ok {
			return last, end.Code
		}
		if err != nil {
			s.t.Fatalf("waiting for the end of the connection: %v", err)
		}
		last = m
	}
}
