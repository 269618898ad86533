package forum

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// ThreadEdit changes a thread. What is nil stays as it is.
type ThreadEdit struct {
	Title      *string
	Body       *string
	Visibility *access.Visibility
	Tags       *[]string
	Version    int // the version that was edited; 0 for whichever is current
}

// apply puts the edit over the thread and judges the result.
func (in ThreadEdit) apply(t Thread) (NewThread, error) {
	next := NewThread{Title: t.Title, Body: t.Body, Visibility: t.Visibility, Tags: t.Tags}
	if in.Title != nil {
		next.Title = *in.Title
	}
	if in.Body != nil {
		next.Body = *in.Body
	}
	if in.Visibility != nil {
		next.Visibility = *in.Visibility
	}
	if in.Tags != nil {
		next.Tags = *in.Tags
	}
	return next, next.validate(t.place.mayBePublic())
}

// Edit changes a thread's title, context, visibility or tags, and keeps the
// version before. Errors: Invalid with fields; by access.EditThread; Conflict
// "thread.edited_meanwhile" where another edit came first, "thread.words_of_poll"
// where title and context are those of a poll, "thread.words_of_session" and
// "thread.readers_of_programme" where they and the readers are those of a session.
func (f *Forum) Edit(ctx context.Context, who access.Actor, id int64, in ThreadEdit) (Thread, error) {
	before, err := f.Thread(ctx, who, id)
	if err != nil {
		return Thread{}, err
	}
	if err := access.Check(who, access.EditThread, before.Facts()); err != nil {
		return Thread{}, err
	}
	next, err := in.apply(before)
	if err != nil {
		return Thread{}, err
	}
	if err := before.keepsWords(next); err != nil {
		return Thread{}, err
	}
	if err := before.staysBeside(next); err != nil {
		return Thread{}, err
	}
	body, err := f.render(ctx, next.Body)
	if err != nil {
		return Thread{}, err
	}
	now := f.now()
	err = f.db.Write(ctx, func(tx *store.Tx) error {
		t, err := f.LockThread(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.EditThread, t.Facts()); err != nil {
			return err
		}
		if t.Version != before.Version || in.Version != 0 && in.Version != t.Version {
			return errs.New(errs.Conflict, "thread.edited_meanwhile")
		}
		return f.saveEdit(tx, who, before, next, body.HTML, now)
	})
	if err != nil {
		return Thread{}, err
	}
	return f.Thread(ctx, who, id)
}

func (f *Forum) saveEdit(tx *store.Tx, who access.Actor, before Thread, next NewThread, html string, now time.Time) error {
	words := next.Title != before.Title || next.Body != before.Body
	if !words && next.Visibility == before.Visibility && slices.Equal(next.Tags, before.Tags) {
		return nil
	}
	if words {
		if err := tx.Exec(`INSERT INTO thread_versions (thread_id, version, title, body, editor_id, at) VALUES (?, ?, ?, ?, ?, ?)`,
			before.ID, before.Version, before.Title, before.Body, who.Person, store.At(now)).Error; err != nil {
			return fmt.Errorf("keep version %d of thread %d: %w", before.Version, before.ID, err)
		}
	}
	err := tx.Table("threads").Where("id = ?", before.ID).Updates(map[string]any{
		"title": next.Title, "body": next.Body, "body_html": html, "markup_version": markup.RendererVersion,
		"visibility": next.Visibility, "version": before.Version + 1, "edited_at": store.At(now),
	}).Error
	if err != nil {
		return fmt.Errorf("save thread %d: %w", before.ID, err)
	}
	if err := setTags(tx, before.ID, next.Tags); err != nil {
		return err
	}
	if err := attachFiles(tx, who, before.ID, next.Body); err != nil {
		return err
	}
	if next.Visibility != before.Visibility {
		err := f.alongside(tx, who, before.ID, event.ThreadEdited, 0, "UPDATE threads SET visibility = @visibility, version = version + 1 WHERE id = @beside",
			map[string]any{"visibility": next.Visibility})
		if err != nil {
			return err
		}
	}
	_, err = tx.Emit(before.event(event.ThreadEdited, who.Person, before.ID, now))
	return err
}

// Close ends the discussion. The reason, which everybody reads, may be empty:
// pages ask for one, programs need not give one. A closed thread takes no
// comments, themes or ballots.
func (f *Forum) Close(ctx context.Context, who access.Actor, id int64, reason string) (Thread, error) {
	var fields errs.Fields
	reason = plain.Body(&fields, "reason", reason, false, 4*MaxReason)
	if len([]rune(reason)) > MaxReason {
		fields.Add("reason", "field.too_long", errs.Args{"Max": MaxReason})
	}
	if err := fields.Err(); err != nil {
		return Thread{}, f.mayNot(ctx, who, access.CloseThread, id, err)
	}
	now := f.now()
	return f.change(ctx, who, access.CloseThread, id, event.ThreadClosed, map[string]any{"reason": reason}, map[string]any{
		"closed_at": store.At(now), "closed_by": who.Person, "close_reason": reason})
}

// Reopen takes a closing back.
func (f *Forum) Reopen(ctx context.Context, who access.Actor, id int64) (Thread, error) {
	return f.change(ctx, who, access.Reopen, id, event.ThreadReopened, nil, map[string]any{
		"closed_at": nil, "closed_by": nil, "close_reason": ""})
}

// Pin keeps the thread at the top of its group's list.
func (f *Forum) Pin(ctx context.Context, who access.Actor, id int64) (Thread, error) {
	return f.change(ctx, who, access.PinThread, id, event.ThreadPinned, nil, map[string]any{"pinned_at": store.At(f.now())})
}

// Unpin lets the thread take its place by activity again.
func (f *Forum) Unpin(ctx context.Context, who access.Actor, id int64) (Thread, error) {
	return f.change(ctx, who, access.PinThread, id, event.ThreadUnpinned, nil, map[string]any{"pinned_at": nil})
}

// change checks the action, sets columns of the thread and tells its timeline
// and its group's.
func (f *Forum) change(ctx context.Context, who access.Actor, do access.Action, id int64, kind event.Kind, data, set map[string]any) (Thread, error) {
	err := f.db.Write(ctx, func(tx *store.Tx) error {
		t, err := f.LockThread(tx, who, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, do, t.Facts()); err != nil {
			return err
		}
		if err := tx.Table("threads").Where("id = ?", id).Updates(set).Error; err != nil {
			return fmt.Errorf("%s %d: %w", kind, id, err)
		}
		e, err := Tell(tx, t.event(kind, who.Person, id, f.now()), data)
		if err != nil {
			return err
		}
		return tellGroups(tx, t, e)
	})
	if err != nil {
		return Thread{}, err
	}
	return f.Thread(ctx, who, id)
}

// tellGroups appends an event of a thread to the timelines of its groups, always
// in the same order, so that two writers do not wait for each other. They do not
// hear of the discussion of a session, which is in no list of theirs.
func tellGroups(tx *store.Tx, t Thread, e event.Event) error {
	if t.SessionOf != 0 {
		return nil
	}
	for _, id := range slices.Sorted(slices.Values(t.place.openTo())) {
		e.Topic = event.Group(id)
		if _, err := tx.Emit(e); err != nil {
			return err
		}
	}
	return nil
}
