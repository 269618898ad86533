package poll

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Voter is somebody in the electorate of a poll, or of a draft somebody who would
// be if it opened now.
type Voter struct {
	Person  person.Brief
	Source  string // by what: "group", "thread", "thread_guest", "named", "titles" or "guest"
	Votes   int64
	Voted   bool // false where RollShown is not
	Removed bool // was taken out of the electorate again
}

// RollShown reports whether may be told who has voted: in secret polls not before
// the close, as whoever knows all others' ballots could work out the last one's.
func (p Poll) RollShown() bool {
	return !p.Secret || p.State == access.PollSealed || p.State == access.PollEnded
}

// Voters lists the electorate, in the order of the accounts. Errors: by
// access.ReadElectorate.
func (p *Polls) Voters(ctx context.Context, who access.Actor, id int64, at page.Page) (page.List[Voter], error) {
	none := page.List[Voter]{}
	found, err := p.mayNow(ctx, who, id, access.ReadElectorate)
	if err != nil {
		return none, err
	}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	var from int64
	if after != nil {
		from = after[0]
	}
	read := p.enrolled
	if found.State == access.Draft {
		read = p.wouldBe
	}
	rows, err := read(ctx, found, from, at.Size()+1)
	if err != nil {
		return none, store.Translate(err)
	}
	return page.Cut(at, rows, func(v Voter) []int64 { return []int64{v.Person.ID} }), nil
}

// enrolled reads the voters of a poll that has opened, after a person.
func (p *Polls) enrolled(ctx context.Context, of Poll, after int64, most int) ([]Voter, error) {
	var rows []struct {
		Person    person.Brief `gorm:"embedded"`
		Source    string
		Weight    int64
		VotedAt   *store.Time
		RemovedAt *store.Time
	}
	err := p.db.Read(ctx).Table("poll_voters AS v").Select("a.id, a.handle, a.name, a.affiliation, a.picture, v.source, v.weight, v.voted_at, v.removed_at").
		Joins("JOIN people AS a ON a.id = v.person_id").Where("v.poll_id = ? AND v.person_id > ?", of.ID, after).Order("v.person_id").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list the voters of poll %d: %w", of.ID, err)
	}
	out := make([]Voter, len(rows))
	for i, r := range rows {
		out[i] = Voter{Person: r.Person, Source: r.Source, Votes: r.Weight, Voted: r.VotedAt != nil && of.RollShown(), Removed: r.RemovedAt != nil}
	}
	return out, nil
}

// wouldBe reads who would be in the electorate of a draft that opened now.
func (p *Polls) wouldBe(ctx context.Context, draft Poll, after int64, most int) ([]Voter, error) {
	g := p.db.Read(ctx)
	all, err := entitled(g, draft, time.Time{})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(v voter) bool { return v.person <= after })
	all = all[:min(len(all), most)]
	ids := make([]int64, len(all))
	for i, v := range all {
		ids[i] = v.person
	}
	var people []person.Brief
	if err := g.Table("people").Select("id, handle, name, affiliation, picture").Where("id IN ?", ids).Find(&people).Error; err != nil {
		return nil, fmt.Errorf("read the people who would vote: %w", err)
	}
	byID := map[int64]person.Brief{}
	for _, b := range people {
		byID[b.ID] = b
	}
	out := make([]Voter, len(all))
	for i, v := range all {
		out[i] = Voter{Person: byID[v.person], Source: v.source, Votes: v.weight}
	}
	return out, nil
}
