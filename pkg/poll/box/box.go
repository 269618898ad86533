package box

import (
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// Row is a ballot in the box.
type Row struct {
	Code        string
	PollID      int64
	Commitment  []byte
	ServerNonce []byte
	Choices     string // ledger.Answer as JSON; empty once it was replaced
	Weight      int64
	Reason      string // all that the voter wrote; empty once a moderator has hidden it
	ReasonHTML  string
	ReasonSalt  []byte
	ReasonHash  []byte // ledger.ReasonHash; NULL where nothing was written, and on ballots of before there were such hashes
	ChangeKey   []byte // of a ballot that was replaced
}

// TableName is where gorm keeps it.
func (Row) TableName() string { return "ballot_box" }

const columns = "code, poll_id, commitment, server_nonce, choices, weight, reason, reason_html, reason_salt, reason_hash, change_key"

// Replaced reports whether its voter has exchanged the ballot for another.
func (r Row) Replaced() bool { return r.Choices == "" }

// says reports whether the voter wrote that, also where it is hidden now.
func (r Row) says(text string) bool {
	return r.Reason == text || r.Reason == "" && r.ReasonHash != nil && text != ""
}

// Rows reads the box by its codes, which are by chance.
func (b Box) Rows(g *gorm.DB) ([]Row, error) {
	var rows []Row
	if err := g.Table("ballot_box").Select(columns).Where("poll_id = ?", b.Poll).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("open the box of poll %d: %w", b.Poll, err)
	}
	return rows, nil
}

// Find looks for the ballot of a code, as typed; nil where there is none.
func (b Box) Find(g *gorm.DB, code string) (*Row, error) {
	given, ok := ledger.ParseCode(code)
	if !ok {
		return nil, nil
	}
	var rows []Row
	if err := g.Table("ballot_box").Select(columns).Where("code = ? AND poll_id = ?", given, b.Poll).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("look into the box of poll %d: %w", b.Poll, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}

// Open is the box as it is hashed and published.
func (b Box) Open(g *gorm.DB) (*ledger.Box, error) {
	rows, err := b.Rows(g)
	if err != nil {
		return nil, err
	}
	return b.Of(rows), nil
}

// Of is the box as it is hashed and published, of the rows in it.
func (b Box) Of(rows []Row) *ledger.Box {
	var ballots []ledger.BoxBallot
	var replaced []ledger.Superseded
	for _, r := range rows {
		if r.Replaced() {
			replaced = append(replaced, ledger.Superseded{Code: r.Code, Key: ledger.HashFrom(r.ChangeKey), Nonce: ledger.HashFrom(r.ServerNonce)})
			continue
		}
		one := ledger.BoxBallot{Code: r.Code, Answer: []byte(r.Choices), Weight: r.Weight, Reason: r.Reason}
		if r.ReasonHash != nil {
			one.ReasonHash = new(ledger.HashFrom(r.ReasonHash))
		}
		if r.ReasonSalt != nil {
			one.ReasonSalt = new(ledger.HashFrom(r.ReasonSalt))
		}
		ballots = append(ballots, one)
	}
	return ledger.NewBox(b.Receipts, ballots, replaced)
}

// HideReason takes what a voter wrote out of the box, for good. Its hash stays.
// Errors: NotFound.
func (b Box) HideReason(tx *store.Tx, reason ledger.Hash) error {
	gone := tx.Exec("UPDATE ballot_box SET reason = '', reason_html = '', reason_salt = NULL WHERE poll_id = ? AND reason_hash = ? AND reason_salt IS NOT NULL", b.Poll, reason[:])
	if gone.Error != nil {
		return fmt.Errorf("hide a reason of poll %d: %w", b.Poll, gone.Error)
	}
	if gone.RowsAffected == 0 {
		return errs.New(errs.NotFound, "error.not_found")
	}
	return nil
}

// mixedAtOnce is how many rows of a box are written by one statement.
const mixedAtOnce = 500

// Mix writes the box anew, all at once and in the order of its codes. Databases keep
// rows in the order in which they came, within a page or in all, and PostgreSQL
// remembers which were written together with a voter's line on the roll; of rows that
// are mixed nothing of this can be told.
func (b Box) Mix(tx *store.Tx) error {
	rows, err := b.Rows(tx.DB)
	if err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM ballot_box WHERE poll_id = ?", b.Poll).Error; err != nil {
		return fmt.Errorf("mix the box of poll %d: %w", b.Poll, err)
	}
	if len(rows) > 0 {
		if err := tx.CreateInBatches(rows, mixedAtOnce).Error; err != nil {
			return fmt.Errorf("mix the box of poll %d: %w", b.Poll, err)
		}
	}
	if err := tx.Table("polls").Where("id = ?", b.Poll).Update("box_mixed", len(rows)).Error; err != nil {
		return fmt.Errorf("mix the box of poll %d: %w", b.Poll, err)
	}
	return nil
}
