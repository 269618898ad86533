package group

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Membership is a person in a group.
type Membership struct {
	Person    person.Brief
	Role      access.Role
	Since     time.Time
	Title     string // such as "treasurer"; empty where none
	Delegate  bool   // speaks here for a cooperative
	Inherited bool   // by being a member of the group above
	Votes     int64  // in polls that are weighted; 1 where nothing else was decided
}

// RoleIn reads what a person is in a group: NoRole where there is no membership.
func (g *Groups) RoleIn(h *gorm.DB, groupID, personID int64) (access.Role, error) {
	var role access.Role
	err := h.Raw("SELECT COALESCE((SELECT role FROM memberships WHERE group_id = ? AND person_id = ?), '')", groupID, personID).Row().Scan(&role)
	if err != nil {
		return access.NoRole, store.Translate(fmt.Errorf("read the role of person %d in group %d: %w", personID, groupID, err))
	}
	return role, nil
}

// Join makes who a member of a public group.
func (g *Groups) Join(ctx context.Context, who access.Actor, handle string) error {
	if !who.SignedIn() {
		// The forum itself cannot be a member either; a visitor gets the answer
		// of the rules, which may be that there is no such group.
		return g.refuseVisitor(ctx, who, access.JoinGroup, handle)
	}
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.JoinGroup, handle)
		if err != nil {
			return err
		}
		return g.enter(tx, who, found.ID, who.Person, access.Member)
	})
}

func (g *Groups) refuseVisitor(ctx context.Context, who access.Actor, do access.Action, handle string) error {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return err
	}
	if err := access.Check(who, do, found.Facts()); err != nil {
		return err
	}
	return errs.New(errs.Unauthenticated, "access.sign_in")
}

// enter writes a membership and tells of it.
func (g *Groups) enter(tx *store.Tx, who access.Actor, groupID, member int64, role access.Role) error {
	err := tx.Exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (?, ?, ?, ?)",
		groupID, member, role, store.At(g.now())).Error
	if err != nil {
		return fmt.Errorf("enter person %d into group %d: %w", member, groupID, err)
	}
	if err := g.closeRequest(tx, who, groupID, member); err != nil {
		return err
	}
	if err := g.settleInvitations(tx, groupID, member, role); err != nil {
		return err
	}
	return g.happened(tx, event.MemberJoined, who, groupID, member, role)
}

// Leave ends one's own membership. The last admin cannot leave: Conflict
// "group.last_admin".
func (g *Groups) Leave(ctx context.Context, who access.Actor, handle string) error {
	if !who.SignedIn() {
		return g.refuseVisitor(ctx, who, access.LeaveGroup, handle)
	}
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.LeaveGroup, handle)
		if err != nil {
			return err
		}
		return g.remove(tx, who, found, who.Person)
	})
}

// AddMember makes a person a member, on behalf of those whom the group lets add
// some, with at most their own role. Who is a member already is a Conflict,
// "group.already_member"; who was removed for good, "group.banned".
func (g *Groups) AddMember(ctx context.Context, who access.Actor, handle, personHandle string, role access.Role) (Membership, error) {
	c := memberChange{do: access.AddMember, group: handle, person: personHandle, role: role}
	return g.changeMember(ctx, who, c, func(tx *store.Tx, found Group, member int64) error {
		had, err := g.RoleIn(tx.DB, found.ID, member)
		if err != nil {
			return err
		}
		if had.Valid() {
			return errs.New(errs.Conflict, "group.already_member")
		}
		if !who.System {
			if err := mayGive(who, found.Role, role); err != nil {
				return err
			}
		}
		if err := notBanned(tx, found.ID, member); err != nil {
			return err
		}
		return g.enter(tx, who, found.ID, member, role)
	})
}

// notBanned complains where somebody was removed from the group for good.
func notBanned(tx *store.Tx, groupID, member int64) error {
	var banned bool
	if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM bans WHERE group_id = ? AND person_id = ?)", groupID, member).Row().Scan(&banned); err != nil {
		return fmt.Errorf("look for a ban of person %d from group %d: %w", member, groupID, err)
	}
	if banned {
		return errs.New(errs.Conflict, "group.banned")
	}
	return nil
}

// SetRole changes what a member is, on behalf of the group's admins. The last
// admin stays one: Conflict "group.last_admin".
func (g *Groups) SetRole(ctx context.Context, who access.Actor, handle, personHandle string, role access.Role) (Membership, error) {
	c := memberChange{do: access.SetRole, group: handle, person: personHandle, role: role}
	return g.changeMember(ctx, who, c, func(tx *store.Tx, found Group, member int64) error {
		return g.setRole(tx, who, found, member, role)
	})
}

// memberChange asks for a person to have a role in a group.
type memberChange struct {
	do            access.Action
	group, person string // handles
	role          access.Role
}

// changeMember does what AddMember and SetRole share around the change itself.
func (g *Groups) changeMember(ctx context.Context, who access.Actor, c memberChange, change func(tx *store.Tx, found Group, member int64) error) (Membership, error) {
	member, unknown := g.people.ByHandle(ctx, c.person)
	if unknown != nil && !errs.Is(unknown, errs.NotFound) {
		return Membership{}, unknown
	}
	var m Membership
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, c.do, c.group)
		if err != nil {
			return err
		}
		if err := checkMember(unknown == nil, c.role); err != nil {
			return err
		}
		if err := change(tx, found, member.ID); err != nil {
			return err
		}
		m, err = membership(tx.DB, found.ID, member.ID)
		return err
	})
	return m, err
}

func checkMember(known bool, role access.Role) error {
	var f errs.Fields
	if !known {
		f.Add("user", "field.unknown")
	}
	if !role.Valid() {
		f.Add("role", "field.choose")
	}
	return f.Err()
}

func membership(h *gorm.DB, groupID, member int64) (Membership, error) {
	var r memberRow
	if err := members(h, groupID).Where("m.person_id = ?", member).Take(&r).Error; err != nil {
		return Membership{}, fmt.Errorf("read the membership of person %d in group %d: %w", member, groupID, err)
	}
	return r.membership(), nil
}

// setRole changes the role of a member of a locked group.
func (g *Groups) setRole(tx *store.Tx, who access.Actor, in Group, member int64, role access.Role) error {
	had, err := g.RoleIn(tx.DB, in.ID, member)
	switch {
	case err != nil:
		return err
	case !had.Valid():
		return errs.New(errs.NotFound, "group.not_a_member")
	case had == role:
		return nil
	case had == access.Admin:
		if err := otherAdmin(tx, in.ID, member); err != nil {
			return err
		}
	}
	if err := tx.Exec("UPDATE memberships SET role = ? WHERE group_id = ? AND person_id = ?", role, in.ID, member).Error; err != nil {
		return fmt.Errorf("set the role of person %d in group %d: %w", member, in.ID, err)
	}
	if err := g.revokeBeyond(tx, in.ID, member, role); err != nil {
		return err
	}
	return g.happened(tx, event.MemberChanged, who, in.ID, member, role)
}

// RemoveMember ends the membership of somebody with a lower role than the
// actor's; admins can end everybody's. Errors: by access.Remove and
// access.CheckOver; NotFound "group.not_a_member"; Conflict "group.last_admin".
func (g *Groups) RemoveMember(ctx context.Context, who access.Actor, handle, personHandle string) error {
	return g.toMember(ctx, who, access.Remove, handle, personHandle, func(tx *store.Tx, found Group, member person.Person) error {
		had, err := g.RoleIn(tx.DB, found.ID, member.ID)
		switch {
		case err != nil:
			return err
		case !had.Valid():
			return errs.New(errs.NotFound, "group.not_a_member")
		}
		if err := access.CheckOver(who, found.Facts(), had); err != nil {
			return err
		}
		if err := g.remove(tx, who, found, member.ID); err != nil {
			return err
		}
		return g.tell(tx, member, mail.Letter{Kind: "removed", Args: map[string]string{"Group": found.Name}})
	})
}

// toMember runs an action against a person, in the locked group. It is NotFound
// "group.not_a_member" where there is no such person.
func (g *Groups) toMember(ctx context.Context, who access.Actor, do access.Action, handle, personHandle string, act func(tx *store.Tx, found Group, member person.Person) error) error {
	member, unknown := g.people.ByHandle(ctx, personHandle)
	if unknown != nil && !errs.Is(unknown, errs.NotFound) {
		return unknown
	}
	return g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, do, handle)
		if err != nil {
			return err
		}
		if unknown != nil {
			return errs.New(errs.NotFound, "group.not_a_member")
		}
		return act(tx, found, member)
	})
}

// remove ends a membership in a locked group, and the invitations that the
// person has made, which would lead back in.
func (g *Groups) remove(tx *store.Tx, who access.Actor, from Group, member int64) error {
	had, err := g.RoleIn(tx.DB, from.ID, member)
	switch {
	case err != nil:
		return err
	case !had.Valid():
		return errs.New(errs.NotFound, "group.not_a_member")
	case had == access.Admin:
		if err := otherAdmin(tx, from.ID, member); err != nil {
			return err
		}
	}
	if err := tx.Exec("DELETE FROM memberships WHERE group_id = ? AND person_id = ?", from.ID, member).Error; err != nil {
		return fmt.Errorf("remove person %d from group %d: %w", member, from.ID, err)
	}
	if err := g.revokeBeyond(tx, from.ID, member, access.NoRole); err != nil {
		return err
	}
	return g.happened(tx, event.MemberLeft, who, from.ID, member, access.NoRole)
}

// otherAdmin complains where nobody but the member is an admin. The group has to
// be locked.
func otherAdmin(tx *store.Tx, groupID, member int64) error {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM memberships WHERE group_id = ? AND role = 'admin' AND person_id <> ?", groupID, member).Row().Scan(&n)
	if err != nil {
		return fmt.Errorf("count the admins of group %d: %w", groupID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "group.last_admin")
	}
	return nil
}
