package group

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// Bounds of groups within groups.
const (
	DepthMost     = 5   // levels, the uppermost group being the first
	subgroupsMost = 100 // of one group
)

// openness ranks visibilities: a group is never more open than the one above.
var openness = map[access.Visibility]int{access.Secret: 0, access.Closed: 1, access.Public: 2}

// above are the ids of the groups above one, the nearest first.
func above(h *gorm.DB, id int64) ([]int64, error) {
	var ids []int64
	err := h.Raw(`WITH RECURSIVE up (id, level) AS (
			SELECT g.parent_id, 1 FROM groups AS g WHERE g.id = ?
			UNION ALL SELECT g.parent_id, up.level + 1 FROM up JOIN groups AS g ON g.id = up.id WHERE up.level < 50)
		SELECT id FROM up WHERE id IS NOT NULL ORDER BY level`, id).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read what is above group %d: %w", id, err)
	}
	return ids, nil
}

// height is how many levels a group and those below it take.
func height(h *gorm.DB, id int64) (int, error) {
	var n int
	err := h.Raw(`WITH RECURSIVE down (id, level) AS (
			SELECT g.id, 1 FROM groups AS g WHERE g.id = ?
			UNION ALL SELECT g.id, down.level + 1 FROM down JOIN groups AS g ON g.parent_id = down.id WHERE down.level < 50)
		SELECT MAX(level) FROM down`, id).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("measure what is below group %d: %w", id, err)
	}
	return n, nil
}

// lockLines locks groups and all those above them in the order of their ids, in
// which every change of places does it, so that two of them cannot make a circle
// together, nor wait for each other.
func lockLines(tx *store.Tx, ids ...int64) error {
	want, err := lines(tx, ids)
	if err != nil {
		return err
	}
	var locked []int64
	if err := tx.Raw(lockInOrder(tx), want).Scan(&locked).Error; err != nil {
		return fmt.Errorf("lock groups %v: %w", want, err)
	}
	now, err := lines(tx, ids)
	if err != nil {
		return err
	}
	for _, id := range now {
		if !slices.Contains(locked, id) {
			return errs.New(errs.Conflict, "group.moved_meanwhile")
		}
	}
	return nil
}

func lockInOrder(tx *store.Tx) string {
	const read = "SELECT id FROM groups WHERE id IN ? ORDER BY id"
	if tx.Name() == "postgres" {
		return read + " FOR UPDATE"
	}
	return read // SQLite lets in one writer at a time
}

func lines(tx *store.Tx, ids []int64) ([]int64, error) {
	var all []int64
	for _, id := range ids {
		if id == 0 {
			continue
		}
		up, err := above(tx.DB, id)
		if err != nil {
			return nil, err
		}
		all = append(append(all, id), up...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// placeNew locks the group above a new one and judges whether the new one may
// stand there. It returns the id of the one above, 0 for none.
func (g *Groups) placeNew(tx *store.Tx, who access.Actor, in *NewGroup) (int64, error) {
	var f errs.Fields
	if in.Parent == "" {
		in.settle(access.Public)
		checkWayIn(&f, in.Visibility, in.Joining)
		return 0, f.Err()
	}
	up, err := g.parent(tx, who, in.Parent)
	if err != nil {
		return 0, err
	}
	if err := lockLines(tx, up.ID); err != nil {
		return 0, err
	}
	if up, err = take(from(tx.DB, who).Where("g.id = ?", up.ID)); err != nil {
		return 0, err
	}
	if err := access.Check(who, access.Subgroup, up.Facts()); err != nil {
		return 0, err
	}
	in.settle(up.Visibility)
	checkWayIn(&f, in.Visibility, in.Joining)
	if openness[in.Visibility] > openness[up.Visibility] {
		f.Add("visibility", "group.more_open_than_parent", errs.Args{"Parent": up.Name})
	}
	if err := f.Err(); err != nil {
		return 0, err
	}
	return up.ID, fits(tx, up, 1)
}

// parent finds the group that somebody names as the one above.
func (g *Groups) parent(tx *store.Tx, who access.Actor, handle string) (Group, error) {
	up, err := g.Find(tx.DB, who, handle)
	if up, err = readable(who, up, err); errs.Is(err, errs.NotFound) {
		var f errs.Fields
		f.Add("parent", "group.parent_unknown")
		return Group{}, f.Err()
	}
	return up, err
}

// fits judges whether there is room below a locked group for so many levels.
func fits(tx *store.Tx, up Group, levels int) error {
	over, err := above(tx.DB, up.ID)
	if err != nil {
		return err
	}
	var f errs.Fields
	if len(over)+1+levels > DepthMost {
		f.Add("parent", "group.too_deep", errs.Args{"Max": DepthMost})
		return f.Err()
	}
	var n int
	if err := tx.Raw("SELECT COUNT(*) FROM groups WHERE parent_id = ?", up.ID).Row().Scan(&n); err != nil {
		return fmt.Errorf("count the subgroups of group %d: %w", up.ID, err)
	}
	if n >= subgroupsMost {
		f.Add("parent", "group.too_many_subgroups", errs.Args{"Max": subgroupsMost})
	}
	return f.Err()
}

// touchesPlace reports whether the edit concerns other groups.
func (in GroupEdit) touchesPlace() bool {
	return in.Visibility != nil || in.Parent != nil || in.InheritsMembers != nil
}

// lockToEdit locks a group to be changed, with those that the change has to be
// judged by, and finds the group above which it is to have; nil for none.
func (g *Groups) lockToEdit(tx *store.Tx, who access.Actor, handle string, in GroupEdit) (Group, *Group, error) {
	if !in.touchesPlace() {
		found, err := g.lockFor(tx, who, access.EditGroup, handle)
		return found, nil, err
	}
	found, err := g.Find(tx.DB, who, handle)
	if err != nil {
		return Group{}, nil, err
	}
	if err := access.Check(who, access.EditGroup, found.Facts()); err != nil {
		return Group{}, nil, err
	}
	up := found.ParentID
	if in.Parent != nil {
		if up, err = g.newParent(tx, who, *in.Parent); err != nil {
			return Group{}, nil, err
		}
	}
	if err := lockLines(tx, found.ID, up); err != nil {
		return Group{}, nil, err
	}
	had := found.ParentID
	if found, err = take(from(tx.DB, who).Where("g.id = ?", found.ID)); err != nil {
		return Group{}, nil, err
	}
	if in.Parent == nil && found.ParentID != had {
		return Group{}, nil, errs.New(errs.Conflict, "group.moved_meanwhile")
	}
	if err := access.Check(who, access.EditGroup, found.Facts()); err != nil || up == 0 {
		return found, nil, err
	}
	over, err := take(from(tx.DB, who).Where("g.id = ?", up))
	return found, &over, err
}

func (g *Groups) newParent(tx *store.Tx, who access.Actor, handle string) (int64, error) {
	if handle == "" {
		return 0, nil
	}
	up, err := g.parent(tx, who, handle)
	return up.ID, err
}

// mayStand judges whether a locked group may have what the edit asks for, given
// the groups above and below it.
func (g *Groups) mayStand(tx *store.Tx, who access.Actor, found Group, up *Group, in GroupEdit) error {
	if !in.touchesPlace() {
		return nil
	}
	if up != nil && up.ID != found.ParentID {
		if err := mayMove(tx, who, found, *up); err != nil {
			return err
		}
	}
	visibility := found.Visibility
	if in.Visibility != nil {
		visibility = *in.Visibility
	}
	var f errs.Fields
	if up != nil && openness[visibility] > openness[up.Visibility] {
		field := "visibility"
		if in.Visibility == nil {
			field = "parent"
		}
		if access.May(who, access.ReadGroup, up.Facts()) {
			f.Add(field, "group.more_open_than_parent", errs.Args{"Parent": up.Name})
		} else {
			f.Add(field, "group.more_open_than_unknown_parent")
		}
		return f.Err()
	}
	return subgroupsInTheWay(tx, found, visibility)
}

// mayMove judges whether a locked group may be put below another one.
func mayMove(tx *store.Tx, who access.Actor, found, up Group) error {
	var f errs.Fields
	over, err := above(tx.DB, up.ID)
	switch {
	case err != nil:
		return err
	case up.ID == found.ID:
		f.Add("parent", "group.own_parent")
	case slices.Contains(over, found.ID):
		f.Add("parent", "group.below_itself", errs.Args{"Parent": up.Name})
	case !access.May(who, access.Subgroup, up.Facts()):
		f.Add("parent", "group.parent_needs_admin", errs.Args{"Parent": up.Name})
	}
	if err := f.Err(); err != nil {
		return err
	}
	levels, err := height(tx.DB, found.ID)
	if err != nil {
		return err
	}
	return fits(tx, up, levels)
}

// subgroupsInTheWay complains of groups below that would be seen by more people
// than the one they are in. They are all known to whoever may see their parent:
// a secret one is never in the way.
func subgroupsInTheWay(tx *store.Tx, found Group, visibility access.Visibility) error {
	if openness[visibility] >= openness[found.Visibility] {
		return nil
	}
	const named = 10
	var tooOpen []access.Visibility
	for v, n := range openness {
		if n > openness[visibility] {
			tooOpen = append(tooOpen, v)
		}
	}
	var names []string
	err := tx.Table("groups").Where("parent_id = ? AND visibility IN ?", found.ID, tooOpen).
		Order("lower(name), id").Limit(named).Pluck("name", &names).Error
	if err != nil {
		return fmt.Errorf("read the subgroups of group %d: %w", found.ID, err)
	}
	if len(names) == 0 {
		return nil
	}
	var f errs.Fields
	f.Add("visibility", "group.subgroups_in_the_way", errs.Args{"Names": strings.Join(names, ", ")})
	return f.Err()
}
