package view

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
)

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
	Theme       Link // the theme that it talks about; zero for none
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
	Seq       int64
	Kind      string // "thread.closed", "thread.reopened", "poll.opened", "poll.closed", "poll.reopened", "outcome.published", "theme.proposed"
	At        time.Time
	Actor     Person // zero where the forum itself acted
	Reason    string
	Subject   Link   // the poll, the theme, the programme or its session; zero for the thread
	Again     bool   // of programme.published: not for the first time
	Object    Link   // what the theme was merged into; zero for none
	Before    string // what the theme was called
	Parts     []Link // the themes that were put under it, taken out of it or made out of it
	MoreParts int    // and how many more
}

func (Marker) partial() string { return "marker" }

// DOMID names the item in the page.
func (m Marker) DOMID() string { return fmt.Sprintf("seq-%d", m.Seq) }

// TextKey is the message that puts the event into words.
func (m Marker) TextKey() string {
	key := "marker." + strings.ReplaceAll(m.Kind, ".", "_")
	switch {
	case m.Again:
		return key + "_again"
	case m.Object.URL != "":
		return key + "_into"
	}
	return key
}

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
	ReviewDue   bool // that day has come
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
