package poll

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/beacon"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// headStart is how long whoever stopped a poll has for its result before others
// carry on.
const headStart = time.Minute

// stop takes no more ballots in an open poll, whose lock the caller holds. It closed
// at the instant, by the hand of the person, or by time where that is 0. Before is as
// in entitled.
func (p *Polls) stop(tx *store.Tx, open *Poll, at, before time.Time, by int64, now time.Time) error {
	if err := p.catchUp(tx, open, before, at); err != nil {
		return err
	}
	if open.Secret {
		if err := open.box().Mix(tx); err != nil {
			return err
		}
	}
	set := map[string]any{"state": access.PollEnded, "closed_at": store.At(at), "closed_by": nil, "settle_at": store.At(now.Add(headStart))}
	if by != 0 {
		set["closed_by"] = by
	}
	if err := tx.Table("polls").Where("id = ?", open.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("stop poll %d: %w", open.ID, err)
	}
	return nil
}

// stopIfDue looks again under the lock: another one may have stopped it, or moved
// its time. The poll closed at that time, however late this is, and with the
// electorate of then.
func (p *Polls) stopIfDue(ctx context.Context, id int64) error {
	return p.db.Write(ctx, func(tx *store.Tx) error {
		due, now, err := p.lock(tx, access.System(), id)
		if err != nil || !due.unsettled || due.stopped {
			return err
		}
		return p.stop(tx, &due, *due.ClosesAt, *due.ClosesAt, 0, now)
	})
}

// settle carries out a close whose time has come, as far as it goes now: to the
// result, or until it waits for a beacon. Done says that it was this call that came
// so far. Several may do it at once; whoever comes first writes.
func (p *Polls) settle(ctx context.Context, id int64) (done bool, err error) {
	for {
		due, err := load(p.db.Read(ctx), access.System(), id, p.now())
		switch {
		case err != nil || !due.unsettled || due.waits():
			return done, err
		case !due.stopped:
			err = p.stopIfDue(ctx, id)
		case due.Beacon != nil:
			done, err = p.sealBallots(ctx, due)
		default:
			done, err = p.finish(ctx, due, *due.ClosedAt, nil)
		}
		if err != nil {
			return false, err
		}
	}
}

// unlessOvertaken passes over what went wrong because another one has brought the
// poll on since it was read.
func (p *Polls) unlessOvertaken(ctx context.Context, due Poll, err error) error {
	now, gone := load(p.db.Read(ctx), access.System(), due.ID, p.now())
	if gone == nil && (now.Head != due.Head || !now.unsettled) {
		return nil
	}
	return err
}

// evidence is what a close rests on: the log, and the box of a secret poll. Nobody
// changes either once the poll is stopped.
func (p *Polls) evidence(ctx context.Context, stopped Poll) (*ledger.State, *ledger.Box, error) {
	g := p.db.Read(ctx)
	state, err := replay(g, stopped)
	if err != nil || !stopped.Secret {
		return state, nil, err
	}
	box, err := stopped.box().Open(g)
	return state, box, err
}

// bring writes the next step of a close, unless another one was faster.
func (p *Polls) bring(ctx context.Context, due Poll, write func(tx *store.Tx, locked *Poll, now time.Time) error) (done bool, err error) {
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		locked, now, err := p.lock(tx, access.System(), due.ID)
		if done = err == nil && locked.stopped && locked.Head == due.Head; !done {
			return err
		}
		return write(tx, &locked, now)
	})
	return done && err == nil, err
}

// closing is what a close comes to. Without a log there is neither record nor
// certificate.
type closing struct {
	result      tally.Result
	record      *ledger.Closed
	certificate *ledger.Certificate
}

// finish counts the ballots of a poll that is stopped, and freezes the result with
// its record and the certificate. At is the time of the record; the round is that of
// the beacon, nil where none was named or it was not reached.
func (p *Polls) finish(ctx context.Context, stopped Poll, at time.Time, round *beacon.Round) (done bool, err error) {
	out, err := p.count(ctx, stopped, at, round)
	if err != nil {
		return false, p.unlessOvertaken(ctx, stopped, fmt.Errorf("count poll %d: %w", stopped.ID, err))
	}
	frozen, err := json.Marshal(out.result)
	if err != nil {
		return false, fmt.Errorf("write the result of poll %d: %w", stopped.ID, err)
	}
	set := map[string]any{"result": string(frozen), "settle_at": nil}
	if out.record != nil {
		set["seed"], set["certificate"], set["signature"] = out.record.Seed.String(), out.certificate.Content, out.certificate.Signature[:]
		set["beacon_missed"] = out.record.Beacon == ledger.NotReached
	}
	return p.bring(ctx, stopped, func(tx *store.Tx, locked *Poll, now time.Time) error {
		if out.record != nil {
			if err := p.record(tx, locked, out.record); err != nil {
				return err
			}
		}
		if err := tx.Table("polls").Where("id = ?", locked.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("close poll %d: %w", locked.ID, err)
		}
		if err := p.announce(tx, *locked, tellClosed, locked.closer(), 0); err != nil {
			return err
		}
		return tell(tx, locked.event(event.PollClosed, locked.closer(), now), locked.headData(map[string]any{"by": locked.closedBy()}))
	})
}

// count counts a poll that is stopped. Where it has a log the count is of what the
// log and the box hold, as anybody can repeat it.
func (p *Polls) count(ctx context.Context, stopped Poll, at time.Time, round *beacon.Round) (closing, error) {
	p.counted.made.Add(1)
	g := p.db.Read(ctx)
	if !stopped.Logged() {
		result, err := count(g, stopped)
		return closing{result: result}, err
	}
	state, box, err := p.evidence(ctx, stopped)
	if err != nil {
		return closing{}, err
	}
	secret, err := lotsSecret(g, stopped.ID)
	if err != nil {
		return closing{}, err
	}
	content, result, err := state.Close(ledger.Ending{At: store.At(at).UnixMicro(), By: stopped.closedBy(), Secret: secret, Round: round, Box: box})
	if err != nil {
		return closing{}, err
	}
	record, err := ledger.Append(stopped.Head, content)
	if err != nil {
		return closing{}, err
	}
	if err := state.Apply(record); err != nil {
		return closing{}, fmt.Errorf("read the closing record: %w", err)
	}
	key, err := p.keys.Newest(ctx)
	if err != nil {
		return closing{}, err
	}
	certificate, err := state.Certify(result, key)
	return closing{result, content, &certificate}, err
}

// closer is who closed the poll by hand, and 0 where its time had come.
func (p Poll) closer() int64 {
	if p.ClosedBy == nil {
		return 0
	}
	return p.ClosedBy.ID
}

// closedBy is how the poll was closed, as the log says it.
func (p Poll) closedBy() string {
	if p.ClosedBy == nil {
		return "time"
	}
	return "hand"
}
