package poll

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// Outcome is what was decided after a poll.
type Outcome struct {
	ID            int64
	PollID        int64
	Author        person.Brief // who published it first
	Statement     string       // Markdown
	StatementHTML string       // rendered and safe
	ReviewOn      string       // the day to look at it again, as 2006-01-02; empty for none
	Version       int          // 1, and one more with every change
	CreatedAt     time.Time
	EditedAt      *time.Time
}

// NewOutcome is what somebody who concludes a poll has written.
type NewOutcome struct {
	Statement string
	ReviewOn  string // 2006-01-02, or empty
}

func (in *NewOutcome) validate() error {
	var f errs.Fields
	in.Statement = plain.Body(&f, "statement", in.Statement, true, markup.MaxBytes)
	in.ReviewOn = plain.Date(&f, "review_on", in.ReviewOn, false)
	return f.Err()
}

// Conclude publishes the outcome of a closed poll, or changes the one that is
// published. Errors: Invalid with fields statement and review_on; by
// access.Conclude.
func (p *Polls) Conclude(ctx context.Context, who access.Actor, id int64, in NewOutcome) (Outcome, error) {
	if _, err := p.mayNow(ctx, who, id, access.Conclude); err != nil {
		return Outcome{}, err
	}
	if err := needsPerson(who); err != nil {
		return Outcome{}, err
	}
	if err := in.validate(); err != nil {
		return Outcome{}, err
	}
	html, err := p.forum.Preview(ctx, in.Statement)
	if err != nil {
		return Outcome{}, err
	}
	concluded, err := p.change(ctx, who, id, access.Conclude, func(tx *store.Tx, ended Poll, now time.Time) error {
		if ended.Outcome != nil {
			return p.editOutcome(tx, who, ended, in, html, now)
		}
		return p.publish(tx, who, ended, in, html, now)
	})
	if err != nil {
		return Outcome{}, err
	}
	return *concluded.Outcome, nil
}

type newOutcome struct {
	ID            int64
	PollID        int64
	AuthorID      int64
	Statement     string
	StatementHTML string
	MarkupVersion int
	ReviewOn      *string
	Version       int
	CreatedAt     store.Time
}

func (newOutcome) TableName() string { return "outcomes" }

func (p *Polls) publish(tx *store.Tx, who access.Actor, ended Poll, in NewOutcome, html string, now time.Time) error {
	row := newOutcome{PollID: ended.ID, AuthorID: who.Person, Statement: in.Statement, StatementHTML: html,
		MarkupVersion: markup.RendererVersion, ReviewOn: in.reviewOn(), Version: 1, CreatedAt: store.At(now)}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("publish the outcome of poll %d: %w", ended.ID, err)
	}
	if err := p.announce(tx, ended, tellOutcome, who.Person, 0); err != nil {
		return err
	}
	return tell(tx, ended.event(event.OutcomePublished, who.Person, now), nil)
}

func (p *Polls) editOutcome(tx *store.Tx, who access.Actor, ended Poll, in NewOutcome, html string, now time.Time) error {
	if ended.Outcome.Statement == in.Statement && ended.Outcome.ReviewOn == in.ReviewOn {
		return nil
	}
	err := tx.Table("outcomes").Where("poll_id = ?", ended.ID).Updates(map[string]any{
		"statement": in.Statement, "statement_html": html, "markup_version": markup.RendererVersion, "review_on": in.reviewOn(),
		"version": ended.Outcome.Version + 1, "edited_at": store.At(now)}).Error
	if err != nil {
		return fmt.Errorf("change the outcome of poll %d: %w", ended.ID, err)
	}
	return tell(tx, ended.event(event.OutcomeEdited, who.Person, now), nil)
}

func (in NewOutcome) reviewOn() *string {
	if in.ReviewOn == "" {
		return nil
	}
	return &in.ReviewOn
}

func outcomesOf(g *gorm.DB, polls []int64) (map[int64]*Outcome, error) {
	out := map[int64]*Outcome{}
	if len(polls) == 0 {
		return out, nil
	}
	var rows []struct {
		Row         newOutcome `gorm:"embedded"` // a field, as in votedRow
		EditedAt    *store.Time
		Handle      string
		Name        string
		Affiliation string
		Picture     string
	}
	err := g.Table("outcomes AS o").Select(`o.id, o.poll_id, o.author_id, o.statement, o.statement_html, o.review_on, o.version,
		o.created_at, o.edited_at, a.handle, a.name, a.affiliation, a.picture`).
		Joins("JOIN people AS a ON a.id = o.author_id").Where("o.poll_id IN ?", polls).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read outcomes: %w", err)
	}
	for _, found := range rows {
		r := found.Row
		o := &Outcome{ID: r.ID, PollID: r.PollID, Statement: r.Statement, StatementHTML: r.StatementHTML, Version: r.Version,
			Author:    person.Brief{ID: r.AuthorID, Handle: found.Handle, Name: found.Name, Affiliation: found.Affiliation, Picture: found.Picture},
			CreatedAt: r.CreatedAt.Time, EditedAt: instant(found.EditedAt)}
		if r.ReviewOn != nil {
			o.ReviewOn = *r.ReviewOn
		}
		out[r.PollID] = o
	}
	return out, nil
}
