package group

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// knownAddress is what is known of an address that somebody wants to invite.
type knownAddress struct {
	ID       int64 // of the account with it; 0 where none
	Name     string
	Email    string
	Language string
	Member   bool
	Banned   bool
	Pending  bool // has an invitation that holds
	Lately   int  // mails of this group within a week
}

// outcome is what becomes of an entry with the address.
func (k knownAddress) outcome() Outcome {
	switch {
	case k.Banned:
		return IsBanned
	case k.Member:
		return IsMember
	case k.Pending:
		return IsPending
	case k.Lately >= mailsAWeek:
		return TooOften
	}
	return Sent
}

// knownOf looks the addresses of a part of a list up, in two queries.
func (g *Groups) knownOf(tx *store.Tx, m mailing, chunk []Verdict) (map[string]knownAddress, error) {
	emails := make([]string, len(chunk))
	for i, v := range chunk {
		emails[i] = v.Email
	}
	var accounts []knownAddress
	err := tx.Raw(`SELECT p.id, p.name, p.email, p.language,
		EXISTS (SELECT 1 FROM memberships AS m WHERE m.group_id = ? AND m.person_id = p.id) AS member,
		EXISTS (SELECT 1 FROM bans AS b WHERE b.group_id = ? AND b.person_id = p.id) AS banned
		FROM people AS p WHERE p.email IN ?`, m.groupID, m.groupID, emails).Scan(&accounts).Error
	if err != nil {
		return nil, fmt.Errorf("look for the accounts of %d addresses: %w", len(emails), err)
	}
	out := make(map[string]knownAddress, len(accounts))
	for _, a := range accounts {
		out[a.Email] = a
	}
	return out, g.addInvited(tx, m, emails, out)
}

// addInvited adds what was sent to the addresses already. Of an invitation with
// a reminder within the week all its reminders are counted: they are at most
// three, and days apart.
func (g *Groups) addInvited(tx *store.Tx, m mailing, emails []string, into map[string]knownAddress) error {
	now := g.now()
	week := store.At(now.Add(-7 * 24 * time.Hour))
	var rows []struct {
		Email   string
		Pending bool
		Lately  int
	}
	err := tx.Raw(`SELECT i.email, MAX(CASE WHEN i.revoked_at IS NULL AND i.accepted_at IS NULL AND i.expires_at > ? AND COALESCE(i.thread_id, 0) = ? THEN 1 ELSE 0 END) = 1 AS pending,
		SUM(CASE WHEN i.sent_at > ? THEN 1 ELSE 0 END + CASE WHEN i.reminded_at > ? THEN i.reminders ELSE 0 END) AS lately
		FROM invitations AS i WHERE i.group_id = ? AND i.email <> '' AND i.email IN ? GROUP BY i.email`,
		store.At(now), m.threadID, week, week, m.groupID, emails).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("look for invitations to %d addresses: %w", len(emails), err)
	}
	for _, r := range rows {
		k := into[r.Email]
		k.Pending, k.Lately = r.Pending, r.Lately
		into[r.Email] = k
	}
	return nil
}

// InvitableBelow lists the groups below one into which the actor can invite as
// well, by name.
func (g *Groups) InvitableBelow(ctx context.Context, who access.Actor, groupID int64) ([]Group, error) {
	var rows []row
	err := from(g.db.Read(ctx), who).Where("g.parent_id = ?", groupID).Order("lower(g.name), g.id").Limit(belowMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the groups below group %d: %w", groupID, err))
	}
	return slices.DeleteFunc(groups(rows), func(below Group) bool { return !access.May(who, access.Invite, below.Facts()) }), nil
}

// belowIDs finds the groups below by their handles. Errors: Invalid under
// "below" where one is none, or the actor cannot invite into it.
func (g *Groups) belowIDs(ctx context.Context, who access.Actor, above Group, handles []string) ([]int64, error) {
	if len(handles) == 0 {
		return nil, nil
	}
	list, err := g.InvitableBelow(ctx, who, above.ID)
	if err != nil {
		return nil, err
	}
	var f errs.Fields
	ids := []int64{}
	for _, handle := range handles {
		i := slices.IndexFunc(list, func(below Group) bool { return below.Handle == handle })
		if i < 0 {
			f.Add("below", "field.unknown_group")
			continue
		}
		ids = append(ids, list[i].ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids), f.Err()
}

// settleInvitations ends the invitations by mail of somebody who has come in by
// another way, so that nobody reminds them.
func (g *Groups) settleInvitations(tx *store.Tx, groupID, member int64, role access.Role) error {
	var lower []access.Role
	for _, r := range []access.Role{access.Member, access.Moderator, access.Admin} {
		if role.AtLeast(r) {
			lower = append(lower, r)
		}
	}
	err := tx.Exec(`UPDATE invitations SET accepted_by = ?, accepted_at = ? WHERE group_id = ? AND thread_id IS NULL AND email <> ''
		AND accepted_at IS NULL AND revoked_at IS NULL AND role IN ? AND email = (SELECT p.email FROM people AS p WHERE p.id = ?)`,
		member, store.At(g.now()), groupID, lower, member).Error
	if err != nil {
		return fmt.Errorf("end the invitations of person %d into group %d: %w", member, groupID, err)
	}
	return nil
}

// Why says why nothing was sent; zero where something was.
func (v Verdict) Why() errs.Text {
	switch v.Outcome {
	case Sent:
		return errs.Text{}
	case BadAddress:
		return v.Problem
	case TooMany:
		return errs.Text{Code: "outcome.limit", Args: errs.Args{"Max": mailsADay}}
	default:
		return errs.Text{Code: "outcome." + string(v.Outcome)}
	}
}
