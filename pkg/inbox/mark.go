package inbox

import (
	"context"
	"fmt"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// Act is what can be done with rows.
type Act string

// The acts.
const (
	Read     Act = "read"
	Reopen   Act = "unread" // and take it back where it was put away
	PutAway  Act = "away"   // and read
	TakeBack Act = "back"   // from what was put away
	Undo     Act = "undo"   // of an act that said when it was done
)

// change is what an act sets, and where there is anything to set.
type change struct{ set, where string }

var changes = map[Act]change{
	Read:     {"read_at = @now", "read_at IS NULL"},
	Reopen:   {"read_at = NULL, put_away_at = NULL", "read_at IS NOT NULL"},
	PutAway:  {"put_away_at = @now, read_at = COALESCE(read_at, @now)", "put_away_at IS NULL"},
	TakeBack: {"put_away_at = NULL", "put_away_at IS NOT NULL"},
	Undo: {"read_at = CASE WHEN read_at = @at THEN NULL ELSE read_at END, put_away_at = NULL",
		"(put_away_at = @at OR put_away_at IS NULL AND read_at = @at)"},
}

// Marking says what to do with which rows.
type Marking struct {
	As   Act
	Seqs []int64 // these
	All  bool    // or all that the filter is about
	UpTo int64   // of all: only those up to this seq, so that nothing is read that was not there yet; 0 for no bound
	Filter
	At time.Time // of an act to undo: when it was done
}

// Marked is what became of a Marking.
type Marked struct {
	Rows int       // that are otherwise now
	At   time.Time // when; Undo asks for it
}

func (m Marking) valid() error {
	var f errs.Fields
	if _, known := changes[m.As]; !known {
		f.Add("as", "field.choose")
	}
	switch {
	case m.As == Undo && m.At.IsZero():
		f.Add("at", "field.required")
	case m.As != Undo && !m.All && len(m.Seqs) == 0:
		f.Add("seqs", "inbox.none_chosen")
	case len(m.Seqs) > page.Max:
		f.Add("seqs", "inbox.too_many")
	}
	if err := f.Err(); err != nil {
		return err
	}
	return m.Filter.valid()
}

// Mark does with rows of the actor's inbox what is asked, and tells their other
// pages. Rows that are so already, or are not there, are left as they are. Errors:
// Unauthenticated; Invalid with fields.
func (i *Inbox) Mark(ctx context.Context, who access.Actor, m Marking) (Marked, error) {
	if err := may(who); err != nil {
		return Marked{}, err
	}
	if err := m.valid(); err != nil {
		return Marked{}, err
	}
	done := Marked{At: store.At(i.now()).Time}
	err := i.db.Write(ctx, func(tx *store.Tx) error {
		now := store.At(done.At)
		act := changes[m.As]
		statement := "UPDATE events SET " + act.set + " WHERE place = 'person' AND topic_id = @me AND kind <> 'inbox.changed' AND " + act.where
		args := map[string]any{"me": who.Person, "now": now, "at": store.At(m.At)}
		switch {
		case m.As == Undo:
		case m.All:
			chosen := m.narrow(rows(tx.DB, who), who).Select("e.seq")
			if m.UpTo > 0 {
				chosen = chosen.Where("e.seq <= ?", m.UpTo)
			}
			statement += " AND seq IN (@chosen)"
			args["chosen"] = chosen
		default:
			statement += " AND seq IN @chosen"
			args["chosen"] = m.Seqs
		}
		made := tx.Exec(statement, args)
		if made.Error != nil {
			return fmt.Errorf("mark rows of the inbox of person %d as %s: %w", who.Person, m.As, made.Error)
		}
		if done.Rows = int(made.RowsAffected); done.Rows == 0 {
			return nil
		}
		return tx.EmitToInboxes(event.Event{Kind: event.InboxChanged, At: done.At, Actor: who.Person, Subject: who.Person}, []int64{who.Person})
	})
	if err != nil {
		return Marked{}, err
	}
	return done, nil
}

// Open reads the row and tells where it leads. Errors: those of Row.
func (i *Inbox) Open(ctx context.Context, who access.Actor, seq int64) (Row, error) {
	r, err := i.Row(ctx, who, seq)
	if err != nil || !r.Unread() {
		return r, err
	}
	_, err = i.Mark(ctx, who, Marking{As: Read, Seqs: []int64{seq}})
	return r, err
}
