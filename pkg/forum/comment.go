package forum

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Comment is a message in a thread. Of a deleted one the words are gone and the
// place remains.
type Comment struct {
	ID          int64
	ThreadID    int64
	Seq         int64 // of its event in the thread's timeline
	ThemeID     int64 // the theme it talks about; 0 for the thread as a whole
	ThemeTitle  string
	Parent      *Parent
	Author      person.Brief
	Body        string // Markdown; empty once deleted
	BodyHTML    string // rendered and safe; empty once deleted
	MarkedEmpty bool   // imported without text: a picture was there
	Version     int
	CreatedAt   time.Time
	EditedAt    *time.Time
	DeletedAt   *time.Time
	ByAuthor    bool // deleted by its author and not by a moderator
	ReplyCount  int
	Reactions   []Reaction
}

// Parent is the comment that is replied to.
type Parent struct {
	ID      int64
	Seq     int64
	Author  person.Brief
	Excerpt string // one line; empty where it was deleted

	theme int64 // that it talks about, while a reply is being posted
}

// Reaction is how many people answered a comment with an emoji.
type Reaction struct {
	Emoji string
	Count int
}

// Deleted reports whether the comment's words have been removed.
func (c Comment) Deleted() bool { return c.DeletedAt != nil }

type commentRow struct {
	ID           int64
	ThreadID     int64
	Seq          int64
	ThemeID      *int64
	ThemeTitle   *string
	ParentID     *int64
	ParentSeq    *int64
	ParentBody   *string
	ParentGone   *store.Time
	PAuthorID    *int64
	PHandle      *string
	PName        *string
	PAffiliation *string
	AuthorID     int64
	Handle       string
	Name         string
	Affiliation  string
	Picture      string
	Body         string
	BodyHTML     string
	MarkedEmpty  bool
	Version      int
	CreatedAt    store.Time
	EditedAt     *store.Time
	DeletedAt    *store.Time
	DeletedBy    *int64
	ReplyCount   int
}

const commentColumns = `c.id, c.thread_id, c.seq, c.theme_id, ct.title AS theme_title, c.parent_id, c.author_id, a.handle, a.name, a.affiliation, a.picture,
	c.body, c.body_html, c.marked_empty, c.version, c.created_at, c.edited_at, c.deleted_at, c.deleted_by, c.reply_count,
	q.seq AS parent_seq, SUBSTR(q.body, 1, 400) AS parent_body, q.deleted_at AS parent_gone,
	qa.id AS p_author_id, qa.handle AS p_handle, qa.name AS p_name, qa.affiliation AS p_affiliation`

func comments(g *gorm.DB) *gorm.DB {
	return g.Table("comments AS c").Select(commentColumns).
		Joins("JOIN people AS a ON a.id = c.author_id").
		Joins("LEFT JOIN themes AS ct ON ct.id = c.theme_id").
		Joins("LEFT JOIN comments AS q ON q.id = c.parent_id").
		Joins("LEFT JOIN people AS qa ON qa.id = q.author_id")
}

// excerptLength is how many runes of a comment stand where it is replied to.
const excerptLength = 90

func (r commentRow) comment() Comment {
	c := Comment{
		ID: r.ID, ThreadID: r.ThreadID, Seq: r.Seq,
		Author:      person.Brief{ID: r.AuthorID, Handle: r.Handle, Name: r.Name, Affiliation: r.Affiliation, Picture: r.Picture},
		MarkedEmpty: r.MarkedEmpty, Version: r.Version, CreatedAt: r.CreatedAt.Time,
		EditedAt: instant(r.EditedAt), DeletedAt: instant(r.DeletedAt), ReplyCount: r.ReplyCount,
	}
	if r.ThemeID != nil {
		c.ThemeID, c.ThemeTitle = *r.ThemeID, *r.ThemeTitle
	}
	if r.DeletedAt == nil {
		c.Body, c.BodyHTML = r.Body, r.BodyHTML
	} else {
		c.ByAuthor = r.DeletedBy != nil && *r.DeletedBy == r.AuthorID
	}
	if r.ParentID != nil {
		c.Parent = &Parent{ID: *r.ParentID, Seq: *r.ParentSeq,
			Author: person.Brief{ID: *r.PAuthorID, Handle: *r.PHandle, Name: *r.PName, Affiliation: *r.PAffiliation}}
		if r.ParentGone == nil {
			c.Parent.Excerpt = markup.Excerpt(*r.ParentBody, excerptLength)
		}
	}
	return c
}

// Comments reads comments by their ids, with reactions, in two queries however
// many there are. It asks nobody's leave: the caller has checked the thread.
func (f *Forum) Comments(ctx context.Context, ids []int64) (map[int64]Comment, error) {
	return commentsByID(f.db.Read(ctx), ids)
}

func commentsByID(g *gorm.DB, ids []int64) (map[int64]Comment, error) {
	out := make(map[int64]Comment, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []commentRow
	if err := comments(g).Where("c.id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("read comments: %w", err))
	}
	reactions, err := reactionsTo(g, ids)
	if err != nil {
		return nil, store.Translate(err)
	}
	for _, r := range rows {
		c := r.comment()
		if !c.Deleted() {
			c.Reactions = reactions[c.ID]
		}
		out[c.ID] = c
	}
	return out, nil
}

func reactionsTo(g *gorm.DB, comments []int64) (map[int64][]Reaction, error) {
	var rows []struct {
		CommentID int64
		Reaction
	}
	err := g.Raw(`SELECT comment_id, emoji, COUNT(*) AS count FROM reactions WHERE comment_id IN ?
		GROUP BY comment_id, emoji ORDER BY comment_id, MIN(created_at), emoji`, comments).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count reactions: %w", err)
	}
	out := map[int64][]Reaction{}
	for _, r := range rows {
		out[r.CommentID] = append(out[r.CommentID], r.Reaction)
	}
	return out, nil
}

// commentFacts are the facts of a comment in a thread that was loaded for who.
func commentFacts(t Thread, c Comment, who access.Actor) access.Facts {
	facts := t.Facts()
	facts.Own = who.SignedIn() && c.Author.ID == who.Person
	facts.Removed = c.Deleted()
	return facts
}

// CommentView is a comment on its own, with the thread that it stands in.
type CommentView struct {
	Comment
	Thread Thread
	Facts  access.Facts
	Mine   []string // the emoji that the reader has reacted with
}

// Comment reads one comment. Errors: NotFound where it, or its thread, is not
// there or not for this actor.
func (f *Forum) Comment(ctx context.Context, who access.Actor, id int64) (CommentView, error) {
	g := f.db.Read(ctx)
	c, err := loadComment(g, id)
	if err != nil {
		return CommentView{}, store.Translate(err)
	}
	t, err := f.Thread(ctx, who, c.ThreadID)
	if err != nil {
		return CommentView{}, err
	}
	titles, err := f.Titles(ctx, []int64{t.ID}, []int64{c.Author.ID})
	if err != nil {
		return CommentView{}, err
	}
	c.Author.Title = titles.Of(t.ID, c.Author.ID)
	v := CommentView{Comment: c, Thread: t, Facts: commentFacts(t, c, who)}
	if !who.SignedIn() {
		return v, nil
	}
	mine, err := f.Reacted(ctx, who, []int64{id})
	v.Mine = mine[id]
	return v, err
}

// Reacted tells with which emoji the actor has reacted to which of the comments.
func (f *Forum) Reacted(ctx context.Context, who access.Actor, comments []int64) (map[int64][]string, error) {
	out := map[int64][]string{}
	if len(comments) == 0 {
		return out, nil
	}
	var rows []struct {
		CommentID int64
		Emoji     string
	}
	err := f.db.Read(ctx).Table("reactions").Select("comment_id, emoji").
		Where("comment_id IN ? AND person_id = ?", comments, who.Person).Order("comment_id, created_at, emoji").Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read own reactions: %w", err))
	}
	for _, r := range rows {
		out[r.CommentID] = append(out[r.CommentID], r.Emoji)
	}
	return out, nil
}

func loadComment(g *gorm.DB, id int64) (Comment, error) {
	var row commentRow
	if err := comments(g).Where("c.id = ?", id).Take(&row).Error; err != nil {
		return Comment{}, fmt.Errorf("load comment %d: %w", id, err)
	}
	c := row.comment()
	if c.Deleted() {
		return c, nil
	}
	reactions, err := reactionsTo(g, []int64{id})
	c.Reactions = reactions[id]
	return c, err
}
