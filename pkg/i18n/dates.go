package i18n

import (
	"fmt"
	"strings"
	"time"
)

// Style says how much of a time people want to read.
type Style string

// The styles, with what they give for a time in February 2019.
const (
	Short Style = "short" // 18 Feb 2019
	Long  Style = "long"  // Mon 18 Feb 2019, 17:45
	Exact Style = "exact" // Monday 18 February 2019, 17:45 UTC
	Clock Style = "clock" // 17:45
	Day   Style = "day"   // Monday 18 February 2019

	Weekday Style = "weekday" // Mon 18 Feb
)

// Date writes t as people in the zone would. A nil zone is UTC.
func (l *Localizer) Date(t time.Time, zone *time.Location, style Style) string {
	t = in(t, zone)
	if style == Clock {
		return l.T("date.clock", l.dateArgs(t))
	}
	return l.T("date."+string(style), l.dateArgs(t))
}

func (l *Localizer) dateArgs(t time.Time) Args {
	return Args{
		"Weekday":     l.word("date.weekdays", int(t.Weekday())),
		"WeekdayLong": l.word("date.weekdays_long", int(t.Weekday())),
		"Day":         t.Day(),
		"Month":       l.word("date.months", int(t.Month())-1),
		"MonthLong":   l.word("date.months_long", int(t.Month())-1),
		"Year":        t.Year(),
		"Clock":       t.Format("15:04"),
		"Zone":        zoneName(t),
	}
}

// word is the n-th of the space-separated words of a message.
func (l *Localizer) word(key string, n int) string {
	words := strings.Fields(l.T(key))
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n + 1)
}

func zoneName(t time.Time) string {
	name, offset := t.Zone()
	if strings.ContainsAny(name, "+-") { // zones without a name of their own
		return fmt.Sprintf("UTC%+03d:%02d", offset/3600, abs(offset)/60%60)
	}
	return name
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func in(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone)
}

// span is a length of time in the largest unit that tells something.
func span(d time.Duration) (unit string, n int64) {
	switch {
	case d < time.Hour:
		return "minutes", int64(d / time.Minute)
	case d < 36*time.Hour:
		return "hours", int64(d / time.Hour)
	case d < 60*24*time.Hour:
		return "days", int64((d + 12*time.Hour) / (24 * time.Hour))
	case d < 730*24*time.Hour:
		return "months", int64(d / (30 * 24 * time.Hour))
	}
	return "years", int64(d / (365 * 24 * time.Hour))
}

// Ago says how far t is from now: "2 days ago", "in 5 hours", "just now".
func (l *Localizer) Ago(t, now time.Time) string {
	d := now.Sub(t)
	if d > -time.Minute && d < time.Minute {
		return l.T("ago.now")
	}
	if d > 0 {
		unit, n := span(d)
		return l.N("ago.past_"+unit, n)
	}
	unit, n := span(-d)
	return l.N("ago.future_"+unit, n)
}

// Closes says when something ends: "closes Friday, 18:00, in 2 days" within the
// week to come, and with the date beyond. Where now is zero, as in text that is
// the same for everybody, the date, the time and the zone are given instead.
func (l *Localizer) Closes(t, now time.Time, zone *time.Location) string {
	local := in(t, zone)
	args := l.dateArgs(local)
	switch {
	case now.IsZero():
		return l.T("closes.neutral", args)
	case !t.After(now):
		return l.T("closes.past", args)
	}
	args["Ago"] = l.Ago(t, now)
	today := in(now, zone)
	switch {
	case local.YearDay() == today.YearDay() && local.Year() == today.Year():
		return l.T("closes.today", args)
	case t.Sub(now) < 6*24*time.Hour:
		return l.T("closes.week", args)
	}
	return l.T("closes.later", args)
}
