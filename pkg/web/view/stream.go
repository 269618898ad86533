package view

import "html/template"

// The live pieces below become <turbo-stream> elements. None of them contains a
// form that somebody may be filling in, or anything about one viewer.

// CommentCreated brings a new comment to the end of the timeline, and of what is
// said about a theme where On is set.
type CommentCreated struct {
	Comment Comment
	On      *ThemeTalk
}

func (CommentCreated) partial() string { return "stream-comment-created" }

// CommentChanged replaces a comment that was edited or removed.
type CommentChanged struct {
	Comment Comment
	Excerpt string     // of its words now, for the answers to it; empty where it was removed
	On      *ThemeTalk // the theme that it is about; nil for none
}

func (CommentChanged) partial() string { return "stream-comment-changed" }

// ThemeTalk is what a comment on a theme changes on pages that show the theme.
type ThemeTalk struct {
	Card  ThemeCard
	Item  ThemeComment
	Asked *ThemeComment // the question that it replies to; nil for none
}

// ThemeCommented answers who has commented on a theme from the theme's own page.
type ThemeCommented struct {
	On        ThemeTalk
	MayAnswer bool
}

func (ThemeCommented) partial() string { return "theme-commented" }

// ReactionsChanged sets the counts below a comment.
type ReactionsChanged struct{ Comment Comment }

func (ReactionsChanged) partial() string { return "stream-reactions" }

// ThemeProposed brings a new theme to the board and a marker to the timeline.
type ThemeProposed struct {
	Card   ThemeCard
	Marker Marker
	Themes int // on the board now
}

func (ThemeProposed) partial() string { return "stream-theme-proposed" }

// ThemeChanged sets the title, proposers, state and support of a theme.
type ThemeChanged struct {
	Card   ThemeCard
	Moved  bool    // it may stand elsewhere on the board now, which looks for itself
	Back   bool    // it is afoot again, and can be edited and declined
	Marker *Marker // nil where the timeline gets no item
}

func (ThemeChanged) partial() string { return "stream-theme-changed" }

// PollOpened brings a poll to the end of the timeline and into the strip.
type PollOpened struct {
	Card   PollCard
	Themes []ThemeCard // its options; their ids are enough
}

func (PollOpened) partial() string { return "stream-poll-opened" }

// PollVoted sets the participation of a poll, with how many have no answer yet,
// and, only where they are shown always, its results.
type PollVoted struct{ Card PollCard }

func (PollVoted) partial() string { return "stream-poll-voted" }

// PollChanged sets the state, closing time and, after the close, the results of
// a poll. Marker is empty where the timeline gets no item.
type PollChanged struct {
	Card   PollCard
	Themes []ThemeCard // its options; their ids are enough
	Marker *Marker
}

func (PollChanged) partial() string { return "stream-poll-changed" }

// OutcomeChanged brings or replaces an outcome. Of a poll on its own, where the
// outcome stands with the poll, a new one is told by the marker.
type OutcomeChanged struct {
	Outcome Outcome
	New     bool
	Marker  *Marker
}

func (OutcomeChanged) partial() string { return "stream-outcome" }

// ThreadStateChanged says that a discussion was closed or reopened.
type ThreadStateChanged struct {
	Thread ThreadHead
	Marker Marker
}

func (ThreadStateChanged) partial() string { return "stream-thread-state" }

// ThreadEdited sets the title and the context of a thread.
type ThreadEdited struct {
	Thread  ThreadHead
	Context template.HTML
}

func (ThreadEdited) partial() string { return "stream-thread-edited" }

// ProgrammeChanged has the pages of a programme look for themselves what is in it
// now: not all readers may see the same of it. Public is set where readers meet
// something else, and not only those who build it. Marker is nil where the timeline
// gets no item.
type ProgrammeChanged struct {
	Public bool
	Marker *Marker
}

func (ProgrammeChanged) partial() string { return "stream-programme" }

// ProxiesChanged says on pages about a reader's proxies that there is something
// new: what they show is mostly forms, which no event replaces.
type ProxiesChanged struct{}

func (ProxiesChanged) partial() string { return "stream-proxies" }

// GroupChanged has the page of a group look for itself what it lists now.
type GroupChanged struct{}

func (GroupChanged) partial() string { return "stream-group-changed" }

// Line is the poll in the thread's strip, the same for everybody.
func (p PollOpened) Line() PollLine { return p.Card.Line() }

// Line is the poll in the thread's strip, the same for everybody.
func (p PollChanged) Line() PollLine { return p.Card.Line() }
