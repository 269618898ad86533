package poll

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// maxNames bounds how many people Voted names on each side.
const maxNames = 1000

// Ballot is one voter's current answer.
type Ballot struct {
	PollID     int64
	Voter      person.Brief
	Answer     ledger.Answer    // nothing in a secret poll, where only CastAt is known
	Reason     string           // Markdown
	Reasons    map[int64]string // Markdown, of options by their ids
	ReasonHTML string           // all of them, rendered and safe
	Weight     int64            // votes that it carries
	Revision   int
	Receipt    string      // for the voter alone; otherwise empty
	Record     int64       // its number in the log; 0 where it is in none
	Hash       ledger.Hash // of that record, for the voter alone
	CastAt     time.Time
	By         *person.Brief // the proxy who cast it; nil where the voter did
}

// votedRow is a ballot with its voter. gorm passes over an embedded type that
// is not exported, so the row is a field.
type votedRow struct {
	Row         ballotRow `gorm:"embedded"`
	Hash        []byte
	Handle      string
	Name        string
	Affiliation string
	Picture     string
	ProxyHandle string
	ProxyName   string
}

// votes is the query that every reading of ballots begins with.
func votes(g *gorm.DB, poll int64) *gorm.DB {
	return g.Table("ballots AS b").Select(ballotColumns+`, l.hash, a.handle, a.name, a.affiliation, a.picture,
		coalesce(y.handle, '') AS proxy_handle, coalesce(y.name, '') AS proxy_name`).
		Joins("JOIN people AS a ON a.id = b.voter_id").Joins("LEFT JOIN people AS y ON y.id = b.cast_by").
		Joins("LEFT JOIN poll_log AS l ON l.poll_id = b.poll_id AND l.number = b.record").Where("b.poll_id = ?", poll)
}

func (v votedRow) ballot(form tally.Form) (Ballot, error) {
	r := v.Row
	b := Ballot{PollID: r.PollID, Voter: person.Brief{ID: r.VoterID, Handle: v.Handle, Name: v.Name, Affiliation: v.Affiliation, Picture: v.Picture},
		Reason: r.Reason, ReasonHTML: r.ReasonHTML, Weight: r.Weight, Revision: r.Revision, Receipt: r.Receipt, Record: r.Record, Hash: ledger.HashFrom(v.Hash), CastAt: r.CastAt.Time}
	if r.CastBy != nil {
		b.By = &person.Brief{ID: *r.CastBy, Handle: v.ProxyHandle, Name: v.ProxyName}
	}
	var err error
	if b.Answer, err = ledger.ParseAnswer(form, []byte(r.Choices)); err != nil {
		return b, fmt.Errorf("read ballot %d: %.100s: %w", r.ID, r.Choices, err)
	}
	b.Reasons, err = r.reasons()
	return b, err
}

// MyBallot gives the actor's own ballot with its receipt, nil where there is
// none. Of a secret poll it says when the actor voted, and no more is known.
// Errors: as for Poll.
func (p *Polls) MyBallot(ctx context.Context, who access.Actor, id int64) (*Ballot, error) {
	found, err := p.Poll(ctx, who, id)
	if err != nil || who.Person == 0 {
		return nil, err
	}
	if found.Secret {
		return p.myRoll(ctx, who, id)
	}
	var rows []votedRow
	if err := votes(p.db.Read(ctx), id).Where("b.voter_id = ?", who.Person).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("read a ballot in poll %d: %w", id, err))
	}
	if len(rows) == 0 {
		return nil, nil
	}
	mine, err := rows[0].ballot(found.Method.Form())
	return &mine, err
}

// myRoll is the actor's line on the roll of a secret poll.
func (p *Polls) myRoll(ctx context.Context, who access.Actor, id int64) (*Ballot, error) {
	var rows []struct {
		person.Brief
		Weight  int64
		VotedAt store.Time
	}
	err := p.db.Read(ctx).Table("poll_voters AS v").Select("a.id, a.handle, a.name, a.affiliation, a.picture, v.weight, v.voted_at").
		Joins("JOIN people AS a ON a.id = v.person_id").Where("v.poll_id = ? AND v.person_id = ? AND v.voted_at IS NOT NULL", id, who.Person).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("look up a voter of poll %d: %w", id, err))
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &Ballot{PollID: id, Voter: rows[0].Brief, Weight: rows[0].Weight, Revision: 1, CastAt: rows[0].VotedAt.Time}, nil
}

// Ballots lists who voted how and why, first voters first. Of a secret poll there
// is nothing to list.
// Errors: by access.ReadResults.
func (p *Polls) Ballots(ctx context.Context, who access.Actor, id int64, at page.Page) (page.List[Ballot], error) {
	found, err := p.mayNow(ctx, who, id, access.ReadResults)
	if err != nil {
		return page.List[Ballot]{}, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return page.List[Ballot]{}, err
	}
	query := votes(p.db.Read(ctx), id)
	if after != nil {
		query = query.Where("b.id > ?", after[0])
	}
	var rows []votedRow
	if err := query.Order("b.id").Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return page.List[Ballot]{}, store.Translate(fmt.Errorf("list the ballots of poll %d: %w", id, err))
	}
	cut := page.Cut(at, rows, func(r votedRow) []int64 { return []int64{r.Row.ID} })
	out := page.List[Ballot]{Items: make([]Ballot, len(cut.Items)), Next: cut.Next}
	for i, r := range cut.Items {
		if out.Items[i], err = r.ballot(found.Method.Form()); err != nil {
			return page.List[Ballot]{}, err
		}
		out.Items[i].Receipt, out.Items[i].Hash = "", ledger.Hash{}
	}
	return out, nil
}

// Voted names who has voted and who has not, by name, at most a thousand of
// each; never how. It is for members of the home group, as the list of members
// is. Errors: by access.ReadVoters.
func (p *Polls) Voted(ctx context.Context, who access.Actor, id int64) (voted, notYet []person.Brief, err error) {
	if _, err := p.mayNow(ctx, who, id, access.ReadVoters); err != nil {
		return nil, nil, err
	}
	g := p.db.Read(ctx)
	if voted, err = electorate(g, id, "v.voted_at IS NOT NULL"); err != nil {
		return nil, nil, err
	}
	notYet, err = electorate(g, id, "v.voted_at IS NULL AND v.removed_at IS NULL")
	return voted, notYet, err
}

func electorate(g *gorm.DB, poll int64, which string) ([]person.Brief, error) {
	var out []person.Brief
	err := g.Table("poll_voters AS v").Select("a.id, a.handle, a.name, a.affiliation, a.picture").
		Joins("JOIN people AS a ON a.id = v.person_id").
		Where("v.poll_id = ? AND "+which, poll).Order("a.name, a.id").Limit(maxNames).Find(&out).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the voters of poll %d: %w", poll, err))
	}
	return out, nil
}
