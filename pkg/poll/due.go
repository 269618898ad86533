package poll

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// RemindDue has those who have not voted reminded, once for each reminder whose time
// has come, and says of how many polls. It may be called at any time, by several at
// once. Reminders that fall into the collecting of options, or while the discussion
// is closed, wait; those of a poll that has closed are not sent.
func (p *Polls) RemindDue(ctx context.Context) (int, error) {
	now := store.At(p.now())
	var due []int64
	err := p.db.Read(ctx).Table("poll_reminders AS r").Joins("JOIN polls AS p ON p.id = r.poll_id").Distinct("r.poll_id").
		Where("r.sent_at IS NULL AND r.at <= ? AND p.state = 'open' AND p.closes_at > ?", now, now).Order("r.poll_id").Find(&due).Error
	if err != nil {
		return 0, store.Translate(fmt.Errorf("find polls to remind of: %w", err))
	}
	return p.eachInWrite(ctx, due, "remind of poll", p.remindIfDue)
}

// remindIfDue looks again under the lock. Several reminders that are due together
// are one letter.
func (p *Polls) remindIfDue(tx *store.Tx, id int64) (bool, error) {
	open, now, err := p.lock(tx, access.System(), id)
	if err != nil || access.Check(access.System(), access.Vote, open.facts) != nil {
		return false, err
	}
	sent := tx.Exec("UPDATE poll_reminders SET sent_at = ? WHERE poll_id = ? AND sent_at IS NULL AND at <= ?", store.At(now), id, store.At(now))
	if sent.Error != nil || sent.RowsAffected == 0 {
		return false, sent.Error
	}
	if err := p.catchUp(tx, &open, time.Time{}, now); err != nil {
		return false, err
	}
	return true, p.announce(tx, open, tellReminder, 0, 0)
}

// ReviewDue has those who see to an outcome told that its day of review has come,
// once for each day that was set, and says of how many outcomes. It may be called at
// any time, by several at once. Days are those of UTC, as in the register.
func (p *Polls) ReviewDue(ctx context.Context) (int, error) {
	var due []int64
	err := p.db.Read(ctx).Table("outcomes").Select("poll_id").
		Where("review_on <= ? AND (review_told IS NULL OR review_told <> review_on)", p.today()).Order("poll_id").Find(&due).Error
	if err != nil {
		return 0, store.Translate(fmt.Errorf("find outcomes to review: %w", err))
	}
	return p.eachInWrite(ctx, due, "have the outcome reviewed of poll", p.reviewIfDue)
}

func (p *Polls) reviewIfDue(tx *store.Tx, id int64) (bool, error) {
	decided, _, err := p.lock(tx, access.System(), id)
	if err != nil {
		return false, err
	}
	told := tx.Exec("UPDATE outcomes SET review_told = review_on WHERE poll_id = ? AND review_on <= ? AND (review_told IS NULL OR review_told <> review_on)", id, p.today())
	if told.Error != nil || told.RowsAffected == 0 {
		return false, told.Error
	}
	return true, p.announce(tx, decided, tellReview, 0, 0)
}

// each does something to polls, one after the other: one that fails does not keep the
// others from it. It says for how many there was something to do.
func each(polls []int64, what string, do func(id int64) (bool, error)) (int, error) {
	done := 0
	var failed []error
	for _, id := range polls {
		did, err := do(id)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s %d: %w", what, id, err))
		}
		if did {
			done++
		}
	}
	return done, errors.Join(failed...)
}

// eachInWrite is each with a write for every poll.
func (p *Polls) eachInWrite(ctx context.Context, polls []int64, what string, do func(tx *store.Tx, id int64) (bool, error)) (int, error) {
	return each(polls, what, func(id int64) (did bool, err error) {
		err = p.db.Write(ctx, func(tx *store.Tx) (err error) {
			did, err = do(tx, id)
			return err
		})
		return did && err == nil, err
	})
}
