package poll

import (
	"context"
	"math"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// Bounds of lists that have no pages.
const (
	maxInThread = 500
	maxNeeded   = 50
)

// Poll reads a poll. Errors: NotFound where it is not there or not for this
// actor; drafts are for those who may open them.
func (p *Polls) Poll(ctx context.Context, who access.Actor, id int64) (Poll, error) {
	found, err := load(p.db.Read(ctx), who, id, p.now())
	if err != nil {
		return Poll{}, store.Translate(err)
	}
	if err := found.known(who); err != nil {
		return Poll{}, err
	}
	if found.ClosesAt != nil {
		at, err := readReminders(p.db.Read(ctx), found)
		if err != nil {
			return Poll{}, store.Translate(err)
		}
		found.Reminders = beforeClose(*found.ClosesAt, at)
	}
	whole := []Poll{found}
	if err := countNoAnswers(p.db.Read(ctx), whole); err != nil {
		return Poll{}, store.Translate(err)
	}
	return whole[0], nil
}

// OfThread lists the polls of a thread, oldest first, with those drafts that
// the actor may open.
func (p *Polls) OfThread(ctx context.Context, who access.Actor, threadID int64) ([]Poll, error) {
	if _, err := p.forum.Thread(ctx, who, threadID); err != nil {
		return nil, err
	}
	g := p.db.Read(ctx)
	all, err := find(polls(g, who).Where("p.thread_id = ?", threadID).Order("p.id").Limit(maxInThread), g, who, p.now())
	if err != nil {
		return nil, store.Translate(err)
	}
	known := all[:0]
	for _, one := range all {
		if one.known(who) == nil {
			known = append(known, one)
		}
	}
	return known, store.Translate(countNoAnswers(g, known))
}

// PollsQuery chooses polls of a group.
type PollsQuery struct {
	State     access.PollState // open or closed; empty for both
	NeedsVote bool             // only open ones in which the actor may vote and has not
	page.Page
}

func (q PollsQuery) validate() error {
	var f errs.Fields
	if q.State != "" && q.State != access.PollOpen && q.State != access.PollEnded {
		f.Add("state", "field.choose")
	}
	return f.Err()
}

// OfGroup lists the polls of a group that the actor may read, in threads and on
// their own, without drafts: first the open ones, the soonest to close before
// others, then the closed ones, the latest first. With NeedsVote a page may be
// shorter than was asked for. Errors: Invalid with field state; by
// access.ReadContent.
func (p *Polls) OfGroup(ctx context.Context, who access.Actor, handle string, q PollsQuery) (page.List[Poll], error) {
	query, err := p.inGroup(ctx, who, handle)
	if err != nil {
		return page.List[Poll]{}, err
	}
	if err := q.validate(); err != nil {
		return page.List[Poll]{}, err
	}
	after, err := page.Decode(q.Cursor, 3)
	if err != nil {
		return page.List[Poll]{}, err
	}
	now := store.At(p.now())
	query = query.Where("p.state <> 'draft'")
	switch q.State {
	case access.PollOpen:
		query = query.Where(running, now)
	case access.PollEnded:
		query = query.Where("NOT "+running, now)
	case access.Draft:
	}
	if q.NeedsVote {
		query = needingVote(query, now)
	}
	if after != nil {
		query = query.Where("("+byClose+") > (CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))", now, now, after[0], after[1], after[2])
	}
	order := clause.OrderBy{Expression: clause.Expr{SQL: byClose, Vars: []any{now, now}}}
	found, err := find(query.Clauses(order).Limit(q.Size()+1), p.db.Read(ctx), who, now.Time)
	if err != nil {
		return page.List[Poll]{}, store.Translate(err)
	}
	list := page.Cut(q.Page, found, Poll.closeKey)
	if q.NeedsVote {
		list.Items = slices.DeleteFunc(list.Items, func(one Poll) bool { return !one.facts.Voter })
	}
	return list, nil
}

// running is the condition that a poll is open and its close has not come: what is
// past it counts as closed before that is carried out. byClose are the numbers by which polls of a
// group stand in order; closeKey gives them.
const (
	running = "(p.state = 'open' AND (p.closes_at IS NULL OR p.closes_at > ?))"
	never   = "9223372036854775807"
	byClose = "CASE WHEN " + running + " THEN 0 ELSE 1 END, CASE WHEN " + running +
		" THEN COALESCE(p.closes_at, " + never + ") ELSE -COALESCE(p.closed_at, p.closes_at) END, -p.id"
)

func (p Poll) closeKey() []int64 {
	switch {
	case p.State == access.PollOpen && p.ClosesAt == nil:
		return []int64{0, math.MaxInt64, -p.ID}
	case p.State == access.PollOpen:
		return []int64{0, p.ClosesAt.UnixMicro(), -p.ID}
	}
	return []int64{1, -p.ClosedAt.UnixMicro(), -p.ID}
}

// Drafts lists the drafts of a group that the actor may open, the newest first.
// Errors: by access.ReadContent.
func (p *Polls) Drafts(ctx context.Context, who access.Actor, handle string) ([]Poll, error) {
	query, err := p.inGroup(ctx, who, handle)
	if err != nil || !who.SignedIn() {
		return nil, err
	}
	query = query.Where("p.state = 'draft'").Where(`(p.author_id = ? OR EXISTS (SELECT 1 FROM thread_groups AS x JOIN memberships AS m ON m.group_id = x.group_id
		WHERE x.thread_id = t.id AND m.person_id = ? AND m.role <> 'member'))`, who.Person, who.Person).Order("p.id DESC").Limit(maxNeeded)
	found, err := find(query, p.db.Read(ctx), who, p.now())
	return slices.DeleteFunc(found, func(one Poll) bool { return one.known(who) != nil }), store.Translate(err)
}

// inGroup is the query of the polls in the threads of a group that the actor may
// read. Errors: by access.ReadContent.
func (p *Polls) inGroup(ctx context.Context, who access.Actor, handle string) (*gorm.DB, error) {
	home, err := p.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.ReadContent, home.Facts()); err != nil {
		return nil, err
	}
	may := access.VisibleThreads(who)
	return polls(p.db.Read(ctx), who).Where("t.id IN (SELECT x.thread_id FROM thread_groups AS x WHERE x.group_id = ?)", home.ID).
		Where(may.SQL, may.Args...), nil
}

// NeedsVote lists the open polls in which the actor may vote and has not, the
// soonest to close first.
func (p *Polls) NeedsVote(ctx context.Context, who access.Actor) ([]Poll, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	g, now := p.db.Read(ctx), p.now()
	may := access.TakesPart(who)
	query := needingVote(polls(g, who), store.At(now)).Where(may.SQL, may.Args...).Order("p.closes_at, p.id").Limit(maxNeeded)
	found, err := find(query, g, who, now)
	return slices.DeleteFunc(found, func(one Poll) bool { return !one.facts.Voter }), store.Translate(err)
}

// needingVote narrows the query to the open polls in which the actor has not voted
// and may vote, or may perhaps, where voters join late: Facts say it.
func needingVote(query *gorm.DB, now store.Time) *gorm.DB {
	return query.Where("(v.person_id IS NOT NULL AND v.removed_at IS NULL AND v.voted_at IS NULL OR v.person_id IS NULL AND p.joins_late = ?)", true).
		Where("t.closed_at IS NULL AND "+running, now)
}

// Polls reads polls by their ids, drafts left out. It asks nobody's leave: the
// caller has checked the threads. Facts are those of a visitor.
func (p *Polls) Polls(ctx context.Context, ids []int64) (map[int64]Poll, error) {
	out := make(map[int64]Poll, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	g := p.db.Read(ctx)
	found, err := find(polls(g, access.Visitor()).Where("p.id IN ? AND p.state <> 'draft'", ids), g, access.Visitor(), p.now())
	if err != nil {
		return nil, store.Translate(err)
	}
	if err := countNoAnswers(g, found); err != nil {
		return nil, store.Translate(err)
	}
	for _, one := range found {
		out[one.ID] = one
	}
	return out, nil
}
