package proxy

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/access"
)

// Known is who votes for whom, as one reader may know it.
type Known struct {
	Limit int          // for how many others one person may vote; 0 where for nobody
	Mine  *Delegation  // who votes for the reader; nil where nobody does
	ForMe []Delegation // for whom the reader votes
	All   []Delegation // everybody's, for moderators; at most a thousand
}

// Of tells who votes for whom in all polls of a group: to everybody about
// themselves, to moderators about everybody. Errors: by access.NameProxy.
func (r *Delegations) Of(ctx context.Context, who access.Actor, handle string) (Known, error) {
	home, err := r.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return Known{}, err
	}
	if err := access.Check(who, access.NameProxy, home.Facts()); err != nil {
		return Known{}, err
	}
	all := access.May(who, access.ReadProxies, home.Facts())
	query := delegations(r.db.Read(ctx)).Where("d.group_id = ? AND d.poll_id IS NULL", home.ID)
	return told(query, who, all, home.ProxyLimit)
}

// Scope is a poll in which proxies vote.
type Scope struct{ Poll, Home int64 }

// In tells who votes for whom in a poll, by what was named for it alone and for all
// polls of the group. All is for those who may know of everybody. The caller has
// checked the poll.
func (r *Delegations) In(ctx context.Context, who access.Actor, in Scope, all bool) (Known, error) {
	g := r.db.Read(ctx)
	limit, err := in.limit(g)
	if err != nil || limit == 0 {
		return Known{}, err
	}
	return told(in.inForce(g), who, all, limit)
}

// told reads what the reader may know out of the delegations of a query.
func told(query *gorm.DB, who access.Actor, all bool, limit int) (Known, error) {
	out := Known{Limit: limit}
	if !who.SignedIn() {
		return out, nil
	}
	if !all {
		query = query.Where("d.from_id = ? OR d.to_id = ?", who.Person, who.Person)
	}
	found, err := readDelegations(query)
	if err != nil {
		return Known{}, err
	}
	for _, d := range found {
		switch who.Person {
		case d.From.ID:
			out.Mine = &d
		case d.To.ID:
			out.ForMe = append(out.ForMe, d)
		}
	}
	if all {
		out.All = found
	}
	return out, nil
}

// limit is for how many others one person may vote.
func (s Scope) limit(g *gorm.DB) (limit int, err error) {
	err = g.Raw("SELECT proxy_limit FROM groups WHERE id = ?", s.Home).Row().Scan(&limit)
	return limit, err
}

// inForce are the delegations that hold in a poll, between two of its voters. One
// for the poll alone is in the place of one for all. Nobody who has a proxy is
// one.
func (s Scope) inForce(g *gorm.DB) *gorm.DB {
	const holds = "(%.poll_id = @poll OR %.poll_id IS NULL AND NOT EXISTS (SELECT 1 FROM delegations AS one WHERE one.poll_id = @poll AND one.from_id = %.from_id AND one.ended_at IS NULL))"
	args := map[string]any{"poll": s.Poll, "home": s.Home}
	return delegations(g).Where("d.group_id = @home AND "+strings.ReplaceAll(holds, "%", "d"), args).
		Where(`EXISTS (SELECT 1 FROM poll_voters AS v WHERE v.poll_id = @poll AND v.person_id = d.from_id AND v.removed_at IS NULL)
			AND EXISTS (SELECT 1 FROM poll_voters AS v WHERE v.poll_id = @poll AND v.person_id = d.to_id AND v.removed_at IS NULL)`, args).
		Where("NOT EXISTS (SELECT 1 FROM delegations AS x WHERE x.ended_at IS NULL AND x.group_id = @home AND x.from_id = d.to_id AND "+strings.ReplaceAll(holds, "%", "x")+")", args)
}

// Principals are the delegations of those for whom the actor votes in a poll, the first named first,
// and no more than the group allows.
func Principals(g *gorm.DB, in Scope, who access.Actor) ([]Delegation, error) {
	limit, err := in.limit(g)
	if err != nil || limit == 0 {
		return nil, err
	}
	found, err := readDelegations(in.inForce(g).Where("d.to_id = ?", who.Person))
	return found[:min(len(found), limit)], err
}
