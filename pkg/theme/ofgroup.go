package theme

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// GroupQuery asks for themes of all the threads of a group. The zero value asks for
// all of them, the latest first.
type GroupQuery struct {
	Filter
	State  access.ThemeState // one state only; empty for all
	Thread int64             // of one thread only; 0 for all
	Order  Order             // Newest where empty; BySupport
	page.Page
}

// OfGroup lists the themes in the threads of a group that the actor may read.
// Errors: by access.ReadContent; Invalid with fields order, state, whose and q.
func (t *Themes) OfGroup(ctx context.Context, who access.Actor, handle string, q GroupQuery) (page.List[Theme], error) {
	in, err := t.inGroup(ctx, who, handle)
	if err != nil {
		return page.List[Theme]{}, err
	}
	if err := q.validate(); err != nil {
		return page.List[Theme]{}, err
	}
	g := t.db.Read(ctx)
	query := in(q.narrowed(themes(g, who), who))
	if q.Thread != 0 {
		query = query.Where("th.thread_id = ?", q.Thread)
	}
	if states := q.states(); len(states) > 0 {
		query = query.Where("th.state IN ?", states)
	}
	if len(folded(q.Search)) > 0 {
		leaves, err := leavesIn(in(g.Joins("JOIN threads AS t ON t.id = th.thread_id")).Order("th.id DESC"), who, q.Filter)
		if err != nil {
			return page.List[Theme]{}, store.Translate(err)
		}
		query = query.Where("th.id IN ?", idsIn(leaves))
	}
	if q.Order == BySupport {
		return bySupport(query, g, who, q.Page)
	}
	return newest(query, g, who, q.Page)
}

func (q GroupQuery) validate() error {
	var f errs.Fields
	if q.Order != "" && q.Order != Newest && q.Order != BySupport {
		f.Add("order", "field.choose")
	}
	q.judge(&f)
	return f.Err()
}

// states are those that are asked for; none for all.
func (q GroupQuery) states() []access.ThemeState {
	var out []access.ThemeState
	for _, s := range []access.ThemeState{access.Proposed, access.Shortlisted, access.Scheduled, access.Merged, access.Declined, access.Withdrawn} {
		if q.State == s || q.State == "" && q.Column != "" && ColumnOf(s) == q.Column {
			out = append(out, s)
		}
	}
	return out
}

// inGroup is a condition on themes AS th in threads AS t: those of a group that the
// actor may read.
func (t *Themes) inGroup(ctx context.Context, who access.Actor, handle string) (func(*gorm.DB) *gorm.DB, error) {
	home, err := t.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.ReadContent, home.Facts()); err != nil {
		return nil, err
	}
	may := access.VisibleThreads(who)
	return func(g *gorm.DB) *gorm.DB {
		return g.Where("t.id IN (SELECT x.thread_id FROM thread_groups AS x WHERE x.group_id = ?)", home.ID).Where(may.SQL, may.Args...)
	}, nil
}

// MaxThreads is how many threads of a group are offered to choose among.
const MaxThreads = 200

// ThreadsOf lists the threads of a group that have themes and that the actor may
// read, those with the latest themes first. Errors: by access.ReadContent.
func (t *Themes) ThreadsOf(ctx context.Context, who access.Actor, handle string) ([]Ref, error) {
	in, err := t.inGroup(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	var out []Ref
	err = in(t.db.Read(ctx).Table("themes AS th").Select("t.id, t.title").Joins("JOIN threads AS t ON t.id = th.thread_id")).
		Group("t.id, t.title").Order("MAX(th.id) DESC").Limit(MaxThreads).Find(&out).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the threads with themes: %w", err))
	}
	return out, nil
}
