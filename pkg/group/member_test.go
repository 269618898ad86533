package group_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/page"
)

func TestAnybodyJoinsAPublicGroupOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		dee := h.who["dee"]
		h.must(h.Join(h.ctx, dee, "garden"))
		if role := h.role("garden", "dee"); role != access.Member {
			t.Errorf("role %q", role)
		}
		g, err := h.ByHandle(h.ctx, dee, "garden")
		h.must(err)
		e := h.last("garden")
		if e.Kind != event.MemberJoined || e.Subject != dee.Person || e.Actor != dee.Person || string(e.Data) != `{"role":"member"}` {
			t.Errorf("event %+v %s", e, e.Data)
		}
		if diff := cmp.Diff([]event.Signal{{Group: g.ID, Person: dee.Person}}, h.told()); diff != "" {
			t.Error(diff)
		}
		want(t, h.Join(h.ctx, dee, "garden"), errs.Conflict, "access.already_member")
		want(t, h.Join(h.ctx, access.Visitor(), "garden"), errs.Unauthenticated, "access.sign_in")
		want(t, h.Join(h.ctx, access.System(), "garden"), errs.Unauthenticated, "access.sign_in")
		want(t, h.Join(h.ctx, dee, "board"), errs.Forbidden, "access.invitation_only")
		want(t, h.Join(h.ctx, dee, "never-there"), errs.NotFound, "error.not_found")
	})
}

func TestMembersLeave(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		ben := h.who["ben"]
		h.must(h.Leave(h.ctx, ben, "circle"))
		if role := h.role("circle", "ben"); role != access.NoRole {
			t.Errorf("role %q", role)
		}
		if e := h.last("circle"); e.Kind != event.MemberLeft || e.Subject != ben.Person || e.Data != nil {
			t.Errorf("event %+v", e)
		}
		if told := h.told(); len(told) != 1 || told[0].Person != ben.Person {
			t.Errorf("told %v", told)
		}
		want(t, h.Leave(h.ctx, ben, "circle"), errs.NotFound, "error.not_found")
		want(t, h.Leave(h.ctx, h.who["dee"], "garden"), errs.Forbidden, "access.members_only")
		want(t, h.Leave(h.ctx, access.Visitor(), "garden"), errs.Unauthenticated, "access.sign_in")
	})
}

func TestTheLastAdminStays(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		ana := h.who["ana"]
		want(t, h.Leave(h.ctx, ana, "garden"), errs.Conflict, "group.last_admin")
		_, err := h.SetRole(h.ctx, ana, "garden", "ana", access.Member)
		want(t, err, errs.Conflict, "group.last_admin")
		want(t, h.RemoveMember(h.ctx, ana, "garden", "ana"), errs.Conflict, "group.last_admin")
		want(t, h.RemoveMember(h.ctx, access.System(), "garden", "ana"), errs.Conflict, "group.last_admin")
		_, err = h.SetRole(h.ctx, ana, "garden", "ben", access.Admin)
		h.must(err)
		h.must(h.Leave(h.ctx, ana, "garden"))
		want(t, h.Leave(h.ctx, h.who["ben"], "garden"), errs.Conflict, "group.last_admin")
	})
}

func TestOfManyAdminsWhoLeaveAtOnceOneStays(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for _, name := range []string{"mo", "ben"} {
			_, err := h.SetRole(h.ctx, access.System(), "garden", name, access.Admin)
			h.must(err)
		}
		var wg sync.WaitGroup
		failed := make([]error, 3)
		for i, name := range []string{"ana", "mo", "ben"} {
			wg.Go(func() { failed[i] = h.Leave(h.ctx, h.who[name], "garden") })
		}
		wg.Wait()
		stayed := 0
		for _, err := range failed {
			if err != nil {
				want(t, err, errs.Conflict, "group.last_admin")
				stayed++
			}
		}
		if g, err := h.ByHandle(h.ctx, access.System(), "garden"); err != nil || g.MemberCount != 1 || stayed != 1 {
			t.Errorf("%d members, %d stayed, %v", g.MemberCount, stayed, errors.Join(failed...))
		}
	})
}

func TestModeratorsAndAdminsAddMembers(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		ana := h.who["ana"]
		for name, code := range map[string]string{"dee": "access.members_only", "ben": "access.needs_moderator", "adm": "access.members_only"} {
			_, err := h.AddMember(h.ctx, h.who[name], "garden", "dee", access.Member)
			want(t, err, errs.Forbidden, code)
		}
		_, err := h.AddMember(h.ctx, h.who["mo"], "garden", "dee", access.Admin)
		wantField(t, err, "role", "group.role_above_own")
		m, err := h.AddMember(h.ctx, ana, "garden", "@Dee", access.Moderator)
		if err != nil || m.Person.Handle != "dee" || m.Role != access.Moderator || !m.Since.Equal(h.now()) {
			t.Errorf("%+v, %v", m, err)
		}
		if e := h.last("garden"); e.Kind != event.MemberJoined || e.Subject != h.who["dee"].Person || e.Actor != ana.Person || string(e.Data) != `{"role":"moderator"}` {
			t.Errorf("event %+v %s", e, e.Data)
		}
		_, err = h.AddMember(h.ctx, ana, "garden", "dee", access.Admin)
		want(t, err, errs.Conflict, "group.already_member")
		_, err = h.AddMember(h.ctx, ana, "garden", "nobody", "king")
		wantField(t, err, "user", "field.unknown")
		wantField(t, err, "role", "field.choose")
	})
}

func TestAdminsSetRolesAndModeratorsRemoveMembers(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		ana := h.who["ana"]
		_, err := h.SetRole(h.ctx, h.who["mo"], "garden", "ben", access.Moderator)
		want(t, err, errs.Forbidden, "access.needs_admin")
		_, err = h.SetRole(h.ctx, h.who["mo"], "garden", "mo", access.Admin)
		want(t, err, errs.Forbidden, "access.needs_admin")
		want(t, h.RemoveMember(h.ctx, h.who["ben"], "garden", "ben"), errs.Forbidden, "access.needs_moderator")
		want(t, h.RemoveMember(h.ctx, h.who["mo"], "garden", "ana"), errs.Forbidden, "access.not_below")
		want(t, h.RemoveMember(h.ctx, h.who["mo"], "garden", "mo"), errs.Forbidden, "access.not_below")
		h.told()
		m, err := h.SetRole(h.ctx, ana, "garden", "ben", access.Moderator)
		if err != nil || m.Role != access.Moderator {
			t.Errorf("%+v, %v", m, err)
		}
		e := h.last("garden")
		if e.Kind != event.MemberChanged || e.Subject != h.who["ben"].Person || string(e.Data) != `{"role":"moderator"}` {
			t.Errorf("event %+v %s", e, e.Data)
		}
		if _, err := h.SetRole(h.ctx, ana, "garden", "ben", access.Moderator); err != nil || h.last("garden").Seq != e.Seq {
			t.Errorf("the same role again: %v, or an event for nothing", err)
		}
		if told := h.told(); len(told) != 1 || told[0].Person != h.who["ben"].Person {
			t.Errorf("told %v", told)
		}
		_, err = h.SetRole(h.ctx, ana, "garden", "dee", access.Member)
		want(t, err, errs.NotFound, "group.not_a_member")
		_, err = h.SetRole(h.ctx, ana, "garden", "ben", access.NoRole)
		wantField(t, err, "role", "field.choose")
		want(t, h.RemoveMember(h.ctx, ana, "garden", "dee"), errs.NotFound, "group.not_a_member")
		want(t, h.RemoveMember(h.ctx, ana, "garden", "nobody"), errs.NotFound, "group.not_a_member")
		want(t, h.RemoveMember(h.ctx, h.who["mo"], "garden", "ben"), errs.Forbidden, "access.not_below")
		_, err = h.SetRole(h.ctx, ana, "garden", "ben", access.Member)
		h.must(err)
		h.address("ben")
		h.must(h.RemoveMember(h.ctx, h.who["mo"], "garden", "ben"))
		if l := h.letters(); len(l) != 1 || l[0].Kind != "removed" || l[0].To.Email != "ben@example.org" || l[0].Args["Group"] != "The garden" {
			t.Errorf("letters %+v", l)
		}
		if role := h.role("garden", "ben"); role != access.NoRole {
			t.Errorf("role %q", role)
		}
	})
}

func TestMembersAreListedByRoleAndThenByWhenTheyCame(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for i := range 3 {
			name := fmt.Sprint("late", i)
			h.addPerson(name)
			h.add("garden", name, access.Member)
		}
		h.addPerson("boss")
		h.add("garden", "boss", access.Admin)
		wanted := []string{"ana admin", "boss admin", "mo moderator", "ben member", "late0 member", "late1 member", "late2 member"}
		for _, limit := range []int{1, 3, 100} {
			var got []string
			for at := (page.Page{Limit: limit}); ; {
				list, err := h.Members(h.ctx, h.who["ben"], "garden", at)
				h.must(err)
				for _, m := range list.Items {
					got = append(got, m.Person.Handle+" "+string(m.Role))
				}
				if at.Cursor = list.Next; list.Next == "" {
					break
				}
			}
			if !slices.Equal(got, wanted) {
				t.Errorf("%d a page: %v; want %v", limit, got, wanted)
			}
		}
		for _, handle := range []string{"garden", "board"} {
			_, err := h.Members(h.ctx, h.who["dee"], handle, page.Page{})
			want(t, err, errs.Forbidden, "access.members_only")
			_, err = h.Members(h.ctx, access.Visitor(), handle, page.Page{})
			want(t, err, errs.Unauthenticated, "access.sign_in")
		}
		_, err := h.Members(h.ctx, h.who["ben"], "garden", page.Page{Cursor: page.Encode(1, 2)})
		wantField(t, err, "cursor", "field.cursor")
	})
}

func TestOneWhoLeftDoesNotComeBackByTheirOwnInvitation(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		for name, end := range map[string]func() error{
			"leave":  func() error { return h.Leave(h.ctx, h.who["mo"], "board") },
			"remove": func() error { return h.RemoveMember(h.ctx, h.who["ana"], "board", "mo") },
			"lower":  func() error { return second(h.SetRole(h.ctx, h.who["ana"], "board", "mo", access.Member)) },
		} {
			mine, _, err := h.Invite(h.ctx, h.who["mo"], "board", group.NewInvitation{Role: access.Moderator})
			h.must(err)
			others, _, err := h.Invite(h.ctx, h.who["ana"], "board", group.NewInvitation{})
			h.must(err)
			h.must(end())
			_, err = h.Accept(h.ctx, h.who["mo"], mine)
			if h.role("board", "mo").AtLeast(access.Moderator) {
				t.Errorf("%s: mo is a moderator again", name)
			}
			want(t, err, errs.Gone, "group.invitation_revoked")
			if _, _, err := h.Invited(h.ctx, others); err != nil {
				t.Errorf("%s: Ana's invitation: %v", name, err)
			}
			if h.role("board", "mo").Valid() {
				_, err = h.SetRole(h.ctx, access.System(), "board", "mo", access.Moderator)
			} else {
				_, err = h.AddMember(h.ctx, access.System(), "board", "mo", access.Moderator)
			}
			h.must(err)
		}
	})
}
