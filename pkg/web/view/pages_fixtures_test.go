package view

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/pkg/errs"
)

func rows() []ThreadRow {
	return []ThreadRow{
		{ID: 42, Slug: "three-days-in-june", Title: head().Title, Group: network, Author: bram, Last: ago(2 * time.Hour), LastBy: []Person{bram, fadi, dario}, Comments: 346, Unread: 4, Pinned: true, Tags: []string{"assembly", "programme"}, Poll: "vote",
			Excerpt: "One overarching title for the morning, under which most of this fits"},
		{ID: 43, Title: "Bread for Friday evening", Group: network, Author: amina, Last: ago(26 * time.Hour), LastBy: []Person{chloe}, Comments: 3, MembersOnly: true, New: true, Unread: 3},
		{ID: 40, Title: "Accounts of the spring meeting", Group: network, Author: dario, Last: ago(40 * day), Comments: 18, Closed: true, Poll: "decided"},
	}
}

func groups() []GroupRow {
	return []GroupRow{{GroupRef: network, About: "Workshops, bakeries and builders around the old harbour.", Members: 119, Threads: 31, Unread: 7, Role: "member"},
		{GroupRef: GroupRef{Name: "Kitchen", Handle: "kitchen", Visibility: "closed"}, Members: 8, Threads: 4}}
}

func groupHead(tab, role string) GroupHead {
	return GroupHead{GroupRef: network, About: "<p dir=\"auto\">Workshops, bakeries and builders around the old harbour.</p>", Members: 119, Faces: []Person{amina, bram, chloe, dario}, Role: role, Tab: tab,
		ID: 3, LastSeq: 12, CanStart: role != "", CanPoll: role != "", CanJoin: role == "", CanLeave: role != "", CanEdit: role == "admin", CanSubgroup: role == "admin", CanSee: true, CanPeople: role != "", Joining: "open"}
}

// ofPoll is the discussion that poll 8 came with.
func ofPoll() ThreadHead {
	h := head()
	h.OwnPoll = 8
	return h
}

func values1(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func required(fields ...string) errs.Fields {
	out := errs.Fields{}
	for _, f := range fields {
		out.Add(f, "field.required")
	}
	return out
}

func otherPages(t *testing.T, r *Renderer) []shown {
	var all []shown
	for _, part := range [][]shown{
		homePages(), groupPages(), commentPages(t, r), themePages(), conveningPages(), pollPages(), resultPages(), accountPages(), errorPages(), peoplePages(), passkeyPages(), verifyPages(), adminPagesShown(), groupSettingsPages(), memberPages(), electoratePages(), programmePages(),
	} {
		all = append(all, part...)
	}
	return all
}

func homePages() []shown {
	open, prop := openPoll().Line(), proposal().Line()
	open.CanVote, prop.CanVote = true, true
	return []shown{
		{"home-full", HomePage{Frame: frame("/", member()), NeedsVote: []PollLine{prop, open}, Ahead: appointments(), Unread: rows()[:2], Decided: []Outcome{*decided()}, Groups: groups(),
			Mentions: []Mention{{By: dario, At: ago(5 * day), Thread: head().Title, URL: "/t/42?seq=5", Excerpt: "Agreed, @amina. But stepping into the unknown is hard for any organisation."}}}},
		{"home-empty", HomePage{Frame: frame("/", member())}},
		{"welcome-full", WelcomePage{Frame: frame("/", nil), Groups: groups(), Threads: rows()}},
		{"welcome-empty", WelcomePage{Frame: frame("/", nil)}},
	}
}

func groupPages() []shown {
	head := func(tab string) GroupHead { return groupHead(tab, "admin") }
	openLine, closedLine := openPoll().Line(), proposal().Line()
	openLine.CanVote = true
	closedLine.State, closedLine.ClosedAt, closedLine.Result = "closed", ago(3*day), proposalResults().Sentence
	f := func(path string) Frame { return frame(path, administrator()) }
	return []shown{
		{"groups-full", GroupsPage{Frame: f("/groups"), Mine: groups()[:1], Others: groups()[1:], CanCreate: true, Next: "/groups?after=2"}},
		{"groups-empty", GroupsPage{Frame: f("/groups"), CanCreate: true}},
		{"group-full", GroupPage{Frame: f("/g/harbour"), Group: head("threads"), Pinned: rows()[:1], Threads: rows()[1:], Tags: []string{"assembly", "programme"}, Tag: "assembly", Cursor: Cursor{Older: "/g/harbour?before=x"}}},
		{"group-empty", GroupPage{Frame: frame("/g/harbour", nil), Group: groupHead("threads", "")}},
		{"group-polls-full", GroupPollsPage{Frame: f("/g/harbour/polls"), Group: head("polls"), Open: []PollLine{openLine}, Closed: []PollLine{closedLine}}},
		{"group-polls-filtered", GroupPollsPage{Frame: f("/g/harbour/polls"), Group: head("polls"), Filter: "vote"}},
		{"group-polls-drafts", GroupPollsPage{Frame: f("/g/harbour/polls"), Group: head("polls"), Drafts: []PollLine{{ID: 9, Title: "Where next year?", State: "draft", ThreadURL: "/p/9", Clock: openLine.Clock}}, Open: []PollLine{openLine}}},
		{"group-polls-empty", GroupPollsPage{Frame: f("/g/harbour/polls"), Group: head("polls")}},
		{"group-decisions-full", DecisionsPage{Frame: f("/g/harbour/decisions"), Group: head("decisions"), Outcomes: []Outcome{*decided()}}},
		{"group-decisions-empty", DecisionsPage{Frame: f("/g/harbour/decisions"), Group: head("decisions")}},
		{"group-themes-full", GroupThemesPage{Frame: f("/g/harbour/themes"), Group: head("themes"), Sort: "new", Threads: []ListOption{{Value: "42", Text: "Three days in June"}},
			Cards: placed(themes()), Next: "/g/harbour/themes?before=17"}},
		{"group-themes-nothing-found", GroupThemesPage{Frame: f("/g/harbour/themes?by=fadi&q=zebra&sort=support&state=settled&thread=42&whose=mine"), Group: head("themes"), Sort: "support", State: "settled",
			Whose: "mine", By: fadi, Words: "zebra", Thread: 42, Threads: []ListOption{{Value: "42", Text: "Three days in June", Chosen: true}}}},
		{"group-themes-empty", GroupThemesPage{Frame: f("/g/harbour/themes"), Group: head("themes"), Sort: "new"}},
		{"group-form-empty", GroupFormPage{Frame: f("/groups/new"), Form: Form{Once: "g"}}},
		{"group-form-rejected", GroupFormPage{Frame: f("/groups/new"), Form: Form{Once: "g", Values: values1("name", "Kitchen", "visibility", "closed"), Fields: required("handle")}}},
		{"thread-form-empty", ThreadFormPage{Frame: f("/g/harbour/threads/new"), Group: network, Form: Form{Once: "t", Values: values1("visibility", "public")}}},
		{"thread-form-rejected", ThreadFormPage{Frame: f("/g/harbour/threads/new"), Group: network, Form: Form{Once: "t", Values: values1("body", "Hello", "visibility", "members"), Fields: required("title")}}},
		{"thread-form-of-poll", ThreadFormPage{Frame: f("/t/42/edit"), Group: network, Thread: ptr(ofPoll()), Form: Form{Once: "t", Values: values1("tags", "boats", "visibility", "members", "version", "2")}}},
		{"thread-form-edit", ThreadFormPage{Frame: f("/t/42/edit"), Group: network, Thread: ptr(headOf42()), Form: Form{Once: "t", Values: values1("title", "Three days", "body", "Text", "version", "2")}}},
	}
}

func ptr[T any](x T) *T { return &x }

func headOf42() ThreadHead { return head() }

func commentPages(t *testing.T, r *Renderer) []shown {
	f := frame("/c/15", member())
	c := comments()[4]
	full := CommentPage{Frame: f, Thread: head(), Comment: c, Themes: themes()[:2], Replies: partial(t, r, Comment{ID: 20, Seq: 12, Thread: 42, Author: chloe, At: ago(day), ReplyTo: &ReplyRef{ID: 15, Author: fadi}, Body: "<p>Yes.</p>"}),
		Source: "Three connected themes:", Version: 1, Edit: Form{Once: "e", Values: values1("body", "Three connected themes:")}, Reply: Form{Once: "r"}, Editing: true, Rights: CommentRights{Reply: true, Edit: true, Delete: true, React: true, Propose: true, History: true}}
	rejected := full
	rejected.Editing, rejected.Reply = false, Form{Once: "r", Fields: required("body")}
	plain := CommentPage{Frame: frame("/c/14", nil), Thread: head(), Comment: comments()[3]}
	return []shown{
		{"comment-full", full}, {"comment-rejected", rejected}, {"comment-empty", plain},
		{"history-full", HistoryPage{Frame: f, Thread: head(), Comment: c, Versions: []Version{{2, dario, ago(day), []Diff{{"same", "But stepping into the unknown is hard for "}, {"removed", "an"}, {"added", "any"}, {"same", " organisation."}}}, {1, dario, ago(2 * day), []Diff{{"same", "But stepping into the unknown is hard for an organisation."}}}}}},
		{"history-empty", HistoryPage{Frame: f, Thread: head(), Comment: c}},
		{"seen-by-full", SeenByPage{Frame: f, Thread: head(), Imported: 112, People: []SeenBy{{amina, ago(time.Hour), 11, true}, {edda, ago(3 * day), 5, false}}}},
		{"seen-by-empty", SeenByPage{Frame: f, Thread: head()}},
	}
}

func pollPages() []shown {
	f := frame("/p/8", member())
	vote := proposal()
	vote.Alone, vote.Ballot = true, ballotOf(vote, PickOne, Form{Once: "b"})
	rejected := vote
	rejected.Ballot = ballotOf(vote, PickOne, Form{Once: "b", Values: values1("reason", "Because"), Fields: required("choices")})
	closed := proposal()
	closed.Alone, closed.State, closed.ClosedAt, closed.ClosedBy, closed.Results, closed.Outcome = true, "closed", ago(day), &bram, proposalResults(), decided()
	closed.Outcome.CanEdit = true
	closed.Rights = PollRights{Reopen: true, Conclude: true}
	closed.Receipt = &Receipt{At: ago(2 * day), Revision: 1, Choices: []string{"Agree"}, Code: "7FQ2-K9"}
	voted := openPoll()
	voted.Alone, voted.Receipt, voted.Rights = true, &Receipt{At: ago(time.Hour), Revision: 2, Choices: []string{"Consortia of small firms", "Neutral ownership"}, Reason: "Both concern us.", Code: "M3XD-81", CanChange: true}, PollRights{Edit: true, Close: true, Extend: true}
	voted.Results = &Results{Sentence: "Ahead: Shared infrastructure, with 30 of 41.", Rows: []ResultRow{{Label: "Shared infrastructure", Votes: 30, Percent: 73, Share: "73 %", Winner: true}, {Label: "Consortia of small firms", Votes: 22, Percent: 53, Share: "53 %", Tied: true}, {Label: "Neutral ownership", Votes: 22, Percent: 53, Share: "53 %", Tied: true}}}
	awaiting := openPollAlone()
	awaiting.Beacon = &Beacon{}
	late := openPollAlone()
	late.State, late.Shows, late.ClosedAt, late.Beacon = "sealed", "at_close", ago(2*time.Hour), &Beacon{Round: 35_148_210, At: ago(time.Hour)}
	interim := voted
	interim.State, interim.ClosedAt, interim.Beacon = "sealed", ago(time.Second), &Beacon{Round: 35_148_210, At: ago(-3 * time.Minute)}
	draft := openPoll()
	draft.Alone, draft.State, draft.Rights, draft.Cast = true, "draft", PollRights{Open: true, Edit: true}, 0
	build := Form{Once: "p", Values: url.Values{"method": {"choice"}, "theme": {"1"}, "option": {"Something else"}, "min": {"1"}, "max": {"3"}, "closes_at": {"2026-11-27T18:00"}, "results": {"after_vote"}}}
	times := Form{Once: "p", Values: url.Values{"method": {"time_poll"}, "starts": {"2026-12-01T10:00", ""}, "ends": {"2026-12-01T12:00", ""}, "option": {"", ""}, "undecided": {"1"}}}
	answers := Form{Once: "p", Values: url.Values{"method": {"proposal"}, "purpose": {"consent"}, "option": {"I consent", "I object"}, "side": {"agree", "block"},
		"about": {"", ""}, "prompt": {"", "What harm would it do?"}, "share": {"70", ""}, "share_how": {"least", ""}}, Fields: required("titles")}
	prop := Form{Once: "p", Values: values1("method", "proposal", "results", "always", "closes_at", "2026-11-27T18:00"), Fields: required("title", "threshold")}
	secretRanks := Form{Once: "p", Values: url.Values{"method": {"stv_meek"}, "secret": {"1"}, "option": {"A", "B", "C", "D", "E", "F", ""}}, Fields: errs.Fields{"rare_weights": {Code: "poll.rare_weights", Args: errs.Args{"Min": 10, "Weights": "3 (2), 7 (1)"}}}}
	return []shown{
		{"poll-form-secret-ranks", PollFormPage{Frame: f, Thread: head(), Step: "build", Form: secretRanks, Eligible: 119, Zone: "Europe/Brussels"}},
		{"poll-vote", PollPage{Frame: f, Card: vote}}, {"poll-rejected", PollPage{Frame: f, Card: rejected}}, {"poll-closed", PollPage{Frame: f, Card: closed}},
		{"poll-beacon", PollPage{Frame: f, Card: awaiting}}, {"poll-sealed", PollPage{Frame: f, Card: interim}}, {"poll-sealed-late", PollPage{Frame: f, Card: late}},
		{"poll-voted", PollPage{Frame: f, Card: voted}}, {"poll-draft", PollPage{Frame: f, Card: draft}},
		{"poll-visitor", PollPage{Frame: frame("/p/7", nil), Card: openPollAlone()}},
		{"poll-form-purpose", PollFormPage{Frame: f, Thread: head(), Step: "purpose", Themes: themes()[:1], Keeps: true, Purposes: []PurposeGroup{
			{Kind: "own", Purposes: []Purpose{{ID: 4, Name: "Mood of the week", About: "On Mondays", Method: "proposal"}}},
			{Kind: "decide", Purposes: []Purpose{{Key: "consent", Method: "proposal"}, {Key: "majority", Method: "proposal"}}},
			{Kind: "meet", Purposes: []Purpose{{Key: "find_time", Method: "time_poll"}}}}}},
		{"poll-form-times", PollFormPage{Frame: f, Thread: head(), Step: "build", Form: times, Eligible: 119, Zone: "Europe/Brussels"}},
		{"poll-form-answers", PollFormPage{Frame: f, Thread: head(), Step: "build", Form: answers, Eligible: 119, Zone: "Europe/Brussels"}},
		{"poll-templates-full", TemplatesPage{Frame: f, Group: network, Form: Form{Once: "p"}, Own: []Purpose{{ID: 4, Name: "Mood of the week", About: "On Mondays", Method: "proposal"}},
			Ready: []Offer{{Purpose{Key: "consent", Method: "proposal"}, false}, {Purpose{Key: "credits", Method: "quadratic"}, true}}}},
		{"poll-templates-empty", TemplatesPage{Frame: f, Group: network, Form: Form{Once: "p"}, Ready: []Offer{{Purpose{Key: "consent", Method: "proposal"}, false}}}},
		{"poll-templates-rejected", TemplatesPage{Frame: f, Group: network, Wrong: 4, Form: Form{Once: "p", Fields: required("name")}, Own: []Purpose{{ID: 4, Name: "Mood of the week", Method: "proposal"}}}},
		{"poll-form-full", PollFormPage{Frame: f, Thread: head(), Step: "build", Themes: themes()[:2], Form: build, Eligible: 119, Zone: "Europe/Brussels"}},
		{"poll-form-rejected", PollFormPage{Frame: f, Thread: head(), Step: "build", Form: prop, Eligible: 119, Zone: "Europe/Brussels"}},
		{"poll-form-alone", PollFormPage{Frame: f, Thread: ThreadHead{Group: network}, Step: "build", Form: Form{Once: "p", Values: values1("method", "proposal", "visibility", "members", "tags", "boats"), Fields: required("title", "tags")}, Eligible: 119, Zone: "Europe/Brussels"}},
		{"poll-form-alone-purpose", PollFormPage{Frame: f, Thread: ThreadHead{Group: network}, Step: "purpose", Purposes: []PurposeGroup{
			{"own", []Purpose{{ID: 3, Name: "Budget", About: "Every spring", Method: "proposal"}}}, {"decide", []Purpose{{Key: "consent", Method: "proposal"}}}}}},
		{"poll-form-locked", PollFormPage{Frame: f, Thread: head(), Poll: &voted, Step: "build", Form: build, Eligible: 119, Zone: "Europe/Brussels", Locked: true}},
		{"poll-check-open", CheckPage{Frame: f, Thread: head(), Poll: 8, Title: "Shall we?", State: "open", Says: []string{"check.says_recompute", "check.says_find", "check.says_named", "check.says_office"},
			Text: print64("a1"), Length: 3, Head: print64("b2"), Mine: &MyRecord{At: ago(time.Hour), Number: 3, Receipt: "B2B2-B2B2-B2B2-B2B2", Hash: print64("b2")}, Form: Form{Fields: required("code")},
			Downloads: []Download{{"json", "/p/8/export.json"}, {"csv", "/p/8/export.csv"}, {"blt", "/p/8/export.blt"}}}},
		{"poll-check-closed", CheckPage{Frame: f, Thread: head(), Poll: 8, Title: "Shall we?", State: "closed", Secret: true, Says: []string{"check.says_few", "check.says_counted", "check.says_secret", "check.says_beacon", "check.says_office"},
			Text: print64("a1"), Length: 5, Head: print64("c3"), Mine: &MyRecord{At: ago(time.Hour)}, Earlier: 1, Form: Form{Values: values1("code", "AAAA-BBBB-CCCC-DDDD-EEEE")},
			Found: errs.Text{Code: "check.found_counted_box"}, FoundAnswer: "[7]", Downloads: []Download{{"json", "/p/8/export.json"}},
			Certificate: &Certificate{Rule: "choice/1", Roll: 3, Ballots: 3, Votes: 3, Eligible: 5, Box: print64("d4"), Length: 5, Head: print64("c3"), Seed: print64("e5"), Result: print64("f6"), Rounds: print64("07"),
				ClosedAt: ago(time.Hour), Key: "ABCD EFGH", Signature: print64("18") + print64("29"), Beacon: "drand/" + print64("52") + "/1000"}}},
		{"poll-check-draft", CheckPage{Frame: f, Thread: head(), Poll: 8, Title: "Shall we?", State: "draft"}},
		{"poll-reasons-open", ReasonsPage{Frame: f, Thread: head(), Poll: 8, Title: "Shall we?", CanHide: true, Form: Form{Once: "r", Values: values1("reason", print64("b2")), Fields: required("why")}, Reasons: []GivenReason{
			{Hash: print64("a1"), Hidden: true, By: bram, Why: "It names a child.", At: ago(time.Hour)}, {Hash: print64("b2"), Voter: amina, Text: "<p>Because <em>so</em>.</p>"}}}},
		{"poll-reasons-secret", ReasonsPage{Frame: f, Thread: head(), Poll: 8, Title: "Shall we?", Secret: true, Reasons: []GivenReason{{Hash: print64("b2"), Text: "<p>Because.</p>"}}}},
		{"poll-reasons-totals", ReasonsPage{Frame: f, Thread: head(), Poll: 8, Title: "Shall we?", Secret: true, Totals: true}},
		{"key", KeyPage{Frame: frame("/key", nil), Fingerprint: "ABCD EFGH IJKL", Public: print64("3a"), Since: ago(day)}},
		{"outcome-form-empty", OutcomeFormPage{Frame: f, Card: closed, Form: Form{Once: "o"}}},
		{"outcome-form-rejected", OutcomeFormPage{Frame: f, Card: closed, Editing: true, Form: Form{Once: "o", Fields: required("statement")}}},
	}
}

// print64 is a fingerprint that is easily told from others.
func print64(two string) string { return strings.Repeat(two, 32) }

func openPollAlone() PollCard {
	p := openPoll()
	p.Alone = true
	return p
}

func accountPages() []shown {
	f, admin := frame("/account", member()), frame("/admin", administrator())
	wrong := Form{Values: values1("email", "amina@example.org"), Err: errs.Text{Code: "error.invalid"}}
	return []shown{
		{"setup-empty", SetupPage{Frame: frame("/setup/x", nil), Token: "x", Form: Form{Once: "s"}}},
		{"setup-rejected", SetupPage{Frame: frame("/setup/x", nil), Token: "x", Form: Form{Once: "s", Values: values1("forum", "Harbour", "start", "demo"), Fields: required("name", "password")}}},
		{"signin-empty", SignInPage{Frame: frame("/signin", nil), Next: "/t/42"}},
		{"signin-rejected", SignInPage{Frame: frame("/signin", nil), Form: wrong}},
		{"expired-full", ExpiredPage{Frame: frame("/t/42", nil), Action: "/t/42/comments", Kept: values1("body", "I was in the middle of a long thought.", "parent_id", "15", "once", "k"), Form: wrong}},
		{"join-new", JoinPage{Frame: frame("/join/x", nil), Token: "x", Group: network, Members: 119, By: bram, Role: "member", Form: Form{Once: "j"}}},
		{"join-rejected", JoinPage{Frame: frame("/join/x", nil), Token: "x", Group: network, Members: 119, By: bram, Role: "member", Form: Form{Once: "j", Fields: required("name", "email")}}},
		{"join-member", JoinPage{Frame: frame("/join/x", member()), Token: "x", Group: network, Members: 119, By: bram, Role: "moderator", Already: true}},
		{"profile-full", ProfilePage{Frame: f, Person: fadi, Since: ago(80 * day), Groups: groups()[:1], Comments: []Contribution{{Thread: Link{head().Title, "/t/42?seq=7"}, At: ago(3 * day), Excerpt: "Three connected themes"}}}},
		{"profile-empty", ProfilePage{Frame: f, Person: edda, Since: ago(80 * day)}},
		{"admin-full", AdminPage{Frame: admin, Query: "e", Settings: Form{Once: "s", Values: values1("forum", "Harbour Assembly")}, Add: Form{Once: "a"},
			People: []AdminPerson{{Person: bram, Email: "bram@example.org", Administrator: true}, {Person: edda}, {Person: Person{ID: 9, Name: "Old Dario", Handle: "dario-2", Imported: true}, LinkedTo: "dario"}}}},
		{"admin-rejected", AdminPage{Frame: admin, Query: "zzz", Add: Form{Once: "a", Fields: required("name")}}},
	}
}

func errorPages() []shown {
	var all []shown
	for name, status := range map[string]int{"403": 403, "404": 404, "410": 410, "413": 413, "422": 422, "429": 429, "500": 500, "503": 503, "507": 507, "offline": 0} {
		page := ErrorPage{Frame: frame("/t/99", nil), Status: status}
		switch status {
		case 429, 503:
			page.Retry = 20 * time.Second
		case 500:
			page.Reference = "01JDC3M2"
		case 507:
			page.Kept = "What I wanted to say"
			page.Back = "/t/42"
		}
		all = append(all, shown{"error-" + name, page})
	}
	return all
}

// placed are cards that name their thread.
func placed(cards []ThemeCard) []ThemeCard {
	for i := range cards {
		cards[i].In = Link{"Three days in June", "/t/42/themes"}
	}
	return cards
}
