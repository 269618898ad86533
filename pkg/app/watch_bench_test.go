package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// crowd is a thousand members with a page of one thread open each. Their sockets
// are read in the same process, and share its cores with the forum.
type crowd struct {
	*running
	ana    access.Actor
	chair  string // her token
	people []access.Actor
	tokens []string
	thread int64
	client *http.Client

	size   atomic.Int64           // of the last message that was waited for, in bytes
	frames atomic.Int64           // of the poll that came to anybody
	seen   chan time.Time         // when a socket got what is waited for
	wanted atomic.Pointer[[]byte] // is in the message that is waited for
}

const watchers = 1000

func newCrowd(b *testing.B) *crowd {
	b.Helper()
	c := &crowd{running: start(b, settings{}), seen: make(chan time.Time, 2*watchers),
		client: &http.Client{Transport: &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}}}
	b.Cleanup(c.client.CloseIdleConnections)
	c.group("coast", "Coast", access.Public)
	c.ana = c.person("ana", "Ana Ruiz", "Salt Works", "coast", access.Admin)
	c.chair, c.tokens, c.thread = c.token(c.ana), c.voters(watchers, "coast"), c.running.thread(c.ana, "coast")
	var ids []int64
	if err := c.DB.Read(c.ctx).Raw("SELECT id FROM people WHERE handle LIKE 'voter-%' ORDER BY id").Scan(&ids).Error; err != nil {
		b.Fatal(err)
	}
	for _, id := range ids {
		c.people = append(c.people, access.Actor{Person: id})
	}
	c.want("nothing yet")
	for _, token := range c.tokens {
		ws, err := dial(c.URL, token)
		s := newSocket(b, ws, err)
		if err := ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"subscribe","thread":%d,"after_seq":1,"format":"html","newest":true}`, c.thread)); err != nil {
			b.Fatal(err)
		}
		s.until("the subscription is confirmed", func(m told) bool { return m.Type == "subscribed" })
		if err := ws.SetReadDeadline(time.Time{}); err != nil {
			b.Fatal(err)
		}
		go c.watch(ws)
	}
	return c
}

func (c *crowd) want(words string) { c.wanted.Store(new([]byte(words))) }

func (c *crowd) watch(ws *websocket.Conn) {
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return
		}
		if bytes.Contains(data, []byte(`"kind":"poll.`)) {
			c.frames.Add(1)
		}
		if bytes.Contains(data, *c.wanted.Load()) {
			c.size.Store(int64(len(data)))
			c.seen <- time.Now()
		}
	}
}

// all waits until every socket has got what is wanted, and gives how long each
// took, in order.
func (c *crowd) all(b *testing.B, since time.Time) []time.Duration {
	b.Helper()
	took := make([]time.Duration, watchers)
	late := time.After(time.Minute)
	for i := range took {
		select {
		case at := <-c.seen:
			took[i] = at.Sub(since)
		case <-late:
			b.Fatalf("a minute later %d of %d sockets have it", i, watchers)
		}
	}
	slices.Sort(took)
	return took
}

func (c *crowd) ask(b *testing.B, shown access.Results) poll.Poll {
	in := poll.NewPoll{Title: "Where do we meet?", Method: tally.InstantRunoff, ClosesAt: time.Now().Add(time.Hour), Settings: poll.Settings{Results: shown}}
	for _, place := range []string{"The mill", "The harbour", "The bakery", "The salt works", "The school"} {
		in.Options = append(in.Options, poll.NewOption{Label: place})
	}
	p, err := c.Polls.Start(c.ctx, c.ana, c.thread, in)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// ranks is somebody's order of the options.
func ranks(p poll.Poll, voter int) [][]int64 {
	var all [][]int64
	for i := range p.Options {
		all = append(all, []int64{p.Options[(voter*7+i*(1+voter%4))%len(p.Options)].ID})
	}
	return all
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkCloseBeforeAThousandWatchers closes a poll of a thousand ranked ballots
// whose result was hidden, before a thousand sockets: when half, 99 in 100 and all
// of them have the result, how often it was counted, and what else was asked.
func BenchmarkCloseBeforeAThousandWatchers(b *testing.B) {
	c := newCrowd(b)
	for range b.N {
		p := c.ask(b, access.AtClose)
		c.want(fmt.Sprintf(`"ballot_count":%d}`, watchers))
		var wg sync.WaitGroup
		for w := range connections {
			wg.Go(func() {
				for i := w; i < watchers; i += connections {
					in := poll.NewBallot{Answer: ledger.Answer{Form: p.Method.Form(), Ranks: ranks(p, i)}}
					if _, err := c.Polls.Cast(c.ctx, c.people[i], p.ID, in); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		c.all(b, time.Now()) // all is told before it closes
		c.want(`"kind":"poll.closed"`)
		counted, asked := c.Polls.Counts(), c.asked.Load()
		began := time.Now()
		if err := one(c.client, http.MethodPost, fmt.Sprintf("%s/api/v1/polls/%d/close", c.URL, p.ID), c.chair, func() io.Reader { return strings.NewReader("{}") }, http.StatusOK); err != nil {
			b.Fatal(err)
		}
		answered := time.Since(began)
		took := c.all(b, began)
		c.want("nothing more")
		b.ReportMetric(milliseconds(answered), "answer-ms")
		b.ReportMetric(milliseconds(took[watchers/2]), "p50-ms")
		b.ReportMetric(milliseconds(took[watchers*99/100]), "p99-ms")
		b.ReportMetric(milliseconds(took[watchers-1]), "max-ms")
		b.ReportMetric(float64(c.Polls.Counts()-counted), "counts")
		b.ReportMetric(float64(c.asked.Load()-asked-1), "requests")
		b.ReportMetric(float64(c.size.Load())/1000, "frame-kB")
	}
	b.ReportMetric(0, "ns/op") // most of it makes the ballots
}

// BenchmarkVotesBeforeAThousandWatchers has a thousand vote over HTTP while a
// thousand watch the turnout, or the result where that is shown all along: how many
// ballots are taken in a second, how many frames each socket gets in one, how often
// the ballots are counted, and how long after the last ballot everybody has seen it.
func BenchmarkVotesBeforeAThousandWatchers(b *testing.B) {
	c := newCrowd(b)
	b.Run("turnout", func(b *testing.B) { c.vote(b, access.AtClose) })
	b.Run("result", func(b *testing.B) { c.vote(b, access.Always) })
}

func (c *crowd) vote(b *testing.B, shown access.Results) {
	for range b.N {
		p := c.ask(b, shown)
		c.want(fmt.Sprintf(`"ballot_count":%d}`, watchers))
		url := fmt.Sprintf("%s/api/v1/polls/%d/ballot", c.URL, p.ID)
		counted, frames := c.Polls.Counts(), c.frames.Load()
		began := time.Now()
		var wg sync.WaitGroup
		for w := range connections {
			wg.Go(func() {
				for i := w; i < watchers; i += connections {
					status, body, err := call(c.client, http.MethodPut, url, c.tokens[i], "", map[string]any{"choices": ranks(p, i)})
					if err != nil || status != http.StatusOK {
						b.Errorf("ballot %d: %d %s, %v", i, status, body, err)
						return
					}
				}
			})
		}
		wg.Wait()
		cast := time.Now()
		took := c.all(b, cast)
		whole := time.Since(began).Seconds()
		c.want("nothing more")
		b.ReportMetric(watchers/cast.Sub(began).Seconds(), "ballots/s")
		b.ReportMetric(float64(c.frames.Load()-frames)/watchers/whole, "frames/s")
		b.ReportMetric(float64(c.Polls.Counts()-counted), "counts")
		b.ReportMetric(milliseconds(took[watchers-1]), "last-ms")
		b.ReportMetric(float64(c.size.Load())/1000, "frame-kB")
	}
	b.ReportMetric(0, "ns/op")
}
