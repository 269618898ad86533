package api

import (
	"net/http"
	"strings"

	"plenary/pkg/edge"
)

// route is one call of the API.
type route struct {
	method string
	path   string // below Prefix, as in the description: "/threads/{id}"
	handle edge.Handler
	secret bool // the answer holds a secret, and so is not kept for a repeated Idempotency-Key
}

// routes is every call there is.
func (a *API) routes() []route {
	const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []route{
		{get, "/openapi.json", a.describe, false},

		{get, "/me", a.showMe, false},
		{get, "/tokens", a.listTokens, false},
		{post, "/tokens", a.createToken, true},
		{del, "/tokens/{id}", a.revokeToken, false},
		{get, "/people", a.listPeople, false},
		{post, "/people", a.addPerson, false},

		{get, "/groups", a.listGroups, false},
		{post, "/groups", a.createGroup, false},
		{get, "/groups/{handle}", a.showGroup, false},
		{patch, "/groups/{handle}", a.editGroup, false},
		{get, "/groups/{handle}/memberships", a.listMemberships, false},
		{post, "/groups/{handle}/memberships", a.addMembership, false},
		{patch, "/groups/{handle}/memberships/{user}", a.setRole, false},
		{del, "/groups/{handle}/memberships/{user}", a.endMembership, false},
		{get, "/groups/{handle}/invitations", a.listInvitations, false},
		{post, "/groups/{handle}/invitations", a.invite, true},
		{del, "/invitations/{id}", a.revokeInvitation, false},
		{post, "/invitations/accept", a.acceptInvitation, false},

		{get, "/groups/{handle}/threads", a.listThreads, false},
		{post, "/groups/{handle}/threads", a.startThread, false},
		{get, "/groups/{handle}/themes", a.listThemesOfGroup, false},
		{get, "/groups/{handle}/polls", a.listPollsOfGroup, false},
		{get, "/groups/{handle}/decisions", a.listDecisions, false},

		{get, "/threads/{id}", a.showThread, false},
		{patch, "/threads/{id}", a.editThread, false},
		{post, "/threads/{id}/close", a.closeThread, false},
		{post, "/threads/{id}/reopen", a.reopenThread, false},
		{post, "/threads/{id}/pin", a.pinThread, false},
		{del, "/threads/{id}/pin", a.unpinThread, false},
		{get, "/threads/{id}/timeline", a.listTimeline, false},
		{post, "/threads/{id}/seen", a.markSeen, false},
		{get, "/threads/{id}/seen_by", a.listSeenBy, false},

		{post, "/threads/{id}/comments", a.postComment, false},
		{get, "/comments/{id}", a.showComment, false},
		{patch, "/comments/{id}", a.editComment, false},
		{del, "/comments/{id}", a.deleteComment, false},
		{get, "/comments/{id}/history", a.listCommentHistory, false},
		{put, "/comments/{id}/reactions/{emoji}", a.addReaction, false},
		{del, "/comments/{id}/reactions/{emoji}", a.removeReaction, false},

		{get, "/threads/{id}/themes", a.listThemes, false},
		{post, "/threads/{id}/themes", a.proposeTheme, false},
		{get, "/themes/{id}", a.showTheme, false},
		{patch, "/themes/{id}", a.changeTheme, false},
		{put, "/themes/{id}/support", a.supportTheme, false},
		{del, "/themes/{id}/support", a.unsupportTheme, false},
		{get, "/themes/{id}/supporters", a.listSupporters, false},
		{get, "/themes/{id}/comments", a.listThemeComments, false},

		{get, "/threads/{id}/polls", a.listPolls, false},
		{post, "/threads/{id}/polls", a.startPoll, false},
		{get, "/polls/{id}", a.showPoll, false},
		{patch, "/polls/{id}", a.editPoll, false},
		{post, "/polls/{id}/open", a.openPoll, false},
		{post, "/polls/{id}/close", a.closePoll, false},
		{post, "/polls/{id}/reopen", a.reopenPoll, false},
		{post, "/polls/{id}/extend", a.extendPoll, false},
		{get, "/polls/{id}/ballot", a.showBallot, false},
		{put, "/polls/{id}/ballot", a.castBallot, false},
		{get, "/polls/{id}/ballots", a.listBallots, false},
		{get, "/polls/{id}/voters", a.listVoters, false},
		{get, "/polls/{id}/results", a.showResults, false},
		{post, "/polls/{id}/outcome", a.concludePoll, false},

		{post, "/files", a.uploadFile, false},
		{get, "/files/{id}", a.showFile, false},
	}
}

// pattern writes a path of the description as the router wants it.
func pattern(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
