package theme

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/likeness"
	"plenary/pkg/store"
)

// Bounds of what is looked through for themes that are alike.
const (
	maxCompared = 2000 // themes of a thread, the most supported
	maxAlike    = 50   // themes of one suggestion
)

// Alike is a suggestion: themes that look as if they belonged together.
type Alike struct {
	Under    Ref // the overarching theme that there is for them; zero where none
	Themes   []Theme
	Likeness float64 // from 0 to 1
	Title    string  // what their titles have in common; may be empty
}

// Alike suggests groups of the themes of a thread that are afoot and stand under
// nothing, the most alike first. What a convenor has judged to be apart is not
// suggested again. Errors: NotFound; by access.Convene.
func (t *Themes) Alike(ctx context.Context, who access.Actor, threadID int64) ([]Alike, error) {
	thread, err := t.forum.Thread(ctx, who, threadID)
	if err != nil {
		return nil, err
	}
	if err := mayConvene(who, thread); err != nil {
		return nil, err
	}
	g := t.db.Read(ctx)
	loose, err := find(themes(g, who).Where("th.thread_id = ? AND th.state IN ('proposed', 'shortlisted') AND ov.id IS NULL", threadID).
		Order("th.support_count DESC, th.id").Limit(maxCompared), g, who)
	if err != nil {
		return nil, store.Translate(err)
	}
	apart, err := apartIn(g, threadID)
	if err != nil {
		return nil, store.Translate(err)
	}
	return suggest(loose, apart), nil
}

// pair is two themes, the lower id first.
type pair struct{ One, Other int64 }

func apartIn(g *gorm.DB, threadID int64) (map[pair]bool, error) {
	var rows []struct{ OneID, OtherID int64 }
	err := g.Table("theme_apart AS x").Select("x.one_id, x.other_id").Joins("JOIN themes AS h ON h.id = x.one_id").
		Where("h.thread_id = ?", threadID).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read which themes of thread %d are apart: %w", threadID, err)
	}
	out := make(map[pair]bool, len(rows))
	for _, r := range rows {
		out[pair{r.OneID, r.OtherID}] = true
	}
	return out, nil
}

// suggest groups themes by likeness. No group holds two overarching ones: what is
// like one of them is suggested to stand under it.
func suggest(loose []Theme, apart map[pair]bool) []Alike {
	byID := make(map[int64]Theme, len(loose))
	items := make([]likeness.Item, len(loose))
	for i, one := range loose {
		byID[one.ID] = one
		items[i] = likeness.Item{ID: one.ID, Title: one.Title, Body: one.Description}
	}
	groups := likeness.Clusters(items, likeness.Similar, func(a, b int64) bool {
		return apart[pair{a, b}] || len(byID[a].Parts) > 0 && len(byID[b].Parts) > 0
	})
	out := make([]Alike, 0, len(groups))
	for _, group := range groups {
		one := Alike{Likeness: group.Likeness}
		var titles []string
		for _, id := range group.IDs {
			found := byID[id]
			if len(found.Parts) > 0 {
				one.Under = Ref{found.ID, found.Title}
			} else if len(one.Themes) < maxAlike {
				one.Themes, titles = append(one.Themes, found), append(titles, found.Title)
			}
		}
		one.Title = likeness.Common(titles...)
		out = append(out, one)
	}
	return out
}

// KeepApart remembers that themes of a thread look alike and do not belong
// together. Errors: NotFound; by access.Convene; Invalid with field themes.
func (t *Themes) KeepApart(ctx context.Context, who access.Actor, threadID int64, ids []int64) error {
	ids = distinct(ids)
	var f errs.Fields
	switch {
	case len(ids) < 2:
		f.Add("themes", "theme.apart_few")
	case len(ids) > maxAlike+1:
		f.Add("themes", "theme.parts_too_many", errs.Args{"Count": maxAlike})
	}
	thread, err := t.forum.Thread(ctx, who, threadID)
	if err != nil {
		return err
	}
	if err := mayConvene(who, thread); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	return t.db.Write(ctx, func(tx *store.Tx) error {
		var here int64
		if err := tx.Table("themes").Where("id IN ? AND thread_id = ?", ids, threadID).Count(&here).Error; err != nil {
			return fmt.Errorf("find themes of thread %d: %w", threadID, err)
		}
		if int(here) != len(ids) {
			f.Add("themes", "theme.not_here")
			return f.Err()
		}
		err := tx.Exec(`INSERT INTO theme_apart (one_id, other_id, by_id, at)
			SELECT a.id, b.id, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM themes AS a JOIN themes AS b ON a.id < b.id WHERE a.id IN ? AND b.id IN ?
			ON CONFLICT DO NOTHING`, orNil(who.Person), store.At(t.now()), ids, ids).Error
		if err != nil {
			return fmt.Errorf("keep %d themes apart: %w", len(ids), err)
		}
		return nil
	})
}

// maxCandidates is how many themes are offered for merging.
const maxCandidates = 300

// Candidates are the themes of the same thread that a theme could be merged into
// or put under, those most like it first and then by their support. Errors: as for
// Theme.
func (t *Themes) Candidates(ctx context.Context, who access.Actor, id int64) ([]Theme, error) {
	of, err := t.Theme(ctx, who, id)
	if err != nil {
		return nil, err
	}
	g := t.db.Read(ctx)
	others, err := find(themes(g, who).Where("th.thread_id = ? AND th.state IN ('proposed', 'shortlisted') AND th.id <> ?", of.ThreadID, id).
		Order("th.support_count DESC, th.id").Limit(maxCandidates), g, who)
	if err != nil {
		return nil, store.Translate(err)
	}
	items := make([]likeness.Item, len(others))
	for i, one := range others {
		items[i] = likeness.Item{ID: one.ID, Title: one.Title, Body: one.Description}
	}
	rank := map[int64]int{}
	near := likeness.NewIndex(items).Nearest(of.Title, of.Description, mostAlike, likeness.Similar)
	for i, n := range near {
		rank[n.ID] = i - len(near) // before all others
	}
	slices.SortStableFunc(others, func(a, b Theme) int { return cmp.Compare(rank[a.ID], rank[b.ID]) })
	return others, nil
}

// mostAlike is how many of the candidates come first because they are alike.
const mostAlike = 10
