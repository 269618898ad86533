package theme

import (
	"context"
	"fmt"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// TalkSpan says which comments on a theme are wanted: those after one, those before
// one, or the newest where neither is set.
type TalkSpan struct {
	After, Before int64 // ids of comments; 0 for none
	Limit         int   // at most page.Max
}

// Talk is a stretch of what is said about a theme, oldest first. What was deleted is
// in it, without its words.
type Talk struct {
	Comments       []forum.Comment
	Questions      map[int64]int64 // by the id of the comment that asks: that of its answer, 0 while there is none
	Earlier, Later bool            // there is more before, after it
}

// Talk reads what is said about a theme. Errors: as for Theme.
func (t *Themes) Talk(ctx context.Context, who access.Actor, id int64, span TalkSpan) (Talk, error) {
	if _, err := t.Theme(ctx, who, id); err != nil {
		return Talk{}, err
	}
	limit := min(max(span.Limit, 1), page.Max)
	q := t.db.Read(ctx).Table("comments").Select("id").Where("theme_id = ?", id)
	order := "id DESC"
	switch {
	case span.After > 0:
		q, order = q.Where("id > ?", span.After), "id"
	case span.Before > 0:
		q = q.Where("id < ?", span.Before)
	}
	var ids []int64
	if err := q.Order(order).Limit(limit + 1).Find(&ids).Error; err != nil {
		return Talk{}, store.Translate(fmt.Errorf("list the comments on theme %d: %w", id, err))
	}
	more := len(ids) > limit
	ids = ids[:min(len(ids), limit)]
	out := Talk{Earlier: span.After > 0 && len(ids) > 0, Later: span.After > 0 && more}
	if span.After == 0 {
		slices.Reverse(ids)
		out.Earlier, out.Later = more, span.Before > 0 && len(ids) > 0
	}
	byID, err := t.forum.Comments(ctx, ids)
	if err != nil {
		return Talk{}, err
	}
	for _, one := range ids {
		out.Comments = append(out.Comments, byID[one])
	}
	out.Questions, err = t.AskedIn(ctx, ids)
	return out, err
}
