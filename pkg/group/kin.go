package group

import (
	"context"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// Kin are the groups around some groups, as far as the reader may know of them.
type Kin struct {
	Parents   map[int64]Brief   // by the id of the group below
	Subgroups map[int64][]Group // by the id of the group above, by name
}

// Kin reads what stands above and below the groups, in two queries however many
// they are. Which groups these are is bounded by the caller.
func (g *Groups) Kin(ctx context.Context, who access.Actor, list []Group) (Kin, error) {
	k := Kin{Parents: map[int64]Brief{}, Subgroups: map[int64][]Group{}}
	if len(list) == 0 {
		return k, nil
	}
	var ids, above []int64
	for _, one := range list {
		ids = append(ids, one.ID)
		if one.ParentID != 0 {
			above = append(above, one.ParentID)
		}
	}
	parents, err := g.known(ctx, who, "g.id IN ?", above)
	if err != nil {
		return k, err
	}
	byID := make(map[int64]Brief, len(parents))
	for _, p := range parents {
		byID[p.ID] = p.Brief()
	}
	for _, one := range list {
		if p, ok := byID[one.ParentID]; ok {
			k.Parents[one.ID] = p
		}
	}
	below, err := g.known(ctx, who, "g.parent_id IN ?", ids)
	if err != nil {
		return k, err
	}
	for _, sub := range below {
		k.Subgroups[sub.ParentID] = append(k.Subgroups[sub.ParentID], sub)
	}
	return k, nil
}

// known lists the groups of a condition that who may know of, by name.
func (g *Groups) known(ctx context.Context, who access.Actor, condition string, ids []int64) ([]Group, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []row
	visible := access.VisibleGroups(who)
	err := from(g.db.Read(ctx), who).Where(visible.SQL, visible.Args...).Where(condition, ids).
		Order("lower(g.name), g.id").Limit(len(ids) * subgroupsMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list groups above and below others: %w", err))
	}
	return groups(rows), nil
}

// Line are the groups above a group, the uppermost first, as far up as the
// reader may know of them without a gap.
func (g *Groups) Line(ctx context.Context, who access.Actor, of Group) ([]Brief, error) {
	ids, err := above(g.db.Read(ctx), of.ID)
	if err != nil {
		return nil, store.Translate(err)
	}
	found, err := g.known(ctx, who, "g.id IN ?", ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]Brief, len(found))
	for _, one := range found {
		byID[one.ID] = one.Brief()
	}
	var line []Brief
	for _, id := range ids {
		one, known := byID[id]
		if !known {
			break
		}
		line = append([]Brief{one}, line...)
	}
	return line, nil
}

// Places lists the groups below which who may put a group, by name: those whose
// admin they are, but for the group itself. Whether there is room the move itself
// will tell.
func (g *Groups) Places(ctx context.Context, who access.Actor, of Group) ([]Brief, error) {
	mine, err := g.Mine(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []Brief
	for _, one := range mine {
		if one.ID == of.ParentID || one.ID != of.ID && access.May(who, access.Subgroup, one.Facts()) {
			out = append(out, one.Brief())
		}
	}
	return out, nil
}
