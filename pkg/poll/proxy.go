package poll

import (
	"context"
	"fmt"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/poll/letters"
	"plenary/pkg/poll/proxy"
	"plenary/pkg/store"
)

// inName is whose ballot comes in, and who casts it.
type inName struct {
	voter int64
	by    int64 // 0 where the voter does
	proxy string
}

// Proxies gives the room of who votes for whom.
func (p *Polls) Proxies() *proxy.Delegations { return p.proxies }

// proxies are where the poll's proxies stand, where it has any.
func (p Poll) proxies() proxy.Scope { return proxy.Scope{Poll: p.ID, Home: p.homeID} }

// aboutNow is what a letter says of a poll.
func (p *Polls) aboutNow(tx *store.Tx, id int64) (letters.About, error) {
	of, err := load(tx.DB, access.System(), id, p.now())
	return of.about(), err
}

// DelegateIn puts the actor's vote in a single poll into the hands of another, whose
// voters the two have to be. Errors: by access.NameProxyIn; Conflict
// "proxy.not_in_poll" where the poll has no proxies, "proxy.voted" where the actor has
// voted; otherwise as for proxy.Delegations.Delegate.
func (p *Polls) DelegateIn(ctx context.Context, who access.Actor, id int64, to string) (proxy.Delegation, error) {
	found, err := p.mayNow(ctx, who, id, access.NameProxyIn)
	if err != nil {
		return proxy.Delegation{}, err
	}
	if err := needsPerson(who); err != nil {
		return proxy.Delegation{}, err
	}
	var made int64
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		// The group before the thread, as invitations into a thread have it.
		home, err := p.groups.LockByID(tx, who, found.homeID)
		if err != nil {
			return err
		}
		open, _, err := p.lockFor(tx, who, access.NameProxyIn, id)
		if err != nil {
			return err
		}
		switch {
		case !open.Proxies:
			return errs.New(errs.Conflict, "proxy.not_in_poll")
		case open.facts.Voted:
			return errs.New(errs.Conflict, "proxy.voted")
		}
		made, err = p.proxies.Name(tx, proxy.Naming{Home: home, Poll: open.about(), Thread: open.ThreadID, From: who.Person, To: to})
		return err
	})
	if err != nil {
		return proxy.Delegation{}, err
	}
	return proxy.One(p.db.Read(ctx), made)
}

// ProxiesIn tells who votes for whom in a poll, by what was named for it alone and
// for all polls of the group. Errors: as for Poll.
func (p *Polls) ProxiesIn(ctx context.Context, who access.Actor, id int64) (proxy.Known, error) {
	found, err := p.Poll(ctx, who, id)
	if err != nil || !found.Proxies {
		return proxy.Known{}, err
	}
	return p.proxies.In(ctx, who, found.proxies(), access.May(who, access.ReadProxies, found.facts))
}

// inNamesOf judges for whom the actor may vote: for themselves, and for those who
// have named them, as long as these may vote and have not done so themselves.
func (p *Polls) inNamesOf(tx *store.Tx, who access.Actor, open Poll, people []int64) ([]inName, error) {
	if len(people) == 0 {
		return []inName{{voter: who.Person}}, nil
	}
	if open.Secret && len(people) > 1 {
		return nil, notFor("proxy.one_at_a_time")
	}
	var named []proxy.Delegation
	if open.Proxies {
		var err error
		if named, err = proxy.Principals(tx.DB, open.proxies(), who); err != nil {
			return nil, err
		}
	}
	var out []inName
	for _, id := range slices.Compact(slices.Sorted(slices.Values(people))) {
		if id == who.Person {
			out = slices.Insert(out, 0, inName{voter: id}) // whose receipt is told
			continue
		}
		d, is := principal(named, id)
		if !is {
			return nil, notFor("proxy.not_yours")
		}
		if err := p.mayBeVotedFor(tx, who, open, id); err != nil {
			return nil, err
		}
		out = append(out, inName{voter: id, by: who.Person, proxy: d.To.Name})
	}
	return out, nil
}

func notFor(code string) error {
	var f errs.Fields
	f.Add("for", code)
	return f.Err()
}

// mayBeVotedFor asks of somebody what would be asked if they came themselves. By
// which way they sign in nobody knows; that of their proxy stands for it.
func (p *Polls) mayBeVotedFor(tx *store.Tx, who access.Actor, open Poll, id int64) error {
	them := access.Actor{Person: id, Provider: who.Provider}
	theirs, err := load(tx.DB, them, open.ID, p.now())
	if err != nil {
		return err
	}
	if access.Check(them, access.Vote, theirs.facts) != nil {
		return notFor("proxy.cannot_vote")
	}
	var own bool
	err = tx.Raw("SELECT EXISTS (SELECT 1 FROM ballots WHERE poll_id = ? AND voter_id = ? AND cast_by IS NULL)", open.ID, id).Row().Scan(&own)
	if err != nil {
		return fmt.Errorf("look for a ballot in poll %d: %w", open.ID, err)
	}
	if own {
		return notFor("proxy.they_voted")
	}
	return nil
}

// names is how the log calls those of a ballot: its voter, and by a pseudonym who casts
// it for another, nil where nobody does.
func (v vote) names(known map[int64]seat) (voter ledger.Entitled, by *ledger.Hash, err error) {
	if voter, err = known[v.voter].entitled(); err != nil || v.by == 0 {
		return voter, nil, err
	}
	other, err := known[v.by].entitled()
	return voter, &other.Voter, err
}

// tellPrincipal writes to somebody that another has voted for them.
func (p *Polls) tellPrincipal(tx *store.Tx, open Poll, name inName) error {
	if name.by == 0 {
		return nil
	}
	return p.letters.Notice(tx, open.about(), name.voter, "proxy_voted", map[string]string{"Name": name.proxy, "Path": open.about().Path()})
}

// principal is the one of them with the id, if there.
func principal(list []proxy.Delegation, id int64) (proxy.Delegation, bool) {
	i := slices.IndexFunc(list, func(d proxy.Delegation) bool { return d.From.ID == id })
	if i < 0 {
		return proxy.Delegation{}, false
	}
	return list[i], true
}
