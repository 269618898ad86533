package poll

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"plenary/pkg/store"
)

// Where nothing is said, those who have not voted are reminded a day before the
// close of a poll that runs for more than two days.
const (
	remindBefore = 24 * time.Hour
	remindFrom   = 48 * time.Hour
)

// reminders are the instants asked for, or the usual one.
func (in NewPoll) reminders(now time.Time) []time.Time {
	if in.Reminders == nil {
		return usualReminders(now, in.ClosesAt)
	}
	var out []time.Time
	for _, before := range in.Reminders {
		out = append(out, in.ClosesAt.Add(-before))
	}
	return out
}

func usualReminders(now, closes time.Time) []time.Time {
	if closes.Sub(now) <= remindFrom {
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
	var old []store.Time
	if err := tx.Table("poll_reminders").Select("at").Where("poll_id = ?", p.ID).Find(&old).Error; err != nil {
		return fmt.Errorf("read the reminders of poll %d: %w", p.ID, err)
	}
	if err := tx.Exec("DELETE FROM poll_reminders WHERE poll_id = ?", p.ID).Error; err != nil {
		return fmt.Errorf("drop the reminders of poll %d: %w", p.ID, err)
	}
	var moved []time.Time
	for _, at := range old {
		if p.ClosesAt != nil {
			moved = append(moved, until.Add(-p.ClosesAt.Sub(at.Time)))
		}
	}
	moved = slices.DeleteFunc(moved, func(at time.Time) bool { return !at.After(now) })
	if len(moved) == 0 && !p.neverReminds(old) {
		moved = usualReminders(now, until)
	}
	return remind(tx, p.ID, moved)
}

// neverReminds tells that a poll without reminders would have had one, had it
// not been wished otherwise.
func (p Poll) neverReminds(reminders []store.Time) bool {
	return len(reminders) == 0 && p.OpenedAt != nil && p.ClosesAt != nil && len(usualReminders(*p.OpenedAt, *p.ClosesAt)) > 0
}
