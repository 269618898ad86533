package access

import "plenary/pkg/errs"

// Action is something that can be done, named noun first.
type Action string

// The actions.
const (
	Administer  Action = "forum.administer"
	CreateGroup Action = "group.create"
	UseInbox    Action = "inbox.use" // one's own

	ReadGroup   Action = "group.read"
	EditGroup   Action = "group.edit"
	JoinGroup   Action = "group.join"
	LeaveGroup  Action = "group.leave"
	AskToJoin   Action = "group.ask_to_join"
	Invite      Action = "group.invite"
	Subgroup    Action = "group.subgroup" // make a group below this one
	ReadMembers Action = "members.read"
	AddMember   Action = "members.add"
	AnswerAsker Action = "members.answer" // say yes or no to who asks to come in
	SetRole     Action = "members.set_role"
	SetTitle    Action = "members.set_title"  // and who is a delegate
	SetVotes    Action = "members.set_votes"  // how many votes members have in polls that are weighted
	NameProxy   Action = "members.name_proxy" // who votes for one, in all polls of the group
	ChooseMails Action = "members.mails"      // of which polls of the group one hears by mail
	ReadProxies Action = "members.proxies"    // of everybody; one's own and those who named one are no secret
	Remove      Action = "members.remove"     // of a lower role than one's own
	Ban         Action = "members.ban"        // and take it back; of a lower role than one's own

	ReadContent Action = "group.read_content" // lists of threads, polls, decisions
	StartThread Action = "thread.start"
	ReadThread  Action = "thread.read"
	EditThread  Action = "thread.edit"
	CloseThread Action = "thread.close"
	Reopen      Action = "thread.reopen"
	PinThread   Action = "thread.pin"
	MarkSeen    Action = "thread.mark_seen"
	ReadSeenBy  Action = "thread.seen_by"
	ShareThread Action = "thread.share" // into another group, where one may start threads, and back out
	InviteGuest Action = "thread.invite_guest"
	ReadGuests  Action = "thread.guests"
	LeaveThread Action = "thread.leave" // as its guest
	NameAll     Action = "thread.name_everybody"

	PostComment   Action = "comment.post"
	EditComment   Action = "comment.edit"
	DeleteComment Action = "comment.delete"
	ReadHistory   Action = "comment.history"
	React         Action = "comment.react"

	ProposeTheme   Action = "theme.propose"
	EditTheme      Action = "theme.edit"
	SupportTheme   Action = "theme.support"
	UnsupportTheme Action = "theme.unsupport"
	CommentTheme   Action = "theme.comment"
	WithdrawTheme  Action = "theme.withdraw"
	SuggestMerge   Action = "theme.suggest_merge"
	AnswerMerge    Action = "theme.answer_merge" // as somebody who is asked, or supports the theme
	Unmerge        Action = "theme.unmerge"      // and take back a move
	JoinTheme      Action = "theme.join"         // propose it, too, as somebody who was asked
	Convene        Action = "theme.convene"      // set the rules of a thread's themes; group, split, merge, move, shortlist, schedule, decline and take back

	ReadTemplates Action = "group.poll_templates" // the polls that the group begins from
	KeepTemplates Action = "group.keep_templates" // keep, rename and forget them

	StartPoll      Action = "poll.start"
	StartPollAlone Action = "poll.start_alone" // in a group, with a discussion of its own
	EditPoll       Action = "poll.edit"
	OpenPoll       Action = "poll.open"
	ClosePoll      Action = "poll.close"
	ReopenPoll     Action = "poll.reopen"
	ExtendPoll     Action = "poll.extend"
	Vote           Action = "poll.vote"
	AddOption      Action = "poll.add_option" // as a voter, where the poll takes options
	NameProxyIn    Action = "poll.name_proxy" // who votes for one in this poll
	InviteVoter    Action = "poll.invite"     // by mail, with a link of their own
	ReadResults    Action = "poll.results"
	ReadElectorate Action = "poll.electorate" // who may vote, and by what
	ReadVoters     Action = "poll.voters"     // who may vote, and who has
	HideReason     Action = "poll.hide_reason"
	Conclude       Action = "poll.outcome" // publish or change the outcome

	StartProgramme      Action = "programme.start"
	StartProgrammeAlone Action = "programme.start_alone" // in a group, with a discussion of its own
	EditProgramme       Action = "programme.edit"        // days, rooms, slots, and which session is where and when
	PublishProgramme    Action = "programme.publish"
	CancelProgramme     Action = "programme.cancel"
	ResumeProgramme     Action = "programme.resume" // take the cancelling back
	ProposeSession      Action = "session.propose"
	EditSession         Action = "session.edit" // its words, people, themes and material
	TakeNotes           Action = "session.notes"
	SignUp              Action = "session.sign_up"
	ReadSignups         Action = "session.signups"    // by name; how many is no secret
	TakeAttendance      Action = "session.attendance" // who came
)

// rule says who may do an action and in which state of things.
type rule struct {
	role       Role    // at least this role; NoRole lets everybody who sees it
	setting    Setting // at least the role that the group has decided, in place of role
	also       Setting // and at least the one that it has decided for this, too
	own        bool    // the one who wrote it may, whatever the role asks above Member
	ownSetting Setting // the one who wrote it may from the role on that the group has decided
	onlyOwn    bool    // nobody but the one who wrote it
	guest      bool    // a guest of the thread may what a member may
	pollGuest  bool    // a guest of the poll may, too
	onlyGuest  bool    // only a guest of the thread
	homeOnly   bool    // only what the home group says counts, not those that the thread was shared into
	joining    Joining // only somebody without a role in the group, where people come in so
	leaves     bool    // a member, however they have signed in
	content    bool    // of a group whose content the actor may read
	signedIn   bool    // a known person, without a role
	administer bool    // an administrator of the forum
	openThread bool
	begun      bool // not in the discussion of a poll that is still a draft
	notRemoved bool
	reopens    bool // the thread has to be closed
	themes     []ThemeState
	polls      []PollState
	voter      bool
	results    bool // the poll's own rule about showing results holds
	roll       bool // who has voted in a secret poll is told at its close
	ballots    bool // not while options are collected
	restarts   bool // not where ballots are secret: the second count would tell how the late ones voted
	hosts      bool // hosts and speakers of the session may, whatever the role asks
	proposer   bool // so may who proposed it, while that is not agreed
	proposals  bool // where the programme takes proposals
	signups    bool // where it takes people's signing up
	programmes []ProgrammeState
	sessions   []SessionState
}

// afoot are the states in which a theme may still be talked about and supported.
var afoot = []ThemeState{Proposed, Shortlisted}

// rules is the whole of who may do what. The golden matrix in testdata spells
// it out for reading.
var rules = map[Action]rule{
	Administer:  {administer: true},
	CreateGroup: {signedIn: true},
	UseInbox:    {signedIn: true},

	ReadGroup:   {},
	EditGroup:   {role: Admin},
	JoinGroup:   {joining: JoinOpenly},
	AskToJoin:   {joining: JoinOnRequest},
	LeaveGroup:  {leaves: true},
	Invite:      {setting: AddMembers},
	Subgroup:    {role: Admin},
	ReadMembers: {role: Member},
	AddMember:   {setting: AddMembers},
	AnswerAsker: {setting: AddMembers},
	SetRole:     {role: Admin},
	SetTitle:    {role: Admin},
	SetVotes:    {role: Admin},
	NameProxy:   {role: Member},
	ChooseMails: {role: Member},
	ReadProxies: {role: Moderator},
	Remove:      {role: Moderator},
	Ban:         {role: Moderator},
	ReadContent: {content: true},

	StartThread: {setting: StartThreads},
	ReadThread:  {},
	EditThread:  {role: Moderator, own: true, openThread: true},
	CloseThread: {role: Moderator, openThread: true, begun: true},
	Reopen:      {role: Moderator, reopens: true},
	PinThread:   {role: Moderator, begun: true},
	MarkSeen:    {signedIn: true},
	ReadSeenBy:  {role: Member},
	ShareThread: {role: Moderator, own: true, begun: true},
	InviteGuest: {setting: AddMembers, own: true, openThread: true, begun: true},
	ReadGuests:  {role: Member},
	LeaveThread: {onlyGuest: true},
	NameAll:     {setting: MentionAll, openThread: true, begun: true},

	PostComment:   {setting: Comment, guest: true, openThread: true, begun: true},
	EditComment:   {setting: EditOthers, own: true, guest: true, openThread: true, notRemoved: true},
	DeleteComment: {role: Moderator, ownSetting: DeleteOwn, guest: true, notRemoved: true},
	ReadHistory:   {notRemoved: true},
	React:         {role: Member, guest: true, openThread: true, notRemoved: true},

	ProposeTheme:   {setting: ProposeThemes, guest: true, openThread: true, begun: true},
	EditTheme:      {role: Moderator, own: true, guest: true, openThread: true, themes: afoot},
	SupportTheme:   {role: Member, guest: true, openThread: true, themes: afoot},
	UnsupportTheme: {role: Member, guest: true, openThread: true, themes: afoot},
	CommentTheme:   {setting: Comment, guest: true, openThread: true, themes: []ThemeState{Proposed, Shortlisted, Scheduled, Declined}},
	WithdrawTheme:  {role: Member, onlyOwn: true, guest: true, openThread: true, themes: afoot},
	SuggestMerge:   {setting: Comment, guest: true, openThread: true, themes: afoot},
	AnswerMerge:    {role: Member, guest: true, openThread: true, themes: []ThemeState{Proposed, Shortlisted, Merged}},
	Unmerge:        {role: Moderator, openThread: true, themes: []ThemeState{Merged}},
	JoinTheme:      {role: Member, guest: true, openThread: true, themes: afoot},
	Convene:        {role: Moderator, openThread: true, themes: []ThemeState{Proposed, Shortlisted, Scheduled, Declined, Withdrawn}},

	ReadTemplates: {role: Member, homeOnly: true},
	KeepTemplates: {role: Moderator, homeOnly: true},

	StartPoll:      {setting: RaisePolls, openThread: true, begun: true},
	StartPollAlone: {setting: RaisePolls, also: StartThreads},
	EditPoll:       {role: Moderator, own: true, openThread: true, polls: []PollState{Draft, PollOpen}},
	OpenPoll:       {role: Moderator, own: true, openThread: true, polls: []PollState{Draft}},
	ClosePoll:      {role: Moderator, own: true, polls: []PollState{PollOpen}},
	ReopenPoll:     {role: Moderator, openThread: true, polls: []PollState{PollEnded}, restarts: true},
	ExtendPoll:     {role: Moderator, own: true, openThread: true, polls: []PollState{PollOpen}},
	Vote:           {role: Member, guest: true, pollGuest: true, openThread: true, polls: []PollState{PollOpen}, voter: true, ballots: true},
	AddOption:      {role: Member, guest: true, openThread: true, polls: []PollState{PollOpen}, voter: true},
	NameProxyIn:    {role: Member, guest: true, openThread: true, polls: []PollState{PollOpen}, voter: true},
	InviteVoter:    {role: Moderator, own: true, openThread: true, polls: []PollState{Draft, PollOpen}},
	ReadResults:    {results: true},
	ReadElectorate: {role: Member, homeOnly: true},
	ReadVoters:     {role: Member, homeOnly: true, roll: true},
	HideReason:     {role: Moderator, polls: []PollState{PollOpen, PollEnded}},
	Conclude:       {role: Moderator, own: true, polls: []PollState{PollEnded}},

	// The end of a discussion does not stop the programme that came out of it.
	StartProgramme:      {setting: PlanProgrammes, begun: true},
	StartProgrammeAlone: {setting: PlanProgrammes, also: StartThreads},
	EditProgramme:       {role: Moderator, own: true, programmes: standing},
	PublishProgramme:    {role: Moderator, own: true, programmes: standing},
	CancelProgramme:     {role: Moderator, own: true, programmes: standing},
	ResumeProgramme:     {role: Moderator, own: true, programmes: []ProgrammeState{ProgrammeCancelled}},
	ProposeSession:      {role: Member, guest: true, programmes: standing, proposals: true},
	EditSession:         {role: Moderator, own: true, hosts: true, proposer: true, guest: true, programmes: standing},
	TakeNotes:           {role: Moderator, own: true, hosts: true, programmes: standing, sessions: []SessionState{SessionDraft, SessionProposed, SessionConfirmed}},
	SignUp:              {signedIn: true, programmes: []ProgrammeState{ProgrammePublished}, signups: true, sessions: []SessionState{SessionConfirmed}},
	ReadSignups:         {role: Member, hosts: true},
	TakeAttendance:      {role: Moderator, own: true, hosts: true, programmes: []ProgrammeState{ProgrammePublished}, sessions: []SessionState{SessionConfirmed}},
}

// standing are the states of a programme that has not been cancelled.
var standing = []ProgrammeState{ProgrammeDraft, ProgrammePublished}

// allows judges the person; state judges the thing.
func (r rule) allows(a Actor, f Facts) error {
	if a.System {
		return nil
	}
	if r.pollGuest && a.guestIn(f) {
		return r.allowsInPoll(f)
	}
	if !a.SignedIn() && r.needsPerson() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	switch {
	case r.administer && !a.Administrator:
		return errs.New(errs.Forbidden, "access.needs_administrator")
	case r.joining != "":
		return r.allowsIn(f)
	case r.leaves && f.Role == NoRole:
		return outside(a, f)
	case r.onlyGuest && !f.Guest:
		return errs.New(errs.Forbidden, "access.not_a_guest")
	case r.content && f.Group != Public && !f.Role.Valid():
		return outside(a, f)
	case r.onlyOwn && !f.Own:
		return errs.New(errs.Forbidden, "access.only_own")
	}
	if err := r.allowsRole(a, f); err != nil {
		return err
	}
	return r.allowsInPoll(f)
}

// outside refuses somebody who has no role where one is needed.
func outside(a Actor, f Facts) error {
	switch {
	case !a.SignedIn():
		return errs.New(errs.Unauthenticated, "access.sign_in")
	case f.Role == Barred:
		return errs.New(errs.Unauthenticated, "access.needs_provider")
	}
	return errs.New(errs.Forbidden, "access.members_only")
}

// allowsIn judges who wants to come into a group.
func (r rule) allowsIn(f Facts) error {
	switch {
	case f.Role != NoRole:
		return errs.New(errs.Conflict, "access.already_member")
	case f.Banned:
		return errs.New(errs.Forbidden, "access.banned")
	case f.Joining == r.joining:
		return nil
	case f.Joining == JoinOnRequest:
		return errs.New(errs.Forbidden, "access.ask_to_join")
	case f.Joining == JoinOpenly:
		return errs.New(errs.Conflict, "access.join_openly")
	}
	return errs.New(errs.Forbidden, "access.invitation_only")
}

// allowsRole judges the actor's role in the group.
func (r rule) allowsRole(a Actor, f Facts) error {
	needed := r.neededRole(f)
	if needed == NoRole || r.hosts && f.Hosting || r.proposer && f.Proposer && f.Session == SessionProposed {
		return nil
	}
	role := f.Role
	if r.guest && f.Guest && !role.Valid() {
		role = Member
	}
	switch {
	case !role.Valid():
		return outside(a, f)
	case r.own && f.Own, role.AtLeast(needed):
		return nil
	case needed == Nobody && r.own:
		return errs.New(errs.Forbidden, "access.only_own")
	}
	return errs.New(errs.Forbidden, "access.needs_"+string(needed))
}

func (r rule) neededRole(f Facts) Role {
	switch {
	case r.ownSetting != "" && f.Own:
		return lower(r.role, f.Rules.Of(r.ownSetting))
	case r.also != "":
		return higher(f.Rules.Of(r.setting), f.Rules.Of(r.also))
	case r.setting != "":
		return f.Rules.Of(r.setting)
	}
	return r.role
}

// higher is the role that includes the other.
func higher(one, other Role) Role {
	if one == Nobody || one.AtLeast(other) {
		return one
	}
	return other
}

// lower is the role that is had more easily.
func lower(one, other Role) Role {
	if one.AtLeast(other) {
		return other
	}
	return one
}

func (r rule) needsPerson() bool {
	return r.role != NoRole || r.setting != "" || r.signedIn || r.joining != "" || r.onlyOwn || r.onlyGuest || r.leaves || r.voter || r.administer
}

func (r rule) allowsInPoll(f Facts) error {
	if r.voter && !f.Voter {
		return errs.New(errs.Forbidden, "access.not_in_electorate")
	}
	if r.results && !f.resultsShown() {
		if f.Poll == PollSealed {
			return errs.New(errs.Forbidden, "poll.results_after_lot")
		}
		if f.Shown == AfterVote {
			return errs.New(errs.Forbidden, "poll.results_after_vote")
		}
		return errs.New(errs.Forbidden, "poll.results_at_close")
	}
	if r.roll && f.Secret && f.Poll == PollOpen {
		return errs.New(errs.Forbidden, "poll.roll_at_close")
	}
	return nil
}

// resultsShown applies the poll's own rule. At the close everybody who may read
// the thread sees the results.
func (f Facts) resultsShown() bool {
	if f.Poll == PollEnded {
		return true
	}
	if f.Secret {
		return false // what has been counted so far tells how the next one votes
	}
	switch f.Shown {
	case Always:
		return f.underway()
	case AfterVote:
		return f.underway() && f.Voted
	case AtClose:
		return false
	}
	return false
}

// underway reports whether the poll has opened and has no result yet.
func (f Facts) underway() bool { return f.Poll == PollOpen || f.Poll == PollSealed }

func (r rule) state(f Facts) error {
	switch {
	case r.begun && f.Unbegun:
		return errs.New(errs.Conflict, "thread.not_begun")
	case r.openThread && f.ThreadClosed:
		return errs.New(errs.Conflict, "thread.closed")
	case r.reopens && !f.ThreadClosed:
		return errs.New(errs.Conflict, "thread.not_closed")
	case r.notRemoved && f.Removed:
		return errs.New(errs.Gone, "comment.removed")
	case len(r.themes) > 0 && !among(f.Theme, r.themes):
		return errs.New(errs.Conflict, "theme.state_"+orUnknown(string(f.Theme)))
	case len(r.polls) > 0 && !among(f.Poll, r.polls):
		return errs.New(errs.Conflict, "poll.state_"+orUnknown(string(f.Poll)))
	case r.ballots && f.Collecting:
		return errs.New(errs.Conflict, "poll.collecting")
	case r.restarts && f.Secret:
		return errs.New(errs.Conflict, "poll.secret_stays_closed")
	}
	return r.ofProgramme(f)
}

func (r rule) ofProgramme(f Facts) error {
	switch {
	case len(r.programmes) > 0 && !among(f.Programme, r.programmes):
		return errs.New(errs.Conflict, "programme.state_"+orUnknown(string(f.Programme)))
	case r.proposals && !f.Proposals:
		return errs.New(errs.Conflict, "programme.no_proposals")
	case r.signups && !f.Signups:
		return errs.New(errs.Conflict, "programme.no_signups")
	case len(r.sessions) > 0 && !among(f.Session, r.sessions):
		return errs.New(errs.Conflict, "programme.session_"+orUnknown(string(f.Session)))
	}
	return nil
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func among[T comparable](x T, of []T) bool {
	for _, y := range of {
		if x == y {
			return true
		}
	}
	return false
}
