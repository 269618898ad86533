package forum

import (
	"context"
	"fmt"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/plain"
	"plenary/pkg/roster"
	"plenary/pkg/store"
)

// InviteGuests lets people into one thread, and into nothing else of its groups:
// those whose handle stands in the list at once, those whose address does by an
// invitation by mail. It says of each entry what has become of it.
//
// Errors: by access.InviteGuest; Invalid under "addresses" and "message".
func (f *Forum) InviteGuests(ctx context.Context, groups *group.Groups, who access.Actor, id int64, list, message string) ([]group.Verdict, error) {
	t, err := f.Thread(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.InviteGuest, t.Facts()); err != nil {
		return nil, err
	}
	entries, err := roster.Read(list)
	if err != nil {
		return nil, err
	}
	taken, err := f.takingPart(ctx, t, entries)
	if err != nil {
		return nil, err
	}
	verdicts, err := groups.InviteToThread(ctx, who, group.ThreadMailing{GroupID: t.HomeID(), ThreadID: id, Title: t.Title, Entries: entries,
		Message: message, Taken: taken, Check: func(tx *store.Tx, who access.Actor) error {
			now, err := f.LockThread(tx, who, id)
			if err != nil {
				return err
			}
			return access.Check(who, access.InviteGuest, now.Facts())
		}})
	if err != nil {
		return nil, err
	}
	for i, v := range verdicts {
		if handle := handleIn(v); handle != "" {
			if verdicts[i], err = f.addGuestOf(ctx, who, id, v, handle); err != nil {
				return nil, err
			}
		}
	}
	return verdicts, nil
}

// handleIn is the handle that an entry without an address is; empty where it is
// none.
func handleIn(v group.Verdict) string {
	var f errs.Fields
	handle := plain.Handle(&f, "person", strings.TrimSpace(v.Text))
	if v.Outcome != group.BadAddress || f != nil {
		return ""
	}
	return handle
}

func (f *Forum) addGuestOf(ctx context.Context, who access.Actor, id int64, v group.Verdict, handle string) (group.Verdict, error) {
	_, err := f.AddGuest(ctx, who, id, handle)
	switch {
	case err == nil:
		v.Outcome, v.Problem = group.Sent, errs.Text{}
	case errs.CodeOf(err) == "thread.guest_is_member":
		v.Outcome, v.Problem = group.IsMember, errs.Text{}
	case errs.CodeOf(err) == "thread.guest_already":
		v.Outcome, v.Problem = group.IsGuest, errs.Text{}
	case errs.CodeOf(err) == "thread.guest_refused":
		v.Problem = errs.Text{Code: "thread.guest_refused"}
	case errs.Is(err, errs.Invalid):
		v.Problem = errs.Text{Code: "field.unknown_person"}
	default:
		return v, err
	}
	return v, nil
}

// takingPart finds the addresses of a list whose people take part in the thread
// already, as far as the reader may know.
func (f *Forum) takingPart(ctx context.Context, t Thread, entries []roster.Entry) (map[string]group.Outcome, error) {
	const atOnce = 1000
	out := map[string]group.Outcome{}
	for from := 0; from < len(entries); from += atOnce {
		var emails []string
		for _, e := range entries[from:min(from+atOnce, len(entries))] {
			if e.Email != "" {
				emails = append(emails, e.Email)
			}
		}
		var rows []struct {
			Email string
			Guest bool
		}
		err := f.db.Read(ctx).Table("people AS p").
			Select("p.email, EXISTS (SELECT 1 FROM thread_guests AS q WHERE q.thread_id = ? AND q.person_id = p.id) AS guest", t.ID).
			Where("p.email IN ?", emails).Where(t.place.takePartIn(t.place.met)).Find(&rows).Error
		if err != nil {
			return nil, store.Translate(fmt.Errorf("find who takes part in thread %d: %w", t.ID, err))
		}
		for _, r := range rows {
			out[r.Email] = group.IsMember
			if r.Guest {
				out[r.Email] = group.IsGuest
			}
		}
	}
	return out, nil
}

// GuestInvitations lists the invitations by mail into the thread that nobody has
// accepted yet. Errors: by access.InviteGuest.
func (f *Forum) GuestInvitations(ctx context.Context, groups *group.Groups, who access.Actor, id int64) ([]group.Invitation, error) {
	t, err := f.Thread(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.InviteGuest, t.Facts()); err != nil {
		return nil, err
	}
	return groups.PendingGuests(ctx, id)
}

// RevokeGuestInvitation ends one of them. Errors: by access.InviteGuest; NotFound.
func (f *Forum) RevokeGuestInvitation(ctx context.Context, groups *group.Groups, who access.Actor, id, invitation int64) error {
	return f.inThread(ctx, who, access.InviteGuest, id, func(tx *store.Tx, _ Thread) error {
		return groups.RevokeGuestInvitation(tx, id, invitation)
	})
}
