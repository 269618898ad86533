package poll

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// rowsOf reads the box of a secret poll by its codes, which are by chance.
func rowsOf(g *gorm.DB, poll int64) ([]boxRow, error) {
	var rows []boxRow
	if err := g.Table("ballot_box").Select(boxColumns).Where("poll_id = ?", poll).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("open the box of poll %d: %w", poll, err)
	}
	return rows, nil
}

// boxOf is the box as it is hashed and published.
func boxOf(g *gorm.DB, p Poll) (*ledger.Box, error) {
	rows, err := rowsOf(g, p.ID)
	if err != nil {
		return nil, err
	}
	return boxFrom(p, rows), nil
}

func boxFrom(p Poll, rows []boxRow) *ledger.Box {
	var ballots []ledger.BoxBallot
	var replaced []ledger.Superseded
	for _, r := range rows {
		if r.Choices == "" {
			replaced = append(replaced, ledger.Superseded{Code: r.Code, Key: hashFrom(r.ChangeKey), Nonce: hashFrom(r.ServerNonce)})
			continue
		}
		b := ledger.BoxBallot{Code: r.Code, Answer: []byte(r.Choices), Weight: r.Weight, Reason: r.Reason}
		if r.ReasonHash != nil {
			b.ReasonHash = new(hashFrom(r.ReasonHash))
		}
		if r.ReasonSalt != nil {
			b.ReasonSalt = new(hashFrom(r.ReasonSalt))
		}
		ballots = append(ballots, b)
	}
	return ledger.NewBox(ledger.Receipts(p.Receipts), ballots, replaced)
}

// mixedAtOnce is how many rows of a box are written by one statement.
const mixedAtOnce = 500

// mix writes the box of a secret poll anew, all at once and in the order of its
// codes. Databases keep rows in the order in which they came, within a page or in
// all, and PostgreSQL remembers which were written together with a voter's line on
// the roll; of rows that are mixed nothing of this can be told.
func mix(tx *store.Tx, poll int64) error {
	rows, err := rowsOf(tx.DB, poll)
	if err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM ballot_box WHERE poll_id = ?", poll).Error; err != nil {
		return fmt.Errorf("mix the box of poll %d: %w", poll, err)
	}
	if len(rows) > 0 {
		if err := tx.CreateInBatches(rows, mixedAtOnce).Error; err != nil {
			return fmt.Errorf("mix the box of poll %d: %w", poll, err)
		}
	}
	if err := tx.Table("polls").Where("id = ?", poll).Update("box_mixed", len(rows)).Error; err != nil {
		return fmt.Errorf("mix the box of poll %d: %w", poll, err)
	}
	return nil
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
	mixed := 0
	var failed []error
	for _, id := range stirred {
		err := p.db.Write(ctx, func(tx *store.Tx) error {
			if _, _, err := p.lock(tx, access.System(), id); err != nil {
				return err
			}
			return mix(tx, id)
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		mixed++
	}
	if mixed > 0 {
		failed = append(failed, p.db.Vacuum(ctx, "ballot_box"))
	}
	return mixed, errors.Join(failed...)
}
