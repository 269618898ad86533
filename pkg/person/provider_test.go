package person_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/oidc"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit/provider"
)

const back = "https://forum.example/signin/callback"

// lying adds a provider of the forum, which says what the test wants.
func (h *house) lying(says map[string]any) (*provider.Lying, person.Provider) {
	h.t.Helper()
	l := provider.NewLying(h.t, h.clock.now)
	l.Lie(provider.Lies{Says: says})
	h.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: h.clock.now}))
	made, err := h.AddProvider(h.ctx, access.System(), person.NewProvider{Name: "Harbour ID", Issuer: l.URL, ClientID: provider.ClientID, ClientSecret: provider.ClientSecret})
	if err != nil {
		h.t.Fatal(err)
	}
	return l, made
}

// lyingOfGroup is lying for the provider of a group.
func (h *house) lyingOfGroup(says map[string]any) (*provider.Lying, person.Provider) {
	h.t.Helper()
	l, made := h.lying(says)
	h.exec("INSERT INTO groups (handle, name, visibility, created_at) VALUES ('garden', 'Garden', 'public', 0)")
	made.Group = h.number("SELECT id FROM groups WHERE handle = 'garden'")
	h.exec("UPDATE providers SET group_id = ? WHERE id = ?", made.Group, made.ID)
	return l, made
}

// departs sets out for a provider, and is asked for nothing there.
func (h *house) departs(id int64, browser string) (person.Return, string) {
	h.t.Helper()
	address, browser, err := h.Depart(h.ctx, id, person.Departure{Redirect: back, Browser: browser, Next: "/g/garden"})
	if err != nil {
		h.t.Fatal(err)
	}
	return brought(provider.Visit(h.t, address), browser), browser
}

func brought(q url.Values, browser string) person.Return {
	return person.Return{State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error"), Issuer: q.Get("iss"), Redirect: back, Browser: browser, Device: "a browser"}
}

// comes goes the whole way.
func (h *house) comes(who access.Actor, id int64) (person.Landing, string, error) {
	h.t.Helper()
	r, browser := h.departs(id, "")
	a, err := h.ComeBack(h.ctx, who, r)
	return a, browser, err
}

func (h *house) confirm(p person.Person) {
	h.exec("UPDATE people SET email_confirmed_at = 1 WHERE id = ?", p.ID)
}

// linked links somebody with a provider, as the page after coming back does.
func (h *house) linked(p person.Person, id int64) person.Landing {
	h.t.Helper()
	a, browser, err := h.comes(p.Actor(), id)
	if err != nil || a.Pending == "" {
		h.t.Fatalf("%+v, %v", a, err)
	}
	came, err := h.Pending(h.ctx, a.Pending, browser)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.db.Write(h.ctx, func(tx *store.Tx) error {
		return h.LinkPending(tx, came, p.ID)
	}); err != nil {
		h.t.Fatal(err)
	}
	return a
}

func TestTheForumsOwnProviderSignsInWhoseAddressIsConfirmed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(map[string]any{"email": "ana@example.org", "email_verified": true})
		ana := h.add("ana")
		h.confirm(ana)
		for range 2 { // the second time by what the provider calls her
			a, _, err := h.comes(access.Visitor(), from.ID)
			if err != nil || a.Entry.Person.ID != ana.ID || a.Next != "/g/garden" {
				t.Fatalf("%+v, %v", a, err)
			}
			s, err := h.Session(h.ctx, a.Entry.Session)
			if err != nil || s.Method != person.ByProvider || s.Provider != from.ID || s.Actor().Provider != from.ID {
				t.Errorf("%+v, %v", s, err)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM identities"); n != 1 {
			t.Errorf("%d identities", n)
		}
	})
}

func TestNobodyIsLinkedInSilenceUnlessAllIsCertain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.unproved("ana")
		h.confirm(ana)
		h.unproved("ben") // his address is not confirmed
		for name, c := range map[string]struct {
			says  map[string]any
			group bool
			known bool
		}{
			"the address is not verified":           {map[string]any{"email": "ana@example.org"}, false, false},
			"the address is verified by mere words": {map[string]any{"email": "ana@example.org", "email_verified": "yes"}, false, false},
			"the account's is not confirmed":        {map[string]any{"email": "ben@example.org", "email_verified": true}, false, true},
			"the provider is a group's":             {map[string]any{"email": "ana@example.org", "email_verified": true}, true, false},
			"there is no such account":              {map[string]any{"email": "dee@example.org", "email_verified": true}, false, false},
		} {
			var from person.Provider
			if c.group {
				_, from = h.lyingOfGroup(c.says)
			} else {
				_, from = h.lying(c.says)
			}
			a, browser, err := h.comes(access.Visitor(), from.ID)
			if err != nil || a.Pending == "" || a.Entry.Session != "" {
				t.Errorf("%s: %+v, %v", name, a, err)
				continue
			}
			came, err := h.Pending(h.ctx, a.Pending, browser)
			if err != nil || came.Known != c.known || came.Next != "/g/garden" || came.Provider.Name != "Harbour ID" {
				t.Errorf("%s: %+v, %v", name, came, err)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM identities"); n != 0 {
			t.Errorf("%d identities", n)
		}
	})
}

func TestAStateIsGoodOnceInOneBrowserForTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ana := h.add("ana")
		h.confirm(ana)
		l, from := h.lying(map[string]any{"email": "ana@example.org", "email_verified": true})
		r, _ := h.departs(from.ID, "")
		if _, err := h.ComeBack(h.ctx, access.Visitor(), r); err != nil {
			t.Fatal(err)
		}
		_, err := h.ComeBack(h.ctx, access.Visitor(), r)
		want(t, err, errs.Gone, "person.start_over")

		r, _ = h.departs(from.ID, "")
		other, browser := h.departs(from.ID, "")
		r.Browser = browser
		asked := l.Met("/token")
		_, err = h.ComeBack(h.ctx, access.Visitor(), r)
		want(t, err, errs.Forbidden, "provider.other_browser")
		if l.Met("/token") != asked {
			t.Error("the code was sent all the same")
		}
		if _, err := h.ComeBack(h.ctx, access.Visitor(), other); err != nil {
			t.Errorf("the other browser's own: %v", err)
		}

		for name, change := range map[string]func(*person.Return){
			"no state": func(r *person.Return) { r.State = "" }, "a made-up state": func(r *person.Return) { r.State = strings.Repeat("A", 43) },
			"a cut state": func(r *person.Return) { r.State = r.State[1:] },
			"no browser":  func(r *person.Return) { r.Browser = "" },
		} {
			r, _ := h.departs(from.ID, "")
			change(&r)
			if _, err := h.ComeBack(h.ctx, access.Visitor(), r); !errs.Is(err, errs.Gone) && !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}

		r, _ = h.departs(from.ID, "")
		h.clock.pass(10 * time.Minute)
		_, err = h.ComeBack(h.ctx, access.Visitor(), r)
		want(t, err, errs.Gone, "person.start_over")
		if n, err := h.DropExpired(h.ctx); err != nil || n == 0 {
			t.Errorf("dropped %d, %v", n, err)
		}
		if n := h.number("SELECT COUNT(*) FROM flows"); n != 0 {
			t.Errorf("%d flows are left", n)
		}
	})
}

func TestTwoTabsOfOneBrowserDoNotDisturbEachOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.confirm(h.add("ana"))
		_, from := h.lying(map[string]any{"email": "ana@example.org", "email_verified": true})
		one, browser := h.departs(from.ID, "")
		two, same := h.departs(from.ID, browser)
		if same != browser {
			t.Error("the second tab took the browser's secret away")
		}
		for _, r := range []person.Return{one, two} {
			if _, err := h.ComeBack(h.ctx, access.Visitor(), r); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestARefusalOfTheProviderIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		l, from := h.lying(nil)
		for refusal, code := range map[string]string{"access_denied": "provider.denied", "server_error": "provider.refused", "<script>": "provider.refused"} {
			l.Lie(provider.Lies{Refuse: refusal})
			a, _, err := h.comes(access.Visitor(), from.ID)
			want(t, err, errs.Forbidden, code)
			if a.Provider.ID != from.ID || a.Next != "/g/garden" {
				t.Errorf("%+v", a)
			}
		}
	})
}

func TestALieOpensNoSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.confirm(h.add("ana"))
		l, from := h.lying(nil)
		mine := map[string]any{"email": "ana@example.org", "email_verified": true}
		says := func(name string, value any) map[string]any {
			return map[string]any{"email": mine["email"], "email_verified": true, name: value}
		}
		for code, lies := range map[string]provider.Lies{
			"oidc.other_issuer": {Says: says("iss", "https://elsewhere.example")}, "oidc.other_nonce": {Says: says("nonce", "x")},
			"oidc.other_audience": {Says: says("aud", "x")}, "oidc.expired": {Says: says("exp", 1)}, "oidc.bad_algorithm": {Says: mine, Algorithm: "none"},
			"oidc.bad_signature": {Says: mine, Stranger: true},
		} {
			l.Lie(lies)
			a, _, err := h.comes(access.Visitor(), from.ID)
			want(t, err, errs.Forbidden, code)
			if a.Entry.Session != "" || a.Pending != "" {
				t.Errorf("%s: %+v", code, a)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM sessions"); n != 0 {
			t.Errorf("%d sessions", n)
		}
	})
}

func TestAnIdentityBelongsToOnePerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(nil)
		ana, ben := h.add("ana"), h.add("ben")
		h.linked(ana, from.ID)
		_, _, err := h.comes(ben.Actor(), from.ID)
		want(t, err, errs.Conflict, "provider.of_another_person")
		a, _, err := h.comes(ana.Actor(), from.ID)
		if err != nil || a.Entry.Person.ID != ana.ID {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestWhoWaitsIsSeenByTheirOwnBrowserAndTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(map[string]any{"name": "Ana"})
		ana := h.add("ana")
		a, browser, err := h.comes(access.Visitor(), from.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, other := h.departs(from.ID, "")
		for _, b := range []string{"", other, "x"} {
			_, err := h.Pending(h.ctx, a.Pending, b)
			want(t, err, errs.Gone, "person.start_over")
		}
		came, err := h.Pending(h.ctx, a.Pending, browser)
		if err != nil {
			t.Fatal(err)
		}
		take := func() error {
			return h.db.Write(h.ctx, func(tx *store.Tx) error { return h.LinkPending(tx, came, ana.ID) })
		}
		if err := take(); err != nil {
			t.Fatal(err)
		}
		want(t, take(), errs.Gone, "person.start_over")

		a, _, err = h.comes(h.add("ben").Actor(), from.ID)
		want(t, err, errs.Conflict, "provider.of_another_person")
		if a.Pending != "" {
			t.Error("somebody else may claim what is linked")
		}
	})
}

func TestAClosedAccountStaysClosedThroughAProvider(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(nil)
		ana := h.add("ana")
		h.linked(ana, from.ID)
		h.exec("UPDATE people SET disabled_at = 1, disabled_reason = 'Spam' WHERE id = ?", ana.ID)
		_, _, err := h.comes(access.Visitor(), from.ID)
		want(t, err, errs.Forbidden, "person.disabled")
	})
}

func TestTheProviderOfAGroupMakesNobodyAdministrator(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lyingOfGroup(nil)
		ana := h.add("ana")
		h.exec("UPDATE people SET administrator = TRUE WHERE id = ?", ana.ID)
		h.linked(ana, from.ID)
		a, _, err := h.comes(access.Visitor(), from.ID)
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.Session(h.ctx, a.Entry.Session)
		if err != nil || s.Actor().Administrator || s.Person.Administrator || !s.ProvedAt.IsZero() || s.Actor().Provider != from.ID {
			t.Errorf("%+v, %v", s, err)
		}
		token, _, err := h.NewToken(h.ctx, s.Actor(), person.NewToken{Name: "script"})
		if err != nil {
			t.Fatal(err)
		}
		g, err := h.ByToken(h.ctx, token)
		if err != nil || g.Actor().Administrator || g.Actor().Provider != from.ID || g.Actor().Person != ana.ID {
			t.Errorf("%+v, %v", g, err)
		}
		own, err := h.Session(h.ctx, h.signIn("ana"))
		if err != nil || !own.Actor().Administrator || own.ProvedAt.IsZero() {
			t.Errorf("by password: %+v, %v", own, err)
		}
	})
}

func TestATokenRemembersTheProviderOfItsSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(nil)
		ana := h.add("ana")
		h.exec("UPDATE people SET administrator = TRUE WHERE id = ?", ana.ID)
		for _, through := range []int64{0, from.ID} {
			who := ana.Actor()
			who.Administrator, who.Provider = true, through
			token, _, err := h.NewToken(h.ctx, who, person.NewToken{Name: "script"})
			if err != nil {
				t.Fatal(err)
			}
			g, err := h.ByToken(h.ctx, token)
			if err != nil || g.Actor().Provider != through || !g.Actor().Administrator {
				t.Errorf("through %d: %+v, %v", through, g, err)
			}
		}
	})
}

func TestUnlinkingLeavesAWayInAndEndsWhatCameThroughIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(map[string]any{"email": "ana@elsewhere.example"})
		ana := h.unproved("ana")
		h.linked(ana, from.ID)
		list, err := h.Identities(h.ctx, ana.Actor())
		if err != nil || len(list) != 1 || list[0].Email != "ana@elsewhere.example" || list[0].Provider.Name != "Harbour ID" {
			t.Fatalf("%+v, %v", list, err)
		}
		a, _, err := h.comes(access.Visitor(), from.ID)
		if err != nil {
			t.Fatal(err)
		}
		own := h.signIn("ana")
		h.exec("UPDATE people SET password_hash = '' WHERE id = ?", ana.ID)
		want(t, h.Unlink(h.ctx, ana.Actor(), from.ID), errs.Conflict, "provider.last_way_in")
		h.confirm(ana)
		want(t, h.Unlink(h.ctx, ana.Actor(), from.ID+1), errs.NotFound, "error.not_found")
		h.told()
		if err := h.Unlink(h.ctx, ana.Actor(), from.ID); err != nil {
			t.Fatal(err)
		}
		if len(h.told()) == 0 {
			t.Error("nobody was told")
		}
		_, err = h.Session(h.ctx, a.Entry.Session)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		if _, err := h.Session(h.ctx, own); err != nil {
			t.Errorf("another session ended too: %v", err)
		}
		if list, err := h.Identities(h.ctx, ana.Actor()); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		want(t, h.Unlink(h.ctx, ana.Actor(), from.ID), errs.NotFound, "error.not_found")
	})
}

func TestProvidersAreForAdministrators(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		l, from := h.lying(nil)
		ana := h.add("ana").Actor()
		in := person.NewProvider{Name: "Mine", Issuer: l.URL, ClientID: "x"}
		name := "Another"
		asked := l.Met("/.well-known/openid-configuration")
		_, err := h.AddProvider(h.ctx, ana, in)
		want(t, err, errs.Forbidden, "access.needs_administrator")
		_, err = h.EditProvider(h.ctx, ana, from.ID, person.ProviderEdit{Name: &name})
		want(t, err, errs.Forbidden, "access.needs_administrator")
		want(t, h.RemoveProvider(h.ctx, ana, from.ID), errs.Forbidden, "access.needs_administrator")
		_, err = h.ListProviders(h.ctx, ana)
		want(t, err, errs.Forbidden, "access.needs_administrator")
		if l.Met("/.well-known/openid-configuration") != asked {
			t.Error("the forum was sent somewhere by somebody who may not")
		}
	})
}

func TestAProviderIsChangedWithoutTellingItsSecret(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(nil)
		name, client, none, secret := "Quay ID", "another", "", "a new secret"
		got, err := h.EditProvider(h.ctx, access.System(), from.ID, person.ProviderEdit{Name: &name, ClientID: &client, ClientSecret: &none})
		if err != nil || got.Name != name || got.ClientID != client || !got.HasSecret {
			t.Errorf("%+v, %v", got, err)
		}
		if n := h.number("SELECT COUNT(*) FROM providers WHERE client_secret = ?", provider.ClientSecret); n != 1 {
			t.Error("an empty secret replaced the one that was there")
		}
		if _, err := h.EditProvider(h.ctx, access.System(), from.ID, person.ProviderEdit{ClientSecret: &secret}); err != nil {
			t.Error(err)
		}
		if n := h.number("SELECT COUNT(*) FROM providers WHERE client_secret = ?", secret); n != 1 {
			t.Error("the secret was not replaced")
		}
		if shown := fmt.Sprintf("%+v", got); strings.Contains(shown, secret) || strings.Contains(shown, provider.ClientSecret) {
			t.Errorf("the secret is told: %s", shown)
		}
		_, err = h.EditProvider(h.ctx, access.System(), from.ID, person.ProviderEdit{Name: &none})
		wantField(t, err, "name", "field.required")
	})
}

func TestAddingAProviderSaysWhatIsWrongWithIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		l, _ := h.lying(nil)
		for issuer, code := range map[string]string{"": "field.required", "login.example": "oidc.no_address", l.URL + "/": "oidc.issuer_mismatch", l.URL + "/x": "oidc.no_discovery"} {
			_, err := h.AddProvider(h.ctx, access.System(), person.NewProvider{Name: "X", Issuer: issuer, ClientID: "x"})
			wantField(t, err, "issuer", code)
		}
		_, err := h.AddProvider(h.ctx, access.System(), person.NewProvider{Issuer: l.URL})
		wantField(t, err, "name", "field.required")
		wantField(t, err, "client_id", "field.required")
		h.UseProviders(oidc.New(oidc.Config{Now: h.clock.now}))
		_, err = h.AddProvider(h.ctx, access.System(), person.NewProvider{Name: "X", Issuer: "https://127.0.0.1:1", ClientID: "x"})
		wantField(t, err, "issuer", "oidc.private_address")
	})
}

func TestRemovingAProviderEndsWhatCameThroughIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(nil)
		ana := h.add("ana")
		h.linked(ana, from.ID)
		a, browser, err := h.comes(access.Visitor(), from.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Session(h.ctx, a.Entry.Session); err != nil {
			t.Fatal(err)
		}
		r, _ := h.departs(from.ID, browser)
		h.told()
		if err := h.RemoveProvider(h.ctx, access.System(), from.ID); err != nil {
			t.Fatal(err)
		}
		if told := h.told(); len(told) != 1 || told[0] != ana.ID {
			t.Errorf("told %v", told)
		}
		_, err = h.Session(h.ctx, a.Entry.Session)
		want(t, err, errs.Unauthenticated, "person.session_ended")
		_, err = h.ComeBack(h.ctx, access.Visitor(), r)
		want(t, err, errs.Gone, "person.start_over")
		want(t, h.RemoveProvider(h.ctx, access.System(), from.ID), errs.NotFound, "error.not_found")
	})
}
