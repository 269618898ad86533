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

// Move lets a theme go on in another thread, as a new one with the same proposer
// and words, supported by those of its supporters who can read that thread. The old
// one stays where it is, merged, with its discussion; neither thread tells what the
// other is called. It is taken back by Unmerge. Reason may be empty. Errors: by
// access.Convene, here and there; Invalid with fields thread and reason; Conflict
// "theme.polled", "theme.has_parts" or "theme.state_…".
func (t *Themes) Move(ctx context.Context, who access.Actor, id, thread int64, reason string) (Theme, error) {
	from, err := t.Theme(ctx, who, id)
	if err != nil {
		return Theme{}, err
	}
	if err := access.Check(who, access.Convene, from.facts); err != nil {
		return Theme{}, err
	}
	if err := t.movable(ctx, who, from, thread); err != nil {
		return Theme{}, err
	}
	if reason, err = validReason(reason, false); err != nil {
		return Theme{}, err
	}
	var made int64
	err = t.db.Write(ctx, func(tx *store.Tx) (err error) {
		made, err = t.move(tx, who, id, from.ThreadID, thread, reason, t.now())
		return err
	})
	if err != nil {
		return Theme{}, err
	}
	return t.Theme(ctx, who, made)
}

// movable refuses threads that a theme cannot be moved to. A thread that the actor
// may not read is as good as none.
func (t *Themes) movable(ctx context.Context, who access.Actor, from Theme, thread int64) error {
	var f errs.Fields
	if thread == from.ThreadID {
		f.Add("thread", "theme.same_thread")
		return f.Err()
	}
	to, err := t.forum.Thread(ctx, who, thread)
	if errs.Is(err, errs.NotFound) {
		f.Add("thread", "theme.thread_unknown")
		return f.Err()
	}
	if err != nil {
		return err
	}
	return convenor(who, to)
}

// lockBoth locks two threads, always in the same order, and reads the theme and
// the thread that it goes to.
func (t *Themes) lockBoth(tx *store.Tx, who access.Actor, id, here, there int64) (Theme, forum.Thread, error) {
	var to forum.Thread
	for _, thread := range []int64{min(here, there), max(here, there)} {
		locked, err := t.forum.LockThread(tx, who, thread)
		if err != nil {
			return Theme{}, to, err
		}
		if thread == there {
			to = locked
		}
	}
	theme, err := load(tx.DB, who, id)
	return theme, to, err
}

func (t *Themes) move(tx *store.Tx, who access.Actor, id, here, there int64, reason string, now time.Time) (int64, error) {
	locked, to, err := t.lockBoth(tx, who, id, here, there)
	if err != nil {
		return 0, err
	}
	if err := access.Check(who, access.Convene, locked.facts); err != nil {
		return 0, err
	}
	if err := convenor(who, to); err != nil {
		return 0, err
	}
	switch {
	case !locked.afoot():
		return 0, locked.stateError()
	case len(locked.PollIDs) > 0:
		return 0, errs.New(errs.Conflict, "theme.polled")
	case len(locked.Parts) > 0:
		return 0, errs.New(errs.Conflict, "theme.has_parts", errs.Args{"Title": locked.Title})
	}
	made, err := insert(tx, to, who, NewTheme{Title: locked.Title, Description: locked.Description, Quote: locked.Quote}, locked.DescriptionHTML, locked.Proposer.ID, 0, now)
	if err != nil {
		return 0, err
	}
	for _, statement := range []string{
		"UPDATE themes SET (put_by, credit) = (SELECT w.put_by, w.credit FROM themes AS w WHERE w.id = @old) WHERE id = @new",
		`INSERT INTO theme_proposers (theme_id, person_id, asked_by, asked_at, answer, answered_at)
			SELECT h.id, c.person_id, c.asked_by, c.asked_at, c.answer, c.answered_at FROM theme_proposers AS c JOIN themes AS h ON h.id = @new
			WHERE c.theme_id = @old AND c.answer = 'accepted'`,
	} {
		if err := tx.Exec(statement, map[string]any{"old": id, "new": made}).Error; err != nil {
			return 0, fmt.Errorf("credit theme %d as theme %d: %w", made, id, err)
		}
	}
	if err := credited(tx, who, to.ID, made, locked.Proposer.ID, now); err != nil {
		return 0, err
	}
	if err := dropAsked(tx, locked, now); err != nil {
		return 0, err
	}
	return made, t.moved(tx, who, locked, made, reason, now)
}

// dropAsked refuses the merges of a theme that nobody can carry out any more.
func dropAsked(tx *store.Tx, locked Theme, now time.Time) error {
	asked, err := readMerges(tx.DB, "m.theme_id = ? AND m.state = 'asked'", locked.ID)
	if err != nil {
		return err
	}
	for _, m := range asked {
		if err := refuse(tx, locked, m, 0, "", now); err != nil {
			return err
		}
	}
	return nil
}

func (t *Themes) moved(tx *store.Tx, who access.Actor, locked Theme, made int64, reason string, now time.Time) error {
	at := store.At(now)
	m := mergeRow{Kind: "move", ThemeID: locked.ID, IntoID: made, State: MergeDone, Reason: reason, SuggestedBy: who.Person, SuggestedAt: at,
		DecidedBy: &who.Person, DecidedAt: &at, StateBefore: string(locked.State)}
	if err := saveMerge(tx, &m); err != nil {
		return err
	}
	if err := setMerged(tx, locked.ID, made, who.Person, now); err != nil {
		return err
	}
	if err := carry(tx, made); err != nil {
		return err
	}
	var data map[string]any
	if reason != "" {
		data = map[string]any{"reason": reason}
	}
	_, err := forum.Tell(tx, locked.event(event.ThemeMoved, who.Person, now), data) // its proposer hears of the one that was made
	return err
}

// moveBack takes a move back.
func (t *Themes) moveBack(ctx context.Context, who access.Actor, from Theme, reason string) (Theme, error) {
	gone, err := t.Theme(ctx, who, from.MovedTo)
	if errs.Is(err, errs.NotFound) {
		return Theme{}, errs.New(errs.Forbidden, "theme.moved_away")
	}
	if err != nil {
		return Theme{}, err
	}
	err = t.db.Write(ctx, func(tx *store.Tx) error {
		locked, to, err := t.lockBoth(tx, who, from.ID, from.ThreadID, gone.ThreadID)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.Unmerge, locked.facts); err != nil {
			return err
		}
		if err := convenor(who, to); err != nil {
			return err
		}
		return t.takeBack(tx, who, locked, reason, t.now())
	})
	if err != nil {
		return Theme{}, err
	}
	return t.Theme(ctx, who, from.ID)
}

func (t *Themes) takeBack(tx *store.Tx, who access.Actor, locked Theme, reason string, now time.Time) error {
	there, err := load(tx.DB, who, locked.MovedTo)
	if err != nil {
		return err
	}
	var since int64
	if err := tx.Table("theme_merges").Where("into_id = ? AND kind = 'merge' AND state = 'done'", there.ID).Count(&since).Error; err != nil {
		return fmt.Errorf("look for merges into theme %d: %w", there.ID, err)
	}
	switch {
	case len(there.PollIDs) > 0:
		return errs.New(errs.Conflict, "theme.polled")
	case since > 0 || len(there.Parts) > 0 || there.State == access.Merged || there.State == access.Scheduled:
		return errs.New(errs.Conflict, "theme.moved_on")
	}
	if _, err := undone(tx, locked.ID, who.Person, reason, now); err != nil {
		return err
	}
	err = tx.Table("themes").Where("id = ?", there.ID).Updates(map[string]any{"state": access.Withdrawn, "state_reason": reason,
		"state_by": who.Person, "state_at": store.At(now)}).Error
	if err != nil {
		return fmt.Errorf("withdraw theme %d: %w", there.ID, err)
	}
	if err := carry(tx, there.ID); err != nil {
		return err
	}
	var data map[string]any
	if reason != "" {
		data = map[string]any{"reason": reason}
	}
	if _, err := forum.Tell(tx, there.event(event.ThemeWithdrawn, who.Person, now), data); err != nil {
		return err
	}
	_, err = forum.Tell(tx, locked.event(event.ThemeUnmerged, who.Person, now), data)
	return err
}
