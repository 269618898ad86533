package theme

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/likeness"
	"plenary/pkg/store"
)

// How much alike a new theme and one that is there have to be.
const (
	WorthShowing = likeness.Similar // while somebody types
	NearlySame   = 0.75             // to ask, before it is put forward, whether it has to be another one
)

const (
	similarMost  = 5  // themes named at once
	indexesKept  = 64 // threads whose themes are kept ready for comparing
	shortestText = 3  // letters from which on it is worth looking
)

// Similar is a theme that says much the same, and how much: from 0 to 1.
type Similar struct {
	Theme    Theme
	Likeness float64
}

// Similar names the themes of a thread that say much the same as what somebody is
// about to propose, the most alike first, at most five. Those that were declined,
// withdrawn or merged are left out. Errors: NotFound.
func (t *Themes) Similar(ctx context.Context, who access.Actor, threadID int64, title, description string, atLeast float64) ([]Similar, error) {
	thread, err := t.forum.Thread(ctx, who, threadID)
	if err != nil || len(strings.TrimSpace(title)) < shortestText {
		return nil, err
	}
	g := t.db.Read(ctx)
	index, err := t.compared.index(g, threadID, thread.LastSeq)
	if err != nil {
		return nil, store.Translate(err)
	}
	near := index.Nearest(title, description, similarMost, atLeast)
	if len(near) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(near))
	for i, n := range near {
		ids[i] = n.ID
	}
	found, err := find(themes(g, who).Where("th.id IN ?", ids), g, who)
	if err != nil {
		return nil, store.Translate(err)
	}
	byID := make(map[int64]Theme, len(found))
	for _, one := range found {
		byID[one.ID] = one
	}
	var out []Similar
	for _, n := range near {
		if one, ok := byID[n.ID]; ok {
			out = append(out, Similar{one, n.Likeness})
		}
	}
	return out, nil
}

// comparing keeps the themes of some threads ready for comparing, each as of an
// event of its timeline.
type comparing struct {
	mu   sync.Mutex
	kept map[int64]compared
}

type compared struct {
	seq   int64
	index *likeness.Index
}

// index is that of a thread's themes as of its newest event.
func (c *comparing) index(g *gorm.DB, threadID, seq int64) (*likeness.Index, error) {
	c.mu.Lock()
	have, ok := c.kept[threadID]
	c.mu.Unlock()
	if ok && have.seq == seq {
		return have.index, nil
	}
	made, err := indexOf(g, threadID)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= indexesKept {
		c.kept = map[int64]compared{} // simply begin anew: an index is soon made again
	}
	c.kept[threadID] = compared{seq, made}
	return made, nil
}

func indexOf(g *gorm.DB, threadID int64) (*likeness.Index, error) {
	var rows []struct {
		ID                 int64
		Title, Description string
	}
	err := g.Table("themes").Select("id, title, SUBSTR(description, 1, ?) AS description", likeness.MaxBody).
		Where("thread_id = ? AND state IN ?", threadID, []access.ThemeState{access.Proposed, access.Shortlisted, access.Scheduled}).
		Order("id").Limit(MaxOnBoard).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the themes of thread %d to compare: %w", threadID, err)
	}
	items := make([]likeness.Item, len(rows))
	for i, r := range rows {
		items[i] = likeness.Item{ID: r.ID, Title: r.Title, Body: r.Description}
	}
	return likeness.NewIndex(items), nil
}
