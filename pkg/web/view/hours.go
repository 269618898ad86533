package view

import (
	"html/template"
	"time"

	"plenary/pkg/i18n"
)

// hours is a stretch of time as the clock on the wall shows it: "09:00–10:30".
func (f phrases) hours(c Clock, from, to time.Time) template.HTML {
	return template.HTML(`<span class="hours">`) + f.time(c, from, f.words.Date(from, c.Zone, i18n.Clock), "") + "–" +
		f.time(c, to, f.words.Date(to, c.Zone, i18n.Clock), "") + "</span>"
}

// hoursPlain is hours without markup.
func (f phrases) hoursPlain(c Clock, from, to time.Time) string {
	return f.words.Date(from, c.Zone, i18n.Clock) + "–" + f.words.Date(to, c.Zone, i18n.Clock)
}

// yours is a stretch of time in the reader's own zone, with the weekday where it
// is another than at the event. It is empty where the reader's zone is not known, or
// its clocks show the same.
func (f phrases) yours(own, there *time.Location, from, to time.Time) string {
	if own == nil || there == nil || sameClock(own, there, from) && sameClock(own, there, to) {
		return ""
	}
	args := i18n.Args{"Hours": f.hoursPlain(Clock{Zone: own}, from, to)}
	if from.In(own).Day() == from.In(there).Day() {
		return f.words.T("schedule.yours", args)
	}
	args["Day"] = f.words.Date(from, own, i18n.Weekday)
	return f.words.T("schedule.yours_on", args)
}

func sameClock(a, b *time.Location, t time.Time) bool {
	_, one := t.In(a).Zone()
	_, other := t.In(b).Zone()
	return one == other
}
