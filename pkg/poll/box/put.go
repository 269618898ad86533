package box

import (
	"fmt"

	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// Ballot is a ballot on its way into a box.
type Ballot struct {
	Answer     ledger.Answer
	Weight     int64        // votes that it carries
	Text       string       // all that the voter wrote
	HTML       string       // Text, rendered and safe
	Commitment *ledger.Hash // of the change key that the voter's browser made; nil where one is to be made here
}

// Sealed is the receipt of a ballot in a secret poll. It is shown to the voter
// this once: nothing that is kept leads from the voter to it.
type Sealed struct {
	Code      string
	Nonce     ledger.Hash // the server's half of the code
	Promise   string      // what the site has signed: ledger.Receipt in canonical JSON
	Signature ledger.Signature
	Key       *ledger.Hash // the change key, where the server made it
}

// Again finds the ballot that the same browser has sent before, where the answer got
// lost on its way, and signs its receipt anew; nil where there is none. Only who knows
// the commitment can ask for it. Voted says that the voter's ballot is in. Errors:
// Conflict "poll.commitment_used" where another ballot has it.
func (c *Clerk) Again(tx *store.Tx, b Box, in Ballot, voted bool) (*Sealed, error) {
	if in.Commitment == nil {
		return nil, nil
	}
	var rows []Row
	err := tx.Table("ballot_box").Select(columns).Where("poll_id = ? AND commitment = ?", b.Poll, in.Commitment[:]).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look into the box of poll %d: %w", b.Poll, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	if row := rows[0]; voted && row.Choices == in.Answer.String() && row.says(in.Text) {
		return c.promise(tx, b, row, nil)
	}
	return nil, errs.New(errs.Conflict, "poll.commitment_used")
}

// Exchange replaces the ballot of a code, as typed, by another that carries as much,
// whatever its Weight. The key proves whose the receipt is. Who did so is not recorded,
// and the new ballot is not tied to the old. Errors: Invalid with field code; Conflict
// "poll.receipt_replaced".
func (c *Clerk) Exchange(tx *store.Tx, b Box, code string, key ledger.Hash, in Ballot) (*Sealed, error) {
	old, err := b.Find(tx.DB, code)
	if err != nil {
		return nil, err
	}
	if old == nil || ledger.Commitment(key) != ledger.HashFrom(old.Commitment) {
		var f errs.Fields
		f.Add("code", "poll.receipt_unknown")
		return nil, f.Err()
	}
	if old.Replaced() {
		return nil, errs.New(errs.Conflict, "poll.receipt_replaced")
	}
	emptied := map[string]any{"choices": "", "weight": 1, "reason": "", "reason_html": "", "reason_salt": nil, "reason_hash": nil, "change_key": key[:]}
	if err := tx.Table("ballot_box").Where("code = ?", old.Code).Updates(emptied).Error; err != nil {
		return nil, fmt.Errorf("replace a ballot of poll %d: %w", b.Poll, err)
	}
	in.Weight = old.Weight
	return c.Put(tx, b, in)
}

// Put puts a ballot into the box and signs its receipt.
func (c *Clerk) Put(tx *store.Tx, b Box, in Ballot) (*Sealed, error) {
	var made *ledger.Hash
	commitment := in.Commitment
	if commitment == nil {
		key, err := ledger.NewHash(c.random)
		if err != nil {
			return nil, err
		}
		made, commitment = &key, new(ledger.Commitment(key))
	}
	nonce, err := ledger.NewHash(c.random)
	if err != nil {
		return nil, err
	}
	row := Row{Code: ledger.Code(b.Poll, *commitment, nonce), PollID: b.Poll, Commitment: commitment[:], ServerNonce: nonce[:],
		Choices: in.Answer.String(), Weight: in.Weight, Reason: in.Text, ReasonHTML: in.HTML}
	if in.Text != "" {
		salt, err := ledger.NewHash(c.random)
		if err != nil {
			return nil, err
		}
		hash := ledger.ReasonHash(salt, in.Text)
		row.ReasonSalt, row.ReasonHash = salt[:], hash[:]
	}
	if err := tx.Create(&row).Error; err != nil {
		return nil, fmt.Errorf("put a ballot into the box of poll %d: %w", b.Poll, err)
	}
	return c.promise(tx, b, row, made)
}

// promise signs the receipt of a ballot that is in the box. Where receipts only
// tell that a ballot was counted, it does not say what is on it.
func (c *Clerk) promise(tx *store.Tx, b Box, row Row, made *ledger.Hash) (*Sealed, error) {
	key, err := c.keys.Signer(tx)
	if err != nil {
		return nil, err
	}
	receipt := ledger.Receipt{Poll: b.Poll, Code: row.Code}
	if b.Receipts == ledger.ReceiptsFind {
		receipt.Answer, receipt.Weight = []byte(row.Choices), row.Weight
	}
	signature, err := receipt.Sign(key)
	if err != nil {
		return nil, fmt.Errorf("sign a receipt of poll %d: %w", b.Poll, err)
	}
	promise, err := ledger.Canonical(receipt)
	if err != nil {
		return nil, fmt.Errorf("write a receipt of poll %d: %w", b.Poll, err)
	}
	return &Sealed{Code: row.Code, Nonce: ledger.HashFrom(row.ServerNonce), Promise: string(promise), Signature: signature, Key: made}, nil
}
