package theme

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// Group is an overarching theme with what stands under it.
type Group struct {
	Theme
	Parts []Theme
}

// maxGroups bounds how many overarching themes, and how many of their parts, are
// arranged.
const maxGroups = 500

// Arranged reads the themes of a thread that have a part to play as they are
// grouped: the overarching ones with their parts, and a page of those that stand
// alone, the most supported first, with the cursor of the next page. Errors:
// NotFound; Invalid with field cursor.
func (t *Themes) Arranged(ctx context.Context, who access.Actor, threadID int64, cursor string) (groups []Group, loose []Theme, next string, err error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return nil, nil, "", err
	}
	g := t.db.Read(ctx)
	const above = "EXISTS (SELECT 1 FROM themes AS pt WHERE pt.under_id = th.id AND pt.state IN " + playing + ")"
	heads, err := find(themes(g, who).Where("th.thread_id = ? AND th.state IN "+playing+" AND "+above, threadID).
		Order("th.support_count DESC, th.id").Limit(maxGroups), g, who)
	if err != nil {
		return nil, nil, "", store.Translate(err)
	}
	parts, err := find(themes(g, who).Where("th.thread_id = ? AND th.state IN "+playing+" AND ov.id IS NOT NULL", threadID).
		Order("th.support_count DESC, th.id").Limit(maxGroups), g, who)
	if err != nil {
		return nil, nil, "", store.Translate(err)
	}
	below := map[int64][]Theme{}
	for _, part := range parts {
		below[part.Under.ID] = append(below[part.Under.ID], part)
	}
	for _, head := range heads {
		groups = append(groups, Group{head, below[head.ID]})
	}
	alone := themes(g, who).Where("th.thread_id = ? AND th.state IN ('proposed', 'shortlisted') AND ov.id IS NULL AND NOT "+above, threadID)
	list, err := bySupport(alone, g, who, page.Page{Limit: page.Max, Cursor: cursor})
	return groups, list.Items, list.Next, err
}
