// Package access decides who may do what, and why not.
//
// It is the only place that decides. Facts come in, a decision with a reason
// goes out; nothing is read or written here. What a person may not know exists
// answers as not found. Whatever is unknown to the rules is refused.
//
// Lists use the same rules as conditions (VisibleThreads, VisibleGroups); a
// test proves that both faces agree.
package access

import "plenary/pkg/errs"

// Actor is who acts. The zero value is a visitor who has not signed in.
type Actor struct {
	Person        int64 // 0 for a visitor
	Administrator bool  // of the whole forum
	Provider      int64 // through which the actor signed in; 0 for the forum's own ways
	OnlyPoll      int64 // the one poll that a guest by mail was invited to; 0 for everybody else
	System        bool  // the forum itself: a poll that closes by time, an import
}

// Visitor is somebody who has not signed in.
func Visitor() Actor { return Actor{} }

// System is the forum itself, which may do whatever the state of things allows.
func System() Actor { return Actor{System: true} }

// SignedIn reports whether the actor is a known person. Guests of a poll are not:
// outside of it they are visitors.
func (a Actor) SignedIn() bool { return a.Person != 0 && a.OnlyPoll == 0 }

// guestIn reports whether the actor is a guest of the very poll that the facts are
// about.
func (a Actor) guestIn(f Facts) bool {
	return a.OnlyPoll != 0 && a.Person != 0 && f.PollGuest && f.Poll != ""
}

// Role is what a person is in a group.
type Role string

// The roles, and the absence of one.
const (
	NoRole    Role = ""
	Member    Role = "member"
	Moderator Role = "moderator"
	Admin     Role = "admin"

	// Barred is a member who has signed in otherwise than the group asks its
	// members to. It is no role of a membership, only what one counts for.
	Barred Role = "barred"
)

var rank = map[Role]int{NoRole: 0, Member: 1, Moderator: 2, Admin: 3}

// Valid reports whether r is a role that a membership may have.
func (r Role) Valid() bool { return rank[r] > 0 }

// AtLeast reports whether r may do all that other may do. Nobody is at least
// Nobody.
func (r Role) AtLeast(other Role) bool { return other != Nobody && rank[r] >= rank[other] }

// Visibility says who may see a group, or read a thread.
type Visibility string

// Groups are public, closed or secret; threads are public or for members.
const (
	Public      Visibility = "public"
	Closed      Visibility = "closed"  // a group that is listed; its content is for members
	Secret      Visibility = "secret"  // a group whose very name is for members
	MembersOnly Visibility = "members" // a thread for the members of its group
)

// Results says when a poll's results may be seen.
type Results string

// When results are shown.
const (
	Always    Results = "always"
	AfterVote Results = "after_vote"
	AtClose   Results = "at_close"
)

// Standing is what the actor is in one of the groups that a thing is shown in,
// and what that group has decided.
type Standing struct {
	Group Visibility
	Role  Role
	Rules Permissions
}

// Facts are what a decision rests on. The zero value lets nobody see anything.
type Facts struct {
	Group Visibility  // of the home group
	Role  Role        // the actor's in that group
	Rules Permissions // of that group

	// Others are the groups that the thread was shared into. The actor's rights
	// are the best that any of the groups gives.
	Others []Standing

	Thread Visibility // of the thread; empty where the question is about a group
	Guest  bool       // the actor was invited into this thread alone
	Own    bool       // the actor wrote, proposed or started it

	Joining Joining // how people come into the group; empty as by invitation
	Banned  bool    // the actor was removed from the group for good

	ThreadClosed bool // the discussion was closed
	Unbegun      bool // the discussion belongs to a poll that is still a draft
	Removed      bool // the comment was deleted

	Theme     ThemeState // of the theme in question; empty where none
	Poll      PollState  // of the poll in question; empty where none
	Voter     bool       // the actor may vote in it
	PollGuest bool       // the actor was invited to it by mail, and to nothing else
	Voted     bool       // and has
	Shown     Results    // when its results are shown

	Secret     bool // how anybody votes in it is not kept
	Collecting bool // it takes options, and ballots later

	Programme ProgrammeState // of the programme in question; empty where none
	Proposals bool           // it takes sessions that people propose
	Signups   bool           // people sign up for its sessions
	Session   SessionState   // of the session in question; empty where none
	Hosting   bool           // the actor hosts it, or speaks in it
	Proposer  bool           // the actor proposed it
}

// in are the facts as another of the thread's groups sees them.
func (f Facts) in(s Standing) Facts {
	f.Group, f.Role, f.Rules, f.Others = s.Group, s.Role, s.Rules, nil
	return f
}

// Forum are the facts about the forum as a whole, for what happens outside any
// group.
func Forum() Facts { return Facts{Group: Public} }

// ThemeState is how far a theme has come.
type ThemeState string

// The states of a theme.
const (
	Proposed    ThemeState = "proposed"
	Shortlisted ThemeState = "shortlisted"
	Scheduled   ThemeState = "scheduled"
	Merged      ThemeState = "merged"
	Declined    ThemeState = "declined"
	Withdrawn   ThemeState = "withdrawn"
)

// PollState is how far a poll has come.
type PollState string

// The states of a poll.
const (
	Draft      PollState = "draft"  // being prepared, seen by those who may open it
	PollOpen   PollState = "open"   //
	PollSealed PollState = "sealed" // it takes no more ballots, and its lots are still to come
	PollEnded  PollState = "closed" //
)

// ProgrammeState is how far the programme of an event has come.
type ProgrammeState string

// The states of a programme.
const (
	ProgrammeDraft     ProgrammeState = "draft" // never published, seen by those who may edit it
	ProgrammePublished ProgrammeState = "published"
	ProgrammeCancelled ProgrammeState = "cancelled"
)

// SessionState is how far a session of a programme has come.
type SessionState string

// The states of a session.
const (
	SessionDraft     SessionState = "draft" // only for those who convene
	SessionProposed  SessionState = "proposed"
	SessionConfirmed SessionState = "confirmed"
	SessionCancelled SessionState = "cancelled"
)

// sees reports whether the actor may know of the thing and read it.
func (f Facts) sees(a Actor) bool {
	if a.System || f.Role.Valid() || f.Guest && f.Thread != "" && a.SignedIn() {
		return f.Group != ""
	}
	switch {
	case a.guestIn(f):
		return f.Poll != Draft
	case f.Thread != "":
		return f.Group == Public && f.Thread == Public
	case f.Role == Barred:
		return f.Group != ""
	default:
		return f.Group == Public || f.Group == Closed
	}
}

// Check answers whether the actor may do the action, given the facts. It returns
// nil, or an *errs.Error of kind
//
//   - NotFound where the actor may not know that the thing exists,
//   - Unauthenticated where signing in could help,
//   - Forbidden where the actor sees it but is not allowed, with the reason,
//   - Conflict where the state of the thing forbids it to everybody.
//
// Of a thread that is shown in several groups the kindest answer holds.
func Check(a Actor, do Action, f Facts) error {
	r, known := rules[do]
	if !known {
		return errs.New(errs.NotFound, "error.not_found")
	}
	best := r.check(a, f)
	if r.homeOnly {
		// The list of a group's members is its own affair, wherever its threads are
		// shown. Whoever reads them elsewhere sees the thread, and no more.
		if errs.Is(best, errs.NotFound) && Check(a, ReadThread, f) == nil {
			return outside(a, f)
		}
		return best
	}
	for _, s := range f.Others {
		if best == nil {
			return nil
		}
		best = kinder(best, r.check(a, f.in(s)))
	}
	return best
}

func (r rule) check(a Actor, f Facts) error {
	if !f.sees(a) {
		if f.Role == Barred && f.Group != "" {
			return errs.New(errs.Unauthenticated, "access.needs_provider")
		}
		return errs.New(errs.NotFound, "error.not_found")
	}
	if (f.Poll == Draft || f.Unbegun) && !a.System && rules[OpenPoll].allows(a, f) != nil {
		return errs.New(errs.NotFound, "error.not_found") // a draft, and what is said around it, is known to those who could open it
	}
	if f.unpublished() && !a.System && rules[EditProgramme].allows(a, f) != nil {
		return errs.New(errs.NotFound, "error.not_found") // so are a programme and a session that are still being prepared
	}
	if err := r.allows(a, f); err != nil {
		return err
	}
	return r.state(f)
}

// unpublished reports whether the facts are about something of a programme that
// nobody has published or put forward yet.
func (f Facts) unpublished() bool {
	return f.Programme == ProgrammeDraft || f.Session == SessionDraft && !f.Hosting
}

// kindness ranks refusals by how near they are to a yes.
var kindness = map[errs.Kind]int{errs.NotFound: 0, errs.Unauthenticated: 1, errs.Forbidden: 2, errs.Conflict: 3, errs.Gone: 3}

// kinder gives the better of two answers, the first where they are alike.
func kinder(one, other error) error {
	if one == nil || other == nil {
		return nil
	}
	if kindness[errs.KindOf(other)] > kindness[errs.KindOf(one)] {
		return other
	}
	return one
}

// May is Check as a plain yes or no, for showing or hiding a button.
func May(a Actor, do Action, f Facts) bool { return Check(a, do, f) == nil }
