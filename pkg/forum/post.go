package forum

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// NewComment is what somebody who comments has typed.
type NewComment struct {
	Body     string
	ParentID int64 // the comment replied to; 0 for none
	ThemeID  int64 // the theme talked about; 0 for that of the comment replied to, if any. The caller has checked that it may be.

	// Also is part of the same transaction, once the comment is in it; nil for nothing.
	Also func(tx *store.Tx, made Comment) error
}

func validBody(text string) (string, error) {
	var f errs.Fields
	text = plain.Body(&f, "body", text, true, markup.MaxBytes)
	return text, f.Err()
}

// Post puts a comment into a thread. When it returns, the comment is on disk.
// Errors: Invalid with fields; by access.PostComment; Gone where the comment
// replied to was deleted.
func (f *Forum) Post(ctx context.Context, who access.Actor, threadID int64, in NewComment) (Comment, error) {
	body, err := validBody(in.Body)
	if err != nil {
		return Comment{}, f.mayNot(ctx, who, access.PostComment, threadID, err)
	}
	doc, err := f.render(ctx, body)
	if err != nil {
		return Comment{}, f.mayNot(ctx, who, access.PostComment, threadID, err)
	}
	now := f.now()
	row := newComment{ThreadID: threadID, ParentID: orNull(in.ParentID), ThemeID: orNull(in.ThemeID), AuthorID: who.Person,
		Body: body, BodyHTML: doc.HTML, MarkupVersion: markup.RendererVersion, CreatedAt: store.At(now)}
	var made Comment
	err = f.db.Write(ctx, func(tx *store.Tx) error {
		t, err := f.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.PostComment, t.Facts()); err != nil {
			return err
		}
		parent, err := countReply(tx, t.ID, in.ParentID)
		if err != nil {
			return err
		}
		row.ID = 0 // on PostgreSQL the write may be run twice
		if in.ThemeID == 0 && parent != nil {
			row.ThemeID = orNull(parent.theme)
		}
		posted, err := f.append(tx, t, &row, now)
		if err != nil {
			return err
		}
		if err := attachFiles(tx, who, t.ID, body); err != nil {
			return err
		}
		if err := noteOwn(tx, posted); err != nil {
			return err
		}
		made = row.comment(t.me, parent)
		if err := f.mention(tx, t, row.ID, who, doc.Mentions, now); err != nil {
			return err
		}
		if in.Also != nil {
			if err := in.Also(tx, made); err != nil {
				return err
			}
		}
		var told []int64
		for _, hear := range f.posted {
			people, err := hear(tx, made, now)
			if err != nil {
				return err
			}
			told = append(told, people...)
		}
		return f.answered(tx, t, made, who, told, now)
	})
	if err != nil {
		return Comment{}, err
	}
	return made, nil
}

// mayNot lets the answer "you may not" go before "your input is wrong".
func (f *Forum) mayNot(ctx context.Context, who access.Actor, do access.Action, threadID int64, otherwise error) error {
	t, err := f.Thread(ctx, who, threadID)
	if err != nil {
		return err
	}
	if err := access.Check(who, do, t.Facts()); err != nil {
		return err
	}
	return otherwise
}

// newComment is the row of a comment that is being posted.
type newComment struct {
	ID            int64
	ThreadID      int64
	Seq           int64
	ParentID      *int64
	ThemeID       *int64
	AuthorID      int64
	Body          string
	BodyHTML      string
	MarkupVersion int
	MarkedEmpty   bool
	CreatedAt     store.Time
}

func (newComment) TableName() string { return "comments" }

// comment is the row as others will read it.
func (r newComment) comment(author person.Brief, parent *Parent) Comment {
	c := Comment{ID: r.ID, ThreadID: r.ThreadID, Seq: r.Seq, Parent: parent, Author: author, Body: r.Body, BodyHTML: r.BodyHTML,
		Version: 1, CreatedAt: r.CreatedAt.Time}
	if r.ThemeID != nil {
		c.ThemeID = *r.ThemeID
	}
	return c
}

// append writes the row, its event and the thread's counts. The thread is
// locked, so the event's seq is the one after the thread's last.
func (f *Forum) append(tx *store.Tx, t Thread, row *newComment, at time.Time) (event.Event, error) {
	row.Seq = t.LastSeq + 1
	if err := tx.Create(row).Error; err != nil {
		return event.Event{}, fmt.Errorf("comment in thread %d: %w", t.ID, err)
	}
	one := store.Along{Set: "comment_count = comment_count + 1"}
	e, err := tx.Emit(t.event(event.CommentCreated, row.AuthorID, row.ID, at), one, active(at))
	if err != nil || row.ThemeID == nil {
		return e, err
	}
	if err := tx.Exec("UPDATE themes SET comment_count = comment_count + 1 WHERE id = ?", *row.ThemeID).Error; err != nil {
		return e, fmt.Errorf("count comments of theme %d: %w", *row.ThemeID, err)
	}
	return e, nil
}

// countReply checks the comment replied to, counts the reply, and gives what is
// shown of it above the reply.
func countReply(tx *store.Tx, thread, parent int64) (*Parent, error) {
	if parent == 0 {
		return nil, nil
	}
	var row commentRow
	err := comments(tx.DB).Where("c.id = ? AND c.thread_id = ?", parent, thread).Limit(1).Find(&row).Error
	switch {
	case err != nil:
		return nil, fmt.Errorf("load comment %d: %w", parent, err)
	case row.ID == 0:
		var fields errs.Fields
		fields.Add("parent_id", "comment.parent_elsewhere")
		return nil, fields.Err()
	case row.DeletedAt != nil:
		return nil, errs.New(errs.Gone, "comment.parent_removed")
	}
	if err := tx.Exec("UPDATE comments SET reply_count = reply_count + 1 WHERE id = ?", parent).Error; err != nil {
		return nil, fmt.Errorf("count replies to comment %d: %w", parent, err)
	}
	c := row.comment()
	return &Parent{ID: c.ID, Seq: c.Seq, theme: c.ThemeID, Author: c.Author, Excerpt: markup.Excerpt(c.Body, excerptLength)}, nil
}

func orNull(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
