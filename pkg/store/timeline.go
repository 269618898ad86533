package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/event"
)

// heads names, for each place, the table whose rows count the timeline's events.
var heads = map[event.Place]string{
	event.InThread: "threads",
	event.InGroup:  "groups",
	event.InInbox:  "people",
}

// eventRow is an event as stored.
type eventRow struct {
	Place     event.Place
	TopicID   int64
	Seq       int64
	Item      *int64
	Kind      event.Kind
	At        Time
	ActorID   *int64
	ThreadID  *int64
	SubjectID int64
	Data      *string
}

func (eventRow) TableName() string { return "events" }

// Along is what else changes in the topic's row when an event is appended, as
// the assignments of an UPDATE: one statement instead of two.
type Along struct {
	Set  string // such as "comment_count = comment_count + 1"
	Args []any
}

// Emit appends the event to its topic's timeline and returns it with its
// sequence numbers. The update of the head locks the topic until the commit, so
// the order of commits is the order of seq, without gaps, on both engines.
func (tx *Tx) Emit(e event.Event, along ...Along) (event.Event, error) {
	table, ok := heads[e.Topic.Place]
	if !ok {
		return e, fmt.Errorf("emit %s: no timeline for %q", e.Kind, e.Topic.Place)
	}
	shown := 0
	if e.Kind.Shown() {
		shown = 1
	}
	set, args := "last_seq = last_seq + 1, last_item = last_item + ?", []any{shown}
	for _, a := range along {
		set += ", " + a.Set
		args = append(args, a.Args...)
	}
	var lastItem int64
	err := tx.Raw("UPDATE "+table+" SET "+set+" WHERE id = ? RETURNING last_seq, last_item", append(args, e.Topic.ID)...).Row().Scan(&e.Seq, &lastItem)
	if err != nil {
		return e, fmt.Errorf("take the next seq of %s: %w", e.Topic, err)
	}
	if shown == 1 {
		e.Item = lastItem
	}
	e.At = At(e.At).Time
	row := rowOf(e)
	if err := tx.Create(&row).Error; err != nil {
		return e, fmt.Errorf("append %s to %s: %w", e.Kind, e.Topic, err)
	}
	tx.events = append(tx.events, e)
	return e, nil
}

func rowOf(e event.Event) eventRow {
	row := eventRow{Place: e.Topic.Place, TopicID: e.Topic.ID, Seq: e.Seq, Kind: e.Kind, At: At(e.At), SubjectID: e.Subject}
	row.Item, row.ActorID, row.ThreadID = orNull(e.Item), orNull(e.Actor), orNull(e.Thread)
	if len(e.Data) > 0 {
		s := string(e.Data)
		row.Data = &s
	}
	return row
}

func orNull(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

func orZero(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func (r eventRow) event() event.Event {
	e := event.Event{Topic: event.Topic{Place: r.Place, ID: r.TopicID}, Seq: r.Seq, Item: orZero(r.Item), Kind: r.Kind,
		At: r.At.Time, Actor: orZero(r.ActorID), Thread: orZero(r.ThreadID), Subject: r.SubjectID}
	if r.Data != nil {
		e.Data = json.RawMessage(*r.Data)
	}
	return e
}

const eventColumns = "place, topic_id, seq, item, kind, at, actor_id, thread_id, subject_id, data"

// Span chooses a stretch of a timeline. Exactly one of the bounds is usually
// set; the zero value starts at the beginning.
type Span struct {
	After     int64 // only events with a greater seq
	Before    int64 // only events with a smaller seq; 0 for no bound
	Last      bool  // take the newest of the stretch, not the oldest
	ShownOnly bool  // only events that are items of the timeline
	Limit     int   // at most so many
}

// Events reads a stretch of a topic's timeline, in order of seq.
func Events(g *gorm.DB, topic event.Topic, s Span) ([]event.Event, error) {
	q := g.Table("events").Select(eventColumns).Where("place = ? AND topic_id = ? AND seq > ?", topic.Place, topic.ID, s.After)
	if s.Before > 0 {
		q = q.Where("seq < ?", s.Before)
	}
	if s.ShownOnly {
		q = q.Where("item IS NOT NULL")
	}
	order := "seq"
	if s.Last {
		order = "seq DESC"
	}
	var rows []eventRow
	if err := q.Order(order).Limit(s.Limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the timeline of %s: %w", topic, err)
	}
	out := make([]event.Event, len(rows))
	for i, r := range rows {
		at := i
		if s.Last {
			at = len(rows) - 1 - i
		}
		out[at] = r.event()
	}
	return out, nil
}

// ItemAt is the running number of the last shown event with a seq of at most
// seq, and 0 where there is none.
func ItemAt(g *gorm.DB, topic event.Topic, seq int64) (int64, error) {
	var item int64
	err := g.Raw(`SELECT COALESCE((SELECT item FROM events WHERE place = ? AND topic_id = ? AND seq <= ? AND item IS NOT NULL
		ORDER BY seq DESC LIMIT 1), 0)`, topic.Place, topic.ID, seq).Row().Scan(&item)
	if err != nil {
		return 0, fmt.Errorf("count items of %s: %w", topic, err)
	}
	return item, nil
}

// SeqSince is the seq of the first shown event at or after the instant, and 0
// where there is none.
func SeqSince(g *gorm.DB, topic event.Topic, at time.Time) (int64, error) {
	var seq int64
	err := g.Raw(`SELECT COALESCE((SELECT seq FROM events WHERE place = ? AND topic_id = ? AND at >= ? AND item IS NOT NULL
		ORDER BY at, seq LIMIT 1), 0)`, topic.Place, topic.ID, At(at)).Row().Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("find a date in %s: %w", topic, err)
	}
	return seq, nil
}

// Heads reads the newest seq of each topic. Topics that are gone are left out.
func (db *DB) Heads(ctx context.Context, topics []event.Topic) (map[event.Topic]int64, error) {
	ids := map[event.Place][]int64{}
	for _, t := range topics {
		ids[t.Place] = append(ids[t.Place], t.ID)
	}
	out := make(map[event.Topic]int64, len(topics))
	for place, list := range ids {
		var rows []struct{ ID, LastSeq int64 }
		if err := db.Read(ctx).Table(heads[place]).Select("id, last_seq").Where("id IN ?", list).Find(&rows).Error; err != nil {
			return nil, Translate(fmt.Errorf("read heads: %w", err))
		}
		for _, r := range rows {
			out[event.Topic{Place: place, ID: r.ID}] = r.LastSeq
		}
	}
	return out, nil
}

// inboxesAtOnce is how many inboxes one statement appends to; both databases
// take that many arguments.
const inboxesAtOnce = 500

// EmitToInboxes appends the event to the timelines of many people: two
// statements for up to 500 of them. The event's own topic is not looked at.
func (tx *Tx) EmitToInboxes(e event.Event, people []int64) error {
	shown := 0
	if e.Kind.Shown() {
		shown = 1
	}
	for part := range slices.Chunk(people, inboxesAtOnce) {
		var heads []struct{ ID, LastSeq, LastItem int64 }
		err := tx.Raw("UPDATE people SET last_seq = last_seq + 1, last_item = last_item + ? WHERE id IN ? RETURNING id, last_seq, last_item", shown, part).Scan(&heads).Error
		if err != nil {
			return fmt.Errorf("take the next seq of %d inboxes: %w", len(part), err)
		}
		rows := make([]eventRow, 0, len(heads))
		for _, h := range heads {
			e := e
			e.Topic, e.Seq, e.At = event.Inbox(h.ID), h.LastSeq, At(e.At).Time
			if shown == 1 {
				e.Item = h.LastItem
			}
			rows = append(rows, rowOf(e))
			tx.events = append(tx.events, e)
		}
		if len(rows) == 0 {
			continue
		}
		if err := tx.Create(&rows).Error; err != nil {
			return fmt.Errorf("append %s to %d inboxes: %w", e.Kind, len(rows), err)
		}
	}
	return nil
}
