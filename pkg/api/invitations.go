package api

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/group"
	"plenary/pkg/timeline"
)

type invitationAnswer struct {
	ID        int64           `json:"id"`
	Role      access.Role     `json:"role"`
	MaxUses   int             `json:"max_uses"`
	Uses      int             `json:"uses"`
	CreatedBy timeline.Person `json:"created_by"`
	CreatedAt time.Time       `json:"created_at"`
	ExpiresAt time.Time       `json:"expires_at"`
	Token     string          `json:"token,omitempty"` // only in the answer to its making
}

func answerInvitation(i group.Invitation) invitationAnswer {
	return invitationAnswer{ID: i.ID, Role: i.Role, MaxUses: i.MaxUses, Uses: i.Uses, CreatedBy: timeline.PersonOf(i.CreatedBy),
		CreatedAt: i.CreatedAt.UTC(), ExpiresAt: i.ExpiresAt.UTC()}
}

func (a *API) listInvitations(c edge.Ctx) error {
	found, err := a.Groups.Invitations(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, whole(found, answerInvitation))
}

type newInvitation struct {
	Role    access.Role `json:"role"`
	MaxUses int         `json:"max_uses"`
	Days    int         `json:"days"`
}

func (a *API) invite(c edge.Ctx) error {
	in, err := optional[newInvitation](c)
	if err != nil {
		return err
	}
	handle := c.Param("handle")
	token, made, err := a.Groups.Invite(c.Request().Context(), edge.Who(c), handle, group.NewInvitation(in))
	if err != nil {
		return err
	}
	answer := answerInvitation(made)
	answer.Token = token
	return created(c, answer, "/groups/%s/invitations", handle)
}

func (a *API) revokeInvitation(c edge.Ctx) error { return answerNothing(c, a.Groups.RevokeInvitation) }

type invitationToken struct {
	Token string `json:"token"`
}

func (a *API) acceptInvitation(c edge.Ctx) error {
	in, err := read[invitationToken](c)
	if err != nil {
		return err
	}
	entered, err := a.Groups.Accept(c.Request().Context(), edge.Who(c), in.Token)
	if err != nil {
		return err
	}
	return a.answerChanged(c, entered, nil)
}
