package poll

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// MaxWhy is how long a moderator may be about why a reason was hidden, in runes.
const MaxWhy = 500

// Given is a reason that a voter gave beside a ballot, known by its hash, which is
// in the log or in the box for good.
type Given struct {
	Hash  ledger.Hash
	HTML  string        // rendered and safe; empty once it is hidden
	Voter *person.Brief // nil in a secret poll, and where it is hidden
	Hid   *Hiding
}

// Hiding is that a moderator has taken a reason away.
type Hiding struct {
	Hash ledger.Hash
	By   person.Brief
	Why  string
	At   time.Time
}

// Reasons lists what voters gave as reasons, in an order that says nothing: those
// of a secret poll once its ballots are published, and none of ballots that have no
// log. Errors: by access.ReadResults.
func (p *Polls) Reasons(ctx context.Context, who access.Actor, id int64) ([]Given, error) {
	found, err := p.mayNow(ctx, who, id, access.ReadResults)
	if err != nil {
		return nil, err
	}
	g := p.db.Read(ctx)
	list := openReasons
	if found.Secret {
		list = boxReasons
	}
	out, err := list(g, found)
	if err != nil {
		return nil, store.Translate(err)
	}
	hidden, err := hidings(g, id)
	for i := range hidden {
		out = append(out, Given{Hash: hidden[i].Hash, Hid: &hidden[i]})
	}
	slices.SortFunc(out, func(a, b Given) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
	return out, store.Translate(err)
}

func openReasons(g *gorm.DB, p Poll) ([]Given, error) {
	var rows []votedRow
	if err := votes(g, p.ID).Where("b.reason_salt IS NOT NULL").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the reasons of poll %d: %w", p.ID, err)
	}
	out := make([]Given, len(rows))
	for i, r := range rows {
		b, err := r.ballot(p.Method.Form())
		if err != nil {
			return nil, err
		}
		out[i] = Given{Hash: r.Row.reasonHash(p, b.Reasons), HTML: b.ReasonHTML, Voter: &b.Voter}
	}
	return out, nil
}

// reasonHash is the hash in the ballot's record.
func (r ballotRow) reasonHash(p Poll, reasons map[int64]string) ledger.Hash {
	return ledger.ReasonHash(ledger.HashFrom(r.ReasonSalt), p.wholeReason(r.Reason, reasons))
}

func boxReasons(g *gorm.DB, p Poll) ([]Given, error) {
	if p.State != access.PollEnded || p.Publish == PublishTotals {
		return nil, nil
	}
	rows, err := p.box().Rows(g)
	if err != nil || !publishable(p, p.box().Of(rows)) {
		return nil, err
	}
	var out []Given
	for _, r := range rows {
		if r.ReasonSalt != nil {
			out = append(out, Given{Hash: ledger.HashFrom(r.ReasonHash), HTML: r.ReasonHTML})
		}
	}
	return out, nil
}

func hidings(g *gorm.DB, id int64) ([]Hiding, error) {
	var rows []struct {
		person.Brief
		Reason   []byte
		Why      string
		HiddenAt store.Time
	}
	err := g.Table("hidden_reasons AS h").Select("a.id, a.handle, a.name, a.affiliation, a.picture, h.reason, h.why, h.hidden_at").
		Joins("JOIN people AS a ON a.id = h.hidden_by").Where("h.poll_id = ?", id).Order("h.reason").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list what is hidden in poll %d: %w", id, err)
	}
	out := make([]Hiding, len(rows))
	for i, r := range rows {
		out[i] = Hiding{Hash: ledger.HashFrom(r.Reason), By: r.Brief, Why: r.Why, At: r.HiddenAt.Time}
	}
	return out, nil
}

// hidden tells in the export what is no longer in it.
func (e *exporter) hidden() error {
	all, err := hidings(e.g, e.poll.ID)
	for _, h := range all {
		e.Hidden = append(e.Hidden, ledger.Hidden{Reason: h.Hash, Why: h.Why, At: store.At(h.At).UnixMicro()})
	}
	return err
}

// HideReason takes away what a voter gave as a reason, for good, and notes who did
// and why. The ballot stays as it was cast and counts; the hash of the text stays in
// the log, or in the box, so that everything can be checked as before. Errors:
// Invalid with field why; by access.ReadResults and access.HideReason; NotFound.
func (p *Polls) HideReason(ctx context.Context, who access.Actor, id int64, reason ledger.Hash, why string) error {
	if _, err := p.mayNow(ctx, who, id, access.ReadResults); err != nil {
		return err
	}
	if _, err := p.mayNow(ctx, who, id, access.HideReason); err != nil {
		return err
	}
	if err := needsPerson(who); err != nil {
		return err
	}
	var f errs.Fields
	why = plain.Line(&f, "why", why, true, MaxWhy)
	if err := f.Err(); err != nil {
		return err
	}
	_, err := p.change(ctx, who, id, access.HideReason, func(tx *store.Tx, locked Poll, now time.Time) error {
		take := locked.hideReason
		if locked.Secret {
			take = locked.box().HideReason
		}
		if err := take(tx, reason); err != nil {
			return err
		}
		err := tx.Exec("INSERT INTO hidden_reasons (poll_id, reason, hidden_by, why, hidden_at) VALUES (?, ?, ?, ?, ?)",
			id, reason[:], who.Person, why, store.At(now)).Error
		if err != nil {
			return fmt.Errorf("note that a reason of poll %d is hidden: %w", id, err)
		}
		return tell(tx, locked.event(event.PollVoted, 0, now), map[string]any{"ballot_count": locked.BallotCount})
	})
	return err
}

// hideReason empties the ballot's reason and those of its earlier revisions.
func (p Poll) hideReason(tx *store.Tx, reason ledger.Hash) error {
	var rows []ballotRow
	err := tx.Table("ballots AS b").Select(ballotColumns).Where("b.poll_id = ? AND b.reason_salt IS NOT NULL", p.ID).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read the reasons of poll %d: %w", p.ID, err)
	}
	for _, r := range rows {
		reasons, err := r.reasons()
		if err != nil {
			return err
		}
		if r.reasonHash(p, reasons) != reason {
			continue
		}
		if err := tx.Exec("UPDATE ballots SET reason = '', reasons = '', reason_html = '', reason_salt = NULL WHERE id = ?", r.ID).Error; err != nil {
			return fmt.Errorf("hide a reason of poll %d: %w", p.ID, err)
		}
		if err := tx.Exec("UPDATE ballot_revisions SET reason = '' WHERE ballot_id = ?", r.ID).Error; err != nil {
			return fmt.Errorf("hide a reason of poll %d: %w", p.ID, err)
		}
		return nil
	}
	return errs.New(errs.NotFound, "error.not_found")
}
