package theme

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// Split makes one to MaxAtOnce parts out of a theme, which becomes the overarching
// theme of them and keeps its support: whoever supported the whole has not said
// which part they meant. The parts are credited to its proposer, and its supporters
// are told in their inboxes. Reason may be empty. Errors: by access.Convene; Invalid
// with fields title and description, numbered from 0 where there are several parts,
// and reason; Conflict "theme.is_part" or "theme.state_…".
func (t *Themes) Split(ctx context.Context, who access.Actor, id int64, parts []NewTheme, reason string) (Theme, error) {
	whole, err := t.Theme(ctx, who, id)
	if err != nil {
		return Theme{}, err
	}
	if err := access.Check(who, access.Convene, whole.facts); err != nil {
		return Theme{}, err
	}
	in := make([]NewTheme, len(parts))
	for i, part := range parts {
		in[i] = NewTheme{Title: part.Title, Description: part.Description}
	}
	if in, err = validate(in); err != nil {
		return Theme{}, err
	}
	if reason, err = validReason(reason, false); err != nil {
		return Theme{}, err
	}
	html := make([]string, len(in))
	for i, part := range in {
		if html[i], err = t.forum.Preview(ctx, part.Description); err != nil {
			return Theme{}, err
		}
	}
	return t.change(ctx, who, id, access.Convene, func(tx *store.Tx, locked Theme, now time.Time) error {
		switch {
		case locked.Under.ID != 0:
			return errs.New(errs.Conflict, "theme.is_part")
		case !locked.afoot():
			return locked.stateError()
		}
		thread, err := t.forum.LockThread(tx, who, locked.ThreadID)
		if err != nil {
			return err
		}
		ids, err := insertParts(tx, thread, who, locked, in, html, now)
		if err != nil {
			return err
		}
		return t.tellSplit(tx, who, locked, ids, reason, now)
	})
}

func validReason(reason string, required bool) (string, error) {
	var f errs.Fields
	reason = validShort(&f, "reason", reason, required, MaxReason)
	return reason, f.Err()
}

func insertParts(tx *store.Tx, thread forum.Thread, who access.Actor, whole Theme, in []NewTheme, html []string, now time.Time) ([]int64, error) {
	if err := tx.Exec("UPDATE themes SET under_id = NULL WHERE id = ?", whole.ID).Error; err != nil {
		return nil, fmt.Errorf("let theme %d stand above others: %w", whole.ID, err)
	}
	var ids []int64
	for i, part := range in {
		id, err := insert(tx, thread, who, part, html[i], whole.Proposer.ID, int64(i), now)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	err := tx.Exec(`UPDATE themes SET under_id = @whole, split_from = @whole, (credit, from_comment_id, quote) =
		(SELECT w.credit, w.from_comment_id, w.quote FROM themes AS w WHERE w.id = @whole) WHERE id IN @parts`,
		map[string]any{"whole": whole.ID, "parts": ids}).Error
	if err != nil {
		return nil, fmt.Errorf("put the parts under theme %d: %w", whole.ID, err)
	}
	return ids, nil
}

// tellSplit tells of a split in the thread, and to those who propose or support the
// whole.
func (t *Themes) tellSplit(tx *store.Tx, who access.Actor, whole Theme, parts []int64, reason string, now time.Time) error {
	data := map[string]any{"parts": parts}
	if reason != "" {
		data["reason"] = reason
	}
	if _, err := forum.Tell(tx, whole.event(event.ThemeSplit, who.Person, now), data); err != nil {
		return err
	}
	var supporters []int64
	err := tx.Table("theme_supports").Select("person_id").Where("theme_id = ?", whole.ID).Order("person_id").Find(&supporters).Error
	if err != nil {
		return fmt.Errorf("find who supports theme %d: %w", whole.ID, err)
	}
	n := whole.toProposers(event.ThemeSplit, who.Person, now)
	n.data, n.to = data, append(n.to, supporters...)
	return t.tell(tx, whole, n)
}
