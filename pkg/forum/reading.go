package forum

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/page"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Timeline reads a stretch of a thread's timeline, with the thread.
func (f *Forum) Timeline(ctx context.Context, who access.Actor, threadID int64, span store.Span) ([]event.Event, Thread, error) {
	t, err := f.Thread(ctx, who, threadID)
	if err != nil {
		return nil, Thread{}, err
	}
	events, err := store.Events(f.db.Read(ctx), event.Thread(threadID), span)
	return events, t, store.Translate(err)
}

// Items reads items of a thread's timeline. The caller has checked the thread.
func (f *Forum) Items(ctx context.Context, threadID int64, span store.Span) ([]event.Event, error) {
	span.ShownOnly = true
	events, err := store.Events(f.db.Read(ctx), event.Thread(threadID), span)
	return events, store.Translate(err)
}

// SeqSince is the seq of the thread's first item at or after an instant, 0 where
// there is none. The caller has checked the thread.
func (f *Forum) SeqSince(ctx context.Context, threadID int64, at time.Time) (int64, error) {
	seq, err := store.SeqSince(f.db.Read(ctx), event.Thread(threadID), at)
	return seq, store.Translate(err)
}

// ItemAt counts the items of a thread's timeline up to a seq. The caller has
// checked the thread.
func (f *Forum) ItemAt(ctx context.Context, threadID, seq int64) (int64, error) {
	item, err := store.ItemAt(f.db.Read(ctx), event.Thread(threadID), seq)
	return item, store.Translate(err)
}

// ReadState is how far a person has read in a thread.
type ReadState struct {
	Opened bool  // has had it open at all
	Seq    int64 // the highest seq seen
	Item   int64 // how many items that was
}

// ReadState reads how far the actor has read. The caller has checked the thread.
func (f *Forum) ReadState(ctx context.Context, who access.Actor, threadID int64) (ReadState, error) {
	var rows []ReadState
	err := f.db.Read(ctx).Table("read_states").Select("seq, item").
		Where("thread_id = ? AND person_id = ?", threadID, who.Person).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return ReadState{}, store.Translate(err)
	}
	rows[0].Opened = true
	return rows[0], nil
}

// MarkSeen notes that the actor has seen the thread up to seq. It never goes
// back, and what lies beyond the end counts as the end.
func (f *Forum) MarkSeen(ctx context.Context, who access.Actor, threadID, seq int64) error {
	t, err := f.Thread(ctx, who, threadID)
	if err != nil {
		return err
	}
	if err := access.Check(who, access.MarkSeen, t.Facts()); err != nil {
		return err
	}
	seq = min(max(seq, 0), t.LastSeq)
	if state, err := f.ReadState(ctx, who, threadID); err != nil || state.Opened && state.Seq >= seq {
		return err
	}
	return f.db.Write(ctx, func(tx *store.Tx) error {
		item, err := store.ItemAt(tx.DB, event.Thread(threadID), seq)
		if err != nil {
			return err
		}
		if err := setSeen(tx, threadID, who.Person, seq, item, f.now()); err != nil {
			return err
		}
		return readCalls(tx, threadID, who.Person, seq, f.now())
	})
}

// readCalls takes for read what stands in the person's inbox about comments of the
// thread up to seq, and tells their pages if there was any.
func readCalls(tx *store.Tx, thread, person, seq int64, at time.Time) error {
	read := tx.Exec(`UPDATE events SET read_at = ? WHERE place = 'person' AND topic_id = ? AND read_at IS NULL AND kind <> 'inbox.changed'
		AND kind IN ? AND thread_id = ? AND subject_id IN (SELECT c.id FROM comments AS c WHERE c.thread_id = ? AND c.seq <= ?)`,
		store.At(at), person, []event.Kind{event.Mentioned, event.Replied}, thread, thread, seq)
	if read.Error != nil {
		return fmt.Errorf("note what person %d has read of thread %d: %w", person, thread, read.Error)
	}
	if read.RowsAffected == 0 {
		return nil
	}
	return tx.EmitToInboxes(event.Event{Kind: event.InboxChanged, At: at, Actor: person, Subject: person}, []int64{person})
}

// setSeen moves a read state forward, and counts a person who opens the thread
// for the first time.
func setSeen(tx *store.Tx, thread, person, seq, item int64, at time.Time) error {
	first := tx.Exec(`INSERT INTO read_states (thread_id, person_id, seq, item, seen_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (thread_id, person_id) DO NOTHING`, thread, person, seq, item, store.At(at))
	if first.Error != nil {
		return fmt.Errorf("note what was seen of thread %d: %w", thread, first.Error)
	}
	if first.RowsAffected == 1 {
		return tx.Exec("UPDATE threads SET seen_by_count = seen_by_count + 1 WHERE id = ?", thread).Error
	}
	return tx.Exec(`UPDATE read_states SET seq = ?, item = ?, seen_at = ? WHERE thread_id = ? AND person_id = ? AND seq < ?`,
		seq, item, store.At(at), thread, person, seq).Error
}

// Seen is one person who has had a thread open.
type Seen struct {
	Person person.Brief
	At     time.Time
}

// SeenBy lists who has had the thread open, the latest first.
func (f *Forum) SeenBy(ctx context.Context, who access.Actor, threadID int64, p page.Page) (page.List[Seen], error) {
	t, err := f.Thread(ctx, who, threadID)
	if err != nil {
		return page.List[Seen]{}, err
	}
	if err := access.Check(who, access.ReadSeenBy, t.Facts()); err != nil {
		return page.List[Seen]{}, err
	}
	key, err := page.Decode(p.Cursor, 2)
	if err != nil {
		return page.List[Seen]{}, err
	}
	q := f.db.Read(ctx).Table("read_states AS r").Joins("JOIN people AS p ON p.id = r.person_id").
		Select("p.id, p.handle, p.name, p.affiliation, p.picture, r.seen_at").Where("r.thread_id = ?", threadID)
	if key != nil {
		q = q.Where("(r.seen_at, r.person_id) < (?, ?)", key[0], key[1])
	}
	var rows []struct {
		person.Brief
		SeenAt store.Time
	}
	if err := q.Order("r.seen_at DESC, r.person_id DESC").Limit(p.Size() + 1).Find(&rows).Error; err != nil {
		return page.List[Seen]{}, store.Translate(fmt.Errorf("list who has seen thread %d: %w", threadID, err))
	}
	out := make([]Seen, len(rows))
	for i, r := range rows {
		out[i] = Seen{r.Brief, r.SeenAt.Time}
	}
	return page.Cut(p, out, func(s Seen) []int64 { return []int64{s.At.UnixMicro(), s.Person.ID} }), nil
}

// Mention is a comment that names the actor.
type Mention struct {
	Comment Comment
	Thread  Thread
	At      time.Time
}

// Mentions lists the latest comments that name the actor in threads that the
// actor may still read.
func (f *Forum) Mentions(ctx context.Context, who access.Actor, limit int) ([]Mention, error) {
	g := f.db.Read(ctx)
	may := access.VisibleThreads(who)
	var ids []int64
	err := g.Table("mentions AS n").Select("n.comment_id").
		Joins("JOIN comments AS c ON c.id = n.comment_id AND c.deleted_at IS NULL").
		Joins("JOIN threads AS t ON t.id = c.thread_id").
		Where("n.person_id = ?", who.Person).Where(may.SQL, may.Args...).
		Order("n.comment_id DESC").Limit(limit).Find(&ids).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list mentions: %w", err))
	}
	found, err := commentsByID(g, ids)
	if err != nil {
		return nil, err
	}
	byID, err := threadsByID(g, who, found)
	if err != nil {
		return nil, store.Translate(err)
	}
	out := make([]Mention, 0, len(ids))
	for _, id := range ids {
		c := found[id]
		out = append(out, Mention{Comment: c, Thread: byID[c.ThreadID], At: c.CreatedAt})
	}
	return out, nil
}
