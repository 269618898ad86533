package api

import (
	"net/http"
	"slices"
	"strings"

	"plenary/pkg/edge"
)

// route is one call of the API.
type route struct {
	method string
	path   string // below Prefix, as in the description: "/threads/{id}"
	handle edge.Handler
}

const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete

// routes is every call there is, but for the secretive ones.
func (a *API) routes() []route {
	return slices.Concat(
		a.forPeople(),
		a.forGroups(),
		a.forTalk(),
		a.forSharing(),
		a.forThemes(),
		a.forEvents(),
		a.forSessions(),
		a.forEventGuests(),
		a.forBoards(),
		a.forConvening(),
		a.forPolls(),
		a.forSignUp(),
		a.forPasskeys(),
		a.forAdministrators(),
		a.forProviders(),
		a.forAccounts(),
		a.forMembers(),
		a.forElectorates(),
		a.forInboxes(),
	)
}

// secretive are the calls whose answer holds a secret. It is not kept for a
// repeated Idempotency-Key.
func (a *API) secretive() []route {
	return []route{
		{post, "/tokens", a.createToken},
		{post, "/groups/{handle}/invitations", a.invite},
	}
}

func (a *API) forPeople() []route {
	return []route{
		{get, "/openapi.json", a.describe},
		{get, "/me", a.showMe},
		{get, "/tokens", a.listTokens},
		{del, "/tokens/{id}", a.revokeToken},
		{get, "/people", a.listPeople},
		{post, "/people", a.addPerson},
		{post, "/files", a.uploadFile},
		{get, "/files/{id}", a.showFile},
	}
}

func (a *API) forGroups() []route {
	return []route{
		{get, "/groups", a.listGroups},
		{post, "/groups", a.createGroup},
		{get, "/groups/{handle}", a.showGroup},
		{patch, "/groups/{handle}", a.editGroup},
		{put, "/groups/{handle}/picture", a.setGroupPicture},
		{del, "/groups/{handle}/picture", a.removeGroupPicture},
		{get, "/groups/{handle}/memberships", a.listMemberships},
		{post, "/groups/{handle}/memberships", a.addMembership},
		{patch, "/groups/{handle}/memberships/{user}", a.editMembership},
		{del, "/groups/{handle}/memberships/{user}", a.endMembership},
		{get, "/groups/{handle}/invitations", a.listInvitations},
		{del, "/invitations/{id}", a.revokeInvitation},
		{post, "/invitations/accept", a.acceptInvitation},
	}
}

func (a *API) forTalk() []route {
	return []route{
		{get, "/groups/{handle}/threads", a.listThreads},
		{post, "/groups/{handle}/threads", a.startThread},
		{get, "/threads/{id}", a.showThread},
		{patch, "/threads/{id}", a.editThread},
		{post, "/threads/{id}/close", a.closeThread},
		{post, "/threads/{id}/reopen", a.reopenThread},
		{post, "/threads/{id}/pin", a.pinThread},
		{del, "/threads/{id}/pin", a.unpinThread},
		{get, "/threads/{id}/timeline", a.listTimeline},
		{post, "/threads/{id}/seen", a.markSeen},
		{get, "/threads/{id}/seen_by", a.listSeenBy},
		{post, "/threads/{id}/comments", a.postComment},
		{get, "/comments/{id}", a.showComment},
		{patch, "/comments/{id}", a.editComment},
		{del, "/comments/{id}", a.deleteComment},
		{get, "/comments/{id}/history", a.listCommentHistory},
		{put, "/comments/{id}/reactions/{emoji}", a.addReaction},
		{del, "/comments/{id}/reactions/{emoji}", a.removeReaction},
	}
}

func (a *API) forThemes() []route {
	return []route{
		{get, "/groups/{handle}/themes", a.listThemesOfGroup},
		{get, "/threads/{id}/themes", a.listThemes},
		{post, "/threads/{id}/themes", a.proposeTheme},
		{get, "/themes/{id}", a.showTheme},
		{patch, "/themes/{id}", a.changeTheme},
		{put, "/themes/{id}/support", a.supportTheme},
		{del, "/themes/{id}/support", a.unsupportTheme},
		{get, "/themes/{id}/supporters", a.listSupporters},
		{get, "/themes/{id}/comments", a.listThemeComments},
	}
}

func (a *API) forEvents() []route {
	return []route{
		{get, "/groups/{handle}/events", a.listEventsOfGroup},
		{get, "/threads/{id}/events", a.listEvents},
		{post, "/events", a.startEvent},
		{get, "/events/{id}", a.showEvent},
		{patch, "/events/{id}", a.editEvent},
		{post, "/events/{id}/publish", a.publishEvent},
		{post, "/events/{id}/cancel", a.cancelEvent},
		{post, "/events/{id}/resume", a.resumeEvent},
		{get, "/events/{id}/versions", a.listVersions},
		{get, "/events/{id}/versions/{version}", a.showVersion},
		{get, "/events/{id}/changes", a.listChanges},
		{get, "/events/{id}/clashes", a.listClashes},
		{post, "/events/{id}/fit", a.makeFit},
		{get, "/events/{id}/namesakes", a.listNamesakes}, {post, "/events/{id}/namesakes", a.settleNamesake},
		{post, "/events/{id}/arrange", a.arrangeEvent},
		{post, "/events/{id}/arrange/apply", a.applyArrangement},
		{post, "/events/{id}/fill", a.fillEvent},
		{post, "/events/{id}/days", a.addDay},
		{patch, "/events/{id}/days/{day}", a.editDay},
		{del, "/events/{id}/days/{day}", a.removeDay},
		{post, "/events/{id}/rooms", a.addRoom},
		{put, "/events/{id}/rooms", a.orderRooms},
		{patch, "/events/{id}/rooms/{room}", a.editRoom},
		{del, "/events/{id}/rooms/{room}", a.removeRoom},
		{post, "/events/{id}/slots", a.addSlot},
		{post, "/events/{id}/slots/draw", a.drawSlots},
		{patch, "/events/{id}/slots/{slot}", a.editSlot},
		{del, "/events/{id}/slots/{slot}", a.removeSlot},
		{put, "/events/{id}/slots/{slot}/sessions", a.orderSlot},
		{get, "/events/{id}/slots/{slot}/agenda", a.showAgenda},
		{post, "/events/{id}/sessions", a.addSession},
	}
}

func (a *API) forSessions() []route {
	return []route{
		{get, "/sessions/{id}", a.showSession},
		{patch, "/sessions/{id}", a.editSession},
		{del, "/sessions/{id}", a.deleteSession},
		{put, "/sessions/{id}/place", a.placeSession},
		{del, "/sessions/{id}/place", a.unplaceSession},
		{post, "/sessions/{id}/people", a.addParticipant},
		{del, "/sessions/{id}/people/{part}", a.removeParticipant},
		{put, "/sessions/{id}/themes/{theme}", a.addSessionTheme},
		{del, "/sessions/{id}/themes/{theme}", a.removeSessionTheme},
		{post, "/sessions/{id}/themes/{theme}/move", a.moveSessionTheme},
		{post, "/sessions/{id}/material", a.addMaterial},
		{del, "/sessions/{id}/material/{material}", a.removeMaterial},
		{put, "/sessions/{id}/notes", a.setNotes},
		{put, "/sessions/{id}/minutes", a.setMinutes},
	}
}

func (a *API) forPolls() []route {
	return []route{
		{get, "/groups/{handle}/polls", a.listPollsOfGroup},
		{post, "/groups/{handle}/polls", a.startPollAlone},
		{get, "/groups/{handle}/decisions", a.listDecisions},
		{get, "/groups/{handle}/poll-templates", a.listTemplates},
		{patch, "/groups/{handle}/poll-templates/{id}", a.renameTemplate},
		{del, "/groups/{handle}/poll-templates/{id}", a.dropTemplate},
		{put, "/groups/{handle}/poll-templates/ready/{key}", a.offerTemplate},
		{del, "/groups/{handle}/poll-templates/ready/{key}", a.hideTemplate},
		{post, "/polls/{id}/template", a.keepTemplate},
		{post, "/polls/{id}/options", a.addOption},
		{get, "/threads/{id}/polls", a.listPolls},
		{post, "/threads/{id}/polls", a.startPoll},
		{get, "/polls/{id}", a.showPoll},
		{patch, "/polls/{id}", a.editPoll},
		{post, "/polls/{id}/open", a.openPoll},
		{post, "/polls/{id}/close", a.closePoll},
		{post, "/polls/{id}/reopen", a.reopenPoll},
		{post, "/polls/{id}/extend", a.extendPoll},
		{get, "/polls/{id}/ballot", a.showBallot},
		{put, "/polls/{id}/ballot", a.castBallot},
		{put, "/polls/{id}/undecided", a.sayUndecided},
		{del, "/polls/{id}/undecided", a.takeUndecidedBack},
		{get, "/polls/{id}/ballots", a.listBallots},
		{get, "/polls/{id}/voters", a.listVoters},
		{get, "/polls/{id}/results", a.showResults},
		{get, "/polls/{id}/export", a.exportPoll},
		{get, "/polls/{id}/export.csv", a.exportPollCSV},
		{get, "/polls/{id}/export.blt", a.exportPollBLT},
		{get, "/polls/{id}/certificate", a.showCertificate},
		{get, "/polls/{id}/reasons", a.listReasons},
		{post, "/polls/{id}/reasons/hide", a.hideReason},
		{get, "/key", a.showKey},
		{post, "/polls/{id}/outcome", a.concludePoll},
	}
}

// pattern writes a path of the description as the router wants it.
func pattern(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
