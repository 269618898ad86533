package live_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
)

func TestEveryReaderGetsEverythingOnceAndInOrderThroughDisconnects(t *testing.T) {
	t.Parallel()
	const readers, writers, each = 20, 4, 100
	n := start(t, newForum())
	thread := event.Thread(42)
	var all sync.WaitGroup
	for i := range readers {
		all.Go(func() { readWithDisconnects(t, n, thread, writers*each, rand.New(rand.NewPCG(1, uint64(i)))) })
	}
	for range writers {
		all.Go(func() {
			for range each {
				n.Wake(n.comments(thread, 1)) // not in the order of the commits
			}
		})
	}
	all.Wait()
}

// readWithDisconnects reads up to the last event and hangs up now and then. It
// comes back with the last seq that it has.
func readWithDisconnects(t *testing.T, n *node, thread event.Topic, last int64, dice *rand.Rand) {
	for have := int64(0); have < last; {
		c := n.open(t, fmt.Sprintf("person=%d", 1+dice.IntN(1_000_000)))
		c.say(fmt.Sprintf(`{"type":"subscribe","thread":%d,"after_seq":%d}`, thread.ID, have))
		for stay := 1 + dice.IntN(200); stay > 0 && have < last; stay-- {
			m, err := c.any()
			switch {
			case err != nil:
				t.Errorf("reading: %v", err)
				return
			case m.Type == "event" && m.Seq != have+1:
				t.Errorf("got %d after %d", m.Seq, have)
				return
			case m.Type == "event":
				have = m.Seq
			}
		}
		_ = c.ws.Close()
	}
}

func TestAnEventIsRenderedOnceForAllReadersOfALanguage(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	var clients []*client
	for i := range 30 {
		c := n.open(t, fmt.Sprintf("person=%d", i+1))
		c.subscribe(fmt.Sprintf(`"thread":42,"lang":%q`, []string{"en", "fr"}[i%2]))
		clients = append(clients, c)
	}
	for range 10 {
		n.Wake(n.comments(event.Thread(42), 1))
	}
	for _, c := range clients {
		c.events(1, 10)
	}
	n.set(func() {
		if len(n.rendered) != 20 {
			t.Errorf("rendered %d messages, want 10 in 2 languages", len(n.rendered))
		}
		for what, times := range n.rendered {
			if times != 1 {
				t.Errorf("%s rendered %d times", what, times)
			}
		}
	})
}

func TestWhoIsBehindTheRingIsCaughtUpFromTheTimeline(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	thread := event.Thread(42)
	n.comments(thread, 1500)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42,"after_seq":3`)
	c.events(4, 1500)
	n.Wake(n.comments(thread, 1))
	c.events(1501, 1501)
	c.quiet()
}

func TestWhoIsVeryFarBehindIsAskedToLoadAgain(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	thread := event.Thread(42)
	n.comments(thread, 2100)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42,"after_seq":99`)
	if m := c.expect("resync"); m.Thread != 42 || m.LastSeq != 2100 {
		t.Errorf("got %+v", m)
	}
	n.Wake(n.comments(thread, 1))
	c.events(2101, 2101)
	c.subscribe(`"thread":42,"after_seq":101`) // exactly 2,000 to come
	c.events(102, 2101)
}

func TestAJumpOfThousandsAsksToLoadAgain(t *testing.T) {
	t.Parallel()
	n := start(t, newForum(), func(c *live.Config) { c.HeadCheck = time.Hour })
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	n.comments(event.Thread(42), 5000)
	n.Wake(n.comments(event.Thread(42), 1))
	if m := c.expect("resync"); m.LastSeq < 5000 {
		t.Errorf("got %+v", m)
	}
}

func TestWhoClaimsEventsThatAreNotThereIsAskedToLoadAgain(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	n.comments(event.Thread(42), 3)
	c := n.open(t, "person=3")
	if m := c.subscribe(`"thread":42,"after_seq":50`); m.LastSeq != 3 {
		t.Errorf("confirmed with %+v", m)
	}
	if m := c.expect("resync"); m.LastSeq != 3 {
		t.Errorf("got %+v", m)
	}
	n.Wake(n.comments(event.Thread(42), 1))
	c.events(4, 4)
}

func TestEventsLargerThanTheRingAreStillDelivered(t *testing.T) {
	t.Parallel()
	f := newForum()
	f.text = string(make([]byte, 20<<10)) // 120 KiB as JSON
	n := start(t, f)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	n.Wake(n.comments(event.Thread(42), 30))
	c.events(1, 30)
}

func TestAnEventThatCannotBeRenderedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	f := newForum()
	f.poison = 2
	n := start(t, f, func(c *live.Config) { c.Log = nil }) // it does complain
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	n.Wake(n.comments(event.Thread(42), 3))
	c.events(1, 1)
	if m := c.expect("resync"); m.LastSeq != 2 {
		t.Errorf("got %+v", m)
	}
	c.events(3, 3)
}

func TestAHoleInTheTimelineAsksToLoadAgain(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f, func(c *live.Config) { c.Log = nil }) // it may complain
	n.comments(event.Thread(42), 400)
	f.set(func() { // what must never happen has happened
		all := f.timelines[event.Thread(42)]
		f.timelines[event.Thread(42)] = append(all[:2:2], all[3:]...)
	})
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42,"after_seq":2`)
	if m := c.expect("resync"); m.LastSeq < 399 {
		t.Errorf("got %+v", m)
	}
}

func TestWhenTheDatabaseIsBackEverythingArrives(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	f.set(func() { f.down = errs.New(errs.Unavailable, "test") })
	added := n.comments(event.Thread(42), 400)
	n.Wake(added[399:])
	c.quiet()
	f.set(func() { f.down = nil })
	c.events(1, 400)
}

// unreliable is a bus that loses, doubles and delays what is published.
type unreliable struct {
	live.Bus
	mu   sync.Mutex
	dice *rand.Rand
	held []func()
	lose bool // everything
}

func (b *unreliable) Publish(s live.Subject, m []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lose {
		return errors.New("cut off")
	}
	send := func() { _ = b.Bus.Publish(s, m) }
	switch b.dice.IntN(4) {
	case 0: // lost
	case 1:
		send()
		send()
	case 2:
		b.held = append(b.held, send)
	default:
		send()
		for _, late := range b.held {
			late()
		}
		b.held = nil
	}
	return nil
}

func TestAnUnreliableBusLosesNothing(t *testing.T) {
	t.Parallel()
	bus := &unreliable{Bus: live.NewMemory(), dice: rand.New(rand.NewPCG(1, 2))}
	f := newForum()
	here := start(t, f, func(c *live.Config) { c.Bus = bus })
	there := start(t, f, func(c *live.Config) { c.Bus, c.Node = bus, "b" })
	c := there.open(t, "person=3")
	c.subscribe(`"thread":42`)
	for range 300 {
		here.Wake(f.comments(event.Thread(42), 1))
	}
	c.events(1, 300)
	c.quiet()
}

func TestWithoutAnyBusTheLookAtTheHeadsBringsEverything(t *testing.T) {
	t.Parallel()
	bus := &unreliable{Bus: live.NewMemory(), lose: true}
	f := newForum()
	here := start(t, f, func(c *live.Config) { c.Bus = bus })
	there := start(t, f, func(c *live.Config) { c.Bus, c.Node = bus, "b" })
	c := there.open(t, "person=3")
	c.subscribe(`"thread":42`)
	here.Wake(f.comments(event.Thread(42), 300))
	c.events(1, 300)
	if got := there.Stats().Repairs; got != 300 {
		t.Errorf("counted %d repairs", got)
	}
	if here.Stats().BusErrors == 0 {
		t.Error("the failures of the bus are not counted")
	}
}

func TestASlowReaderDelaysNobody(t *testing.T) {
	t.Parallel()
	f := newForum()
	f.text = strings.Repeat("x", 6000)
	n := start(t, f)
	n.bare = true
	var stuck []*client
	for range 5 {
		c := n.open(t, "")
		c.say(`{"type":"subscribe","thread":42}`) // and never reads
		stuck = append(stuck, c)
	}
	eventually(t, "all stuck readers have subscribed", func() bool { return n.Stats().Sockets == len(stuck) })
	quick := n.open(t, "person=3")
	quick.subscribe(`"thread":42`)
	began := time.Now()
	for seq := int64(1); seq <= 1500; seq++ { // some 9 MB each, more than the kernel takes
		n.Wake(n.comments(event.Thread(42), 1))
		quick.events(seq, seq)
	}
	if took := time.Since(began); took > 8*time.Second { // less than it takes until the stuck are cut
		t.Errorf("1,500 events took %v beside slow readers", took)
	}
	if sent := n.Stats().Sent; sent > 1500*int64(len(stuck)) {
		t.Errorf("%d events were sent: the slow readers were not slow", sent)
	}
}

func TestARoomFullOfNewPagesReadsTheTimelineOnce(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	n.comments(event.Thread(42), 500)
	first := n.open(t, "person=1")
	first.subscribe(`"thread":42,"after_seq":490`)
	first.events(491, 500)
	before := n.Stats().Replays
	for i := range 20 {
		c := n.open(t, fmt.Sprintf("person=%d", i+2))
		c.subscribe(`"thread":42,"after_seq":495`)
		c.events(496, 500)
	}
	if got := n.Stats().Replays; got != before {
		t.Errorf("20 more pages read the timeline %d times", got-before)
	}
}
