package poll

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Undecided notes that the actor has no answer yet, or takes that back. It is
// no ballot: it counts for nothing, not for the quorum either, and ends with the
// ballot that is cast. Errors: by access.Vote; Conflict "poll.undecided_off"
// where the poll does not offer it and "poll.undecided_voted" after a ballot.
func (p *Polls) Undecided(ctx context.Context, who access.Actor, id int64, is bool) error {
	if _, err := p.mayNow(ctx, who, id, access.Vote); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error {
		locked, now, err := p.lockFor(tx, who, access.Vote, id)
		if err != nil {
			return err
		}
		switch {
		case !locked.Settings.Undecided:
			return errs.New(errs.Conflict, "poll.undecided_off")
		case locked.Voted():
			return errs.New(errs.Conflict, "poll.undecided_voted")
		}
		var since *store.Time
		if is {
			since = new(store.At(now))
		}
		changed := tx.Exec("UPDATE poll_voters SET undecided_at = ? WHERE poll_id = ? AND person_id = ? AND (undecided_at IS NULL) = ?", since, id, who.Person, is)
		if changed.Error != nil {
			return fmt.Errorf("note who has no answer in poll %d: %w", id, changed.Error)
		}
		if changed.RowsAffected == 0 {
			return nil // it is so already
		}
		// As with ballots, the timeline does not say who it was.
		return tell(tx, locked.event(event.PollUndecided, 0, now), nil)
	})
}

// countNoAnswers fills in how many have no answer yet, where that can be said.
func countNoAnswers(g *gorm.DB, polls []Poll) error {
	at := map[int64]*Poll{}
	var ids []int64
	for i, p := range polls {
		if p.Settings.Undecided && p.State == access.PollOpen {
			at[p.ID] = &polls[i]
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []struct {
		PollID int64
		People int
	}
	err := g.Table("poll_voters").Select("poll_id, COUNT(*) AS people").
		Where("poll_id IN ? AND undecided_at IS NOT NULL AND voted_at IS NULL AND removed_at IS NULL", ids).Group("poll_id").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("count who has no answer: %w", err)
	}
	for _, r := range rows {
		at[r.PollID].NoAnswers = r.People
	}
	return nil
}

// NoAnswerYet names those who have said so and not voted since, by name, at most
// a thousand; nobody in a secret poll. Errors: by access.ReadVoters.
func (p *Polls) NoAnswerYet(ctx context.Context, who access.Actor, id int64) ([]person.Brief, error) {
	found, err := p.mayNow(ctx, who, id, access.ReadVoters)
	if err != nil || found.Secret {
		return nil, err
	}
	return electorate(p.db.Read(ctx), id, "v.undecided_at IS NOT NULL AND v.voted_at IS NULL AND v.removed_at IS NULL")
}
