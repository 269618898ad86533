package proxy_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/poll/letters"
	"plenary/pkg/poll/proxy"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/harbour"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// stage is the harbour, in which there are no polls.
type stage struct {
	*harbour.Harbour
	t       *testing.T
	proxies *proxy.Delegations
}

func newStage(t *testing.T, db *store.DB, visibility access.Visibility) *stage {
	t.Helper()
	h := harbour.New(t, db, visibility)
	about := func(*store.Tx, int64) (letters.About, error) {
		return letters.About{}, errors.New("there are no polls")
	}
	return &stage{Harbour: h, t: t, proxies: proxy.New(db, h.Groups, letters.New(db, h.Groups, rand.Reader), about, harbour.Now)}
}

// limit lets one person vote for as many others.
func (s *stage) limit(most int) {
	s.t.Helper()
	s.Exec("UPDATE groups SET proxy_limit = ?", most)
}

func (s *stage) mustName(who access.Actor, to string) proxy.Delegation {
	s.t.Helper()
	d, err := s.proxies.Delegate(s.t.Context(), who, "harbour", to)
	if err != nil {
		s.t.Fatalf("name %s: %v", to, err)
	}
	return d
}

func TestAMemberNamesOneWhoVotesForThem(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Secret)
		_, err := s.proxies.Delegate(t.Context(), s.Ben, "harbour", "cleo")
		harbour.WantSaid(t, "in a group without proxies", err, "conflict proxy.none_here")
		s.limit(2)
		d := s.mustName(s.Ben, " @Cleo ")
		if d.From.Handle != "ben" || d.To.Handle != "cleo" || d.PollID != 0 {
			t.Errorf("%+v", d)
		}
		if again := s.mustName(s.Ben, "cleo"); again.ID != d.ID {
			t.Errorf("naming the same one again makes %d out of %d", again.ID, d.ID)
		}
		for name, c := range map[string]struct {
			who  access.Actor
			want [3]int // mine, for me, all
		}{"the member": {s.Ben, [3]int{1, 0, 0}}, "the proxy": {s.Cleo, [3]int{0, 1, 0}}, "another": {s.Dan, [3]int{0, 0, 0}}, "a moderator": {s.Mo, [3]int{0, 0, 1}}} {
			got, err := s.proxies.Of(t.Context(), c.who, "harbour")
			mine := 0
			if got.Mine != nil {
				mine = 1
			}
			if have := [3]int{mine, len(got.ForMe), len(got.All)}; have != c.want || err != nil {
				t.Errorf("%s sees %v, want %v; %v", name, have, c.want, err)
			}
		}
		_, err = s.proxies.Of(t.Context(), s.Eve, "harbour")
		harbour.WantSaid(t, "a stranger looks", err, "not_found error.not_found")
		harbour.WantSaid(t, "another ends it", s.proxies.End(t.Context(), s.Dan, d.ID), "not_found error.not_found")
		harbour.WantSaid(t, "the proxy gives it back", s.proxies.End(t.Context(), s.Cleo, d.ID), "yes")
		harbour.WantSaid(t, "once more", s.proxies.End(t.Context(), s.Ben, d.ID), "not_found error.not_found")
		d = s.mustName(s.Ben, "cleo")
		harbour.WantSaid(t, "a moderator ends it", s.proxies.End(t.Context(), s.Mo, d.ID), "yes")
	})
}

func TestProxiesThatCannotBe(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.limit(1)
		s.mustName(s.Ben, "cleo")
		for name, c := range map[string]struct {
			who  access.Actor
			to   string
			want string
		}{
			"nobody":               {s.Dan, " ", "invalid to=field.required"},
			"oneself":              {s.Dan, "dan", "invalid to=proxy.self"},
			"a stranger":           {s.Dan, "eve", "invalid to=proxy.not_member"},
			"no one there":         {s.Dan, "nobody", "invalid to=proxy.not_member"},
			"no handle":            {s.Dan, "a\x00b", "invalid to=proxy.not_member"},
			"in a circle":          {s.Cleo, "ben", "conflict proxy.holds_others"},
			"a chain from its end": {s.Cleo, "dan", "conflict proxy.holds_others"},
			"a chain to its start": {s.Dan, "ben", "invalid to=proxy.passes_on"},
			"over the limit":       {s.Dan, "cleo", "invalid to=proxy.limit"},
			"by a stranger":        {s.Eve, "cleo", "forbidden access.members_only"},
			"by a visitor":         {access.Visitor(), "cleo", "unauthenticated access.sign_in"},
		} {
			_, err := s.proxies.Delegate(t.Context(), c.who, "harbour", c.to)
			harbour.WantSaid(t, name, err, c.want)
		}
		if d := s.mustName(s.Ben, "dan"); d.To.Handle != "dan" {
			t.Errorf("ben names another: %+v", d)
		}
		s.mustName(s.Mo, "cleo")
	})
}

func TestAProxyEndsWhenEitherLeavesTheGroup(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		s.limit(3)
		for _, leaves := range []string{"ben", "cleo"} {
			s.mustName(s.Ben, "cleo")
			if err := s.Groups.RemoveMember(t.Context(), s.Ana, "harbour", leaves); err != nil {
				t.Fatal(err)
			}
			if got, err := s.proxies.Of(t.Context(), s.Mo, "harbour"); len(got.All) != 0 || err != nil {
				t.Errorf("after %s was removed there are %v, %v", leaves, got.All, err)
			}
			if _, err := s.Groups.AddMember(t.Context(), s.Ana, "harbour", leaves, access.Member); err != nil {
				t.Fatal(err)
			}
			if got, err := s.proxies.Of(t.Context(), s.Mo, "harbour"); len(got.All) != 0 || err != nil {
				t.Errorf("coming back brings back %v, %v", got.All, err)
			}
		}
	})
}
