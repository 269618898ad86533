package live_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"plenary/pkg/event"
	"plenary/pkg/live"
)

func TestTheBusInMemory(t *testing.T) {
	t.Parallel()
	busSuite(t, func(*testing.T) (live.Bus, live.Bus) {
		bus := live.NewMemory()
		return bus, bus
	})
}

func TestTheBusOverNATS(t *testing.T) {
	t.Parallel()
	s := startNATS(t, -1)
	busSuite(t, func(t *testing.T) (live.Bus, live.Bus) {
		return connect(t, s.ClientURL()), connect(t, s.ClientURL())
	})
}

// startNATS runs a server in this process; port -1 takes any.
func startNATS(t *testing.T, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s
}

func connect(t *testing.T, url string) live.Bus {
	t.Helper()
	bus, err := live.NewNATS(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return bus
}

// inbox collects what a subscription hears.
type inbox struct {
	mu  sync.Mutex
	got []string
}

func (i *inbox) receive(m []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got = append(i.got, string(m))
}

func (i *inbox) has(want ...string) func() bool {
	return func() bool {
		i.mu.Lock()
		defer i.mu.Unlock()
		return slices.Equal(i.got, want)
	}
}

// busSuite is what every bus does. Two gives what two processes hold.
func busSuite(t *testing.T, two func(*testing.T) (here, there live.Bus)) {
	open := func(t *testing.T) (here, there live.Bus) {
		t.Helper()
		here, there = two(t)
		t.Cleanup(func() { _, _ = here.Close(), there.Close() })
		return here, there
	}
	subscribe := func(t *testing.T, bus live.Bus, s live.Subject) (*inbox, func()) {
		t.Helper()
		var in inbox
		stop, err := bus.Subscribe(s, in.receive)
		if err != nil {
			t.Fatal(err)
		}
		settle(t, bus)
		return &in, stop
	}
	publish := func(t *testing.T, bus live.Bus, s live.Subject, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if err := bus.Publish(s, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("everybody subscribed hears, in the order of one sender", func(t *testing.T) {
		here, there := open(t)
		var all []*inbox
		for _, bus := range []live.Bus{here, here, there} {
			in, _ := subscribe(t, bus, "ev.thread.42")
			all = append(all, in)
		}
		publish(t, here, "ev.thread.42", "1", "2", "3")
		for i, in := range all {
			eventually(t, fmt.Sprintf("subscription %d hears all", i), in.has("1", "2", "3"))
		}
	})
	t.Run("a subject is not another that begins alike", func(t *testing.T) {
		here, there := open(t)
		in, _ := subscribe(t, there, "ev.thread.4")
		publish(t, here, "ev.thread.42", "no")
		publish(t, here, "ev.thread", "no")
		publish(t, here, "here.thread.4", "no")
		publish(t, here, "ev.thread.4", "yes")
		eventually(t, "the message arrives alone", in.has("yes"))
	})
	t.Run("after stop nothing more is heard, and others go on", func(t *testing.T) {
		here, there := open(t)
		stopped, stop := subscribe(t, there, "access")
		going, _ := subscribe(t, there, "access")
		stop()
		stop()
		publish(t, here, "access", "1")
		eventually(t, "the other hears", going.has("1"))
		if !stopped.has()() {
			t.Error("heard something after stop")
		}
	})
	t.Run("a subject can be subscribed to again", func(t *testing.T) {
		here, there := open(t)
		_, stop := subscribe(t, there, "access")
		stop()
		in, _ := subscribe(t, there, "access")
		publish(t, here, "access", "1")
		eventually(t, "the second hears", in.has("1"))
	})
	t.Run("after the end nothing works and nothing breaks", func(t *testing.T) {
		here, _ := open(t)
		for range 2 {
			if err := here.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if here.Publish("access", nil) == nil {
			t.Error("published on a closed bus")
		}
		if _, err := here.Subscribe("access", func([]byte) {}); err == nil {
			t.Error("subscribed to a closed bus")
		}
	})
}

// settle waits until the bus has taken a subscription in: what is published
// afterwards is heard.
func settle(t *testing.T, bus live.Bus) {
	t.Helper()
	var heard inbox
	stop, err := bus.Subscribe("settled", heard.receive)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := bus.Publish("settled", []byte("x")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the bus settles", heard.has("x"))
}

func TestTwoProcessesShowEachOthersEventsAndPeopleOverNATS(t *testing.T) {
	t.Parallel()
	s := startNATS(t, -1)
	f := newForum()
	over := func(name string) func(*live.Config) {
		return func(c *live.Config) {
			c.Bus, c.Node, c.HeadCheck = connect(t, s.ClientURL()), name, time.Hour // by the bus or not at all
		}
	}
	here, there := start(t, f, over("a")), start(t, f, over("b"))
	ada, ben := here.open(t, "person=3"), there.open(t, "person=4")
	ada.subscribe(`"thread":42`)
	ben.subscribe(`"thread":42`)
	if m := ada.presence(2); len(m.Here) != 2 {
		t.Errorf("ada is told %+v", m)
	}
	if m := ben.presence(2); len(m.Here) != 2 {
		t.Errorf("ben is told %+v", m)
	}
	here.Wake(f.comments(event.Thread(42), 3))
	ben.events(1, 3)
	ada.events(1, 3)
	there.Wake(f.comments(event.Thread(42), 3))
	ada.events(4, 6)
	ben.say(`{"type":"writing","thread":42}`)
	for len(ada.presence(2).Writing) == 0 {
	}
}

func TestWhileNATSIsAwayPagesAreServedAndAfterwardsItIsUsedAgain(t *testing.T) {
	t.Parallel()
	s := startNATS(t, -1)
	port := s.Addr().String()
	f := newForum()
	over := func(name string) func(*live.Config) {
		return func(c *live.Config) { c.Bus, c.Node = connect(t, s.ClientURL()), name }
	}
	here, there := start(t, f, over("a")), start(t, f, over("b"))
	c := there.open(t, "person=3")
	c.subscribe(`"thread":42`)
	here.Wake(f.comments(event.Thread(42), 1))
	c.events(1, 1)

	s.Shutdown()
	s.WaitForShutdown()
	here.Wake(f.comments(event.Thread(42), 5))
	c.events(2, 6)
	c.subscribe(`"thread":43`) // while it is away
	here.Wake(f.comments(event.Thread(43), 1))
	c.events(1, 1)

	var number int
	if _, err := fmt.Sscanf(port[len("127.0.0.1:"):], "%d", &number); err != nil {
		t.Fatal(err)
	}
	startNATS(t, number)
	eventually(t, "the bus carries again", func() bool {
		before := here.Stats().BusErrors
		here.Wake(f.comments(event.Thread(44), 1))
		return here.Stats().BusErrors == before
	})
	here.Wake(f.comments(event.Thread(42), 1))
	c.events(7, 7)
}

func TestAProcessStartsWithoutNATS(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f, func(c *live.Config) { c.Bus = connect(t, "nats://127.0.0.1:1") })
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	n.Wake(f.comments(event.Thread(42), 2))
	c.events(1, 2)
}
