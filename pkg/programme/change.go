package programme

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// errUnchanged ends a change that turns out to be none: nothing is noted or told.
var errUnchanged = errors.New("nothing has changed")

// event is one of the thread's timeline about the programme, still to be emitted.
func (p Programme) event(kind event.Kind, actor, subject int64, at time.Time) event.Event {
	return event.Event{Topic: event.Thread(p.ThreadID), Kind: kind, At: at, Actor: actor, Thread: p.ThreadID, Subject: subject}
}

// lock loads a programme inside a write and keeps everybody else from changing it,
// or anything in it, until the commit. What happens in it is told in its thread, so
// the lock is the thread's.
func (p *Programmes) lock(tx *store.Tx, who access.Actor, id int64) (Programme, error) {
	var threads []int64
	if err := tx.Table("programmes").Select("thread_id").Where("id = ?", id).Find(&threads).Error; err != nil {
		return Programme{}, fmt.Errorf("find programme %d: %w", id, err)
	}
	if len(threads) == 0 {
		return Programme{}, fmt.Errorf("find programme %d: %w", id, gorm.ErrRecordNotFound)
	}
	if _, err := p.forum.LockThread(tx, who, threads[0]); err != nil {
		return Programme{}, err
	}
	return load(tx.DB, who, id)
}

// LockSession loads a session as it is worked on, with its programme, inside a
// write, and keeps everybody else from changing either until the commit. It asks
// nobody's leave.
func (p *Programmes) LockSession(tx *store.Tx, who access.Actor, id int64) (Programme, Session, error) {
	var of []int64
	if err := tx.Table("programme_sessions").Select("programme_id").Where("id = ?", id).Find(&of).Error; err != nil {
		return Programme{}, Session{}, fmt.Errorf("find session %d: %w", id, err)
	}
	if len(of) == 0 {
		return Programme{}, Session{}, fmt.Errorf("find session %d: %w", id, gorm.ErrRecordNotFound)
	}
	locked, err := p.lock(tx, who, of[0])
	if err != nil {
		return Programme{}, Session{}, err
	}
	s, err := working(tx.DB, who, locked, id)
	return locked, s, err
}

// working loads a session as it is worked on.
func working(g *gorm.DB, who access.Actor, of Programme, id int64) (Session, error) {
	found, err := sessions(g, who, of, g.Session(&gorm.Session{NewDB: true}).Where("s.id = ? AND s.programme_id = ?", id, of.ID))
	if err != nil {
		return Session{}, err
	}
	if len(found) == 0 {
		return Session{}, fmt.Errorf("load session %d: %w", id, gorm.ErrRecordNotFound)
	}
	return found[0], nil
}

// Working reads a session as it is worked on, for whoever may edit it. Errors: by
// access.EditSession.
func (p *Programmes) Working(ctx context.Context, who access.Actor, id int64) (Session, error) {
	g := p.db.Read(ctx)
	var of int64
	if err := g.Table("programme_sessions").Select("programme_id").Where("id = ?", id).Take(&of).Error; err != nil {
		return Session{}, store.Translate(fmt.Errorf("find session %d: %w", id, err))
	}
	found, err := load(g, who, of)
	if err != nil {
		return Session{}, store.Translate(err)
	}
	s, err := working(g, who, found, id)
	if err != nil {
		return Session{}, store.Translate(err)
	}
	err = access.Check(who, access.EditSession, s.facts)
	if errs.Is(err, errs.Conflict) {
		err = nil // reading it is no change
	}
	return s, err
}

// change locks a programme, checks the action and carries it out. revision, where
// not 0, is the one that whoever acts has seen. Errors: by the action; Conflict
// "programme.edited_meanwhile".
func (p *Programmes) change(ctx context.Context, who access.Actor, id int64, do access.Action, revision int, fn func(tx *store.Tx, locked Programme, now time.Time) error) error {
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		locked, err := p.lock(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, do, locked.facts); err != nil {
			return err
		}
		if revision != 0 && revision != locked.Revision {
			return errs.New(errs.Conflict, "programme.edited_meanwhile")
		}
		now := p.now()
		if err := fn(tx, locked, now); err != nil {
			return err
		}
		return touch(tx, locked, who, now)
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// changePlan is change for what depends on the rest of the programme.
func (p *Programmes) changePlan(ctx context.Context, who access.Actor, id int64, revision int, fn func(tx *store.Tx, locked Plan, now time.Time) error) error {
	return p.change(ctx, who, id, access.EditProgramme, revision, func(tx *store.Tx, locked Programme, now time.Time) error {
		whole, err := plan(tx.DB, who, locked)
		if err != nil {
			return err
		}
		return fn(tx, whole, now)
	})
}

// changeSession locks a session and its programme, checks the action and carries it
// out.
func (p *Programmes) changeSession(ctx context.Context, who access.Actor, id int64, do access.Action, fn func(tx *store.Tx, of Programme, s Session, now time.Time) error) (Session, error) {
	var changed Session
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		of, s, err := p.LockSession(tx, who, id)
		if err != nil {
			return err
		}
		changed = s
		if err := access.Check(who, do, s.facts); err != nil {
			return err
		}
		now := p.now()
		if err := fn(tx, of, s, now); err != nil {
			return err
		}
		if err := touch(tx, of, who, now); err != nil {
			return err
		}
		changed, err = working(tx.DB, who, of, id)
		return err
	})
	if errors.Is(err, errUnchanged) {
		err = nil
	}
	return changed, err
}

// changeParts is changeSession for one of the lists of a session, such as its people:
// whoever edits the session meanwhile learns that it is another one now.
func (p *Programmes) changeParts(ctx context.Context, who access.Actor, id int64, fn func(tx *store.Tx, of Programme, s Session, now time.Time) error) (Session, error) {
	return p.changeSession(ctx, who, id, access.EditSession, func(tx *store.Tx, of Programme, s Session, now time.Time) error {
		if err := fn(tx, of, s, now); err != nil {
			return err
		}
		return saveSession(tx, s.ID, map[string]any{"version": s.Version + 1})
	})
}

// touch notes that something of the programme was changed. That is told once others
// know of the programme.
func touch(tx *store.Tx, of Programme, who access.Actor, now time.Time) error {
	if err := tx.Exec("UPDATE programmes SET revision = revision + 1, edited_at = ? WHERE id = ?", store.At(now), of.ID).Error; err != nil {
		return fmt.Errorf("note the change of programme %d: %w", of.ID, err)
	}
	if of.Published == 0 {
		return nil
	}
	_, err := forum.Tell(tx, of.event(event.ProgrammeEdited, who.Person, of.ID, now), nil)
	return err
}
