package poll

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/plain"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// NewBallot is one voter's answer.
type NewBallot struct {
	Choices []int64 // ids of options; their order means nothing
	Reason  string  // Markdown
}

// Receipt is what the voter is told once the ballot is on disk.
type Receipt struct {
	Receipt  string // "K7QX-2MNP-…"; a changed ballot has a new one
	Revision int    // 1 for the first ballot, one more with every change
	At       time.Time
}

// validate judges a ballot by the poll's rules. Nothing is trimmed: a ballot
// that does not fit is refused.
func (in *NewBallot) validate(p Poll) error {
	var f errs.Fields
	place := p.place()
	ballot := tally.Ballot{Weight: 1, Choices: make([]int, len(in.Choices))}
	for i, id := range in.Choices {
		option, known := place[id]
		if !known {
			option = -1 // the rules refuse it as unknown
		}
		ballot.Choices[i] = option
	}
	if wrong, ok := errors.AsType[*errs.Error](p.Rules.Check(len(p.Options), ballot)); ok {
		f = wrong.Fields
	}
	in.Reason = plain.Body(&f, "reason", in.Reason, false, utf8.UTFMax*MaxReason)
	if utf8.RuneCountInString(in.Reason) > MaxReason {
		f.Add("reason", "field.too_long", errs.Args{"Max": MaxReason})
	}
	if in.Reason == "" && len(f) == 0 && p.asksReason(ballot.Choices) {
		f.Add("reason", "poll.reason_needed")
	}
	in.Choices = slices.Sorted(slices.Values(in.Choices))
	return f.Err()
}

// asksReason applies the rule in the package comment.
func (p Poll) asksReason(choices []int) bool {
	if p.Reasons == NoReasons || p.Method != tally.Proposal {
		return p.Reasons == RequiredReasons
	}
	return slices.ContainsFunc(choices, func(option int) bool {
		side := p.Options[option].Side
		return side == tally.Stop || p.Reasons == RequiredReasons && side == tally.Against
	})
}

// Cast puts the actor's ballot in, or changes it. When it returns, the ballot is
// on disk. The same ballot sent again changes nothing and has the same receipt.
// Errors: Invalid with fields choices and reason; by access.Vote; Conflict
// "poll.state_closed" from the closing time on.
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
	reason, err := p.forum.Preview(ctx, in.Reason)
	if err != nil {
		return Receipt{}, err
	}
	code, err := p.receipt()
	if err != nil {
		return Receipt{}, err
	}
	var out Receipt
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		locked, now, err := p.lock(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.Vote, locked.facts); err != nil {
			return err
		}
		if err := p.catchUp(tx, &locked, now); err != nil {
			return err
		}
		if err := in.validate(locked); err != nil {
			return err
		}
		out, err = p.put(tx, locked, who, in, reason, Receipt{code, 1, now})
		return err
	})
	return out, err
}

// ballotRow is a ballot as stored.
type ballotRow struct {
	ID         int64
	PollID     int64
	VoterID    int64
	Choices    string // a JSON list of option ids, ascending
	Reason     string
	ReasonHTML string
	Revision   int
	Receipt    string
	CastAt     store.Time
}

func (ballotRow) TableName() string { return "ballots" }

const ballotColumns = "b.id, b.poll_id, b.voter_id, b.choices, b.reason, b.reason_html, b.revision, b.receipt, b.cast_at"

// ballotOf reads a person's ballot; its ID is 0 where there is none.
func ballotOf(tx *store.Tx, poll, person int64) (ballotRow, error) {
	var row ballotRow
	err := tx.Table("ballots AS b").Select(ballotColumns).Where("b.poll_id = ? AND b.voter_id = ?", poll, person).Limit(1).Find(&row).Error
	if err != nil {
		return row, fmt.Errorf("read a ballot in poll %d: %w", poll, err)
	}
	return row, nil
}

func (p *Polls) put(tx *store.Tx, open Poll, who access.Actor, in NewBallot, reason string, next Receipt) (Receipt, error) {
	choices, err := json.Marshal(in.Choices)
	if err != nil {
		return Receipt{}, err
	}
	old, err := ballotOf(tx, open.ID, who.Person)
	if err != nil {
		return Receipt{}, err
	}
	if old.ID != 0 && old.Choices == string(choices) && old.Reason == in.Reason {
		return Receipt{old.Receipt, old.Revision, old.CastAt.Time}, nil
	}
	next.Revision = old.Revision + 1
	row := ballotRow{ID: old.ID, PollID: open.ID, VoterID: who.Person, Choices: string(choices), Reason: in.Reason,
		ReasonHTML: reason, Revision: next.Revision, Receipt: next.Receipt, CastAt: store.At(next.At)}
	if err := save(tx, &row); err != nil {
		return Receipt{}, fmt.Errorf("put a ballot into poll %d: %w", open.ID, err)
	}
	ballots := open.BallotCount
	if old.ID == 0 {
		ballots++
	}
	// The voter stays unnamed: everybody reads the timeline of a public thread,
	// and who has voted is for the members.
	return next, tell(tx, open.event(event.PollVoted, 0, next.At), map[string]any{"ballot_count": ballots})
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
		err := tx.Table("ballots").Where("id = ?", row.ID).Updates(map[string]any{"choices": row.Choices, "reason": row.Reason,
			"reason_html": row.ReasonHTML, "revision": row.Revision, "receipt": row.Receipt, "cast_at": row.CastAt}).Error
		if err != nil {
			return err
		}
	}
	return tx.Exec("INSERT INTO ballot_revisions (ballot_id, revision, choices, reason, cast_at) VALUES (?, ?, ?, ?, ?)",
		row.ID, row.Revision, row.Choices, row.Reason, row.CastAt).Error
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
