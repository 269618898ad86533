package theme

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// afoot reports whether the theme can still be talked about and supported.
func (t Theme) afoot() bool { return t.State == access.Proposed || t.State == access.Shortlisted }

// stateError is what stands against doing something with a theme in its state.
func (t Theme) stateError() error {
	return errs.New(errs.Conflict, "theme.state_"+string(t.State))
}

// Under puts a theme under an overarching one of the same thread, or takes it out
// where under is 0. There is one level only: what stands under a theme has nothing
// under it. Reason may be empty. Errors: by access.Convene; Invalid with fields under
// and reason; Conflict "theme.has_parts" or "theme.state_…".
func (t *Themes) Under(ctx context.Context, who access.Actor, id, under int64, reason string) (Theme, error) {
	found, err := t.Theme(ctx, who, id)
	if err != nil {
		return Theme{}, err
	}
	if err := access.Check(who, access.Convene, found.facts); err != nil {
		return Theme{}, err
	}
	if reason, err = validReason(reason, false); err != nil {
		return Theme{}, err
	}
	return t.change(ctx, who, id, access.Convene, func(tx *store.Tx, locked Theme, now time.Time) error {
		if under == 0 {
			return takeOut(tx, who, locked, reason, now)
		}
		if locked.Under.ID == under {
			return nil
		}
		above, err := t.overarching(tx, who, locked.ThreadID, under)
		if err != nil {
			return err
		}
		if err := putUnder(tx, above, []Theme{locked}); err != nil {
			return err
		}
		return tellParts(tx, above.event(event.ThemeGrouped, who.Person, now), []int64{id}, reason)
	})
}

func takeOut(tx *store.Tx, who access.Actor, part Theme, reason string, now time.Time) error {
	if part.Under.ID == 0 {
		return nil
	}
	if err := tx.Exec("UPDATE themes SET under_id = NULL WHERE id = ?", part.ID).Error; err != nil {
		return fmt.Errorf("take theme %d out of theme %d: %w", part.ID, part.Under.ID, err)
	}
	above := Theme{ID: part.Under.ID, ThreadID: part.ThreadID}
	return tellParts(tx, above.event(event.ThemeUngrouped, who.Person, now), []int64{part.ID}, reason)
}

// tellParts tells of an overarching theme which parts it is about.
func tellParts(tx *store.Tx, e event.Event, parts []int64, reason string) error {
	data := map[string]any{"parts": parts}
	if reason != "" {
		data["reason"] = reason
	}
	_, err := forum.Tell(tx, e, data)
	return err
}

// overarching is a theme that others can be put under.
func (t *Themes) overarching(tx *store.Tx, who access.Actor, threadID, id int64) (Theme, error) {
	var f errs.Fields
	found, err := find(themes(tx.DB, who).Where("th.id = ? AND th.thread_id = ?", id, threadID), tx.DB, who)
	if err != nil {
		return Theme{}, err
	}
	if len(found) == 0 {
		f.Add("under", "theme.not_here")
		return Theme{}, f.Err()
	}
	switch above := found[0]; {
	case above.Under.ID != 0:
		f.Add("under", "theme.one_level")
	case !above.afoot() && above.State != access.Scheduled:
		f.Add("under", "theme.under_settled")
	}
	return found[0], f.Err()
}

// putUnder puts themes of the same thread under one that can stand above others.
func putUnder(tx *store.Tx, above Theme, parts []Theme) error {
	ids := make([]int64, len(parts))
	for i, part := range parts {
		switch {
		case part.ID == above.ID:
			var f errs.Fields
			f.Add("under", "theme.under_itself")
			return f.Err()
		case len(part.Parts) > 0:
			return errs.New(errs.Conflict, "theme.has_parts", errs.Args{"Title": part.Title})
		case !part.afoot():
			return part.stateError()
		}
		ids[i] = part.ID
	}
	// What stood above it and has no part to play any more must not come back above.
	if err := tx.Exec("UPDATE themes SET under_id = NULL WHERE id = ?", above.ID).Error; err != nil {
		return fmt.Errorf("let theme %d stand above others: %w", above.ID, err)
	}
	// And what once stood under them must not come back below.
	if err := tx.Exec("UPDATE themes SET under_id = NULL WHERE under_id IN ?", ids).Error; err != nil {
		return fmt.Errorf("let %d themes stand below others: %w", len(ids), err)
	}
	if err := tx.Exec("UPDATE themes SET under_id = ? WHERE id IN ?", above.ID, ids).Error; err != nil {
		return fmt.Errorf("put %d themes under theme %d: %w", len(ids), above.ID, err)
	}
	return nil
}

// MaxParts is how many themes are put under one in one go.
const MaxParts = 100

// Overarching makes a new theme and puts the given ones under it, in one step. It
// is credited to whoever does it. Reason may be empty. Errors: by access.Convene; Invalid
// with fields title, description, parts and reason; Conflict "theme.has_parts" or "theme.state_…".
func (t *Themes) Overarching(ctx context.Context, who access.Actor, threadID int64, in NewTheme, parts []int64, reason string) (Theme, error) {
	thread, err := t.forum.Thread(ctx, who, threadID)
	if err != nil {
		return Theme{}, err
	}
	if err := convenor(who, thread); err != nil {
		return Theme{}, err
	}
	parts = distinct(parts)
	checked, err := validate([]NewTheme{{Title: in.Title, Description: in.Description}})
	if err := alsoParts(err, parts); err != nil {
		return Theme{}, err
	}
	if reason, err = validReason(reason, false); err != nil {
		return Theme{}, err
	}
	html, err := t.forum.Preview(ctx, checked[0].Description)
	if err != nil {
		return Theme{}, err
	}
	var id int64
	err = t.db.Write(ctx, func(tx *store.Tx) error {
		thread, err := t.forum.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		if err := convenor(who, thread); err != nil {
			return err
		}
		chosen, err := ofThread(tx.DB, who, threadID, parts)
		if err != nil {
			return err
		}
		now := t.now()
		if id, err = insert(tx, thread, who, checked[0], html, who.Person, 0, now); err != nil {
			return err
		}
		made := Theme{ID: id, ThreadID: threadID}
		if err := putUnder(tx, made, chosen); err != nil {
			return err
		}
		return tellParts(tx, made.event(event.ThemeGrouped, who.Person, now), parts, reason)
	})
	if err != nil {
		return Theme{}, err
	}
	return t.Theme(ctx, who, id)
}

// convenor asks for a known person who may convene in the thread.
func convenor(who access.Actor, thread forum.Thread) error {
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return mayConvene(who, thread)
}

// alsoParts adds complaints about the choice of parts to those about the words.
func alsoParts(err error, parts []int64) error {
	var f errs.Fields
	if e, is := errors.AsType[*errs.Error](err); is && e.Kind == errs.Invalid {
		f = e.Fields
	} else if err != nil {
		return err
	}
	switch {
	case len(parts) == 0:
		f.Add("parts", "theme.parts_none")
	case len(parts) > MaxParts:
		f.Add("parts", "theme.parts_too_many", errs.Args{"Count": MaxParts})
	}
	return f.Err()
}

func distinct(ids []int64) []int64 {
	ids = slices.Sorted(slices.Values(ids))
	return slices.Compact(ids)
}

// ofThread reads themes of one thread, and refuses those of others.
func ofThread(g *gorm.DB, who access.Actor, threadID int64, ids []int64) ([]Theme, error) {
	found, err := find(themes(g, who).Where("th.id IN ? AND th.thread_id = ?", ids, threadID).Order("th.id"), g, who)
	if err != nil {
		return nil, err
	}
	if len(found) != len(ids) {
		var f errs.Fields
		f.Add("parts", "theme.not_here")
		return nil, f.Err()
	}
	return found, nil
}

// Regroup puts several themes of a thread under one, or takes them out where under
// is 0: all of them or none. Reason may be empty. Errors: by access.Convene; Invalid with
// fields parts, under and reason; Conflict "theme.has_parts" or "theme.state_…".
func (t *Themes) Regroup(ctx context.Context, who access.Actor, threadID, under int64, parts []int64, reason string) error {
	parts = distinct(parts)
	if err := alsoParts(nil, parts); err != nil {
		return err
	}
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return err
	}
	reason, err := validReason(reason, false)
	if err != nil {
		return err
	}
	return t.db.Write(ctx, func(tx *store.Tx) error {
		thread, err := t.forum.LockThread(tx, who, threadID)
		if err != nil {
			return err
		}
		if err := convenor(who, thread); err != nil {
			return err
		}
		chosen, err := ofThread(tx.DB, who, threadID, parts)
		if err != nil {
			return err
		}
		now := t.now()
		if under == 0 {
			return takeAllOut(tx, who, chosen, reason, now)
		}
		above, err := t.overarching(tx, who, threadID, under)
		if err != nil {
			return err
		}
		if err := putUnder(tx, above, chosen); err != nil {
			return err
		}
		return tellParts(tx, above.event(event.ThemeGrouped, who.Person, now), parts, reason)
	})
}

func takeAllOut(tx *store.Tx, who access.Actor, parts []Theme, reason string, now time.Time) error {
	for _, part := range parts {
		if err := takeOut(tx, who, part, reason, now); err != nil {
			return err
		}
	}
	return nil
}
