package theme

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// MergeState is how far a merge has come.
type MergeState string

// The states.
const (
	MergeSuggested MergeState = "suggested" // a convenor has not taken it up
	MergeAsked     MergeState = "asked"     // the proposers are asked; it happens at DueAt unless one objects
	MergeDone      MergeState = "done"
	MergeRefused   MergeState = "refused"
	MergeUndone    MergeState = "undone"
)

// SuggestMerge suggests that a theme becomes part of another of its thread, for
// the reason given. Errors: by access.SuggestMerge; Invalid with fields into and
// reason; Conflict as for Merge, and "theme.merge_known" where it is suggested or
// asked already.
func (t *Themes) SuggestMerge(ctx context.Context, who access.Actor, id, into int64, reason string) (Merge, error) {
	found, err := t.Theme(ctx, who, id)
	if err != nil {
		return Merge{}, err
	}
	if err := access.Check(who, access.SuggestMerge, found.facts); err != nil {
		return Merge{}, err
	}
	if reason, err = validReason(reason, true); err != nil {
		return Merge{}, err
	}
	var made mergeRow
	_, err = t.change(ctx, who, id, access.SuggestMerge, func(tx *store.Tx, locked Theme, now time.Time) error {
		if !who.SignedIn() {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		if err := mergeable(tx, who, locked, into); err != nil {
			return err
		}
		pending, err := pendingMerge(tx, id, into)
		if err != nil {
			return err
		}
		if pending.ID != 0 {
			return errs.New(errs.Conflict, "theme.merge_known")
		}
		made = mergeRow{Kind: "merge", ThemeID: id, IntoID: into, State: MergeSuggested, Reason: reason, SuggestedBy: who.Person, SuggestedAt: store.At(now)}
		if err := saveMerge(tx, &made); err != nil {
			return err
		}
		_, err = forum.Tell(tx, locked.event(event.ThemeMergeSuggested, who.Person, now), mergeData(into, reason))
		return err
	})
	if err != nil {
		return Merge{}, err
	}
	return t.Merging(ctx, who, made.ID)
}

// MergeOrder is how a convenor merges a theme.
type MergeOrder struct {
	Into   int64
	Reason string // required with Now
	Now    bool   // without asking the theme's proposers
}

// Merge makes a theme part of another of its thread, or asks its proposers: then
// it happens when all have agreed, or after the time that the group has set unless
// one of them objects. A suggestion of the same is taken up. Whoever does this and
// is a proposer has agreed. Errors: by access.Convene; Invalid with fields into and
// reason; Conflict "theme.polled", "theme.has_parts", "theme.merge_crossed",
// "theme.merge_circle", "theme.merge_pending", "theme.target_…" where the other one
// is not afoot, or "theme.state_…".
func (t *Themes) Merge(ctx context.Context, who access.Actor, id int64, in MergeOrder) (Theme, error) {
	found, err := t.Theme(ctx, who, id)
	if err != nil {
		return Theme{}, err
	}
	if err := access.Check(who, access.Convene, found.facts); err != nil {
		return Theme{}, err
	}
	if in.Reason, err = validReason(in.Reason, in.Now); err != nil {
		return Theme{}, err
	}
	return t.change(ctx, who, id, access.Convene, func(tx *store.Tx, locked Theme, now time.Time) error {
		if !who.SignedIn() {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		if err := mergeable(tx, who, locked, in.Into); err != nil {
			return err
		}
		m, err := t.takeUp(tx, who, locked, in, now)
		if err != nil {
			return err
		}
		agreed, err := t.askProposers(tx, who, locked, m, now)
		if err != nil {
			return err
		}
		if in.Now || agreed {
			return t.complete(tx, m, locked, who.Person, now)
		}
		return t.tellAsked(tx, who, locked, m, now)
	})
}

// mergeable refuses what cannot be merged.
func mergeable(tx *store.Tx, who access.Actor, from Theme, into int64) error {
	var f errs.Fields
	if into == from.ID {
		f.Add("into", "theme.merge_itself")
		return f.Err()
	}
	found, err := find(themes(tx.DB, who).Where("th.id = ? AND th.thread_id = ?", into, from.ThreadID), tx.DB, who)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		f.Add("into", "theme.not_here")
		return f.Err()
	}
	target := found[0]
	up, err := upwards(tx, into)
	if err != nil {
		return err
	}
	for _, above := range up {
		if above.ID == from.ID {
			return errs.New(errs.Conflict, "theme.merge_circle")
		}
	}
	switch {
	case !from.afoot():
		return from.stateError()
	case !target.afoot():
		return errs.New(errs.Conflict, "theme.target_"+string(target.State))
	case len(from.PollIDs) > 0 || len(target.PollIDs) > 0:
		return errs.New(errs.Conflict, "theme.polled")
	case len(from.Parts) > 0:
		return errs.New(errs.Conflict, "theme.has_parts", errs.Args{"Title": from.Title})
	}
	return nil
}

// takeUp makes a merge of the suggestion that there is, or a new one, and notes
// until when it waits for the proposers.
func (t *Themes) takeUp(tx *store.Tx, who access.Actor, locked Theme, in MergeOrder, now time.Time) (mergeRow, error) {
	m, err := takenUp(tx, locked.ID, in)
	if err != nil {
		return m, err
	}
	hours, err := mergeHours(tx, locked.ThreadID)
	if err != nil {
		return m, err
	}
	due := store.At(now.Add(time.Duration(hours) * time.Hour))
	if m.ID == 0 {
		m = mergeRow{Kind: "merge", ThemeID: locked.ID, IntoID: in.Into, SuggestedBy: who.Person, SuggestedAt: store.At(now)}
	}
	if in.Reason != "" {
		m.Reason = in.Reason
	}
	m.State, m.DueAt = MergeAsked, &due
	return m, saveMerge(tx, &m)
}

// takenUp is the suggestion, or what was asked before, that an order is about; zero
// where there is none. Others are in its way only once their proposers are asked.
func takenUp(tx *store.Tx, id int64, in MergeOrder) (mergeRow, error) {
	var crossed int64
	err := tx.Table("theme_merges").Where("theme_id = ? AND into_id = ? AND state = 'asked'", in.Into, id).Count(&crossed).Error
	if err != nil {
		return mergeRow{}, fmt.Errorf("look for merges of theme %d: %w", id, err)
	}
	if crossed > 0 {
		return mergeRow{}, errs.New(errs.Conflict, "theme.merge_crossed")
	}
	asked, err := readMerges(tx.DB, "m.theme_id = ? AND m.state = 'asked'", id)
	if err != nil {
		return mergeRow{}, err
	}
	switch {
	case len(asked) == 0:
		return pendingMerge(tx, id, in.Into)
	case asked[0].IntoID != in.Into || !in.Now:
		return mergeRow{}, errs.New(errs.Conflict, "theme.merge_pending")
	}
	return asked[0], nil
}

func mergeHours(tx *store.Tx, threadID int64) (int, error) {
	var hours int
	err := tx.Raw("SELECT g.merge_hours FROM threads AS t JOIN groups AS g ON g.id = t.group_id WHERE t.id = ?", threadID).Row().Scan(&hours)
	if err != nil {
		return 0, fmt.Errorf("read how long merges in thread %d wait: %w", threadID, err)
	}
	return hours, nil
}

// complete makes the theme part of the other.
func (t *Themes) complete(tx *store.Tx, m mergeRow, locked Theme, by int64, now time.Time) error {
	at := store.At(now)
	m.State, m.StateBefore, m.DecidedBy, m.DecidedAt = MergeDone, string(locked.State), orNil(by), &at
	if err := saveMerge(tx, &m); err != nil {
		return err
	}
	if err := setMerged(tx, locked.ID, m.IntoID, by, now); err != nil {
		return err
	}
	if err := carry(tx, m.IntoID); err != nil {
		return err
	}
	data := mergeData(m.IntoID, m.Reason)
	if _, err := forum.Tell(tx, locked.event(event.ThemeMerged, by, now), data); err != nil {
		return err
	}
	into, err := load(tx.DB, access.System(), m.IntoID)
	if err != nil {
		return err
	}
	n := locked.toProposers(event.ThemeMerged, by, now)
	n.data, n.letter, n.args = data, "theme_merged", map[string]string{"Into": into.Title, "Reason": m.Reason}
	if err := t.tell(tx, locked, n); err != nil {
		return err
	}
	told := n.to
	n.letter, n.to = "", slices.DeleteFunc(into.answerers(), func(id int64) bool { return slices.Contains(told, id) })
	return t.tell(tx, locked, n)
}

func setMerged(tx *store.Tx, id, into, by int64, now time.Time) error {
	err := tx.Table("themes").Where("id = ?", id).Updates(map[string]any{"state": access.Merged, "merged_into": into,
		"state_reason": "", "state_by": orNil(by), "state_at": store.At(now)}).Error
	if err != nil {
		return fmt.Errorf("merge theme %d into theme %d: %w", id, into, err)
	}
	return nil
}

func orNil(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// mergeData is what an event keeps of a merge.
func mergeData(into int64, reason string) map[string]any {
	data := map[string]any{"into": into}
	if reason != "" {
		data["reason"] = reason
	}
	return data
}

// Unmerge takes a merge or a move back: the theme is as it was before, and the
// support as if it had never been merged. What people have said to the other theme
// themselves since stays theirs. A theme that went on in another thread is
// withdrawn there. Reason may be empty. Errors: by access.Unmerge, and for a move by
// access.Convene in the other thread; Invalid with field reason; Conflict
// "theme.polled" where what it was merged into has come into a poll,
// "theme.moved_on" where that has gone on elsewhere.
func (t *Themes) Unmerge(ctx context.Context, who access.Actor, id int64, reason string) (Theme, error) {
	found, err := t.Theme(ctx, who, id)
	if err != nil {
		return Theme{}, err
	}
	if err := access.Check(who, access.Unmerge, found.facts); err != nil {
		return Theme{}, err
	}
	if reason, err = validReason(reason, false); err != nil {
		return Theme{}, err
	}
	if found.MovedTo != 0 {
		return t.moveBack(ctx, who, found, reason)
	}
	return t.change(ctx, who, id, access.Unmerge, func(tx *store.Tx, locked Theme, now time.Time) error {
		return t.unmerge(tx, locked, who.Person, reason, now)
	})
}

func (t *Themes) unmerge(tx *store.Tx, locked Theme, by int64, reason string, now time.Time) error {
	up, err := upwards(tx, locked.ID)
	if err != nil {
		return err
	}
	ids := []int64{locked.ID}
	for _, above := range up {
		if above.ThreadID != locked.ThreadID {
			return errs.New(errs.Conflict, "theme.moved_on")
		}
		ids = append(ids, above.ID)
	}
	if err := notPolled(tx, ids); err != nil {
		return err
	}
	m, err := undone(tx, locked.ID, by, reason, now)
	if err != nil {
		return err
	}
	if err := carry(tx, m.IntoID); err != nil {
		return err
	}
	data := mergeData(m.IntoID, reason)
	if _, err := forum.Tell(tx, locked.event(event.ThemeUnmerged, by, now), data); err != nil {
		return err
	}
	n := locked.toProposers(event.ThemeUnmerged, by, now)
	n.data = data
	return t.tell(tx, locked, n)
}

// undone marks the merge of a theme as taken back, and gives the theme the state
// that it had.
func undone(tx *store.Tx, id, by int64, reason string, now time.Time) (mergeRow, error) {
	done, err := readMerges(tx.DB, "m.theme_id = ? AND m.state = 'done'", id)
	if err != nil {
		return mergeRow{}, err
	}
	if len(done) == 0 {
		return mergeRow{}, errs.New(errs.Conflict, "theme.not_merged")
	}
	m, at := done[0], store.At(now)
	m.State, m.DecidedBy, m.DecidedAt, m.Decision = MergeUndone, orNil(by), &at, reason
	if err := saveMerge(tx, &m); err != nil {
		return m, err
	}
	err = tx.Table("themes").Where("id = ?", id).Updates(map[string]any{"state": m.StateBefore, "merged_into": nil,
		"state_reason": "", "state_by": orNil(by), "state_at": at}).Error
	if err != nil {
		return m, fmt.Errorf("take theme %d out of theme %d: %w", id, m.IntoID, err)
	}
	return m, nil
}

// notPolled refuses themes that are options of a poll which is no draft.
func notPolled(tx *store.Tx, ids []int64) error {
	var n int64
	err := tx.Table("poll_options AS o").Joins("JOIN polls AS p ON p.id = o.poll_id").
		Where("o.theme_id IN ? AND p.state <> 'draft'", ids).Count(&n).Error
	if err != nil {
		return fmt.Errorf("look for polls about %d themes: %w", len(ids), err)
	}
	if n > 0 {
		return errs.New(errs.Conflict, "theme.polled")
	}
	return nil
}
