package group

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// A group may take three new handles within thirty days, so that nobody can use
// names up, or hide behind ever new ones.
const (
	renamesMost  = 3
	renamesCount = 30 * 24 * time.Hour
)

// reserved are the words that mean something else in addresses and texts.
var reserved = map[string]bool{
	"new": true, "edit": true, "all": true, "everyone": true, "everybody": true, "groups": true,
	"me": true, "admin": true, "api": true, "static": true, "forum": true, "none": true, "stay": true,
}

// checkHandle judges a handle that somebody chose.
func checkHandle(f *errs.Fields, text string) string {
	text = plain.Handle(f, "handle", text)
	if reserved[text] {
		f.Add("handle", "field.reserved")
	}
	return text
}

func taken() error {
	var f errs.Fields
	f.Add("handle", "field.taken")
	return f.Err()
}

// leads tells which group a handle leads to that it had before; 0 for none.
func leads(h *gorm.DB, handle string) (int64, error) {
	var to int64
	err := h.Raw("SELECT target_id FROM old_handles WHERE kind = 'group' AND handle = ?", handle).Row().Scan(&to)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("look where a handle leads: %w", err)
	}
	return to, nil
}

// stillFree looks again, after a handle was written, whether it leads to another
// group: one that was renamed in that very moment has let go of it, and keeps it
// as its old one.
func stillFree(tx *store.Tx, handle string) error {
	led, err := leads(tx.DB, handle)
	if err == nil && led != 0 {
		return taken()
	}
	return err
}

// rename lets the handle of a locked group lead to it, which takes another one.
// Going back to a handle of its own is always possible.
func (g *Groups) rename(tx *store.Tx, found Group, handle string) error {
	led, err := leads(tx.DB, handle)
	switch {
	case err != nil:
		return err
	case led != 0 && led != found.ID:
		return taken()
	case led == 0:
		if err := g.mayRename(tx, found.ID); err != nil {
			return err
		}
	}
	err = tx.Exec("DELETE FROM old_handles WHERE kind = 'group' AND handle = ?", handle).Error
	if err != nil {
		return fmt.Errorf("let go of the old handle of group %d: %w", found.ID, err)
	}
	err = tx.Exec("UPDATE groups SET handle = ? WHERE id = ?", handle, found.ID).Error
	if errs.Is(store.Translate(err), errs.Conflict) {
		return taken()
	}
	if err != nil {
		return fmt.Errorf("rename group %d: %w", found.ID, err)
	}
	if err := stillFree(tx, handle); err != nil {
		return err
	}
	err = tx.Exec("INSERT INTO old_handles (kind, handle, target_id, created_at) VALUES ('group', ?, ?, ?)",
		found.Handle, found.ID, store.At(g.now())).Error
	if err != nil {
		return fmt.Errorf("keep the old handle of group %d: %w", found.ID, err)
	}
	return nil
}

func (g *Groups) mayRename(tx *store.Tx, id int64) error {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM old_handles WHERE kind = 'group' AND target_id = ? AND created_at > ?",
		id, store.At(g.now().Add(-renamesCount))).Row().Scan(&n)
	if err != nil {
		return fmt.Errorf("count the handles of group %d: %w", id, err)
	}
	if n >= renamesMost {
		var f errs.Fields
		f.Add("handle", "group.handle_changes", errs.Args{"Max": renamesMost})
		return f.Err()
	}
	return nil
}

// Moved tells the present handle of a group that had another one before:
// NotFound where there is none that who may know of.
func (g *Groups) Moved(ctx context.Context, who access.Actor, old string) (string, error) {
	var f errs.Fields
	if old = plain.Handle(&f, "handle", old); f != nil {
		return "", errs.New(errs.NotFound, "error.not_found")
	}
	to, err := leads(g.db.Read(ctx), old)
	if err != nil {
		return "", store.Translate(err)
	}
	found, err := g.ByID(ctx, who, to)
	return found.Handle, err
}
