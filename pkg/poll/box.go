package poll

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// boxOf reads the box of a secret poll.
func boxOf(g *gorm.DB, p Poll) (*ledger.Box, error) {
	var rows []boxRow
	if err := g.Table("ballot_box").Select(boxColumns).Where("poll_id = ?", p.ID).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("open the box of poll %d: %w", p.ID, err)
	}
	var ballots []ledger.BoxBallot
	var replaced []ledger.Superseded
	for _, r := range rows {
		if r.Choices == "" {
			replaced = append(replaced, ledger.Superseded{Code: r.Code, Key: hashFrom(r.ChangeKey), Nonce: hashFrom(r.ServerNonce)})
			continue
		}
		ballots = append(ballots, ledger.BoxBallot{Code: r.Code, Answer: []byte(r.Choices), Weight: r.Weight, Reason: r.Reason})
	}
	return ledger.NewBox(ledger.Receipts(p.Receipts), ballots, replaced), nil
}

// shuffle shuts the box at the close. PostgreSQL keeps rows in the order in which
// they came and remembers which were written together with a voter's line on the
// roll; written anew, all at once and by their codes, they tell neither.
func (p *Polls) shuffle(tx *store.Tx, open Poll) error {
	if p.db.Postgres() {
		for _, step := range []string{
			"CREATE TEMPORARY TABLE shuffled ON COMMIT DROP AS SELECT " + boxColumns + " FROM ballot_box WHERE poll_id = " + strconv.FormatInt(open.ID, 10),
			"DELETE FROM ballot_box WHERE code IN (SELECT code FROM shuffled)",
			"INSERT INTO ballot_box (" + boxColumns + ") SELECT " + boxColumns + " FROM shuffled ORDER BY code",
		} {
			if err := tx.Exec(step).Error; err != nil {
				return fmt.Errorf("shuffle the box of poll %d: %w", open.ID, err)
			}
		}
	}
	return nil
}
