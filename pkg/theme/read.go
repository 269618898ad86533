package theme

import (
	"context"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// maxSupporters bounds how many people Supporters names.
const maxSupporters = 1000

// ThemesQuery chooses themes of a thread. The zero value asks for all, by
// support.
type ThemesQuery struct {
	Order  Order
	Seed   int64             // of the order Shuffled
	State  access.ThemeState // only those in this state; empty for all
	Afoot  bool              // only those that may still be supported
	Filter                   // its column is not looked at
	page.Page
}

// Theme reads a theme. Errors: NotFound where it is not there or not for this
// actor.
func (t *Themes) Theme(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	found, err := load(t.db.Read(ctx), who, id)
	if err != nil {
		return Theme{}, store.Translate(err)
	}
	if err := access.Check(who, access.ReadThread, found.facts); err != nil {
		return Theme{}, err
	}
	return found, nil
}

// OfThread lists the themes of a thread. Errors: NotFound; Invalid with fields
// order, whose, q and cursor.
func (t *Themes) OfThread(ctx context.Context, who access.Actor, threadID int64, q ThemesQuery) (page.List[Theme], error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return page.List[Theme]{}, err
	}
	var f errs.Fields
	if q.judge(&f); f != nil {
		return page.List[Theme]{}, f.Err()
	}
	return sorted(t.db.Read(ctx), who, threadID, q)
}

// OfComment lists the themes that were made out of a comment of a thread, the oldest
// first. Errors: NotFound.
func (t *Themes) OfComment(ctx context.Context, who access.Actor, threadID, comment int64) ([]Theme, error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return nil, err
	}
	g := t.db.Read(ctx)
	found, err := find(themes(g, who).Where("th.thread_id = ? AND th.from_comment_id = ?", threadID, comment).Order("th.id").Limit(MaxOnBoard), g, who)
	return found, store.Translate(err)
}

// Themes reads themes by their ids. It asks nobody's leave: the caller has
// checked the threads. Facts are those of a visitor.
func (t *Themes) Themes(ctx context.Context, ids []int64) (map[int64]Theme, error) {
	out := make(map[int64]Theme, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	g := t.db.Read(ctx)
	found, err := find(themes(g, access.Visitor()).Where("th.id IN ?", ids), g, access.Visitor())
	if err != nil {
		return nil, store.Translate(err)
	}
	for _, one := range found {
		out[one.ID] = one
	}
	return out, nil
}

// Supporters names who supports a theme, in the order in which they came, at
// most a thousand. Errors: as for Theme.
func (t *Themes) Supporters(ctx context.Context, who access.Actor, id int64) ([]person.Brief, error) {
	if _, err := t.Theme(ctx, who, id); err != nil {
		return nil, err
	}
	var out []person.Brief
	err := t.db.Read(ctx).Table("theme_supports AS s").Select("a.id, a.handle, a.name, a.affiliation, a.picture").
		Joins("JOIN people AS a ON a.id = s.person_id").Where("s.theme_id = ?", id).
		Order("s.created_at, a.id").Limit(maxSupporters).Find(&out).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the supporters of theme %d: %w", id, err))
	}
	return out, nil
}

// Mine tells which themes of a thread the actor supports. Errors: NotFound.
func (t *Themes) Mine(ctx context.Context, who access.Actor, threadID int64) (map[int64]bool, error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return nil, err
	}
	var ids []int64
	err := t.db.Read(ctx).Table("theme_supports AS s").Select("s.theme_id").Joins("JOIN themes AS th ON th.id = s.theme_id").
		Where("th.thread_id = ? AND s.person_id = ?", threadID, who.Person).Find(&ids).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list supported themes of thread %d: %w", threadID, err))
	}
	out := make(map[int64]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}

// Comments lists the comments on a theme, oldest first. Errors: as for Theme.
func (t *Themes) Comments(ctx context.Context, who access.Actor, id int64, at page.Page) (page.List[forum.Comment], error) {
	if _, err := t.Theme(ctx, who, id); err != nil {
		return page.List[forum.Comment]{}, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return page.List[forum.Comment]{}, err
	}
	query := t.db.Read(ctx).Table("comments").Select("id").Where("theme_id = ?", id)
	if after != nil {
		query = query.Where("id > ?", after[0])
	}
	var ids []int64
	if err := query.Order("id").Limit(at.Size() + 1).Find(&ids).Error; err != nil {
		return page.List[forum.Comment]{}, store.Translate(fmt.Errorf("list the comments on theme %d: %w", id, err))
	}
	cut := page.Cut(at, ids, func(id int64) []int64 { return []int64{id} })
	byID, err := t.forum.Comments(ctx, cut.Items)
	if err != nil {
		return page.List[forum.Comment]{}, err
	}
	out := page.List[forum.Comment]{Next: cut.Next}
	for _, id := range cut.Items {
		out.Items = append(out.Items, byID[id])
	}
	return out, nil
}
