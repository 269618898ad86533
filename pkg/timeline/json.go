package timeline

import (
	"time"

	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/person"
)

// Item is an entry as JSON: an item of GET /threads/{id}/timeline, and the
// "data" of a live event.
type Item struct {
	Seq         int64      `json:"seq"`
	Item        int64      `json:"item,omitempty"` // running number among the shown ones
	Kind        event.Kind `json:"kind"`
	At          time.Time  `json:"at"`
	Actor       *Person    `json:"actor"` // null where the forum itself acted, or who voted is not told
	Thread      int64      `json:"thread,omitempty"`
	Comment     *Comment   `json:"comment,omitempty"`
	Theme       *Theme     `json:"theme,omitempty"`
	Poll        *Poll      `json:"poll,omitempty"`
	Programme   *Programme `json:"programme,omitempty"`
	Session     *Session   `json:"session,omitempty"`
	Member      *Person    `json:"member,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	By          string     `json:"by,omitempty"`
	BallotCount int        `json:"ballot_count,omitempty"`
	LogLength   int64      `json:"log_length,omitempty"`
	LogHead     string     `json:"log_head,omitempty"`
	Version     int        `json:"version,omitempty"` // of programme.published
	Note        string     `json:"note,omitempty"`
	Changes     int        `json:"changes,omitempty"`
	Before      string     `json:"before,omitempty"` // of theme.renamed
	Title       string     `json:"title,omitempty"`
	CommentID   int64      `json:"comment_id,omitempty"` // the question, the answer or the comment on a theme
	Into        int64      `json:"into,omitempty"`       // the theme that another is merged into
	Parts       []int64    `json:"parts,omitempty"`      // the themes that were put under it, or taken out
}

// JSON is the entry in the shape in which it is sent.
func JSON(e Entry) Item {
	item := Item{Seq: e.Seq, Item: e.Item, Kind: e.Kind, At: e.At.UTC(), Thread: e.Thread,
		Reason: e.Reason, By: e.By, BallotCount: e.BallotCount, LogLength: e.LogLength, LogHead: e.LogHead, Into: e.Into, Parts: e.Parts, Before: e.Before, Title: e.Title, CommentID: e.CommentID,
		Version: e.Version, Note: e.Note, Changes: e.Changes}
	if e.Actor.ID != 0 {
		item.Actor = new(PersonOf(e.Actor))
	}
	switch {
	case e.Comment != nil:
		item.Comment = new(CommentOf(*e.Comment))
	case e.Theme != nil:
		item.Theme = new(ThemeOf(*e.Theme))
	case e.Poll != nil:
		item.Poll = new(PollOf(*e.Poll))
	case e.Programme != nil:
		item.Programme = new(ProgrammeOf(*e.Programme))
	case e.Session != nil:
		item.Session = new(SessionOf(*e.Session, nil))
	case e.Member != nil:
		item.Member = new(PersonOf(*e.Member))
	}
	return item
}

// Person is somebody beside a contribution.
type Person struct {
	Handle      string `json:"handle"`
	Name        string `json:"name"`
	Affiliation string `json:"affiliation,omitempty"`
	Title       string `json:"title,omitempty"` // in the home group of the thread
}

// PersonOf is the shape of a person.
func PersonOf(b person.Brief) Person {
	return Person{Handle: b.Handle, Name: b.Name, Affiliation: b.Affiliation, Title: b.Title}
}

func personOrNone(b *person.Brief) *Person {
	if b == nil {
		return nil
	}
	return new(PersonOf(*b))
}

// Comment is a comment as JSON. Of a deleted one Body and BodyHTML are empty.
type Comment struct {
	ID          int64      `json:"id"`
	ThreadID    int64      `json:"thread_id"`
	Seq         int64      `json:"seq"`
	ParentID    int64      `json:"parent_id,omitempty"`
	Parent      *Parent    `json:"parent,omitempty"`
	ThemeID     int64      `json:"theme_id,omitempty"`
	Author      Person     `json:"author"`
	Body        string     `json:"body"`
	BodyHTML    string     `json:"body_html"`
	MarkedEmpty bool       `json:"marked_empty,omitempty"` // imported without text
	Version     int        `json:"version"`
	CreatedAt   time.Time  `json:"created_at"`
	EditedAt    *time.Time `json:"edited_at,omitempty"`
	DeletedAt   *time.Time `json:"deleted_at,omitempty"`
	ByAuthor    bool       `json:"deleted_by_author,omitempty"`
	ReplyCount  int        `json:"reply_count"`
	Reactions   []Reaction `json:"reactions"` // never null
}

// Parent is the comment that is replied to.
type Parent struct {
	ID      int64  `json:"id"`
	Seq     int64  `json:"seq"`
	Author  Person `json:"author"`
	Excerpt string `json:"excerpt"` // empty where it was deleted
}

// Reaction is how many people answered with an emoji.
type Reaction struct {
	Emoji string `json:"emoji"`
	Count int    `json:"count"`
}

// CommentOf is the shape of a comment.
func CommentOf(c forum.Comment) Comment {
	out := Comment{ID: c.ID, ThreadID: c.ThreadID, Seq: c.Seq, ThemeID: c.ThemeID, Author: PersonOf(c.Author),
		MarkedEmpty: c.MarkedEmpty, Version: c.Version, CreatedAt: c.CreatedAt.UTC(), EditedAt: utc(c.EditedAt),
		DeletedAt: utc(c.DeletedAt), ByAuthor: c.ByAuthor, ReplyCount: c.ReplyCount, Reactions: []Reaction{}}
	if c.Parent != nil {
		out.ParentID = c.Parent.ID
		out.Parent = &Parent{ID: c.Parent.ID, Seq: c.Parent.Seq, Author: PersonOf(c.Parent.Author), Excerpt: c.Parent.Excerpt}
	}
	if c.Deleted() {
		return out
	}
	out.Body, out.BodyHTML = c.Body, c.BodyHTML
	for _, r := range c.Reactions {
		out.Reactions = append(out.Reactions, Reaction(r))
	}
	return out
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}
