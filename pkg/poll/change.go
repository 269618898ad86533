package poll

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// lock loads a poll inside a write and keeps everybody else from changing it
// until the commit. Every change of a poll is told in its thread, so the lock
// on the thread is taken anyway, and taking it first rules out deadlocks. The
// instant returned is read under the lock: who waited past the close is late.
func (p *Polls) lock(tx *store.Tx, who access.Actor, id int64) (Poll, time.Time, error) {
	var threads []int64
	if err := tx.Table("polls").Select("thread_id").Where("id = ?", id).Find(&threads).Error; err != nil {
		return Poll{}, time.Time{}, fmt.Errorf("find poll %d: %w", id, err)
	}
	if len(threads) == 0 {
		return Poll{}, time.Time{}, fmt.Errorf("find poll %d: %w", id, gorm.ErrRecordNotFound)
	}
	if _, err := p.forum.LockThread(tx, who, threads[0]); err != nil {
		return Poll{}, time.Time{}, err
	}
	now := store.At(p.now()).Time
	locked, err := load(tx.DB, who, id, now)
	if err != nil {
		return Poll{}, now, err
	}
	return locked, now, locked.known(who)
}

// lockFor is lock for an action, which it checks.
func (p *Polls) lockFor(tx *store.Tx, who access.Actor, do access.Action, id int64) (Poll, time.Time, error) {
	locked, now, err := p.lock(tx, who, id)
	if err != nil {
		return Poll{}, now, err
	}
	return locked, now, access.Check(who, do, locked.facts)
}

// change locks a poll, checks the action and carries it out. A close whose time
// has come and that nobody has carried out yet is carried out first.
func (p *Polls) change(ctx context.Context, who access.Actor, id int64, do access.Action, fn func(tx *store.Tx, locked Poll, now time.Time) error) (Poll, error) {
	for halfway := true; halfway; {
		err := p.db.Write(ctx, func(tx *store.Tx) error {
			locked, now, err := p.lockFor(tx, who, do, id)
			if err != nil {
				return err
			}
			if halfway = locked.unsettled && locked.State != access.PollSealed; halfway {
				return nil
			}
			return fn(tx, locked, now)
		})
		if err == nil && halfway {
			_, err = p.settle(ctx, id)
		}
		if err != nil {
			return Poll{}, store.Translate(err)
		}
	}
	return p.Poll(ctx, who, id)
}

// mayNow is the check before a write: it answers quickly, and before the input
// is looked at. The write checks again.
func (p *Polls) mayNow(ctx context.Context, who access.Actor, id int64, do access.Action) (Poll, error) {
	found, err := p.Poll(ctx, who, id)
	if err != nil {
		return Poll{}, err
	}
	return found, access.Check(who, do, found.facts)
}

// PollEdit changes a poll. What is nil stays as it is.
type PollEdit struct {
	Title        *string
	Details      *string
	Options      *[]NewOption // of a choice
	Rules        *tally.Rules // settings of the method, which itself stays
	Settings     *Settings
	OpensAt      *time.Time // of a draft
	CollectUntil *time.Time
	Named        *[]int64         // of a draft whose electorate is named
	ClosesAt     *time.Time       // of a draft; that of an open poll is moved by Extend
	Reminders    *[]time.Duration // of a draft; see NewPoll
}

// apply puts the edit over the poll and judges the whole.
func (in PollEdit) apply(p Poll, now time.Time) (NewPoll, error) {
	next := NewPoll{Named: valueOr(in.Named, nil), Title: p.Title, Details: p.Details, Method: p.Method, Rules: p.Rules, Settings: valueOr(in.Settings, p.Settings),
		OpensAt: in.OpensAt, collected: p.CollectUntil, CollectUntil: cmp.Or(in.CollectUntil, p.CollectUntil), ClosesAt: valueOr(in.ClosesAt, valueOr(p.ClosesAt, time.Time{}))}
	if p.State == access.Draft {
		next.OpensAt = cmp.Or(in.OpensAt, p.OpensAt)
	}
	next.Title = valueOr(in.Title, p.Title)
	next.Details = valueOr(in.Details, p.Details)
	next.Rules = valueOr(in.Rules, p.Rules)
	for _, o := range p.Options {
		next.Options = append(next.Options, o.NewOption)
	}
	next.Options = valueOr(in.Options, next.Options)
	next.Reminders = valueOr(in.Reminders, nil)
	if err := in.keepsTimes(p); err != nil {
		return next, err
	}
	if err := next.validate(now); err != nil {
		return next, err
	}
	return next, next.keepsVoters(p)
}

// keepsTimes refuses to move the close of a poll that runs, and its reminders, which
// keep their distance from it.
func (in PollEdit) keepsTimes(p Poll) error {
	var f errs.Fields
	if in.ClosesAt != nil && p.State == access.PollOpen {
		f.Add("closes_at", "poll.extend_instead")
	}
	if in.Reminders != nil && p.State != access.Draft {
		f.Add("reminders", "poll.reminders_are_fixed")
	}
	return f.Err()
}

// keepsVoters refuses to choose other voters once the poll is open, or to publish
// something else of their ballots than was said then.
func (in NewPoll) keepsVoters(p Poll) error {
	var f errs.Fields
	if p.State == access.Draft {
		return nil
	}
	if in.Electorate != p.Electorate || !slices.Equal(in.Titles, p.Titles) {
		f.Add("electorate", "poll.electorate_is_fixed")
	}
	if in.Weighted != p.Weighted {
		f.Add("weighted", "poll.electorate_is_fixed")
	}
	if in.Publish != p.Publish {
		f.Add("publish", "poll.publication_is_fixed")
	}
	if in.JoinsLate != p.JoinsLate {
		f.Add("joins_late", "poll.electorate_is_fixed")
	}
	if in.Named != nil {
		f.Add("named", "poll.electorate_is_fixed")
	}
	return f.Err()
}

func valueOr[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// Edit changes a poll in which nobody has voted. Who may vote is fixed at the
// opening. Errors: Invalid with fields as for Start; by access.EditPoll; Conflict
// "poll.has_ballots", which names the fingerprint of the text.
func (p *Polls) Edit(ctx context.Context, who access.Actor, id int64, in PollEdit) (Poll, error) {
	before, err := p.mayNow(ctx, who, id, access.EditPoll)
	if err != nil {
		return Poll{}, err
	}
	next, err := in.apply(before, p.now())
	if err != nil {
		return Poll{}, err
	}
	details, err := p.render(ctx, &next)
	if err != nil {
		return Poll{}, err
	}
	rendered := next.Options
	return p.change(ctx, who, id, access.EditPoll, func(tx *store.Tx, locked Poll, now time.Time) error {
		if locked.BallotCount > 0 {
			return frozen(locked)
		}
		next, err := in.apply(locked, now)
		if err != nil {
			return err
		}
		if err := next.knowsRareWeights(tx, locked); err != nil {
			return err
		}
		if next.Details == locked.Details {
			details = locked.DetailsHTML
		}
		for i := range next.Options {
			if i < len(rendered) && rendered[i].Description == next.Options[i].Description {
				next.Options[i].html = rendered[i].html
			}
		}
		if in.Named != nil {
			if err := setNamed(tx, locked, *in.Named); err != nil {
				return err
			}
		}
		if err := in.moveReminders(tx, locked, next, now); err != nil {
			return err
		}
		return p.saveEdit(tx, who, locked, next, details, in.Options != nil, now)
	})
}

// moveReminders puts those that the edit asks for in the place of others, which
// otherwise move with the close.
func (in PollEdit) moveReminders(tx *store.Tx, before Poll, next NewPoll, now time.Time) error {
	switch {
	case in.Reminders != nil:
		return remindAnew(tx, before.ID, next.reminders(now))
	case before.ClosesAt != nil && !before.ClosesAt.Equal(next.ClosesAt):
		return moveReminders(tx, before, next.ClosesAt, now)
	}
	return nil
}

func (p *Polls) saveEdit(tx *store.Tx, who access.Actor, before Poll, next NewPoll, details string, newOptions bool, now time.Time) error {
	row, err := newPollRow(before.ThreadID, before.Author.ID, next, details, now)
	if err != nil {
		return err
	}
	err = tx.Table("polls").Where("id = ?", before.ID).Updates(map[string]any{
		"title": row.Title, "details": row.Details, "details_html": row.DetailsHTML, "markup_version": row.MarkupVersion,
		"rules": row.Rules, "results": row.Results, "reasons": row.Reasons, "secret": row.Secret, "receipts": row.Receipts,
		"publish_from": row.PublishFrom, "publish": row.Publish, "rare_weights": row.RareWeights, "shuffle": row.Shuffle, "undecided": row.Undecided, "options_by": row.OptionsBy, "tell": row.Tell,
		"electorate": row.Electorate, "titles": row.Titles, "joins_late": row.JoinsLate, "weighted": row.Weighted, "proxies": row.Proxies,
		"opens_at": row.OpensAt, "collect_until": row.CollectUntil, "closes_at": row.ClosesAt, "edited_at": store.At(now),
	}).Error
	if err != nil {
		return fmt.Errorf("save poll %d: %w", before.ID, err)
	}
	if newOptions {
		if err := tx.Exec("DELETE FROM poll_options WHERE poll_id = ?", before.ID).Error; err != nil {
			return fmt.Errorf("clear the options of poll %d: %w", before.ID, err)
		}
		if err := insertOptions(tx, who, before.ThreadID, before.ID, next.Options, before.Options); err != nil {
			return err
		}
	}
	if before.Alone {
		if err := p.forum.Reword(tx, who, before.ThreadID, next.Title, next.Details, details, now); err != nil {
			return err
		}
	}
	if before.State == access.Draft {
		return p.wakeAt(tx, before.ID, next.OpensAt) // nobody else has seen it
	}
	after, err := load(tx.DB, who, before.ID, now)
	if err != nil {
		return err
	}
	question, err := after.question()
	if err != nil {
		return err
	}
	if err := p.record(tx, &after, &ledger.Edited{Stamp: stamp(now), Question: question}); err != nil {
		return err
	}
	return tell(tx, after.event(event.PollEdited, who.Person, now), after.headData(nil))
}

// frozen refuses to change what people have voted on.
func frozen(p Poll) error {
	text, err := p.Text()
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "poll.has_ballots", errs.Args{"Text": text.Short()})
}

// Open opens a draft. Errors: by access.OpenPoll; Invalid with field closes_at
// where its closing time has passed meanwhile.
func (p *Polls) Open(ctx context.Context, who access.Actor, id int64) (Poll, error) {
	return p.change(ctx, who, id, access.OpenPoll, func(tx *store.Tx, draft Poll, now time.Time) error {
		var f errs.Fields
		validClosing(&f, valueOr(draft.ClosesAt, time.Time{}), now)
		if err := f.Err(); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM poll_reminders WHERE poll_id = ? AND at <= ?", id, store.At(now)).Error; err != nil {
			return fmt.Errorf("drop the past reminders of poll %d: %w", id, err)
		}
		return p.open(tx, draft, who, now)
	})
}
