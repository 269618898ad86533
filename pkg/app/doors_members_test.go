package app_test

import "plenary/pkg/access"

// memberDoors are those about who is in a group, who asks to be, and who may not.
var memberDoors = map[string]door{
	"POST /g/:handle/members/:person/edit":   of("group", access.SetRole),
	"POST /g/:handle/members/:person/remove": of("group", access.Remove),
	"GET /g/:handle/members/:person/ban":     of("group", access.Ban),
	"POST /g/:handle/members/:person/ban":    of("group", access.Ban),
	"GET /g/:handle/bans":                    of("group", access.Ban),
	"POST /g/:handle/bans/:person/lift":      of("group", access.Ban),
	"GET /g/:handle/ask":                     of("group", access.AskToJoin),
	"POST /g/:handle/ask":                    of("group", access.AskToJoin),
	"GET /g/:handle/leave":                   of("group", access.LeaveGroup),
	"GET /g/:handle/invite":                  of("group", access.Invite),
	"POST /g/:handle/invite":                 of("group", access.Invite),
	"POST /g/:handle/invitations":            of("group", access.Invite),
	"POST /g/:handle/invitations/remind":     of("group", access.Invite),

	"POST /g/:handle/ask/withdraw":           {about: "group", do: []access.Action{access.ReadGroup}, signedIn: true},
	"POST /g/:handle/requests/:id/approve":   of("request", access.AnswerAsker),
	"POST /g/:handle/requests/:id/decline":   of("request", access.AnswerAsker),
	"POST /g/:handle/invitations/:id/revoke": of("link", access.Invite),
	"POST /g/:handle/invitations/:id/remind": of("mailed", access.Invite),

	"POST /t/:id/invitations/:invitation/revoke": of("guest", access.InviteGuest),

	"GET /api/v1/groups/:handle/requests":                of("group", access.AnswerAsker),
	"POST /api/v1/groups/:handle/requests":               sent("group", `{}`, access.AskToJoin),
	"GET /api/v1/groups/:handle/bans":                    of("group", access.Ban),
	"POST /api/v1/groups/:handle/bans":                   sent("group", `{"user":"the-bystander","reason":"Loud."}`, access.Ban),
	"DELETE /api/v1/groups/:handle/bans/:user":           of("group", access.Ban),
	"GET /api/v1/groups/:handle/invitations/batch":       of("group", access.Invite),
	"POST /api/v1/groups/:handle/invitations/batch":      sent("group", `{"text":"nobody"}`, access.Invite),
	"GET /api/v1/threads/:id/invitations":                of("thread", access.InviteGuest),
	"POST /api/v1/threads/:id/invitations":               sent("thread", `{"text":"nobody at all"}`, access.InviteGuest),
	"DELETE /api/v1/threads/:id/invitations/:invitation": of("guest", access.InviteGuest),
	"DELETE /api/v1/groups/:handle/requests":             {about: "group", do: []access.Action{access.ReadGroup}, signedIn: true},
	"POST /api/v1/groups/:handle/requests/:id/approve":   of("request", access.AnswerAsker),
	"POST /api/v1/groups/:handle/requests/:id/decline":   of("request", access.AnswerAsker),
	"DELETE /api/v1/invitations/:id":                     of("link", access.Invite),
	"POST /api/v1/invitations/:id/remind":                of("mailed", access.Invite),
}
