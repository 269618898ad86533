package poll

import (
	"fmt"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// inName is whose ballot comes in, and who casts it.
type inName struct {
	voter int64
	by    int64 // 0 where the voter does
	proxy string
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
	named, err := p.principals(tx.DB, open, who)
	if err != nil {
		return nil, err
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

// proxy is the pseudonym of who casts the ballot for another, nil where nobody
// does.
func (v vote) proxy(known map[int64]seat) (*ledger.Hash, error) {
	if v.by == 0 {
		return nil, nil
	}
	e, err := known[v.by].entitled()
	if err != nil {
		return nil, fmt.Errorf("read a proxy: %w", err)
	}
	return &e.Voter, nil
}

// tellPrincipal writes to somebody that another has voted for them.
func (p *Polls) tellPrincipal(tx *store.Tx, open Poll, name inName) error {
	if name.by == 0 {
		return nil
	}
	return p.letters.Notice(tx, open.about(), name.voter, "proxy_voted", map[string]string{"Name": name.proxy, "Path": open.about().Path()})
}
