package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/calendar"
	"plenary/pkg/edge"
	"plenary/pkg/i18n"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// calendarRefresh is how often programs that follow a calendar are asked to look.
const calendarRefresh = time.Hour

// sendCalendar answers with a calendar that programs may follow. private is for
// one reader alone.
func (s *Site) sendCalendar(c edge.Ctx, cal calendar.Calendar, name string, private bool) error {
	body, err := cal.Write()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	c.Response().Header().Set("Content-Disposition", `inline; filename="`+name+`"`)
	return edge.Fresh(c, calendar.Media, hex.EncodeToString(sum[:16]), private, body)
}

// pollCalendar is when a poll closes, or for a time poll that has been decided,
// when it will be.
func (s *Site) pollCalendar(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	cal := calendar.Calendar{Name: p.Title, Link: s.edge.Origin() + pollURL(p.ID), Zone: time.UTC, Refresh: calendarRefresh}
	if cal.Entries, err = s.timesOf(c, p); err != nil {
		return err
	}
	return s.sendCalendar(c, cal, fmt.Sprintf("poll-%d.ics", p.ID), true)
}

// timesOf are a poll's entries: its closing, and the times that it has settled on
// where the reader may see that.
func (s *Site) timesOf(c edge.Ctx, p poll.Poll) ([]calendar.Entry, error) {
	entry := calendar.Entry{Sequence: int(p.Head.Number), Changed: lastChange(p), Text: p.Details, Link: s.edge.Origin() + pollURL(p.ID)}
	var out []calendar.Entry
	if p.ClosesAt != nil {
		e := entry
		e.UID, e.Starts, e.Free = s.uid("poll-closes", p.ID), *p.ClosesAt, true
		e.Title = s.words(c).T("calendar.poll_closes", i18n.Args{"Poll": p.Title})
		out = append(out, e)
	}
	if p.Method != tally.TimePoll || p.State != access.PollEnded || !access.May(edge.Who(c), access.ReadResults, p.Facts()) {
		return out, nil
	}
	count, err := s.Polls.Results(ctx(c), edge.Who(c), p.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range p.Options {
		if o.StartsAt == nil || !slices.Contains(count.Winners, o.ID) {
			continue
		}
		e := entry
		e.UID, e.Title, e.Starts = s.uid("poll-time", o.ID), p.Title, *o.StartsAt
		if o.EndsAt != nil {
			e.Ends = *o.EndsAt
		}
		out = append(out, e)
	}
	return out, nil
}

// lastChange is when something about the poll itself was changed last.
func lastChange(p poll.Poll) time.Time {
	at := p.CreatedAt
	for _, later := range []*time.Time{p.EditedAt, p.OpenedAt, p.ClosedAt} {
		if later != nil && later.After(at) {
			at = *later
		}
	}
	return at
}

// uid names an entry for ever, for all who meet it.
func (s *Site) uid(what string, id int64) string {
	return fmt.Sprintf("%s-%d@%s", what, id, s.edge.BaseURL.Hostname())
}
