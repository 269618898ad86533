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
	"plenary/pkg/store"
)

// CommentEdit changes a comment's words.
type CommentEdit struct {
	Body    string
	Version int // the version that was edited; 0 for whichever is current
}

// EditComment changes a comment's words and keeps the version before. Errors:
// Invalid with fields; by access.EditComment; Conflict "comment.edited_meanwhile".
func (f *Forum) EditComment(ctx context.Context, who access.Actor, id int64, in CommentEdit) (Comment, error) {
	body, invalid := validBody(in.Body)
	var doc markup.Document
	if invalid == nil {
		doc, invalid = f.render(ctx, body)
	}
	return f.changeComment(ctx, who, access.EditComment, id, func(tx *store.Tx, t Thread, c Comment) error {
		switch {
		case invalid != nil:
			return invalid
		case in.Version != 0 && in.Version != c.Version:
			return errs.New(errs.Conflict, "comment.edited_meanwhile")
		case body == c.Body:
			return nil
		}
		now := f.now()
		if err := tx.Exec(`INSERT INTO comment_versions (comment_id, version, body, editor_id, at) VALUES (?, ?, ?, ?, ?)`,
			id, c.Version, c.Body, who.Person, store.At(now)).Error; err != nil {
			return fmt.Errorf("keep version %d of comment %d: %w", c.Version, id, err)
		}
		err := tx.Table("comments").Where("id = ?", id).Updates(map[string]any{
			"body": body, "body_html": doc.HTML, "markup_version": markup.RendererVersion, "marked_empty": false,
			"version": c.Version + 1, "edited_at": store.At(now)}).Error
		if err != nil {
			return fmt.Errorf("save comment %d: %w", id, err)
		}
		if err := attachFiles(tx, who, t.ID, body); err != nil {
			return err
		}
		if err := f.mention(tx, t, id, who, doc.Mentions, now); err != nil {
			return err
		}
		_, err = tx.Emit(t.event(event.CommentEdited, who.Person, id, now))
		return err
	})
}

// DeleteComment takes a comment's words away, its versions and reactions too.
// The place stays, marked as removed, so that replies keep their meaning.
func (f *Forum) DeleteComment(ctx context.Context, who access.Actor, id int64) error {
	_, err := f.changeComment(ctx, who, access.DeleteComment, id, func(tx *store.Tx, t Thread, c Comment) error {
		now := f.now()
		for _, table := range []string{"comment_versions", "reactions", "mentions"} {
			if err := tx.Exec("DELETE FROM "+table+" WHERE comment_id = ?", id).Error; err != nil {
				return fmt.Errorf("clear %s of comment %d: %w", table, id, err)
			}
		}
		err := tx.Table("comments").Where("id = ?", id).Updates(map[string]any{
			"body": "", "body_html": "", "marked_empty": false, "deleted_at": store.At(now), "deleted_by": orNull(who.Person)}).Error
		if err != nil {
			return fmt.Errorf("delete comment %d: %w", id, err)
		}
		if err := f.countDown(tx, t, c); err != nil {
			return err
		}
		_, err = tx.Emit(t.event(event.CommentDeleted, who.Person, id, now))
		return err
	})
	return err
}

func (f *Forum) countDown(tx *store.Tx, t Thread, c Comment) error {
	if err := tx.Exec("UPDATE threads SET comment_count = comment_count - 1 WHERE id = ?", t.ID).Error; err != nil {
		return fmt.Errorf("count comments of thread %d: %w", t.ID, err)
	}
	if c.ThemeID != 0 {
		if err := tx.Exec("UPDATE themes SET comment_count = comment_count - 1 WHERE id = ?", c.ThemeID).Error; err != nil {
			return fmt.Errorf("count comments of theme %d: %w", c.ThemeID, err)
		}
	}
	if c.Parent == nil {
		return nil
	}
	return tx.Exec("UPDATE comments SET reply_count = reply_count - 1 WHERE id = ?", c.Parent.ID).Error
}

// React puts an emoji to a comment, or takes it back. Doing either twice is
// doing it once.
func (f *Forum) React(ctx context.Context, who access.Actor, id int64, emoji string, on bool) (Comment, error) {
	return f.changeComment(ctx, who, access.React, id, func(tx *store.Tx, t Thread, c Comment) error {
		if err := validEmoji(emoji); err != nil {
			return err
		}
		kind := event.CommentReacted
		statement, args := `INSERT INTO reactions (comment_id, emoji, person_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			[]any{id, emoji, who.Person, store.At(f.now())}
		if !on {
			kind = event.CommentUnreacted
			statement, args = `DELETE FROM reactions WHERE comment_id = ? AND emoji = ? AND person_id = ?`, []any{id, emoji, who.Person}
		} else if len(c.Reactions) >= MaxReactions && !has(c.Reactions, emoji) {
			return errs.New(errs.Conflict, "comment.too_many_reactions", errs.Args{"Max": MaxReactions})
		}
		done := tx.Exec(statement, args...)
		if done.Error != nil {
			return fmt.Errorf("%s %d: %w", kind, id, done.Error)
		}
		if done.RowsAffected == 0 {
			return nil
		}
		_, err := tx.Emit(t.event(kind, who.Person, id, f.now()))
		return err
	})
}

func has(list []Reaction, emoji string) bool {
	for _, r := range list {
		if r.Emoji == emoji {
			return true
		}
	}
	return false
}

// changeComment loads a comment and its thread under lock, checks the action,
// lets do change it and gives back what it became.
func (f *Forum) changeComment(ctx context.Context, who access.Actor, action access.Action, id int64, do func(*store.Tx, Thread, Comment) error) (Comment, error) {
	err := f.db.Write(ctx, func(tx *store.Tx) error {
		var threadID int64
		if err := tx.Table("comments").Select("thread_id").Where("id = ?", id).Take(&threadID).Error; err != nil {
			return fmt.Errorf("load comment %d: %w", id, err)
		}
		t, err := f.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		c, err := loadComment(tx.DB, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, action, commentFacts(t, c, who)); err != nil {
			return err
		}
		return do(tx, t, c)
	})
	if err != nil {
		return Comment{}, err
	}
	c, err := loadComment(f.db.Read(ctx), id)
	return c, store.Translate(err)
}

// CommentVersion is what a comment said from At on.
type CommentVersion struct {
	Version int
	Body    string
	Editor  person.Brief
	At      time.Time
}

// History lists all versions of a comment, the first one first, the present one
// last. Each has the time from which it stood.
func (f *Forum) History(ctx context.Context, who access.Actor, id int64) ([]CommentVersion, error) {
	v, err := f.Comment(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.ReadHistory, v.Facts); err != nil {
		return nil, err
	}
	var rows []struct {
		Version int
		Body    string
		At      store.Time
		person.Brief
	}
	err = f.db.Read(ctx).Table("comment_versions AS v").
		Select("v.version, v.body, v.at, p.id, p.handle, p.name, p.affiliation, p.picture").
		Joins("JOIN people AS p ON p.id = v.editor_id").
		Where("v.comment_id = ?", id).Order("v.version").Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read versions of comment %d: %w", id, err))
	}
	// A kept version carries who replaced it, and when; each stands from when
	// the one before was replaced.
	out := make([]CommentVersion, 0, len(rows)+1)
	editor, at := v.Author, v.CreatedAt
	for _, r := range rows {
		out = append(out, CommentVersion{r.Version, r.Body, editor, at})
		editor, at = r.Brief, r.At.Time
	}
	return append(out, CommentVersion{v.Version, v.Body, editor, at}), nil
}
