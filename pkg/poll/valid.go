package poll

import (
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/markup"
	"plenary/pkg/plain"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// validate judges a poll as a whole and puts its texts, options and rules in
// order.
func (in *NewPoll) validate(now time.Time) error {
	var f errs.Fields
	in.Title = plain.Line(&f, "title", in.Title, true, MaxTitle)
	in.Details = plain.Body(&f, "details", in.Details, false, markup.MaxBytes)
	in.Settings.validate(&f)
	in.ClosesAt = validClosing(&f, in.ClosesAt, now)
	in.validateTimes(&f, now)
	in.validateOptions(&f)
	in.validateRules(&f)
	in.validatePublication(&f)
	in.validateReminders(&f, now)
	return f.Err()
}

// validateTimes wants the opening and the end of collecting in the future, in
// this order, and before the close. What opens at a time is a draft until then.
func (in *NewPoll) validateTimes(f *errs.Fields, now time.Time) {
	from := now
	if in.OpensAt != nil {
		in.Draft = true
		in.OpensAt = validBefore(f, "opens_at", *in.OpensAt, from, in.ClosesAt)
		from = *in.OpensAt
	}
	switch {
	case in.CollectUntil == nil || in.collected != nil && in.CollectUntil.Equal(*in.collected):
	case in.OptionsBy != ByVoters || !takesMore(in.Method):
		f.Add("collect_until", "poll.collects_nothing")
	default:
		in.CollectUntil = validBefore(f, "collect_until", *in.CollectUntil, from, in.ClosesAt)
	}
}

// validBefore wants an instant after one and before another.
func validBefore(f *errs.Fields, field string, at, from, close time.Time) *time.Time {
	at = store.At(at).Time
	switch {
	case !at.After(from):
		f.Add(field, "poll.time_too_early")
	case !close.IsZero() && !at.Before(close):
		f.Add(field, "poll.time_after_close")
	}
	return &at
}

// validClosing wants an instant in the future, at most MaxYears ahead.
func validClosing(f *errs.Fields, at, now time.Time) time.Time {
	at = store.At(at).Time
	switch {
	case at.IsZero():
		f.Add("closes_at", "field.required")
	case !at.After(now):
		f.Add("closes_at", "poll.closes_past")
	case at.After(now.AddDate(MaxYears, 0, 0)):
		f.Add("closes_at", "poll.closes_too_late", errs.Args{"Count": MaxYears})
	}
	return at
}

func (in *NewPoll) validateRules(f *errs.Fields) {
	in.Rules.Method = in.Method
	for field, complaint := range in.Rules.Validate(len(in.Options)) {
		if field == "sides" {
			continue // said at the options
		}
		f.Add(field, complaint.Code, complaint.Args)
	}
	in.Rules = in.Rules.Complete()
}

// validatePublication wants totals only where there are secret rankings to be
// summed up. A receipt that says what is on the ballot would prove more than any
// mark, so there are none of those.
func (in *NewPoll) validatePublication(f *errs.Fields) {
	if in.Publish != PublishTotals {
		return
	}
	in.Receipts = CountOnly
	switch {
	case !in.Secret:
		f.Add("publish", "poll.totals_secret")
	case in.Method.Form() != tally.Ranking:
		f.Add("publish", "poll.totals_rankings")
	}
}

// validateReminders wants them while the poll runs.
func (in *NewPoll) validateReminders(f *errs.Fields, now time.Time) {
	if len(in.Reminders) > MaxReminders {
		f.Add("reminders", "field.too_many", errs.Args{"Max": MaxReminders})
	}
	for _, before := range in.Reminders {
		if before <= 0 || !in.ClosesAt.Add(-before).After(in.begins(now)) {
			f.Add("reminders", "poll.reminder_past")
		}
	}
}
