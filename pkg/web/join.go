package web

import (
	"fmt"
	"net/http"
	"net/url"

	"plenary/pkg/edge"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) joinPage(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showJoin(c, http.StatusOK, form)
}

func (s *Site) showJoin(c edge.Ctx, status int, form view.Form) error {
	token := c.Param("token")
	g, invitation, err := s.Groups.Invited(ctx(c), token)
	if err != nil {
		return err
	}
	p := view.JoinPage{Frame: s.frame(c), Token: token, Group: groupRef(g), Members: g.MemberCount, By: personOf(invitation.CreatedBy),
		Role: string(invitation.Role), Email: invitation.Email, Form: form}
	if invitation.ThreadID != 0 {
		// The group is left out: a guest may not know of it.
		p.Group, p.Members, p.Thread = view.GroupRef{}, 0, view.Link{Text: invitation.Title, URL: fmt.Sprintf("/t/%d", invitation.ThreadID)}
	}
	if me := edge.Person(c); me.ID != 0 && invitation.Email != "" {
		p.OtherAddress = me.Email != invitation.Email
	}
	if p.Form.Values == nil {
		p.Form.Values = url.Values{"email": {invitation.Email}, "name": {invitation.Name}}
	}
	if edge.Who(c).SignedIn() && invitation.ThreadID == 0 {
		if mine, err := s.Groups.ByHandle(ctx(c), edge.Who(c), g.Handle); err == nil {
			p.Already = mine.Role.AtLeast(invitation.Role)
		}
	}
	return s.show(c, status, p)
}

// join follows an invitation: with one's account, or by making one.
func (s *Site) join(c edge.Ctx) error {
	token := c.Param("token")
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if edge.Who(c).SignedIn() {
		g, err := s.Groups.Accept(ctx(c), edge.Who(c), token)
		if store.IsReplay(err) {
			return seeOther(c, "/join/"+token)
		}
		if err != nil {
			return err
		}
		return seeOther(c, g.Path())
	}
	// The answer may tell that somebody has the address.
	if err := s.People.CountStranger(c.RealIP()); err != nil {
		return err
	}
	made, g, err := s.Groups.Register(ctx(c), token, person.NewPerson{Name: form.Get("name"), Handle: form.Get("handle"),
		Email: form.Get("email"), Affiliation: form.Get("affiliation"), Password: form.Get("password")})
	if store.IsReplay(err) {
		return seeOther(c, "/signin")
	}
	if err != nil {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showJoin(c, http.StatusUnprocessableEntity, again)
	}
	return s.enter(c, made.ID, g.Path())
}
