package forum

import (
	"cmp"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/store"
)

// A session of a programme may come with a discussion, to prepare it and to keep
// what came of it. It stands beside the discussion that the programme stands in: in
// the same groups, for the same readers. Lists of discussions leave it out; the
// programme leads to it. Its title and context are the session's, and the
// programme's room keeps the two in step.

// Beside begins the discussion of a session of a programme, beside the one that the
// programme stands in. html is the body, rendered. The caller holds the other's
// lock, and has found that the actor may.
func (f *Forum) Beside(tx *store.Tx, who access.Actor, other, programme int64, title, body, html string, now time.Time) (int64, error) {
	beside, err := load(tx.DB, access.System(), other)
	if err != nil {
		return 0, err
	}
	at := store.At(now)
	row := newThreadRow(beside.HomeID(), who.Person, NewThread{Title: title, Body: body, Visibility: beside.Visibility}, html, at)
	id, err := insertThread(tx, row)
	if err != nil {
		return 0, err
	}
	for _, statement := range []string{
		"UPDATE threads SET session_of = @programme WHERE id = @id",
		`INSERT INTO thread_groups (thread_id, group_id, shared_by, created_at)
			SELECT @id, group_id, shared_by, @at FROM thread_groups WHERE thread_id = @other ON CONFLICT DO NOTHING`,
		`INSERT INTO thread_guests (thread_id, person_id, invited_by, created_at)
			SELECT @id, person_id, invited_by, @at FROM thread_guests WHERE thread_id = @other`,
	} {
		if err := tx.Exec(statement, map[string]any{"id": id, "other": other, "programme": programme, "at": at}).Error; err != nil {
			return 0, fmt.Errorf("begin a discussion beside thread %d: %w", other, err)
		}
	}
	begun := Thread{ID: id}
	_, err = tx.Emit(begun.event(event.ThreadCreated, who.Person, id, now))
	return id, err
}

// staysBeside refuses to change by itself what the discussion of a session has
// from elsewhere: its words are the session's, its readers the programme's.
func (t Thread) staysBeside(next NewThread) error {
	switch {
	case t.SessionOf == 0:
		return nil
	case next.Title != t.Title || next.Body != t.Body:
		return errs.New(errs.Conflict, "thread.words_of_session")
	case next.Visibility != t.Visibility:
		return errs.New(errs.Conflict, "thread.readers_of_programme")
	}
	return nil
}

// alongside changes the discussions of sessions of programmes in a thread along
// with it: a statement with @thread for the thread and @beside for each of them.
// Each is told what happened, with a guest where it is about one. The caller holds
// the thread's lock.
func (f *Forum) alongside(tx *store.Tx, who access.Actor, thread int64, kind event.Kind, guest int64, statement string, args map[string]any) error {
	var beside []int64
	err := tx.Raw(`SELECT t.id FROM threads AS t JOIN programmes AS p ON p.id = t.session_of WHERE p.thread_id = ? ORDER BY t.id`, thread).Scan(&beside).Error
	if err != nil {
		return fmt.Errorf("find the discussions beside thread %d: %w", thread, err)
	}
	args["thread"], args["guest"] = thread, guest
	for _, id := range beside {
		t, err := f.LockThread(tx, who, id)
		if err != nil {
			return err
		}
		args["beside"] = id
		done := tx.Exec(statement, args)
		if done.Error != nil {
			return fmt.Errorf("change thread %d beside thread %d: %w", id, thread, done.Error)
		}
		if done.RowsAffected == 0 {
			continue
		}
		if _, err := tx.Emit(t.event(kind, who.Person, cmp.Or(guest, id), f.now())); err != nil {
			return err
		}
	}
	return nil
}
