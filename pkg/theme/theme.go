package theme

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/person"
)

// Theme is a proposal for something to discuss.
type Theme struct {
	ID              int64
	ThreadID        int64
	ThreadTitle     string
	Group           forum.Home
	Seq             int64 // of its event in the thread's timeline
	Proposer        person.Brief
	PutBy           *person.Brief  // the convenor who put it forward for its proposer; nil where nobody did
	Credit          string         // the name of a proposer without an account, in whose place Proposer stands; empty elsewhere
	CoProposers     []person.Brief // those who propose it, too, and have said so
	Title           string
	Description     string // Markdown; may be empty
	DescriptionHTML string // rendered and safe
	State           access.ThemeState
	StateReason     string        // why it was declined
	StateBy         *person.Brief // who changed its state last; nil where nobody did
	StateAt         *time.Time
	FromCommentID   int64  // the comment that it comes from; 0 where none
	Quote           string // the words of that comment; where it comes from none, those of the thread's context
	SupportCount    int
	CommentCount    int
	Unanswered      int     // questions to its proposers
	PollIDs         []int64 // the polls that it is an option of, drafts left out
	Version         int
	CreatedAt       time.Time
	EditedAt        *time.Time
	Supported       bool // by the actor that it was loaded for

	Under      Ref            // the overarching theme that it stands under; zero where none
	Parts      []Ref          // what stands under it and has a part to play, oldest first
	MergedInto Ref            // the theme of the same thread that it has become part of; zero where none
	MovedTo    int64          // the theme as which it goes on in another thread, that its readers may not read; 0 where none
	SplitFrom  int64          // the theme that it was cut out of; 0 where none
	Credits    []person.Brief // who put forward what has been merged into it, its proposers left out; those without an account have a name alone

	facts access.Facts
}

// Ref names a theme.
type Ref struct {
	ID    int64
	Title string
}

// FromContext reports whether it comes out of the thread's own text.
func (t Theme) FromContext() bool { return t.FromCommentID == 0 && t.Quote != "" }

// Proposers are all who propose it and have an account, the first one first.
func (t Theme) Proposers() []person.Brief {
	var out []person.Brief
	if t.Credit == "" {
		out = append(out, t.Proposer)
	}
	return append(out, t.CoProposers...)
}

// Facts are what decisions about the theme rest on, for the actor it was loaded
// for.
func (t Theme) Facts() access.Facts { return t.facts }

// event is one of the thread's timeline about the theme, still to be emitted.
func (t Theme) event(kind event.Kind, actor int64, at time.Time) event.Event {
	return event.Event{Topic: event.Thread(t.ThreadID), Kind: kind, At: at, Actor: actor, Thread: t.ThreadID, Subject: t.ID}
}
