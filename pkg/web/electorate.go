package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/poll/proxy"
	"plenary/pkg/roster"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// electorateRoutes are about who may vote, with how many votes, and by whom a
// vote may be cast.
func (s *Site) electorateRoutes() []route {
	return []route{
		get("/g/:handle/votes", s.votes), post("/g/:handle/votes", s.setVotes),
		get("/g/:handle/proxies", s.groupProxies), post("/g/:handle/proxies", s.nameProxy),
		get("/p/:id/proxies", s.pollProxies), post("/p/:id/proxies", s.nameProxyInPoll),
		post("/proxies/:id/end", s.endProxy),
		get("/p/:id/guest/:token", s.comeByLink),
		get("/p/:id/guests", s.pollGuests), post("/p/:id/guests", s.invitePollGuests), post("/p/:id/guests/remind", s.remindPollGuests),
		post("/p/:id/guests/:guest/revoke", s.toPollGuest(s.revokePollGuest)), post("/p/:id/guests/:guest/resend", s.toPollGuest(s.resendPollGuest)),
		get("/p/:id/voters", s.voters), get("/p/:id/electorate", s.electorate), post("/p/:id/electorate", s.editElectorate),
		post("/p/:id/named", s.nameVoters), post("/p/:id/named/:person/remove", s.unnameVoter),
	}
}

func (s *Site) votes(c edge.Ctx) error {
	return s.showVotes(c, http.StatusOK, func(p *view.VotesPage) { p.Set = told(c, "set") })
}

// showVotes answers with the votes of a group's members; change puts in what
// came back rejected.
func (s *Site) showVotes(c edge.Ctx, status int, change func(*view.VotesPage)) error {
	who := edge.Who(c)
	g, err := s.Groups.ByHandle(ctx(c), who, c.Param("handle"))
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	list, err := s.Groups.FindMembers(ctx(c), who, g.Handle, group.MembersQuery{Page: at})
	if err != nil {
		return err
	}
	p := view.VotesPage{Frame: s.frame(c), Group: groupRef(g), CanSet: access.May(who, access.SetVotes, g.Facts()), Set: -1,
		Next: nextPage(groupRef(g).URL()+"/votes", nil, list.Next)}
	if p.Count, p.Total, err = s.Groups.Votes(ctx(c), who, g.Handle); err != nil {
		return err
	}
	for _, m := range list.Items {
		p.Members = append(p.Members, view.VotesRow{Person: personOf(m.Person), Votes: m.Votes})
	}
	if p.Form, err = s.form(nil); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

// setVotes takes a list. Lines that cannot be used come back in the form, with
// the reason for each.
func (s *Site) setVotes(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	list, unfit := roster.Figures(form.Get("list"))
	verdicts, err := s.Groups.SetVotes(ctx(c), edge.Who(c), c.Param("handle"), list)
	if err == nil && unfit != nil {
		err = unfit
	}
	to := view.GroupRef{Handle: c.Param("handle")}.URL() + "/votes"
	if store.IsReplay(err) {
		return seeOther(c, to)
	}
	if err != nil {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showVotes(c, http.StatusUnprocessableEntity, func(p *view.VotesPage) { p.Form = again })
	}
	left, set := s.unusedVotes(c, verdicts)
	if len(left) == 0 {
		return seeOther(c, to+"?set="+strconv.Itoa(set))
	}
	form.Set("list", linesOf(left))
	again, err := s.form(form)
	if err != nil {
		return err
	}
	return s.showVotes(c, http.StatusUnprocessableEntity, func(p *view.VotesPage) { p.Form, p.Verdicts, p.Set = again, left, set })
}

// unusedVotes are the lines that could not be used, and how many changed
// something.
func (s *Site) unusedVotes(c edge.Ctx, verdicts []group.VotesVerdict) (left []view.Verdict, set int) {
	for _, v := range verdicts {
		if v.Outcome == group.VotesSet {
			set++
		}
		if why := v.Why(); why.Code != "" {
			left = append(left, view.Verdict{Line: v.Line, Text: v.Text, Why: s.words(c).T(why.Code, why.Args)})
		}
	}
	return left, set
}

func (s *Site) groupProxies(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showGroupProxies(c, http.StatusOK, form)
}

func (s *Site) showGroupProxies(c edge.Ctx, status int, form view.Form) error {
	who := edge.Who(c)
	g, err := s.Groups.ByHandle(ctx(c), who, c.Param("handle"))
	if err != nil {
		return err
	}
	found, err := s.Polls.Proxies().Of(ctx(c), who, g.Handle)
	if err != nil {
		return err
	}
	p := s.proxiesPage(c, found, form)
	p.Group, p.CanName, p.CanEdit = new(groupRef(g)), true, access.May(who, access.EditGroup, g.Facts())
	return s.show(c, status, p)
}

func (s *Site) proxiesPage(c edge.Ctx, found proxy.Known, form view.Form) view.ProxiesPage {
	p := view.ProxiesPage{Frame: s.frame(c), Limit: found.Limit, ForMe: proxyRows(found.ForMe), All: proxyRows(found.All), Form: form}
	if found.Mine != nil {
		p.Mine = new(proxyRow(*found.Mine))
	}
	return p
}

func proxyRow(d proxy.Delegation) view.ProxyRow {
	return view.ProxyRow{ID: d.ID, From: personOf(d.From), To: personOf(d.To), Since: d.Since, OnePoll: d.PollID != 0}
}

func proxyRows(list []proxy.Delegation) []view.ProxyRow {
	out := make([]view.ProxyRow, len(list))
	for i, d := range list {
		out[i] = proxyRow(d)
	}
	return out
}

func (s *Site) nameProxy(c edge.Ctx) error {
	return s.naming(c, view.GroupRef{Handle: c.Param("handle")}.URL(), s.showGroupProxies, func(ctx context.Context, who access.Actor, to string) error {
		_, err := s.Polls.Proxies().Delegate(ctx, who, c.Param("handle"), to)
		return err
	})
}

// naming answers the form in which somebody names their proxy.
func (s *Site) naming(c edge.Ctx, place string, show func(edge.Ctx, int, view.Form) error, name func(context.Context, access.Actor, string) error) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = name(ctx(c), edge.Who(c), form.Get("to"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, place+"/proxies")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return show(c, http.StatusUnprocessableEntity, again)
}

func (s *Site) pollProxies(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showPollProxies(c, http.StatusOK, form)
}

func (s *Site) showPollProxies(c edge.Ctx, status int, form view.Form) error {
	who := edge.Who(c)
	found, err := s.pollOf(c)
	if err != nil {
		return err
	}
	list, err := s.Polls.ProxiesIn(ctx(c), who, found.ID)
	if err != nil {
		return err
	}
	p := s.proxiesPage(c, list, form)
	p.Poll, p.CanName = view.Link{Text: found.Title, URL: pollURL(found.ID)}, !found.Voted() && access.May(who, access.NameProxyIn, found.Facts())
	return s.show(c, status, p)
}

func (s *Site) nameProxyInPoll(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	return s.naming(c, pollURL(id), s.showPollProxies, func(ctx context.Context, who access.Actor, to string) error {
		_, err := s.Polls.DelegateIn(ctx, who, id, to)
		return err
	})
}

func (s *Site) endProxy(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if err := s.Polls.Proxies().End(ctx(c), edge.Who(c), id); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return seeOther(c, edge.SafeNext(form.Get("next")))
}

// proxiesPart is what the admins of a group decide about proxies.
var proxiesPart = settingsPart{"proxies", func(form url.Values) group.GroupEdit {
	limit, err := strconv.Atoi(form.Get("proxy_limit"))
	if err != nil {
		limit = -1 // refused with the bounds
	}
	return group.GroupEdit{ProxyLimit: &limit}
}, func(p *view.GroupSettingsPage) *view.Form { return &p.Proxies }}

// addRareVotes says to the viewer that their number of votes makes their ballot
// known, where that is so.
func (s *Site) addRareVotes(c edge.Ctx, to *view.Ballot, p poll.Poll) error {
	rare, err := s.Polls.MyRareWeight(ctx(c), edge.Who(c), p)
	if err == nil && rare != nil {
		to.Rare = &view.RareVotes{Votes: int(rare.Votes), Voters: rare.Voters}
	}
	return err
}

// addPrincipals lets the viewer choose for whom the ballot is, where they vote for
// others.
func (s *Site) addPrincipals(c edge.Ctx, to *view.Ballot, p poll.Poll) error {
	if !p.Proxies {
		return nil
	}
	found, err := s.Polls.ProxiesIn(ctx(c), edge.Who(c), p.ID)
	if err != nil || len(found.ForMe) == 0 {
		return err
	}
	to.For = append(to.For, view.Person{ID: to.Me})
	for _, d := range found.ForMe {
		to.For = append(to.For, personOf(d.From))
	}
	return nil
}

// inNamesOf are the people for whom a ballot was sent. What is no id is one of
// nobody, and refused with the rest.
func inNamesOf(form url.Values) []int64 {
	var out []int64
	for _, text := range form["for"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			id = -1
		}
		out = append(out, id)
	}
	return out
}
