package view

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// GroupRef names the group that a page belongs to.
type GroupRef struct {
	Name       string
	Handle     string
	Visibility string // "public", "closed", "secret"
}

// URL is the group's page.
func (g GroupRef) URL() string { return "/g/" + g.Handle }

// Known reports whether the reader may know of the group.
func (g GroupRef) Known() bool { return g.Handle != "" }

// ThreadHead is what every page about a thread shows of it.
type ThreadHead struct {
	ID         int64
	Slug       string
	Title      string
	Group      GroupRef   // empty where the reader may not know of it
	Shared     []GroupRef // the further groups that the reader may know of
	Author     Person
	At         time.Time
	Visibility string // "public" or "members"
	SeenBy     int
	Pinned     bool
	Tags       []string
	Edited     bool
	Closed     *Closing // nil while the discussion is open
	OwnPoll    int64    // the poll that the discussion came with, and on whose page it stands; 0 for others

	Programme, Session int64 // whose discussion it is; 0 for others
}

// SessionURL is the page of the session that the thread is the discussion of; empty
// for others.
func (t ThreadHead) SessionURL() string {
	if t.Session == 0 {
		return ""
	}
	return SessionCard{ID: t.Session, Programme: t.Programme}.URL()
}

// URL is the thread's page.
func (t ThreadHead) URL() string {
	switch {
	case t.OwnPoll != 0:
		return PollCard{ID: t.OwnPoll}.URL()
	case t.Slug == "":
		return t.Path("")
	}
	return t.Path("/" + t.Slug)
}

// Path is the address of something below the thread, such as "/seen-by".
func (t ThreadHead) Path(rest string) string { return fmt.Sprintf("/t/%d%s", t.ID, rest) }

// Closing says who closed a discussion, when and why.
type Closing struct {
	By     Person
	At     time.Time
	Reason string
}

// ThreadPage is a thread with a window of its timeline.
//
// The items are pieces that were rendered before and are the same for every
// reader (RenderPartial); only Unread, Mine and the rights are the viewer's.
// Poll items may be rendered for the viewer, with the ballot form.
type ThreadPage struct {
	Frame
	Thread      ThreadHead
	Poll        *PollPage     // the poll that the discussion came with, in place of title and context
	Context     template.HTML // the opening text, rendered and sanitised
	ContextRead bool          // the viewer has read it: shown folded
	Attachments []Attachment
	Outcome     *Outcome // the newest one, shown on top
	Asked       []PollLine
	Programmes  []ProgrammeLine
	Board       *BoardLine // nil where there are no themes and none may be proposed

	Read        template.HTML // items that the viewer has seen, joined
	Unread      template.HTML // items that are new to the viewer, joined
	UnreadCount int           // in the whole thread, not only in this window
	UnreadURL   string        // leads to the first unread item where it is outside the window
	Comments    int           // in the whole thread
	LastSeq     int64         // newest event contained in this page
	AtEnd       bool          // the window reaches the end of the timeline
	Earlier     int           // shown items before this window
	EarlierURL  string
	StartURL    string
	Later       int
	LaterURL    string
	EndURL      string
	Rail        []RailMark // places to jump to by date

	Form    Form // of the composer
	ReplyTo *ReplyRef
	Rights  ThreadRights
	People  int // whom the thread reaches: members of its groups
}

func (ThreadPage) page() string { return "thread" }

// ThreadRights say what the viewer may do here.
type ThreadRights struct {
	Comment, React, Edit, Close, Reopen, Pin, Propose, StartPoll, StartProgramme, ReadSeenBy, Moderate, People bool
}

// Words are the rights as the page tells them to scripts and styles.
func (r ThreadRights) Words() string {
	var words []string
	for _, w := range []struct {
		may  bool
		word string
	}{{r.Comment, "comment"}, {r.React, "react"}, {r.Propose, "propose"}, {r.Moderate, "moderate"}} {
		if w.may {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

// Rejected reports whether a form on the page comes back with complaints.
func (p ThreadPage) Rejected() bool { return p.Form.Rejected() || p.Poll != nil && p.Poll.Rejected() }

// DraftKey is where the browser keeps the comment that is being written.
func (p ThreadPage) DraftKey() string { return fmt.Sprintf("t%d", p.Thread.ID) }

// PollLine is a poll in one line, for strips and lists.
type PollLine struct {
	ID        int64
	Title     string
	State     string // "draft", "open", "sealed", "closed"
	ClosesAt  time.Time
	ClosedAt  time.Time
	Cast      int
	Eligible  int
	CanVote   bool // the viewer may vote and has not
	Voted     bool
	Seq       int64  // its item in the timeline
	Result    string // one sentence; empty while results are hidden
	ThreadURL string
	Thread    string // title of its thread, where that is not known from the page; empty where the poll is on its own
	Group     GroupRef
	Clock     Clock
}

// URL is the poll's page.
func (p PollLine) URL() string { return fmt.Sprintf("/p/%d", p.ID) }

// BoardLine is a theme board in one line.
type BoardLine struct {
	Themes      int
	Shortlisted int
	Top         []ThemeCard // the first few
	Rules       RulesLine
}

// RailMark is a place in a long thread.
type RailMark struct {
	At  time.Time
	URL string
	Now bool // the window on the page starts here
}

// ReplyRef points to the comment that is replied to.
type ReplyRef struct {
	ID      int64
	Author  Person
	Excerpt string // plain text
}

// URL is the replied-to comment.
func (r ReplyRef) URL() string { return fmt.Sprintf("/c/%d", r.ID) }

// Attachment is a file that belongs to a text.
type Attachment struct {
	ID    int64
	Name  string
	URL   string
	Type  string // media type
	Size  int64  // bytes
	Image bool
	Alt   string
}

// SeenByPage lists who has had the thread open.
type SeenByPage struct {
	Frame
	Thread   ThreadHead
	People   []SeenBy
	Imported int // counted elsewhere before the thread came here, without names
}

func (SeenByPage) page() string { return "seen-by" }

// SeenBy is one reader of a thread.
type SeenBy struct {
	Person Person
	At     time.Time
	UpTo   int64 // seq
	All    bool  // read to the end
}

// ThreadFormPage starts a thread, or edits one where Thread is set.
type ThreadFormPage struct {
	Frame
	Group  GroupRef
	Thread *ThreadHead
	Form   Form // title, body, tags, visibility
}

func (ThreadFormPage) page() string { return "thread-form" }

// OfPoll reports whether the thread came with a poll, which has the words.
func (p ThreadFormPage) OfPoll() bool { return p.Thread != nil && p.Thread.OwnPoll != 0 }

// DraftKey is where the browser keeps the text that is being written.
func (p ThreadFormPage) DraftKey() string {
	if p.Thread != nil {
		return fmt.Sprintf("t%d-edit", p.Thread.ID)
	}
	return "g" + p.Group.Handle + "-thread"
}
