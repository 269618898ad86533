package theme

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// lock loads a theme inside a write and keeps everybody else from changing it
// until the commit. Every change of a theme is told in its thread, so the lock
// is the thread's.
func (t *Themes) lock(tx *store.Tx, who access.Actor, id int64) (Theme, error) {
	var threads []int64
	if err := tx.Table("themes").Select("thread_id").Where("id = ?", id).Find(&threads).Error; err != nil {
		return Theme{}, fmt.Errorf("find theme %d: %w", id, err)
	}
	if len(threads) == 0 {
		return Theme{}, fmt.Errorf("find theme %d: %w", id, gorm.ErrRecordNotFound)
	}
	if _, err := t.forum.LockThread(tx, who, threads[0]); err != nil {
		return Theme{}, err
	}
	return load(tx.DB, who, id)
}

// change locks a theme, checks the action and carries it out.
func (t *Themes) change(ctx context.Context, who access.Actor, id int64, do access.Action, fn func(tx *store.Tx, locked Theme, now time.Time) error) (Theme, error) {
	err := t.db.Write(ctx, func(tx *store.Tx) error {
		locked, err := t.lock(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, do, locked.facts); err != nil {
			return err
		}
		return fn(tx, locked, t.now())
	})
	if err != nil {
		return Theme{}, err
	}
	return t.Theme(ctx, who, id)
}

// ThemeEdit changes a theme. What is nil stays as it is.
type ThemeEdit struct {
	Title       *string
	Description *string
	Version     int    // the version that was edited; 0 for whichever is current
	Reason      string // why, for everybody to read; may be empty
}

// apply puts the edit over the theme and judges the result.
func (in ThemeEdit) apply(t Theme) (title, description string, err error) {
	title, description = t.Title, t.Description
	if in.Title != nil {
		title = *in.Title
	}
	if in.Description != nil {
		description = *in.Description
	}
	var f errs.Fields
	title = plain.Line(&f, "title", title, true, MaxTitle)
	description = plain.Body(&f, "description", description, false, markup.MaxBytes)
	return title, description, f.Err()
}

// Edit changes a theme's words and keeps the version before. Errors: Invalid
// with fields title, description and reason; by access.EditTheme; Conflict
// "theme.edited_meanwhile" where another edit came first.
func (t *Themes) Edit(ctx context.Context, who access.Actor, id int64, in ThemeEdit) (Theme, error) {
	before, err := t.Theme(ctx, who, id)
	if err != nil {
		return Theme{}, err
	}
	if err := access.Check(who, access.EditTheme, before.facts); err != nil {
		return Theme{}, err
	}
	title, description, err := in.apply(before)
	if err != nil {
		return Theme{}, err
	}
	if in.Reason, err = validReason(in.Reason, false); err != nil {
		return Theme{}, err
	}
	html, err := t.forum.Preview(ctx, description)
	if err != nil {
		return Theme{}, err
	}
	return t.change(ctx, who, id, access.EditTheme, func(tx *store.Tx, locked Theme, now time.Time) error {
		if locked.Version != before.Version || in.Version != 0 && in.Version != locked.Version {
			return errs.New(errs.Conflict, "theme.edited_meanwhile")
		}
		if locked.Title == title && locked.Description == description {
			return nil
		}
		return t.saveEdit(tx, who, locked, title, description, html, in.Reason, now)
	})
}

func (t *Themes) saveEdit(tx *store.Tx, who access.Actor, before Theme, title, description, html, reason string, now time.Time) error {
	err := tx.Exec("INSERT INTO theme_versions (theme_id, version, title, description, editor_id, at) VALUES (?, ?, ?, ?, ?, ?)",
		before.ID, before.Version, before.Title, before.Description, who.Person, store.At(now)).Error
	if err != nil {
		return fmt.Errorf("keep version %d of theme %d: %w", before.Version, before.ID, err)
	}
	err = tx.Table("themes").Where("id = ?", before.ID).Updates(map[string]any{
		"title": title, "description": description, "description_html": html, "markup_version": markup.RendererVersion,
		"version": before.Version + 1, "edited_at": store.At(now)}).Error
	if err != nil {
		return fmt.Errorf("save theme %d: %w", before.ID, err)
	}
	kind, data := event.ThemeEdited, map[string]any{}
	if title != before.Title {
		kind = event.ThemeRenamed
		data["before"], data["title"] = before.Title, title
	}
	if reason != "" {
		data["reason"] = reason
	}
	if _, err = forum.Tell(tx, before.event(kind, who.Person, now), data); err != nil {
		return err
	}
	n := before.toProposers(kind, who.Person, now)
	n.data = data
	return t.tell(tx, before, n)
}

// Support adds the actor to the theme's supporters. Doing it again changes
// nothing, but that support which came along with a merge becomes the actor's own.
// Errors: by access.SupportTheme; Conflict "theme.support_limit" where the
// thread's rules allow no more, with the titles of those supported now.
func (t *Themes) Support(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.change(ctx, who, id, access.SupportTheme, func(tx *store.Tx, locked Theme, now time.Time) error {
		if !who.SignedIn() {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		if locked.Supported {
			return makeOwn(tx, who, id)
		}
		return addSupport(tx, who, locked, now)
	})
}

// addSupport adds one supporter, where the rules of the thread leave room for it.
func addSupport(tx *store.Tx, who access.Actor, locked Theme, now time.Time) error {
	if err := roomForSupport(tx, who, locked); err != nil {
		return err
	}
	added := tx.Exec("INSERT INTO theme_supports (theme_id, person_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		locked.ID, who.Person, store.At(now))
	return counted(tx, locked, added, 1, locked.event(event.ThemeSupported, who.Person, now))
}

// Unsupport takes the actor off the theme's supporters. Doing it again changes
// nothing. Where support came along with a merge, that is objecting to the merge. Errors: by access.UnsupportTheme.
func (t *Themes) Unsupport(ctx context.Context, who access.Actor, id int64) (Theme, error) {
	return t.change(ctx, who, id, access.UnsupportTheme, func(tx *store.Tx, locked Theme, now time.Time) error {
		if err := unsupportCarried(tx, id, who.Person, store.At(now)); err != nil {
			return err
		}
		removed := tx.Exec("DELETE FROM theme_supports WHERE theme_id = ? AND person_id = ?", id, who.Person)
		return counted(tx, locked, removed, -1, locked.event(event.ThemeUnsupported, who.Person, now))
	})
}

// counted brings the count of supporters up to date after a change of one row,
// or of none.
func counted(tx *store.Tx, locked Theme, changed *gorm.DB, by int, e event.Event) error {
	if changed.Error != nil {
		return fmt.Errorf("change the support of theme %d: %w", locked.ID, changed.Error)
	}
	if changed.RowsAffected == 0 {
		return nil
	}
	if err := tx.Exec("UPDATE themes SET support_count = support_count + ? WHERE id = ?", by, locked.ID).Error; err != nil {
		return fmt.Errorf("count the support of theme %d: %w", locked.ID, err)
	}
	_, err := forum.Tell(tx, e, map[string]any{"support_count": locked.SupportCount + by})
	return err
}
