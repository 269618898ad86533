package group_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/person"
)

// addPerson makes somebody who belongs to no group.
func (h *hall) addPerson(handle string) access.Actor {
	h.t.Helper()
	made, err := h.people.Add(h.ctx, access.System(), person.NewPerson{Name: handle, Handle: handle})
	h.must(err)
	h.who[handle] = made.Actor()
	return made.Actor()
}

func TestAnInvitationLeadsIntoTheGroup(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for _, handle := range []string{"garden", "board", "circle"} {
			token, made, err := h.Invite(h.ctx, h.who["mo"], handle, group.NewInvitation{})
			h.must(err)
			if made.Role != access.Member || made.MaxUses != 25 || made.Uses != 0 || made.CreatedBy.Handle != "mo" || !made.ExpiresAt.Equal(h.now().AddDate(0, 0, 14)) {
				t.Errorf("%+v", made)
			}
			g, shown, err := h.Invited(h.ctx, token)
			if err != nil || g.Handle != handle || g.Role != access.NoRole || shown != made {
				t.Errorf("shown %+v of %+v, %v", shown, g, err)
			}
			entered, err := h.Accept(h.ctx, h.who["dee"], token)
			if err != nil || entered.ID != g.ID || entered.Role != access.Member || entered.MemberCount != 4 {
				t.Errorf("entered %+v, %v", entered, err)
			}
			if e := h.last(handle); e.Kind != event.MemberJoined || e.Subject != h.who["dee"].Person {
				t.Errorf("event %+v", e)
			}
			if _, err := h.Accept(h.ctx, h.who["dee"], token); err != nil {
				t.Errorf("again: %v", err)
			}
			if _, after, err := h.Invited(h.ctx, token); err != nil || after.Uses != 1 {
				t.Errorf("%d uses, %v; want 1", after.Uses, err)
			}
			_, err = h.Accept(h.ctx, access.Visitor(), token)
			want(t, err, errs.Unauthenticated, "access.sign_in")
		}
	})
}

func TestLookingAtAnInvitationUsesNothingUp(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		token, _, err := h.Invite(h.ctx, h.who["mo"], "board", group.NewInvitation{MaxUses: 1})
		h.must(err)
		for range 10 { // as the link scanners of mail servers do
			if _, i, err := h.Invited(h.ctx, token); err != nil || i.Uses != 0 {
				t.Fatalf("%d uses, %v", i.Uses, err)
			}
		}
		_, err = h.Accept(h.ctx, h.who["dee"], token)
		h.must(err)
	})
}

func TestAnInvitationEnds(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for code, end := range map[string]func(group.Invitation, string){
			"group.invitation_revoked": func(i group.Invitation, _ string) {
				h.must(h.RevokeInvitation(h.ctx, h.who["ana"], i.ID))
				h.must(h.RevokeInvitation(h.ctx, h.who["ana"], i.ID))
			},
			"group.invitation_expired": func(group.Invitation, string) { h.pass(24 * time.Hour) },
			"group.invitation_used_up": func(_ group.Invitation, token string) {
				_, err := h.Accept(h.ctx, h.addPerson("first"), token)
				h.must(err)
			},
		} {
			token, made, err := h.Invite(h.ctx, h.who["mo"], "board", group.NewInvitation{MaxUses: 1, Days: 1})
			h.must(err)
			list, err := h.Invitations(h.ctx, h.who["mo"], "board")
			if err != nil || len(list) != 1 || list[0] != made {
				t.Errorf("%s: listed %+v, %v", code, list, err)
			}
			end(made, token)
			_, _, err = h.Invited(h.ctx, token)
			want(t, err, errs.Gone, code)
			_, err = h.Accept(h.ctx, h.who["dee"], token)
			want(t, err, errs.Gone, code)
			_, _, err = h.Register(h.ctx, token, person.NewPerson{})
			want(t, err, errs.Gone, code)
			if list, err := h.Invitations(h.ctx, h.who["mo"], "board"); err != nil || len(list) != 0 {
				t.Errorf("%s: still listed: %+v, %v", code, list, err)
			}
		}
		if h.role("board", "dee") != access.NoRole {
			t.Error("dee came in")
		}
	})
}

func TestAnUnknownInvitation(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for _, token := range []string{"", "x", strings.Repeat("A", 43), "\x00"} {
			_, _, err := h.Invited(h.ctx, token)
			want(t, err, errs.NotFound, "group.invitation_unknown")
			_, err = h.Accept(h.ctx, h.who["dee"], token)
			want(t, err, errs.NotFound, "group.invitation_unknown")
		}
		want(t, h.RevokeInvitation(h.ctx, h.who["ana"], 999), errs.NotFound, "error.not_found")
	})
}

func TestWhoMayInvite(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, made, err := h.Invite(h.ctx, h.who["mo"], "garden", group.NewInvitation{})
		h.must(err)
		for name, c := range map[string]struct {
			kind errs.Kind
			code string
		}{
			"":    {errs.Unauthenticated, "access.sign_in"},
			"dee": {errs.Forbidden, "access.members_only"},
			"adm": {errs.Forbidden, "access.members_only"},
			"ben": {errs.Forbidden, "access.needs_moderator"},
		} {
			_, _, err := h.Invite(h.ctx, h.who[name], "garden", group.NewInvitation{})
			want(t, err, c.kind, c.code)
			_, err = h.Invitations(h.ctx, h.who[name], "garden")
			want(t, err, c.kind, c.code)
			want(t, h.RevokeInvitation(h.ctx, h.who[name], made.ID), c.kind, c.code)
		}
		_, _, err = h.Invite(h.ctx, access.System(), "garden", group.NewInvitation{})
		want(t, err, errs.Unauthenticated, "access.sign_in")
		for _, c := range []struct {
			who   string
			role  access.Role
			above bool
		}{{"mo", access.Moderator, false}, {"mo", access.Admin, true}, {"ana", access.Admin, false}} {
			_, _, err := h.Invite(h.ctx, h.who[c.who], "garden", group.NewInvitation{Role: c.role})
			if c.above {
				wantField(t, err, "role", "group.role_above_own")
			} else if err != nil {
				t.Errorf("%s invites as %s: %v", c.who, c.role, err)
			}
		}
	})
}

func TestInvitationsThatCannotBeMade(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		_, _, err := h.Invite(h.ctx, h.who["ana"], "garden", group.NewInvitation{Role: "king", MaxUses: 1001, Days: -1})
		wantField(t, err, "role", "field.choose")
		wantField(t, err, "max_uses", "field.between")
		wantField(t, err, "days", "field.between")
	})
}

func TestAHigherInvitationRaisesAMember(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		token, _, err := h.Invite(h.ctx, h.who["ana"], "board", group.NewInvitation{Role: access.Moderator, MaxUses: 1})
		h.must(err)
		g, err := h.Accept(h.ctx, h.who["ana"], token)
		if err != nil || g.Role != access.Admin {
			t.Errorf("an admin becomes %q, %v", g.Role, err)
		}
		g, err = h.Accept(h.ctx, h.who["ben"], token)
		if err != nil || g.Role != access.Moderator || h.role("board", "ben") != access.Moderator {
			t.Errorf("a member becomes %q, %v", g.Role, err)
		}
		if e := h.last("board"); e.Kind != event.MemberChanged || e.Subject != h.who["ben"].Person {
			t.Errorf("event %+v", e)
		}
		_, err = h.Accept(h.ctx, h.who["dee"], token)
		want(t, err, errs.Gone, "group.invitation_used_up")
	})
}

func TestTheLastUseOfAnInvitationIsHadOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		const crowd, uses = 20, 3
		token, _, err := h.Invite(h.ctx, h.who["mo"], "circle", group.NewInvitation{MaxUses: uses})
		h.must(err)
		var actors []access.Actor
		for i := range crowd {
			actors = append(actors, h.addPerson(fmt.Sprint("p", i)))
		}
		failed := make([]error, crowd)
		var wg sync.WaitGroup
		for i, who := range actors {
			wg.Go(func() { _, failed[i] = h.Accept(h.ctx, who, token) })
		}
		wg.Wait()
		in := 0
		for _, err := range failed {
			if err == nil {
				in++
				continue
			}
			want(t, err, errs.Gone, "group.invitation_used_up")
		}
		g, err := h.ByHandle(h.ctx, access.System(), "circle")
		if err != nil || in != uses || g.MemberCount != 3+uses {
			t.Errorf("%d came in, %d members, %v", in, g.MemberCount, errors.Join(failed...))
		}
	})
}

func TestTheSamePersonAtOnceUsesAnInvitationOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		token, _, err := h.Invite(h.ctx, h.who["mo"], "board", group.NewInvitation{})
		h.must(err)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := h.Accept(h.ctx, h.who["dee"], token); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if _, i, err := h.Invited(h.ctx, token); err != nil || i.Uses != 1 {
			t.Errorf("%d uses, %v; want 1", i.Uses, err)
		}
	})
}

func TestWhoHoldsAnInvitationMakesAnAccount(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		token, _, err := h.Invite(h.ctx, h.who["mo"], "circle", group.NewInvitation{MaxUses: 1})
		h.must(err)
		in := person.NewPerson{Name: "Fay", Email: "fay@example.org", Password: secret, Administrator: true}
		incomplete := in
		incomplete.Password = ""
		_, _, err = h.Register(h.ctx, token, incomplete)
		wantField(t, err, "password", "field.required")
		_, _, err = h.Register(h.ctx, strings.Repeat("A", 43), in)
		want(t, err, errs.NotFound, "group.invitation_unknown")
		fay, g, err := h.Register(h.ctx, token, in)
		if err != nil || g.Handle != "circle" || g.Role != access.Member {
			t.Fatalf("%+v, %+v, %v", fay, g, err)
		}
		if fay.Administrator {
			t.Error("an invitation made an administrator")
		}
		if in, err := h.people.SignIn(h.ctx, "fay@example.org", secret, ""); err != nil || in.Person != fay {
			t.Errorf("%+v, %v", in.Person, err)
		}
	})
}

func TestNoAccountIsMadeWhereTheInvitationIsSpentMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		token, _, err := h.Invite(h.ctx, h.who["mo"], "circle", group.NewInvitation{MaxUses: 1})
		h.must(err)
		failed := make([]error, 6)
		var wg sync.WaitGroup
		for i := range failed {
			wg.Go(func() {
				in := person.NewPerson{Name: "Fay", Email: fmt.Sprintf("fay%d@example.org", i), Password: secret}
				_, _, failed[i] = h.Register(h.ctx, token, in)
			})
		}
		wg.Wait()
		var n int64
		h.must(h.db.Read(h.ctx).Raw("SELECT COUNT(*) FROM people WHERE name = 'Fay'").Row().Scan(&n))
		if n != 1 {
			t.Errorf("%d accounts; want 1: %v", n, errors.Join(failed...))
		}
	})
}
