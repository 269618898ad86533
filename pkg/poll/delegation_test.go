package poll_test

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/poll"
	"plenary/pkg/poll/proxy"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// proxies lets one person vote for as many others in the group.
func (s *stage) proxies(limit int) {
	s.t.Helper()
	s.exec("UPDATE groups SET proxy_limit = ? WHERE id = ?", limit, groupID)
}

func withProxies() poll.NewPoll {
	in := proposal()
	in.Proxies = true
	return in
}

func (s *stage) mustName(who access.Actor, to string) proxy.Delegation {
	s.t.Helper()
	d, err := s.polls.Proxies().Delegate(s.t.Context(), who, "harbour", to)
	if err != nil {
		s.t.Fatalf("name %s: %v", to, err)
	}
	return d
}

// hears lists what of proxies stands in a person's inbox.
func (s *stage) hears(who access.Actor) string {
	s.t.Helper()
	events, err := store.Events(s.db.Read(s.t.Context()), event.Inbox(who.Person), store.Span{Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	said := ""
	for _, e := range events {
		if e.Kind.Noun() == "proxy" {
			said += fmt.Sprintf("%s by %d in %d, ", e.Kind, e.Actor, e.Thread)
		}
	}
	return strings.TrimSuffix(said, ", ")
}

func TestWhomAProxyConcernsHearOfIt(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.proxies(2)
		p := s.start(s.ana, withProxies())
		s.mustName(s.ben, "cleo")
		s.mustName(s.ben, "cleo") // again, which changes nothing
		d := s.mustName(s.ben, "dan")
		if err := s.polls.Proxies().End(t.Context(), s.dan, d.ID); err != nil {
			t.Fatal(err)
		}
		one, err := s.polls.DelegateIn(t.Context(), s.ben, p.ID, "cleo")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.polls.Proxies().End(t.Context(), s.ben, one.ID); err != nil {
			t.Fatal(err)
		}
		s.mustName(s.ben, "dan")
		if err := s.groups.RemoveMember(t.Context(), s.ana, "harbour", "dan"); err != nil {
			t.Fatal(err)
		}
		ben, dan := s.ben.Person, s.dan.Person
		inPoll := fmt.Sprintf("proxy.named by %d in %d, proxy.ended by %d in %d", ben, p.ThreadID, ben, p.ThreadID)
		for _, c := range []struct {
			name string
			who  access.Actor
			want string
		}{
			{"the member", s.ben, fmt.Sprintf("proxy.named by %d in 0, proxy.named by %d in 0, proxy.ended by %d in 0, %s, proxy.named by %d in 0, proxy.ended by %d in 0", ben, ben, dan, inPoll, ben, dan)},
			{"the first proxy", s.cleo, fmt.Sprintf("proxy.named by %d in 0, proxy.ended by %d in 0, %s", ben, ben, inPoll)},
			{"the second", s.dan, fmt.Sprintf("proxy.named by %d in 0, proxy.ended by %d in 0, proxy.named by %d in 0, proxy.ended by %d in 0", ben, dan, ben, dan)},
			{"another", s.ana, ""},
		} {
			if got := s.hears(c.who); got != c.want {
				t.Errorf("%s hears\n%s, want\n%s", c.name, got, c.want)
			}
		}
	})
}

func TestAProxyForOnePollIsInThePlaceOfTheOneForAll(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.proxies(3)
		s.mustName(s.ben, "cleo")
		without := s.start(s.ana, proposal())
		_, err := s.polls.DelegateIn(t.Context(), s.ben, without.ID, "dan")
		wantSaid(t, "in a poll without proxies", err, "conflict proxy.not_in_poll")
		p := s.start(s.ana, withProxies())
		newcomer := s.person("newcomer", access.Member)
		_, err = s.polls.DelegateIn(t.Context(), s.ben, p.ID, "newcomer")
		wantSaid(t, "somebody who may not vote in it", err, "invalid to=proxy.not_voter")
		_, err = s.polls.DelegateIn(t.Context(), newcomer, p.ID, "ben")
		wantSaid(t, "by somebody who may not vote in it", err, "forbidden access.not_in_electorate")
		_, err = s.polls.DelegateIn(t.Context(), s.ben, p.ID, "dan")
		wantSaid(t, "a voter", err, "yes")
		for who, want := range map[access.Actor]int{s.cleo: 0, s.dan: 1} {
			got, err := s.polls.ProxiesIn(t.Context(), who, p.ID)
			if len(got.ForMe) != want || err != nil {
				t.Errorf("%d in the hands of %d, want %d; %v", len(got.ForMe), who.Person, want, err)
			}
		}
		s.mustCast(s.mo, p, "", 0)
		_, err = s.polls.DelegateIn(t.Context(), s.mo, p.ID, "ana")
		wantSaid(t, "by somebody who has voted", err, "conflict proxy.voted")
	})
}
