package api

import (
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/poll/proxy"
	"plenary/pkg/timeline"
)

// delegationAnswer is a member's vote in the hands of another.
type delegationAnswer struct {
	ID     int64           `json:"id"`
	PollID int64           `json:"poll_id,omitempty"` // absent where it is for all polls of the group
	From   timeline.Person `json:"from"`
	To     timeline.Person `json:"to"`
	Since  time.Time       `json:"since"`
}

func answerDelegation(d proxy.Delegation) delegationAnswer {
	return delegationAnswer{ID: d.ID, PollID: d.PollID, From: timeline.PersonOf(d.From), To: timeline.PersonOf(d.To), Since: d.Since.UTC()}
}

type proxiesAnswer struct {
	Limit int                `json:"limit"`
	Mine  *delegationAnswer  `json:"mine"`
	ForMe []delegationAnswer `json:"for_me"`
	All   []delegationAnswer `json:"all,omitempty"` // for moderators
}

func answerProxies(p proxy.Known) proxiesAnswer {
	out := proxiesAnswer{Limit: p.Limit, ForMe: whole(p.ForMe, answerDelegation).Items, All: whole(p.All, answerDelegation).Items}
	if p.Mine != nil {
		out.Mine = new(answerDelegation(*p.Mine))
	}
	return out
}

func (a *API) listProxies(c edge.Ctx) error {
	found, err := a.Polls.Proxies().Of(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, answerProxies(found))
}

func (a *API) listProxiesOfPoll(c edge.Ctx) error {
	return answerWith(c, a.Polls.ProxiesIn, answerProxies)
}

// newProxy names a proxy by handle.
type newProxy struct {
	To string `json:"to"`
}

func (a *API) nameProxy(c edge.Ctx) error {
	in, err := read[newProxy](c)
	if err != nil {
		return err
	}
	made, err := a.Polls.Proxies().Delegate(c.Request().Context(), edge.Who(c), c.Param("handle"), in.To)
	if err != nil {
		return err
	}
	return created(c, answerDelegation(made), "/groups/%s/proxies", c.Param("handle"))
}

func (a *API) nameProxyInPoll(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newProxy](c)
	if err != nil {
		return err
	}
	made, err := a.Polls.DelegateIn(c.Request().Context(), edge.Who(c), id, in.To)
	if err != nil {
		return err
	}
	return created(c, answerDelegation(made), "/polls/%d/proxies", id)
}

func (a *API) endProxy(c edge.Ctx) error { return answerNothing(c, a.Polls.Proxies().End) }
