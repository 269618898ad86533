package poll

import (
	"fmt"
	"slices"
	"time"

	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// voter is somebody who may vote, with the votes that the ballot carries.
type voter struct {
	person int64
	weight int64
	source string // where the right comes from, as "group"
}

// voterRow is somebody in the electorate. With the salt anybody can tell whose
// the pseudonym is; once the salt is gone nobody can.
type voterRow struct {
	PollID    int64
	PersonID  int64
	Weight    int64
	Source    string
	Salt      []byte
	Pseudonym string // ledger.Pseudonym as text
	Record    int64  // of the log, by which they came in; 1 for the opening
	AddedAt   store.Time
}

func (voterRow) TableName() string { return "poll_voters" }

// batch is how many rows are written in one statement.
const batch = 1000

// enrol writes voters who are not in the electorate yet, each with a pseudonym.
// The record of it is to be the next one in the log.
func (p *Polls) enrol(tx *store.Tx, poll *Poll, voters []voter, now time.Time) ([]ledger.Entitled, error) {
	rows := make([]voterRow, len(voters))
	out := make([]ledger.Entitled, len(voters))
	for i, v := range voters {
		salt, err := ledger.NewHash(p.random)
		if err != nil {
			return nil, err
		}
		out[i] = ledger.Entitled{Voter: ledger.Pseudonym(salt, poll.ID, v.person), Weight: v.weight}
		rows[i] = voterRow{poll.ID, v.person, v.weight, v.source, salt[:], out[i].Voter.String(), poll.Head.Number + 1, store.At(now)}
	}
	for part := range slices.Chunk(rows, batch) {
		if err := tx.Create(&part).Error; err != nil {
			return nil, fmt.Errorf("write the voters of poll %d: %w", poll.ID, err)
		}
	}
	return out, nil
}

// seat is a voter as the database has them.
type seat struct {
	PersonID  int64
	Weight    int64
	Pseudonym string
	RemovedAt *store.Time
	VotedAt   *store.Time
}

func (s seat) entitled() (ledger.Entitled, error) {
	voter, err := ledger.ParseHash(s.Pseudonym)
	return ledger.Entitled{Voter: voter, Weight: s.Weight}, err
}

// seats finds people in the electorate, also those who can vote no more.
func seats(tx *store.Tx, poll int64, people []int64) (map[int64]seat, error) {
	out := map[int64]seat{}
	for part := range slices.Chunk(people, batch) {
		var rows []seat
		err := tx.Table("poll_voters").Select("person_id, weight, pseudonym, removed_at, voted_at").Where("poll_id = ? AND person_id IN ?", poll, part).Find(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("look up the voters of poll %d: %w", poll, err)
		}
		for _, s := range rows {
			out[s.PersonID] = s
		}
	}
	return out, nil
}

// admit lets people vote in an open poll, whose lock the caller holds, and says
// so in its log. Who may vote already is passed over; who could before may again,
// with the weight of then. Why is told in the log, as "joined".
func (p *Polls) admit(tx *store.Tx, poll *Poll, voters []voter, why string, now time.Time) error {
	people := make([]int64, len(voters))
	for i, v := range voters {
		people[i] = v.person
	}
	known, err := seats(tx, poll.ID, people)
	if err != nil {
		return err
	}
	var fresh []voter
	var back []seat
	for _, v := range voters {
		switch s, there := known[v.person]; {
		case !there:
			fresh = append(fresh, v)
		case s.RemovedAt != nil:
			back = append(back, s)
		}
	}
	added, err := p.enrol(tx, poll, fresh, now)
	if err != nil {
		return err
	}
	for _, e := range added {
		poll.VoterCount++
		poll.VoterWeight += e.Weight
	}
	returned, err := turn(tx, poll, back, nil)
	if err != nil {
		return err
	}
	return p.changed(tx, poll, &ledger.ElectorateChanged{Stamp: stamp(now), Added: append(added, returned...), Why: why})
}

// dismiss takes people out of the electorate of an open poll, whose lock the
// caller holds, and says so in its log. A ballot that was cast before counts.
func (p *Polls) dismiss(tx *store.Tx, poll *Poll, people []int64, why string, now time.Time) error {
	known, err := seats(tx, poll.ID, people)
	if err != nil {
		return err
	}
	var gone []seat
	for _, id := range people {
		if s, there := known[id]; there && s.RemovedAt == nil {
			gone = append(gone, s)
		}
	}
	removed, err := turn(tx, poll, gone, store.AtPtr(now))
	if err != nil {
		return err
	}
	return p.changed(tx, poll, &ledger.ElectorateChanged{Stamp: stamp(now), Removed: removed, Why: why})
}

// turn opens or shuts seats, and counts those without a ballot in or out: who has
// voted is counted either way.
func turn(tx *store.Tx, poll *Poll, some []seat, removed *store.Time) ([]ledger.Entitled, error) {
	out := make([]ledger.Entitled, 0, len(some))
	people := make([]int64, 0, len(some))
	for _, s := range some {
		people = append(people, s.PersonID)
		switch {
		case s.VotedAt != nil:
		case removed == nil:
			poll.VoterCount++
			poll.VoterWeight += s.Weight
		default:
			poll.VoterCount--
			poll.VoterWeight -= s.Weight
		}
		if !poll.Logged() {
			continue // voters of before have no pseudonyms
		}
		e, err := s.entitled()
		if err != nil {
			return nil, fmt.Errorf("read a voter of poll %d: %w", poll.ID, err)
		}
		out = append(out, e)
	}
	for part := range slices.Chunk(people, batch) {
		if err := tx.Table("poll_voters").Where("poll_id = ? AND person_id IN ?", poll.ID, part).Update("removed_at", removed).Error; err != nil {
			return nil, fmt.Errorf("change the voters of poll %d: %w", poll.ID, err)
		}
	}
	return out, nil
}

// changed writes how many may vote, and the record of it where there is one.
func (p *Polls) changed(tx *store.Tx, poll *Poll, c *ledger.ElectorateChanged) error {
	err := tx.Table("polls").Where("id = ?", poll.ID).Updates(map[string]any{"voter_count": poll.VoterCount, "voter_weight": poll.VoterWeight}).Error
	if err != nil {
		return fmt.Errorf("count the voters of poll %d: %w", poll.ID, err)
	}
	if len(c.Added)+len(c.Removed) == 0 {
		return nil
	}
	return p.record(tx, poll, c)
}
