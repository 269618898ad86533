package group

import (
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/store"
)

// takenInMost bounds how many members a group takes in at once.
const takenInMost = 20_000

// inheritance says what an edit does to the members that a group has from the
// one above.
type inheritance struct {
	ends   bool  // those who are here stay, as members of their own
	begins bool  // the members of the group above come in
	above  int64 // that group
}

// place adds the changes of where a group stands, and tells what they do to its
// members.
func (in GroupEdit) place(found Group, up *Group, set map[string]any) (inheritance, error) {
	if !in.touchesPlace() {
		return inheritance{}, nil
	}
	var above int64
	if up != nil {
		above = up.ID
	}
	moves, inherits := above != found.ParentID, found.InheritsMembers && above != 0
	if in.InheritsMembers != nil {
		inherits = *in.InheritsMembers
	}
	if inherits && above == 0 {
		var f errs.Fields
		f.Add("inherits_members", "group.nothing_to_inherit")
		return inheritance{}, f.Err()
	}
	if moves {
		set["parent_id"] = orNone(above)
	}
	if inherits != found.InheritsMembers {
		set["inherits_members"] = inherits
	}
	return inheritance{
		ends:   found.InheritsMembers && (moves || !inherits),
		begins: inherits && (moves || !found.InheritsMembers),
		above:  above,
	}, nil
}

// inheritAnew follows a change of what a locked group has from the one above.
func (g *Groups) inheritAnew(tx *store.Tx, id int64, what inheritance) error {
	if what.ends {
		if err := tx.Exec("UPDATE memberships SET inherited = ? WHERE group_id = ? AND inherited = ?", false, id, true).Error; err != nil {
			return fmt.Errorf("end what group %d inherits: %w", id, err)
		}
	}
	if !what.begins {
		return nil
	}
	return g.takeIn(tx, id, what.above)
}

// takeIn makes all members of the group above members here, and in the groups
// below that inherit in turn. Who was removed for good stays outside. They come
// together: the timeline does not list them one by one.
func (g *Groups) takeIn(tx *store.Tx, id, above int64) error {
	var n int64
	if err := tx.Raw("SELECT COUNT(*) FROM memberships WHERE group_id = ?", above).Row().Scan(&n); err != nil {
		return fmt.Errorf("count the members of group %d: %w", above, err)
	}
	if n > takenInMost {
		return errs.New(errs.Conflict, "group.too_many_to_take_in", errs.Args{"Max": takenInMost})
	}
	err := tx.Exec(`INSERT INTO memberships (group_id, person_id, role, created_at, inherited)
		SELECT g.id, m.person_id, 'member', CAST(? AS BIGINT), g.inherits_members FROM memberships AS m JOIN groups AS g ON g.id = ?
		WHERE m.group_id = ? AND NOT EXISTS (SELECT 1 FROM bans AS b WHERE b.group_id = g.id AND b.person_id = m.person_id)
		ON CONFLICT DO NOTHING`, store.At(g.now()), id, above).Error
	if err != nil {
		return fmt.Errorf("take the members of group %d into group %d: %w", above, id, err)
	}
	below, err := g.inheriting(tx, id)
	if err != nil {
		return err
	}
	for _, sub := range below {
		if err := g.takeIn(tx, sub, id); err != nil {
			return err
		}
		g.rightsChanged(tx, sub, 0)
	}
	return nil
}

// inheriting are the groups below one that take in its members.
func (g *Groups) inheriting(tx *store.Tx, id int64) ([]int64, error) {
	var ids []int64
	err := tx.Table("groups").Where("parent_id = ? AND inherits_members = ?", id, true).Order("id").Limit(subgroupsMost).Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read the subgroups of group %d: %w", id, err)
	}
	return ids, nil
}

// entersBelow makes who has become a member one of the groups below too that
// take in all members of this one.
func (g *Groups) entersBelow(tx *store.Tx, who access.Actor, id, member int64) error {
	below, err := g.inheriting(tx, id)
	if err != nil {
		return err
	}
	for _, sub := range below {
		done := tx.Exec(`INSERT INTO memberships (group_id, person_id, role, created_at, inherited)
			SELECT g.id, p.id, 'member', CAST(? AS BIGINT), g.inherits_members FROM groups AS g JOIN people AS p ON p.id = ?
			WHERE g.id = ? AND NOT EXISTS (SELECT 1 FROM bans AS b WHERE b.group_id = g.id AND b.person_id = p.id)
			ON CONFLICT DO NOTHING`, store.At(g.now()), member, sub)
		if done.Error != nil {
			return fmt.Errorf("enter person %d into the subgroup %d: %w", member, sub, done.Error)
		}
		if done.RowsAffected == 0 {
			continue
		}
		if err := g.happened(tx, event.MemberJoined, who, sub, member, access.Member); err != nil {
			return err
		}
	}
	return nil
}

// leavesBelow ends the memberships that somebody has only because they were a
// member of the group above. Where one of these groups would be left without an
// admin nothing is done: Conflict "group.last_admin_below".
func (g *Groups) leavesBelow(tx *store.Tx, who access.Actor, id, member int64) error {
	var below []int64
	err := tx.Table("memberships AS m").Joins("JOIN groups AS g ON g.id = m.group_id").
		Where("g.parent_id = ? AND m.person_id = ? AND m.inherited = ?", id, member, true).
		Order("g.id").Limit(subgroupsMost).Pluck("g.id", &below).Error
	if err != nil {
		return fmt.Errorf("read the inherited memberships of person %d: %w", member, err)
	}
	for _, sub := range below {
		in, err := g.lock(tx, who, sub)
		if err != nil {
			return err
		}
		err = g.remove(tx, who, in, member)
		if errs.CodeOf(err) == "group.last_admin" {
			return lastAdminBelow(who, in)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lastAdminBelow names the group that would be left alone, to who may know of it.
func lastAdminBelow(who access.Actor, in Group) error {
	if access.May(who, access.ReadGroup, in.Facts()) {
		return errs.New(errs.Conflict, "group.last_admin_below", errs.Args{"Group": in.Name})
	}
	return errs.New(errs.Conflict, "group.last_admin_in_subgroup")
}
