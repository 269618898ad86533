package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/nats-io/nats-server/v2/server"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/testkit"
)

// broker runs a NATS server in this process, on a port that stays its own while
// it is stopped and started again.
type broker struct {
	t    testing.TB
	port int
	*server.Server
}

func startBroker(t testing.TB) *broker {
	t.Helper()
	_, port, _ := strings.Cut(freePort(t), ":")
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	b := &broker{t: t, port: n}
	b.start()
	t.Cleanup(b.halt)
	return b
}

func (b *broker) start() {
	b.t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: b.port, NoLog: true, NoSigs: true})
	if err != nil {
		b.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		b.t.Fatal("the NATS server does not start")
	}
	b.Server = s
}

func (b *broker) halt() {
	b.Shutdown()
	b.WaitForShutdown()
}

// joined waits until both forums are connected, so that nothing is measured of
// the time before.
func (b *broker) joined(clients int) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); b.NumClients() < clients; <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("%d of %d forums came to the broker", b.NumClients(), clients)
		}
	}
}

// pair is one forum served by two processes.
type pair struct {
	places [2]place
	lives  [2]*life
	broker *broker
}

func startPair(t testing.TB) *pair {
	t.Helper()
	p := &pair{broker: startBroker(t)}
	s := settings{database: testkit.PostgresURL(t), broker: p.broker.ClientURL(), dataDir: t.TempDir()}
	for i := range p.places {
		p.places[i] = newPlace(t, s)
		p.lives[i] = p.places[i].live(t)
	}
	p.broker.joined(2)
	return p
}

// bothWays runs a test with either process as the one where something is done.
func bothWays(t *testing.T, test func(t *testing.T, p *pair, here, there *life)) {
	for i, name := range []string{"from the first to the second", "from the second to the first"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startPair(t)
			test(t, p, p.lives[i], p.lives[1-i])
		})
	}
}

func TestTwoProcessesShowEachOtherWhatIsSaidAndWhoIsHere(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, p *pair, here, there *life) {
		here.group("coast", "Coast", access.Public)
		ana, ben := here.person("ana", "Ana", "", "coast", access.Member), here.person("ben", "Ben", "", "coast", access.Member)
		thread := here.thread(ana, "coast")
		says, reads := here.token(ana), there.token(ben)
		c := caller(t)

		program, page := connect(t, there.URL, reads), connect(t, there.URL, "")
		program.subscribe(thread, 1, "json")
		page.subscribe(thread, 1, "html")
		mine := connect(t, here.URL, says)
		mine.subscribe(thread, 1, "json")
		bothHere := func(m told) bool {
			return m.Type == "presence" && m.Count == 3 && slices.Equal(m.Here, []struct{ Handle string }{{"ana"}, {"ben"}})
		}
		program.until("Ana, Ben and a visitor are here", bothHere)
		mine.until("Ana, Ben and a visitor are here", bothHere)
		page.until("the number of those here", func(m told) bool { return m.Type == "presence" && m.Count == 3 && len(m.Here) == 0 })

		const rounds = 12
		for i := range rounds {
			words := fmt.Sprintf("comment %d", i)
			here.says(c, says, thread, words)
			program.comment(words)
			if m := page.comment(words); m.HTML == "" {
				t.Errorf("no fragment in %+v", m)
			}
		}
		if err := mine.ws.Close(); err != nil {
			t.Fatal(err)
		}
		program.until("Ana has left", func(m told) bool { return m.Type == "presence" && m.Count == 2 })
		for i, l := range p.lives {
			if n := p.places[i].figure(t, "plenary_live_repairs"); l == there && n > rounds/2 {
				t.Errorf("%v of %d comments were found by looking at the heads: the broker did not tell of them", n, rounds)
			}
		}
	})
}

func TestWithoutTheBrokerCommentsStillArriveAndAtOnceWhenItIsBack(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, p *pair, here, there *life) {
		here.group("coast", "Coast", access.Public)
		ana := here.person("ana", "Ana", "", "coast", access.Member)
		thread, token, c := here.thread(ana, "coast"), here.token(ana), caller(t)
		reader := connect(t, there.URL, "")
		reader.subscribe(thread, 1, "json")
		here.says(c, token, thread, "with the broker")
		reader.comment("with the broker")

		p.broker.halt()
		var slowest time.Duration
		for i := range 4 {
			began := time.Now()
			here.says(c, token, thread, fmt.Sprint("without ", i))
			reader.comment(fmt.Sprint("without ", i))
			slowest = max(slowest, time.Since(began))
		}
		t.Logf("without the broker the slowest of 4 comments took %v", slowest.Round(time.Millisecond))
		if slowest > 6*time.Second {
			t.Errorf("a comment took %v; the heads are looked at every second", slowest)
		}
		if n := p.places[slices.Index(p.lives[:], there)].figure(t, "plenary_live_repairs"); n < 4 {
			t.Errorf("%v repairs are counted, want 4 at least", n)
		}
		if status := getStatus(t, there.URL+"/readyz"); status != http.StatusOK {
			t.Errorf("without the broker /readyz answers %d: the forum is slower, not unready", status)
		}

		p.broker.start()
		p.broker.joined(2)
		before := p.places[slices.Index(p.lives[:], there)].figure(t, "plenary_live_repairs")
		for i := range 8 {
			here.says(c, token, thread, fmt.Sprint("again ", i))
			reader.comment(fmt.Sprint("again ", i))
		}
		if n := p.places[slices.Index(p.lives[:], there)].figure(t, "plenary_live_repairs") - before; n > 4 {
			t.Errorf("with the broker back %v of 8 comments were still found by looking at the heads", n)
		}
	})
}

func TestWhoLosesTheRightAtOneProcessStopsReceivingAtTheOther(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, _ *pair, here, there *life) {
		here.group("board", "Board", access.Closed)
		ana := here.person("ana", "Ana", "", "board", access.Admin)
		ben, cleo := here.person("ben", "Ben", "", "board", access.Member), here.person("cleo", "Cleo", "", "board", access.Member)
		thread, token, c := here.thread(ana, "board"), here.token(ana), caller(t)
		out, stays := connect(t, there.URL, there.token(ben)), connect(t, there.URL, there.token(cleo))
		out.subscribe(thread, 1, "json")
		stays.subscribe(thread, 1, "json")
		here.says(c, token, thread, "for three")
		out.comment("for three")
		stays.comment("for three")

		if status, answer, err := call(c, "DELETE", here.URL+"/api/v1/groups/board/memberships/ben", token, "", nil); err != nil || status != http.StatusNoContent {
			t.Fatalf("removing Ben: %d %s, %v", status, answer, err)
		}
		here.says(c, token, thread, "for two")
		stays.comment("for two")
		out.until("Ben's subscription ends", func(m told) bool {
			if m.Type == "event" {
				t.Errorf("Ben got %+v after he had been removed", m)
			}
			return m.Type == "error" && m.Code == "gone" && m.Thread == thread
		})
		if err := say(out.ws, thread, 0, "json"); err != nil {
			t.Fatal(err)
		}
		out.until("a new subscription is refused", func(m told) bool {
			if m.Type == "event" || m.Type == "subscribed" {
				t.Errorf("Ben got %+v", m)
			}
			return m.Type == "error" && m.Code == "not_found"
		})
	})
}

func TestASessionThatEndsAtOneProcessClosesItsSocketAtTheOther(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, _ *pair, here, there *life) {
		here.group("board", "Board", access.Closed)
		ana := here.person("ana", "Ana", "", "board", access.Member)
		thread := here.thread(ana, "board")
		session, err := here.People.OpenSession(here.ctx, ana.Person, "browser")
		if err != nil {
			t.Fatal(err)
		}
		cookie := "plenary=" + session
		ws, err := handshake(there.URL, http.Header{"Origin": {there.URL}, "Cookie": {cookie}})
		page := newSocket(t, ws, err)
		page.subscribe(thread, 1, "html")

		req, err := http.NewRequest("POST", here.URL+"/signout", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", cookie)
		began := time.Now()
		answer, err := caller(t).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if _, code := page.closed(); code != 4401 {
			t.Errorf("closed with %d, want 4401", code)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestATokenThatIsRevokedAtOneProcessClosesItsSocketAtTheOther(t *testing.T) {
	t.Parallel()
	bothWays(t, func(t *testing.T, _ *pair, here, there *life) {
		here.group("board", "Board", access.Closed)
		ana := here.person("ana", "Ana", "", "board", access.Member)
		thread := here.thread(ana, "board")
		token, info, err := here.People.NewToken(here.ctx, access.System(), person.NewToken{Person: ana.Person, Name: "program"})
		if err != nil {
			t.Fatal(err)
		}
		ws, err := handshake(there.URL, http.Header{"Authorization": {"Bearer " + token}})
		program := newSocket(t, ws, err)
		program.subscribe(thread, 1, "json")
		if err := here.People.RevokeToken(here.ctx, ana, info.ID); err != nil {
			t.Fatal(err)
		}
		if _, code := program.closed(); code != 4401 {
			t.Errorf("closed with %d, want 4401", code)
		}
	})
}

func TestASocketFromAnotherOriginIsRefused(t *testing.T) {
	t.Parallel()
	f := newPlace(t, settings{}).live(t)
	ws, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(f.URL, "http")+"/live", http.Header{"Origin": {"https://elsewhere.example"}})
	if err == nil {
		_ = ws.Close()
		t.Fatal("it was let in")
	}
	if answer == nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("got %v, %v", answer, err)
	}
}

func getStatus(t testing.TB, url string) int {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}
