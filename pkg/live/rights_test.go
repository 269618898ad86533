package live_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/live"
)

func TestWhoLosesTheRightToReadGetsNothingMore(t *testing.T) {
	t.Parallel()
	signals := map[string]event.Signal{
		"by person":    {Person: 3},
		"by group":     {Group: 8},
		"by thread":    {Topic: event.Thread(42)},
		"by both":      {Person: 3, Group: 8},
		"by everybody": {},
	}
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bus := live.NewMemory()
			f := newForum()
			here := start(t, f, func(c *live.Config) { c.Bus = bus })
			there := start(t, f, func(c *live.Config) { c.Bus, c.Node = bus, "b" })
			for _, n := range []*node{here, there} {
				loser, other := n.open(t, "person=3"), n.open(t, "person=4")
				loser.subscribe(`"thread":42`)
				loser.subscribe(`"thread":43`)
				other.subscribe(`"thread":42`)
				f.forbid(3, event.Thread(42), errs.New(errs.NotFound, "x"))
				here.AccessChanged(signal)
				added := f.comments(event.Thread(42), 1)
				here.Wake(added)
				if m := loser.expect("error"); m.Code != "gone" || m.Thread != 42 {
					t.Errorf("got %+v", m)
				}
				other.events(added[0].Seq, added[0].Seq)
				added = f.comments(event.Thread(43), 1)
				here.Wake(added)
				if m := loser.expect("event"); m.Thread != 43 {
					t.Errorf("got %+v", m)
				}
				loser.quiet()
				f.forbid(3, event.Thread(42), nil)
			}
		})
	}
}

func TestWhileRightsAreUnknownNothingIsSent(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f)
	c := n.open(t, "person=3")
	c.subscribe(`"thread":42`)
	f.forbid(3, event.Thread(42), errs.New(errs.Unavailable, "x"))
	n.AccessChanged(event.Signal{Person: 3})
	n.Wake(f.comments(event.Thread(42), 5))
	c.quiet()
	f.forbid(3, event.Thread(42), nil)
	c.events(1, 5)
}

func TestASubscriptionUnderWayWhenTheRightEndsEndsToo(t *testing.T) {
	t.Parallel()
	f := newForum()
	asked, answer := make(chan struct{}), make(chan struct{})
	n := start(t, f, func(c *live.Config) {
		first := true
		heads := c.Heads
		c.Heads = func(ctx context.Context, topics []event.Topic) (map[event.Topic]int64, error) {
			if first { // the right has been looked up, the subscription is not there yet
				first = false
				close(asked)
				<-answer
			}
			return heads(ctx, topics)
		}
		c.HeadCheck = time.Hour
	})
	c := n.open(t, "person=3")
	c.say(`{"type":"subscribe","thread":42,"after_seq":0}`)
	<-asked
	f.forbid(3, event.Thread(42), errs.New(errs.NotFound, "x"))
	n.AccessChanged(event.Signal{Person: 3})
	n.Wake(f.comments(event.Thread(42), 3))
	close(answer)
	c.expect("subscribed")
	if m := c.expect("error"); m.Code != "gone" {
		t.Errorf("got %+v", m)
	}
	c.quiet()
}

func TestASocketEndsWithItsSession(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*live.Config){
		"told at once":      func(c *live.Config) { c.SessionsCheck = time.Hour },
		"found by checking": func(*live.Config) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForum()
			n := start(t, f, change)
			c, other := n.open(t, "person=3&session=s1"), n.open(t, "person=3&session=s2")
			c.subscribe(`"thread":42`)
			other.subscribe(`"thread":42`)
			f.set(func() { f.ended["s1"] = true })
			if name == "told at once" {
				n.AccessChanged(event.Signal{Person: 3})
			}
			c.closed(4401)
			n.Wake(f.comments(event.Thread(42), 1))
			other.events(1, 1)
		})
	}
}

func TestAFailingLookUpEndsNoSession(t *testing.T) {
	t.Parallel()
	f := newForum()
	n := start(t, f)
	c := n.open(t, "person=3&session=s1")
	c.subscribe(`"thread":42`)
	f.set(func() { f.down = errs.New(errs.Unavailable, "x") })
	n.AccessChanged(event.Signal{Person: 3})
	c.quiet()
	f.set(func() { f.down = nil })
	n.Wake(f.comments(event.Thread(42), 1))
	c.events(1, 1)
}

func TestAPersonHasALimitedNumberOfSockets(t *testing.T) {
	t.Parallel()
	n := start(t, newForum(), func(c *live.Config) { c.MaxSockets = 2 })
	for _, who := range []string{"person=3", "session=v1"} {
		before := n.Stats().Sockets
		first, second := n.open(t, who), n.open(t, who)
		eventually(t, "both have their place", func() bool { return n.Stats().Sockets == before+2 })
		n.open(t, who).closed(4429)
		second.subscribe(`"thread":42`)
		_ = first.ws.Close()
		eventually(t, "the place is free again", func() bool { return n.Stats().Sockets == before+1 })
		n.open(t, who).subscribe(`"thread":42`)
	}
}

func TestOnlyPagesOfThisForumConnect(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	for name, tt := range map[string]struct {
		origins []string
		bearer  bool
		ok      bool
	}{
		"ours":                        {[]string{home}, false, true},
		"ours with the usual port":    {[]string{home + ":443"}, false, true},
		"ours in capitals":            {[]string{"HTTPS://Forum.Example"}, false, true},
		"missing":                     {nil, false, false},
		"missing with a token":        {nil, true, true},
		"ours with a token":           {[]string{home}, true, true},
		"foreign with a token":        {[]string{"https://evil.example"}, true, false},
		"empty":                       {[]string{""}, false, false},
		"null":                        {[]string{"null"}, false, false},
		"null with a token":           {[]string{"null"}, true, false},
		"foreign":                     {[]string{"https://evil.example"}, false, false},
		"suffix":                      {[]string{home + ".evil.example"}, false, false},
		"prefix":                      {[]string{"https://evilforum.example"}, false, false},
		"subdomain":                   {[]string{"https://a.forum.example"}, false, false},
		"other port":                  {[]string{home + ":8443"}, false, false},
		"other scheme":                {[]string{"http://forum.example"}, false, false},
		"other scheme, our port":      {[]string{"http://forum.example:443"}, false, false},
		"user before the host":        {[]string{"https://forum.example@evil.example"}, false, false},
		"ours before a foreign host":  {[]string{"https://forum.example:443@evil.example"}, false, false},
		"a path":                      {[]string{home + "/a"}, false, false},
		"a query":                     {[]string{home + "?a"}, false, false},
		"a dot at the end":            {[]string{home + "."}, false, false},
		"two":                         {[]string{home, "https://evil.example"}, false, false},
		"two in one":                  {[]string{home + ", https://evil.example"}, false, false},
		"a file":                      {[]string{"file://"}, false, false},
		"an extension of the browser": {[]string{"chrome-extension://abcdef"}, false, false},
	} {
		query := ""
		if tt.bearer {
			query = "?bearer=1"
		}
		ws, response, err := websocket.DefaultDialer.Dial(n.url+"/live"+query, http.Header{"Origin": tt.origins})
		if err == nil {
			_ = ws.Close()
		}
		want := http.StatusForbidden
		if tt.ok {
			want = http.StatusSwitchingProtocols
		}
		if response == nil || response.StatusCode != want {
			t.Errorf("%s: %v, %v, want %d", name, response, err, want)
		}
	}
}

func TestAPlainRequestIsNotASocket(t *testing.T) {
	t.Parallel()
	n := start(t, newForum())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http"+n.url[2:]+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", home)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %d", response.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
}
