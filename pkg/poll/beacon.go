package poll

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/beacon"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// Source fetches rounds of a beacon.
type Source interface {
	Chain() beacon.Chain
	// Round is what is said to be the round, for the caller to check.
	Round(ctx context.Context, number int64) (beacon.Round, error)
}

// Beacon is the public source of chance that decides the lots of a poll, beside the
// secret that was promised.
type Beacon struct {
	Name   string     // as the log has it; see beacon.Chain
	Round  int64      // that decides; 0 until the ballots are sealed
	At     *time.Time // when the round comes; nil until the ballots are sealed
	Missed bool       // it was not reached for a day, and the secret alone decided
}

const (
	// lotDelay is how long after the ballots are sealed the round comes. It leaves
	// time for the head of the log to get around.
	lotDelay = 3 * time.Minute

	// The beacon is asked again after a part of the time that it has been late, and
	// at these intervals at least and at most.
	soonest, latest = 15 * time.Second, 10 * time.Minute
)

// DrawsWith names the beacon that polls which open from now on wait for. Call it
// before the first poll is opened.
func (p *Polls) DrawsWith(s Source) { p.source = s }

// drawsLots reports whether the method can come to a lot. The sides of a proposal
// and of an opt-in decide by number, and a question decides nothing.
func drawsLots(m tally.Method) bool {
	switch m {
	case tally.Proposal, tally.OptIn, tally.Question:
		return false
	}
	return true
}

// promiseLots makes the secret of a poll's lots and names the beacon, for its opening
// record.
func (p *Polls) promiseLots(tx *store.Tx, poll Poll) (ledger.Lots, error) {
	secret, err := ledger.NewHash(p.random)
	if err != nil {
		return ledger.Lots{}, err
	}
	lots, name := ledger.Commit(secret, ledger.NoBeacon), ""
	if p.source != nil && drawsLots(poll.Method) {
		lots = ledger.CommitTo(secret, p.source.Chain(), int64(lotDelay.Seconds()))
		name = lots.Beacon
	}
	err = tx.Table("polls").Where("id = ?", poll.ID).Updates(map[string]any{
		"lots_secret": secret[:], "beacon": name, "beacon_round": 0, "beacon_at": nil, "beacon_missed": false}).Error
	if err != nil {
		return ledger.Lots{}, fmt.Errorf("promise the lots of poll %d: %w", poll.ID, err)
	}
	return lots, nil
}

// chain is the one of that name. Polls that named quicknet are sealed also where the
// forum no longer asks it.
func (p *Polls) chain(name string) (beacon.Chain, bool) {
	if p.source != nil && p.source.Chain().Name() == name {
		return p.source.Chain(), true
	}
	return beacon.Quicknet(), name == beacon.Quicknet().Name()
}

// waits reports whether the ballots are sealed and the round is still to come.
func (p Poll) waits() bool { return p.unsettled && p.Beacon != nil && p.Beacon.Round > 0 }

// sealBallots fixes the ballots of a poll that is stopped, and the round that decides its
// lots, which does not exist yet.
func (p *Polls) sealBallots(ctx context.Context, stopped Poll) (done bool, err error) {
	chain, known := p.chain(stopped.Beacon.Name)
	if !known {
		return false, fmt.Errorf("poll %d waits for the beacon %s, which is not known", stopped.ID, stopped.Beacon.Name)
	}
	state, box, err := p.evidence(ctx, stopped)
	if err != nil {
		return false, p.unlessOvertaken(ctx, stopped, err)
	}
	sealed, err := state.Seal(store.At(p.now()).UnixMicro(), micros(stopped.ClosedAt), stopped.closedBy(), box, chain)
	if err != nil {
		return false, err
	}
	comes := time.UnixMicro(chain.At(sealed.Round)).UTC()
	return p.bring(ctx, stopped, func(tx *store.Tx, locked *Poll, now time.Time) error {
		if err := p.record(tx, locked, sealed); err != nil {
			return err
		}
		set := map[string]any{"beacon_round": sealed.Round, "beacon_at": store.At(comes), "settle_at": store.At(comes)}
		if err := tx.Table("polls").Where("id = ?", locked.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("seal poll %d: %w", locked.ID, err)
		}
		if err := p.wakeAt(tx, locked.ID, &comes); err != nil {
			return err
		}
		return tell(tx, locked.event(event.PollSealed, locked.closer(), now), locked.headData(nil))
	})
}

// DrawDue asks the beacon for the rounds that have come and that polls wait for,
// and says how many polls got their result. It may be called at any time, by several
// at once. A poll whose round cannot be had is asked for again later, and keeps no
// other from its own; after ledger.LongestWait its lots are drawn without.
func (p *Polls) DrawDue(ctx context.Context) (int, error) {
	var due []int64
	err := p.db.Read(ctx).Table("polls").Select("id").Where("settle_at <= ? AND beacon_round > 0", store.At(p.now())).
		Order("settle_at, id").Find(&due).Error
	if err != nil {
		return 0, store.Translate(fmt.Errorf("find polls that wait for a beacon: %w", err))
	}
	return each(due, "draw the lot of poll", func(id int64) (bool, error) { return p.draw(ctx, id) })
}

func (p *Polls) draw(ctx context.Context, id int64) (done bool, err error) {
	waiting, err := load(p.db.Read(ctx), access.System(), id, p.now())
	if err != nil || !waiting.waits() {
		return false, err
	}
	round, missed := p.round(ctx, *waiting.Beacon)
	now := p.now()
	switch {
	case missed == nil:
		return p.finish(ctx, waiting, now, round)
	case now.Sub(*waiting.Beacon.At).Microseconds() >= ledger.LongestWait:
		done, err := p.finish(ctx, waiting, now, nil)
		return done, errors.Join(missed, err)
	}
	return false, errors.Join(missed, p.postpone(ctx, waiting, now))
}

// round is the one that the poll waits for, signed by the beacon.
func (p *Polls) round(ctx context.Context, of Beacon) (*beacon.Round, error) {
	if p.source == nil || p.source.Chain().Name() != of.Name {
		return nil, fmt.Errorf("no relay of the beacon %s is set", of.Name)
	}
	round, err := p.source.Round(ctx, of.Round)
	switch {
	case err != nil:
		return nil, err
	case round.Number != of.Round || !p.source.Chain().Holds(round):
		return nil, fmt.Errorf("the beacon did not sign what was given as its round %d", of.Round)
	}
	return &round, nil
}

// postpone plans the next time at which the beacon is asked.
func (p *Polls) postpone(ctx context.Context, waiting Poll, now time.Time) error {
	next := now.Add(min(max(now.Sub(*waiting.Beacon.At)/4, soonest), latest))
	_, err := p.bring(ctx, waiting, func(tx *store.Tx, locked *Poll, _ time.Time) error {
		if err := tx.Table("polls").Where("id = ?", locked.ID).Update("settle_at", store.At(next)).Error; err != nil {
			return fmt.Errorf("ask again for the round of poll %d: %w", locked.ID, err)
		}
		return p.wakeAt(tx, locked.ID, &next)
	})
	return err
}
