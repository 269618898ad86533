package forum

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/store"
)

// A poll on its own comes with a discussion, to talk about that poll: its title is
// the question, its context what the poll says of it. The poll's room, which knows
// what that is, makes it, and keeps the two in step.

// Room is where in a group a discussion could start, as a thread that does not
// exist: it has a place and no id. Errors: by the action.
func (f *Forum) Room(ctx context.Context, who access.Actor, do access.Action, groupHandle string) (Thread, error) {
	home, facts, err := f.home(ctx, who, groupHandle)
	if err != nil {
		return Thread{}, err
	}
	here := Thread{Group: home, place: Place{Home: home, Facts: facts, all: []place{{home, facts.Role, facts.Rules}}}}
	return here, access.Check(who, do, facts)
}

// BelongTo makes the discussion that of a poll.
func (t Thread) BelongTo(tx *store.Tx, poll int64) error {
	if err := tx.Exec("UPDATE threads SET poll_id = ? WHERE id = ?", poll, t.ID).Error; err != nil {
		return fmt.Errorf("give thread %d to poll %d: %w", t.ID, poll, err)
	}
	return nil
}

// BeginWith begins the discussion of a poll that opens. What was written before
// was seen by nobody else, so it dates from now. The caller holds its lock.
func (f *Forum) BeginWith(tx *store.Tx, id int64, now time.Time) error {
	t, err := load(tx.DB, access.System(), id)
	if err != nil {
		return err
	}
	at := store.At(now)
	if err := tx.Exec("UPDATE threads SET created_at = ?, last_activity_at = ? WHERE id = ?", at, at, id).Error; err != nil {
		return fmt.Errorf("date thread %d: %w", id, err)
	}
	return t.Begin(tx, now)
}

// Reword makes the discussion of a poll say what the poll says now. html is body,
// rendered. The caller holds its lock.
func (f *Forum) Reword(tx *store.Tx, who access.Actor, id int64, title, body, html string, now time.Time) error {
	before, err := load(tx.DB, who, id)
	if err != nil {
		return err
	}
	tags, err := tagsOf(tx.DB, []int64{id})
	if err != nil {
		return err
	}
	before.Tags = tags[id]
	next := NewThread{Title: title, Body: body, Visibility: before.Visibility, Tags: before.Tags}
	return f.saveEdit(tx, who, before, next, html, now)
}

// keepsWords refuses to change what the discussion of a poll says: that is the
// poll's.
func (t Thread) keepsWords(next NewThread) error {
	if t.PollID != 0 && (next.Title != t.Title || next.Body != t.Body) {
		return errs.New(errs.Conflict, "thread.words_of_poll")
	}
	return nil
}

// TellAsked tells the groups of a thread that a poll has opened in it, and nothing
// of the poll: not everybody who watches a group may read all its threads. The
// caller holds the thread's lock.
func (f *Forum) TellAsked(tx *store.Tx, id, actor int64, now time.Time) error {
	t, err := f.LockThread(tx, access.System(), id)
	if err != nil {
		return err
	}
	return tellGroups(tx, t, t.event(event.ThreadAsked, actor, id, now))
}
