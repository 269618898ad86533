package app_test

import (
	"strings"

	"plenary/pkg/access"
)

// doors says for each route which rules of the matrix it obeys.
func doors() map[string]door {
	all := map[string]door{}
	for _, part := range []map[string]door{groupDoors, threadDoors, themeDoors, pollDoors} {
		for route, d := range part {
			all[route] = d
		}
	}
	for route, d := range apiDoors {
		method, path, _ := strings.Cut(route, " ")
		all[method+" /api/v1"+strings.NewReplacer("{", ":", "}", "").Replace(path)] = d
	}
	return all
}

func of(about string, do ...access.Action) door { return door{about: about, do: do} }

func sent(about, body string, do ...access.Action) door {
	return door{about: about, do: do, body: body}
}

var groupDoors = map[string]door{
	"GET /g/:handle":                         of("group", access.ReadGroup),
	"GET /g/:handle/edit":                    of("group", access.EditGroup),
	"POST /g/:handle/edit":                   of("group", access.EditGroup),
	"POST /g/:handle/join":                   of("group", access.JoinGroup),
	"POST /g/:handle/leave":                  of("group", access.LeaveGroup),
	"GET /g/:handle/members":                 of("group", access.ReadMembers),
	"POST /g/:handle/members":                of("group", access.AddMember),
	"POST /g/:handle/members/:person/role":   of("group", access.SetRole),
	"POST /g/:handle/members/:person/remove": of("group", access.Remove),
	"POST /g/:handle/invitations":            of("group", access.Invite),
	"GET /g/:handle/polls":                   of("group", access.ReadContent),
	"GET /g/:handle/decisions":               of("group", access.ReadContent),
	"GET /g/:handle/themes":                  of("group", access.ReadContent),
	"GET /g/:handle/threads/new":             of("group", access.StartThread),
	"POST /g/:handle/threads":                of("group", access.StartThread),
}

var threadDoors = map[string]door{
	"GET /t/:id":                        of("thread", access.ReadThread),
	"GET /t/:id/:slug":                  of("thread", access.ReadThread),
	"GET /t/:id/edit":                   of("thread", access.EditThread),
	"POST /t/:id/edit":                  of("thread", access.EditThread),
	"POST /t/:id/close":                 of("thread", access.CloseThread),
	"POST /t/:id/reopen":                of("thread", access.Reopen),
	"POST /t/:id/pin":                   of("thread", access.PinThread),
	"POST /t/:id/unpin":                 of("thread", access.PinThread),
	"POST /t/:id/comments":              of("thread", access.PostComment),
	"POST /t/:id/seen":                  of("thread", access.MarkSeen),
	"GET /t/:id/seen-by":                of("thread", access.ReadSeenBy),
	"GET /t/:id/people":                 {about: "thread", either: []access.Action{access.ReadGuests, access.LeaveThread}},
	"POST /t/:id/share":                 of("thread", access.ShareThread),
	"POST /t/:id/unshare":               of("thread", access.ShareThread),
	"POST /t/:id/guests":                of("thread", access.InviteGuest),
	"POST /t/:id/guests/:person/remove": of("thread", access.InviteGuest),
	"POST /t/:id/leave":                 of("thread", access.LeaveThread),
	"GET /c/:id":                        of("comment", access.ReadThread),
	"POST /c/:id/edit":                  of("comment", access.EditComment),
	"POST /c/:id/delete":                of("comment", access.DeleteComment),
	"GET /c/:id/history":                of("comment", access.ReadHistory),
	"POST /c/:id/reactions":             of("comment", access.React),
	"GET /c/:id/themes":                 of("comment", access.ProposeTheme),
}

var themeDoors = map[string]door{
	"GET /t/:id/themes":          of("thread", access.ReadThread),
	"GET /t/:id/themes/new":      of("thread", access.ProposeTheme),
	"POST /t/:id/themes":         of("thread", access.ProposeTheme),
	"GET /themes/:id":            of("theme", access.ReadThread),
	"POST /themes/:id/edit":      of("theme", access.EditTheme),
	"POST /themes/:id/support":   of("theme", access.SupportTheme),
	"POST /themes/:id/unsupport": of("theme", access.UnsupportTheme),
	"POST /themes/:id/withdraw":  of("theme", access.WithdrawTheme),
	"POST /themes/:id/shortlist": of("theme", access.Convene),
	"POST /themes/:id/unlist":    of("theme", access.Convene),
	"POST /themes/:id/restore":   of("theme", access.Convene),
	"POST /themes/:id/decline":   of("theme", access.Convene),
	"POST /themes/:id/comments":  of("theme", access.CommentTheme),
}

var pollDoors = map[string]door{
	"GET /t/:id/polls/new":   of("thread", access.StartPoll),
	"POST /t/:id/polls":      of("thread", access.StartPoll),
	"GET /p/:id":             of("open", access.ReadThread),
	"GET /p/:id/edit":        of("open", access.EditPoll),
	"POST /p/:id/edit":       of("open", access.EditPoll),
	"POST /p/:id/ballot":     of("open", access.Vote),
	"POST /p/:id/open":       of("draft", access.OpenPoll),
	"POST /p/:id/close":      of("open", access.ClosePoll),
	"POST /p/:id/reopen":     of("ended", access.ReopenPoll),
	"POST /p/:id/extend":     of("open", access.ExtendPoll),
	"GET /p/:id/results.svg": of("open", access.ReadResults),
	"GET /p/:id/outcome":     of("ended", access.Conclude),
	"POST /p/:id/outcome":    of("ended", access.Conclude),
}

var apiDoors = map[string]door{
	"GET /groups/{handle}":                       of("group", access.ReadGroup),
	"PATCH /groups/{handle}":                     sent("group", `{}`, access.EditGroup),
	"GET /groups/{handle}/memberships":           of("group", access.ReadMembers),
	"POST /groups/{handle}/memberships":          sent("group", `{"user":"nobody-at-all","role":"member"}`, access.AddMember),
	"PATCH /groups/{handle}/memberships/{user}":  sent("group", `{"role":"member"}`, access.SetRole),
	"DELETE /groups/{handle}/memberships/{user}": of("group", access.Remove),
	"GET /groups/{handle}/invitations":           of("group", access.Invite),
	"POST /groups/{handle}/invitations":          of("group", access.Invite),
	"GET /groups/{handle}/threads":               of("group", access.ReadContent),
	"POST /groups/{handle}/threads":              sent("group", `{"title":""}`, access.StartThread),
	"GET /groups/{handle}/themes":                of("group", access.ReadContent),
	"GET /groups/{handle}/polls":                 of("group", access.ReadContent),
	"GET /groups/{handle}/decisions":             of("group", access.ReadContent),

	"GET /threads/{id}":                       of("thread", access.ReadThread),
	"PATCH /threads/{id}":                     sent("thread", `{}`, access.EditThread),
	"POST /threads/{id}/close":                of("thread", access.CloseThread),
	"POST /threads/{id}/reopen":               of("thread", access.Reopen),
	"POST /threads/{id}/pin":                  of("thread", access.PinThread),
	"DELETE /threads/{id}/pin":                of("thread", access.PinThread),
	"GET /threads/{id}/timeline":              of("thread", access.ReadThread),
	"POST /threads/{id}/seen":                 sent("thread", `{"seq":1}`, access.MarkSeen),
	"GET /threads/{id}/seen_by":               of("thread", access.ReadSeenBy),
	"POST /threads/{id}/comments":             sent("thread", `{"body":"Words."}`, access.PostComment),
	"PUT /threads/{id}/groups/{handle}":       of("thread", access.ShareThread),
	"DELETE /threads/{id}/groups/{handle}":    of("thread", access.ShareThread),
	"GET /threads/{id}/guests":                of("thread", access.ReadGuests),
	"PUT /threads/{id}/guests/{user}":         of("thread", access.InviteGuest),
	"DELETE /threads/{id}/guests/{user}":      of("thread", access.InviteGuest),
	"GET /comments/{id}":                      of("comment", access.ReadThread),
	"PATCH /comments/{id}":                    sent("comment", `{"body":"Other words."}`, access.EditComment),
	"DELETE /comments/{id}":                   of("comment", access.DeleteComment),
	"GET /comments/{id}/history":              of("comment", access.ReadHistory),
	"PUT /comments/{id}/reactions/{emoji}":    of("comment", access.React),
	"DELETE /comments/{id}/reactions/{emoji}": of("comment", access.React),

	"GET /threads/{id}/themes":    of("thread", access.ReadThread),
	"POST /threads/{id}/themes":   sent("thread", `{"title":"Rye"}`, access.ProposeTheme),
	"GET /themes/{id}":            of("theme", access.ReadThread),
	"PATCH /themes/{id}":          sent("theme", `{"title":"Rye"}`, access.EditTheme),
	"PUT /themes/{id}/support":    of("theme", access.SupportTheme),
	"DELETE /themes/{id}/support": of("theme", access.UnsupportTheme),
	"GET /themes/{id}/supporters": of("theme", access.ReadThread),
	"GET /themes/{id}/comments":   of("theme", access.ReadThread),

	"GET /threads/{id}/polls":  of("thread", access.ReadThread),
	"POST /threads/{id}/polls": sent("thread", `{"title":"","method":"proposal"}`, access.StartPoll),
	"GET /polls/{id}":          of("open", access.ReadThread),
	"PATCH /polls/{id}":        sent("open", `{}`, access.EditPoll),
	"POST /polls/{id}/open":    of("draft", access.OpenPoll),
	"POST /polls/{id}/close":   of("open", access.ClosePoll),
	"POST /polls/{id}/reopen":  sent("ended", `{"closes_at":"2099-01-01T00:00:00Z"}`, access.ReopenPoll),
	"POST /polls/{id}/extend":  sent("open", `{"closes_at":"2099-01-01T00:00:00Z"}`, access.ExtendPoll),
	"PUT /polls/{id}/ballot":   sent("open", `{"choices":[]}`, access.Vote),
	"GET /polls/{id}/results":  of("open", access.ReadResults),
	"POST /polls/{id}/outcome": sent("ended", `{"statement":""}`, access.Conclude),
}

// withoutRule are the routes that the matrix says nothing about, each with the
// reason and, where it matters, the test that looks after it.
var withoutRule = map[string]string{}
