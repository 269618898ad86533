package poll

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/plain"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// Option is something that can be chosen.
type Option struct {
	ID              int64
	Position        int           // from 0
	Key             string        // of usual answers: agree, abstain, disagree, block; accept, decline; otherwise empty
	DescriptionHTML string        // rendered and safe
	AddedBy         *person.Brief // the voter who added it; nil where it was there from the beginning
	AddedAt         *time.Time
	NewOption
}

// NewOption is an option as it is asked for.
type NewOption struct {
	Label        string
	Description  string     // Markdown; may be empty
	ThemeID      int64      // a theme of the same thread that it stands for; 0 for none
	FileID       int64      // a picture: one's own, one in the same thread, or one that the poll has already; 0 for none
	PictureAlt   string     // what it shows, in words; may be empty
	Side         tally.Side // of an answer to a proposal
	ReasonPrompt string     // what is asked of those who choose it, instead of "why"
	StartsAt     *time.Time // of a time poll: when it begins
	EndsAt       *time.Time // and ends; nil where that is open

	html string // Description, rendered and safe
}

// key is the name under which the usual answers have words of their own.
func (o NewOption) key(m tally.Method) string {
	if m == tally.Proposal && o.Label == string(o.Side) || m == tally.OptIn {
		return o.Label
	}
	return ""
}

// usual are the options of methods that have some, and none for the others.
func usual(m tally.Method) []NewOption {
	var out []NewOption
	switch m {
	case tally.Proposal:
		for _, side := range []tally.Side{tally.For, tally.Neutral, tally.Against, tally.Stop} {
			out = append(out, NewOption{Label: string(side), Side: side})
		}
	case tally.OptIn:
		out = []NewOption{{Label: Accept}, {Label: Decline}}
	}
	return out
}

// The answers where people say whether they take part.
const (
	Accept  = "accept"
	Decline = "decline"
)

func (in *NewPoll) validateOptions(f *errs.Fields) {
	if in.Method == tally.OptIn || in.Method == tally.Question {
		if len(in.Options) > 0 && !sameLabels(in.Options, usual(in.Method)) {
			f.Add("options", "poll.options_fixed")
		}
		in.Options = usual(in.Method)
		return
	}
	if len(in.Options) == 0 && in.Method == tally.Proposal {
		in.Options = usual(in.Method)
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
		o.validate(f, field, in.Method)
		folded := strings.ToLower(o.Label)
		if labels[folded] || o.ThemeID != 0 && themes[o.ThemeID] {
			f.Add(field, "poll.option_twice")
		}
		labels[folded], themes[o.ThemeID] = true, true
	}
	in.takeSides()
}

func sameLabels(a, b []NewOption) bool {
	return slices.EqualFunc(a, b, func(x, y NewOption) bool { return x.Label == y.Label })
}

// validate judges one option by itself.
func (o *NewOption) validate(f *errs.Fields, field string, m tally.Method) {
	if m == tally.TimePoll {
		o.validateSlot(f, field)
	} else if o.StartsAt != nil || o.EndsAt != nil {
		f.Add(field, "poll.slot_only_for_times")
	}
	o.Label = plain.Line(f, field, o.Label, true, MaxLabel)
	o.ReasonPrompt = plain.Line(f, field, o.ReasonPrompt, false, MaxLabel)
	if o.PictureAlt = plain.Line(f, field, o.PictureAlt, false, MaxPictureAlt); o.FileID == 0 {
		o.PictureAlt = ""
	}
	o.Description = plain.Body(f, field, o.Description, false, utf8.UTFMax*MaxDescription)
	if utf8.RuneCountInString(o.Description) > MaxDescription {
		f.Add(field, "field.too_long", errs.Args{"Max": MaxDescription})
	}
	switch {
	case m == tally.Proposal && !slices.Contains([]tally.Side{tally.For, tally.Neutral, tally.Against, tally.Stop}, o.Side):
		f.Add(field, "poll.side_needed")
	case m != tally.Proposal && o.Side != "":
		f.Add(field, "poll.side_only_for_proposals")
	}
}

// validateSlot wants a beginning, and an end after it. The label is made of both.
func (o *NewOption) validateSlot(f *errs.Fields, field string) {
	if o.StartsAt == nil || o.StartsAt.IsZero() {
		f.Add(field, "poll.slot_needs_start")
		return
	}
	o.StartsAt = new(store.At(*o.StartsAt).Time)
	o.Label = o.StartsAt.UTC().Format(slotFormat)
	if o.EndsAt == nil {
		return
	}
	o.EndsAt = new(store.At(*o.EndsAt).Time)
	if !o.EndsAt.After(*o.StartsAt) {
		f.Add(field, "poll.slot_ends_before")
	}
	o.Label += "/" + o.EndsAt.UTC().Format(slotFormat)
}

// slotFormat is an instant as ISO 8601 writes the ends of an interval, in UTC.
const slotFormat = "2006-01-02T15:04Z"

// takeSides tells the count which answer takes which side, unless they are the
// usual ones.
func (in *NewPoll) takeSides() {
	in.Rules.Sides = nil
	if in.Method != tally.Proposal || sameLabels(in.Options, usual(in.Method)) {
		return
	}
	for _, o := range in.Options {
		in.Rules.Sides = append(in.Rules.Sides, o.Side)
	}
}

type newOption struct {
	ID              int64
	PollID          int64
	Position        int
	Label           string
	Description     string
	DescriptionHTML string
	ThemeID         *int64
	FileID          *int64
	PictureAlt      string
	Side            tally.Side
	ReasonPrompt    string
	StartsAt        *store.Time
	EndsAt          *store.Time
}

func (newOption) TableName() string { return "poll_options" }

func (o NewOption) row(poll int64, position int) newOption {
	return newOption{PollID: poll, Position: position, Label: o.Label, Description: o.Description, DescriptionHTML: o.html,
		ThemeID: orNone(o.ThemeID), FileID: orNone(o.FileID), PictureAlt: o.PictureAlt, Side: o.Side, ReasonPrompt: o.ReasonPrompt,
		StartsAt: stored(o.StartsAt), EndsAt: stored(o.EndsAt)}
}

func orNone(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// insertOptions writes the options of a poll that had the others before.
func insertOptions(tx *store.Tx, who access.Actor, thread, poll int64, options []NewOption, before []Option) error {
	if len(options) == 0 {
		return nil
	}
	rows := make([]newOption, len(options))
	var themes, files []int64
	for i, o := range options {
		rows[i] = o.row(poll, i)
		if o.ThemeID != 0 {
			themes = append(themes, o.ThemeID)
		}
		if o.FileID != 0 && !slices.Contains(files, o.FileID) && !hasPicture(before, o.FileID) {
			files = append(files, o.FileID)
		}
	}
	if err := themesOfThread(tx, thread, themes); err != nil {
		return err
	}
	if err := picturesFor(tx, who, thread, files); err != nil {
		return err
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("write the options of poll %d: %w", poll, err)
	}
	return nil
}

// themesOfThread refuses themes of other threads, and those that are out of the
// running. No id may be given twice.
func themesOfThread(tx *store.Tx, thread int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	var standing int64
	err := tx.Table("themes").Where("id IN ? AND thread_id = ? AND state IN ?", ids, thread,
		[]access.ThemeState{access.Proposed, access.Shortlisted, access.Scheduled}).Count(&standing).Error
	if err != nil {
		return fmt.Errorf("look up themes: %w", err)
	}
	return allThere(standing, ids, "poll.theme_not_here")
}

func hasPicture(options []Option, file int64) bool {
	return slices.ContainsFunc(options, func(o Option) bool { return o.FileID == file })
}

// picturesFor refuses files that are neither the actor's own nor in the thread,
// and those that are no pictures. No id may be given twice.
func picturesFor(tx *store.Tx, who access.Actor, thread int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	var there int64
	err := tx.Table("files").Where("id IN ? AND (thread_id = ? OR owner_id = ?) AND width > 0", ids, thread, who.Person).Count(&there).Error
	if err != nil {
		return fmt.Errorf("look up pictures: %w", err)
	}
	return allThere(there, ids, "poll.picture_not_here")
}

func allThere(found int64, ids []int64, complaint string) error {
	if int(found) == len(ids) {
		return nil
	}
	var f errs.Fields
	f.Add("options", complaint)
	return f.Err()
}

// optionRow is an option with the voter who added it.
type optionRow struct {
	Row         newOption `gorm:"embedded"` // a field, as in votedRow
	AddedBy     *int64
	AddedAt     *store.Time
	Handle      *string
	Name        *string
	Affiliation *string
}

func (r optionRow) option() Option {
	o := Option{ID: r.Row.ID, Position: r.Row.Position, DescriptionHTML: r.Row.DescriptionHTML, AddedAt: instant(r.AddedAt),
		NewOption: NewOption{Label: r.Row.Label, Description: r.Row.Description, PictureAlt: r.Row.PictureAlt, Side: r.Row.Side, ReasonPrompt: r.Row.ReasonPrompt,
			StartsAt: instant(r.Row.StartsAt), EndsAt: instant(r.Row.EndsAt), html: r.Row.DescriptionHTML}}
	if r.Row.ThemeID != nil {
		o.ThemeID = *r.Row.ThemeID
	}
	if r.Row.FileID != nil {
		o.FileID = *r.Row.FileID
	}
	if r.AddedBy != nil && r.Handle != nil {
		o.AddedBy = &person.Brief{ID: *r.AddedBy, Handle: *r.Handle, Name: *r.Name, Affiliation: *r.Affiliation}
	}
	return o
}

func optionsOf(g *gorm.DB, polls []int64) (map[int64][]Option, error) {
	out := map[int64][]Option{}
	if len(polls) == 0 {
		return out, nil
	}
	var rows []optionRow
	err := g.Table("poll_options AS o").Select(`o.id, o.poll_id, o.position, o.label, o.description, o.description_html, o.theme_id, o.file_id, o.picture_alt,
		o.side, o.reason_prompt, o.starts_at, o.ends_at, o.added_by, o.added_at, a.handle, a.name, a.affiliation`).
		Joins("LEFT JOIN people AS a ON a.id = o.added_by").Where("o.poll_id IN ?", polls).Order("o.poll_id, o.position").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read options: %w", err)
	}
	for _, r := range rows {
		out[r.Row.PollID] = append(out[r.Row.PollID], r.option())
	}
	return out, nil
}

// Preview is a poll as it would be, for showing its ballot before it is made.
// Nothing is judged; options are numbered from 1.
func Preview(in NewPoll) Poll {
	p := Poll{Title: in.Title, Method: in.Method, Settings: in.Settings, State: access.Draft}
	in.Rules.Method = in.Method
	p.Rules = in.Rules.Complete()
	if len(in.Options) == 0 {
		in.Options = usual(in.Method)
	}
	for i, o := range in.Options {
		p.Options = append(p.Options, Option{ID: int64(i + 1), Position: i, Key: o.key(in.Method), NewOption: o})
	}
	return p
}
