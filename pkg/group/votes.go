package group

import (
	"context"
	"fmt"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/roster"
	"plenary/pkg/store"
)

// VotesOutcome says what has become of a line of a list of votes.
type VotesOutcome string

// What can become of a line.
const (
	VotesSet       VotesOutcome = "set"
	VotesSame      VotesOutcome = "same"       // the member had as many already
	VotesUnread    VotesOutcome = "unread"     // Problem says why
	VotesTwice     VotesOutcome = "duplicate"  // the member stands further up in the list
	VotesNotMember VotesOutcome = "not_member" // nobody of that handle or address is in the group
	VotesUnfit     VotesOutcome = "votes"      // fewer than 1 or more than VotesMost
)

// VotesVerdict is a line of a list of votes with what has become of it.
type VotesVerdict struct {
	roster.Figure
	Outcome VotesOutcome
}

// Why says why nothing was changed; zero where something was, or was so before.
func (v VotesVerdict) Why() errs.Text {
	switch v.Outcome {
	case VotesSet, VotesSame:
		return errs.Text{}
	case VotesUnread:
		return v.Problem
	case VotesUnfit:
		return errs.Text{Code: "field.between", Args: errs.Args{"Min": 1, "Max": VotesMost}}
	default:
		return errs.Text{Code: "outcome.votes_" + string(v.Outcome)}
	}
}

// SetVotes gives members the votes that a list says, and tells of each line what
// has become of it, in the same order. A line that cannot be used does not hold
// up the others. Errors: by access.SetVotes.
func (g *Groups) SetVotes(ctx context.Context, who access.Actor, handle string, list []roster.Figure) ([]VotesVerdict, error) {
	out := make([]VotesVerdict, len(list))
	for i, line := range list {
		out[i].Figure = line
	}
	err := g.db.Write(ctx, func(tx *store.Tx) error {
		found, err := g.lockFor(tx, who, access.SetVotes, handle)
		if err != nil {
			return err
		}
		seen := map[int64]bool{}
		for at := 0; at < len(out); at += atOnce {
			part := out[at:min(at+atOnce, len(out))]
			if err := g.setSome(tx, who, found.ID, part, seen); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// holder is a member with the votes that they have.
type holder struct {
	PersonID int64
	Role     access.Role
	Votes    int64
	Handle   string
	Email    *string
}

// setSome judges a part of a list and changes what it says, in a locked group.
func (g *Groups) setSome(tx *store.Tx, who access.Actor, groupID int64, part []VotesVerdict, seen map[int64]bool) error {
	known, err := holders(tx, groupID, part)
	if err != nil {
		return err
	}
	for i := range part {
		v := &part[i]
		h, is := known[v.Who]
		if v.Outcome = judgeVotes(*v, h, is, seen); is && v.Outcome != VotesUnread {
			seen[h.PersonID] = true
		}
		if v.Outcome != VotesSet {
			continue
		}
		if err := tx.Exec("UPDATE memberships SET votes = ? WHERE group_id = ? AND person_id = ?", v.Value, groupID, h.PersonID).Error; err != nil {
			return fmt.Errorf("set the votes of person %d in group %d: %w", h.PersonID, groupID, err)
		}
		if err := g.happened(tx, event.MemberChanged, who, groupID, h.PersonID, h.Role); err != nil {
			return err
		}
	}
	return nil
}

func judgeVotes(v VotesVerdict, h holder, known bool, seen map[int64]bool) VotesOutcome {
	switch {
	case v.Problem.Code != "":
		return VotesUnread
	case !known:
		return VotesNotMember
	case seen[h.PersonID]:
		return VotesTwice
	case v.Value < 1 || v.Value > VotesMost:
		return VotesUnfit
	case v.Value == h.Votes:
		return VotesSame
	}
	return VotesSet
}

// holders finds the members whom a part of a list names, by handle and by
// address.
func holders(tx *store.Tx, groupID int64, part []VotesVerdict) (map[string]holder, error) {
	names := make([]string, 0, len(part))
	for _, v := range part {
		if v.Problem.Code == "" {
			names = append(names, v.Who)
		}
	}
	out := map[string]holder{}
	if len(names) == 0 {
		return out, nil
	}
	slices.Sort(names)
	names = slices.Compact(names)
	var rows []holder
	err := tx.Table("memberships AS m").Select("m.person_id, m.role, m.votes, p.handle, p.email").Joins("JOIN people AS p ON p.id = m.person_id").
		Where("m.group_id = ? AND (p.handle IN ? OR p.email IN ?)", groupID, names, names).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find the members of group %d whom a list names: %w", groupID, err)
	}
	for _, h := range rows {
		out[h.Handle] = h
		if h.Email != nil {
			out[*h.Email] = h
		}
	}
	return out, nil
}

// Votes counts the members of a group and the votes that they have together, for
// those who read who its members are.
func (g *Groups) Votes(ctx context.Context, who access.Actor, handle string) (members int, votes int64, err error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return 0, 0, err
	}
	if err := access.Check(who, access.ReadMembers, found.Facts()); err != nil {
		return 0, 0, err
	}
	err = g.db.Read(ctx).Raw("SELECT COUNT(*), COALESCE(SUM(votes), 0) FROM memberships WHERE group_id = ?", found.ID).Row().Scan(&members, &votes)
	if err != nil {
		return 0, 0, store.Translate(fmt.Errorf("count the votes in group %d: %w", found.ID, err))
	}
	return members, votes, nil
}

// Titles lists the titles that members of a group have, by name, for those who
// read who its members are.
func (g *Groups) Titles(ctx context.Context, who access.Actor, handle string) ([]string, error) {
	found, err := g.ByHandle(ctx, who, handle)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.ReadMembers, found.Facts()); err != nil {
		return nil, err
	}
	var out []string
	err = g.db.Read(ctx).Table("memberships").Distinct("title").Where("group_id = ? AND title <> ''", found.ID).
		Order("title").Limit(titlesMost).Pluck("title", &out).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the titles in group %d: %w", found.ID, err))
	}
	return out, nil
}

// titlesMost bounds how many titles of a group are suggested.
const titlesMost = 200
