package access_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
)

var update = flag.Bool("update", false, "write testdata anew")

// actor is a column of the matrix: somebody, and what they are in the group.
type actor struct {
	name  string
	who   access.Actor
	role  access.Role
	own   bool
	guest bool

	pollGuest bool
	hosting   bool
}

var actors = []actor{
	{name: "visitor", who: access.Visitor()},
	{name: "stranger", who: access.Actor{Person: 1}},
	{name: "guest", who: access.Actor{Person: 1}, guest: true},
	{name: "member", who: access.Actor{Person: 1}, role: access.Member},
	{name: "its author", who: access.Actor{Person: 1}, role: access.Member, own: true},
	{name: "moderator", who: access.Actor{Person: 1}, role: access.Moderator},
	{name: "group admin", who: access.Actor{Person: 1}, role: access.Admin},
	{name: "other sign-in", who: access.Actor{Person: 1}, role: access.Barred},
	{name: "poll guest", who: access.Actor{Person: 1, OnlyPoll: 1}, pollGuest: true},
	{name: "its host", who: access.Actor{Person: 1}, hosting: true},
	{name: "administrator", who: access.Actor{Person: 1, Administrator: true}},
}

// situation is a row: where something is, and how things stand.
type situation struct {
	name  string
	facts access.Facts
}

var (
	theForum = []situation{{"the forum", access.Forum()}}

	inGroup = []situation{
		{"public group", access.Facts{Group: access.Public}},
		{"closed group", access.Facts{Group: access.Closed}},
		{"secret group", access.Facts{Group: access.Secret}},
	}

	// joining is how people come in; secret groups are joined by invitation alone.
	joining = []situation{
		{"", access.Facts{}},
		{"people join openly", access.Facts{Joining: access.JoinOpenly}},
		{"people ask to join", access.Facts{Joining: access.JoinOnRequest}},
		{"people join openly, banned", access.Facts{Joining: access.JoinOpenly, Banned: true}},
		{"people ask to join, banned", access.Facts{Joining: access.JoinOnRequest, Banned: true}},
	}

	inThread = []situation{
		{"public group, public thread", access.Facts{Group: access.Public, Thread: access.Public}},
		{"public group, members' thread", access.Facts{Group: access.Public, Thread: access.MembersOnly}},
		{"closed group", access.Facts{Group: access.Closed, Thread: access.Public}},
		{"secret group", access.Facts{Group: access.Secret, Thread: access.Public}},
	}

	threadStates = []situation{{"open", access.Facts{}}, {"thread closed", access.Facts{ThreadClosed: true}}, {"its own poll a draft", access.Facts{Unbegun: true}}}

	commentStates = append(slices.Clone(threadStates), situation{"comment removed", access.Facts{Removed: true}})

	themeStates = []situation{
		{"proposed", access.Facts{Theme: access.Proposed}},
		{"shortlisted", access.Facts{Theme: access.Shortlisted}},
		{"scheduled", access.Facts{Theme: access.Scheduled}},
		{"merged", access.Facts{Theme: access.Merged}},
		{"declined", access.Facts{Theme: access.Declined}},
		{"withdrawn", access.Facts{Theme: access.Withdrawn}},
		{"proposed, thread closed", access.Facts{Theme: access.Proposed, ThreadClosed: true}},
	}

	pollStates = []situation{
		{"draft", access.Facts{Poll: access.Draft}},
		{"poll open", access.Facts{Poll: access.PollOpen}},
		{"poll sealed", access.Facts{Poll: access.PollSealed}},
		{"poll closed", access.Facts{Poll: access.PollEnded}},
		{"poll open, thread closed", access.Facts{Poll: access.PollOpen, ThreadClosed: true}},
		{"poll closed, thread closed", access.Facts{Poll: access.PollEnded, ThreadClosed: true}},
		{"poll open, secret", access.Facts{Poll: access.PollOpen, Secret: true}},
		{"poll sealed, secret", access.Facts{Poll: access.PollSealed, Secret: true}},
		{"poll closed, secret", access.Facts{Poll: access.PollEnded, Secret: true}},
	}

	voteStates = []situation{
		{"poll open, not a voter", access.Facts{Poll: access.PollOpen}},
		{"poll open, a voter", access.Facts{Poll: access.PollOpen, Voter: true}},
		{"draft, a voter", access.Facts{Poll: access.Draft, Voter: true}},
		{"poll sealed, a voter", access.Facts{Poll: access.PollSealed, Voter: true}},
		{"poll closed, a voter", access.Facts{Poll: access.PollEnded, Voter: true}},
		{"poll open, a voter, thread closed", access.Facts{Poll: access.PollOpen, Voter: true, ThreadClosed: true}},
		{"poll open, a voter, options collected", access.Facts{Poll: access.PollOpen, Voter: true, Collecting: true}},
	}

	resultStates = []situation{
		{"poll open, shown always", access.Facts{Poll: access.PollOpen, Shown: access.Always}},
		{"poll open, after vote, not voted", access.Facts{Poll: access.PollOpen, Shown: access.AfterVote, Voter: true}},
		{"poll open, after vote, voted", access.Facts{Poll: access.PollOpen, Shown: access.AfterVote, Voter: true, Voted: true}},
		{"poll open, at close, voted", access.Facts{Poll: access.PollOpen, Shown: access.AtClose, Voter: true, Voted: true}},
		{"poll closed, at close", access.Facts{Poll: access.PollEnded, Shown: access.AtClose}},
		{"poll closed, after vote, not voted", access.Facts{Poll: access.PollEnded, Shown: access.AfterVote}},
		{"draft, shown always", access.Facts{Poll: access.Draft, Shown: access.Always}},
		{"poll open, secret, voted", access.Facts{Poll: access.PollOpen, Secret: true, Shown: access.Always, Voter: true, Voted: true}},
		{"poll closed, secret", access.Facts{Poll: access.PollEnded, Secret: true, Shown: access.AtClose}},
	}
)

var (
	programmeStates = []situation{
		{"programme a draft", access.Facts{Programme: access.ProgrammeDraft, Proposals: true}},
		{"published", access.Facts{Programme: access.ProgrammePublished}},
		{"published, takes proposals", access.Facts{Programme: access.ProgrammePublished, Proposals: true}},
		{"cancelled", access.Facts{Programme: access.ProgrammeCancelled, Proposals: true}},
		{"published, takes proposals, thread closed", access.Facts{Programme: access.ProgrammePublished, Proposals: true, ThreadClosed: true}},
	}

	sessionStates = []situation{
		{"session a draft", access.Facts{Programme: access.ProgrammePublished, Signups: true, Session: access.SessionDraft}},
		{"session proposed", access.Facts{Programme: access.ProgrammePublished, Signups: true, Session: access.SessionProposed}},
		{"session proposed, by the actor", access.Facts{Programme: access.ProgrammePublished, Signups: true, Session: access.SessionProposed, Proposer: true}},
		{"session confirmed", access.Facts{Programme: access.ProgrammePublished, Signups: true, Session: access.SessionConfirmed}},
		{"session confirmed, proposed by the actor", access.Facts{Programme: access.ProgrammePublished, Signups: true, Session: access.SessionConfirmed, Proposer: true}},
		{"session confirmed, no signing up", access.Facts{Programme: access.ProgrammePublished, Session: access.SessionConfirmed}},
		{"session cancelled", access.Facts{Programme: access.ProgrammePublished, Signups: true, Session: access.SessionCancelled}},
		{"session confirmed, programme a draft", access.Facts{Programme: access.ProgrammeDraft, Signups: true, Session: access.SessionConfirmed}},
		{"session confirmed, programme cancelled", access.Facts{Programme: access.ProgrammeCancelled, Signups: true, Session: access.SessionConfirmed}},
		{"session confirmed, thread closed", access.Facts{Programme: access.ProgrammePublished, Signups: true, Session: access.SessionConfirmed, ThreadClosed: true}},
	}
)

// chapter is a stretch of the matrix: actions that the same situations matter to.
type chapter struct {
	title   string
	places  []situation
	states  []situation
	actions []access.Action
}

var chapters = []chapter{
	{"The forum as a whole", theForum, []situation{{}}, []access.Action{access.Administer, access.CreateGroup, access.UseInbox}},
	{"Groups", inGroup, []situation{{}}, []access.Action{access.ReadGroup, access.ReadContent, access.ReadMembers, access.LeaveGroup,
		access.Invite, access.AddMember, access.AnswerAsker, access.Remove, access.Ban, access.SetRole, access.SetTitle, access.SetVotes, access.NameProxy, access.ReadProxies, access.ChooseMails, access.EditGroup, access.Subgroup,
		access.StartThread, access.StartPollAlone, access.StartProgrammeAlone}},
	{"Coming in", inGroup, joining, []access.Action{access.JoinGroup, access.AskToJoin}},
	{"Threads", inThread, threadStates, []access.Action{access.ReadThread, access.MarkSeen, access.ReadSeenBy, access.EditThread, access.PinThread,
		access.CloseThread, access.Reopen, access.ShareThread, access.ReadGuests, access.InviteGuest, access.LeaveThread, access.NameAll,
		access.ProposeTheme, access.StartPoll, access.StartProgramme}},
	{"Comments", inThread, commentStates, []access.Action{access.PostComment, access.EditComment, access.DeleteComment, access.ReadHistory, access.React}},
	{"Themes", inThread, themeStates, []access.Action{access.EditTheme, access.SupportTheme, access.UnsupportTheme, access.CommentTheme,
		access.WithdrawTheme, access.JoinTheme, access.Convene, access.SuggestMerge, access.AnswerMerge, access.Unmerge}},
	{"Polls", inThread, pollStates, []access.Action{access.EditPoll, access.OpenPoll, access.ClosePoll, access.ReopenPoll, access.ExtendPoll, access.InviteVoter, access.HideReason, access.Conclude}},
	{"Votes", inThread, voteStates, []access.Action{access.Vote, access.AddOption, access.NameProxyIn}},
	{"Results", inThread, resultStates, []access.Action{access.ReadResults}},
	{"Who may vote", inThread, pollStates, []access.Action{access.ReadElectorate, access.ReadVoters}},
	{"Programmes", inThread, programmeStates, []access.Action{access.EditProgramme, access.PublishProgramme, access.CancelProgramme, access.ResumeProgramme, access.ProposeSession}},
	{"Sessions", inThread, sessionStates, []access.Action{access.EditSession, access.TakeNotes, access.SignUp, access.ReadSignups, access.TakeAttendance}},
	{"Polls to begin from", inGroup, []situation{{}}, []access.Action{access.ReadTemplates, access.KeepTemplates}},
}

// decided are chapters about what groups can decide: one line for each choice.
func decided() (all []chapter) {
	for setting, actions := range map[access.Setting][]access.Action{
		access.StartThreads:   {access.StartThread, access.StartPollAlone},
		access.Comment:        {access.PostComment, access.CommentTheme},
		access.ProposeThemes:  {access.ProposeTheme},
		access.RaisePolls:     {access.StartPoll, access.StartPollAlone},
		access.PlanProgrammes: {access.StartProgramme, access.StartProgrammeAlone},
		access.AddMembers:     {access.Invite, access.AddMember, access.AnswerAsker, access.InviteGuest},
		access.MentionAll:     {access.NameAll},
		access.EditOthers:     {access.EditComment},
		access.DeleteOwn:      {access.DeleteComment},
	} {
		var choices []situation
		for _, role := range access.Choices(setting) {
			rules, err := access.Permissions("").With(setting, role)
			if err != nil {
				panic(err)
			}
			choices = append(choices, situation{string(setting) + " from " + string(role), access.Facts{Rules: rules, Theme: access.Proposed}})
		}
		place := []situation{{"public group, members' thread", access.Facts{Group: access.Public, Thread: access.MembersOnly}}}
		if setting == access.StartThreads {
			place = []situation{{"public group", access.Facts{Group: access.Public}}}
		}
		all = append(all, chapter{"Where a group decides: " + string(setting), place, choices, actions})
	}
	slices.SortFunc(all, func(a, b chapter) int { return strings.Compare(a.title, b.title) })
	return all
}

// shared are threads that are shown in a second group. The columns say what
// somebody is in the home group; in the other one they are what the line says.
var shared = chapter{"Threads shared into a second group", []situation{
	{"home secret, also in a public group, members' thread", access.Facts{Group: access.Secret, Thread: access.MembersOnly, Others: []access.Standing{{Group: access.Public}}}},
	{"home secret, also in a public group, public thread", access.Facts{Group: access.Secret, Thread: access.Public, Others: []access.Standing{{Group: access.Public}}}},
	{"home secret, also in a public group as a member", access.Facts{Group: access.Secret, Thread: access.MembersOnly, Others: []access.Standing{{Group: access.Public, Role: access.Member}}}},
	{"home closed, also in a secret group as a moderator", access.Facts{Group: access.Closed, Thread: access.MembersOnly, Others: []access.Standing{{Group: access.Secret, Role: access.Moderator}}}},
	{"home public, also in one where moderators comment", access.Facts{Group: access.Public, Thread: access.MembersOnly,
		Others: []access.Standing{{Group: access.Closed, Role: access.Member, Rules: "comment=moderator"}}}},
}, []situation{{}, {"thread closed", access.Facts{ThreadClosed: true}}}, []access.Action{access.ReadThread, access.PostComment, access.CloseThread, access.ReadVoters}}

// repeated are chapters about actions that have their place elsewhere too.
func repeated() []chapter { return append(decided(), shared) }

// both is a state of things in a place.
func both(place, state access.Facts) access.Facts {
	state.Group, state.Thread, state.Others = place.Group, place.Thread, place.Others
	return state
}

// words are what the refusals are called in the matrix.
var words = map[string]string{
	"error.not_found":             "not found",
	"access.sign_in":              "sign in",
	"access.members_only":         "members only",
	"access.needs_moderator":      "moderators",
	"access.needs_admin":          "admins",
	"access.needs_administrator":  "administrators",
	"access.needs_nobody":         "nobody",
	"access.needs_member":         "members",
	"access.needs_provider":       "other sign-in",
	"access.ask_to_join":          "on request",
	"access.join_openly":          "joins openly",
	"access.banned":               "banned",
	"access.not_a_guest":          "guests",
	"access.only_own":             "own only",
	"access.invitation_only":      "by invitation",
	"access.already_member":       "is a member",
	"access.not_in_electorate":    "no voter",
	"poll.results_after_vote":     "after voting",
	"poll.results_at_close":       "at the close",
	"poll.results_after_lot":      "after the lot",
	"poll.roll_at_close":          "at the close",
	"poll.collecting":             "too early",
	"poll.secret_stays_closed":    "stays closed",
	"thread.closed":               "closed",
	"thread.not_begun":            "not begun",
	"thread.not_closed":           "is open",
	"comment.removed":             "removed",
	"theme.state_proposed":        "proposed",
	"theme.state_scheduled":       "scheduled",
	"theme.state_shortlisted":     "shortlisted",
	"theme.state_merged":          "merged",
	"theme.state_declined":        "declined",
	"theme.state_withdrawn":       "withdrawn",
	"programme.state_draft":       "is a draft",
	"programme.state_published":   "is published",
	"programme.state_cancelled":   "is cancelled",
	"programme.no_proposals":      "no proposals",
	"programme.no_signups":        "no signing up",
	"programme.session_draft":     "is a draft",
	"programme.session_proposed":  "is proposed",
	"programme.session_cancelled": "is cancelled",
	"poll.state_draft":            "is a draft",
	"poll.state_open":             "is open",
	"poll.state_sealed":           "is sealed",
	"poll.state_closed":           "is closed",
}

func word(t *testing.T, err error) string {
	if err == nil {
		return "yes"
	}
	w, ok := words[errs.CodeOf(err)]
	if !ok {
		t.Errorf("no word for %v", err)
	}
	return w
}

// meets are the facts as the actor meets them.
func (a actor) meets(f access.Facts) access.Facts {
	f.Role, f.Own, f.Guest, f.PollGuest = a.role, a.own, a.guest && f.Thread != "", a.pollGuest && f.Poll != ""
	f.Hosting = a.hosting && f.Session != ""
	if !a.who.SignedIn() { // who is nobody has no role elsewhere either
		f.Others = slices.Clone(f.Others)
		for i := range f.Others {
			f.Others[i].Role = access.NoRole
		}
	}
	return f
}

// everyCell calls visit for each cell of the matrix.
func everyCell(visit func(do access.Action, a actor, f access.Facts)) {
	for _, c := range append(slices.Clone(chapters), repeated()...) {
		for _, do := range c.actions {
			for _, state := range c.states {
				for _, place := range c.places {
					for _, a := range actors {
						f := a.meets(both(place.facts, state.facts))
						visit(do, a, f)
					}
				}
			}
		}
	}
}

const preface = `Who may do what

Each line is a place and how things stand there, each column is somebody:
a visitor who has not signed in, a stranger to the group who has, a guest of the
thread (elsewhere a stranger), a member, the member who wrote, proposed or started
the thing, a moderator and an admin of the group, a member who has signed in
otherwise than the group asks its members to, somebody who was invited by mail to
the one poll in question (elsewhere a visitor), a stranger who hosts the session in
question or speaks in it (elsewhere a stranger), and an administrator of the forum who
is a stranger to the group.

"yes" means that it is done, everything else is the answer: "not found" also
where something is there that the person may not know of; "sign in" where that
could help; "members only", "moderators", "admins", "administrators", "own only"
for whom it is; and otherwise what is in the way.

A closed or secret group's threads are for its members and the thread's guests,
whatever the thread says. Of a thread that is shown in several groups the kindest
answer holds. What groups can decide stands at its usual in the first chapters, and
with every choice in those that are called after it.

This file is written by "go test ./pkg/access -update" and checked by every test
run. Read its changes as you would read the rules of an assembly.
`

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(preface)
	for _, c := range append(slices.Clone(chapters), repeated()...) {
		fmt.Fprintf(&b, "\n\n%s\n%s\n", strings.ToUpper(c.title), strings.Repeat("=", len(c.title)))
		for _, do := range c.actions {
			writeAction(t, &b, c, do)
		}
	}
	const golden = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("the rules changed; see whether that is meant, and run with -update (-want +got):\n%s", diff)
	}
}

func writeAction(t *testing.T, b *strings.Builder, c chapter, do access.Action) {
	fmt.Fprintf(b, "\n%-66s", do)
	for _, a := range actors {
		fmt.Fprintf(b, " %-14s", a.name)
	}
	trim(b)
	for _, state := range c.states {
		for _, place := range c.places {
			name := place.name
			if state.name != "" {
				name += ": " + state.name
			}
			fmt.Fprintf(b, "  %-64s", name)
			for _, a := range actors {
				fmt.Fprintf(b, " %-14s", word(t, access.Check(a.who, do, a.meets(both(place.facts, state.facts)))))
			}
			trim(b)
		}
	}
}

// trim ends the line without trailing spaces.
func trim(b *strings.Builder) {
	text := strings.TrimRight(b.String(), " ")
	b.Reset()
	b.WriteString(text)
	b.WriteByte('\n')
}

func TestTheMatrixLeavesNoActionOut(t *testing.T) {
	t.Parallel()
	listed := map[access.Action]bool{}
	for _, c := range chapters {
		for _, do := range c.actions {
			if listed[do] {
				t.Errorf("%s stands there twice", do)
			}
			listed[do] = true
		}
	}
	for _, do := range declared(t) {
		if !listed[do] {
			t.Errorf("%s is not in the matrix", do)
		}
	}
}

// declared reads the actions from the source.
func declared(t *testing.T) (all []access.Action) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "rules.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Action" {
				text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, access.Action(text))
			}
		}
		return true
	})
	if len(all) < 30 {
		t.Fatalf("only %d actions found in rules.go", len(all))
	}
	return all
}

func TestEveryRefusalHasWordsForPeople(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	english := bundle.Localizer("en")
	missing := map[string]bool{}
	everyCell(func(do access.Action, a actor, f access.Facts) {
		if err := access.Check(a.who, do, f); err != nil && !english.Has(errs.CodeOf(err)) {
			missing[errs.CodeOf(err)] = true
		}
	})
	for code := range missing {
		t.Errorf("no message for %s", code)
	}
}
