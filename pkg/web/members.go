package web

import (
	"context"
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// memberRoutes are about who is in a group, who asks to be, and who may not.
func (s *Site) memberRoutes() []route {
	return []route{
		get("/g/:handle/members", s.members), post("/g/:handle/members", s.addMember),
		post("/g/:handle/members/:person/edit", s.editMember), post("/g/:handle/members/:person/remove", s.removeMember),
		get("/g/:handle/members/:person/ban", s.banForm), post("/g/:handle/members/:person/ban", s.ban),
		get("/g/:handle/bans", s.bans), post("/g/:handle/bans/:person/lift", s.liftBan),
		get("/g/:handle/ask", s.askPage), post("/g/:handle/ask", s.ask), post("/g/:handle/ask/withdraw", s.withdraw),
		post("/g/:handle/requests/:id/approve", s.answerRequest(s.Groups.Approve)), post("/g/:handle/requests/:id/decline", s.answerRequest(s.Groups.Decline)),
		get("/g/:handle/leave", s.leavePage),
	}
}

func (s *Site) members(c edge.Ctx) error {
	return s.showMembers(c, http.StatusOK, func(*view.MembersPage) {})
}

// showMembers answers with a group's members; change puts in what came back
// rejected.
func (s *Site) showMembers(c edge.Ctx, status int, change func(*view.MembersPage)) error {
	who := edge.Who(c)
	head, g, err := s.groupHead(c, "members")
	if err != nil {
		return err
	}
	may := func(do access.Action) bool { return access.May(who, do, g.Facts()) }
	p := view.MembersPage{Frame: s.frame(c), Group: head, CanAdd: may(access.AddMember), CanInvite: may(access.Invite), CanSetRole: may(access.SetRole),
		CanBan: may(access.Ban), CanAnswer: may(access.AnswerAsker)}
	if err := s.addMembers(c, &p, g); err != nil {
		return err
	}
	if p.Add, err = s.form(url.Values{"role": {string(access.Member)}}); err != nil {
		return err
	}
	if p.CanAnswer {
		if err := s.addRequests(c, &p, g); err != nil {
			return err
		}
	}
	change(&p)
	return s.show(c, status, p)
}

// addMembers puts in the part of the list that the address asks for.
func (s *Site) addMembers(c edge.Ctx, p *view.MembersPage, g group.Group) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	narrowed := url.Values{}
	for _, name := range []string{"q", "role", "delegates"} {
		if value := c.QueryParam(name); value != "" {
			narrowed.Set(name, value)
		}
	}
	p.Find = view.Form{Values: narrowed}
	list, err := s.Groups.FindMembers(ctx(c), who, g.Handle, group.MembersQuery{Text: narrowed.Get("q"), Role: access.Role(narrowed.Get("role")),
		Delegates: narrowed.Has("delegates"), Page: at})
	if err != nil {
		return err
	}
	canRemove := access.May(who, access.Remove, g.Facts())
	for _, m := range list.Items {
		row := view.MemberRow{Person: personOf(m.Person), Role: string(m.Role), Since: m.Since, Me: m.Person.ID == who.Person, Delegate: m.Delegate,
			Inherited: m.Inherited, Below: canRemove && access.CheckOver(who, g.Facts(), m.Role) == nil}
		row.Person.Title = m.Title
		p.Members = append(p.Members, row)
	}
	p.Next = nextPage(p.Group.URL()+"/members", narrowed, list.Next)
	return nil
}

func (s *Site) addRequests(c edge.Ctx, p *view.MembersPage, g group.Group) error {
	list, err := s.Groups.Requests(ctx(c), edge.Who(c), g.Handle)
	for _, r := range list {
		p.Requests = append(p.Requests, requestOf(r))
	}
	return err
}

func requestOf(r group.JoinRequest) view.JoinRequest {
	return view.JoinRequest{ID: r.ID, Person: personOf(r.Person), Question: r.Question, Answer: r.Answer, At: r.At}
}

func membersPath(c edge.Ctx) string {
	return view.GroupRef{Handle: c.Param("handle")}.URL() + "/members"
}

func (s *Site) addMember(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, err = s.Groups.AddMember(ctx(c), edge.Who(c), c.Param("handle"), form.Get("person"), access.Role(form.Get("role")))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, membersPath(c))
	}
	again, err := s.again(form, renamed(err, "user", "person", "handle", "person"))
	if err != nil {
		return err
	}
	return s.showMembers(c, http.StatusUnprocessableEntity, func(p *view.MembersPage) { p.Add = again })
}

// member is the person whom a membership's address names, for who may do the
// action in the group.
func (s *Site) member(c edge.Ctx, do access.Action) (person.Person, group.Group, error) {
	id, err := edge.ID(c, "person")
	if err != nil {
		return person.Person{}, group.Group{}, err
	}
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return person.Person{}, g, err
	}
	if err := access.Check(edge.Who(c), do, g.Facts()); err != nil {
		return person.Person{}, g, err
	}
	p, err := s.People.ByID(ctx(c), id)
	return p, g, err
}

func (s *Site) editMember(c edge.Ctx) error {
	who, _, err := s.member(c, access.SetRole)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	role, title, delegate := access.Role(form.Get("role")), form.Get("title"), form.Get("delegate") != ""
	_, err = s.Groups.EditMember(ctx(c), edge.Who(c), c.Param("handle"), who.Handle, group.MemberEdit{Role: &role, Title: &title, Delegate: &delegate})
	if err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, membersPath(c))
}

func (s *Site) removeMember(c edge.Ctx) error {
	who, _, err := s.member(c, access.Remove)
	if err != nil {
		return err
	}
	if err := s.Groups.RemoveMember(ctx(c), edge.Who(c), c.Param("handle"), who.Handle); err != nil {
		return err
	}
	return seeOther(c, membersPath(c))
}

func (s *Site) banForm(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showBan(c, http.StatusOK, form)
}

func (s *Site) showBan(c edge.Ctx, status int, form view.Form) error {
	who, g, err := s.member(c, access.Ban)
	if err != nil {
		return err
	}
	return s.show(c, status, view.BanPage{Frame: s.frame(c), Group: groupRef(g), Person: personOf(who.Brief), Form: form})
}

func (s *Site) ban(c edge.Ctx) error {
	who, _, err := s.member(c, access.Ban)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = s.Groups.Ban(ctx(c), edge.Who(c), c.Param("handle"), who.Handle, form.Get("reason"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, membersPath(c))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showBan(c, http.StatusUnprocessableEntity, again)
}

func (s *Site) bans(c edge.Ctx) error {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	list, err := s.Groups.Bans(ctx(c), edge.Who(c), g.Handle)
	if err != nil {
		return err
	}
	p := view.BansPage{Frame: s.frame(c), Group: groupRef(g)}
	for _, b := range list {
		p.Bans = append(p.Bans, view.BanRow{Person: personOf(b.Person), Reason: b.Reason, By: b.By, At: b.At})
	}
	return s.ok(c, p)
}

func (s *Site) liftBan(c edge.Ctx) error {
	who, g, err := s.member(c, access.Ban)
	if err != nil {
		return err
	}
	if err := s.Groups.Unban(ctx(c), edge.Who(c), g.Handle, who.Handle); err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return seeOther(c, groupRef(g).URL()+"/bans")
}

func (s *Site) askPage(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showAsk(c, http.StatusOK, form)
}

// showAsk shows the question, or that one has asked already.
func (s *Site) showAsk(c edge.Ctx, status int, form view.Form) error {
	who := edge.Who(c)
	g, err := s.Groups.ByHandle(ctx(c), who, c.Param("handle"))
	if err != nil {
		return err
	}
	p := view.AskPage{Frame: s.frame(c), Group: groupRef(g), Question: g.JoinQuestion, Form: form}
	if g.Asked {
		own, err := s.Groups.OwnRequest(ctx(c), who, g.Handle)
		if err != nil {
			return err
		}
		p.Waiting = new(requestOf(own))
	} else if err := access.Check(who, access.AskToJoin, g.Facts()); err != nil {
		return err
	}
	return s.show(c, status, p)
}

func askPath(c edge.Ctx) string { return view.GroupRef{Handle: c.Param("handle")}.URL() + "/ask" }

func (s *Site) ask(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, err = s.Groups.Ask(ctx(c), edge.Who(c), c.Param("handle"), form.Get("answer"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, askPath(c))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showAsk(c, http.StatusUnprocessableEntity, again)
}

func (s *Site) withdraw(c edge.Ctx) error {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	if err := s.Groups.Withdraw(ctx(c), edge.Who(c), g.Handle); err != nil {
		return err
	}
	return seeOther(c, groupRef(g).URL())
}

func (s *Site) answerRequest(answer func(context.Context, access.Actor, string, int64, string) error) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		form, err := submitted(c)
		if err != nil {
			return err
		}
		if err := answer(ctx(c), edge.Who(c), c.Param("handle"), id, form.Get("note")); err != nil && !store.IsReplay(err) {
			return err
		}
		return seeOther(c, membersPath(c))
	}
}

// leavePage asks once more where there is no way back.
func (s *Site) leavePage(c edge.Ctx) error {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.LeaveGroup, g.Facts()); err != nil {
		return err
	}
	if g.Visibility != access.Secret {
		return seeOther(c, groupRef(g).URL())
	}
	return s.ok(c, view.LeavePage{Frame: s.frame(c), Group: groupRef(g)})
}
