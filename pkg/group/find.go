package group

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// mineMost bounds how many groups of one person are listed.
const mineMost = 200

// row is a group as stored, with what concerns its viewer.
type row struct {
	ID          int64
	Handle      string
	Name        string
	Description string
	Visibility  access.Visibility
	MemberCount int
	CreatedAt   store.Time
	LastSeq     int64
	Role        access.Role

	Joining         access.Joining
	JoinQuestion    string
	Permissions     access.Permissions
	OnErasure       string
	Picture         string
	OnlyProviderID  *int64
	ParentID        *int64
	InheritsMembers bool
	Banned          bool
	Asked           bool
	ProxyLimit      int
	MergeHours      int
}

func (r row) group() Group {
	g := Group{ID: r.ID, Handle: r.Handle, Name: r.Name, Description: r.Description, Visibility: r.Visibility,
		MemberCount: r.MemberCount, CreatedAt: r.CreatedAt.Time, LastSeq: r.LastSeq, Role: r.Role,
		Joining: r.Joining, JoinQuestion: r.JoinQuestion, Permissions: r.Permissions, OnErasure: r.OnErasure, Picture: r.Picture,
		InheritsMembers: r.InheritsMembers, Banned: r.Banned, Asked: r.Asked, ProxyLimit: r.ProxyLimit, MergeHours: r.MergeHours}
	if r.OnlyProviderID != nil {
		g.OnlyProvider = *r.OnlyProviderID
	}
	if r.ParentID != nil {
		g.ParentID = *r.ParentID
	}
	return g
}

// from are groups AS g with the viewer's membership AS m.
func from(h *gorm.DB, who access.Actor) *gorm.DB {
	return h.Table("groups AS g").
		Select(`g.id, g.handle, g.name, g.description, g.visibility, g.created_at, g.last_seq, g.joining, g.join_question, g.permissions,
			g.on_erasure, g.picture, g.only_provider_id, g.parent_id, g.inherits_members, g.proxy_limit, g.merge_hours, `+access.RoleColumn+` AS role,
			(SELECT COUNT(*) FROM memberships AS c WHERE c.group_id = g.id) AS member_count,
			EXISTS (SELECT 1 FROM bans AS b WHERE b.group_id = g.id AND b.person_id = ?) AS banned,
			EXISTS (SELECT 1 FROM join_requests AS j WHERE j.group_id = g.id AND j.person_id = ? AND j.decision = '') AS asked`,
			who.Provider, who.Person, who.Person).
		Joins("LEFT JOIN memberships AS m ON m.group_id = g.id AND m.person_id = ?", who.Person)
}

// Find reads a group as the viewer meets it. It does not judge whether the viewer may know of it: the caller asks access.Check with
// the group's facts.
func (g *Groups) Find(h *gorm.DB, who access.Actor, handle string) (Group, error) {
	var f errs.Fields
	if handle = plain.Handle(&f, "handle", handle); f != nil {
		return Group{}, errs.New(errs.NotFound, "error.not_found")
	}
	return take(from(h, who).Where("g.handle = ?", handle))
}

func take(q *gorm.DB) (Group, error) {
	var r row
	if err := q.Take(&r).Error; err != nil {
		return Group{}, store.Translate(fmt.Errorf("read a group: %w", err))
	}
	return r.group(), nil
}

// lock reads a group inside a write and holds it until the commit, so that what
// is decided about its members stays true meanwhile.
func (g *Groups) lock(tx *store.Tx, who access.Actor, id int64) (Group, error) {
	var locked int64
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Table("groups").Select("id").Where("id = ?", id).Take(&locked).Error
	if err != nil {
		return Group{}, fmt.Errorf("lock group %d: %w", id, err)
	}
	return take(from(tx.DB, who).Where("g.id = ?", id))
}

// lockFor is lock by handle, and the question whether who may do the action.
func (g *Groups) lockFor(tx *store.Tx, who access.Actor, do access.Action, handle string) (Group, error) {
	found, err := g.Find(tx.DB, who, handle)
	if err != nil {
		return Group{}, err
	}
	if found, err = g.lock(tx, who, found.ID); err != nil {
		return Group{}, err
	}
	return found, access.Check(who, do, found.Facts())
}

// LockFor reads a group inside a write, holds it until the commit, and asks
// whether who may do the action in it.
func (g *Groups) LockFor(tx *store.Tx, who access.Actor, do access.Action, handle string) (Group, error) {
	return g.lockFor(tx, who, do, handle)
}

// LockByID is lock for those who have asked for leave elsewhere.
func (g *Groups) LockByID(tx *store.Tx, who access.Actor, id int64) (Group, error) {
	return g.lock(tx, who, id)
}

// ByHandle reads a group; NotFound where there is none that who may know of.
func (g *Groups) ByHandle(ctx context.Context, who access.Actor, handle string) (Group, error) {
	found, err := g.Find(g.db.Read(ctx), who, handle)
	return readable(who, found, err)
}

// ByID is ByHandle by the group's id.
func (g *Groups) ByID(ctx context.Context, who access.Actor, id int64) (Group, error) {
	found, err := take(from(g.db.Read(ctx), who).Where("g.id = ?", id))
	return readable(who, found, err)
}

func readable(who access.Actor, found Group, err error) (Group, error) {
	if err != nil {
		return Group{}, err
	}
	if err := access.Check(who, access.ReadGroup, found.Facts()); err != nil {
		return Group{}, err
	}
	return found, nil
}

// List lists the groups that who may know of: one's own first, each part in the
// order in which the groups were made.
func (g *Groups) List(ctx context.Context, who access.Actor, at page.Page) (page.List[Group], error) {
	return g.Search(ctx, who, "", at)
}

// Search is List of the groups whose name or handle has the words in it.
func (g *Groups) Search(ctx context.Context, who access.Actor, words string, at page.Page) (page.List[Group], error) {
	none := page.List[Group]{}
	var f errs.Fields
	if words = plain.Line(&f, "q", words, false, nameMax); f != nil {
		return none, f.Err()
	}
	after, err := page.Decode(at.Cursor, 2)
	if err != nil {
		return none, err
	}
	const others = "CASE WHEN m.person_id IS NULL THEN 1 ELSE 0 END"
	visible := access.VisibleGroups(who)
	q := from(g.db.Read(ctx), who).Where(visible.SQL, visible.Args...)
	if words != "" {
		q = q.Where(named(words))
	}
	if after != nil { // the cast lets PostgreSQL take any number from a cursor that was made up
		q = q.Where("("+others+", g.id) > (CAST(? AS BIGINT), ?)", after[0], after[1])
	}
	var rows []row
	if err := q.Order(others + ", g.id").Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list groups: %w", err))
	}
	return page.Cut(at, groups(rows), func(g Group) []int64 {
		if g.Role.Valid() || g.Role == access.Barred {
			return []int64{0, g.ID}
		}
		return []int64{1, g.ID}
	}), nil
}

// named is the condition on groups AS g that the words stand in their name, as
// it is written or in small letters, or, without accents, in their handle.
func named(words string) any {
	like := func(s string) string {
		return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s) + "%"
	}
	handle := plain.HandleFrom(words)
	if handle == "" {
		handle = words
	}
	return gorm.Expr(`(g.name LIKE ? ESCAPE '\' OR lower(g.name) LIKE ? ESCAPE '\' OR g.handle LIKE ? ESCAPE '\')`,
		like(words), like(strings.ToLower(words)), like(handle))
}

func groups(rows []row) []Group {
	out := make([]Group, len(rows))
	for i, r := range rows {
		out[i] = r.group()
	}
	return out
}

// Mine lists the groups that who is a member of, by name. A visitor has none.
func (g *Groups) Mine(ctx context.Context, who access.Actor) ([]Group, error) {
	var rows []row
	err := from(g.db.Read(ctx), who).Where("m.person_id IS NOT NULL").Order("lower(g.name), g.id").Limit(mineMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the groups of person %d: %w", who.Person, err))
	}
	return groups(rows), nil
}
