package group

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Overview is a group as administrators of the forum see it. Of a secret group
// that they are not in they see that it is there, and nothing that it is called.
type Overview struct {
	ID           int64
	Handle, Name string // empty for a secret group
	Visibility   access.Visibility
	MemberCount  int
	CreatedAt    time.Time
	LastActivity *time.Time     // in its discussions; nil where there are none, or it is secret
	Admins       []person.Brief // at most a few; none for a secret group
}

// Hidden reports whether the group's name is not for this reader.
func (o Overview) Hidden() bool { return o.Handle == "" }

type overviewRow struct {
	ID           int64
	Handle, Name string
	Visibility   access.Visibility
	CreatedAt    store.Time
	MemberCount  int
	LastActivity *store.Time
	Mine         bool
}

func (r overviewRow) overview() Overview {
	o := Overview{ID: r.ID, Handle: r.Handle, Name: r.Name, Visibility: r.Visibility, MemberCount: r.MemberCount, CreatedAt: r.CreatedAt.Time}
	if r.Visibility == access.Secret && !r.Mine {
		o.Handle, o.Name = "", ""
		return o
	}
	if r.LastActivity != nil {
		o.LastActivity = &r.LastActivity.Time
	}
	return o
}

// All lists all groups of the forum for an administrator, the newest first.
func (g *Groups) All(ctx context.Context, who access.Actor, at page.Page) (page.List[Overview], error) {
	none := page.List[Overview]{}
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return none, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	q := g.db.Read(ctx).Table("groups AS g").Select(`g.id, g.handle, g.name, g.visibility, g.created_at,
		(SELECT COUNT(*) FROM memberships AS c WHERE c.group_id = g.id) AS member_count,
		(SELECT MAX(t.last_activity_at) FROM threads AS t WHERE t.group_id = g.id) AS last_activity,
		EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = g.id AND m.person_id = ?) AS mine`, who.Person)
	if after != nil {
		q = q.Where("g.id < ?", after[0])
	}
	var rows []overviewRow
	if err := q.Order("g.id DESC").Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list all groups: %w", err))
	}
	cut := page.Cut(at, rows, func(r overviewRow) []int64 { return []int64{r.ID} })
	list := page.List[Overview]{Next: cut.Next}
	for _, r := range cut.Items {
		list.Items = append(list.Items, r.overview())
	}
	return list, g.addAdmins(ctx, list.Items)
}

// adminsShown is how many admins of a group stand in the overview.
const adminsShown = 5

func (g *Groups) addAdmins(ctx context.Context, list []Overview) error {
	at := map[int64]*Overview{}
	var ids []int64
	for i := range list {
		if !list[i].Hidden() {
			at[list[i].ID] = &list[i]
			ids = append(ids, list[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []struct {
		GroupID int64
		Person  person.Brief `gorm:"embedded"`
	}
	err := g.db.Read(ctx).Table("memberships AS m").Select("m.group_id, p.id, p.handle, p.name, p.affiliation, p.picture").
		Joins("JOIN people AS p ON p.id = m.person_id").Where("m.group_id IN ? AND m.role = 'admin'", ids).
		Order("m.group_id, m.created_at, m.person_id").Find(&rows).Error
	if err != nil {
		return store.Translate(fmt.Errorf("list the admins of groups: %w", err))
	}
	for _, r := range rows {
		if o := at[r.GroupID]; len(o.Admins) < adminsShown {
			o.Admins = append(o.Admins, r.Person)
		}
	}
	return nil
}

// Belonging is a group that somebody is in, as another one sees it.
type Belonging struct {
	Group Brief // empty but for ID and Visibility where the reader may not know its name
	Role  access.Role
	Since time.Time
	Mine  bool // the reader is in it, too
}

// OfPerson lists the groups that a person is a member of, by name. Of secret
// ones that who is not in, who sees nothing; an administrator sees that they are
// there.
func (g *Groups) OfPerson(ctx context.Context, who access.Actor, member int64) ([]Belonging, error) {
	visible := access.VisibleGroups(who)
	if who.Administrator {
		visible = access.VisibleGroups(access.System())
	}
	var rows []struct {
		ID           int64
		Handle, Name string
		Visibility   access.Visibility
		Role         access.Role
		Since        store.Time
		Mine         bool
	}
	err := g.db.Read(ctx).Table("memberships AS m").Select(`g.id, g.handle, g.name, g.visibility, m.role, m.created_at AS since,
		EXISTS (SELECT 1 FROM memberships AS o WHERE o.group_id = g.id AND o.person_id = ?) AS mine`, who.Person).
		Joins("JOIN groups AS g ON g.id = m.group_id").Where("m.person_id = ?", member).Where(visible.SQL, visible.Args...).
		Order("lower(g.name), g.id").Limit(mineMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the groups of person %d: %w", member, err))
	}
	out := make([]Belonging, len(rows))
	for i, r := range rows {
		out[i] = Belonging{Group: Brief{ID: r.ID, Handle: r.Handle, Name: r.Name, Visibility: r.Visibility}, Role: r.Role, Since: r.Since.Time, Mine: r.Mine}
		if r.Visibility == access.Secret && !r.Mine {
			out[i].Group.Handle, out[i].Group.Name = "", ""
		}
	}
	return out, nil
}

// Forget ends all memberships of somebody who is being erased, and the
// invitations that they made. That somebody else is admin, the caller has seen
// to.
func (g *Groups) Forget(tx *store.Tx, member int64) error {
	var ids []int64
	err := tx.Raw("DELETE FROM memberships WHERE person_id = ? RETURNING group_id", member).Scan(&ids).Error
	if err != nil {
		return fmt.Errorf("end the memberships of person %d: %w", member, err)
	}
	for _, id := range ids {
		if err := g.revokeBeyond(tx, id, member, access.NoRole); err != nil {
			return err
		}
		if err := g.happened(tx, event.MemberLeft, access.System(), id, member, access.NoRole); err != nil {
			return err
		}
	}
	return nil
}
