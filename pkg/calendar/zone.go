package calendar

import (
	"fmt"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"
)

// onset is a change of a zone's clock.
type onset struct {
	at       time.Time // the first instant of the new time
	name     string
	from, to int  // seconds east of UTC
	summer   bool // daylight saving begins
}

// describe gives the changes of a zone's clock that matter to the time between two
// instants, one by one: from the one by which the first is read, to the last
// before the second. They are what the tz database says, without a rule beyond
// them.
func describe(zone *time.Location, first, last time.Time) *ics.VTimezone {
	out := ics.NewTimezone(zone.String())
	for _, o := range onsets(zone, first, last) {
		part := &ics.ComponentBase{}
		part.SetProperty(ics.ComponentPropertyDtStart, o.at.In(time.FixedZone("", o.from)).Format(wallTime))
		part.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offset(o.from))
		part.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), offset(o.to))
		part.SetProperty(ics.ComponentProperty(ics.PropertyTzname), o.name)
		if o.summer {
			out.Components = append(out.Components, &ics.Daylight{ComponentBase: *part})
		} else {
			out.Components = append(out.Components, &ics.Standard{ComponentBase: *part})
		}
	}
	return out
}

// onsets lists changes in the order of time. Where the only one is into daylight
// saving, the one before it stands there too: some programs want a standard time.
func onsets(zone *time.Location, first, last time.Time) []onset {
	var out []onset
	for t := first; ; {
		o, until := onsetOf(t.In(zone))
		out = append(out, o)
		if until.IsZero() || until.After(last) {
			break
		}
		t = until
	}
	if out[0].summer {
		before, _ := onsetOf(out[0].at.Add(-time.Second).In(zone))
		out = slices.Insert(out, 0, before)
	}
	return out
}

// onsetOf is the change since which the clock has been as it is at an instant, and
// when the next one is; zero where there is none.
func onsetOf(t time.Time) (onset, time.Time) {
	since, until := t.ZoneBounds()
	name, offset := t.Zone()
	o := onset{at: since, name: name, from: offset, to: offset}
	if since.IsZero() { // it was always so
		o.at = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
		return o, until
	}
	before := since.Add(-time.Second)
	_, o.from = before.Zone()
	o.summer = o.to > o.from && before.IsDST() != t.IsDST()
	return o, until
}

// offset writes seconds east of UTC as +hhmm, or +hhmmss where there are seconds.
func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	out := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		out += fmt.Sprintf("%02d", seconds%60)
	}
	return out
}
