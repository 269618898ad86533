package app_test

import "plenary/pkg/access"

// electorateDoors are those about who may vote, with how many votes, and by whom a
// vote may be cast.
var electorateDoors = map[string]door{
	"GET /g/:handle/votes":         of("group", access.ReadMembers),
	"POST /g/:handle/votes":        of("group", access.SetVotes),
	"GET /g/:handle/proxies":       of("group", access.NameProxy),
	"POST /g/:handle/proxies":      of("group", access.NameProxy),
	"GET /g/:handle/mails":         of("group", access.ChooseMails),
	"POST /g/:handle/mails":        of("group", access.ChooseMails),
	"POST /g/:handle/edit/proxies": of("group", access.EditGroup),
	"GET /p/:id/proxies":           withAlso(of("open", access.ReadThread), "draft", "ended"),
	"POST /p/:id/proxies":          withAlso(of("open", access.NameProxyIn), "draft", "ended"),
	"GET /p/:id/voters":            withAlso(of("open", access.ReadElectorate), "draft", "ended"),
	"GET /p/:id/electorate":        withAlso(of("draft", access.EditPoll), "open"),
	"POST /p/:id/electorate":       withAlso(of("draft", access.EditPoll), "open", "ended"),
	"POST /p/:id/named":            withAlso(of("draft", access.EditPoll), "open", "ended"),

	"GET /p/:id/guests":                withAlso(of("open", access.InviteVoter), "draft", "ended"),
	"POST /p/:id/guests":               withAlso(of("open", access.InviteVoter), "draft", "ended"),
	"POST /p/:id/guests/remind":        withAlso(of("open", access.InviteVoter), "ended"),
	"POST /p/:id/guests/:guest/revoke": of("open", access.InviteVoter),
	"POST /p/:id/guests/:guest/resend": of("open", access.InviteVoter),
	"POST /p/:id/named/:person/remove": withAlso(of("draft", access.EditPoll), "open", "ended"),

	"PUT /api/v1/groups/:handle/votes":            sent("group", `{"text":"the-bystander,2"}`, access.SetVotes),
	"GET /api/v1/groups/:handle/poll-mails":       of("group", access.ChooseMails),
	"PUT /api/v1/groups/:handle/poll-mails":       sent("group", `{"polls":"all"}`, access.ChooseMails),
	"GET /api/v1/groups/:handle/proxies":          of("group", access.NameProxy),
	"POST /api/v1/groups/:handle/proxies":         sent("group", `{"to":"the-bystander"}`, access.NameProxy),
	"GET /api/v1/polls/:id/guests":                of("open", access.InviteVoter),
	"POST /api/v1/polls/:id/guests":               sent("open", `{"text":"nobody"}`, access.InviteVoter),
	"POST /api/v1/polls/:id/guests/remind":        of("open", access.InviteVoter),
	"DELETE /api/v1/polls/:id/guests/:guest":      of("open", access.InviteVoter),
	"POST /api/v1/polls/:id/guests/:guest/resend": of("open", access.InviteVoter),
	"GET /api/v1/polls/:id/proxies":               withAlso(of("open", access.ReadThread), "draft", "ended"),
	"POST /api/v1/polls/:id/proxies":              withAlso(sent("open", `{"to":"the-bystander"}`, access.NameProxyIn), "draft", "ended"),
}
