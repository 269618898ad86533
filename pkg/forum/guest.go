package forum

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Guest is somebody who was invited into one thread.
type Guest struct {
	Person    person.Brief
	InvitedBy *person.Brief // nil where nobody is known
	Since     time.Time
}

// AddGuest lets a person take part in one thread, and in nothing else of its
// groups.
//
// That somebody is a member of a group which the actor may not know of is not
// told: they become a guest like anybody.
//
// Errors: by access.InviteGuest; Invalid under "person" where there is nobody of
// that handle; Conflict "thread.guest_already", "thread.guest_is_member", and
// "thread.guest_refused" for who was removed from the home group for good.
func (f *Forum) AddGuest(ctx context.Context, who access.Actor, id int64, handle string) (Guest, error) {
	invited, err := f.people.ByHandle(ctx, handle)
	if errs.Is(err, errs.NotFound) {
		var fields errs.Fields
		fields.Add("person", "field.unknown_person")
		return Guest{}, f.mayNot(ctx, who, access.InviteGuest, id, fields.Err())
	}
	if err != nil {
		return Guest{}, err
	}
	now := f.now()
	err = f.inThread(ctx, who, access.InviteGuest, id, func(tx *store.Tx, t Thread) error {
		if err := mayBeGuest(tx, t, invited.ID); err != nil {
			return err
		}
		done := tx.Exec("INSERT INTO thread_guests (thread_id, person_id, invited_by, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			id, invited.ID, orNull(who.Person), store.At(now))
		if done.Error != nil {
			return fmt.Errorf("make person %d a guest of thread %d: %w", invited.ID, id, done.Error)
		}
		if done.RowsAffected == 0 {
			return errs.New(errs.Conflict, "thread.guest_already")
		}
		err := f.alongside(tx, who, id, event.GuestJoined, invited.ID, `INSERT INTO thread_guests (thread_id, person_id, invited_by, created_at)
			SELECT @beside, person_id, invited_by, created_at FROM thread_guests WHERE thread_id = @thread AND person_id = @guest ON CONFLICT DO NOTHING`,
			map[string]any{})
		if err != nil {
			return err
		}
		_, err = tx.Emit(t.event(event.GuestJoined, who.Person, invited.ID, now))
		return err
	})
	if err != nil {
		return Guest{}, err
	}
	return Guest{Person: invited.Brief, Since: now}, nil
}

// mayBeGuest refuses a member of a group that the actor may know of, and who was
// removed from the home group for good; the answer does not say from where.
func mayBeGuest(tx *store.Tx, t Thread, person int64) error {
	var member, banned bool
	err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM memberships WHERE person_id = ? AND group_id IN ?),
		EXISTS (SELECT 1 FROM bans WHERE person_id = ? AND group_id = ?)`, person, t.place.met, person, t.HomeID()).Row().Scan(&member, &banned)
	switch {
	case err != nil:
		return fmt.Errorf("look what person %d is in the groups of thread %d: %w", person, t.ID, err)
	case banned:
		return errs.New(errs.Conflict, "thread.guest_refused")
	case member:
		return errs.New(errs.Conflict, "thread.guest_is_member")
	}
	return nil
}

// RemoveGuest ends what AddGuest began, on behalf of those who may begin it.
// Errors: by access.InviteGuest; NotFound.
func (f *Forum) RemoveGuest(ctx context.Context, who access.Actor, id int64, handle string) error {
	guest, err := f.people.ByHandle(ctx, handle)
	if err != nil {
		return f.mayNot(ctx, who, access.InviteGuest, id, err)
	}
	return f.inThread(ctx, who, access.InviteGuest, id, func(tx *store.Tx, t Thread) error {
		return f.endGuest(tx, who, t, guest.ID)
	})
}

// LeaveThread ends one's own stay as a guest. Errors: by access.LeaveThread.
func (f *Forum) LeaveThread(ctx context.Context, who access.Actor, id int64) error {
	return f.inThread(ctx, who, access.LeaveThread, id, func(tx *store.Tx, t Thread) error {
		return f.endGuest(tx, who, t, who.Person)
	})
}

func (f *Forum) endGuest(tx *store.Tx, who access.Actor, t Thread, guest int64) error {
	done := tx.Exec("DELETE FROM thread_guests WHERE thread_id = ? AND person_id = ?", t.ID, guest)
	if done.Error != nil {
		return fmt.Errorf("end the stay of person %d in thread %d: %w", guest, t.ID, done.Error)
	}
	if done.RowsAffected == 0 {
		return errs.New(errs.NotFound, "thread.not_a_guest")
	}
	err := f.alongside(tx, who, t.ID, event.GuestLeft, guest, "DELETE FROM thread_guests WHERE thread_id = @beside AND person_id = @guest",
		map[string]any{})
	if err != nil {
		return err
	}
	f.rightsChanged(tx, event.Signal{Person: guest})
	_, err = tx.Emit(t.event(event.GuestLeft, who.Person, guest, f.now()))
	return err
}

// guestsMost bounds how many guests of a thread are listed.
const guestsMost = 500

// Guests lists who was invited into the thread alone, the first ones first.
// Errors: by access.ReadGuests.
func (f *Forum) Guests(ctx context.Context, who access.Actor, id int64) ([]Guest, error) {
	t, err := f.Thread(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, access.ReadGuests, t.Facts()); err != nil {
		return nil, err
	}
	g := f.db.Read(ctx)
	var rows []struct {
		PersonID  int64
		InvitedBy *int64
		CreatedAt store.Time
	}
	err = g.Table("thread_guests").Select("person_id, invited_by, created_at").Where("thread_id = ?", id).
		Order("created_at, person_id").Limit(guestsMost).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the guests of thread %d: %w", id, err))
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.PersonID)
		if r.InvitedBy != nil {
			ids = append(ids, *r.InvitedBy)
		}
	}
	people, err := f.people.Briefs(g, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Guest, len(rows))
	for i, r := range rows {
		out[i] = Guest{Person: people[r.PersonID], Since: r.CreatedAt.Time}
		if r.InvitedBy != nil {
			by := people[*r.InvitedBy]
			out[i].InvitedBy = &by
		}
	}
	return out, nil
}

// Reach counts whom the thread is for: its guests, and the members of those of
// its groups that the reader may know of. The caller has checked the thread.
func (f *Forum) Reach(ctx context.Context, t Thread) (int, error) {
	var n int
	err := f.db.Read(ctx).Raw(`SELECT COUNT(*) FROM (SELECT person_id FROM memberships WHERE group_id IN ?
		UNION SELECT person_id FROM thread_guests WHERE thread_id = ?) AS reached`, t.place.met, t.ID).Row().Scan(&n)
	if err != nil {
		return 0, store.Translate(fmt.Errorf("count whom thread %d reaches: %w", t.ID, err))
	}
	return n, nil
}
