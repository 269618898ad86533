package person_test

import (
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/testkit/authenticator"
)

// stands is how the session with the secret stands.
func (h *house) stands(token string) person.Session {
	h.t.Helper()
	h.Forget(0)
	s, err := h.Session(h.ctx, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// throughGroup is somebody whose only way in is the provider of a group, with
// the session that it opened.
func (h *house) throughGroup() (ana person.Person, from person.Provider, session string) {
	h.t.Helper()
	_, from = h.lyingOfGroup(nil)
	ana = h.add("ana")
	h.linked(ana, from.ID)
	h.exec("UPDATE people SET password_hash = '', email = NULL WHERE id = ?", ana.ID)
	return ana, from, h.again(from)
}

// again opens a session through the provider.
func (h *house) again(from person.Provider) string {
	h.t.Helper()
	a, _, err := h.comes(access.Visitor(), from.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return a.Entry.Session
}

func TestAGroupsProviderProvesNothingWhereThereIsAnotherWayIn(t *testing.T) {
	for name, opens := range map[string]func(h desk, ana person.Person, from person.Provider){
		"a passkey": func(h desk, ana person.Person, _ person.Provider) { h.register(ana, authenticator.New(h.t, address)) },
		"another provider": func(h desk, ana person.Person, from person.Provider) {
			h.exec("INSERT INTO providers (id, name, issuer, client_id, created_at) VALUES (77, 'P', 'i', 'c', 1)")
			h.exec("INSERT INTO identities (provider_id, subject, person_id, email, created_at, last_used_at) VALUES (77, 'x', ?, '', 1, 1)", ana.ID)
		},
		"a password": func(h desk, ana person.Person, _ person.Provider) {
			h.exec("UPDATE people SET password_hash = 'x' WHERE id = ?", ana.ID)
		},
		"a confirmed address": func(h desk, ana person.Person, _ person.Provider) {
			h.exec("UPDATE people SET email = 'ana@example.org', email_confirmed_at = 1 WHERE id = ?", ana.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, func(t *testing.T, h desk) {
				ana, from, session := h.throughGroup()
				if err := person.CheckRecent(h.stands(session), h.clock.now()); err != nil {
					t.Fatalf("with no other way in: %v", err)
				}
				opens(h, ana, from)
				session = h.again(from) // a new passkey ends the sessions before
				want(t, person.CheckRecent(h.stands(session), h.clock.now()), errs.Unauthenticated, "person.prove_again")
			})
		})
	}
}

func TestACopiedPasskeyIsNoOtherWayIn(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana, from, _ := h.throughGroup()
		d := h.phone(ana)
		session := h.again(from)
		want(t, person.CheckRecent(h.stands(session), h.clock.now()), errs.Unauthenticated, "person.prove_again")
		stolen := d.Copy()
		if _, err := h.tries(d); err != nil {
			t.Fatal(err)
		}
		_, err := h.tries(stolen)
		want(t, err, errs.Forbidden, "passkey.copied")
		if err := person.CheckRecent(h.stands(session), h.clock.now()); err != nil {
			t.Errorf("a copied passkey counts: %v", err)
		}
		want(t, h.Unlink(h.ctx, ana.Actor(), from.ID), errs.Conflict, "provider.last_way_in")
		keys, err := h.Passkeys(h.ctx, ana.Actor())
		if err != nil {
			t.Fatal(err)
		}
		if err := h.RemovePasskey(h.ctx, ana.Actor(), 0, keys[0].ID); err != nil {
			t.Errorf("the copied one: %v", err)
		}
	})
}

func TestThePasskeyMayGoWhereAProviderIsLeft(t *testing.T) {
	atDesk(t, func(t *testing.T, h desk) {
		ana, from, _ := h.throughGroup()
		one := h.register(ana, authenticator.New(t, address))
		if err := h.RemovePasskey(h.ctx, ana.Actor(), 0, one.ID); err != nil {
			t.Errorf("a provider is left: %v", err)
		}
		want(t, h.Unlink(h.ctx, ana.Actor(), from.ID), errs.Conflict, "provider.last_way_in")
	})
}

func TestALinkIsToldByMail(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(map[string]any{"email": "ana@example.org", "email_verified": true})
		ana := h.add("ana")
		h.confirm(ana)
		if _, _, err := h.comes(access.Visitor(), from.ID); err != nil { // linked without asking
			t.Fatal(err)
		}
		if l := h.letter("provider_linked"); l.To.Email != ana.Email || l.Person != ana.ID || l.Args["Provider"] != "Harbour ID" || l.Args["Path"] != "/account/providers" {
			t.Errorf("%+v", l)
		}
		if err := h.Unlink(h.ctx, ana.Actor(), from.ID); err != nil {
			t.Fatal(err)
		}
		if l := h.letter("provider_unlinked"); l.To.Email != ana.Email || l.Args["Provider"] != "Harbour ID" {
			t.Errorf("%+v", l)
		}
		ben := h.add("ben")
		h.linked(ben, from.ID) // as its owner asked
		if l := h.letter("provider_linked"); l.To.Email != ben.Email {
			t.Errorf("%+v", l)
		}
	})
}

func TestAClosedAccountIsLinkedWithNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(map[string]any{"email": "ana@example.org", "email_verified": true})
		ana := h.add("ana")
		h.confirm(ana)
		h.exec("UPDATE people SET disabled_at = 1, disabled_reason = 'Spam' WHERE id = ?", ana.ID)
		_, _, err := h.comes(access.Visitor(), from.ID)
		want(t, err, errs.Forbidden, "person.disabled")
		if n := h.number("SELECT COUNT(*) FROM identities"); n != 0 || len(h.letters()) != 0 {
			t.Errorf("%d identities", n)
		}
	})
}

func TestADepartureTakesThePlaceOfTheOneBefore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(nil)
		one, browser := h.departs(from.ID, "")
		if _, _, err := h.Depart(h.ctx, from.ID, person.Departure{Redirect: back, Browser: browser, Before: one.State}); err != nil {
			t.Fatal(err)
		}
		if n := h.number("SELECT COUNT(*) FROM flows"); n != 1 {
			t.Errorf("%d flows", n)
		}
		_, err := h.ComeBack(h.ctx, access.Visitor(), one)
		want(t, err, errs.Gone, "person.start_over")
	})
}

func TestDeparturesAreCountedByAddressAndWrittenOnlyWhereTheProviderAnswers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lying(nil)
		h.exec("UPDATE providers SET issuer = issuer || '/nowhere' WHERE id = ?", from.ID)
		if _, _, err := h.Depart(h.ctx, from.ID, person.Departure{Redirect: back, Address: "192.0.2.1"}); err == nil {
			t.Error("set out for a provider that is not there")
		}
		if n := h.number("SELECT COUNT(*) FROM flows"); n != 0 {
			t.Errorf("%d flows of a provider that does not answer", n)
		}
		h.SpendDepartures("2001:db8::1", 3000)
		_, _, err := h.Depart(h.ctx, from.ID, person.Departure{Redirect: back, Address: "2001:db8::2"})
		want(t, err, errs.TooMany, "provider.too_many_departures")
		h.clock.pass(10 * time.Minute)
		if _, _, err := h.Depart(h.ctx, from.ID, person.Departure{Redirect: back, Address: "2001:db8::2"}); errs.Is(err, errs.TooMany) {
			t.Errorf("ten minutes later: %v", err)
		}
	})
}

func TestWhoSuggestsPeopleIsAMemberThatCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, from := h.lyingOfGroup(nil)
		ana := h.add("ana")
		h.exec("UPDATE groups SET visibility = 'secret', only_provider_id = ? WHERE id = ?", from.ID, from.Group)
		h.exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (?, ?, 'member', 1)", from.Group, ana.ID)
		who := ana.Actor()
		_, err := h.Suggest(h.ctx, who, 0, from.Group, "a", 5)
		want(t, err, errs.Unauthenticated, "access.needs_provider")
		who.Provider = from.ID
		if _, err := h.Suggest(h.ctx, who, 0, from.Group, "a", 5); err != nil {
			t.Errorf("who came through it: %v", err)
		}
	})
}
