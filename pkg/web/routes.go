package web

import (
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/live"
	"plenary/pkg/poll/download"
)

// route is an address with what answers there.
type route struct {
	method, path string
	handler      edge.Handler
}

// Routes opens the pages to the edge, and the live connections to the hub. Call
// it once, before the first request.
func (s *Site) Routes(e *edge.Edge, hub *live.Hub) {
	s.edge, s.hub = e, hub
	for _, r := range s.table() {
		if strings.HasPrefix(r.path, "/g/:handle") {
			r.handler = s.underOldHandle(r.handler)
		}
		e.Add(r.method, r.path, r.handler)
	}
}

// table is every address of the pages.
func (s *Site) table() []route {
	var all []route
	all = append(all, s.frontRoutes()...)
	all = append(all, s.providerRoutes()...)
	all = append(all, s.entryRoutes()...)
	all = append(all, s.adminRoutes()...)
	all = append(all, s.accountRoutes()...)
	all = append(all, s.adminPeopleRoutes()...)
	all = append(all, s.groupRoutes()...)
	all = append(all, s.memberRoutes()...)
	all = append(all, s.inviteRoutes()...)
	all = append(all, s.groupSettingsRoutes()...)
	all = append(all, s.threadRoutes()...)
	all = append(all, s.peopleRoutes()...)
	all = append(all, s.themeRoutes()...)
	all = append(all, s.conveningRoutes()...)
	all = append(all, s.programmeRoutes()...)
	all = append(all, s.passkeyRoutes()...)
	all = append(all, s.pollTemplateRoutes()...)
	all = append(all, s.electorateRoutes()...)
	all = append(all, s.pollMailRoutes()...)
	all = append(all, s.verifyRoutes()...)
	return append(all, s.pollRoutes()...)
}

func get(path string, h edge.Handler) route  { return route{"GET", path, h} }
func post(path string, h edge.Handler) route { return route{"POST", path, h} }

func (s *Site) frontRoutes() []route {
	return []route{
		get("/healthz", s.healthz), get("/readyz", s.readyz), get("/live", s.socket),
		get("/static/*", func(c edge.Ctx) error { return s.edge.Static(c) }),
		get("/", s.home),
		get("/setup/:token", s.setupPage), post("/setup/:token", s.setup),
		get("/signin", s.signInPage), post("/signin", s.signIn), post("/signout", s.signOut),
		get("/join/:token", s.joinPage), post("/join/:token", s.join),
		get("/u/:handle", s.profile),
		get("/admin", s.admin), post("/admin/people", s.addPerson), post("/admin/people/:id/link", s.linkPerson), post("/admin/settings", s.settings),
		post("/files", s.upload), get("/files/:id/:name", s.file), get("/files/:id", s.file),
		post("/preview", s.preview), get("/mentions", s.mentions),
	}
}

func (s *Site) groupRoutes() []route {
	return []route{
		get("/groups", s.groups), get("/groups/new", s.newGroup), post("/groups", s.createGroup),
		get("/g/:handle", s.group),
		post("/g/:handle/join", s.joinGroup), post("/g/:handle/leave", s.leaveGroup),
		get("/g/:handle/polls", s.groupPolls), get("/g/:handle/polls/new", s.newPoll), post("/g/:handle/polls", s.startPoll),
		get("/g/:handle/decisions", s.decisions), get("/g/:handle/decisions.csv", s.decisionsCSV), get("/g/:handle/themes", s.groupThemes),
		get("/g/:handle/threads/new", s.newThread), post("/g/:handle/threads", s.startThread),
	}
}

func (s *Site) threadRoutes() []route {
	return []route{
		get("/t/:id", s.thread), get("/t/:id/:slug", s.thread),
		get("/t/:id/edit", s.editThreadForm), post("/t/:id/edit", s.editThread),
		post("/t/:id/close", s.closeThread), post("/t/:id/reopen", s.changeThread(s.Forum.Reopen)),
		post("/t/:id/pin", s.changeThread(s.Forum.Pin)), post("/t/:id/unpin", s.changeThread(s.Forum.Unpin)),
		post("/t/:id/comments", s.postComment), post("/t/:id/seen", s.seen), get("/t/:id/seen-by", s.seenBy),
		get("/c/:id", s.comment), post("/c/:id/edit", s.editComment), post("/c/:id/delete", s.deleteComment),
		get("/c/:id/history", s.history), post("/c/:id/reactions", s.react), get("/c/:id/themes", s.themesFromComment),
	}
}

func (s *Site) themeRoutes() []route {
	return []route{
		get("/t/:id/themes", s.board), get("/t/:id/themes/new", s.newTheme), post("/t/:id/themes", s.proposeThemes), get("/t/:id/themes/similar", s.similarThemes),
		get("/t/:id/themes/rules", s.themeRules), post("/t/:id/themes/rules", s.setThemeRules),
		get("/themes/:id/history", s.themeHistory), post("/themes/:id/proposers", s.askProposer), post("/themes/:id/proposers/unask", s.unaskProposer),
		post("/themes/:id/proposers/accept", s.changeTheme(s.answerProposer(true))), post("/themes/:id/proposers/decline", s.changeTheme(s.answerProposer(false))),
		post("/themes/:id/schedule", s.changeTheme(s.Themes.Schedule)), post("/themes/:id/unschedule", s.changeTheme(s.Themes.Unschedule)),
		get("/p/:id/schedule", s.schedulePage), post("/p/:id/schedule", s.scheduleWinners),
		get("/themes/:id", s.theme), post("/themes/:id/edit", s.editTheme),
		post("/themes/:id/support", s.changeTheme(s.Themes.Support)), post("/themes/:id/unsupport", s.changeTheme(s.Themes.Unsupport)),
		post("/themes/:id/withdraw", s.changeTheme(s.Themes.Withdraw)), post("/themes/:id/shortlist", s.changeTheme(s.Themes.Shortlist)),
		post("/themes/:id/unlist", s.changeTheme(s.Themes.Unlist)), post("/themes/:id/restore", s.changeTheme(s.Themes.Restore)),
		post("/themes/:id/decline", s.declineTheme), post("/themes/:id/comments", s.commentTheme),
	}
}

func (s *Site) pollRoutes() []route {
	return []route{
		get("/t/:id/polls/new", s.newPoll), post("/t/:id/polls", s.startPoll),
		get("/p/:id", s.forGuests(s.poll)), get("/p/:id.ics", s.forGuests(s.pollCalendar)), get("/p/:id/edit", s.editPollForm), post("/p/:id/edit", s.editPoll),
		post("/p/:id/ballot", s.forGuests(s.vote)), post("/p/:id/undecided", s.forGuests(s.undecided)), get("/p/:id/practice", s.forGuests(s.practice)), post("/p/:id/practice", s.forGuests(s.tryBallot)),
		post("/p/:id/options", s.addOption), get("/p/:id/pictures/:file", s.forGuests(s.optionPicture)), post("/p/:id/open", s.openPoll), post("/p/:id/close", s.changePoll(s.Polls.Close)),
		post("/p/:id/reopen", s.movePoll(access.ReopenPoll, s.Polls.Reopen)), post("/p/:id/extend", s.movePoll(access.ExtendPoll, s.Polls.Extend)),
		get("/p/:id/check", s.forGuests(s.check)), post("/p/:id/check", s.forGuests(s.findReceipt)), get("/key", s.key), get("/heads.atom", s.heads),
		get("/p/:id/reasons", s.forGuests(s.reasons)), post("/p/:id/reasons", s.hideReason),
		get("/p/:id/export.json", s.forGuests(s.download(download.JSON))), get("/p/:id/export.csv", s.forGuests(s.download(download.CSV))), get("/p/:id/export.blt", s.forGuests(s.download(download.BLT))),
		get("/p/:id/chart.svg", s.forGuests(s.chart)), get("/p/:id/results.csv", s.forGuests(s.resultsCSV)), get("/p/:id/results.json", s.resultsJSON), get("/p/:id/print", s.forGuests(s.printPoll)),
		get("/p/:id/outcome", s.outcomeForm), post("/p/:id/outcome", s.conclude),
	}
}
