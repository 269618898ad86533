package poll

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/person"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
)

// GuestByToken tells who comes by a personal link: somebody who may see this poll
// and vote in it, and nothing else. A link can be used as often as one likes.
// Errors: NotFound "poll.guest_unknown" also for the link of another poll; Gone
// "poll.guest_revoked"; Conflict "poll.guest_not_open" before the opening.
func (p *Polls) GuestByToken(ctx context.Context, id int64, token string) (access.Actor, error) {
	unknown := errs.New(errs.NotFound, "poll.guest_unknown")
	digest, ok := person.Digest(token)
	if !ok {
		return access.Actor{}, unknown
	}
	var rows []struct {
		PersonID  int64
		RevokedAt *store.Time
		State     access.PollState
	}
	err := p.db.Read(ctx).Table("poll_guests AS q").Select("q.person_id, q.revoked_at, p.state").Joins("JOIN polls AS p ON p.id = q.poll_id").
		Where("q.poll_id = ? AND (q.token_hash = ? OR q.id IN (SELECT l.guest_id FROM poll_guest_links AS l WHERE l.token_hash = ?))", id, digest, digest).Find(&rows).Error
	switch {
	case err != nil:
		return access.Actor{}, store.Translate(fmt.Errorf("look up a guest of poll %d: %w", id, err))
	case len(rows) == 0:
		return access.Actor{}, unknown
	case rows[0].RevokedAt != nil:
		return access.Actor{}, errs.New(errs.Gone, "poll.guest_revoked")
	case rows[0].State == access.Draft:
		return access.Actor{}, errs.New(errs.Conflict, "poll.guest_not_open")
	}
	return access.Actor{Person: rows[0].PersonID, OnlyPoll: id}, nil
}

// RevokeGuest ends a guest's link. A ballot that they have cast counts. Errors: by
// access.InviteVoter; NotFound where there is no such guest.
func (p *Polls) RevokeGuest(ctx context.Context, who access.Actor, id, guest int64) error {
	return p.toGuest(ctx, who, id, guest, func(tx *store.Tx, locked *Poll, g listedGuest, now time.Time) error {
		if g.Row.RevokedAt != nil {
			return nil
		}
		if err := tx.Exec("UPDATE poll_guests SET revoked_at = ? WHERE id = ?", store.At(now), guest).Error; err != nil {
			return fmt.Errorf("revoke guest %d: %w", guest, err)
		}
		if locked.State != access.PollOpen {
			return nil
		}
		if err := p.dismiss(tx, locked, []int64{g.Row.PersonID}, "revoked", now); err != nil {
			return err
		}
		return tell(tx, locked.event(event.PollEdited, who.Person, now), locked.headData(nil))
	})
}

// ResendGuest sends a guest another link, in the place of the one before. Whose
// link was revoked may vote again. Errors: as for RevokeGuest.
func (p *Polls) ResendGuest(ctx context.Context, who access.Actor, id, guest int64) error {
	return p.toGuest(ctx, who, id, guest, func(tx *store.Tx, locked *Poll, g listedGuest, now time.Time) error {
		if g.Row.RevokedAt != nil && locked.State == access.PollOpen {
			if err := p.admit(tx, locked, []voter{{person: g.Row.PersonID, weight: 1, source: byInvitation}}, "invited", now); err != nil {
				return err
			}
		}
		return p.relink(tx, who, *locked, g)
	})
}

// RemindGuests writes to those guests who have not voted, with another link beside
// those they have, and says to how many. Who has unsubscribed is left alone. Errors: by access.InviteVoter; Conflict "poll.state_draft" before the
// opening.
func (p *Polls) RemindGuests(ctx context.Context, who access.Actor, id int64) (int, error) {
	sent := 0
	_, err := p.change(ctx, who, id, access.InviteVoter, func(tx *store.Tx, locked Poll, _ time.Time) error {
		if locked.State == access.Draft {
			return errs.New(errs.Conflict, "poll.state_draft")
		}
		all, err := letters.Readers(tx, locked.ID, letters.Audience{Where: "a.guest AND v.voted_at IS NULL", Most: maxGuests})
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(r letters.Reader) bool { return !r.Wants.Takes(asksForVote(tellReminder)) })
		sent = len(all)
		return p.tellAll(tx, locked, telling{Kind: tellReminder}, all)
	})
	return sent, err
}

// relink gives a guest another link in the place of all before, and sends it.
func (p *Polls) relink(tx *store.Tx, who access.Actor, of Poll, g listedGuest) error {
	token, digest, err := person.NewSecret(p.random)
	if err != nil {
		return err
	}
	if err := tx.Exec("UPDATE poll_guests SET token_hash = ?, revoked_at = NULL WHERE id = ?", digest, g.Row.ID).Error; err != nil {
		return fmt.Errorf("give guest %d another link: %w", g.Row.ID, err)
	}
	if err := tx.Exec("DELETE FROM poll_guest_links WHERE guest_id = ?", g.Row.ID).Error; err != nil {
		return fmt.Errorf("end the links of guest %d: %w", g.Row.ID, err)
	}
	g.Row.token = token
	return p.sendLink(tx, who, of, g.Row)
}

// toGuest does something to one guest of a locked poll.
func (p *Polls) toGuest(ctx context.Context, who access.Actor, id, guest int64, do func(*store.Tx, *Poll, listedGuest, time.Time) error) error {
	_, err := p.change(ctx, who, id, access.InviteVoter, func(tx *store.Tx, locked Poll, now time.Time) error {
		all, err := guestsOf(tx.DB, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(g listedGuest) bool { return g.Row.ID == guest })
		if i < 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return do(tx, &locked, all[i], now)
	})
	return err
}
