// Package forum is the conversation: threads, their comments, reactions, files
// and versions, and how far each person has read.
//
// What happens in a thread is an event of its timeline, written together with
// the change. The package must never know how a poll is counted, what a theme
// is for, how anything is shown, or who is told.
package forum

import (
	"time"

	"plenary/pkg/event"
	"plenary/pkg/markup"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// Forum is the room's one type.
type Forum struct {
	db     *store.DB
	people *person.People
	markup *markup.Renderer
	now    func() time.Time

	listeners []func(event.Signal)
	posted    []Hearer
}

// New makes a Forum. now is the clock.
func New(db *store.DB, people *person.People, renderer *markup.Renderer, now func() time.Time) *Forum {
	return &Forum{db: db, people: people, markup: renderer, now: now}
}

// Hearer is called with every comment that is posted, in its transaction and under the
// lock of its thread. It gives the people whom it has told of the comment, who are not
// told of it again.
type Hearer func(tx *store.Tx, made Comment, at time.Time) (told []int64, err error)

// OnPost has fn called with every comment. Call it before the first one is posted.
func (f *Forum) OnPost(fn Hearer) { f.posted = append(f.posted, fn) }

// Bounds of what is accepted, in runes unless another unit is named.
const (
	MaxTitle     = 200
	MaxReason    = 2000
	MaxTag       = 40
	MaxTags      = 10
	MaxReactions = 20 // different emoji on one comment
)

// in is an event of a thread's timeline that is still to be emitted.
func (t Thread) event(kind event.Kind, actor, subject int64, at time.Time) event.Event {
	return event.Event{Topic: event.Thread(t.ID), Kind: kind, At: at, Actor: actor, Thread: t.ID, Subject: subject}
}
