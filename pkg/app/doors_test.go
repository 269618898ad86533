package app_test

import (
	"strings"

	"plenary/pkg/access"
)

// doors says for each route which rules of the matrix it obeys.
func doors() map[string]door {
	all := map[string]door{}
	for _, part := range []map[string]door{groupDoors, memberDoors, electorateDoors, threadDoors, themeDoors, boardDoors, conveningDoors, programmeDoors, eventDoors, pollDoors, templateDoors, everybodysDoors, accountDoors, administratorDoors, guestDoors} {
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

// withAlso knocks with things in other states too.
func withAlso(d door, about ...string) door {
	d.also = about
	return d
}

var groupDoors = map[string]door{
	"GET /g/:handle":               of("group", access.ReadGroup),
	"GET /g/:handle/edit":          of("group", access.EditGroup),
	"POST /g/:handle/edit":         of("group", access.EditGroup),
	"POST /g/:handle/join":         of("group", access.JoinGroup),
	"POST /g/:handle/leave":        of("group", access.LeaveGroup),
	"GET /g/:handle/members":       of("group", access.ReadMembers),
	"POST /g/:handle/members":      of("group", access.AddMember),
	"GET /g/:handle/polls":         of("group", access.ReadContent),
	"GET /g/:handle/decisions":     of("group", access.ReadContent),
	"GET /g/:handle/decisions.csv": of("group", access.ReadContent),
	"GET /g/:handle/themes":        of("group", access.ReadContent),
	"GET /g/:handle/threads/new":   of("group", access.StartThread),
	"POST /g/:handle/threads":      of("group", access.StartThread),
	"GET /g/:handle/polls/new":     of("group", access.StartPollAlone),
	"POST /g/:handle/polls":        of("group", access.StartPollAlone),

	"POST /g/:handle/edit/entry":            of("group", access.EditGroup),
	"POST /g/:handle/edit/rules":            of("group", access.EditGroup),
	"POST /g/:handle/edit/place":            of("group", access.EditGroup),
	"POST /g/:handle/edit/erasure":          of("group", access.EditGroup),
	"POST /g/:handle/picture":               of("group", access.EditGroup),
	"POST /g/:handle/picture/remove":        of("group", access.EditGroup),
	"GET /g/:handle/picture/:sum":           of("group", access.ReadGroup),
	"GET /g/:handle/subgroups/new":          of("group", access.Subgroup),
	"POST /g/:handle/subgroups":             of("group", access.Subgroup),
	"GET /g/:handle/signin":                 of("group", access.ReadGroup),
	"GET /signin/with/:id":                  of("provider", access.ReadGroup),
	"GET /g/:handle/providers":              of("group", access.EditGroup),
	"POST /g/:handle/providers":             of("group", access.EditGroup),
	"POST /g/:handle/providers/lift":        of("group", access.EditGroup),
	"POST /g/:handle/providers/:id/edit":    of("provider", access.EditGroup),
	"POST /g/:handle/providers/:id/remove":  of("provider", access.EditGroup),
	"POST /g/:handle/providers/:id/require": of("provider", access.EditGroup),
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
	"POST /t/:id/unshare":               sent("thread", "group="+square, access.ShareThread),
	"POST /t/:id/guests":                of("thread", access.InviteGuest),
	"POST /t/:id/guests/:person/remove": of("thread", access.InviteGuest),
	"POST /t/:id/leave":                 of("thread", access.LeaveThread),
	"GET /c/:id":                        of("comment", access.ReadThread),
	"POST /c/:id/edit":                  of("comment", access.EditComment),
	"POST /c/:id/delete":                of("comment", access.DeleteComment),
	"GET /c/:id/history":                of("comment", access.ReadHistory),
	"POST /c/:id/reactions":             of("comment", access.React),
	"GET /c/:id/themes":                 of("comment", access.ProposeTheme),
	"GET /files/:id":                    of("file", access.ReadThread),
	"GET /files/:id/:name":              of("file", access.ReadThread),
	"GET /mentions":                     {about: "thread", query: "thread=ID&q=the", do: []access.Action{access.ReadThread, access.ReadMembers}},
}

var themeDoors = map[string]door{
	"GET /t/:id/themes":          of("thread", access.ReadThread),
	"GET /t/:id/themes/new":      of("thread", access.ProposeTheme),
	"POST /t/:id/themes":         of("thread", access.ProposeTheme),
	"GET /themes/:id":            withAlso(of("theme", access.ReadThread), "declined"),
	"POST /themes/:id/edit":      withAlso(of("theme", access.EditTheme), "declined"),
	"POST /themes/:id/support":   withAlso(of("theme", access.SupportTheme), "declined"),
	"POST /themes/:id/unsupport": withAlso(of("theme", access.UnsupportTheme), "declined"),
	"POST /themes/:id/withdraw":  withAlso(of("theme", access.WithdrawTheme), "declined"),
	"POST /themes/:id/shortlist": withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/unlist":    withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/restore":   withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/decline":   withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/comments":  withAlso(of("theme", access.CommentTheme), "declined"),
}

var pollDoors = map[string]door{
	"GET /t/:id/polls/new":      of("thread", access.StartPoll),
	"POST /t/:id/polls":         of("thread", access.StartPoll),
	"GET /p/:id":                withAlso(of("open", access.ReadThread), "draft", "ended"),
	"GET /p/:id/pictures/:file": withAlso(of("open", access.ReadThread), "draft", "ended"),
	"GET /p/:id/edit":           withAlso(of("open", access.EditPoll), "draft", "ended"),
	"POST /p/:id/edit":          withAlso(of("open", access.EditPoll), "draft", "ended"),
	"POST /p/:id/ballot":        withAlso(of("open", access.Vote), "draft", "ended"),
	"POST /p/:id/open":          withAlso(of("draft", access.OpenPoll), "open"),
	"POST /p/:id/close":         withAlso(of("open", access.ClosePoll), "draft", "ended"),
	"POST /p/:id/reopen":        withAlso(of("ended", access.ReopenPoll), "open", "draft"),
	"POST /p/:id/extend":        withAlso(of("open", access.ExtendPoll), "draft", "ended"),
	"GET /p/:id/chart.svg":      withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /p/:id/results.csv":    withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /p/:id/results.json":   withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /p/:id/print":          withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /p/:id/check":          withAlso(of("open", access.ReadThread), "draft", "ended"),
	"POST /p/:id/check":         withAlso(sent("open", "code=x", access.ReadThread), "draft", "ended"),
	"GET /p/:id/export.json":    withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /p/:id/export.csv":     withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /p/:id/export.blt":     withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /p/:id/outcome":        withAlso(of("ended", access.Conclude), "open", "draft"),
	"POST /p/:id/outcome":       withAlso(of("ended", access.Conclude), "open", "draft"),
	"POST /p/:id/undecided":     withAlso(of("open", access.Vote), "draft", "ended"),
	"GET /p/:id/practice":       withAlso(of("open", access.ReadThread), "draft", "ended"),
	"POST /p/:id/practice":      withAlso(of("open", access.ReadThread), "draft", "ended"),
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
	"POST /groups/{handle}/polls":                sent("group", `{"title":""}`, access.StartPollAlone),
	"GET /groups/{handle}/themes":                of("group", access.ReadContent),
	"GET /groups/{handle}/polls":                 of("group", access.ReadContent),
	"GET /groups/{handle}/decisions":             of("group", access.ReadContent),
	"PUT /groups/{handle}/picture":               of("group", access.EditGroup),
	"DELETE /groups/{handle}/picture":            of("group", access.EditGroup),
	"GET /groups/{handle}/providers":             of("group", access.EditGroup),
	"POST /groups/{handle}/providers":            sent("group", `{"name":""}`, access.EditGroup),
	"PATCH /groups/{handle}/providers/{id}":      sent("provider", `{}`, access.EditGroup),
	"DELETE /groups/{handle}/providers/{id}":     of("provider", access.EditGroup),
	"GET /files/{id}":                            of("file", access.ReadThread),

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
	"GET /themes/{id}":            withAlso(of("theme", access.ReadThread), "declined"),
	"PATCH /themes/{id}":          withAlso(sent("theme", `{"title":"Rye"}`, access.EditTheme), "declined"),
	"PUT /themes/{id}/support":    withAlso(of("theme", access.SupportTheme), "declined"),
	"DELETE /themes/{id}/support": withAlso(of("theme", access.UnsupportTheme), "declined"),
	"GET /themes/{id}/supporters": withAlso(of("theme", access.ReadThread), "declined"),
	"GET /themes/{id}/comments":   withAlso(of("theme", access.ReadThread), "declined"),

	"GET /threads/{id}/polls":      of("thread", access.ReadThread),
	"POST /threads/{id}/polls":     sent("thread", `{"title":"","method":"proposal"}`, access.StartPoll),
	"GET /polls/{id}":              withAlso(of("open", access.ReadThread), "draft", "ended"),
	"PATCH /polls/{id}":            withAlso(sent("open", `{}`, access.EditPoll), "draft", "ended"),
	"POST /polls/{id}/open":        withAlso(of("draft", access.OpenPoll), "open"),
	"POST /polls/{id}/close":       withAlso(of("open", access.ClosePoll), "draft", "ended"),
	"POST /polls/{id}/reopen":      withAlso(sent("ended", `{"closes_at":"2099-01-01T00:00:00Z"}`, access.ReopenPoll), "open", "draft"),
	"POST /polls/{id}/extend":      withAlso(sent("open", `{"closes_at":"2099-01-01T00:00:00Z"}`, access.ExtendPoll), "draft", "ended"),
	"PUT /polls/{id}/ballot":       withAlso(sent("open", `{"choices":[]}`, access.Vote), "draft", "ended"),
	"PUT /polls/{id}/undecided":    withAlso(of("open", access.Vote), "draft", "ended"),
	"DELETE /polls/{id}/undecided": withAlso(of("open", access.Vote), "draft", "ended"),
	"GET /polls/{id}/ballot":       {about: "ended", do: []access.Action{access.ReadThread}, signedIn: true},
	"GET /polls/{id}/ballots":      withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /polls/{id}/voters":       withAlso(of("open", access.ReadElectorate), "draft", "ended"),
	"GET /polls/{id}/results":      withAlso(of("open", access.ReadResults), "draft", "ended"),
	"POST /polls/{id}/outcome":     withAlso(sent("ended", `{"statement":""}`, access.Conclude), "open", "draft"),
	"GET /polls/{id}/export":       withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /polls/{id}/export.csv":   withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /polls/{id}/export.blt":   withAlso(of("open", access.ReadResults), "draft", "ended"),
	"GET /polls/{id}/certificate":  withAlso(of("ended", access.ReadResults), "draft"),
}
