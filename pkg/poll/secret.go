package poll

import (
	"context"
	"errors"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/poll/box"
	"plenary/pkg/store"
)

// box is the poll's ballot box, where it is secret.
func (p Poll) box() box.Box { return box.Box{Poll: p.ID, Receipts: ledger.Receipts(p.Receipts)} }

// drop puts a ballot into the box of a secret poll, and the voter on its roll.
// The two are written together, and nothing joins them.
func (p *Polls) drop(tx *store.Tx, open *Poll, v vote) (Receipt, error) {
	found, err := seats(tx, open.ID, []int64{v.voter, v.by})
	if err != nil {
		return Receipt{}, err
	}
	by := found[v.voter]
	voted := by.VotedAt != nil
	in := box.Ballot{Answer: v.Answer, Weight: by.Weight, Text: v.text, HTML: v.html, Commitment: v.Commitment}
	again, err := p.clerk.Again(tx, open.box(), in, voted)
	if err != nil || again != nil {
		return v.sealed(again, 1), err
	}
	switch {
	case voted && v.Change != nil:
		sealed, err := p.clerk.Exchange(tx, open.box(), v.Change.Code, v.Change.Key, in)
		return v.sealed(sealed, 2), err
	case voted:
		return Receipt{}, errs.New(errs.Conflict, "poll.needs_receipt")
	case v.Change != nil:
		return Receipt{}, errs.New(errs.Conflict, "poll.not_voted_yet")
	}
	sealed, err := p.clerk.Put(tx, open.box(), in)
	if err != nil {
		return Receipt{}, err
	}
	if err := p.roll(tx, open, found, v); err != nil {
		return Receipt{}, err
	}
	return v.sealed(sealed, 1), nil
}

// sealed is the receipt of a ballot that went into the box; zero where none did.
func (v vote) sealed(s *box.Sealed, revision int) Receipt {
	if s == nil {
		return Receipt{}
	}
	return Receipt{Receipt: s.Code, Revision: revision, At: v.at, Sealed: s}
}

// roll notes that somebody has voted.
func (p *Polls) roll(tx *store.Tx, open *Poll, known map[int64]seat, v vote) error {
	by, now := known[v.voter], v.at
	if err := tx.Exec("UPDATE poll_voters SET voted_at = ? WHERE poll_id = ? AND person_id = ?", store.At(now), open.ID, by.PersonID).Error; err != nil {
		return fmt.Errorf("note a voter of poll %d: %w", open.ID, err)
	}
	if err := tx.Exec("UPDATE polls SET ballot_count = ballot_count + 1 WHERE id = ?", open.ID).Error; err != nil {
		return fmt.Errorf("count a ballot of poll %d: %w", open.ID, err)
	}
	open.BallotCount++
	voter, proxy, err := v.names(known)
	if err != nil {
		return fmt.Errorf("read a voter of poll %d: %w", open.ID, err)
	}
	if err := p.record(tx, open, &ledger.Voted{Stamp: stamp(now), Voter: voter.Voter, Weight: voter.Weight, By: proxy}); err != nil {
		return err
	}
	return tell(tx, open.event(event.PollVoted, 0, now), map[string]any{"ballot_count": open.BallotCount})
}

// MixBoxes mixes the boxes of open secret polls into which ballots have come since
// they were mixed last, and says how many there were. It may be called at any time,
// by several at once; the more often, the shorter the time in which a copy of the
// database tells the order of the latest ballots.
func (p *Polls) MixBoxes(ctx context.Context) (int, error) {
	var stirred []int64
	err := p.db.Read(ctx).Raw(`SELECT p.id FROM polls AS p WHERE p.state = 'open' AND p.secret
		AND p.box_mixed <> (SELECT COUNT(*) FROM ballot_box AS b WHERE b.poll_id = p.id) ORDER BY p.id`).Scan(&stirred).Error
	if err != nil {
		return 0, store.Translate(fmt.Errorf("find boxes to mix: %w", err))
	}
	mixed, err := p.eachInWrite(ctx, stirred, "mix poll", func(tx *store.Tx, id int64) (bool, error) {
		open, _, err := p.lock(tx, access.System(), id)
		if err != nil {
			return false, err
		}
		return true, open.box().Mix(tx)
	})
	if mixed > 0 {
		err = errors.Join(err, p.db.Vacuum(ctx, "ballot_box"))
	}
	return mixed, err
}
