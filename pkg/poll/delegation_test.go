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

func TestAMemberNamesOneWhoVotesForThem(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Secret)
		_, err := s.polls.Proxies().Delegate(t.Context(), s.ben, "harbour", "cleo")
		wantSaid(t, "in a group without proxies", err, "conflict proxy.none_here")
		s.proxies(2)
		d := s.mustName(s.ben, " @Cleo ")
		if d.From.Handle != "ben" || d.To.Handle != "cleo" || d.PollID != 0 {
			t.Errorf("%+v", d)
		}
		if again := s.mustName(s.ben, "cleo"); again.ID != d.ID {
			t.Errorf("naming the same one again makes %d out of %d", again.ID, d.ID)
		}
		for name, c := range map[string]struct {
			who  access.Actor
			want [3]int // mine, for me, all
		}{"the member": {s.ben, [3]int{1, 0, 0}}, "the proxy": {s.cleo, [3]int{0, 1, 0}}, "another": {s.dan, [3]int{0, 0, 0}}, "a moderator": {s.mo, [3]int{0, 0, 1}}} {
			got, err := s.polls.Proxies().Of(t.Context(), c.who, "harbour")
			mine := 0
			if got.Mine != nil {
				mine = 1
			}
			if have := [3]int{mine, len(got.ForMe), len(got.All)}; have != c.want || err != nil {
				t.Errorf("%s sees %v, want %v; %v", name, have, c.want, err)
			}
		}
		_, err = s.polls.Proxies().Of(t.Context(), s.eve, "harbour")
		wantSaid(t, "a stranger looks", err, "not_found error.not_found")
		wantSaid(t, "another ends it", s.polls.Proxies().End(t.Context(), s.dan, d.ID), "not_found error.not_found")
		wantSaid(t, "the proxy gives it back", s.polls.Proxies().End(t.Context(), s.cleo, d.ID), "yes")
		wantSaid(t, "once more", s.polls.Proxies().End(t.Context(), s.ben, d.ID), "not_found error.not_found")
		d = s.mustName(s.ben, "cleo")
		wantSaid(t, "a moderator ends it", s.polls.Proxies().End(t.Context(), s.mo, d.ID), "yes")
	})
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

func TestProxiesThatCannotBe(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.proxies(1)
		s.mustName(s.ben, "cleo")
		for name, c := range map[string]struct {
			who  access.Actor
			to   string
			want string
		}{
			"nobody":               {s.dan, " ", "invalid to=field.required"},
			"oneself":              {s.dan, "dan", "invalid to=proxy.self"},
			"a stranger":           {s.dan, "eve", "invalid to=proxy.not_member"},
			"no one there":         {s.dan, "nobody", "invalid to=proxy.not_member"},
			"no handle":            {s.dan, "a\x00b", "invalid to=proxy.not_member"},
			"in a circle":          {s.cleo, "ben", "conflict proxy.holds_others"},
			"a chain from its end": {s.cleo, "dan", "conflict proxy.holds_others"},
			"a chain to its start": {s.dan, "ben", "invalid to=proxy.passes_on"},
			"over the limit":       {s.dan, "cleo", "invalid to=proxy.limit"},
			"by a stranger":        {s.eve, "cleo", "forbidden access.members_only"},
			"by a visitor":         {access.Visitor(), "cleo", "unauthenticated access.sign_in"},
		} {
			_, err := s.polls.Proxies().Delegate(t.Context(), c.who, "harbour", c.to)
			wantSaid(t, name, err, c.want)
		}
		if d := s.mustName(s.ben, "dan"); d.To.Handle != "dan" {
			t.Errorf("ben names another: %+v", d)
		}
		s.mustName(s.mo, "cleo")
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

func TestAProxyEndsWhenEitherLeavesTheGroup(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.proxies(3)
		for _, leaves := range []string{"ben", "cleo"} {
			s.mustName(s.ben, "cleo")
			if err := s.groups.RemoveMember(t.Context(), s.ana, "harbour", leaves); err != nil {
				t.Fatal(err)
			}
			if n := s.number("SELECT COUNT(*) FROM delegations WHERE ended_at IS NULL"); n != 0 {
				t.Errorf("%d proxies are left after %s was removed", n, leaves)
			}
			if _, err := s.groups.AddMember(t.Context(), s.ana, "harbour", leaves, access.Member); err != nil {
				t.Fatal(err)
			}
			if got, err := s.polls.Proxies().Of(t.Context(), s.mo, "harbour"); len(got.All) != 0 || err != nil {
				t.Errorf("coming back brings back %v, %v", got.All, err)
			}
		}
	})
}
