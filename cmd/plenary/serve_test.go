package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// hall is a forum with a thread, 1, in which Ana may write.
func hall(t testing.TB) (h home, token string) {
	t.Helper()
	h = withAna(t)
	h.does(ownThread, "import", "transcript", "-", "--group", "coast")
	return h, strings.TrimSpace(h.does("", "token", "create", "--user", "ana"))
}

// say posts a comment; the status is 0 where no answer came.
func say(c *http.Client, base, token, words string) (status int) {
	req, err := http.NewRequest("POST", base+"/api/v1/threads/1/comments", strings.NewReader(fmt.Sprintf(`{"body":%q}`, words)))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	answer, err := c.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// speakers post without an end until the forum does not answer any more.
type speakers struct {
	all          sync.WaitGroup
	mu           sync.Mutex
	acknowledged []string
	odd          []int // statuses other than 201
}

func (s *speakers) begin(base, token string, many int, life string) {
	for g := range many {
		s.all.Go(func() {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			c := &http.Client{Transport: transport, Timeout: patience}
			for i, status := 0, 201; status != 0; i++ {
				words := fmt.Sprintf("%s: speaker %d says %d", life, g, i)
				status = say(c, base, token, words)
				s.heard(status, words)
			}
		})
	}
}

func (s *speakers) heard(status int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch status {
	case 0:
	case http.StatusCreated:
		s.acknowledged = append(s.acknowledged, words)
	default:
		s.odd = append(s.odd, status)
	}
}

// reached waits until so many comments have been acknowledged.
func (s *speakers) reached(t testing.TB, many int) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; <-time.After(5 * time.Millisecond) {
		s.mu.Lock()
		now := len(s.acknowledged)
		s.mu.Unlock()
		if now >= many {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d comments were acknowledged", now, many)
		}
	}
}

// comments reads the thread to its end; its seq must have no gap.
func comments(t testing.TB, base, token string) (bodies []string) {
	t.Helper()
	for last := int64(0); ; {
		req, err := http.NewRequest("GET", fmt.Sprintf("%s/api/v1/threads/1/timeline?after_seq=%d&limit=100", base, last), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Items []struct {
				Seq     int64
				Comment struct{ Body string }
			}
		}
		err = json.NewDecoder(answer.Body).Decode(&page)
		_ = answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 0 {
			return bodies
		}
		for _, item := range page.Items {
			if item.Seq != last+1 {
				t.Fatalf("after seq %d comes %d", last, item.Seq)
			}
			last = item.Seq
			bodies = append(bodies, item.Comment.Body)
		}
	}
}

// checkComments demands everything acknowledged, once.
func checkComments(t testing.TB, bodies, acknowledged []string) {
	t.Helper()
	times := map[string]int{}
	for _, b := range bodies {
		times[b]++
	}
	for _, a := range acknowledged {
		if times[a] != 1 {
			t.Errorf("%q was acknowledged and is there %d times", a, times[a])
		}
	}
}

// goodbye reads a socket to its end.
func goodbye(ws *websocket.Conn) (bye bool, err error) {
	for {
		if err := ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return false, err
		}
		_, data, err := ws.ReadMessage()
		if err != nil {
			return bye, err
		}
		bye = strings.HasPrefix(string(data), `{"type":"bye","retry_after_ms":`)
	}
}

func TestAStopWithPostsInFlightLosesNothingAndEndsInTime(t *testing.T) {
	t.Parallel()
	h, token := hall(t)
	p := h.serve("--drain", "1s")
	var sockets []*websocket.Conn
	for range 8 {
		ws, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(p.base, "http")+"/live", http.Header{"Authorization": {"Bearer " + token}})
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		defer ws.Close()
		if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"subscribe","thread":1,"after_seq":0}`)); err != nil {
			t.Fatal(err)
		}
		sockets = append(sockets, ws)
	}
	var s speakers
	s.begin(p.base, token, 6, "first")
	s.reached(t, 60)
	began := time.Now()
	var readers sync.WaitGroup
	for i, ws := range sockets {
		readers.Go(func() {
			if bye, err := goodbye(ws); !bye || !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
				t.Errorf("socket %d: bye %v, then %v", i, bye, err)
			}
		})
	}
	lines, code := p.signal(syscall.SIGTERM)
	took := time.Since(began)
	readers.Wait()
	s.all.Wait()
	if lines = slices.DeleteFunc(lines, setUpLink.MatchString); code != 0 || len(lines) > 0 || took > 6*time.Second {
		t.Errorf("exit %d after %v, %q: %s", code, took, lines, p.errors.String())
	}
	if len(s.odd) > 0 {
		t.Errorf("posts were answered %v", s.odd)
	}
	again := h.serve("--drain", "100ms")
	bodies := comments(t, again.base, token)
	checkComments(t, bodies, s.acknowledged)
	t.Logf("%d acknowledged, %d kept, stopped in %v", len(s.acknowledged), len(bodies), took.Round(time.Millisecond))
	again.signal(syscall.SIGTERM)
}

func TestNothingAcknowledgedIsLostWhenTheForumIsKilled(t *testing.T) {
	t.Parallel()
	h, token := hall(t)
	var s speakers
	const lives = 4
	for n := 1; n <= lives; n++ {
		p := h.serve()
		s.begin(p.base, token, 4, fmt.Sprint("life ", n))
		s.reached(t, 30*n)
		if _, code := p.signal(syscall.SIGKILL); code != -1 {
			t.Errorf("exit %d", code)
		}
		s.all.Wait()
	}
	p := h.serve("--drain", "100ms")
	checkComments(t, comments(t, p.base, token), s.acknowledged)
	if len(s.odd) > 0 {
		t.Errorf("posts were answered %v", s.odd)
	}
	t.Logf("%d comments acknowledged in %d lives", len(s.acknowledged), lives)
	if _, code := p.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d: %s", code, p.errors.String())
	}
}

func TestASecondSignalEndsTheProgramAtOnce(t *testing.T) {
	t.Parallel()
	h, token := hall(t)
	p := h.serve("--drain", "60s")
	var sockets []*websocket.Conn
	for range 2 { // of which the second would be sent away after half a minute
		ws, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(p.base, "http")+"/live", http.Header{"Authorization": {"Bearer " + token}})
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		defer ws.Close()
		sockets = append(sockets, ws)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	first := make(chan struct{})
	for _, ws := range sockets {
		go func() {
			if bye, _ := goodbye(ws); bye {
				first <- struct{}{}
			}
		}()
	}
	<-first
	began := time.Now()
	if _, code := p.signal(syscall.SIGTERM); code == 0 || time.Since(began) > 3*time.Second {
		t.Errorf("exit %d after %v", code, time.Since(began))
	}
}
