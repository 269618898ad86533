package poll

import (
	"context"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// OpenDue opens every draft whose time has come and says how many it opened. It
// may be called at any time, by several at once. A draft whose closing time has
// passed, whose discussion is closed, or that Open would refuse, stays a draft and
// no longer has a time; it does not keep the others from theirs.
func (p *Polls) OpenDue(ctx context.Context) (int, error) {
	var due []int64
	err := p.db.Read(ctx).Table("polls").Select("id").Where("state = 'draft' AND opens_at <= ?", store.At(p.now())).
		Order("opens_at, id").Find(&due).Error
	if err != nil {
		return 0, store.Translate(fmt.Errorf("find polls to open: %w", err))
	}
	return each(due, "open poll", func(id int64) (bool, error) { return p.openIfDue(ctx, id) })
}

// openIfDue looks again under the lock: another one may have opened it, or moved
// its time. The poll opens in the name of whoever made it.
func (p *Polls) openIfDue(ctx context.Context, id int64) (done bool, err error) {
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		draft, now, err := p.lock(tx, access.System(), id)
		if err != nil || draft.State != access.Draft || draft.OpensAt == nil || draft.OpensAt.After(now) {
			return err
		}
		if access.Check(access.System(), access.OpenPoll, draft.facts) != nil || draft.ClosesAt == nil || !draft.ClosesAt.After(now) {
			return tx.Table("polls").Where("id = ?", id).Update("opens_at", nil).Error
		}
		done = true
		return p.open(tx, draft, access.Actor{Person: draft.Author.ID}, now)
	})
	if errs.Is(err, errs.Invalid) { // nobody could vote, or weights would tell ballots apart: that is for its author
		return false, p.db.Write(ctx, func(tx *store.Tx) error {
			return tx.Table("polls").Where("id = ? AND state = 'draft'", id).Update("opens_at", nil).Error
		})
	}
	return done && err == nil, err
}
