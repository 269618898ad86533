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

// forMembers are the calls about who comes into a group, who may not, and whom
// it has invited by mail.
func (a *API) forMembers() []route {
	return []route{
		{get, "/groups/{handle}/requests", a.listRequests},
		{post, "/groups/{handle}/requests", a.askToJoin},
		{del, "/groups/{handle}/requests", a.withdrawRequest},
		{post, "/groups/{handle}/requests/{id}/approve", a.approveRequest},
		{post, "/groups/{handle}/requests/{id}/decline", a.declineRequest},
		{get, "/groups/{handle}/bans", a.listBans},
		{post, "/groups/{handle}/bans", a.ban},
		{del, "/groups/{handle}/bans/{user}", a.unban},
		{get, "/groups/{handle}/invitations/batch", a.listMailed},
		{post, "/groups/{handle}/invitations/batch", a.inviteByMail},
		{post, "/invitations/{id}/remind", a.remindInvitation},
		{get, "/threads/{id}/invitations", a.listGuestInvitations},
		{post, "/threads/{id}/invitations", a.inviteGuests},
		{del, "/threads/{id}/invitations/{invitation}", a.revokeGuestInvitation},
	}
}

type requestAnswer struct {
	ID       int64           `json:"id"`
	User     timeline.Person `json:"user"`
	Question string          `json:"question"`
	Answer   string          `json:"answer"`
	At       time.Time       `json:"at"`
}

func answerJoinRequest(r group.JoinRequest) requestAnswer {
	return requestAnswer{ID: r.ID, User: timeline.PersonOf(r.Person), Question: r.Question, Answer: r.Answer, At: r.At.UTC()}
}

func (a *API) listRequests(c edge.Ctx) error {
	found, err := a.Groups.Requests(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, whole(found, answerJoinRequest))
}

type newRequest struct {
	Answer string `json:"answer"`
}

func (a *API) askToJoin(c edge.Ctx) error {
	in, err := optional[newRequest](c)
	if err != nil {
		return err
	}
	handle := c.Param("handle")
	made, err := a.Groups.Ask(c.Request().Context(), edge.Who(c), handle, in.Answer)
	if err != nil {
		return err
	}
	return created(c, answerJoinRequest(made), "/groups/%s/requests", strings.ToLower(handle))
}

func (a *API) withdrawRequest(c edge.Ctx) error {
	if err := a.Groups.Withdraw(c.Request().Context(), edge.Who(c), c.Param("handle")); err != nil {
		return err
	}
	return done(c)
}

type requestNote struct {
	Note string `json:"note"`
}

func (a *API) approveRequest(c edge.Ctx) error { return answerAsker(c, a.Groups.Approve) }

func (a *API) declineRequest(c edge.Ctx) error { return answerAsker(c, a.Groups.Decline) }

func answerAsker(c edge.Ctx, answer func(context.Context, access.Actor, string, int64, string) error) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := optional[requestNote](c)
	if err != nil {
		return err
	}
	if err := answer(c.Request().Context(), edge.Who(c), c.Param("handle"), id, in.Note); err != nil {
		return err
	}
	return done(c)
}

type banAnswer struct {
	User   timeline.Person `json:"user"`
	Reason string          `json:"reason"`
	By     string          `json:"by,omitempty"` // a name
	At     time.Time       `json:"at"`
}

func answerBan(b group.Ban) banAnswer {
	return banAnswer{User: timeline.PersonOf(b.Person), Reason: b.Reason, By: b.By, At: b.At.UTC()}
}

func (a *API) listBans(c edge.Ctx) error {
	found, err := a.Groups.Bans(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, whole(found, answerBan))
}

type newBan struct {
	User   string `json:"user"`
	Reason string `json:"reason"`
}

func (a *API) ban(c edge.Ctx) error {
	in, err := read[newBan](c)
	if err != nil {
		return err
	}
	if err := a.Groups.Ban(c.Request().Context(), edge.Who(c), c.Param("handle"), in.User, in.Reason); err != nil {
		return err
	}
	return done(c)
}

func (a *API) unban(c edge.Ctx) error {
	if err := a.Groups.Unban(c.Request().Context(), edge.Who(c), c.Param("handle"), c.Param("user")); err != nil {
		return err
	}
	return done(c)
}
