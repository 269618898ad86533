package view

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// GroupRef names the group that a page belongs to.
type GroupRef struct {
	Name       string
	Handle     string
	Visibility string // "public", "closed", "secret"
}

// URL is the group's page.
func (g GroupRef) URL() string { return "/g/" + g.Handle }

// ThreadHead is what every page about a thread shows of it.
type ThreadHead struct {
	ID         int64
	Slug       string
	Title      string
	Group      GroupRef
	Author     Person
	At         time.Time
	Visibility string // "public" or "members"
	SeenBy     int
	Pinned     bool
	Tags       []string
	Edited     bool
	Closed     *Closing // nil while the discussion is open
}

// URL is the thread's page.
func (t ThreadHead) URL() string {
	if t.Slug == "" {
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
	Context     template.HTML // the opening text, rendered and sanitised
	ContextRead bool          // the viewer has read it: shown folded
	Attachments []Attachment
	Outcome     *Outcome // the newest one, shown on top
	Asked       []PollLine
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
	Comment, Edit, Close, Reopen, Pin, Propose, StartPoll, ReadSeenBy, Moderate bool
}

// Words are the rights as the page tells them to scripts and styles.
func (r ThreadRights) Words() string {
	var words []string
	for _, w := range []struct {
		may  bool
		word string
	}{{r.Comment, "comment"}, {r.Propose, "propose"}, {r.Moderate, "moderate"}} {
		if w.may {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

// DraftKey is where the browser keeps the comment that is being written.
func (p ThreadPage) DraftKey() string { return fmt.Sprintf("t%d", p.Thread.ID) }

// PollLine is a poll in one line, for strips and lists.
type PollLine struct {
	ID        int64
	Title     string
	State     string // "draft", "open", "closed"
	ClosesAt  time.Time
	ClosedAt  time.Time
	Cast      int
	Eligible  int
	CanVote   bool // the viewer may vote and has not
	Voted     bool
	Seq       int64  // its item in the timeline
	Result    string // one sentence; empty while results are hidden
	ThreadURL string
	Thread    string // title of its thread, where that is not known from the page
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

// Comment is one comment of a timeline, the same for every reader.
type Comment struct {
	ID          int64
	Seq         int64
	Thread      int64
	Author      Person
	At          time.Time
	Body        template.HTML
	EditedAt    time.Time // zero where never edited
	Removed     string    // who removed it: "", "author" or "moderator"
	Empty       bool      // imported without text: a picture was there
	ReplyTo     *ReplyRef
	Reactions   []Reaction
	Attachments []Attachment
}

func (Comment) partial() string { return "comment" }

// URL is the comment's own page, with everything that can be done with it.
func (c Comment) URL() string { return fmt.Sprintf("/c/%d", c.ID) }

// Permalink shows the comment in its thread.
func (c Comment) Permalink() string { return fmt.Sprintf("/t/%d?seq=%d#c-%d", c.Thread, c.Seq, c.ID) }

// Choices are the reactions that are always offered, with how many chose each,
// followed by others that somebody gave.
func (c Comment) Choices() []Reaction {
	out := make([]Reaction, 0, len(offered)+len(c.Reactions))
	for _, emoji := range offered {
		given := find(c.Reactions, emoji)
		out = append(out, Reaction{Comment: c.ID, Emoji: emoji, Count: given.Count, Mine: given.Mine})
	}
	for _, r := range c.Reactions {
		if !r.Offered() && r.Count > 0 {
			r.Comment = c.ID
			out = append(out, r)
		}
	}
	return out
}

// offered are agree, thanks, celebrate, question, disagree.
var offered = [...]string{"👍", "🙏", "🎉", "🤔", "👎"}

// Reaction is how many gave one emoji to a comment.
type Reaction struct {
	Comment int64
	Emoji   string
	Count   int
	Mine    bool // only on the comment's own page and in the answer to one's own act
}

func find(rs []Reaction, emoji string) Reaction {
	for _, r := range rs {
		if r.Emoji == emoji {
			return r
		}
	}
	return Reaction{}
}

// Offered reports whether the reaction is one that is always shown as a choice.
func (r Reaction) Offered() bool { return r.Word() != "reaction.other" }

// Word is the message key of the reaction's name.
func (r Reaction) Word() string {
	switch r.Emoji {
	case "👍":
		return "reaction.agree"
	case "🙏":
		return "reaction.thanks"
	case "🎉":
		return "reaction.celebrate"
	case "🤔":
		return "reaction.question"
	case "👎":
		return "reaction.disagree"
	}
	return "reaction.other"
}

// DOMID names the reaction in the page: "r-17-1f44d".
func (r Reaction) DOMID() string {
	var points []string
	for _, c := range r.Emoji {
		if !unicode.Is(unicode.Variation_Selector, c) {
			points = append(points, strconv.FormatInt(int64(c), 16))
		}
	}
	return fmt.Sprintf("r-%d-%s", r.Comment, strings.Join(points, "-"))
}

// MineReaction is how a page lists the viewer's own reaction for the script:
// the id of the button, such as "r-17-1f44d".
func MineReaction(comment int64, emoji string) string {
	return Reaction{Comment: comment, Emoji: emoji}.DOMID()
}

// Marker is an item of the timeline that only says that something happened.
type Marker struct {
	Seq     int64
	Kind    string // "thread.closed", "thread.reopened", "poll.closed", "poll.reopened", "theme.proposed"
	At      time.Time
	Actor   Person // zero where the forum itself acted
	Reason  string
	Subject Link // the poll or the theme; zero for the thread
}

func (Marker) partial() string { return "marker" }

// DOMID names the item in the page.
func (m Marker) DOMID() string { return fmt.Sprintf("seq-%d", m.Seq) }

// TextKey is the message that puts the event into words.
func (m Marker) TextKey() string { return "marker." + strings.ReplaceAll(m.Kind, ".", "_") }

// ByForum reports whether the forum itself acted.
func (m Marker) ByForum() bool { return m.Actor.ID == 0 }

// Outcome is what was decided.
type Outcome struct {
	ID          int64
	Seq         int64
	PollID      int64
	Poll        string // its question
	Thread      int64
	ThreadTitle string
	Group       GroupRef
	Author      Person
	At          time.Time
	Statement   template.HTML
	Result      string // the figures frozen at the close, in one sentence
	ReviewOn    time.Time
	CanEdit     bool // false in pieces that are the same for everybody
	Clock       Clock
}

func (Outcome) partial() string { return "outcome" }

// DOMID names the item in the page.
func (o Outcome) DOMID() string { return fmt.Sprintf("o-%d", o.PollID) }

// PollURL is the poll that was decided.
func (o Outcome) PollURL() string { return fmt.Sprintf("/p/%d", o.PollID) }

// CommentPage is a comment alone with everything that can be done with it.
type CommentPage struct {
	Frame
	Thread  ThreadHead
	Comment Comment
	Replies template.HTML // rendered comments
	Themes  []ThemeCard   // made out of this comment

	Source  string // as written, for the edit form
	Version int    // being edited, so that two editors notice each other
	Edit    Form
	Reply   Form
	Rights  CommentRights
	Editing bool // ?edit=1
}

func (CommentPage) page() string { return "comment" }

// CommentRights say what the viewer may do with a comment.
type CommentRights struct{ Reply, Edit, Delete, React, Propose, History bool }

// HistoryPage shows the versions of a comment, newest first.
type HistoryPage struct {
	Frame
	Thread   ThreadHead
	Comment  Comment
	Versions []Version
}

func (HistoryPage) page() string { return "history" }

// Version is one version of a text with its difference from the one before.
type Version struct {
	Number int
	By     Person
	At     time.Time
	Parts  []Diff
}

// Diff is a stretch of words.
type Diff struct {
	Op   string // "same", "added", "removed"
	Text string
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

// DraftKey is where the browser keeps the text that is being written.
func (p ThreadFormPage) DraftKey() string {
	if p.Thread != nil {
		return fmt.Sprintf("t%d-edit", p.Thread.ID)
	}
	return "g" + p.Group.Handle + "-thread"
}
