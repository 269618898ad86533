// Package event names what can happen in the forum and where it is told.
//
// An Event is a row of a timeline: it is written in the same transaction as the
// change that it reports, so it can neither be lost nor tell of something that
// never came to be. The package holds words and shapes only; it knows nothing
// of databases, sockets or rights.
package event

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Place is what sort of thing a timeline belongs to.
type Place string

// The places that have a timeline.
const (
	InThread Place = "thread"
	InGroup  Place = "group"
	InInbox  Place = "person" // what concerns one person
)

// Topic is one timeline: that of thread 42, say. Live subscribers name it.
type Topic struct {
	Place Place
	ID    int64
}

// Thread is the topic of a thread's timeline.
func Thread(id int64) Topic { return Topic{InThread, id} }

// Group is the topic of what happens in a group as a whole.
func Group(id int64) Topic { return Topic{InGroup, id} }

// Inbox is the topic of what concerns one person.
func Inbox(id int64) Topic { return Topic{InInbox, id} }

// String gives the topic's name on the bus, such as "thread.42".
func (t Topic) String() string { return string(t.Place) + "." + strconv.FormatInt(t.ID, 10) }

// ParseTopic reads what String wrote.
func ParseTopic(s string) (Topic, error) {
	place, id, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || n <= 0 {
		return Topic{}, fmt.Errorf("topic %q: want thread.N, group.N or person.N", s)
	}
	switch Place(place) {
	case InThread, InGroup, InInbox:
		return Topic{Place(place), n}, nil
	}
	return Topic{}, fmt.Errorf("topic %q: unknown place", s)
}

// Kind says what happened.
type Kind string

// The kinds. The part before the dot tells what Event.Subject is the id of.
const (
	ThreadCreated  Kind = "thread.created"
	ThreadEdited   Kind = "thread.edited"
	ThreadClosed   Kind = "thread.closed"
	ThreadReopened Kind = "thread.reopened"
	ThreadPinned   Kind = "thread.pinned"
	ThreadUnpinned Kind = "thread.unpinned"
	ThreadShared   Kind = "thread.shared" // into one more group; which one only that group's timeline tells
	ThreadUnshared Kind = "thread.unshared"
	ThreadAsked    Kind = "thread.asked" // a poll opened in it; told to its groups, which its own timeline is not open to

	GuestJoined Kind = "guest.joined" // somebody was let into this thread alone
	GuestLeft   Kind = "guest.left"

	CommentCreated   Kind = "comment.created"
	CommentEdited    Kind = "comment.edited"
	CommentDeleted   Kind = "comment.deleted"
	CommentReacted   Kind = "comment.reacted"
	CommentUnreacted Kind = "comment.unreacted"

	ThemeProposed    Kind = "theme.proposed"
	ThemeEdited      Kind = "theme.edited"
	ThemeRenamed     Kind = "theme.renamed" // edited, and called otherwise now; from what to what, Data tells
	ThemeSupported   Kind = "theme.supported"
	ThemeUnsupported Kind = "theme.unsupported"
	ThemeWithdrawn   Kind = "theme.withdrawn"
	ThemeShortlisted Kind = "theme.shortlisted"
	ThemeUnlisted    Kind = "theme.unlisted" // taken off the shortlist again
	ThemeDeclined    Kind = "theme.declined"
	ThemeReopened    Kind = "theme.reopened" // declined or withdrawn, and back

	ThemeGrouped        Kind = "theme.grouped" // others were put under it; which, Data tells
	ThemeUngrouped      Kind = "theme.ungrouped"
	ThemeSplit          Kind = "theme.split"           // into parts that stand under it
	ThemeMergeSuggested Kind = "theme.merge_suggested" // into which one, Data tells
	ThemeMergeAsked     Kind = "theme.merge_asked"     // its proposers were asked
	ThemeMergeAnswered  Kind = "theme.merge_answered"  // by a proposer or a supporter
	ThemeMergeRefused   Kind = "theme.merge_refused"   // by a convenor or a proposer, or because it could no longer be done
	ThemeMerged         Kind = "theme.merged"
	ThemeUnmerged       Kind = "theme.unmerged"
	ThemeMoved          Kind = "theme.moved"          // it goes on in another thread; which, is not told
	ThemeScheduled      Kind = "theme.scheduled"      // it gets its place in what is planned
	ThemeUnscheduled    Kind = "theme.unscheduled"    // and loses it again
	ThemeCredited       Kind = "theme.credited"       // in an inbox: a convenor put a theme forward for you
	ThemeProposerAsked  Kind = "theme.proposer_asked" // in an inbox: will you propose this theme, too?
	ThemeProposerJoined Kind = "theme.proposer_joined"
	ThemeProposerLeft   Kind = "theme.proposer_left"
	ThemeQuestioned     Kind = "theme.questioned"    // in the thread, and in the inboxes of those who propose the theme
	ThemeAnswered       Kind = "theme.answered"      // a question got its answer
	ThemeCommented      Kind = "theme.commented"     // in the inboxes of those who propose it
	ThemeRulesChanged   Kind = "theme.rules_changed" // the one kind about themes whose subject is the thread

	PollOpened       Kind = "poll.opened"
	PollEdited       Kind = "poll.edited"
	PollExtended     Kind = "poll.extended"
	PollSealed       Kind = "poll.sealed" // no more ballots, and the lot is still to be drawn
	PollClosed       Kind = "poll.closed" // there is a result
	PollReopened     Kind = "poll.reopened"
	PollVoted        Kind = "poll.voted" // a ballot was cast or changed; never says which way
	PollOptionAdded  Kind = "poll.option_added"
	PollUndecided    Kind = "poll.undecided" // somebody has no answer yet, or takes that back; who, only voters are told
	OutcomePublished Kind = "outcome.published"
	OutcomeEdited    Kind = "outcome.edited"

	ProgrammePublished Kind = "programme.published" // for the first time, or again with what has changed
	ProgrammeEdited    Kind = "programme.edited"    // something of a published programme is otherwise, for its readers or for those who convene
	ProgrammeCancelled Kind = "programme.cancelled" // the whole event
	ProgrammeResumed   Kind = "programme.resumed"
	SessionProposed    Kind = "session.proposed" // by a reader of the programme

	SessionSignedUp  Kind = "session.signed_up" // how many come now; who it was, is not told
	SessionSignedOff Kind = "session.signed_off"
	SessionAttended  Kind = "session.attended"          // how many came
	SessionDiscussed Kind = "session.discussion_opened" // a session has a discussion of its own

	// In the inboxes of those who have signed up, speak or host.
	SessionSeat  Kind = "session.seat"  // whoever waited has a seat now
	SessionMoved Kind = "session.moved" // what was published says another time or room, another title, or that there is none

	MemberJoined  Kind = "member.joined"
	MemberLeft    Kind = "member.left"
	MemberChanged Kind = "member.changed"
	GroupEdited   Kind = "group.edited"

	RequestsChanged Kind = "request.changed"  // somebody asked to come in, or was answered; who, only moderators learn
	JoinAsked       Kind = "request.asked"    // in the inboxes of those who can answer
	JoinApproved    Kind = "request.approved" // in the inbox of who had asked
	JoinDeclined    Kind = "request.declined"

	ProxyNamed Kind = "proxy.named" // in the inboxes of the two: a member's vote was put into another's hands
	ProxyEnded Kind = "proxy.ended" // and taken out of them, by either or by a moderator

	Mentioned Kind = "comment.mentioned" // in an inbox: somebody named you in a comment
)

// Noun is the part of the kind before the dot: what the subject is.
func (k Kind) Noun() string {
	noun, _, _ := strings.Cut(string(k), ".")
	return noun
}

// Shown reports whether a reader of the timeline meets the event as an item of
// its own. The others, such as a reaction or a ballot, only change items that
// are there already, so votes do not swell the timeline.
func (k Kind) Shown() bool {
	switch k {
	case CommentCreated, ThemeProposed, PollOpened, PollClosed, PollReopened, OutcomePublished, ThreadClosed, ThreadReopened,
		ThemeEdited, ThemeRenamed, ThemeWithdrawn, ThemeShortlisted, ThemeUnlisted, ThemeDeclined, ThemeReopened, ThemeProposerJoined, ThemeProposerLeft,
		ThemeGrouped, ThemeUngrouped, ThemeSplit, ThemeMergeSuggested, ThemeMergeAsked, ThemeMergeRefused, ThemeMerged, ThemeUnmerged, ThemeMoved,
		ThemeScheduled, ThemeUnscheduled, ThemeRulesChanged,
		ProgrammePublished, ProgrammeCancelled, ProgrammeResumed, SessionProposed:
		return true
	}
	return false
}

// Repaints reports whether the event only moves figures of its subject, such as a
// turnout. They are told as they are now and not as they were, so that of several
// such events about one subject the newest tells all.
func (k Kind) Repaints() bool {
	switch k {
	case PollVoted, PollUndecided, ThemeSupported, ThemeUnsupported, CommentReacted, CommentUnreacted, ProgrammeEdited,
		SessionSignedUp, SessionSignedOff, SessionAttended:
		return true
	}
	return false
}

// Event is one entry of a timeline.
type Event struct {
	Topic   Topic
	Seq     int64           // 1, 2, 3 … without gaps within the topic
	Item    int64           // running number among the shown events; 0 where not shown
	Kind    Kind            //
	At      time.Time       // UTC
	Actor   int64           // person id; 0 where the forum itself acted
	Thread  int64           // the thread it happened in; 0 where none
	Subject int64           // id of the thread, comment, theme, poll, … that Kind tells of
	Data    json.RawMessage // facts that no row will tell later, such as a reason; nil where none
}

// Signal is a wake-up without a row: "look at this topic again", "rights have
// changed". It may be lost or doubled without harm.
type Signal struct {
	Topic  Topic `json:"-"`
	Seq    int64 `json:"seq,omitempty"`    // newest event of the topic that is committed
	Person int64 `json:"person,omitempty"` // whose rights or sessions changed; 0 for everybody's
	Group  int64 `json:"group,omitempty"`  // where rights changed

	Repaints bool `json:"repaints,omitempty"` // it tells of nothing but events that repaint, which may wait a little
}
