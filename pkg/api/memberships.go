package api

import (
	"context"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/group"
	"plenary/pkg/timeline"
)

type membershipAnswer struct {
	User  timeline.Person `json:"user"`
	Role  access.Role     `json:"role"`
	Since time.Time       `json:"since"`

	Title     string `json:"title,omitempty"`
	Delegate  bool   `json:"delegate,omitempty"`
	Inherited bool   `json:"inherited,omitempty"` // by being a member of the group above
	Votes     int64  `json:"votes"`               // in polls that are weighted
}

func answerMembership(m group.Membership) membershipAnswer {
	return membershipAnswer{User: timeline.PersonOf(m.Person), Role: m.Role, Since: m.Since.UTC(),
		Title: m.Title, Delegate: m.Delegate, Inherited: m.Inherited, Votes: m.Votes}
}

func (a *API) listMemberships(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	q := group.MembersQuery{Text: c.QueryParam("q"), Role: access.Role(c.QueryParam("role")), Delegates: c.QueryParam("delegates") == "true", Page: at}
	members, err := a.Groups.FindMembers(c.Request().Context(), edge.Who(c), c.Param("handle"), q)
	if err != nil {
		return err
	}
	return ok(c, paged(members, answerMembership))
}

type newMembership struct {
	User string      `json:"user"` // a handle; empty for oneself
	Role access.Role `json:"role"` // empty for member
}

// addMembership adds somebody, or joins: whoever names nobody, or themselves as
// a plain member, asks to come in.
func (a *API) addMembership(c edge.Ctx) error {
	in, err := optional[newMembership](c)
	if err != nil {
		return err
	}
	if in.Role == "" {
		in.Role = access.Member
	}
	ctx, who, handle := c.Request().Context(), edge.Who(c), c.Param("handle")
	me := edge.Person(c)
	var made group.Membership
	if in.User == "" || strings.EqualFold(in.User, me.Handle) && in.Role == access.Member {
		made, err = a.join(ctx, who, handle)
		made.Person = me.Brief
	} else {
		made, err = a.Groups.AddMember(ctx, who, handle, in.User, in.Role)
	}
	if err != nil {
		return err
	}
	return created(c, answerMembership(made), "/groups/%s/memberships", strings.ToLower(handle))
}

// join asks to come in. The room does not say when that was, so the answer says
// when it was asked.
func (a *API) join(ctx context.Context, who access.Actor, handle string) (group.Membership, error) {
	now := a.Now()
	if err := a.Groups.Join(ctx, who, handle); err != nil {
		return group.Membership{}, err
	}
	return group.Membership{Role: access.Member, Since: now, Votes: 1}, nil
}

type membershipEdit struct {
	Role     *access.Role `json:"role"`
	Title    *string      `json:"title"`
	Delegate *bool        `json:"delegate"`
	Votes    *int64       `json:"votes"`
}

func (a *API) editMembership(c edge.Ctx) error {
	in, err := read[membershipEdit](c)
	if err != nil {
		return err
	}
	if in == (membershipEdit{}) {
		in.Role = new(access.NoRole) // a change of nothing is refused as one to no role is
	}
	changed, err := a.Groups.EditMember(c.Request().Context(), edge.Who(c), c.Param("handle"), c.Param("user"), group.MemberEdit(in))
	if err != nil {
		return err
	}
	return ok(c, answerMembership(changed))
}

// endMembership removes somebody, or leaves where it is oneself.
func (a *API) endMembership(c edge.Ctx) error {
	ctx, who, handle, user := c.Request().Context(), edge.Who(c), c.Param("handle"), c.Param("user")
	var err error
	if strings.EqualFold(user, edge.Person(c).Handle) {
		err = a.Groups.Leave(ctx, who, handle)
	} else {
		err = a.Groups.RemoveMember(ctx, who, handle, user)
	}
	if err != nil {
		return err
	}
	return done(c)
}
