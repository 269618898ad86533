// Package calendar writes iCalendar files (RFC 5545) that calendar programs read
// or subscribe to.
//
// It is given plain entries with their instants and knows nothing of programmes
// and polls. Nobody's address is ever in a file: entries have no organizer and no
// attendees, as befits what is published to all (RFC 5545, 3.8.4.3).
package calendar

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// Media is the type under which a calendar is given out.
const Media = "text/calendar; charset=utf-8"

// Calendar is a file of entries.
type Calendar struct {
	Name    string
	Text    string // what it is; may be empty
	Link    string // the page that it stands for; may be empty
	Zone    *time.Location
	Refresh time.Duration // how often programs are asked to look again; 0 for not at all
	Entries []Entry
}

// Entry is something that happens at a time.
type Entry struct {
	UID       string    // the same for ever
	Sequence  int       // grows when it is changed
	Changed   time.Time // when that was last
	Title     string
	Text      string // plain; may have several lines
	Place     string
	Link      string
	Kinds     []string
	Starts    time.Time
	Ends      time.Time // zero for a moment that lasts no time
	Cancelled bool
	Free      bool // it takes up none of the reader's time
}

// Write gives the calendar as a file. The same calendar is the same file, byte by
// byte. Entries stand in their zone's wall time, with a description of the zone
// beside them, so that a reader elsewhere sees both clocks right.
func (c Calendar) Write() ([]byte, error) {
	out := ics.NewCalendar()
	out.SetProductId("-//Plenary//Plenary//EN")
	out.SetCalscale("GREGORIAN")
	out.SetName(clean(c.Name))
	if c.Text != "" {
		out.SetDescription(clean(c.Text))
		out.SetXWRCalDesc(clean(c.Text))
	}
	if c.Link != "" {
		out.SetUrl(c.Link)
	}
	if c.Refresh > 0 {
		wait := fmt.Sprintf("PT%dM", int(c.Refresh.Minutes()))
		out.SetRefreshInterval(wait)
		out.SetXPublishedTTL(wait)
	}
	w := writer{zone: c.zone()}
	if w.zone != time.UTC {
		out.SetXWRTimezone(w.zone.String())
		if first, last, any := c.span(); any {
			out.AddVTimezone(describe(w.zone, first, last))
		}
	}
	for _, e := range c.Entries {
		out.AddVEvent(w.event(e))
	}
	var b bytes.Buffer
	if err := out.SerializeTo(&b, ics.WithNewLine("\r\n")); err != nil {
		return nil, fmt.Errorf("write calendar: %w", err)
	}
	return b.Bytes(), nil
}

// zone is that of the calendar, where it has a name that others know.
func (c Calendar) zone() *time.Location {
	if c.Zone == nil || c.Zone == time.Local || c.Zone.String() == "UTC" {
		return time.UTC
	}
	return c.Zone
}

// span is from when till when there are entries.
func (c Calendar) span() (first, last time.Time, any bool) {
	for i, e := range c.Entries {
		end := e.Ends
		if end.IsZero() {
			end = e.Starts
		}
		if i == 0 || e.Starts.Before(first) {
			first = e.Starts
		}
		if i == 0 || end.After(last) {
			last = end
		}
	}
	return first, last, len(c.Entries) > 0
}

type writer struct{ zone *time.Location }

func (w writer) event(e Entry) *ics.VEvent {
	v := ics.NewEvent(clean(e.UID))
	v.SetDtStampTime(e.Changed)
	v.SetModifiedAt(e.Changed)
	v.SetSequence(e.Sequence)
	w.at(v, ics.ComponentPropertyDtStart, e.Starts)
	if e.Ends.After(e.Starts) {
		w.at(v, ics.ComponentPropertyDtEnd, e.Ends)
	}
	v.SetSummary(clean(e.Title))
	if e.Text != "" {
		v.SetDescription(clean(e.Text))
	}
	if e.Place != "" {
		v.SetLocation(clean(e.Place))
	}
	if e.Link != "" {
		v.SetURL(e.Link)
	}
	for _, kind := range e.Kinds {
		v.AddCategory(clean(kind))
	}
	v.SetStatus(ics.ObjectStatusConfirmed)
	if e.Cancelled {
		v.SetStatus(ics.ObjectStatusCancelled)
	}
	v.SetTimeTransparency(ics.TransparencyOpaque)
	if e.Free || e.Cancelled {
		v.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return v
}

const (
	wallTime = "20060102T150405"
	utcTime  = "20060102T150405Z"
)

// at writes an instant as the clock on the wall shows it, or as UTC where that
// would name two instants: in the hour that a clock put back shows a second time.
// Readers should take the first of them (RFC 5545, 3.3.5), and not all do.
func (w writer) at(v *ics.VEvent, name ics.ComponentProperty, t time.Time) {
	local := t.In(w.zone)
	if w.zone == time.UTC || twofold(local) {
		v.SetProperty(name, t.UTC().Format(utcTime))
		return
	}
	v.SetProperty(name, local.Format(wallTime), ics.WithTZID(w.zone.String()))
}

// twofold reports whether the clock shows this time twice, before and after it is
// put back.
func twofold(t time.Time) bool {
	since, until := t.ZoneBounds()
	if !since.IsZero() && t.Sub(since) < putBack(since) {
		return true
	}
	return !until.IsZero() && until.Sub(t) <= putBack(until)
}

// putBack is by how much a clock is put back when it changes; less than nothing
// where it is put forward.
func putBack(change time.Time) time.Duration {
	_, before := change.Add(-time.Second).Zone()
	_, after := change.Zone()
	return time.Duration(before-after) * time.Second
}

// clean makes a text that any program can take: lines end with \n, and nothing in
// it is a control character.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}
