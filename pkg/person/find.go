package person

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// ByID reads an account; NotFound where there is none.
func (p *People) ByID(ctx context.Context, id int64) (Person, error) {
	r, err := one(p.db.Read(ctx), "p.id = ?", id)
	if err != nil {
		return Person{}, store.Translate(fmt.Errorf("read person %d: %w", id, err))
	}
	return r.person(), nil
}

// ByHandle reads an account; NotFound where there is none. A handle that the
// person had before leads to them, and so does that of an account that was
// merged into theirs. An account that waits for an administrator is not there yet.
func (p *People) ByHandle(ctx context.Context, handle string) (Person, error) {
	r, err := p.rowByHandle(ctx, handle)
	return r.person(), err
}

func (p *People) rowByHandle(ctx context.Context, handle string) (row, error) {
	var f errs.Fields
	if handle = plain.Handle(&f, "handle", handle); f != nil {
		return row{}, errs.New(errs.NotFound, "error.not_found")
	}
	r, err := one(p.db.Read(ctx), `p.id = COALESCE((SELECT COALESCE(h.linked_to, h.id) FROM people AS h WHERE h.handle = ?),
		(SELECT o.target_id FROM old_handles AS o WHERE o.kind = 'person' AND o.handle = ?)) AND p.waiting_since IS NULL AND p.guest = ?`, handle, handle, false)
	if err != nil {
		return row{}, store.Translate(fmt.Errorf("read the person %q: %w", handle, err))
	}
	return r, nil
}

// Briefs reads what is shown of the people beside what they wrote, with one
// query for up to 1,000 of them. Ids of 0 and unknown ones are left out.
func (p *People) Briefs(g *gorm.DB, ids []int64) (map[int64]Brief, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
	out := make(map[int64]Brief, len(ids))
	for part := range slices.Chunk(ids, 1000) { // well below the 32,766 parameters of SQLite
		var found []Brief
		if err := g.Table("people").Select("id, handle, name, affiliation, picture").Where("id IN ?", part).Find(&found).Error; err != nil {
			return nil, store.Translate(fmt.Errorf("read people: %w", err))
		}
		for _, b := range found {
			out[b.ID] = b
		}
	}
	return out, nil
}

// List lists the accounts for an administrator, the newest first. q, where not
// empty, is looked for in names, handles and addresses. Accounts that were
// linked to another one are left out.
func (p *People) List(ctx context.Context, who access.Actor, q string, at page.Page) (page.List[Person], error) {
	none := page.List[Person]{}
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return none, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	g := p.db.Read(ctx).Table("people AS p").Select(columns).Where("p.linked_to IS NULL AND p.guest = ?", false)
	if after != nil {
		g = g.Where("p.id < ?", after[0])
	}
	if q = strings.ToLower(strings.TrimSpace(q)); q != "" {
		if !storable(q) {
			return none, nil
		}
		part := "%" + store.Literal(q) + "%"
		g = g.Where("p.handle LIKE ? ESCAPE '!' OR lower(p.name) LIKE ? ESCAPE '!' OR p.email LIKE ? ESCAPE '!'", part, part, part)
	}
	var rows []row
	if err := g.Order("p.id DESC").Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list people: %w", err))
	}
	people := make([]Person, len(rows))
	for i, r := range rows {
		people[i] = r.person()
	}
	return page.Cut(at, people, func(p Person) []int64 { return []int64{p.ID} }), nil
}

// storable reports whether both databases take the text as an argument.
func storable(s string) bool {
	return strings.ToValidUTF8(s, "") == s && !strings.Contains(s, "\x00")
}
