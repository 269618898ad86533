package forum

import (
	"encoding/json"
	"fmt"
	"time"

	"plenary/pkg/event"
	"plenary/pkg/store"
)

// Tell appends an event to a thread's timeline, with data where there is any.
// One that is shown is the thread's latest activity, and whoever did it has seen
// it, if they had seen all before it. The caller holds the thread's lock.
func Tell(tx *store.Tx, e event.Event, data map[string]any) (event.Event, error) {
	if len(data) > 0 {
		raw, err := json.Marshal(data)
		if err != nil {
			return e, fmt.Errorf("write the data of %s: %w", e.Kind, err)
		}
		e.Data = raw
	}
	if !e.Kind.Shown() {
		return tx.Emit(e)
	}
	e, err := tx.Emit(e, active(e.At))
	if err != nil {
		return e, err
	}
	return e, noteOwn(tx, e)
}

// active makes the instant the thread's latest activity, if it is.
func active(at time.Time) store.Along {
	return store.Along{Set: "last_activity_at = CASE WHEN last_activity_at < ? THEN ? ELSE last_activity_at END", Args: []any{store.At(at), store.At(at)}}
}

// noteOwn counts an event as seen by the person who made it happen, unless
// something before it is still unread: that stays unread.
func noteOwn(tx *store.Tx, e event.Event) error {
	if e.Actor == 0 {
		return nil
	}
	if e.Item == 1 {
		return setSeen(tx, e.Thread, e.Actor, e.Seq, e.Item, e.At)
	}
	err := tx.Exec("UPDATE read_states SET seq = ?, item = ?, seen_at = ? WHERE thread_id = ? AND person_id = ? AND item = ?",
		e.Seq, e.Item, store.At(e.At), e.Thread, e.Actor, e.Item-1).Error
	if err != nil {
		return fmt.Errorf("note what was seen of thread %d: %w", e.Thread, err)
	}
	return nil
}
