package group

import (
	"context"
	"fmt"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// titleMax is how many runes a title may have.
const titleMax = 40

// MemberEdit changes what is not nil.
type MemberEdit struct {
	Role     *access.Role
	Title    *string // such as "treasurer"; empty takes it away
	Delegate *bool
	Votes    *int64 // in polls that are weighted: 1 to VotesMost
}

// VotesMost is how many votes one member can have.
const VotesMost = 1_000_000

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *MemberEdit) Validate() error {
	var f errs.Fields
	if in.Role != nil && !in.Role.Valid() {
		f.Add("role", "field.choose")
	}
	if in.Title != nil {
		*in.Title = plain.Line(&f, "title", *in.Title, false, titleMax)
	}
	if in.Votes != nil && (*in.Votes < 1 || *in.Votes > VotesMost) {
		f.Add("votes", "field.between", errs.Args{"Min": 1, "Max": VotesMost})
	}
	return f.Err()
}

// EditMember changes what a member is and is called, on behalf of the group's
// admins. The last admin stays one. Errors: by access.SetRole and
// access.SetTitle; Invalid; NotFound "group.not_a_member"; Conflict
// "group.last_admin".
func (g *Groups) EditMember(ctx context.Context, who access.Actor, handle, personHandle string, in MemberEdit) (Membership, error) {
	do := access.SetTitle
	if in.Role != nil {
		do = access.SetRole
	}
	unfit := in.Validate()
	c := memberChange{do: do, group: handle, person: personHandle, role: access.Member}
	return g.changeMember(ctx, who, c, func(tx *store.Tx, found Group, member int64) error {
		if err := access.Check(who, access.SetTitle, found.Facts()); err != nil {
			return err
		}
		if in.Votes != nil {
			if err := access.Check(who, access.SetVotes, found.Facts()); err != nil {
				return err
			}
		}
		if unfit != nil {
			return unfit
		}
		had, err := g.RoleIn(tx.DB, found.ID, member)
		switch {
		case err != nil:
			return err
		case !had.Valid():
			return errs.New(errs.NotFound, "group.not_a_member")
		}
		if in.Role != nil {
			if err := g.setRole(tx, who, found, member, *in.Role); err != nil {
				return err
			}
			had = *in.Role
		}
		return g.setTitle(tx, who, found.ID, member, had, in)
	})
}

// setTitle changes title, delegate and votes, and tells of it where that makes a difference.
func (g *Groups) setTitle(tx *store.Tx, who access.Actor, groupID, member int64, role access.Role, in MemberEdit) error {
	had, err := membership(tx.DB, groupID, member)
	if err != nil {
		return err
	}
	title, delegate, votes := had.Title, had.Delegate, had.Votes
	if in.Title != nil {
		title = *in.Title
	}
	if in.Delegate != nil {
		delegate = *in.Delegate
	}
	if in.Votes != nil {
		votes = *in.Votes
	}
	if title == had.Title && delegate == had.Delegate && votes == had.Votes {
		return nil
	}
	if err := tx.Exec("UPDATE memberships SET title = ?, delegate = ?, votes = ? WHERE group_id = ? AND person_id = ?", title, delegate, votes, groupID, member).Error; err != nil {
		return fmt.Errorf("set the title of person %d in group %d: %w", member, groupID, err)
	}
	return g.happened(tx, event.MemberChanged, who, groupID, member, role)
}
