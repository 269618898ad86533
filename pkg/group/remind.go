package group

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/roster"
	"plenary/pkg/store"
)

const (
	remindersMost = 3
	remindApart   = 3 * 24 * time.Hour
	remindAfter   = 7 * 24 * time.Hour // of its own accord, once
	remindDays    = 14                 // how long an invitation is good after a reminder, at least
)

// Pending lists the invitations by mail into a group that nobody has accepted
// yet, the latest first, those that have run out among them; for those who may
// make them.
func (g *Groups) Pending(ctx context.Context, who access.Actor, handle string, at page.Page) (page.List[Invitation], error) {
	none := page.List[Invitation]{}
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return none, err
	}
	if err := access.Check(who, access.Invite, found.Facts()); err != nil {
		return none, err
	}
	return g.pending(ctx, at, "i.group_id = ? AND i.thread_id IS NULL", found.ID)
}

// PendingGuests lists the invitations by mail into a thread that nobody has
// accepted yet. Who may read them, the caller knows.
func (g *Groups) PendingGuests(ctx context.Context, threadID int64) ([]Invitation, error) {
	list, err := g.pending(ctx, page.Page{Limit: page.Max}, "i.thread_id = ?", threadID)
	return list.Items, err
}

func (g *Groups) pending(ctx context.Context, at page.Page, condition string, id int64) (page.List[Invitation], error) {
	none := page.List[Invitation]{}
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return none, err
	}
	q := invitations(g.db.Read(ctx)).Where(condition, id).Where("i.email <> '' AND i.revoked_at IS NULL AND i.accepted_at IS NULL")
	if after != nil {
		q = q.Where("i.id < ?", after[0])
	}
	var rows []invitationRow
	if err := q.Order("i.id DESC").Limit(at.Size() + 1).Find(&rows).Error; err != nil {
		return none, store.Translate(fmt.Errorf("list invitations by mail: %w", err))
	}
	out := make([]Invitation, len(rows))
	for i, r := range rows {
		out[i] = r.invitation()
	}
	return page.Cut(at, out, func(i Invitation) []int64 { return []int64{i.ID} }), nil
}

// Remind sends an invitation by mail once more, with a new secret in place of
// the old one. One that has run out is good again.
//
// Errors: by access.Invite; NotFound; Gone where it was revoked; Conflict
// "group.invitation_accepted", "group.reminded_often", "group.reminded_lately";
// TooMany "group.mails_today".
func (g *Groups) Remind(ctx context.Context, who access.Actor, id int64) error {
	return g.db.Write(ctx, func(tx *store.Tx) error {
		i, err := invitation(tx.DB, "i.id = ? AND i.email <> '' AND i.thread_id IS NULL", id)
		if err != nil {
			return err
		}
		found, err := g.lock(tx, who, i.GroupID)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.Invite, found.Facts()); err != nil {
			return err
		}
		if i, err = invitation(tx.DB, "i.id = ?", id); err != nil { // as it is under the lock
			return err
		}
		if err := i.cannotRemind(g.now()); err != nil {
			return err
		}
		left, err := g.mailsLeft(tx.DB, found.ID)
		if err != nil {
			return err
		}
		if left == 0 {
			return errs.New(errs.TooMany, "group.mails_today", errs.Args{"Max": mailsADay})
		}
		return g.remind(tx, found, i)
	})
}

// cannotRemind says why nobody is reminded by mail of the invitation, if so.
func (i Invitation) cannotRemind(now time.Time) error {
	last := i.SentAt
	if i.RemindedAt.After(last) {
		last = i.RemindedAt
	}
	switch {
	case i.RevokedAt != nil:
		return errs.New(errs.Gone, "group.invitation_revoked")
	case i.Accepted:
		return errs.New(errs.Conflict, "group.invitation_accepted")
	case i.Reminders >= remindersMost:
		return errs.New(errs.Conflict, "group.reminded_often", errs.Args{"Count": remindersMost})
	case now.Sub(last) < remindApart:
		return errs.New(errs.Conflict, "group.reminded_lately", errs.Args{"Count": days(remindApart - now.Sub(last))})
	}
	return nil
}

// CanRemind reports whether somebody could be reminded now.
func (i Invitation) CanRemind(now time.Time) bool {
	return i.Email != "" && i.ThreadID == 0 && i.cannotRemind(now) == nil
}

// remind sends the letter, with a new secret.
func (g *Groups) remind(tx *store.Tx, to Group, i Invitation) error {
	token, digest, err := person.NewSecret(g.random)
	if err != nil {
		return err
	}
	now := g.now()
	until := i.ExpiresAt
	if longer := now.AddDate(0, 0, remindDays); until.Before(longer) {
		until = longer
	}
	err = tx.Exec("UPDATE invitations SET token_hash = ?, reminded_at = ?, reminders = reminders + 1, expires_at = ? WHERE id = ?",
		digest, store.At(now), store.At(until), i.ID).Error
	if err != nil {
		return fmt.Errorf("remind of invitation %d: %w", i.ID, err)
	}
	known, err := g.knownOf(tx, mailing{groupID: to.ID}, []Verdict{{Entry: rosterEntry(i)}})
	if err != nil {
		return err
	}
	m := mailing{letter: "invited_reminder", message: i.Message}
	return g.send(tx, m.letterTo(Verdict{Entry: rosterEntry(i)}, known[i.Email], to, i.CreatedBy.Name, token))
}

// RemindAll reminds everybody of a group's invitations by mail who can be
// reminded now, and says how many that were. Errors: by access.Invite.
func (g *Groups) RemindAll(ctx context.Context, who access.Actor, handle string) (int, error) {
	total := 0
	for {
		some := 0
		err := g.db.Write(ctx, func(tx *store.Tx) (err error) {
			found, err := g.lockFor(tx, who, access.Invite, handle)
			if err != nil {
				return err
			}
			now := g.now()
			some, err = g.remindSome(tx, found, atOnce, "i.reminders < ? AND COALESCE(i.reminded_at, i.sent_at) <= ?",
				remindersMost, store.At(now.Add(-remindApart)))
			return err
		})
		if total += some; err != nil || some < atOnce {
			return total, err
		}
	}
}

// remindSome reminds of up to most invitations into a locked group that hold,
// wait, and meet the condition.
func (g *Groups) remindSome(tx *store.Tx, to Group, most int, condition string, args ...any) (int, error) {
	left, err := g.mailsLeft(tx.DB, to.ID)
	if err != nil {
		return 0, err
	}
	var rows []invitationRow
	err = invitations(tx.DB).Where("i.group_id = ? AND i.email <> '' AND i.thread_id IS NULL AND i.revoked_at IS NULL AND i.accepted_at IS NULL AND i.expires_at > ?",
		to.ID, store.At(g.now())).Where(condition, args...).Order("i.id").Limit(min(most, left)).Find(&rows).Error
	if err != nil {
		return 0, fmt.Errorf("find whom to remind in group %d: %w", to.ID, err)
	}
	for _, r := range rows {
		if err := g.remind(tx, to, r.invitation()); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// dueAtOnce bounds how many groups RemindDue looks at, and how many mails each
// of them gets, before it is called again.
const dueAtOnce = 50

// RemindDue reminds, once and after a week, of the invitations that were sent
// with that wish. It says how many that were.
func (g *Groups) RemindDue(ctx context.Context) (int, error) {
	due := store.At(g.now().Add(-remindAfter))
	const waits = "remind = ? AND reminders = 0 AND sent_at <= ?"
	var ids []int64
	err := g.db.Read(ctx).Table("invitations").Distinct("group_id").
		Where(waits+" AND accepted_at IS NULL AND revoked_at IS NULL AND thread_id IS NULL AND expires_at > ?", true, due, store.At(g.now())).
		Limit(dueAtOnce).Find(&ids).Error
	if err != nil {
		return 0, store.Translate(fmt.Errorf("find groups with invitations to remind of: %w", err))
	}
	slices.Sort(ids)
	total := 0
	for _, id := range ids {
		some := 0
		err := g.db.Write(ctx, func(tx *store.Tx) error {
			found, err := g.lock(tx, access.System(), id)
			if err != nil {
				return err
			}
			some, err = g.remindSome(tx, found, dueAtOnce, "i.remind = ? AND i.reminders = 0 AND i.sent_at <= ?", true, due)
			return err
		})
		if total += some; err != nil {
			return total, err
		}
	}
	return total, nil
}

// RevokeGuestInvitation ends an invitation into a thread. Who may do that, the
// caller knows. Errors: NotFound.
func (g *Groups) RevokeGuestInvitation(tx *store.Tx, threadID, id int64) error {
	if _, err := invitation(tx.DB, "i.id = ? AND i.thread_id = ?", id, threadID); err != nil {
		return err
	}
	return g.revoke(tx, "id = ?", id)
}

// rosterEntry is the invitation as an entry of a list.
func rosterEntry(i Invitation) roster.Entry { return roster.Entry{Email: i.Email, Name: i.Name} }
