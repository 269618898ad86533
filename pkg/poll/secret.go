package poll

import (
	"fmt"

	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// Sealed is the receipt of a ballot in a secret poll. It is shown to the voter
// this once: nothing that is kept leads from the voter to it.
type Sealed struct {
	Code      string
	Nonce     ledger.Hash // the server's half of the code
	Promise   string      // what the site has signed: ledger.Receipt in canonical JSON
	Signature ledger.Signature
	Key       *ledger.Hash // the change key, where the server made it
}

// boxRow is a ballot in the box. It says neither who, nor when, nor in which
// order.
type boxRow struct {
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

func (boxRow) TableName() string { return "ballot_box" }

const boxColumns = "code, poll_id, commitment, server_nonce, choices, weight, reason, reason_html, reason_salt, reason_hash, change_key"

// says reports whether the voter wrote that, also where it is hidden now.
func (r boxRow) says(text string) bool {
	return r.Reason == text || r.Reason == "" && r.ReasonHash != nil && text != ""
}

// drop puts a ballot into the box of a secret poll, and the voter on its roll.
// The two are written together, and nothing joins them.
func (p *Polls) drop(tx *store.Tx, open *Poll, v vote) (Receipt, error) {
	found, err := seats(tx, open.ID, []int64{v.voter, v.by})
	if err != nil {
		return Receipt{}, err
	}
	by := found[v.voter]
	again, err := p.sentBefore(tx, open, by, v)
	if err != nil || again != nil {
		return Receipt{Receipt: code(again), Revision: 1, At: v.at, Sealed: again}, err
	}
	switch voted := by.VotedAt != nil; {
	case voted && v.Change != nil:
		return p.exchange(tx, open, v)
	case voted:
		return Receipt{}, errs.New(errs.Conflict, "poll.needs_receipt")
	case v.Change != nil:
		return Receipt{}, errs.New(errs.Conflict, "poll.not_voted_yet")
	}
	sealed, err := p.seal(tx, open, by.Weight, v)
	if err != nil {
		return Receipt{}, err
	}
	if err := p.roll(tx, open, found, v); err != nil {
		return Receipt{}, err
	}
	return Receipt{Receipt: sealed.Code, Revision: 1, At: v.at, Sealed: sealed}, nil
}

func code(s *Sealed) string {
	if s == nil {
		return ""
	}
	return s.Code
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
	voter, err := by.entitled()
	if err != nil {
		return fmt.Errorf("read a voter of poll %d: %w", open.ID, err)
	}
	proxy, err := v.proxy(known)
	if err != nil {
		return err
	}
	if err := p.record(tx, open, &ledger.Voted{Stamp: stamp(now), Voter: voter.Voter, Weight: voter.Weight, By: proxy}); err != nil {
		return err
	}
	return tell(tx, open.event(event.PollVoted, 0, now), map[string]any{"ballot_count": open.BallotCount})
}

// sentBefore finds the ballot that the same browser has sent before, where the
// answer got lost on its way. Only who knows the commitment can ask for it.
func (p *Polls) sentBefore(tx *store.Tx, open *Poll, by seat, v vote) (*Sealed, error) {
	if v.Commitment == nil {
		return nil, nil
	}
	var rows []boxRow
	err := tx.Table("ballot_box").Select(boxColumns).Where("poll_id = ? AND commitment = ?", open.ID, v.Commitment[:]).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look into the box of poll %d: %w", open.ID, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	if row := rows[0]; by.VotedAt != nil && row.Choices == v.Answer.String() && row.says(v.text) {
		return p.promise(tx, open, row, nil)
	}
	return nil, errs.New(errs.Conflict, "poll.commitment_used")
}

// exchange replaces a ballot by its receipt. Who did so is not recorded, and the
// new ballot is not tied to the old.
func (p *Polls) exchange(tx *store.Tx, open *Poll, v vote) (Receipt, error) {
	given, ok := ledger.ParseCode(v.Change.Code)
	var rows []boxRow
	if ok {
		if err := tx.Table("ballot_box").Select(boxColumns).Where("code = ? AND poll_id = ?", given, open.ID).Find(&rows).Error; err != nil {
			return Receipt{}, fmt.Errorf("look into the box of poll %d: %w", open.ID, err)
		}
	}
	if len(rows) == 0 || ledger.Commitment(v.Change.Key) != hashFrom(rows[0].Commitment) {
		var f errs.Fields
		f.Add("code", "poll.receipt_unknown")
		return Receipt{}, f.Err()
	}
	if rows[0].Choices == "" {
		return Receipt{}, errs.New(errs.Conflict, "poll.receipt_replaced")
	}
	emptied := map[string]any{"choices": "", "weight": 1, "reason": "", "reason_html": "", "reason_salt": nil, "reason_hash": nil, "change_key": v.Change.Key[:]}
	if err := tx.Table("ballot_box").Where("code = ?", given).Updates(emptied).Error; err != nil {
		return Receipt{}, fmt.Errorf("replace a ballot of poll %d: %w", open.ID, err)
	}
	sealed, err := p.seal(tx, open, rows[0].Weight, v)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Receipt: sealed.Code, Revision: 2, At: v.at, Sealed: sealed}, nil
}

// seal puts a ballot into the box and signs its receipt.
func (p *Polls) seal(tx *store.Tx, open *Poll, weight int64, v vote) (*Sealed, error) {
	var made *ledger.Hash
	commitment := v.Commitment
	if commitment == nil {
		key, err := ledger.NewHash(p.random)
		if err != nil {
			return nil, err
		}
		made, commitment = &key, new(ledger.Commitment(key))
	}
	nonce, err := ledger.NewHash(p.random)
	if err != nil {
		return nil, err
	}
	row := boxRow{Code: ledger.Code(open.ID, *commitment, nonce), PollID: open.ID, Commitment: commitment[:], ServerNonce: nonce[:],
		Choices: v.Answer.String(), Weight: weight, Reason: v.text, ReasonHTML: v.html}
	if v.text != "" {
		salt, err := ledger.NewHash(p.random)
		if err != nil {
			return nil, err
		}
		hash := ledger.ReasonHash(salt, v.text)
		row.ReasonSalt, row.ReasonHash = salt[:], hash[:]
	}
	if err := tx.Create(&row).Error; err != nil {
		return nil, fmt.Errorf("put a ballot into the box of poll %d: %w", open.ID, err)
	}
	return p.promise(tx, open, row, made)
}

// promise signs the receipt of a ballot that is in the box. Where receipts only
// tell that a ballot was counted, it does not say what is on it.
func (p *Polls) promise(tx *store.Tx, open *Poll, row boxRow, made *ledger.Hash) (*Sealed, error) {
	key, err := p.signer(tx)
	if err != nil {
		return nil, err
	}
	receipt := ledger.Receipt{Poll: open.ID, Code: row.Code}
	if open.Receipts == FindBallot {
		receipt.Answer, receipt.Weight = []byte(row.Choices), row.Weight
	}
	signature, err := receipt.Sign(key)
	if err != nil {
		return nil, fmt.Errorf("sign a receipt of poll %d: %w", open.ID, err)
	}
	promise, err := ledger.Canonical(receipt)
	if err != nil {
		return nil, fmt.Errorf("write a receipt of poll %d: %w", open.ID, err)
	}
	return &Sealed{Code: row.Code, Nonce: hashFrom(row.ServerNonce), Promise: string(promise), Signature: signature, Key: made}, nil
}
