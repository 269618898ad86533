package programme

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // so that time zones are known on a machine without them

	"plenary/pkg/errs"
)

// Date is a day of the calendar, as "2026-06-20".
type Date string

// Valid reports whether d is a day that the calendar has.
func (d Date) Valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// Plus is the day so many days later.
func (d Date) Plus(days int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, days).Format(time.DateOnly))
}

// Minute is a time of the day, in minutes since the midnight that began the day.
// From 1440 on it is in the night after it.
type Minute int

const (
	midnight = 24 * 60 // the one that ends the day
	latest   = 36 * 60 // until when a slot may go on
)

// String writes the minute as a clock shows it: "09:30", and "01:30" for half past
// one in the night after the day.
func (m Minute) String() string {
	m %= midnight
	return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60)
}

// ParseMinute reads a time of the day such as "09:30" or "9:05". "24:00" is the
// midnight that ends the day, and "25:30" half past one in the night after it.
func ParseMinute(text string) (Minute, bool) {
	hours, minutes, ok := strings.Cut(strings.TrimSpace(text), ":")
	h, err1 := strconv.Atoi(hours)
	m, err2 := strconv.Atoi(minutes)
	if !ok || err1 != nil || err2 != nil || len(hours) > 2 || len(minutes) != 2 || h < 0 || m < 0 || m > 59 || h*60+m > latest {
		return 0, false
	}
	return Minute(h*60 + m), true
}

// Zone finds a time zone by its name; nil where there is none of that name. Names
// that mean another zone on another machine are not known.
func Zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// zone is where the event is. A name that the program no longer knows counts as UTC.
func (p Programme) zone() *time.Location {
	if loc := Zone(p.Zone); loc != nil {
		return loc
	}
	return time.UTC
}

// Wall is what the clocks of a place make of a time of the day.
type Wall struct {
	At      time.Time // in the place's zone
	Doubled bool      // the clock shows that time twice; At is the first
	Missing bool      // the clock never shows it; At is when it is put forward
	Before  string    // of a missing time: what the clock shows when it is put forward, as "01:00"
	After   string    // and what it is put to, as "02:00"
}

// OnTheWall finds the instant at which the clocks of a place show a time of a day.
func OnTheWall(day Date, m Minute, loc *time.Location) Wall {
	midnight, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return Wall{At: time.Unix(0, 0).In(loc)}
	}
	shown := midnight.Add(time.Duration(m) * time.Minute)
	// What the place is ahead of UTC well before and well after, of which one holds.
	_, before := shown.Add(-24 * time.Hour).In(loc).Zone()
	_, after := shown.Add(24 * time.Hour).In(loc).Zone()
	early, late := shown.Add(-time.Duration(before)*time.Second).In(loc), shown.Add(-time.Duration(after)*time.Second).In(loc)
	shows := func(t time.Time) bool { return t.Format(time.DateTime) == shown.Format(time.DateTime) }
	switch {
	case shows(early) && shows(late) && !early.Equal(late):
		if late.Before(early) {
			early = late
		}
		return Wall{At: early, Doubled: true}
	case shows(early):
		return Wall{At: early}
	case shows(late):
		return Wall{At: late}
	}
	change, _ := early.ZoneBounds()
	return Wall{At: change, Missing: true, After: change.Format("15:04"),
		Before: change.UTC().Add(time.Duration(before) * time.Second).Format("15:04")}
}

// complain adds what is wrong with a time of the day that the clock never shows.
func (w Wall) complain(f *errs.Fields, field string, day Date, m Minute, zone string) {
	if w.Missing {
		f.Add(field, "programme.hour_missing", errs.Args{"Time": m.String(), "Day": string(day.Plus(int(m / midnight))), "Zone": zone, "Before": w.Before, "After": w.After})
	}
}
