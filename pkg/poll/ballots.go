package poll

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// maxNames bounds how many people Voted names on each side.
const maxNames = 1000

// Ballot is one voter's current answer.
type Ballot struct {
	PollID     int64
	Voter      person.Brief
	Choices    []int64 // ids of options, ascending
	Reason     string  // Markdown
	ReasonHTML string  // rendered and safe
	Revision   int
	Receipt    string // for the voter alone; otherwise empty
	CastAt     time.Time
}

// votedRow is a ballot with its voter. gorm passes over an embedded type that
// is not exported, so the row is a field.
type votedRow struct {
	Row         ballotRow `gorm:"embedded"`
	Handle      string
	Name        string
	Affiliation string
	Picture     string
}

// votes is the query that every reading of ballots begins with.
func votes(g *gorm.DB, poll int64) *gorm.DB {
	return g.Table("ballots AS b").Select(ballotColumns+", a.handle, a.name, a.affiliation, a.picture").
		Joins("JOIN people AS a ON a.id = b.voter_id").Where("b.poll_id = ?", poll)
}

func (v votedRow) ballot() (Ballot, error) {
	r := v.Row
	b := Ballot{PollID: r.PollID, Voter: person.Brief{ID: r.VoterID, Handle: v.Handle, Name: v.Name, Affiliation: v.Affiliation, Picture: v.Picture},
		Reason: r.Reason, ReasonHTML: r.ReasonHTML, Revision: r.Revision, Receipt: r.Receipt, CastAt: r.CastAt.Time}
	if err := json.Unmarshal([]byte(r.Choices), &b.Choices); err != nil {
		return b, fmt.Errorf("read ballot %d: %w", r.ID, err)
	}
	return b, nil
}

// MyBallot gives the actor's own ballot with its receipt, nil where there is
// none. Errors: as for Poll.
func (p *Polls) MyBallot(ctx context.Context, who access.Actor, id int64) (*Ballot, error) {
	if _, err := p.Poll(ctx, who, id); err != nil || !who.SignedIn() {
		return nil, err
	}
	var rows []votedRow
	if err := votes(p.db.Read(ctx), id).Where("b.voter_id = ?", who.Person).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("read a ballot in poll %d: %w", id, err))
	}
	if len(rows) == 0 {
		return nil, nil
	}
	mine, err := rows[0].ballot()
	return &mine, err
}

// Ballots lists who voted how and why, first voters first. Ballots are named.
// Errors: by access.ReadResults.
func (p *Polls) Ballots(ctx context.Context, who access.Actor, id int64, at page.Page) (page.List[Ballot], error) {
	if _, err := p.mayNow(ctx, who, id, access.ReadResults); err != nil {
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
		if out.Items[i], err = r.ballot(); err != nil {
			return page.List[Ballot]{}, err
		}
		out.Items[i].Receipt = ""
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
