package live_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
)

// presence waits until the thread is told of with so many people.
func (c *client) presence(count int) message {
	c.t.Helper()
	for {
		m, err := c.any()
		if err != nil {
			c.t.Fatalf("waiting for the presence of %d: %v", count, err)
		}
		if m.Type == "presence" && m.Count == count {
			return m
		}
	}
}

func TestWhoIsHereIsToldAcrossProcesses(t *testing.T) {
	t.Parallel()
	bus := live.NewMemory()
	f := newForum()
	here := start(t, f, func(c *live.Config) { c.Bus = bus })
	there := start(t, f, func(c *live.Config) { c.Bus, c.Node = bus, "b" })
	ada := here.open(t, "person=3")
	ada.subscribe(`"thread":42`)
	want := []person{{"p3", "Person 3"}}
	if m := ada.presence(1); m.Thread != 42 || !cmp.Equal(m.Here, want) {
		t.Errorf("got %+v", m)
	}
	there.open(t, "").subscribe(`"thread":42`)
	ben := there.open(t, "person=4")
	ben.subscribe(`"thread":42`)
	want = append(want, person{"p4", "Person 4"})
	for _, c := range []*client{ada, ben} {
		if m := c.presence(3); !cmp.Equal(m.Here, want) {
			t.Errorf("got %+v", m)
		}
	}
	_ = ben.ws.Close()
	if m := ada.presence(2); !cmp.Equal(m.Here, want[:1]) {
		t.Errorf("got %+v", m)
	}
}

func TestTwoPagesOfAPersonCountOnce(t *testing.T) {
	t.Parallel()
	bus := live.NewMemory()
	f := newForum()
	here := start(t, f, func(c *live.Config) { c.Bus = bus })
	there := start(t, f, func(c *live.Config) { c.Bus, c.Node = bus, "b" })
	first, second := here.open(t, "person=3"), here.open(t, "person=3")
	first.subscribe(`"thread":42`)
	second.subscribe(`"thread":42`)
	third := there.open(t, "person=3")
	third.subscribe(`"thread":42`)
	other := there.open(t, "person=4")
	other.subscribe(`"thread":42`)
	if m := other.presence(2); len(m.Here) != 2 {
		t.Errorf("got %+v", m)
	}
	_, _ = first.ws.Close(), third.ws.Close()
	eventually(t, "two pages are gone", func() bool { return here.Stats().Sockets+there.Stats().Sockets == 2 })
	last := here.open(t, "person=5")
	last.subscribe(`"thread":42`)
	want := []person{{"p3", "Person 3"}, {"p4", "Person 4"}, {"p5", "Person 5"}}
	if m := last.presence(3); !cmp.Equal(m.Here, want) {
		t.Errorf("after one of the pages closed: %+v", m)
	}
}

func TestThoseWhoMayNotKnowGetTheNumberOnly(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f, func(c *live.Config) {
		g := newForum()
		g.forbid(5, event.Thread(42), errs.New(errs.Forbidden, "x"))
		c.SeeWho = g.authorize
	})
	for _, query := range []string{"", "person=5"} {
		known := n.open(t, "person=3")
		known.subscribe(`"thread":42`)
		known.say(`{"type":"writing","thread":42}`)
		c := n.open(t, query)
		c.subscribe(`"thread":42`)
		if m := c.presence(2); len(m.Here) != 0 || len(m.Writing) != 0 {
			t.Errorf("%q is told %+v", query, m)
		}
		_, _ = known.ws.Close(), c.ws.Close()
		eventually(t, "all are gone", func() bool { return n.Stats().Sockets == 0 })
	}
}

func TestOnlyThoseWhoMayAreShownAsWriting(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f, func(c *live.Config) {
		g := newForum()
		g.forbid(5, event.Thread(42), errs.New(errs.Forbidden, "x"))
		c.MayWrite = g.authorize
	})
	for _, tt := range []struct{ query, subscribe, code string }{
		{"person=5", "42", "forbidden"},
		{"", "42", "unauthenticated"},
		{"person=3", "43", "not_subscribed"},
	} {
		c := n.open(t, tt.query)
		c.subscribe(`"thread":` + tt.subscribe)
		c.say(`{"type":"writing","thread":42}`)
		if m := c.expect("error"); m.Code != tt.code || m.Thread != 42 {
			t.Errorf("%q: got %+v", tt.query, m)
		}
	}
}

func TestAPostedCommentEndsWriting(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	c.say(`{"type":"writing","thread":42}`)
	for len(c.presence(1).Writing) == 0 {
	}
	added := f.comments(event.Thread(42), 1)
	added[0].Actor = 3
	n.Wake(added)
	c.events(1, 1)
	if m := c.presence(1); len(m.Writing) != 0 {
		t.Errorf("got %+v", m)
	}
}
