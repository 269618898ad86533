package poll

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// Close ends an open poll now. Where its lots wait for a beacon it has no result
// yet. Errors: by access.ClosePoll.
func (p *Polls) Close(ctx context.Context, who access.Actor, id int64) (Poll, error) {
	stopped, err := p.change(ctx, who, id, access.ClosePoll, func(tx *store.Tx, open Poll, now time.Time) error {
		return p.stop(tx, &open, now, time.Time{}, who.Person, now)
	})
	if err != nil {
		return Poll{}, err
	}
	if _, err := p.settle(ctx, stopped.ID); err != nil {
		return Poll{}, store.Translate(err)
	}
	return p.Poll(ctx, who, id)
}

// CloseDue closes every open poll whose time has come, carries on what was left
// halfway, and says how many it closed. It may be called at any time, by several at
// once. A poll that cannot be closed does not keep the others from it.
func (p *Polls) CloseDue(ctx context.Context) (int, error) {
	var due []int64
	now := store.At(p.now())
	err := p.db.Read(ctx).Table("polls").Select("id").
		Where("state = 'open' AND closes_at <= ? OR settle_at <= ? AND beacon_round = 0", now, now).Order("closes_at, id").Find(&due).Error
	if err != nil {
		return 0, store.Translate(fmt.Errorf("find polls to close: %w", err))
	}
	return each(due, "close poll", func(id int64) (bool, error) { return p.settle(ctx, id) })
}

// Extend moves the close of an open poll to a later time. Errors: Invalid with
// field closes_at; by access.ExtendPoll.
func (p *Polls) Extend(ctx context.Context, who access.Actor, id int64, until time.Time) (Poll, error) {
	return p.change(ctx, who, id, access.ExtendPoll, func(tx *store.Tx, open Poll, now time.Time) error {
		var f errs.Fields
		until := validClosing(&f, until, now)
		if open.ClosesAt != nil && !until.After(*open.ClosesAt) {
			f.Add("closes_at", "poll.extend_later")
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := p.catchUp(tx, &open, time.Time{}, now); err != nil {
			return err
		}
		if err := p.record(tx, &open, &ledger.Extended{Stamp: stamp(now), ClosesAt: micros(&until)}); err != nil {
			return err
		}
		if err := p.announce(tx, open, tellExtended, who.Person, 0); err != nil {
			return err
		}
		return p.moveClose(tx, open, until, now, open.event(event.PollExtended, who.Person, now), open.headData(map[string]any{"closes_at": store.At(until)}))
	})
}

// Reopen takes ballots again, until a new closing time, from the same
// electorate. The certificate of the first close is kept, and a new one is made
// at the next. Errors: Invalid with field closes_at; by access.ReopenPoll;
// Conflict "poll.concluded" where the outcome has been published.
func (p *Polls) Reopen(ctx context.Context, who access.Actor, id int64, until time.Time) (Poll, error) {
	return p.change(ctx, who, id, access.ReopenPoll, func(tx *store.Tx, ended Poll, now time.Time) error {
		if ended.Outcome != nil {
			return errs.New(errs.Conflict, "poll.concluded")
		}
		var f errs.Fields
		until := validClosing(&f, until, now)
		if err := f.Err(); err != nil {
			return err
		}
		set := map[string]any{"state": access.PollOpen, "closed_at": nil, "closed_by": nil, "result": nil, "settle_at": nil}
		if err := tx.Table("polls").Where("id = ?", id).Updates(set).Error; err != nil {
			return fmt.Errorf("reopen poll %d: %w", id, err)
		}
		if err := p.recordReopening(tx, &ended, until, now); err != nil {
			return err
		}
		if err := p.announce(tx, ended, tellReopened, who.Person, 0); err != nil {
			return err
		}
		return p.moveClose(tx, ended, until, now, ended.event(event.PollReopened, who.Person, now), ended.headData(map[string]any{"closes_at": store.At(until)}))
	})
}

func (p *Polls) moveClose(tx *store.Tx, from Poll, until, now time.Time, e event.Event, data map[string]any) error {
	if err := tx.Table("polls").Where("id = ?", from.ID).Update("closes_at", store.At(until)).Error; err != nil {
		return fmt.Errorf("move the close of poll %d: %w", from.ID, err)
	}
	if err := moveReminders(tx, from, until, now); err != nil {
		return err
	}
	if err := p.wakeAt(tx, from.ID, &until); err != nil {
		return err
	}
	return tell(tx, e, data)
}
