package group_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/oidc"
	"plenary/pkg/person"
	"plenary/pkg/testkit/provider"
)

// forumProvider adds a provider of the whole forum, where accounts are made by
// invitation only.
func (h *hall) forumProvider() (*provider.Lying, person.Provider) {
	h.t.Helper()
	l := provider.NewLying(h.t, h.now)
	h.people.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: h.now}))
	made, err := h.people.AddProvider(h.ctx, access.System(), describe(l))
	h.must(err)
	h.must(h.people.SetSignUpRules(h.ctx, access.System(), person.SignUpRules{Mode: person.ByInvitation}))
	return l, made
}

// arrives comes through a provider as somebody new, on the way to an invitation.
func (h *hall) arrives(l *provider.Lying, from person.Provider, name, link string) func() (person.Person, person.Pending, error) {
	h.t.Helper()
	l.Lie(provider.Lies{Subject: name, Says: map[string]any{"email": name + "@example.org", "email_verified": true}})
	a, browser := h.comes(access.Visitor(), from.ID, "/join/"+link)
	return func() (person.Person, person.Pending, error) {
		return h.RegisterThrough(h.ctx, a.Pending, browser, person.ThroughProvider{Name: name})
	}
}

func TestAnAccountThroughAProviderUsesUpItsInvitation(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		l, from := h.forumProvider()
		link, _, err := h.Invite(h.ctx, h.who["ana"], "board", group.NewInvitation{MaxUses: 1, Role: access.Moderator})
		h.must(err)
		eve, fay := h.arrives(l, from, "eve", link), h.arrives(l, from, "fay", link)
		made, came, err := eve()
		h.must(err)
		h.who["eve"] = made.Actor()
		if h.role("board", "eve") != access.Moderator || came.Next != "/g/board" {
			t.Errorf("eve is %q and goes to %s", h.role("board", "eve"), came.Next)
		}
		_, _, err = h.Invited(h.ctx, link)
		want(t, err, errs.Gone, "group.invitation_used_up")
		_, _, err = fay()
		want(t, err, errs.Forbidden, "provider.no_account")
	})
}

func TestOneUseMakesOneAccountThroughAProvider(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		l, from := h.forumProvider()
		link, _, err := h.Invite(h.ctx, h.who["ana"], "board", group.NewInvitation{MaxUses: 1})
		h.must(err)
		var registers []func() (person.Person, person.Pending, error)
		for _, name := range []string{"eve", "fay", "gus", "hal"} {
			registers = append(registers, h.arrives(l, from, name, link))
		}
		failed := make([]error, len(registers))
		var wg sync.WaitGroup
		for i, register := range registers {
			wg.Go(func() { _, _, failed[i] = register() })
		}
		wg.Wait()
		var n int64
		h.must(h.db.Read(h.ctx).Raw("SELECT COUNT(*) FROM people WHERE name IN ('eve', 'fay', 'gus', 'hal')").Row().Scan(&n))
		if n != 1 {
			t.Errorf("%d accounts; want 1: %v", n, errors.Join(failed...))
		}
	})
}

func TestAnInvitationThatNoLongerHoldsMakesNoAccountThroughAProvider(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		l, from := h.forumProvider()
		link, made, err := h.Invite(h.ctx, h.who["ana"], "board", group.NewInvitation{})
		h.must(err)
		eve := h.arrives(l, from, "eve", link)
		h.must(h.RevokeInvitation(h.ctx, h.who["ana"], made.ID))
		_, _, err = eve()
		want(t, err, errs.Forbidden, "provider.no_account")

		link, _, err = h.Invite(h.ctx, h.who["ana"], "board", group.NewInvitation{Days: 1})
		h.must(err)
		h.pass(24*time.Hour - time.Minute)
		eve = h.arrives(l, from, "eve", link)
		h.pass(2 * time.Minute)
		_, _, err = eve()
		want(t, err, errs.Forbidden, "provider.no_account")

		// One by mail is for its address alone.
		h.outcomes(h.mailing("mo", "dee@example.org"))
		link = token(t, h.letters()[0])
		_, _, err = h.arrives(l, from, "eve", link)()
		want(t, err, errs.Forbidden, "provider.no_account")
		if _, _, err := h.arrives(l, from, "dee", link)(); err != nil {
			t.Errorf("whose it is: %v", err)
		}
		_, _, err = h.Invited(h.ctx, link)
		want(t, err, errs.Gone, "group.invitation_used_up")
	})
}

func TestAMemberWhoHasToComeAnotherWayUsesNothingUp(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, made := h.provider("board")
		h.must(h.RequireProvider(h.ctx, through(h.who["ana"], made.ID), "board", made.ID))
		for _, role := range []access.Role{access.Member, access.Admin} {
			link, _, err := h.Invite(h.ctx, through(h.who["ana"], made.ID), "board", group.NewInvitation{Role: role})
			h.must(err)
			want(t, second(h.Accept(h.ctx, h.who["ben"], link)), errs.Unauthenticated, "access.needs_provider")
			if _, i, err := h.Invited(h.ctx, link); err != nil || i.Uses != 0 {
				t.Errorf("%d uses, %v", i.Uses, err)
			}
		}
	})
}
