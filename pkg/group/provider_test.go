package group_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/oidc"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit/provider"
)

const back = "https://forum.example/signin/callback"

// provider adds a provider to a group.
func (h *hall) provider(handle string) (*provider.Lying, person.Provider) {
	h.t.Helper()
	l := provider.NewLying(h.t, h.now)
	h.people.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: h.now}))
	made, err := h.AddProvider(h.ctx, h.who["ana"], handle, describe(l))
	h.must(err)
	return l, made
}

func describe(l *provider.Lying) person.NewProvider {
	return person.NewProvider{Name: "Garden ID", Issuer: l.URL, ClientID: provider.ClientID, ClientSecret: provider.ClientSecret}
}

// comes goes to a provider and back.
func (h *hall) comes(who access.Actor, id int64, next string) (person.Landing, string) {
	h.t.Helper()
	address, browser, err := h.people.Depart(h.ctx, id, person.Departure{Redirect: back, Next: next})
	h.must(err)
	q := provider.Visit(h.t, address)
	a, err := h.people.ComeBack(h.ctx, who, person.Return{State: q.Get("state"), Code: q.Get("code"), Redirect: back, Browser: browser})
	h.must(err)
	return a, browser
}

func (h *hall) exec(sql string, args ...any) {
	h.t.Helper()
	h.must(h.db.Write(h.ctx, func(tx *store.Tx) error { return tx.Exec(sql, args...).Error }))
}

func through(who access.Actor, id int64) access.Actor {
	who.Provider = id
	return who
}

func TestOnlyAdminsOfTheGroupHandleItsProviders(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for handle := range visibilities {
			l, made := h.provider(handle)
			asked := l.Met("/.well-known/openid-configuration")
			name := "Another"
			for _, who := range []string{"", "dee", "ben", "mo", "adm"} {
				_, listed, added, edited := h.calls(who, handle, made.ID, describe(l), name)
				for _, err := range []error{listed, added, edited, h.RemoveProvider(h.ctx, h.who[who], handle, made.ID), h.RequireProvider(h.ctx, through(h.who[who], made.ID), handle, made.ID)} {
					if !errs.Is(err, errs.Forbidden) && !errs.Is(err, errs.Unauthenticated) && !errs.Is(err, errs.NotFound) {
						t.Errorf("%q in %s: %v", who, handle, err)
					}
				}
			}
			if l.Met("/.well-known/openid-configuration") != asked {
				t.Error("the forum was sent somewhere by somebody who may not")
			}
			list, listed, added, edited := h.calls("ana", handle, made.ID, describe(l), name)
			if listed != nil || added != nil || edited != nil || len(list) != 1 || list[0].Group == 0 {
				t.Errorf("ana in %s: %v, %v, %v, %v", handle, list, listed, added, edited)
			}
		}
	})
}

func (h *hall) calls(who, handle string, id int64, in person.NewProvider, name string) (list []person.Provider, listed, added, edited error) {
	list, _, listed = h.Providers(h.ctx, h.who[who], handle)
	_, added = h.AddProvider(h.ctx, h.who[who], handle, in)
	_, edited = h.EditProvider(h.ctx, h.who[who], handle, id, person.ProviderEdit{Name: &name})
	return list, listed, added, edited
}

func TestAProviderOfOneGroupIsNotThatOfAnother(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, made := h.provider("board")
		name := "Another"
		_, err := h.EditProvider(h.ctx, h.who["ana"], "garden", made.ID, person.ProviderEdit{Name: &name})
		want(t, err, errs.NotFound, "error.not_found")
		want(t, h.RemoveProvider(h.ctx, h.who["ana"], "garden", made.ID), errs.NotFound, "error.not_found")
		want(t, h.RequireProvider(h.ctx, through(h.who["ana"], made.ID), "garden", made.ID), errs.NotFound, "error.not_found")
		_, err = h.people.EditProvider(h.ctx, access.System(), made.ID, person.ProviderEdit{Name: &name})
		want(t, err, errs.NotFound, "error.not_found")
	})
}

func TestAProviderIsRequiredByWhoCameThroughIt(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, made := h.provider("board")
		ana := h.who["ana"]
		want(t, h.RequireProvider(h.ctx, ana, "board", made.ID), errs.Conflict, "provider.not_yours")
		want(t, h.RequireProvider(h.ctx, through(ana, made.ID+1), "board", made.ID), errs.Conflict, "provider.not_yours")
		h.told()
		h.must(h.RequireProvider(h.ctx, through(ana, made.ID), "board", made.ID))
		if told := h.told(); len(told) != 1 || told[0].Group == 0 || told[0].Person != 0 {
			t.Errorf("told %v", told)
		}
		_, required, err := h.Providers(h.ctx, through(ana, made.ID), "board")
		if err != nil || required != made.ID {
			t.Errorf("requires %d, %v", required, err)
		}
		all, err := h.Requirings(h.ctx, h.who["adm"])
		if err != nil || len(all) != 1 || all[0].Group.Handle != "board" || all[0].Provider != "Garden ID" {
			t.Errorf("%+v, %v", all, err)
		}
		h.must(h.RequireProvider(h.ctx, through(ana, made.ID), "board", 0))
		if _, required, _ := h.Providers(h.ctx, through(ana, made.ID), "board"); required != 0 {
			t.Errorf("still requires %d", required)
		}
	})
}

func TestARequirementIsLiftedByRemovingAndByAnAdministrator(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for _, lift := range []func(access.Actor, int64) error{
			func(ana access.Actor, id int64) error { return h.RemoveProvider(h.ctx, ana, "board", id) },
			func(_ access.Actor, _ int64) error { return h.LiftProvider(h.ctx, h.who["adm"], "board") },
		} {
			_, made := h.provider("board")
			ana := through(h.who["ana"], made.ID)
			h.must(h.RequireProvider(h.ctx, ana, "board", made.ID))
			want(t, h.LiftProvider(h.ctx, h.who["ben"], "board"), errs.Forbidden, "access.needs_administrator")
			h.must(lift(ana, made.ID))
			if all, err := h.Requirings(h.ctx, h.who["adm"]); err != nil || len(all) != 0 {
				t.Errorf("%+v, %v", all, err)
			}
		}
		_, err := h.Requirings(h.ctx, h.who["ana"])
		want(t, err, errs.Forbidden, "access.needs_administrator")
	})
}

func TestTheWayIntoAGroupIsShownToThoseWhoMayKnowOfIt(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for handle, v := range visibilities {
			_, made := h.provider(handle)
			for _, who := range []string{"", "dee", "ben", "adm"} {
				w, err := h.WayIn(h.ctx, h.who[who], handle)
				p, other := h.ProviderFor(h.ctx, h.who[who], made.ID)
				if v == access.Secret && who != "ben" {
					want(t, err, errs.NotFound, "error.not_found")
					want(t, other, errs.NotFound, "error.not_found")
					continue
				}
				if err != nil || other != nil || w.Group.Handle != handle || len(w.Providers) != 1 || w.Providers[0].ID != made.ID || p.ID != made.ID {
					t.Errorf("%q: %+v, %v, %v", who, w, err, other)
				}
			}
		}
		_, err := h.WayIn(h.ctx, h.who["ana"], "nowhere")
		want(t, err, errs.NotFound, "error.not_found")
	})
}

func TestWhoComesThroughAGroupsProviderBecomesAMember(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		l, made := h.provider("board")
		l.Lie(provider.Lies{Says: map[string]any{"email": "eve@example.org", "email_verified": true, "name": "Eve"}})
		a, browser := h.comes(access.Visitor(), made.ID, "/g/board")
		eve, came, err := h.RegisterThrough(h.ctx, a.Pending, browser, person.ThroughProvider{Name: "Eve"})
		h.must(err)
		h.who["eve"] = eve.Actor()
		if h.role("board", "eve") != access.Member || came.Next != "/g/board" || eve.Email != "" {
			t.Errorf("%+v, %+v, %s", eve, came, h.role("board", "eve"))
		}
		if again, _ := h.comes(access.Visitor(), made.ID, "/"); again.Entry.Person.ID != eve.ID {
			t.Errorf("not known again: %+v", again)
		}
		_, _, err = h.RegisterThrough(h.ctx, a.Pending, browser, person.ThroughProvider{Name: "Eve"})
		want(t, err, errs.Gone, "person.start_over")
	})
}

func TestLinkingWithAGroupsProviderMakesAMemberUnlessBanned(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		l, made := h.provider("board")
		_, err := h.LinkThrough(h.ctx, access.Visitor(), "x", "x")
		want(t, err, errs.Unauthenticated, "access.sign_in")
		for who, role := range map[string]access.Role{"dee": access.Member, "mo": access.Moderator, "adm": access.NoRole} {
			if role == access.NoRole {
				h.exec("INSERT INTO bans (group_id, person_id, reason, created_at) SELECT id, ?, 'Spam', 0 FROM groups WHERE handle = 'board'", h.who[who].Person)
			}
			l.Lie(provider.Lies{Subject: who})
			a, browser := h.comes(h.who[who], made.ID, "/")
			_, err := h.LinkThrough(h.ctx, h.who[who], a.Pending, browser)
			h.must(err)
			if got := h.role("board", who); got != role {
				t.Errorf("%s is %q", who, got)
			}
		}
	})
}

func TestTheForumsProviderMakesAccountsAsSigningUpIsSet(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		l := provider.NewLying(t, h.now)
		h.people.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: h.now}))
		made, err := h.people.AddProvider(h.ctx, access.System(), describe(l))
		h.must(err)
		link, _, err := h.Invite(h.ctx, h.who["ana"], "board", group.NewInvitation{})
		h.must(err)
		for i, c := range []struct {
			mode          person.SignUpMode
			next          string
			may, waits    bool
			verified      bool
			known, mailed bool
		}{
			{mode: person.Open, next: "/", may: true, verified: true, mailed: true},
			{mode: person.Open, next: "/", may: true},
			{mode: person.ByApproval, next: "/", may: true, waits: true, verified: true, mailed: true},
			{mode: person.ByApproval, next: "/join/" + link, may: true, verified: true, mailed: true},
			{mode: person.ByInvitation, next: "/", verified: true},
			{mode: person.ByInvitation, next: "/join/" + link, may: true, verified: true, mailed: true},
			{mode: person.ByInvitation, next: "/join/another"},
			{mode: person.Open, next: "/", verified: true, known: true},
		} {
			h.must(h.people.SetSignUpRules(h.ctx, access.System(), person.SignUpRules{Mode: c.mode, Question: "Why?"}))
			name := string(rune('a'+i)) + "-new"
			if c.known {
				_, err := h.people.Add(h.ctx, access.System(), person.NewPerson{Name: "Known", Email: name + "@example.org"})
				h.must(err)
			}
			l.Lie(provider.Lies{Subject: name, Says: map[string]any{"email": name + "@example.org", "email_verified": c.verified}})
			a, browser := h.comes(access.Visitor(), made.ID, c.next)
			came, err := h.people.Pending(h.ctx, a.Pending, browser)
			h.must(err)
			if h.MayRegister(h.ctx, came) != c.may {
				t.Errorf("%+v: may register %v", c, !c.may)
			}
			made, _, err := h.RegisterThrough(h.ctx, a.Pending, browser, person.ThroughProvider{Name: name, Answer: "I bake."})
			if !c.may {
				want(t, err, errs.Forbidden, "provider.no_account")
				continue
			}
			h.must(err)
			got, err := h.people.ByID(h.ctx, made.ID)
			h.must(err)
			if got.Waiting != c.waits || (got.Email != "") != c.mailed || got.EmailConfirmed != c.mailed {
				t.Errorf("%+v: made %+v", c, got)
			}
		}
	})
}
