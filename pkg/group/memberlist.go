package group

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// MembersQuery chooses members of a group.
type MembersQuery struct {
	Text      string      // looked for in names, handles, affiliations and titles; empty: all
	Role      access.Role // empty: all
	Delegates bool        // only delegates
	page.Page
}

// Members lists the members of a group: admins first, then moderators, then
// the others, each in the order in which they came.
func (g *Groups) Members(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[Membership], error) {
	return g.FindMembers(ctx, who, handle, MembersQuery{Page: at})
}

// FindMembers is Members for those that the query chooses.
func (g *Groups) FindMembers(ctx context.Context, who access.Actor, handle string, q MembersQuery) (page.List[Membership], error) {
	none := page.List[Membership]{}
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return none, err
	}
	if err := access.Check(who, access.ReadMembers, found.Facts()); err != nil {
		return none, err
	}
	after, err := page.Decode(q.Cursor, 3)
	if err != nil {
		return none, err
	}
	const byRole = "CASE m.role WHEN 'admin' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END"
	list := q.in(members(g.db.Read(ctx), found.ID))
	if after != nil { // the cast lets PostgreSQL take any number from a cursor that was made up
		list = list.Where("("+byRole+", m.created_at, m.person_id) > (CAST(? AS BIGINT), ?, ?)", after[0], after[1], after[2])
	}
	var rows []memberRow
	if err := list.Order(byRole + ", m.created_at, m.person_id").Limit(q.Size() + 1).Find(&rows).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list the members of group %d: %w", found.ID, err))
	}
	cut := page.Cut(q.Page, rows, memberRow.key)
	out := page.List[Membership]{Next: cut.Next}
	for _, r := range cut.Items {
		out.Items = append(out.Items, r.membership())
	}
	return out, nil
}

// in narrows a list of memberships AS m of people AS p.
func (q MembersQuery) in(list *gorm.DB) *gorm.DB {
	if q.Role != access.NoRole {
		list = list.Where("m.role = ?", q.Role)
	}
	if q.Delegates {
		list = list.Where("m.delegate = ?", true)
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(q.Text, ""), "\x00", "")
	if text = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "@")); text != "" {
		part := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
		list = list.Where(`(p.handle LIKE ? ESCAPE '!' OR lower(p.name) LIKE ? ESCAPE '!' OR lower(p.affiliation) LIKE ? ESCAPE '!'
			OR lower(m.title) LIKE ? ESCAPE '!')`, part, part, part, part)
	}
	return list
}

// members are the memberships AS m of a group, with their people AS p.
func members(h *gorm.DB, groupID int64) *gorm.DB {
	return h.Table("memberships AS m").
		Select("m.role, m.created_at, m.title AS held_title, m.delegate, m.inherited, m.votes, p.id, p.handle, p.name, p.affiliation").
		Joins("JOIN people AS p ON p.id = m.person_id").Where("m.group_id = ?", groupID)
}

type memberRow struct {
	Role      access.Role
	CreatedAt store.Time
	HeldTitle string
	Delegate  bool
	Inherited bool
	Votes     int64
	Person    person.Brief `gorm:"embedded"`
}

func (r memberRow) membership() Membership {
	return Membership{Person: r.Person, Role: r.Role, Since: r.CreatedAt.Time, Title: r.HeldTitle, Delegate: r.Delegate, Inherited: r.Inherited, Votes: r.Votes}
}

func (r memberRow) key() []int64 {
	byRole := map[access.Role]int64{access.Admin: 0, access.Moderator: 1, access.Member: 2}
	return []int64{byRole[r.Role], r.CreatedAt.UnixMicro(), r.Person.ID}
}

// Shared is a group that two people are both members of, and what one of them
// is there.
type Shared struct {
	Group Brief
	Role  access.Role
	Title string
}

// InCommon lists the groups that the actor shares with somebody, by name, with
// what that person is there. Of oneself they are all of one's groups; a visitor
// shares none.
func (g *Groups) InCommon(ctx context.Context, who access.Actor, personID int64) ([]Shared, error) {
	var rows []struct {
		ID         int64
		Handle     string
		Name       string
		Visibility access.Visibility
		Role       access.Role
		Title      string
	}
	err := g.db.Read(ctx).Table("memberships AS m").Select("g.id, g.handle, g.name, g.visibility, m.role, m.title").
		Joins("JOIN groups AS g ON g.id = m.group_id").
		Joins("JOIN memberships AS own ON own.group_id = m.group_id AND own.person_id = ?", who.Person).
		Where("m.person_id = ? AND (g.only_provider_id IS NULL OR g.only_provider_id = ?)", personID, who.Provider).
		Order("lower(g.name), g.id").Limit(mineMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the groups of person %d: %w", personID, err))
	}
	out := make([]Shared, len(rows))
	for i, r := range rows {
		out[i] = Shared{Brief{r.ID, r.Handle, r.Name, r.Visibility}, r.Role, r.Title}
	}
	return out, nil
}
