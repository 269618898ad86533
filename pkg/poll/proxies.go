package poll

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"plenary/pkg/access"
)

// ProxiesOf tells who votes for whom in all polls of a group: to everybody about
// themselves, to moderators about everybody. Errors: by access.NameProxy.
func (p *Polls) ProxiesOf(ctx context.Context, who access.Actor, handle string) (Proxies, error) {
	home, err := p.groups.ByHandle(ctx, who, handle)
	if err != nil {
		return Proxies{}, err
	}
	if err := access.Check(who, access.NameProxy, home.Facts()); err != nil {
		return Proxies{}, err
	}
	all := access.May(who, access.ReadProxies, home.Facts())
	query := delegations(p.db.Read(ctx)).Where("d.group_id = ? AND d.poll_id IS NULL", home.ID)
	return told(query, who, all, home.ProxyLimit)
}

// ProxiesIn tells who votes for whom in a poll, by what was named for it alone and
// for all polls of the group. Errors: as for Poll.
func (p *Polls) ProxiesIn(ctx context.Context, who access.Actor, id int64) (Proxies, error) {
	found, err := p.Poll(ctx, who, id)
	if err != nil {
		return Proxies{}, err
	}
	g := p.db.Read(ctx)
	limit, err := proxyLimit(g, found)
	if err != nil || limit == 0 {
		return Proxies{}, err
	}
	return told(inForce(g, found), who, access.May(who, access.ReadProxies, found.facts), limit)
}

// told reads what the reader may know out of the delegations of a query.
func told(query *gorm.DB, who access.Actor, all bool, limit int) (Proxies, error) {
	out := Proxies{Limit: limit}
	if !who.SignedIn() {
		return out, nil
	}
	if !all {
		query = query.Where("d.from_id = ? OR d.to_id = ?", who.Person, who.Person)
	}
	found, err := readDelegations(query)
	if err != nil {
		return Proxies{}, err
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

// proxyLimit is for how many others one person may vote in the poll.
func proxyLimit(g *gorm.DB, p Poll) (limit int, err error) {
	if !p.Proxies {
		return 0, nil
	}
	err = g.Raw("SELECT proxy_limit FROM groups WHERE id = ?", p.homeID).Row().Scan(&limit)
	return limit, err
}

// inForce are the delegations that hold in a poll, between two of its voters. One
// for the poll alone is in the place of one for all. Nobody who has a proxy is
// one.
func inForce(g *gorm.DB, p Poll) *gorm.DB {
	const holds = "(%.poll_id = @poll OR %.poll_id IS NULL AND NOT EXISTS (SELECT 1 FROM delegations AS one WHERE one.poll_id = @poll AND one.from_id = %.from_id AND one.ended_at IS NULL))"
	args := map[string]any{"poll": p.ID, "home": p.homeID}
	return delegations(g).Where("d.group_id = @home AND "+strings.ReplaceAll(holds, "%", "d"), args).
		Where(`EXISTS (SELECT 1 FROM poll_voters AS v WHERE v.poll_id = @poll AND v.person_id = d.from_id AND v.removed_at IS NULL)
			AND EXISTS (SELECT 1 FROM poll_voters AS v WHERE v.poll_id = @poll AND v.person_id = d.to_id AND v.removed_at IS NULL)`, args).
		Where("NOT EXISTS (SELECT 1 FROM delegations AS x WHERE x.ended_at IS NULL AND x.group_id = @home AND x.from_id = d.to_id AND "+strings.ReplaceAll(holds, "%", "x")+")", args)
}

// principals are those for whom the actor votes in a poll, the first named first,
// and no more than the group allows.
func (p *Polls) principals(g *gorm.DB, in Poll, who access.Actor) ([]Delegation, error) {
	limit, err := proxyLimit(g, in)
	if err != nil || limit == 0 {
		return nil, err
	}
	found, err := readDelegations(inForce(g, in).Where("d.to_id = ?", who.Person))
	return found[:min(len(found), limit)], err
}

// principal is the one of them with the id, if there.
func principal(list []Delegation, id int64) (Delegation, bool) {
	i := slices.IndexFunc(list, func(d Delegation) bool { return d.From.ID == id })
	if i < 0 {
		return Delegation{}, false
	}
	return list[i], true
}
