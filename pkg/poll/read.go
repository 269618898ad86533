package poll

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"plenary/pkg/access"
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

// OfGroup lists the polls in the threads of a group that the actor may read,
// newest first, without drafts. Errors: by access.ReadContent.
func (p *Polls) OfGroup(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[Poll], error) {
	query, err := p.inGroup(ctx, who, handle)
	if err != nil {
		return page.List[Poll]{}, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return page.List[Poll]{}, err
	}
	if query = query.Where("p.state <> 'draft'"); after != nil {
		query = query.Where("p.id < ?", after[0])
	}
	found, err := find(query.Order("p.id DESC").Limit(at.Size()+1), p.db.Read(ctx), who, p.now())
	if err != nil {
		return page.List[Poll]{}, store.Translate(err)
	}
	return page.Cut(at, found, func(one Poll) []int64 { return []int64{one.ID} }), nil
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
	query := polls(g, who).
		Where("(v.person_id IS NOT NULL AND v.removed_at IS NULL AND v.voted_at IS NULL OR v.person_id IS NULL AND p.joins_late = ?)", true).Where(may.SQL, may.Args...).
		Where("p.state = 'open' AND t.closed_at IS NULL AND (p.closes_at IS NULL OR p.closes_at > ?)", store.At(now)).
		Order("p.closes_at, p.id").Limit(maxNeeded)
	found, err := find(query, g, who, now)
	return slices.DeleteFunc(found, func(one Poll) bool { return !one.facts.Voter }), store.Translate(err)
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
