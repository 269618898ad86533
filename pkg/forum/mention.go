package forum

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/markup"
	"plenary/pkg/store"
)

// namedMost bounds how many people one comment can call.
const namedMost = 5000

// mentionRow is a note that a comment names a person.
type mentionRow struct {
	PersonID  int64
	CommentID int64
	Through   string // the word that stood for everybody; empty for the person's own handle
	CreatedAt store.Time
}

func (mentionRow) TableName() string { return "mentions" }

// mention notes who was named, if they may read the thread, and tells their
// inboxes. Nobody is told of naming themselves, nor twice of one comment.
//
// Where everybody is named without leave it is Invalid under "body".
func (f *Forum) mention(tx *store.Tx, t Thread, comment int64, who access.Actor, handles []string, at time.Time) error {
	if len(handles) == 0 {
		return nil
	}
	all := slices.IndexFunc(handles, markup.NamesEverybody)
	if all >= 0 {
		if err := mayNameAll(who, t); err != nil {
			return err
		}
	}
	if err := f.callByHandle(tx, t, comment, who, handles, at); err != nil || all < 0 {
		return err
	}
	rest, err := named(tx, t, comment, who, t.place.takePartIn(t.place.met))
	if err != nil {
		return err
	}
	return f.call(tx, t, comment, who, rest, handles[all], at)
}

// callByHandle calls those whose own handles, present or former, were named.
func (f *Forum) callByHandle(tx *store.Tx, t Thread, comment int64, who access.Actor, handles []string, at time.Time) error {
	people, err := f.people.Named(tx.DB, handles)
	if err != nil || len(people) == 0 {
		return err
	}
	own, err := named(tx, t, comment, who, "p.id IN ?", slices.Sorted(maps.Values(people)))
	if err != nil {
		return err
	}
	return f.call(tx, t, comment, who, own, "", at)
}

// mayNameAll turns the rules' refusal into one about the text, so that nothing
// of it is lost.
func mayNameAll(who access.Actor, t Thread) error {
	err := access.Check(who, access.NameAll, t.Facts())
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Forbidden {
		var fields errs.Fields
		fields.Add("body", "comment.name_all_"+string(t.Facts().Rules.Of(access.MentionAll)))
		return fields.Err()
	}
	return err
}

// named finds people who may read the thread and are not yet told of the comment.
func named(tx *store.Tx, t Thread, comment int64, who access.Actor, condition any, args ...any) ([]int64, error) {
	var ids []int64
	err := tx.Table("people AS p").Select("p.id").Where("p.id <> ? AND p.erased_at IS NULL", who.Person).
		Where(condition, args...).Where(t.place.readers()).
		Where("NOT EXISTS (SELECT 1 FROM mentions AS n WHERE n.person_id = p.id AND n.comment_id = ?)", comment).
		Order("p.id").Limit(namedMost).Find(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("find who was named: %w", err)
	}
	return ids, nil
}

func (f *Forum) call(tx *store.Tx, t Thread, comment int64, who access.Actor, people []int64, through string, at time.Time) error {
	for part := range slices.Chunk(people, 500) {
		rows := make([]mentionRow, len(part))
		for i, id := range part {
			rows[i] = mentionRow{id, comment, through, store.At(at)}
		}
		if err := tx.Create(&rows).Error; err != nil {
			return fmt.Errorf("note mentions: %w", err)
		}
	}
	return tx.EmitToInboxes(event.Event{Kind: event.Mentioned, At: at, Actor: who.Person, Thread: t.ID, Subject: comment}, people)
}

// answered tells the inbox of whoever is answered, if they may read the thread and
// are not told of the comment already, by name or in other words.
func (f *Forum) answered(tx *store.Tx, t Thread, made Comment, who access.Actor, told []int64, at time.Time) error {
	if made.Parent == nil || made.Parent.Author.ID == who.Person || slices.Contains(told, made.Parent.Author.ID) {
		return nil
	}
	people, err := named(tx, t, made.ID, who, "p.id = ?", made.Parent.Author.ID)
	if err != nil {
		return err
	}
	return tx.EmitToInboxes(event.Event{Kind: event.Replied, At: at, Actor: who.Person, Thread: t.ID, Subject: made.ID}, people)
}

// readers is the condition on people AS p who may read the thread.
func (p Place) readers() any {
	if p.public() {
		return gorm.Expr("1 = 1")
	}
	return p.takePartIn(p.openTo())
}

// takePartIn is the condition on people AS p who are members of one of the
// groups, or the thread's guests. What tells of people takes those groups only
// that the reader may know of.
func (p Place) takePartIn(groups []int64) any {
	return gorm.Expr(`(EXISTS (SELECT 1 FROM memberships AS rm WHERE rm.person_id = p.id AND rm.group_id IN ?)
		OR EXISTS (SELECT 1 FROM thread_guests AS rq WHERE rq.person_id = p.id AND rq.thread_id = ?))`, groups, p.thread)
}
