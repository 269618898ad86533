package poll

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/access"
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
	in.Results = validResults(&f, in.Results)
	in.ClosesAt = validClosing(&f, in.ClosesAt, now)
	in.validateOptions(&f)
	in.validateRules(&f)
	in.validateReminders(&f, now)
	return f.Err()
}

func validResults(f *errs.Fields, r access.Results) access.Results {
	switch r {
	case "":
		return access.Always
	case access.Always, access.AfterVote, access.AtClose:
	default:
		f.Add("results", "field.choose")
	}
	return r
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

func (in *NewPoll) validateOptions(f *errs.Fields) {
	if in.Method == tally.Proposal {
		if len(in.Options) > 0 {
			f.Add("options", "poll.options_fixed")
		}
		in.Options = nil
		for _, key := range tally.ProposalOptions() {
			in.Options = append(in.Options, NewOption{Label: key})
		}
		return
	}
	switch n := len(in.Options); {
	case n < MinOptions:
		f.Add("options", "poll.options_too_few", errs.Args{"Count": MinOptions})
		return
	case n > MaxOptions:
		f.Add("options", "poll.options_too_many", errs.Args{"Count": MaxOptions})
		return
	}
	in.Options = slices.Clone(in.Options)
	labels, themes := map[string]bool{}, map[int64]bool{}
	for i := range in.Options {
		o, field := &in.Options[i], "options."+strconv.Itoa(i)
		o.Label = plain.Line(f, field, o.Label, true, MaxLabel)
		folded := strings.ToLower(o.Label)
		if labels[folded] || o.ThemeID != 0 && themes[o.ThemeID] {
			f.Add(field, "poll.option_twice")
		}
		labels[folded], themes[o.ThemeID] = true, true
	}
}

func (in *NewPoll) validateRules(f *errs.Fields) {
	in.Rules.Method = in.Method
	for field, complaint := range in.Rules.Validate(len(in.Options)) {
		f.Add(field, complaint.Code, complaint.Args)
	}
	in.Rules = in.Rules.Complete()
}

func (in *NewPoll) validateReminders(f *errs.Fields, now time.Time) {
	if len(in.Reminders) > MaxReminders {
		f.Add("reminders", "field.too_many", errs.Args{"Max": MaxReminders})
	}
	for _, before := range in.Reminders {
		if before <= 0 || !in.ClosesAt.Add(-before).After(now) {
			f.Add("reminders", "poll.reminder_past")
		}
	}
}
