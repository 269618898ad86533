package group

import (
	"context"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/renames"
	"plenary/pkg/store"
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

// stillFree looks again, after a handle was written, whether it leads to another
// group: one that was renamed in that very moment has let go of it, and keeps it
// as its old one.
func stillFree(tx *store.Tx, handle string) error {
	led, err := renames.Leads(tx.DB, renames.Group, handle)
	if err == nil && led != 0 {
		return taken()
	}
	return err
}

// rename lets the handle of a locked group lead to it, which takes another one.
// Going back to a handle of its own is always possible.
func (g *Groups) rename(tx *store.Tx, found Group, handle string) error {
	led, err := renames.Leads(tx.DB, renames.Group, handle)
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
	if err := renames.Release(tx, renames.Group, handle); err != nil {
		return err
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
	return renames.Keep(tx, renames.Group, found.ID, found.Handle, g.now())
}

func (g *Groups) mayRename(tx *store.Tx, id int64) error {
	enough, err := renames.Enough(tx, renames.Group, id, g.now())
	if !enough || err != nil {
		return err
	}
	var f errs.Fields
	f.Add("handle", "group.handle_changes", errs.Args{"Max": renames.Most})
	return f.Err()
}

// Moved tells the present handle of a group that had another one before:
// NotFound where there is none that who may know of.
func (g *Groups) Moved(ctx context.Context, who access.Actor, old string) (string, error) {
	var f errs.Fields
	if old = plain.Handle(&f, "handle", old); f != nil {
		return "", errs.New(errs.NotFound, "error.not_found")
	}
	to, err := renames.Leads(g.db.Read(ctx), renames.Group, old)
	if err != nil {
		return "", store.Translate(err)
	}
	found, err := g.ByID(ctx, who, to)
	return found.Handle, err
}
