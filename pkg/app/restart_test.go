package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/access"
	"plenary/pkg/testkit"
)

// onBoth runs a test with a forum's place on each kind of database.
func onBoth(t *testing.T, test func(t *testing.T, p place)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newPlace(t, settings{}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newPlace(t, settings{database: testkit.PostgresURL(t)}))
	})
}

// writers post comments from several goroutines until they are told to stop,
// and remember what was acknowledged.
type writers struct {
	base, token string
	thread      int64
	retry       bool // send again, with the same key, what was not answered well

	quit chan struct{}
	all  sync.WaitGroup

	mu           sync.Mutex
	acknowledged []string
	answers      map[int]int    // how often each status came; 0 is no answer
	examples     map[int]string // one answer of each
}

func (w *writers) begin(t testing.TB, goroutines int) {
	w.quit, w.answers, w.examples = make(chan struct{}), map[int]int{}, map[int]string{}
	for g := range goroutines {
		c := caller(t)
		w.all.Go(func() {
			for i := 0; !w.stopped(); i++ {
				w.one(c, fmt.Sprintf("writer %d says %d", g, i))
			}
		})
	}
}

func (w *writers) stopped() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}

func (w *writers) one(c *http.Client, words string) {
	key := ""
	if w.retry {
		key = words
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		status, answer := post(c, w.base, w.token, w.thread, key, words)
		w.count(status, answer, words)
		if status == http.StatusCreated || !w.retry {
			return
		}
	}
}

func (w *writers) count(status int, answer, words string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers[status]++
	w.examples[status] = answer
	if status == http.StatusCreated {
		w.acknowledged = append(w.acknowledged, words)
	}
}

// reached reports whether so many have been acknowledged.
func (w *writers) reached(n int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acknowledged) >= n
}

func (w *writers) end() {
	close(w.quit)
	w.all.Wait()
}

// only fails where there was any other answer than these.
func (w *writers) only(t testing.TB, statuses ...int) {
	t.Helper()
	t.Logf("answers: %v", w.answers)
	for status, n := range w.answers {
		if !slices.Contains(statuses, status) {
			t.Errorf("%d posts were answered %d, such as: %s", n, status, w.examples[status])
		}
	}
}

// waitFor waits for what other goroutines bring about.
func waitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
	}
}

// theEnd is the comment at which readers stop.
const theEnd = "the end"

// reader follows a thread through whatever happens to its connection: it comes
// back with the last seq that it has.
type reader struct {
	base, token, format string
	thread              int64
	dice                *rand.Rand // where set, hangs up now and then

	have, cuts, restarts int64
	bodies               []string
	wrong                error
}

func (r *reader) follow() {
	for began := time.Now(); r.wrong == nil && !r.done(); {
		ws, err := dial(r.base, r.token)
		switch {
		case err == nil && say(ws, r.thread, r.have, r.format) == nil:
			r.read(ws)
			_ = ws.Close()
		case time.Since(began) > 2*patience:
			r.wrong = fmt.Errorf("still at seq %d: %w", r.have, err)
		default:
			<-time.After(20 * time.Millisecond) // nobody is there just now
		}
	}
}

func (r *reader) done() bool { return len(r.bodies) > 0 && r.bodies[len(r.bodies)-1] == theEnd }

func (r *reader) read(ws *websocket.Conn) {
	stay := -1
	if r.dice != nil {
		stay = 1 + r.dice.IntN(25)
	}
	for stay != 0 && !r.done() {
		m, err := hear(ws)
		switch {
		case websocket.IsCloseError(err, websocket.CloseServiceRestart):
			r.restarts++
			return
		case err != nil:
			return
		case m.Type == "event":
			r.wrong = r.take(m)
			stay--
		case m.Type == "resync" || m.Type == "error":
			r.wrong = fmt.Errorf("after seq %d: %+v", r.have, m)
		}
		if r.wrong != nil {
			return
		}
	}
	r.cuts++
}

func (r *reader) take(m told) error {
	if m.Seq != r.have+1 || m.Thread != r.thread {
		return fmt.Errorf("got event %d of thread %d after %d", m.Seq, m.Thread, r.have)
	}
	r.have = m.Seq
	if m.Kind != "comment.created" {
		return nil
	}
	r.bodies = append(r.bodies, m.Data.Comment.Body)
	if r.format == "html" && !strings.Contains(m.HTML, m.Data.Comment.Body) {
		return fmt.Errorf("the fragment of %d does not show %q: %s", m.Seq, m.Data.Comment.Body, m.HTML)
	}
	return nil
}

// followers is all who read one thread.
type followers struct {
	readers []*reader
	all     sync.WaitGroup
}

// follow begins to read with each token, an empty one being a visitor's page;
// every second reader asks for fragments.
func follow(base string, thread int64, restless bool, tokens ...string) *followers {
	a := &followers{}
	for i, token := range tokens {
		r := &reader{base: base, token: token, format: []string{"json", "html"}[i%2], thread: thread}
		if restless {
			r.dice = rand.New(rand.NewPCG(7, uint64(i)))
		}
		a.readers = append(a.readers, r)
		a.all.Go(r.follow)
	}
	return a
}

// check says the last word, and demands that everybody has read what is kept.
func (a *followers) check(t testing.TB, f *life, w *writers) (bodies []string) {
	t.Helper()
	f.says(caller(t), w.token, w.thread, theEnd)
	bodies, last := kept(t, f.URL, w.token, w.thread)
	checkKept(t, bodies, w.acknowledged)
	a.all.Wait()
	for i, r := range a.readers {
		if r.wrong != nil {
			t.Errorf("reader %d: %v", i, r.wrong)
		} else if !slices.Equal(r.bodies, bodies) || r.have != last {
			t.Errorf("reader %d has %d comments up to %d, want %d up to %d in the same order", i, len(r.bodies), r.have, len(bodies), last)
		}
	}
	return bodies
}

func TestSocketsThatAreCutMissNothingAndGetNothingTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, p place) {
		f := p.live(t)
		thread, token := f.hall(access.Public)
		ben, cleo := f.person("ben", "Ben", "", "coast", access.Member), f.person("cleo", "Cleo", "", "coast", access.Member)
		a := follow(f.URL, thread, true, "", "", "", "", f.token(ben), f.token(cleo))
		w := &writers{base: f.URL, token: token, thread: thread}
		w.begin(t, 4)
		waitFor(t, "200 comments are acknowledged", func() bool { return w.reached(200) })
		w.end()
		w.only(t, http.StatusCreated)
		bodies := a.check(t, f, w)
		var cuts int64
		for _, r := range a.readers {
			cuts += r.cuts
		}
		t.Logf("%d comments, %d cuts", len(bodies), cuts)
	})
}

// hall is a group with a thread and somebody who may write in it.
func (r *running) hall(v access.Visibility) (thread int64, token string) {
	r.t.Helper()
	r.group("coast", "Coast", v)
	ana := r.person("ana", "Ana", "", "coast", access.Member)
	return r.thread(ana, "coast"), r.token(ana)
}

func TestRestartsOfTheForumLoseNothingAndReadersComeBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, p place) {
		const lives = 4
		f := p.live(t)
		thread, token := f.hall(access.Public)
		a := follow(f.URL, thread, false, "", "", "", "")
		w := &writers{base: f.URL, token: token, thread: thread, retry: true}
		w.begin(t, 4)
		for n := 1; n < lives; n++ {
			waitFor(t, "comments are acknowledged in this life", func() bool { return w.reached(25 * n) })
			if err := f.stop(); err != nil {
				t.Errorf("end of life %d: %v", n, err)
			}
			f = p.live(t)
		}
		waitFor(t, "comments are acknowledged in the last life", func() bool { return w.reached(25 * lives) })
		w.end()
		bodies := a.check(t, f, w)
		w.only(t, 0, http.StatusCreated, http.StatusServiceUnavailable)
		for i, r := range a.readers {
			if r.restarts == 0 {
				t.Errorf("reader %d was never told of a restart", i)
			}
		}
		t.Logf("%d comments in %d lives", len(bodies), lives)
	})
}
