package web

import (
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

func (s *Site) members(c edge.Ctx) error {
	return s.showMembers(c, http.StatusOK, func(*view.MembersPage) {})
}

// showMembers answers with a group's members; change puts in what came back
// rejected, or was just made.
func (s *Site) showMembers(c edge.Ctx, status int, change func(*view.MembersPage)) error {
	who := edge.Who(c)
	head, g, err := s.groupHead(c, "members")
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	list, err := s.Groups.Members(ctx(c), who, g.Handle, at)
	if err != nil {
		return err
	}
	may := func(do access.Action) bool { return access.May(who, do, g.Facts()) }
	p := view.MembersPage{Frame: s.frame(c), Group: head, CanAdd: may(access.AddMember), CanInvite: may(access.Invite), CanSetRole: may(access.SetRole)}
	for _, m := range list.Items {
		p.Members = append(p.Members, view.MemberRow{Person: personOf(m.Person), Role: string(m.Role), Since: m.Since, Me: m.Person.ID == who.Person})
	}
	p.Next = nextPage(head.URL()+"/members", nil, list.Next)
	if p.Add, err = s.form(url.Values{"role": {string(access.Member)}}); err != nil {
		return err
	}
	if p.Invite, err = s.form(url.Values{"role": {string(access.Member)}, "days": {"14"}, "uses": {"25"}}); err != nil {
		return err
	}
	if p.CanInvite {
		if p.Invitations, err = s.invitations(c, g.Handle); err != nil {
			return err
		}
	}
	change(&p)
	return s.show(c, status, p)
}

func (s *Site) invitations(c edge.Ctx, handle string) ([]view.Invitation, error) {
	list, err := s.Groups.Invitations(ctx(c), edge.Who(c), handle)
	if err != nil {
		return nil, err
	}
	out := make([]view.Invitation, len(list))
	for i, one := range list {
		out[i] = view.Invitation{ID: one.ID, By: personOf(one.CreatedBy), At: one.CreatedAt, Until: one.ExpiresAt, Role: string(one.Role),
			Used: one.Uses, MaxUses: one.MaxUses}
	}
	return out, nil
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

// member is the person whom a membership's address names.
func (s *Site) member(c edge.Ctx) (person.Person, error) {
	id, err := edge.ID(c, "person")
	if err != nil {
		return person.Person{}, err
	}
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return person.Person{}, err
	}
	if err := access.Check(edge.Who(c), access.SetRole, g.Facts()); err != nil {
		return person.Person{}, err
	}
	return s.People.ByID(ctx(c), id)
}

func (s *Site) setRole(c edge.Ctx) error {
	who, err := s.member(c)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if _, err := s.Groups.SetRole(ctx(c), edge.Who(c), c.Param("handle"), who.Handle, access.Role(form.Get("role"))); err != nil {
		return err
	}
	return seeOther(c, membersPath(c))
}

func (s *Site) removeMember(c edge.Ctx) error {
	who, err := s.member(c)
	if err != nil {
		return err
	}
	if err := s.Groups.RemoveMember(ctx(c), edge.Who(c), c.Param("handle"), who.Handle); err != nil {
		return err
	}
	return seeOther(c, membersPath(c))
}

// invite makes a link and shows it, this once.
func (s *Site) invite(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	in := group.NewInvitation{Role: access.Role(form.Get("role")), Days: int(number(&f, form, "days")), MaxUses: int(number(&f, form, "uses"))}
	token := ""
	if err = f.Err(); err == nil {
		token, _, err = s.Groups.Invite(ctx(c), edge.Who(c), c.Param("handle"), in)
	}
	if store.IsReplay(err) {
		return seeOther(c, membersPath(c))
	}
	if err != nil {
		again, err := s.again(form, renamed(err, "max_uses", "uses"))
		if err != nil {
			return err
		}
		return s.showMembers(c, http.StatusUnprocessableEntity, func(p *view.MembersPage) { p.Invite = again })
	}
	return s.showMembers(c, http.StatusOK, func(p *view.MembersPage) { p.NewLink = s.edge.Origin() + "/join/" + token })
}

func (s *Site) revokeInvitation(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.Groups.RevokeInvitation(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, membersPath(c))
}
