package live_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
)

var thread = event.Thread(42)

// follow reads all events that come to a client, and notes when.
func (c *client) follow() func() (got []message, at []time.Duration) {
	var mu sync.Mutex
	var got []message
	var at []time.Duration
	began := time.Now()
	go func() {
		for {
			m, err := c.anyWithin(24 * time.Hour)
			if err != nil {
				return
			}
			if m.Type != "event" && m.Type != "resync" {
				continue
			}
			mu.Lock()
			got, at = append(got, m), append(at, time.Since(began))
			mu.Unlock()
		}
	}()
	return func() ([]message, []time.Duration) {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got), slices.Clone(at)
	}
}

// after is the seq of the event told before this one.
func (m message) after() int64 {
	if m.Since != nil {
		return *m.Since
	}
	return m.Seq - 1
}

func seqs(got []message) (all []int64) {
	for _, m := range got {
		all = append(all, m.Seq)
	}
	return all
}

// whole wants messages after which a client that had everything up to after
// lacks nothing up to last.
func whole(t *testing.T, got []message, after, last int64) {
	t.Helper()
	for _, m := range got {
		since := m.after()
		if m.Type != "event" || since > after || m.Seq <= after {
			t.Fatalf("after %d came %+v", after, m)
		}
		after = m.Seq
	}
	if after != last {
		t.Errorf("ends at %d, want %d", after, last)
	}
}

func TestHoweverManyVoteFiguresAreToldFourTimesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newForum()
		n, stop := startInBubble(t, f)
		defer stop()
		page, program := n.open(t, "person=3"), n.open(t, "person=4")
		page.subscribe(`"thread":42,"format":"html","newest":true`)
		program.subscribe(`"thread":42`)
		told, all := page.follow(), program.follow()
		for range 1000 {
			n.Wake(n.repaints(thread, 9, 1))
			time.Sleep(2 * time.Millisecond)
		}
		time.Sleep(time.Second)
		got, at := told()
		whole(t, got, 0, 1000)
		if at[0] > time.Millisecond {
			t.Errorf("the first ballot is told after %v", at[0])
		}
		if len(got) < 8 || len(got) > 10 {
			t.Errorf("told %d times in 2 s", len(got))
		}
		if last := at[len(at)-1]; last > 2250*time.Millisecond {
			t.Errorf("the last ballot is told after %v", last)
		}
		events, _ := all()
		if len(events) != 1000 {
			t.Errorf("who asked for every event got %d of 1,000", len(events))
		}
		whole(t, events, 0, 1000)
		f.set(func() {
			made := 0
			for what := range f.rendered {
				if strings.HasSuffix(what, "true") {
					made++
				}
			}
			if made != len(got) {
				t.Errorf("%d fragments were made for %d messages", made, len(got))
			}
		})
	})
}

func TestAPollAndAThemeArePaintedEachForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=3")
		c.subscribe(`"thread":42,"newest":true`)
		told := c.follow()
		n.Wake(n.repaints(thread, 9, 1))
		synctest.Wait()
		for range 5 {
			n.Wake([]event.Event{n.add(thread, event.PollVoted, 9), n.add(thread, event.ThemeSupported, 9), n.add(thread, event.PollUndecided, 9), n.add(thread, event.PollVoted, 8)})
		}
		time.Sleep(250 * time.Millisecond)
		got, _ := told()
		if want := []int64{1, 19, 20, 21}; !slices.Equal(seqs(got), want) {
			t.Errorf("told of %v, want %v", seqs(got), want)
		}
		whole(t, got, 0, 21)
	})
}

func TestACommentWaitsForNoVotesAndTakesThemAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, stop := startInBubble(t, newForum())
		defer stop()
		c := n.open(t, "person=3")
		c.subscribe(`"thread":42,"newest":true`)
		told := c.follow()
		n.Wake(n.repaints(thread, 9, 1))
		synctest.Wait()
		n.Wake(n.repaints(thread, 9, 5))
		time.Sleep(10 * time.Millisecond)
		n.Wake(n.comments(thread, 1))
		got, at := told()
		if want := []int64{1, 6, 7}; !slices.Equal(seqs(got), want) || at[2] > 10*time.Millisecond {
			t.Errorf("told of %v after %v, want %v at once", seqs(got), at, want)
		}
		n.Wake(n.repaints(thread, 9, 5))
		time.Sleep(240 * time.Millisecond)
		if got, _ := told(); len(got) != 3 {
			t.Errorf("the votes after it are told before their time: %v", seqs(got))
		}
		time.Sleep(10 * time.Millisecond)
		got, _ = told()
		whole(t, got, 0, 12)
	})
}

func TestAnotherProcessHoldsTheSamePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := live.NewMemory()
		f := newForum()
		here, stopHere := startInBubble(t, f, func(c *live.Config) { c.Bus = bus })
		defer stopHere()
		there, stopThere := startInBubble(t, f, func(c *live.Config) { c.Bus, c.Node = bus, "b" })
		defer stopThere()
		c := there.open(t, "person=3")
		c.subscribe(`"thread":42,"newest":true`)
		told := c.follow()
		before := there.Stats().Replays
		for range 1000 {
			here.Wake(f.repaints(thread, 9, 1))
			time.Sleep(time.Millisecond)
		}
		here.Wake(f.comments(thread, 1))
		got, at := told()
		whole(t, got, 0, 1001)
		if len(got) > 7 || at[len(at)-1] > 1001*time.Millisecond {
			t.Errorf("told %d times, the comment after %v", len(got), at[len(at)-1])
		}
		if asked := there.Stats().Replays - before; asked > 14 {
			t.Errorf("the timeline was read %d times", asked)
		}
	})
}

func TestWhoComesBackInTheMidstOfABurstLacksNothing(t *testing.T) {
	t.Parallel()
	const last = 2000
	n := start(t, newForum())
	var all sync.WaitGroup
	for i := range 10 {
		dice := rand.New(rand.NewPCG(3, uint64(i)))
		all.Go(func() {
			for have := int64(0); have < last; {
				c := n.open(t, fmt.Sprintf("person=%d", 1+dice.IntN(1_000_000)))
				c.say(fmt.Sprintf(`{"type":"subscribe","thread":42,"after_seq":%d,"newest":true}`, have))
				for stay := 1 + dice.IntN(4); stay > 0 && have < last; {
					m, err := c.any()
					if err != nil {
						t.Errorf("reading: %v", err)
						return
					}
					if m.Type != "event" {
						continue
					}
					if m.Seq <= have || m.after() > have {
						t.Errorf("after %d came %+v", have, m)
						return
					}
					have = m.Seq
					stay--
				}
				_ = c.ws.Close()
			}
		})
	}
	for i := range last {
		kind := event.PollVoted
		if i%97 == 0 || i == last-1 {
			kind = event.CommentCreated
		}
		n.Wake([]event.Event{n.add(thread, kind, int64(7+i%3))})
		if i%20 == 0 {
			<-time.After(time.Millisecond)
		}
	}
	all.Wait()
}

func TestFiguresThatCouldNotBeReadAreToldOnceTheyCan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newForum()
		n, stop := startInBubble(t, f)
		defer stop()
		c := n.open(t, "person=3")
		c.subscribe(`"thread":42,"newest":true`)
		told := c.follow()
		n.Wake(n.repaints(thread, 9, 1))
		synctest.Wait()
		f.set(func() { f.down = errs.New(errs.Unavailable, "test") })
		n.Wake(n.repaints(thread, 9, 600)[599:])
		time.Sleep(3 * time.Second)
		f.set(func() { f.down = nil })
		time.Sleep(1500 * time.Millisecond)
		got, _ := told()
		whole(t, got, 0, 601)
	})
}
