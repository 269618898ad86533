package poll

import (
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// Forget takes somebody whose account is erased out of the polls that can still
// be voted in, with the ballot where ballots are open, and breaks the tie between
// the person and all pseudonyms. Logs and rolls stay whole. Polls without a log
// are left to the caller.
func (p *Polls) Forget(tx *store.Tx, person int64) error {
	open, err := p.openSeats(tx, person)
	if err != nil {
		return err
	}
	for _, id := range open {
		locked, now, err := p.lock(tx, access.System(), id)
		if err != nil {
			return err
		}
		if locked.State != access.PollOpen {
			continue
		}
		if err := p.leave(tx, &locked, person, "erased", now); err != nil {
			return err
		}
		if err := tell(tx, locked.event(event.PollVoted, 0, now), map[string]any{"ballot_count": locked.BallotCount}); err != nil {
			return err
		}
	}
	return untie(tx, person)
}

// untie makes it impossible to tell whose pseudonyms they were.
func untie(tx *store.Tx, person int64) error {
	if err := tx.Exec("UPDATE poll_voters SET salt = NULL WHERE person_id = ?", person).Error; err != nil {
		return fmt.Errorf("forget the pseudonyms of person %d: %w", person, err)
	}
	return nil
}

// openSeats are the open polls with a log in which somebody may vote or has.
func (p *Polls) openSeats(tx *store.Tx, person int64) ([]int64, error) {
	var ids []int64
	err := tx.Table("poll_voters AS v").Select("p.id").Joins("JOIN polls AS p ON p.id = v.poll_id").
		Where("v.person_id = ? AND p.state = 'open' AND p.log_length > 0", person).Order("p.id").Find(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("find the open polls of person %d: %w", person, err)
	}
	return ids, nil
}

// leave takes a voter out of an open poll. What is in the box of a secret poll
// stays: nobody knows which ballot it is.
func (p *Polls) leave(tx *store.Tx, open *Poll, person int64, why string, now time.Time) error {
	found, err := seats(tx, open.ID, []int64{person})
	if err != nil {
		return err
	}
	if by := found[person]; by.VotedAt != nil && !open.Secret {
		if err := p.withdraw(tx, open, by, why, now); err != nil {
			return err
		}
	}
	return p.dismiss(tx, open, []int64{person}, why, now)
}

// withdraw deletes a ballot of an open poll, and says so in its log.
func (p *Polls) withdraw(tx *store.Tx, open *Poll, by seat, why string, now time.Time) error {
	if err := tx.Exec("DELETE FROM ballots WHERE poll_id = ? AND voter_id = ?", open.ID, by.PersonID).Error; err != nil {
		return fmt.Errorf("delete a ballot of poll %d: %w", open.ID, err)
	}
	if err := tx.Exec("UPDATE poll_voters SET voted_at = NULL WHERE poll_id = ? AND person_id = ?", open.ID, by.PersonID).Error; err != nil {
		return fmt.Errorf("delete a ballot of poll %d: %w", open.ID, err)
	}
	open.BallotCount--
	if by.RemovedAt != nil { // counted for the ballot alone
		open.VoterCount--
		open.VoterWeight -= by.Weight
	}
	set := map[string]any{"ballot_count": open.BallotCount, "voter_count": open.VoterCount, "voter_weight": open.VoterWeight}
	if err := tx.Table("polls").Where("id = ?", open.ID).Updates(set).Error; err != nil {
		return fmt.Errorf("count the ballots of poll %d: %w", open.ID, err)
	}
	voter, err := by.entitled()
	if err != nil {
		return fmt.Errorf("read a voter of poll %d: %w", open.ID, err)
	}
	return p.record(tx, open, &ledger.Withdrawn{Stamp: stamp(now), Voter: voter.Voter, Why: why})
}

// Merge hands one account's places in electorates to another, for polls with a
// log; others are left to the caller. Where both may vote in an open poll, the
// ballot of the account that stays counts, and otherwise that of the other, which
// then cannot be changed any more; ballots of both in a secret poll stay both,
// since nobody can tell them from the rest. Closed polls that both were in are
// left as they were.
func (p *Polls) Merge(tx *store.Tx, from, to int64) error {
	var polls []struct {
		ID     int64
		Closed bool
		Both   bool
	}
	err := tx.Raw(`SELECT p.id, p.state = 'closed' AS closed, b.person_id IS NOT NULL AS both
		FROM poll_voters AS a JOIN polls AS p ON p.id = a.poll_id
		LEFT JOIN poll_voters AS b ON b.poll_id = a.poll_id AND b.person_id = ?
		WHERE a.person_id = ? AND p.log_length > 0 ORDER BY p.id`, to, from).Scan(&polls).Error
	if err != nil {
		return fmt.Errorf("find the polls of person %d: %w", from, err)
	}
	for _, one := range polls {
		switch {
		case !one.Both:
			err = handOver(tx, one.ID, from, to)
		case !one.Closed:
			err = p.oneOfTwo(tx, one.ID, from, to)
		}
		if err != nil {
			return err
		}
	}
	return untie(tx, from)
}

// handOver puts a person into the place of another. The pseudonym stays, and
// nothing tells any more whose it is: it was made of the first one's id.
func handOver(tx *store.Tx, poll, from, to int64) error {
	for _, step := range []string{
		`INSERT INTO poll_voters (poll_id, person_id, weight, source, pseudonym, record, added_at, removed_at, voted_at, undecided_at)
			SELECT poll_id, CAST(@to AS BIGINT), weight, source, pseudonym, record, added_at, removed_at, voted_at, undecided_at FROM poll_voters WHERE poll_id = @poll AND person_id = @from`,
		"UPDATE ballots SET voter_id = @to WHERE poll_id = @poll AND voter_id = @from",
		"DELETE FROM poll_voters WHERE poll_id = @poll AND person_id = @from",
	} {
		if err := tx.Exec(step, map[string]any{"poll": poll, "from": from, "to": to}).Error; err != nil {
			return fmt.Errorf("hand over a place in poll %d: %w", poll, err)
		}
	}
	return nil
}

// oneOfTwo leaves one of two voters who turned out to be one person.
func (p *Polls) oneOfTwo(tx *store.Tx, id, from, to int64) error {
	locked, now, err := p.lock(tx, access.System(), id)
	if err != nil || locked.State != access.PollOpen {
		return err
	}
	found, err := seats(tx, id, []int64{from, to})
	if err != nil {
		return err
	}
	if found[from].VotedAt != nil && found[to].VotedAt == nil {
		return p.dismiss(tx, &locked, []int64{to}, "merged", now)
	}
	return p.leave(tx, &locked, from, "merged", now)
}
