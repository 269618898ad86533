package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// when reads a time of the script, which is always told from the present:
// "-26d 08:40" is an hour of the day (UTC) so many days ago, "+4d 18:00" one to
// come, and "-3h20m" is so long ago. The first kind reads like a working day, the
// second one is in the past at any hour at which a forum may be filled.
func when(now time.Time, text string) (time.Time, error) {
	days, clock, isDay := strings.Cut(text, "d ")
	if !isDay {
		ago, err := time.ParseDuration(text)
		if err != nil {
			return time.Time{}, fmt.Errorf("time %q: want -26d 08:40 or -3h20m", text)
		}
		return now.Add(ago), nil
	}
	n, err := strconv.Atoi(days)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q: want days as in -26d 08:40", text)
	}
	hour, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q: want an hour as in -26d 08:40", text)
	}
	y, m, d := now.UTC().Date()
	return time.Date(y, m, d+n, hour.Hour(), hour.Minute(), 0, 0, time.UTC), nil
}

// daysAhead is how far away the assembly is, at least.
const daysAhead = 66

// assemblyDays are the three days, Thursday to Saturday, as the script names
// them: {thursday} becomes "Thursday 12 June".
func assemblyDays(now time.Time) []string {
	first := firstDay(now)
	var pairs []string
	for i, name := range []string{"{thursday}", "{friday}", "{saturday}"} {
		pairs = append(pairs, name, first.AddDate(0, 0, i).Format("Monday 2 January"))
	}
	return pairs
}

// firstDay is the Thursday on which the assembly begins.
func firstDay(now time.Time) time.Time {
	first := now.UTC().AddDate(0, 0, daysAhead)
	for first.Weekday() != time.Thursday {
		first = first.AddDate(0, 0, 1)
	}
	return first
}
