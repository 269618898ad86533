package live_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
)

func TestPingsKeepAnIdleSocketOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=3&session=s1")
		pings := 0
		answer := c.ws.PingHandler()
		c.ws.SetPingHandler(func(data string) error { pings++; return answer(data) })
		c.subscribe(`"thread":42`)
		ended, _ := c.watch()
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		select {
		case err := <-ended:
			t.Fatalf("ended: %v", err)
		default:
		}
		if pings != 24 {
			t.Errorf("%d pings in ten minutes", pings)
		}
	})
}

func TestASilentClientIsLetGoAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=3")
		c.ws.SetPingHandler(func(string) error { return nil }) // reads, but is not there
		c.watch()
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if got := n.Stats().Sockets; got != 1 {
			t.Errorf("%d sockets after 59 s", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := n.Stats().Sockets; got != 0 {
			t.Errorf("%d sockets after 61 s", got)
		}
	})
}

func TestAReaderThatTakesNothingIsCutAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=3")
		c.subscribe(`"thread":42`)
		if m, err := c.any(); err != nil || m.Type != "presence" {
			t.Fatalf("got %+v, %v", m, err)
		}
		n.Wake(n.comments(event.Thread(42), 1))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if got := n.Stats(); got.Sockets != 1 || got.Slow != 0 {
			t.Errorf("after 9 s: %+v", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := n.Stats(); got.Sockets != 0 || got.Slow != 1 {
			t.Errorf("after 11 s: %+v", got)
		}
	})
}

func TestARightThatEndsInTheMidstOfABatchEndsTheBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newForum()
		n, stop := startInBubble(t, f)
		defer stop()
		c := n.open(t, "person=3")
		c.subscribe(`"thread":42`)
		if m, err := c.any(); err != nil || m.Type != "presence" {
			t.Fatalf("got %+v, %v", m, err)
		}
		n.Wake(n.comments(event.Thread(42), 10))
		synctest.Wait() // the first event waits to be read
		f.forbid(3, event.Thread(42), errs.New(errs.NotFound, "x"))
		n.AccessChanged(event.Signal{Person: 3})
		c.events(1, 1)
		if m := c.expect("error"); m.Code != "gone" {
			t.Errorf("got %+v", m)
		}
	})
}

func TestAFeedIsForgottenAMinuteAfterItsLastReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=3")
		c.subscribe(`"thread":42`)
		c.watch()
		time.Sleep(5 * time.Minute)
		if got := n.Stats().Topics; got != 1 {
			t.Errorf("%d feeds while watched", got)
		}
		_ = c.ws.Close()
		time.Sleep(59 * time.Second)
		if got := n.Stats().Topics; got != 1 {
			t.Errorf("%d feeds after 59 s", got)
		}
		time.Sleep(2 * time.Second)
		if got := n.Stats().Topics; got != 0 {
			t.Errorf("%d feeds after 61 s", got)
		}
	})
}

func TestALostWakeUpIsRepairedWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=3")
		c.subscribe(`"thread":42`)
		n.comments(event.Thread(42), 1) // and nobody says so
		began := time.Now()
		c.events(1, 1)
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestAnEndedSessionIsFoundWithinFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newForum()
		n, stop := startInBubble(t, f)
		defer stop()
		c := n.open(t, "person=3&session=s1")
		f.set(func() { f.ended["s1"] = true })
		began := time.Now()
		c.closed(4401)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestClosingSpreadsTheGoodbyesOverTheDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum(), func(c *live.Config) { c.Drain = 10 * time.Second })
		var ends []time.Duration
		over := make(chan time.Duration)
		var clients []*client
		for range 5 {
			clients = append(clients, n.open(t, ""))
		}
		synctest.Wait()
		began := time.Now()
		for _, c := range clients {
			go func() {
				bye, err := c.any()
				if err != nil || bye.Type != "bye" || bye.Retry <= 0 || bye.Retry > 10_000 {
					t.Errorf("got %+v, %v", bye, err)
				}
				if _, err := c.anyWithin(time.Minute); !websocket.IsCloseError(err, websocket.CloseServiceRestart) {
					t.Errorf("closed with %v", err)
				}
				over <- time.Since(began)
			}()
		}
		go stop()
		for range 5 {
			ends = append(ends, (<-over).Round(time.Second))
		}
		for i, at := range ends {
			if want := time.Duration(i) * 2 * time.Second; at != want {
				t.Errorf("goodbye %d after %v, want %v", i, at, want)
			}
		}
	})
}

// latest is the newest presence among the messages.
func latest(got []message) (m message) {
	for _, one := range got {
		if one.Type == "presence" {
			m = one
		}
	}
	return m
}

func TestWritingIsShownForSixSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		f := newForum()
		here, stopHere := startInBubble(t, f, func(c *live.Config) { c.Bus = bus })
		defer stopHere()
		there, stopThere := startInBubble(t, f, func(c *live.Config) { c.Bus, c.Node = bus, "b" })
		defer stopThere()
		writer, reader := here.open(t, "person=3"), there.open(t, "person=4")
		writer.subscribe(`"thread":42`)
		reader.subscribe(`"thread":42`)
		writer.watch()
		_, got := reader.watch()
		writer.say(`{"type":"writing","thread":42}`)
		time.Sleep(2500 * time.Millisecond) // each of the two processes may wait for a second
		if m := latest(got()); len(m.Writing) != 1 || m.Writing[0].Handle != "p3" {
			t.Errorf("after 2 s: %+v", m)
		}
		time.Sleep(2 * time.Second)
		writer.say(`{"type":"writing","thread":42}`)
		time.Sleep(5 * time.Second)
		if m := latest(got()); len(m.Writing) != 1 {
			t.Errorf("5 s after the second word of it: %+v", m)
		}
		time.Sleep(4 * time.Second)
		if m := latest(got()); len(m.Writing) != 0 {
			t.Errorf("9 s after the second word of it: %+v", m)
		}
		if told := len(got()); told > 13 {
			t.Errorf("told %d times in 13 s", told)
		}
	})
}

func TestAProcessThatFallsSilentIsForgottenAfterFortyFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		n, stop := startInBubble(t, newForum(), func(c *live.Config) { c.Bus = bus })
		defer stop()
		c := n.open(t, "person=4")
		c.subscribe(`"thread":42`)
		_, got := c.watch()
		silent := `{"node":"b","here":[{"handle":"ada","name":"Ada"}],"people":1,"visitors":2}`
		if err := bus.Publish("here.thread.42", []byte(silent)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(44 * time.Second)
		if m := latest(got()); m.Count != 4 || len(m.Here) != 2 {
			t.Errorf("after 44 s: %+v", m)
		}
		time.Sleep(3 * time.Second)
		if m := latest(got()); m.Count != 1 || len(m.Here) != 1 {
			t.Errorf("after 47 s: %+v", m)
		}
	})
}

func TestACrowdThatComesAtOnceIsToldOfOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=1000")
		c.subscribe(`"thread":42`)
		_, got := c.watch()
		for i := range 50 {
			other := n.open(t, "person="+string(rune('1'+i%9))+string(rune('0'+i/9)))
			other.subscribe(`"thread":42`)
			other.watch()
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		if m := latest(got()); m.Count != 51 || len(m.Here) != 30 {
			t.Errorf("told of %d, %d by name", m.Count, len(m.Here))
		}
		if told := len(got()); told > 8 {
			t.Errorf("told %d times in 7 s", told)
		}
	})
}
