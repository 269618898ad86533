package poll

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/poll/box"
	"plenary/pkg/store"
)

// Receipt is what the voter is told once the ballot is on disk.
type Receipt struct {
	Receipt  string // what the voter keeps; a changed ballot has a new one
	Revision int    // 1 for the first ballot; in open polls one more with every change, in secret ones 2 for any change
	At       time.Time

	// In an open poll the ballot is a record of the log, and the receipt is the
	// beginning of its hash. Both are zero where the poll has no log.
	Record int64
	Hash   ledger.Hash

	Sealed *box.Sealed // in a secret poll

	For int64 // whose ballot it is
}

// Cast puts the actor's ballot in, or changes it. When it returns, the ballot is
// on disk. The same ballot sent again changes nothing and has the same receipt;
// in a secret poll it is known again by its commitment alone.
// Errors: Invalid with fields choices, reason and reasons, and code in a secret
// poll; by access.Vote; Conflict "poll.state_closed" from the closing time on,
// "poll.collecting" before ballots are taken; in secret polls Conflict
// "poll.needs_receipt" for a second ballot without the receipt of the first,
// "poll.receipt_replaced" for a receipt that was used before. For a ballot in
// another's name Invalid with field "for", "proxy.not_yours" where the actor does
// not vote for them, and "proxy.they_voted" where they have voted themselves. The
// receipt of several ballots is that of the first.
func (p *Polls) Cast(ctx context.Context, who access.Actor, id int64, in NewBallot) (Receipt, error) {
	found, err := p.mayNow(ctx, who, id, access.Vote)
	if err != nil {
		return Receipt{}, err
	}
	if err := needsPerson(who); err != nil {
		return Receipt{}, err
	}
	if err := in.validate(found); err != nil {
		return Receipt{}, err
	}
	v := vote{NewBallot: in, text: found.wholeReason(in.Reason, in.Reasons)}
	if v.html, err = p.forum.Preview(ctx, v.text); err != nil {
		return Receipt{}, err
	}
	var out Receipt
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		locked, now, err := p.lockFor(tx, who, access.Vote, id)
		if err != nil {
			return err
		}
		if err := p.catchUp(tx, &locked, time.Time{}, now); err != nil {
			return err
		}
		if err := v.validate(locked); err != nil {
			return err
		}
		if v.text != locked.wholeReason(v.Reason, v.Reasons) || locked.Secret != found.Secret {
			return errs.New(errs.Conflict, "poll.changed_meanwhile")
		}
		v.at = now
		out, err = p.castAll(tx, who, &locked, v)
		return err
	})
	return out, err
}

// castAll puts a ballot in for everybody whom it is for.
func (p *Polls) castAll(tx *store.Tx, who access.Actor, open *Poll, v vote) (first Receipt, err error) {
	all, err := p.inNamesOf(tx, who, *open, v.For)
	if err != nil {
		return Receipt{}, err
	}
	for i, name := range all {
		v.voter, v.by = name.voter, name.by
		write := p.put
		if open.Secret {
			write = p.drop
		}
		one, err := write(tx, open, v)
		if err != nil {
			return Receipt{}, err
		}
		if one.For = name.voter; i == 0 {
			first = one
		}
		if !one.At.Equal(v.at) {
			continue // the same ballot was in already
		}
		if err := p.tellPrincipal(tx, *open, name); err != nil {
			return Receipt{}, err
		}
	}
	return first, nil
}

// vote is a ballot on its way in.
type vote struct {
	NewBallot
	voter int64  // whose vote it is
	by    int64  // who casts it for them; 0 where they do it themselves
	text  string // wholeReason
	html  string // text, rendered and safe
	at    time.Time
}

// ballotRow is a ballot as stored.
type ballotRow struct {
	ID         int64
	PollID     int64
	VoterID    int64
	Choices    string // ledger.Answer as JSON
	Reason     string
	Reasons    string // reasons of options by their ids as JSON, empty for none
	ReasonHTML string // all of them
	ReasonSalt []byte
	Weight     int64
	Revision   int
	Receipt    string
	Record     int64
	CastAt     store.Time
	CastBy     *int64 // the proxy; nil where the voter cast it
}

func (ballotRow) TableName() string { return "ballots" }

const ballotColumns = "b.id, b.poll_id, b.voter_id, b.choices, b.reason, b.reasons, b.reason_html, b.reason_salt, b.weight, b.revision, b.receipt, b.record, b.cast_at, b.cast_by"

func (r ballotRow) reasons() (map[int64]string, error) {
	if r.Reasons == "" {
		return nil, nil
	}
	var out map[int64]string
	if err := json.Unmarshal([]byte(r.Reasons), &out); err != nil {
		return nil, fmt.Errorf("read the reasons of ballot %d: %w", r.ID, err)
	}
	return out, nil
}

// oldBallot is a ballot with the hash of its record, NULL where it has none.
type oldBallot struct {
	Row  ballotRow `gorm:"embedded"` // a field, as in votedRow
	Hash []byte
}

// ballotOf reads a person's ballot; its ID is 0 where there is none.
func ballotOf(tx *store.Tx, poll, person int64) (oldBallot, error) {
	var old oldBallot
	err := tx.Table("ballots AS b").Select(ballotColumns+", l.hash").Joins("LEFT JOIN poll_log AS l ON l.poll_id = b.poll_id AND l.number = b.record").
		Where("b.poll_id = ? AND b.voter_id = ?", poll, person).Limit(1).Find(&old).Error
	if err != nil {
		return old, fmt.Errorf("read a ballot in poll %d: %w", poll, err)
	}
	return old, nil
}

// says reports whether the ballot is the one that comes in now.
func (o oldBallot) says(row ballotRow) bool {
	return o.Row.ID != 0 && o.Row.Choices == row.Choices && o.Row.Reason == row.Reason && o.Row.Reasons == row.Reasons && sameProxy(o.Row.CastBy, row.CastBy)
}

func sameProxy(a, b *int64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func (o oldBallot) receipt() Receipt {
	return Receipt{Receipt: o.Row.Receipt, Revision: o.Row.Revision, At: o.Row.CastAt.Time, Record: o.Row.Record, Hash: ledger.HashFrom(o.Hash)}
}

// put writes a ballot of an open poll, with its record.
func (p *Polls) put(tx *store.Tx, open *Poll, v vote) (Receipt, error) {
	old, err := ballotOf(tx, open.ID, v.voter)
	if err != nil {
		return Receipt{}, err
	}
	row, err := v.row(open.ID)
	if err != nil {
		return Receipt{}, err
	}
	if old.says(row) {
		return old.receipt(), nil
	}
	found, err := seats(tx, open.ID, []int64{v.voter, v.by})
	if err != nil {
		return Receipt{}, err
	}
	row.ID, row.Revision, row.Weight = old.Row.ID, old.Row.Revision+1, found[v.voter].Weight
	if err := p.recordCast(tx, open, found, &row, v); err != nil {
		return Receipt{}, err
	}
	if err := save(tx, &row); err != nil {
		return Receipt{}, fmt.Errorf("put a ballot into poll %d: %w", open.ID, err)
	}
	if row.Revision == 1 {
		open.BallotCount++
	}
	out := Receipt{Receipt: row.Receipt, Revision: row.Revision, At: v.at, Record: row.Record}
	if row.Record > 0 {
		out.Hash = open.Head.Hash
	}
	// The voter stays unnamed: everybody reads the timeline of a public thread,
	// and who has voted is for the members.
	return out, tell(tx, open.event(event.PollVoted, 0, v.at), map[string]any{"ballot_count": open.BallotCount})
}

func (v vote) row(poll int64) (ballotRow, error) {
	row := ballotRow{PollID: poll, VoterID: v.voter, Choices: v.Answer.String(), Reason: v.Reason, ReasonHTML: v.html, CastAt: store.At(v.at)}
	if v.by != 0 {
		row.CastBy = &v.by
	}
	if len(v.Reasons) > 0 {
		reasons, err := json.Marshal(v.Reasons)
		if err != nil {
			return row, fmt.Errorf("write the reasons of a ballot: %w", err)
		}
		row.Reasons = string(reasons)
	}
	return row, nil
}

// recordCast appends the ballot to the log and fills in what the row takes from
// there. Without a log the receipt is made by chance.
func (p *Polls) recordCast(tx *store.Tx, open *Poll, known map[int64]seat, row *ballotRow, v vote) error {
	if !open.Logged() {
		var err error
		row.Receipt, err = p.receipt()
		return err
	}
	voter, proxy, err := v.names(known)
	if err != nil {
		return fmt.Errorf("read a voter of poll %d: %w", open.ID, err)
	}
	c := &ledger.Cast{Stamp: stamp(v.at), Voter: voter.Voter, Weight: voter.Weight, Answer: v.Answer.JSON(), Revision: row.Revision, By: proxy}
	if v.text != "" {
		salt, err := ledger.NewHash(p.random)
		if err != nil {
			return err
		}
		hash := ledger.ReasonHash(salt, v.text)
		row.ReasonSalt, c.Reason = salt[:], &hash
	}
	if err := p.record(tx, open, c); err != nil {
		return err
	}
	row.Record, row.Receipt = open.Head.Number, open.Head.Hash.Short()
	return nil
}

// save writes the ballot and its revision, and counts a first one.
func save(tx *store.Tx, row *ballotRow) error {
	if row.ID == 0 {
		if err := tx.Create(row).Error; err != nil {
			return err
		}
		if err := tx.Exec("UPDATE polls SET ballot_count = ballot_count + 1 WHERE id = ?", row.PollID).Error; err != nil {
			return err
		}
		if err := tx.Exec("UPDATE poll_voters SET voted_at = ? WHERE poll_id = ? AND person_id = ?", row.CastAt, row.PollID, row.VoterID).Error; err != nil {
			return err
		}
	} else {
		err := tx.Table("ballots").Where("id = ?", row.ID).Updates(map[string]any{"choices": row.Choices, "reason": row.Reason, "reasons": row.Reasons,
			"reason_html": row.ReasonHTML, "reason_salt": row.ReasonSalt, "weight": row.Weight, "revision": row.Revision, "receipt": row.Receipt,
			"record": row.Record, "cast_at": row.CastAt, "cast_by": row.CastBy}).Error
		if err != nil {
			return err
		}
	}
	return tx.Exec("INSERT INTO ballot_revisions (ballot_id, revision, choices, reason, cast_at, cast_by) VALUES (?, ?, ?, ?, ?, ?)",
		row.ID, row.Revision, row.Choices, row.Reason, row.CastAt, row.CastBy).Error
}

// receipt makes a code of 80 random bits that can be read out and typed in.
func (p *Polls) receipt() (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(p.random, b[:]); err != nil {
		return "", fmt.Errorf("make a receipt: %w", err)
	}
	code := base32.StdEncoding.EncodeToString(b[:])
	return strings.Join([]string{code[:4], code[4:8], code[8:12], code[12:]}, "-"), nil
}
