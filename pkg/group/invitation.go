package group

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

const (
	usesDefault = 25
	usesMax     = 1000
	daysDefault = 14
	daysMax     = 365
	listedMost  = 200 // invitations of a group in a list
)

// NewInvitation describes a link that leads into a group.
type NewInvitation struct {
	Role    access.Role // of who follows it; empty: member
	MaxUses int         // 0: 25; at most 1,000
	Days    int         // how long it is good; 0: 14; at most 365
}

// Validate fills in what is empty and complains of what cannot be.
func (in *NewInvitation) Validate() error {
	var f errs.Fields
	if in.Role == access.NoRole {
		in.Role = access.Member
	}
	if in.MaxUses == 0 {
		in.MaxUses = usesDefault
	}
	if in.Days == 0 {
		in.Days = daysDefault
	}
	if !in.Role.Valid() {
		f.Add("role", "field.choose")
	}
	if in.MaxUses < 1 || in.MaxUses > usesMax {
		f.Add("max_uses", "field.between", errs.Args{"Min": 1, "Max": usesMax})
	}
	if in.Days < 1 || in.Days > daysMax {
		f.Add("days", "field.between", errs.Args{"Min": 1, "Max": daysMax})
	}
	return f.Err()
}

// Invitation is a link that leads into a group, without its secret.
type Invitation struct {
	ID        int64
	GroupID   int64
	Role      access.Role // of who follows it
	MaxUses   int
	Uses      int
	CreatedBy person.Brief
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time // nil where it still holds
}

// problem says why the invitation leads nowhere any more, if so.
func (i Invitation) problem(now time.Time) error {
	switch {
	case i.RevokedAt != nil:
		return errs.New(errs.Gone, "group.invitation_revoked")
	case !now.Before(i.ExpiresAt):
		return errs.New(errs.Gone, "group.invitation_expired")
	case i.Uses >= i.MaxUses:
		return errs.New(errs.Gone, "group.invitation_used_up")
	}
	return nil
}

// Invite makes an invitation and returns its secret, this once. Nobody can give
// a higher role than their own.
func (g *Groups) Invite(ctx context.Context, who access.Actor, handle string, in NewInvitation) (token string, made Invitation, err error) {
	if err := in.Validate(); err != nil {
		return "", Invitation{}, err
	}
	token, digest, err := person.NewSecret(g.random)
	if err != nil {
		return "", Invitation{}, err
	}
	err = g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.Invite, handle)
		if err != nil {
			return err
		}
		if err := mayGive(who, found.Role, in.Role); err != nil {
			return err
		}
		now := g.now()
		var id int64
		err = tx.Raw(`INSERT INTO invitations (group_id, token_hash, role, created_by, created_at, expires_at, max_uses)
			VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			found.ID, digest, in.Role, who.Person, store.At(now), store.At(now.AddDate(0, 0, in.Days)), in.MaxUses).Row().Scan(&id)
		if err != nil {
			return fmt.Errorf("invite into group %d: %w", found.ID, err)
		}
		made, err = invitation(tx.DB, "i.id = ?", id)
		return err
	})
	if err != nil {
		return "", Invitation{}, err
	}
	return token, made, nil
}

func mayGive(who access.Actor, own, given access.Role) error {
	if !who.SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in") // an invitation is somebody's
	}
	if !own.AtLeast(given) {
		var f errs.Fields
		f.Add("role", "group.role_above_own")
		return f.Err()
	}
	return nil
}

// invitationRow is an invitation as stored, with who made it.
type invitationRow struct {
	InvitationID int64
	GroupID      int64
	Role         access.Role
	MaxUses      int
	Uses         int
	CreatedAt    store.Time
	ExpiresAt    store.Time
	RevokedAt    *store.Time
	By           person.Brief `gorm:"embedded"`
}

func (r invitationRow) invitation() Invitation {
	i := Invitation{ID: r.InvitationID, GroupID: r.GroupID, Role: r.Role, MaxUses: r.MaxUses, Uses: r.Uses,
		CreatedBy: r.By, CreatedAt: r.CreatedAt.Time, ExpiresAt: r.ExpiresAt.Time}
	if r.RevokedAt != nil {
		i.RevokedAt = &r.RevokedAt.Time
	}
	return i
}

func invitations(h *gorm.DB) *gorm.DB {
	return h.Table("invitations AS i").
		Select(`i.id AS invitation_id, i.group_id, i.role, i.max_uses, i.uses, i.created_at, i.expires_at, i.revoked_at,
			p.id, p.handle, p.name, p.affiliation, p.picture`).
		Joins("JOIN people AS p ON p.id = i.created_by")
}

func invitation(h *gorm.DB, condition string, args ...any) (Invitation, error) {
	var r invitationRow
	if err := invitations(h).Where(condition, args...).Take(&r).Error; err != nil {
		return Invitation{}, fmt.Errorf("read an invitation: %w", err)
	}
	return r.invitation(), nil
}

// Invitations lists the invitations into a group that still hold, the latest
// first, for those who may make them.
func (g *Groups) Invitations(ctx context.Context, who access.Actor, handle string) ([]Invitation, error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.Invite, found.Facts()); err != nil {
		return nil, err
	}
	var rows []invitationRow
	err = invitations(g.db.Read(ctx)).
		Where("i.group_id = ? AND i.revoked_at IS NULL AND i.expires_at > ? AND i.uses < i.max_uses", found.ID, store.At(g.now())).
		Order("i.id DESC").Limit(listedMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the invitations into group %d: %w", found.ID, err))
	}
	out := make([]Invitation, len(rows))
	for i, r := range rows {
		out[i] = r.invitation()
	}
	return out, nil
}

// RevokeInvitation ends an invitation, on behalf of those who may make them.
// Ending it twice is no error.
func (g *Groups) RevokeInvitation(ctx context.Context, who access.Actor, id int64) error {
	return g.db.Write(ctx, func(tx *store.Tx) error {
		i, err := invitation(tx.DB, "i.id = ?", id)
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
		return g.revoke(tx, "id = ?", id)
	})
}

func (g *Groups) revoke(tx *store.Tx, condition string, args ...any) error {
	args = append([]any{store.At(g.now())}, args...)
	if err := tx.Exec("UPDATE invitations SET revoked_at = ? WHERE revoked_at IS NULL AND "+condition, args...).Error; err != nil {
		return fmt.Errorf("revoke invitations: %w", err)
	}
	return nil
}

// revokeBeyond ends the invitations that a person made and could not make with
// the given role: a member may not invite at all.
func (g *Groups) revokeBeyond(tx *store.Tx, groupID, member int64, role access.Role) error {
	const mine = "group_id = ? AND created_by = ?"
	switch {
	case role.AtLeast(access.Admin):
		return nil
	case role.AtLeast(access.Moderator):
		return g.revoke(tx, mine+" AND role = 'admin'", groupID, member)
	}
	return g.revoke(tx, mine, groupID, member)
}

// byToken reads the invitation with the secret, whatever has become of it.
func (g *Groups) byToken(h *gorm.DB, token string) (Invitation, error) {
	unknown := errs.New(errs.NotFound, "group.invitation_unknown")
	digest, ok := person.Digest(token)
	if !ok {
		return Invitation{}, unknown
	}
	i, err := invitation(h, "i.token_hash = ?", digest)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Invitation{}, unknown
	}
	return i, err
}
