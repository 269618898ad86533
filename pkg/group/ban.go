package group

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

const (
	reasonMax = 2000 // bytes
	bansMost  = 500  // in a list
)

// Ban is somebody who was removed from a group for good.
type Ban struct {
	Person person.Brief
	Reason string
	By     string // name of who did it; empty where nobody is known
	At     time.Time
}

// Ban removes a person from the group for good, and for a reason: they cannot
// join, ask, be added or use an invitation until it is taken back. Who is no
// member can be banned too.
//
// Errors: by access.Ban and access.CheckOver; Invalid under "reason"; NotFound
// "group.not_a_member" where there is no such person; Conflict
// "group.banned_already", "group.ban_self", "group.last_admin".
func (g *Groups) Ban(ctx context.Context, who access.Actor, handle, personHandle, reason string) error {
	var f errs.Fields
	reason = plain.Body(&f, "reason", reason, true, reasonMax)
	unfit := f.Err()
	return g.toMember(ctx, who, access.Ban, handle, personHandle, func(tx *store.Tx, found Group, member person.Person) error {
		switch {
		case unfit != nil:
			return unfit
		case member.ID == who.Person:
			return errs.New(errs.Conflict, "group.ban_self")
		}
		had, err := g.RoleIn(tx.DB, found.ID, member.ID)
		if err != nil {
			return err
		}
		if err := access.CheckOver(who, found.Facts(), had); err != nil {
			return err
		}
		if err := g.ban(tx, who, found, member, reason); err != nil {
			return err
		}
		if had.Valid() {
			err = g.remove(tx, who, found, member.ID)
		} else {
			g.rightsChanged(tx, found.ID, member.ID)
		}
		if err != nil {
			return err
		}
		return g.tell(tx, member, mail.Letter{Kind: "banned", Args: map[string]string{"Group": found.Name, "Reason": reason}})
	})
}

// ban writes the ban, and ends what would lead back in: a request that waits, an
// invitation to the person's address, and what they are as a guest.
func (g *Groups) ban(tx *store.Tx, who access.Actor, from Group, member person.Person, reason string) error {
	var by *int64
	if who.SignedIn() {
		by = &who.Person
	}
	done := tx.Exec("INSERT INTO bans (group_id, person_id, reason, banned_by, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		from.ID, member.ID, reason, by, store.At(g.now()))
	switch {
	case done.Error != nil:
		return fmt.Errorf("ban person %d from group %d: %w", member.ID, from.ID, done.Error)
	case done.RowsAffected == 0:
		return errs.New(errs.Conflict, "group.banned_already")
	}
	err := tx.Exec("UPDATE join_requests SET decision = 'declined', decided_by = ?, decided_at = ? WHERE group_id = ? AND person_id = ? AND decision = ''",
		by, store.At(g.now()), from.ID, member.ID).Error
	if err != nil {
		return fmt.Errorf("close the request of person %d to group %d: %w", member.ID, from.ID, err)
	}
	err = tx.Exec("DELETE FROM thread_guests WHERE person_id = ? AND thread_id IN (SELECT id FROM threads WHERE group_id = ?)", member.ID, from.ID).Error
	if err != nil {
		return fmt.Errorf("end what person %d is as a guest in group %d: %w", member.ID, from.ID, err)
	}
	if member.Email == "" {
		return nil
	}
	return g.revoke(tx, "group_id = ? AND email = ?", from.ID, member.Email)
}

// Unban takes a ban back. It makes nobody a member. Errors: by access.Ban;
// NotFound "group.not_banned".
func (g *Groups) Unban(ctx context.Context, who access.Actor, handle, personHandle string) error {
	err := g.toMember(ctx, who, access.Ban, handle, personHandle, func(tx *store.Tx, found Group, member person.Person) error {
		done := tx.Exec("DELETE FROM bans WHERE group_id = ? AND person_id = ?", found.ID, member.ID)
		switch {
		case done.Error != nil:
			return fmt.Errorf("take back the ban of person %d from group %d: %w", member.ID, found.ID, done.Error)
		case done.RowsAffected == 0:
			return errs.New(errs.NotFound, "group.not_banned")
		}
		return nil
	})
	if errs.CodeOf(err) == "group.not_a_member" {
		return errs.New(errs.NotFound, "group.not_banned")
	}
	return err
}

// Bans lists who was removed from the group for good, the latest first, for
// those who may do that.
func (g *Groups) Bans(ctx context.Context, who access.Actor, handle string) ([]Ban, error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.Ban, found.Facts()); err != nil {
		return nil, err
	}
	var rows []struct {
		Reason   string
		ByName   string
		BannedAt store.Time
		Person   person.Brief `gorm:"embedded"`
	}
	err = g.db.Read(ctx).Table("bans AS b").
		Select("b.reason, COALESCE(y.name, '') AS by_name, b.created_at AS banned_at, p.id, p.handle, p.name, p.affiliation").
		Joins("JOIN people AS p ON p.id = b.person_id").Joins("LEFT JOIN people AS y ON y.id = b.banned_by").
		Where("b.group_id = ?", found.ID).Order("b.created_at DESC, b.person_id").Limit(bansMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the bans of group %d: %w", found.ID, err))
	}
	out := make([]Ban, len(rows))
	for i, r := range rows {
		out[i] = Ban{Person: r.Person, Reason: r.Reason, By: r.ByName, At: r.BannedAt.Time}
	}
	return out, nil
}
