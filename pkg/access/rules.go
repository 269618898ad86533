package access

import "plenary/pkg/errs"

// Action is something that can be done, named noun first.
type Action string

// The actions.
const (
	Administer  Action = "forum.administer"
	CreateGroup Action = "group.create"

	ReadGroup   Action = "group.read"
	EditGroup   Action = "group.edit"
	JoinGroup   Action = "group.join"
	LeaveGroup  Action = "group.leave"
	Invite      Action = "group.invite"
	ReadMembers Action = "members.read"
	AddMember   Action = "members.add"
	SetRole     Action = "members.set_role"

	ReadContent Action = "group.read_content" // lists of threads, polls, decisions
	StartThread Action = "thread.start"
	ReadThread  Action = "thread.read"
	EditThread  Action = "thread.edit"
	CloseThread Action = "thread.close"
	Reopen      Action = "thread.reopen"
	PinThread   Action = "thread.pin"
	MarkSeen    Action = "thread.mark_seen"
	ReadSeenBy  Action = "thread.seen_by"

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
	Convene        Action = "theme.convene" // shortlist, decline and take back

	StartPoll   Action = "poll.start"
	EditPoll    Action = "poll.edit"
	OpenPoll    Action = "poll.open"
	ClosePoll   Action = "poll.close"
	ReopenPoll  Action = "poll.reopen"
	ExtendPoll  Action = "poll.extend"
	Vote        Action = "poll.vote"
	ReadResults Action = "poll.results"
	Conclude    Action = "poll.outcome" // publish or change the outcome
)

// rule says who may do an action and in which state of things.
type rule struct {
	role       Role // at least this role; NoRole lets everybody who sees it
	own        bool // the one who wrote it may, whatever the role asks above Member
	onlyOwn    bool // nobody but the one who wrote it
	stranger   bool // only somebody without a role in the group
	content    bool // of a group whose content the actor may read
	signedIn   bool // a known person, without a role
	administer bool // an administrator of the forum
	openThread bool
	notRemoved bool
	reopens    bool // the thread has to be closed
	themes     []ThemeState
	polls      []PollState
	voter      bool
	results    bool // the poll's own rule about showing results holds
}

// afoot are the states in which a theme may still be talked about and supported.
var afoot = []ThemeState{Proposed, Shortlisted}

// rules is the whole of who may do what. The golden matrix in testdata spells
// it out for reading.
var rules = map[Action]rule{
	Administer:  {administer: true},
	CreateGroup: {signedIn: true},

	ReadGroup:   {},
	EditGroup:   {role: Admin},
	JoinGroup:   {stranger: true},
	LeaveGroup:  {role: Member},
	Invite:      {role: Moderator},
	ReadMembers: {role: Member},
	AddMember:   {role: Admin},
	SetRole:     {role: Admin},
	ReadContent: {content: true},

	StartThread: {role: Member},
	ReadThread:  {},
	EditThread:  {role: Moderator, own: true, openThread: true},
	CloseThread: {role: Moderator, openThread: true},
	Reopen:      {role: Moderator, reopens: true},
	PinThread:   {role: Moderator},
	MarkSeen:    {signedIn: true},
	ReadSeenBy:  {role: Member},

	PostComment:   {role: Member, openThread: true},
	EditComment:   {role: Member, onlyOwn: true, openThread: true, notRemoved: true},
	DeleteComment: {role: Moderator, own: true, notRemoved: true},
	ReadHistory:   {notRemoved: true},
	React:         {role: Member, openThread: true, notRemoved: true},

	ProposeTheme:   {role: Member, openThread: true},
	EditTheme:      {role: Moderator, own: true, openThread: true, themes: afoot},
	SupportTheme:   {role: Member, openThread: true, themes: afoot},
	UnsupportTheme: {role: Member, openThread: true, themes: afoot},
	CommentTheme:   {role: Member, openThread: true, themes: []ThemeState{Proposed, Shortlisted, Scheduled, Declined}},
	WithdrawTheme:  {role: Member, onlyOwn: true, openThread: true, themes: afoot},
	Convene:        {role: Moderator, openThread: true, themes: []ThemeState{Proposed, Shortlisted, Declined, Withdrawn}},

	StartPoll:   {role: Member, openThread: true},
	EditPoll:    {role: Moderator, own: true, openThread: true, polls: []PollState{Draft, PollOpen}},
	OpenPoll:    {role: Moderator, own: true, openThread: true, polls: []PollState{Draft}},
	ClosePoll:   {role: Moderator, own: true, polls: []PollState{PollOpen}},
	ReopenPoll:  {role: Moderator, openThread: true, polls: []PollState{PollEnded}},
	ExtendPoll:  {role: Moderator, own: true, openThread: true, polls: []PollState{PollOpen}},
	Vote:        {role: Member, openThread: true, polls: []PollState{PollOpen}, voter: true},
	ReadResults: {results: true},
	Conclude:    {role: Moderator, own: true, polls: []PollState{PollEnded}},
}

// allows judges the person; state judges the thing.
func (r rule) allows(a Actor, f Facts) error {
	if a.System {
		return nil
	}
	if !a.SignedIn() && r.needsPerson() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	switch {
	case r.administer && !a.Administrator:
		return errs.New(errs.Forbidden, "access.needs_administrator")
	case r.stranger && f.Role.Valid():
		return errs.New(errs.Conflict, "access.already_member")
	case r.stranger && f.Group != Public:
		return errs.New(errs.Forbidden, "access.invitation_only")
	case r.content && f.Group != Public && !f.Role.Valid() && !a.SignedIn():
		return errs.New(errs.Unauthenticated, "access.sign_in")
	case r.content && f.Group != Public && !f.Role.Valid():
		return errs.New(errs.Forbidden, "access.members_only")
	case r.onlyOwn && !f.Own:
		return errs.New(errs.Forbidden, "access.only_own")
	case r.role != NoRole && !f.Role.Valid():
		return errs.New(errs.Forbidden, "access.members_only")
	case r.own && f.Own:
		return nil
	case !f.Role.AtLeast(r.role):
		return errs.New(errs.Forbidden, "access.needs_"+string(r.role))
	}
	return r.allowsInPoll(f)
}

func (r rule) needsPerson() bool {
	return r.role != NoRole || r.signedIn || r.stranger || r.onlyOwn || r.voter || r.administer
}

func (r rule) allowsInPoll(f Facts) error {
	if r.voter && !f.Voter {
		return errs.New(errs.Forbidden, "access.not_in_electorate")
	}
	if r.results && !f.resultsShown() {
		if f.Shown == AfterVote {
			return errs.New(errs.Forbidden, "poll.results_after_vote")
		}
		return errs.New(errs.Forbidden, "poll.results_at_close")
	}
	return nil
}

// resultsShown applies the poll's own rule. At the close everybody who may read
// the thread sees the results.
func (f Facts) resultsShown() bool {
	if f.Poll == PollEnded {
		return true
	}
	switch f.Shown {
	case Always:
		return f.Poll == PollOpen
	case AfterVote:
		return f.Poll == PollOpen && f.Voted
	case AtClose:
		return false
	}
	return false
}

func (r rule) state(f Facts) error {
	switch {
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
