package app_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/testkit"
)

// TestTheLiveDoorAnswersAsTheMatrixSays asks over a socket for the thread, the
// group and the polls of each place, as every actor.
func TestTheLiveDoorAnswersAsTheMatrixSays(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": testkit.SQLiteURL, "postgres": testkit.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrawl(t, database(t))
			c.furnishSquare()
			var places []*crawlPlace
			for _, s := range settingsOfCrawl {
				places = append(places, c.furnishPlace(s))
			}
			for _, who := range crawlers {
				s := c.listen(t, who)
				for _, p := range places {
					c.liveDoors(t, s, who, p)
				}
			}
		})
	}
}

// listen opens a socket as the actor has it.
func (c *crawl) listen(t *testing.T, name string) *socket {
	t.Helper()
	header := http.Header{"Origin": {c.URL}}
	if token := c.tokens[name]; token != "" {
		header = http.Header{"Authorization": {"Bearer " + token}}
	}
	ws, err := handshake(c.URL, header)
	return newSocket(t, ws, err)
}

// follow asks for something and gives the answer: "subscribed", or the code of
// the refusal.
func (s *socket) follow(what string, id int64) string {
	s.t.Helper()
	if err := s.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"subscribe",%q:%d}`, what, id)); err != nil {
		s.t.Fatal(err)
	}
	m := s.until("the answer to "+what, func(m told) bool { return m.Type == "subscribed" || m.Type == "error" })
	if m.Type == "error" {
		return m.Code
	}
	return m.Type
}

func (c *crawl) liveDoors(t *testing.T, s *socket, who string, p *crawlPlace) {
	t.Helper()
	for _, asked := range []struct {
		what, about string
		do          access.Action
	}{
		{"thread", "thread", access.ReadThread},
		{"group", "group", access.ReadContent},
		{"poll", "open", access.ReadThread},
	} {
		c.furnish(p, asked.about)
		want := "subscribed"
		if err := access.Check(c.actors[who], asked.do, c.facts(who, p, asked.about)); err != nil {
			want = map[errs.Kind]string{errs.NotFound: "not_found", errs.Unauthenticated: "unauthenticated", errs.Forbidden: "forbidden"}[errs.KindOf(err)]
		}
		got := s.follow(asked.what, p.things[asked.about])
		if got != want {
			t.Errorf("%s, %s over the socket by %s: %s; the rules say %s", p.name, asked.what, who, got, want)
		}
		if got == "subscribed" { // a socket follows only so many things
			s.leave(asked.what, p.things[asked.about])
		}
	}
}

func (s *socket) leave(what string, id int64) {
	s.t.Helper()
	if err := s.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"unsubscribe",%q:%d}`, what, id)); err != nil {
		s.t.Fatal(err)
	}
	s.until(what+" is left", func(m told) bool { return m.Type == "unsubscribed" })
}
