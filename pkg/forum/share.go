package forum

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/store"
)

// MaxGroups bounds in how many groups a thread can be shown.
const MaxGroups = 20

// Share shows a thread in a further group as well. Whoever may read that group's
// threads may then read this one, and has the rights that the group gives.
//
// Errors: by access.ShareThread, and in the other group by access.StartThread;
// Invalid under "group" where there is no such group for the actor; Conflict
// "thread.shared_already", "thread.shared_often", and "thread.readers_of_programme"
// for the discussion of a session, which goes where its programme goes.
func (f *Forum) Share(ctx context.Context, who access.Actor, id int64, groupHandle string) (Thread, error) {
	target, facts, err := f.home(ctx, who, groupHandle)
	if err == nil {
		err = access.Check(who, access.StartThread, facts)
	}
	if errs.Is(err, errs.NotFound) {
		var fields errs.Fields
		fields.Add("group", "field.unknown_group")
		return Thread{}, f.mayNot(ctx, who, access.ShareThread, id, fields.Err())
	}
	if err != nil {
		return Thread{}, f.mayNot(ctx, who, access.ShareThread, id, err)
	}
	err = f.inThread(ctx, who, access.ShareThread, id, func(tx *store.Tx, t Thread) error {
		if t.SessionOf != 0 {
			return errs.New(errs.Conflict, "thread.readers_of_programme")
		}
		if len(t.place.all) >= MaxGroups {
			return errs.New(errs.Conflict, "thread.shared_often", errs.Args{"Max": MaxGroups})
		}
		// The forum itself shares on behalf of whoever wrote the thread.
		by := t.Author.ID
		if who.SignedIn() {
			by = who.Person
		}
		done := tx.Exec("INSERT INTO thread_groups (thread_id, group_id, shared_by, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			id, target.ID, by, store.At(f.now()))
		if done.Error != nil {
			return fmt.Errorf("share thread %d into group %d: %w", id, target.ID, done.Error)
		}
		if done.RowsAffected == 0 {
			return errs.New(errs.Conflict, "thread.shared_already")
		}
		if err := f.alongside(tx, who, id, event.ThreadShared, 0, `INSERT INTO thread_groups (thread_id, group_id, shared_by, created_at)
			SELECT @beside, group_id, shared_by, created_at FROM thread_groups WHERE thread_id = @thread AND group_id = @group ON CONFLICT DO NOTHING`,
			map[string]any{"group": target.ID}); err != nil {
			return err
		}
		return f.tellShared(tx, who, t, event.ThreadShared, target.ID)
	})
	if err != nil {
		return Thread{}, err
	}
	return f.Thread(ctx, who, id)
}

// Unshare takes a thread out of a group that it was shared into. Whoever could
// read it only there stops doing so at once.
//
// Errors: by access.ShareThread; NotFound where it is not shown in such a group
// that the actor may know of; Conflict "thread.at_home" for its home group.
func (f *Forum) Unshare(ctx context.Context, who access.Actor, id int64, groupHandle string) error {
	return f.inThread(ctx, who, access.ShareThread, id, func(tx *store.Tx, t Thread) error {
		if t.SessionOf != 0 {
			return errs.New(errs.Conflict, "thread.readers_of_programme")
		}
		for _, g := range t.place.all {
			if g.Handle != groupHandle || !g.known(who) {
				continue
			}
			if g.ID == t.HomeID() {
				return errs.New(errs.Conflict, "thread.at_home")
			}
			if err := tx.Exec("DELETE FROM thread_groups WHERE thread_id = ? AND group_id = ?", id, g.ID).Error; err != nil {
				return fmt.Errorf("take thread %d out of group %d: %w", id, g.ID, err)
			}
			err := f.alongside(tx, who, id, event.ThreadUnshared, 0, "DELETE FROM thread_groups WHERE thread_id = @beside AND group_id = @group",
				map[string]any{"group": g.ID})
			if err != nil {
				return err
			}
			f.rightsChanged(tx, event.Signal{Group: g.ID})
			return f.tellShared(tx, who, t, event.ThreadUnshared, g.ID)
		}
		return errs.New(errs.NotFound, "thread.not_shared_there")
	})
}

// inThread runs a change of who meets a thread, under its lock.
func (f *Forum) inThread(ctx context.Context, who access.Actor, do access.Action, id int64, change func(tx *store.Tx, t Thread) error) error {
	return f.db.Write(ctx, func(tx *store.Tx) error {
		t, err := f.LockThread(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, do, t.Facts()); err != nil {
			return err
		}
		return change(tx, t)
	})
}

// tellShared tells the thread's timeline that it was shared, and the group's
// that it was it. The thread's does not name the group: not everybody who reads
// the thread may know of it.
func (f *Forum) tellShared(tx *store.Tx, who access.Actor, t Thread, kind event.Kind, group int64) error {
	e, err := tx.Emit(t.event(kind, who.Person, t.ID, f.now()))
	if err != nil {
		return err
	}
	e.Topic = event.Group(group)
	_, err = tx.Emit(e)
	return err
}

// ShareTargets lists the groups into which the actor may share the thread, by
// name: those where they may start threads and where it is not shown yet.
func (f *Forum) ShareTargets(ctx context.Context, who access.Actor, t Thread) ([]Home, error) {
	const most = 200
	var rows []struct {
		Home
		Role        access.Role
		Permissions access.Permissions
	}
	err := ownGroups(f.db.Read(ctx), who).
		Where("NOT EXISTS (SELECT 1 FROM thread_groups AS x WHERE x.group_id = g.id AND x.thread_id = ?)", t.ID).
		Order("lower(g.name), g.id").Limit(most).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list groups to share thread %d into: %w", t.ID, err))
	}
	var out []Home
	for _, r := range rows {
		if access.May(who, access.StartThread, access.Facts{Group: r.Visibility, Role: r.Role, Rules: r.Permissions}) {
			out = append(out, r.Home)
		}
	}
	return out, nil
}

func ownGroups(g *gorm.DB, who access.Actor) *gorm.DB {
	return g.Table("groups AS g").
		Select("g.id, g.handle, g.name, g.visibility, g.permissions, "+access.RoleColumn+" AS role", who.Provider).
		Joins("JOIN memberships AS m ON m.group_id = g.id AND m.person_id = ?", who.Person)
}

// OnRightsChanged registers a listener for threads that people may no longer
// read. It is called after the commit and must be quick. Register before the
// first request.
func (f *Forum) OnRightsChanged(fn func(event.Signal)) { f.listeners = append(f.listeners, fn) }

func (f *Forum) rightsChanged(tx *store.Tx, s event.Signal) {
	tx.AfterCommit(func() {
		for _, tell := range f.listeners {
			tell(s)
		}
	})
}
