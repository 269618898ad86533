package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) poll(c edge.Ctx) error {
	return s.showPoll(c, http.StatusOK, view.Form{}, view.Form{})
}

// showPoll answers with a poll's page. Ballot and manage are forms that came
// back rejected.
func (s *Site) showPoll(c edge.Ctx, status int, ballot, manage view.Form) error {
	return s.showPollWith(c, status, ballot, manage, view.Form{})
}

// showPollWith is showPoll with the form for an option, where somebody has begun
// to fill it in.
func (s *Site) showPollWith(c edge.Ctx, status int, ballot, manage, option view.Form) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	if edge.Who(c).OnlyPoll != 0 {
		return s.showGuestPoll(c, status, p, ballot)
	}
	thread, err := s.Forum.Thread(ctx(c), edge.Who(c), p.ThreadID)
	if err != nil {
		return err
	}
	if p.Alone && p.State != access.Draft {
		if !edge.Who(c).SignedIn() && status == http.StatusOK {
			return s.visitorsThread(c, thread)
		}
		return s.showTalk(c, status, thread, &pollForms{ballot, manage, option})
	}
	page, err := s.pollPage(c, p, thread, pollForms{ballot, manage, option})
	if err != nil {
		return err
	}
	return s.show(c, status, page)
}

// pollForms are the forms on a poll's page, each zero unless it came back
// rejected.
type pollForms struct{ ballot, manage, option view.Form }

// pollPage is a poll as it stands alone, or above its own discussion.
func (s *Site) pollPage(c edge.Ctx, p poll.Poll, thread forum.Thread, forms pollForms) (view.PollPage, error) {
	page := view.PollPage{Frame: s.frame(c), LastSeq: thread.LastSeq, Manage: forms.manage}
	var err error
	if page.Card, err = s.pollCardFor(c, p, forms.ballot, c.QueryParam("change") != "", true); err != nil {
		return page, err
	}
	page.Card.Thread = threadHead(thread)
	if page.Card.NoAnswer, err = s.noAnswerYet(c, p); err != nil {
		return page, err
	}
	if !forms.manage.Rejected() {
		page.Manage.Values = url.Values{"closes_at": {s.aWeekOn(edge.Zone(c)).Format(localMinute)}}
	}
	if page.Schedule, err = s.offersSchedule(c, p, thread); err != nil {
		return page, err
	}
	page.Adding, err = s.adding(c, p, forms.option)
	return page, err
}

// changePoll is a button on a poll.
func (s *Site) changePoll(change func(context.Context, access.Actor, int64) (poll.Poll, error)) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		if _, err := submitted(c); err != nil {
			return err
		}
		if _, err := change(ctx(c), edge.Who(c), id); err != nil {
			return err
		}
		return seeOther(c, pollURL(id))
	}
}

// movePoll opens a poll again, or longer, until the time in the form.
func (s *Site) movePoll(do access.Action, move func(context.Context, access.Actor, int64, time.Time) (poll.Poll, error)) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
		if err != nil {
			return err
		}
		if err := access.Check(edge.Who(c), do, p.Facts()); err != nil {
			return err
		}
		form, err := submitted(c)
		if err != nil {
			return err
		}
		var f errs.Fields
		until := minuteOf(&f, form, "closes_at", edge.Zone(c))
		if err = f.Err(); err == nil {
			_, err = move(ctx(c), edge.Who(c), id, until)
		}
		if err == nil || store.IsReplay(err) {
			return seeOther(c, pollURL(id))
		}
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showPoll(c, http.StatusUnprocessableEntity, view.Form{}, again)
	}
}

// localMinute is a time as the browser's field for it writes it.
const localMinute = "2006-01-02T15:04"

// minuteOf reads a time that was typed in the reader's zone.
func minuteOf(f *errs.Fields, form url.Values, name string, zone *time.Location) time.Time {
	text := form.Get(name)
	if text == "" {
		f.Add(name, "field.required")
		return time.Time{}
	}
	for _, layout := range []string{localMinute, localMinute + ":05"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at
		}
	}
	f.Add(name, "field.date_time")
	return time.Time{}
}

// aWeekOn is the closing time that is proposed: in a week, in the evening.
func (s *Site) aWeekOn(zone *time.Location) time.Time {
	return evening(s.Now().In(zone).AddDate(0, 0, 7))
}
