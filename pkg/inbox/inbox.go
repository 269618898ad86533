// Package inbox is what concerns one person: who named or answered them, what
// became of their themes, where they have a seat, who asks to come into their
// group, and what of all this they have read.
//
// An inbox outlives rights. What its owner may not read now is neither listed nor
// counted, nor is what was deleted; nor are the owner's own doings, which their
// pages are told of by the same events.
package inbox

import (
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
	"plenary/pkg/timeline"
)

// Inbox reads and marks the inboxes of all people. It is safe for concurrent use.
type Inbox struct {
	db       *store.DB
	forum    *forum.Forum
	timeline *timeline.Reader
	now      func() time.Time
}

// New makes an Inbox on the rooms that own what is told in it.
func New(db *store.DB, threads *forum.Forum, entries *timeline.Reader, now func() time.Time) *Inbox {
	return &Inbox{db: db, forum: threads, timeline: entries, now: now}
}

// Show is which rows are wanted.
type Show string

// What can be shown.
const (
	Everything Show = "all"    // but what was put away
	Unread     Show = "unread" // what has not been read
	Mentions   Show = "mentions"
	Votes      Show = "votes" // proxies, polls and outcomes; which polls wait for a vote, poll.NeedsVote says
	Themes     Show = "themes"
	Programme  Show = "programme"
	Away       Show = "away" // what was put away
)

// Shows lists what can be shown, in the order in which it is offered.
func Shows() []Show { return []Show{Everything, Unread, Mentions, Votes, Themes, Programme, Away} }

// nouns are the kinds of events that a Show is about, by what their subjects are.
var nouns = map[Show][]string{
	Mentions: {"comment"}, Votes: {"proxy", "poll", "outcome"}, Themes: {"theme"}, Programme: {"programme", "session"},
}

// Filter chooses rows. The zero value is everything.
type Filter struct {
	Show  Show
	Group string // handle of a group of the owner's; empty for all
}

// Row is an event of an inbox with what it tells of.
type Row struct {
	timeline.Entry
	ReadAt    *time.Time // nil while it is unread
	PutAwayAt *time.Time // nil while it is not put away
	In        *forum.Thread
	About     Group // of what is about a group and no thread; zero elsewhere
	Proxy     Proxy // of proxy.*; zero elsewhere
}

// Group is a group that a row is about.
type Group struct{ Handle, Name string }

// Proxy is whose vote was put into whose hands.
type Proxy struct {
	FromID, ToID int64
	From, To     string // their names
	PollID       int64  // 0 where it is for all polls of the group
}

// Unread reports whether the owner has not read the row.
func (r Row) Unread() bool { return r.ReadAt == nil }

// Away reports whether the owner has put the row away.
func (r Row) Away() bool { return r.PutAwayAt != nil }

// Path is the address of what the row tells of.
func (r Row) Path() string {
	switch {
	case r.Comment != nil:
		return fmt.Sprintf("/t/%d?seq=%d#c-%d", r.Comment.ThreadID, r.Comment.Seq, r.Comment.ID)
	case r.Theme != nil:
		return fmt.Sprintf("/themes/%d", r.Theme.ID)
	case r.Session != nil:
		return r.Session.Path()
	case r.Programme != nil:
		return r.Programme.Path()
	case r.Poll != nil:
		return fmt.Sprintf("/p/%d", r.Poll.ID)
	case r.Proxy.PollID != 0:
		return fmt.Sprintf("/p/%d/proxies", r.Proxy.PollID)
	case r.Proxy.ToID != 0:
		return "/g/" + r.About.Handle + "/proxies"
	case r.Kind == event.JoinAsked:
		return "/g/" + r.About.Handle + "/members#requests"
	case r.About.Handle != "":
		return "/g/" + r.About.Handle
	case r.In != nil:
		return fmt.Sprintf("/t/%d", r.In.ID)
	}
	return "/inbox"
}

// may refuses those who have no inbox.
func may(who access.Actor) error { return access.Check(who, access.UseInbox, access.Forum()) }
