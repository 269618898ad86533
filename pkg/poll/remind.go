package poll

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"plenary/pkg/store"
)

// Where nothing is said, those who have not voted are reminded a day before the
// close of a poll that runs for more than two days.
const (
	remindBefore = 24 * time.Hour
	remindFrom   = 48 * time.Hour
)

// HoursBefore are reminders by whole hours before the close, nil and empty as in
// NewPoll.Reminders. What is no time, or beyond any, is not lost: validate
// complains of it.
func HoursBefore(hours []int) []time.Duration {
	if hours == nil {
		return nil
	}
	const beyond = 1 << 20 // more than any poll runs, and as a Duration no overflow
	out := make([]time.Duration, len(hours))
	for i, h := range hours {
		out[i] = time.Duration(min(max(h, 0), beyond)) * time.Hour
	}
	return out
}

// ReminderHours are the poll's reminders by whole hours before the close; nil
// where Reminders is.
func (p Poll) ReminderHours() []int {
	if p.Reminders == nil {
		return nil
	}
	out := make([]int, len(p.Reminders))
	for i, before := range p.Reminders {
		out[i] = int(before / time.Hour)
	}
	return out
}

// RemindsAsUsual reports whether the poll, read alone, has just the reminders that it
// would have had nothing been said about them.
func (p Poll) RemindsAsUsual() bool {
	return p.ClosesAt == nil || slices.Equal(p.Reminders, beforeClose(*p.ClosesAt, usualReminders(p.begins(), *p.ClosesAt)))
}

func beforeClose(closes time.Time, at []time.Time) []time.Duration {
	out := make([]time.Duration, len(at))
	for i, t := range at {
		out[i] = closes.Sub(t)
	}
	return out
}

// begins is when the poll begins to run: of a draft that is opened by hand, when its
// times were last judged.
func (p Poll) begins() time.Time {
	return *cmp.Or(p.OpenedAt, p.OpensAt, p.EditedAt, &p.CreatedAt)
}

func (in NewPoll) begins(now time.Time) time.Time { return valueOr(in.OpensAt, now) }

// readReminders are those of a poll, the first to come before others.
func readReminders(g *gorm.DB, p Poll) ([]time.Time, error) {
	var at []store.Time
	if err := g.Table("poll_reminders").Select("at").Where("poll_id = ?", p.ID).Order("at").Limit(MaxReminders).Find(&at).Error; err != nil {
		return nil, fmt.Errorf("read the reminders of poll %d: %w", p.ID, err)
	}
	out := make([]time.Time, len(at))
	for i, t := range at {
		out[i] = t.Time
	}
	return out, nil
}

// reminders are the instants asked for, or the usual one.
func (in NewPoll) reminders(now time.Time) []time.Time {
	if in.Reminders == nil {
		return usualReminders(in.begins(now), in.ClosesAt)
	}
	var out []time.Time
	for _, before := range in.Reminders {
		out = append(out, in.ClosesAt.Add(-before))
	}
	return out
}

func usualReminders(from, closes time.Time) []time.Time {
	if closes.Sub(from) <= remindFrom {
		return nil
	}
	return []time.Time{closes.Add(-remindBefore)}
}

type reminder struct {
	PollID int64
	At     store.Time
}

func (reminder) TableName() string { return "poll_reminders" }

func remind(tx *store.Tx, poll int64, at []time.Time) error {
	if len(at) == 0 {
		return nil
	}
	rows := make([]reminder, len(at))
	for i, t := range at {
		rows[i] = reminder{poll, store.At(t)}
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return fmt.Errorf("note the reminders of poll %d: %w", poll, err)
	}
	return nil
}

// moveReminders keeps each reminder as long before the new close as it was
// before the old one. Those whose time would have passed are dropped.
func moveReminders(tx *store.Tx, p Poll, until, now time.Time) error {
	old, err := readReminders(tx.DB, p)
	if err != nil {
		return err
	}
	var moved []time.Time
	for _, at := range old {
		if p.ClosesAt != nil {
			moved = append(moved, until.Add(-p.ClosesAt.Sub(at)))
		}
	}
	moved = slices.DeleteFunc(moved, func(at time.Time) bool { return !at.After(now) })
	if len(moved) == 0 && !p.neverReminds(old) {
		moved = usualReminders(now, until)
	}
	return remindAnew(tx, p.ID, moved)
}

// remindAnew puts reminders in the place of those that there are.
func remindAnew(tx *store.Tx, poll int64, at []time.Time) error {
	if err := tx.Exec("DELETE FROM poll_reminders WHERE poll_id = ?", poll).Error; err != nil {
		return fmt.Errorf("drop the reminders of poll %d: %w", poll, err)
	}
	return remind(tx, poll, at)
}

// neverReminds tells that a poll without reminders would have had one, had it
// not been wished otherwise.
func (p Poll) neverReminds(reminders []time.Time) bool {
	return len(reminders) == 0 && p.ClosesAt != nil && len(usualReminders(p.begins(), *p.ClosesAt)) > 0
}
