package poll

import (
	"context"
	"slices"

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
	return found, nil
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
	return known, nil
}

// OfGroup lists the polls in the threads of a group that the actor may read,
// newest first, without drafts. Errors: by access.ReadContent.
func (p *Polls) OfGroup(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[Poll], error) {
	return p.inGroup(ctx, who, handle, at, "p.id", func(one Poll) []int64 { return []int64{one.ID} }, "p.state <> 'draft'")
}

// Decisions lists the polls of a group that have an outcome, the latest
// published first. Errors: by access.ReadContent.
func (p *Polls) Decisions(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[Poll], error) {
	const published = "(SELECT o.id FROM outcomes AS o WHERE o.poll_id = p.id)"
	return p.inGroup(ctx, who, handle, at, published, func(one Poll) []int64 { return []int64{one.Outcome.ID} }, published+" IS NOT NULL")
}

// inGroup reads one page of a group's polls, in descending order of an SQL
// expression whose value key gives.
func (p *Polls) inGroup(ctx context.Context, who access.Actor, handle string, at page.Page, by string, key func(Poll) []int64, only string) (page.List[Poll], error) {
	home, err := p.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return page.List[Poll]{}, err
	}
	if err := access.Check(who, access.ReadContent, home.Facts()); err != nil {
		return page.List[Poll]{}, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return page.List[Poll]{}, err
	}
	g := p.db.Read(ctx)
	may := access.VisibleThreads(who)
	query := polls(g, who).Where("t.id IN (SELECT x.thread_id FROM thread_groups AS x WHERE x.group_id = ?)", home.ID).Where(may.SQL, may.Args...).Where(only)
	if after != nil {
		query = query.Where(by+" < ?", after[0])
	}
	found, err := find(query.Order(by+" DESC").Limit(at.Size()+1), g, who, p.now())
	if err != nil {
		return page.List[Poll]{}, store.Translate(err)
	}
	return page.Cut(at, found, key), nil
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
	for _, one := range found {
		out[one.ID] = one
	}
	return out, nil
}
