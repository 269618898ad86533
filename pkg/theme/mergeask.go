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

// proposersOf are whoever put a theme forward: its proposer, and those who have
// accepted to propose it too.
func proposersOf(g *gorm.DB, id int64) ([]int64, error) {
	var out []int64
	err := g.Raw(`SELECT h.proposer_id FROM themes AS h WHERE h.id = ?
		UNION SELECT c.person_id FROM theme_proposers AS c WHERE c.theme_id = ? AND c.answer = 'accepted' ORDER BY 1`, id, id).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("find the proposers of theme %d: %w", id, err)
	}
	return out, nil
}

// askProposers counts as agreed who orders the merge and who suggested it, where
// they are proposers, and reports whether all have agreed.
func (t *Themes) askProposers(tx *store.Tx, who access.Actor, locked Theme, m mergeRow, now time.Time) (bool, error) {
	proposers, err := proposersOf(tx.DB, locked.ID)
	if err != nil {
		return false, err
	}
	for _, one := range proposers {
		if one == who.Person || one == m.SuggestedBy {
			if err := answer(tx, m.ID, one, true, now); err != nil {
				return false, err
			}
		}
	}
	return allAgreed(tx, m.ID, proposers)
}

// answer notes what somebody says to a merge.
func answer(tx *store.Tx, merge, person int64, agree bool, now time.Time) error {
	said := "object"
	if agree {
		said = "agree"
	}
	err := tx.Exec(`INSERT INTO theme_merge_answers (merge_id, person_id, answer, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (merge_id, person_id) DO UPDATE SET answer = excluded.answer, at = excluded.at`, merge, person, said, store.At(now)).Error
	if err != nil {
		return fmt.Errorf("note an answer to merge %d: %w", merge, err)
	}
	return nil
}

func allAgreed(tx *store.Tx, merge int64, proposers []int64) (bool, error) {
	var agreed int64
	err := tx.Table("theme_merge_answers").Where("merge_id = ? AND person_id IN ? AND answer = 'agree'", merge, proposers).Count(&agreed).Error
	if err != nil {
		return false, fmt.Errorf("read the answers to merge %d: %w", merge, err)
	}
	return int(agreed) == len(proposers), nil
}

// tellAsked tells the thread that the proposers are asked, and those who have not
// answered in their inboxes and by mail.
func (t *Themes) tellAsked(tx *store.Tx, who access.Actor, locked Theme, m mergeRow, now time.Time) error {
	data := mergeData(m.IntoID, m.Reason)
	if _, err := forum.Tell(tx, locked.event(event.ThemeMergeAsked, who.Person, now), data); err != nil {
		return err
	}
	var asked []int64
	err := tx.Raw(`SELECT p.id FROM people AS p WHERE p.id IN (SELECT h.proposer_id FROM themes AS h WHERE h.id = @theme
			UNION SELECT c.person_id FROM theme_proposers AS c WHERE c.theme_id = @theme AND c.answer = 'accepted')
		AND NOT EXISTS (SELECT 1 FROM theme_merge_answers AS n WHERE n.merge_id = @merge AND n.person_id = p.id) ORDER BY p.id`,
		map[string]any{"theme": locked.ID, "merge": m.ID}).Scan(&asked).Error
	if err != nil {
		return fmt.Errorf("find whom to ask about merge %d: %w", m.ID, err)
	}
	var into []string
	if err := tx.Table("themes").Where("id = ?", m.IntoID).Pluck("title", &into).Error; err != nil || len(into) == 0 {
		return fmt.Errorf("read what merge %d is into: %w", m.ID, err)
	}
	return t.tell(tx, locked, news{kind: event.ThemeMergeAsked, by: who.Person, at: now, to: asked, data: data, letter: "theme_merge_asked",
		args: map[string]string{"Into": into[0], "Reason": m.Reason}, until: m.DueAt, below: "#merges"})
}

// AnswerMerge says what the actor thinks of a merge. While the proposers are asked,
// one of them who objects refuses it, and it happens once all have agreed. Whoever
// supports the theme and objects, before or after, is not counted for the other
// one; agreeing takes an objection back. Errors: by access.AnswerMerge; Forbidden
// "theme.merge_not_asked"; Conflict "theme.merge_over" where it is neither asked nor done,
// "theme.polled" where the other one is in a poll.
func (t *Themes) AnswerMerge(ctx context.Context, who access.Actor, merge int64, agree bool) (Theme, error) {
	m, err := t.merge(ctx, who, merge)
	if err != nil {
		return Theme{}, err
	}
	return t.change(ctx, who, m.ThemeID, access.AnswerMerge, func(tx *store.Tx, locked Theme, now time.Time) error {
		if !who.SignedIn() {
			return errs.New(errs.Unauthenticated, "access.sign_in")
		}
		m, err := mergeAgain(tx, merge)
		if err != nil {
			return err
		}
		proposers, err := proposersOf(tx.DB, locked.ID)
		if err != nil {
			return err
		}
		proposes := slices.Contains(proposers, who.Person)
		switch {
		case m.State != MergeAsked && m.State != MergeDone:
			return errs.New(errs.Conflict, "theme.merge_over")
		case !locked.Supported && !(proposes && m.State == MergeAsked):
			return errs.New(errs.Forbidden, "theme.merge_not_asked")
		}
		if err := answer(tx, m.ID, who.Person, agree, now); err != nil {
			return err
		}
		if m.State == MergeDone {
			return t.answeredLate(tx, locked, m, who.Person, now)
		}
		return t.answeredInTime(tx, locked, m, who.Person, proposes, agree, now)
	})
}

// answeredLate brings the support up to date after somebody has changed their mind
// about a merge that is done.
func (t *Themes) answeredLate(tx *store.Tx, locked Theme, m mergeRow, by int64, now time.Time) error {
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
	if err := carry(tx, m.IntoID); err != nil {
		return err
	}
	_, err = forum.Tell(tx, locked.event(event.ThemeMergeAnswered, by, now), mergeData(m.IntoID, ""))
	return err
}

func (t *Themes) answeredInTime(tx *store.Tx, locked Theme, m mergeRow, by int64, proposes, agree bool, now time.Time) error {
	if proposes && !agree {
		return refuse(tx, locked, m, by, "", now)
	}
	if proposes {
		proposers, err := proposersOf(tx.DB, locked.ID)
		if err != nil {
			return err
		}
		all, err := allAgreed(tx, m.ID, proposers)
		if err != nil {
			return err
		}
		if cannot := mergeable(tx, access.System(), locked, m.IntoID); all && cannot == nil {
			return t.complete(tx, m, locked, by, now)
		}
	}
	_, err := forum.Tell(tx, locked.event(event.ThemeMergeAnswered, by, now), mergeData(m.IntoID, ""))
	return err
}

// refuse ends a merge that is not done. By is 0 where it can no longer be done.
func refuse(tx *store.Tx, locked Theme, m mergeRow, by int64, reason string, now time.Time) error {
	at := store.At(now)
	m.State, m.DecidedBy, m.DecidedAt, m.Decision = MergeRefused, orNil(by), &at, reason
	if err := saveMerge(tx, &m); err != nil {
		return err
	}
	_, err := forum.Tell(tx, locked.event(event.ThemeMergeRefused, by, now), mergeData(m.IntoID, reason))
	return err
}

// RefuseMerge ends a suggestion, or the asking of proposers. Reason may be empty.
// Errors: by access.Convene; Invalid with field reason; Conflict "theme.merge_over".
func (t *Themes) RefuseMerge(ctx context.Context, who access.Actor, merge int64, reason string) (Theme, error) {
	m, err := t.merge(ctx, who, merge)
	if err != nil {
		return Theme{}, err
	}
	if reason, err = validReason(reason, false); err != nil {
		return Theme{}, err
	}
	return t.change(ctx, who, m.ThemeID, access.Convene, func(tx *store.Tx, locked Theme, now time.Time) error {
		m, err := mergeAgain(tx, merge)
		if err != nil {
			return err
		}
		if m.State != MergeAsked && m.State != MergeSuggested {
			return errs.New(errs.Conflict, "theme.merge_over")
		}
		return refuse(tx, locked, m, who.Person, reason, now)
	})
}

// merge is a merge whose theme the actor may read.
func (t *Themes) merge(ctx context.Context, who access.Actor, id int64) (mergeRow, error) {
	found, err := readMerges(t.db.Read(ctx), "m.id = ?", id)
	if err != nil {
		return mergeRow{}, store.Translate(err)
	}
	if len(found) == 0 {
		return mergeRow{}, errs.New(errs.NotFound, "error.not_found")
	}
	_, err = t.Theme(ctx, who, found[0].ThemeID)
	return found[0], err
}

// mergeAgain reads a merge under the lock of its theme's thread.
func mergeAgain(tx *store.Tx, id int64) (mergeRow, error) {
	found, err := readMerges(tx.DB, "m.id = ?", id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read merge %d: %w", id, gorm.ErrRecordNotFound)
	}
	if err != nil {
		return mergeRow{}, err
	}
	return found[0], nil
}

// MergeDue carries out the merges to which no proposer has objected in time, and
// says how many. What can no longer be merged is refused. It may be called at any
// time, by several at once; while a discussion is closed, its merges wait.
func (t *Themes) MergeDue(ctx context.Context) (int, error) {
	due, err := readMerges(t.db.Read(ctx).Joins("JOIN themes AS h ON h.id = m.theme_id").Joins("JOIN threads AS t ON t.id = h.thread_id"),
		"m.state = 'asked' AND m.due_at <= ? AND t.closed_at IS NULL", store.At(t.now()))
	if err != nil {
		return 0, store.Translate(err)
	}
	done := 0
	var failed []error
	for _, m := range due {
		did := false
		err := t.db.Write(ctx, func(tx *store.Tx) (err error) {
			did, err = t.mergeIfDue(tx, m)
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("carry out merge %d: %w", m.ID, err))
		} else if did {
			done++
		}
	}
	return done, errors.Join(failed...)
}

// mergeIfDue looks again under the lock.
func (t *Themes) mergeIfDue(tx *store.Tx, m mergeRow) (bool, error) {
	locked, err := t.lock(tx, access.System(), m.ThemeID)
	if err != nil {
		return false, err
	}
	if m, err = mergeAgain(tx, m.ID); err != nil || m.State != MergeAsked || locked.facts.ThreadClosed {
		return false, err
	}
	err = mergeable(tx, access.System(), locked, m.IntoID)
	switch {
	case errs.Is(err, errs.Conflict) || errs.Is(err, errs.Invalid):
		return true, refuse(tx, locked, m, 0, "", t.now())
	case err != nil:
		return false, err
	}
	return true, t.complete(tx, m, locked, 0, t.now())
}
