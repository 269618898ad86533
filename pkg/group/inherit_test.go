package group_test

import (
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/group"
	"plenary/pkg/store"
)

// inheriting makes a group that takes in the members of the one above.
func (h *hall) inheriting(parent, handle string) {
	h.t.Helper()
	h.must(second(h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: handle, Handle: handle, Parent: parent, InheritsMembers: true})))
}

// inherited reports whether a membership is there because of the group above.
func (h *hall) inherited(handle, person string) (is bool) {
	h.t.Helper()
	h.must(h.db.Read(h.ctx).Raw(`SELECT COALESCE((SELECT m.inherited FROM memberships AS m JOIN groups AS g ON g.id = m.group_id
		WHERE g.handle = ? AND m.person_id = ?), ?)`, handle, h.who[person].Person, false).Row().Scan(&is))
	return is
}

func (h *hall) roles(handle string, wanted map[string]access.Role) {
	h.t.Helper()
	for name, role := range wanted {
		if got := h.role(handle, name); got != role {
			h.t.Errorf("%s in %s: %q; want %q", name, handle, got, role)
		}
	}
}

func TestWhoJoinsTheGroupAboveJoinsTheOnesThatInherit(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.inheriting("garden", "beds")
		h.inheriting("beds", "roses")
		h.below("garden", "sheds", access.Public)
		h.roles("beds", map[string]access.Role{"ana": access.Admin, "mo": access.Member, "ben": access.Member, "dee": access.NoRole})
		h.roles("roses", map[string]access.Role{"ana": access.Admin, "ben": access.Member})
		h.roles("sheds", map[string]access.Role{"ben": access.NoRole})
		h.told()
		h.must(h.Join(h.ctx, h.who["dee"], "garden"))
		h.roles("roses", map[string]access.Role{"dee": access.Member})
		if !h.inherited("roses", "dee") || h.inherited("garden", "dee") {
			t.Error("which membership comes from above is not kept")
		}
		if e := h.last("roses"); e.Kind != event.MemberJoined || e.Subject != h.who["dee"].Person {
			t.Errorf("%+v", e)
		}
		if told := h.told(); len(told) != 3 {
			t.Errorf("told %v", told)
		}
		h.must(h.Leave(h.ctx, h.who["dee"], "garden"))
		h.roles("beds", map[string]access.Role{"dee": access.NoRole})
		h.roles("roses", map[string]access.Role{"dee": access.NoRole})
		token, _, err := h.Invite(h.ctx, h.who["ana"], "garden", group.NewInvitation{})
		h.must(err)
		h.must(second(h.Accept(h.ctx, h.who["dee"], token)))
		h.add("garden", "adm", access.Moderator)
		h.roles("beds", map[string]access.Role{"dee": access.Member, "adm": access.Member})
		h.must(h.RemoveMember(h.ctx, h.who["ana"], "garden", "adm"))
		h.roles("beds", map[string]access.Role{"adm": access.NoRole})
	})
}

func TestOnesOwnMembershipBelowStays(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.below("garden", "beds", access.Public)
		h.add("beds", "ben", access.Moderator)
		set := func(on bool) {
			h.must(second(h.Edit(h.ctx, h.who["ana"], "beds", group.GroupEdit{InheritsMembers: &on})))
		}
		set(true)
		h.roles("beds", map[string]access.Role{"ben": access.Moderator, "mo": access.Member})
		h.must(h.Leave(h.ctx, h.who["ben"], "garden"))
		h.roles("beds", map[string]access.Role{"ben": access.Moderator})
		set(false)
		h.must(h.Leave(h.ctx, h.who["mo"], "garden"))
		h.roles("beds", map[string]access.Role{"mo": access.Member})
		h.must(h.Join(h.ctx, h.who["dee"], "garden"))
		h.roles("beds", map[string]access.Role{"dee": access.NoRole})
	})
}

func TestAMoveTakesInTheMembersOfTheNewPlace(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.inheriting("garden", "beds")
		h.must(second(h.Create(h.ctx, h.who["ana"], group.NewGroup{Name: "Mill", Handle: "mill"})))
		h.add("mill", "dee", access.Member)
		h.must(h.moved("ana", "beds", "mill"))
		h.roles("beds", map[string]access.Role{"dee": access.Member, "ben": access.Member})
		if h.inherited("beds", "ben") || !h.inherited("beds", "dee") {
			t.Error("which members come from above is not kept")
		}
		h.must(h.moved("ana", "beds", ""))
		if g, err := h.ByHandle(h.ctx, h.who["dee"], "beds"); err != nil || g.InheritsMembers || h.inherited("beds", "dee") {
			t.Errorf("%+v, %v", g, err)
		}
	})
}

func TestWhoWasRemovedForGoodIsNotTakenIn(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		beds := h.below("garden", "beds", access.Public)
		for _, name := range []string{"ben", "dee"} {
			h.must(h.db.Write(h.ctx, banned(beds.ID, h.who[name].Person)))
		}
		h.must(second(h.Edit(h.ctx, h.who["ana"], "beds", group.GroupEdit{InheritsMembers: new(true)})))
		h.must(h.Join(h.ctx, h.who["dee"], "garden"))
		h.roles("beds", map[string]access.Role{"ben": access.NoRole, "dee": access.NoRole, "mo": access.Member})
	})
}

func TestTheLastAdminOfAGroupBelowCannotLeaveTheOneAbove(t *testing.T) {
	each(t, func(t *testing.T, h *hall) {
		h.inheriting("garden", "beds")
		h.must(second(h.SetRole(h.ctx, h.who["ana"], "beds", "ben", access.Admin)))
		h.must(h.Leave(h.ctx, h.who["ana"], "beds"))
		want(t, h.Leave(h.ctx, h.who["ben"], "garden"), errs.Conflict, "group.last_admin_below")
		h.roles("garden", map[string]access.Role{"ben": access.Member})
		h.must(h.seen("ben", "beds", access.Secret))
		want(t, h.RemoveMember(h.ctx, h.who["ana"], "garden", "ben"), errs.Conflict, "group.last_admin_in_subgroup")
	})
}

// banned writes that somebody was removed from a group for good.
func banned(groupID, person int64) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		return tx.Exec("INSERT INTO bans (group_id, person_id, reason, created_at) VALUES (?, ?, 'x', 1)", groupID, person).Error
	}
}
