package view

import (
	"fmt"
	"html/template"
	"strconv"
	"time"

	"plenary/pkg/errs"
)

// Ballot is the form for the viewer's vote. Its fields are the same with and
// without scripts:
//
//	choices            ids of the options marked; "none" for none of them
//	rank-ID            the option's rank, 1 for the best; empty where not ranked
//	score-ID           the option's number; empty where left blank
//	none               "1" for none of these options
//	reason, reason-ID  why, as a whole and about one option
//	commitment         of a secret ballot: what the browser's key is known by
//	made_key           the key that the server made where the browser makes none
//	code, key          what opens a secret ballot that is to be changed
type Ballot struct {
	Form     Form
	Changing bool       // there is a vote already, and this changes it
	Kind     BallotKind // how one answers
	Options  []Option   // in the viewer's order
	Min, Max int        // options to mark or to rank; of numbers the lowest and the highest
	Budget   int        // dots or credits to spend
	UseAll   bool       // all dots have to be spent
	Equal    bool       // options may share a rank
	None     bool       // "none of these" is an answer
	Reasons  string     // "off", "optional", "required"
	Waiting  string     // about "I have no answer yet": "may" be said, "said", or empty where it is not offered
	Secret   bool
	MadeKey  string // of a secret ballot, for browsers that make none
	Rare     *RareVotes
	Totals   bool // single ballots are not published
	ByCount  bool // the receipt of a secret ballot only tells that it was counted
	Practice bool // tried out, and nothing is kept
	Me       int64
	For      []Person // in whose names the viewer may vote, with themselves; empty where in no other's
}

// RareVotes are the viewer's votes in a secret poll, where only so few voters have
// as many.
type RareVotes struct{ Votes, Voters int }

// Votes reports whether the ballot is meant to be that person's: the viewer's own
// where nothing was said.
func (b Ballot) Votes(id int64) bool {
	return b.Form.Has("for", strconv.FormatInt(id, 10)) || len(b.Form.Values["for"]) == 0 && id == b.Me
}

// longBallot is from how many options on a ballot has a field that finds some.
const longBallot = 20

// Long reports whether the ballot is so long that one wants to search in it.
func (b Ballot) Long() bool { return len(b.Options) >= longBallot && b.Kind != Times }

// BallotKind is a way of answering.
type BallotKind string

// The ways of answering, each a part of templates/partials/ballot.html.
const (
	PickOne  BallotKind = "one"     // one option
	PickSome BallotKind = "several" // some of the options
	Rank     BallotKind = "ranking" // options in order
	Points   BallotKind = "score"   // a number from Min to Max for each
	Stars    BallotKind = "stars"   // the same, with words for the numbers
	Grades   BallotKind = "grades"  // a grade for each, 0 the worst
	Dots     BallotKind = "dots"    // a budget to spread
	Credits  BallotKind = "credits" // votes that cost their square
	Times    BallotKind = "times"   // yes, if need be or no for each time
	InWords  BallotKind = "words"   // only a reason
)

// Option is something that can be chosen.
type Option struct {
	ID          int64
	Key         string // of the usual answers: "agree", "abstain", "disagree", "block", "accept", "decline"
	Label       string
	Meaning     string        // one line of explanation
	Description template.HTML // safe; empty for none
	ThemeID     int64         // 0 where it is not a theme
	Picture     string        // address; empty for none
	PictureAlt  string        // what it shows; empty where nobody has said
	Side        string        // of a proposal's own answers: what it counts as
	Prompt      string        // what is asked of those who choose it
	StartsAt    time.Time     // of a time poll
	EndsAt      time.Time     // zero where open
}

// Tone picks the colour and pattern of an answer that takes a side.
func (o Option) Tone() string {
	if o.Side != "" {
		return o.Side
	}
	return o.Key
}

// ThemeURL is the theme that the option stands for; empty for none.
func (o Option) ThemeURL() string {
	if o.ThemeID == 0 {
		return ""
	}
	return "/themes/" + strconv.FormatInt(o.ThemeID, 10)
}

// OptionPicture is the address of the picture of an option, which file names.
// Before there is a poll it is one's own upload.
func OptionPicture(poll int64, file string) string {
	if poll == 0 {
		return "/files/" + file
	}
	return fmt.Sprintf("/p/%d/pictures/%s", poll, file)
}

// About reports whether there is more to show than the label.
func (o Option) About() bool { return o.Description != "" || o.ThemeID != 0 || o.Picture != "" }

// BallotRow is an option on the form.
type BallotRow struct {
	Option
	DOM    string // what ids begin with: "p-7"
	Kind   BallotKind
	Name   string // of its field
	Value  string
	Err    errs.Text
	Chosen bool
	Min    int
	Max    int
	Equal  bool
	Clock  Clock
	Form   Form
}

// FieldID names the field in the page.
func (r BallotRow) FieldID() string { return r.DOM + "-" + r.Name }

// ReasonName is the field for the reason about this option.
func (r BallotRow) ReasonName() string { return "reason-" + strconv.FormatInt(r.ID, 10) }

// BallotRows are the options on the form, in the viewer's order.
func (p PollCard) BallotRows() []BallotRow {
	b := p.Ballot
	rows := make([]BallotRow, len(b.Options))
	for i, o := range b.Options {
		rows[i] = b.row(o, p.DOMID(), p.Clock)
	}
	return rows
}

func (b Ballot) row(o Option, dom string, clock Clock) BallotRow {
	id := strconv.FormatInt(o.ID, 10)
	r := BallotRow{Option: o, DOM: dom, Kind: b.Kind, Name: "score-" + id, Min: b.Min, Max: b.Max, Equal: b.Equal, Clock: clock, Form: b.Form}
	switch b.Kind {
	case PickOne, PickSome:
		r.Name, r.Chosen = "choices", b.Form.Has("choices", id)
		return r
	case Rank:
		r.Name, r.Min, r.Max = "rank-"+id, 1, len(b.Options)
	}
	r.Value, r.Err = b.Form.Value(r.Name), b.Form.Error(r.Name)
	return r
}

// longestScale is how many numbers are still offered as a row of buttons, and
// not as a field to type into.
const longestScale = 11

// Typed reports whether the number is typed.
func (r BallotRow) Typed() bool {
	return r.Kind == Dots || r.Kind == Credits || r.Kind == Points && r.Max-r.Min >= longestScale
}

// Step is one answer on a scale.
type Step struct {
	Value string // as the form sends it; empty for no answer
	Word  string // message key; empty where the number says all
	N, Of int    // for words with a number
	On    bool

	Numbered bool // the number stands before its word
}

// Steps are the answers on the option's scale: grades and times from the best
// down, numbers upwards, and last no answer where that is not the same as one of them.
func (r BallotRow) Steps() []Step {
	var steps []Step
	for n := r.Min; n <= r.Max; n++ {
		at := n
		if r.Kind == Grades || r.Kind == Times {
			at = r.Max - (n - r.Min)
		}
		value := strconv.Itoa(at)
		steps = append(steps, Step{Value: value, Word: StepWord(r.Kind, at, r.Max), N: at + 1, Of: r.Max + 1, On: r.Value == value, Numbered: r.Kind == Stars})
	}
	if r.Kind == Times {
		return steps
	}
	return append(steps, Step{Word: "ballot.blank", On: r.Value == ""})
}

// Words of the scales that have some for every number.
const (
	usualStars  = 5
	usualGrades = 5 // the best of six
)

// StepWord is the message key of a number on the scale, which goes up to best;
// empty where there is no word for it.
func StepWord(kind BallotKind, n, best int) string {
	switch {
	case kind == Times:
		return "ballot.time_" + strconv.Itoa(n)
	case kind == Stars && best == usualStars:
		return "ballot.star_" + strconv.Itoa(n)
	case kind == Grades && best == usualGrades:
		return "ballot.grade_" + strconv.Itoa(n)
	case kind == Grades:
		return "ballot.grade"
	}
	return ""
}

// BallotDay is the times of one day in the reader's zone.
type BallotDay struct {
	At   time.Time // the first of them
	Rows []BallotRow
}

// BallotDays are the times to answer, day by day.
func (p PollCard) BallotDays() []BallotDay {
	var days []BallotDay
	last := ""
	for _, row := range p.BallotRows() {
		if day := inZone(row.StartsAt, p.Clock.Zone).Format(time.DateOnly); day != last {
			days, last = append(days, BallotDay{At: row.StartsAt}), day
		}
		to := &days[len(days)-1]
		to.Rows = append(to.Rows, row)
	}
	return days
}

// SameDay reports whether the time ends on the day on which it begins.
func (r BallotRow) SameDay() bool { return r.EndsSameDay(r.Clock) }

// EndsSameDay is SameDay for whoever looks.
func (o Option) EndsSameDay(c Clock) bool {
	const day = time.DateOnly
	return inZone(o.StartsAt, c.Zone).Format(day) == inZone(o.EndsAt, c.Zone).Format(day)
}

func inZone(t time.Time, zone *time.Location) time.Time {
	if zone == nil {
		return t.UTC()
	}
	return t.In(zone)
}

// ZoneName is the zone in which the times of the poll are shown.
func (p PollCard) ZoneName() string {
	if p.Clock.Zone == nil {
		return "UTC"
	}
	return p.Clock.Zone.String()
}

// BallotURL is where the form is sent.
func (p PollCard) BallotURL() string {
	if p.Ballot != nil && p.Ballot.Practice {
		return p.PracticeURL()
	}
	return p.URL() + "/ballot"
}

// PracticeURL is where the ballot can be tried out.
func (p PollCard) PracticeURL() string { return p.URL() + "/practice" }

// ObjectionNeedsReason reports whether one of the answers always gives a reason.
func (b Ballot) ObjectionNeedsReason() bool {
	for _, o := range b.Options {
		if o.Tone() == "block" {
			return b.Reasons != "off"
		}
	}
	return false
}

// Receipt tells the viewer what they voted.
type Receipt struct {
	At        time.Time
	Revision  int
	Choices   []string // labels, or a line for each option or rank
	Lines     bool     // Choices are lines
	Reason    string
	Code      string // of the receipt; empty where only the voter has it
	Key       string // of a secret ballot, shown once to those whose browser made none
	Secret    bool
	CanChange bool
	By        string // the proxy who cast it; empty where the viewer did

	Promise, Nonce, Signature string // of a secret ballot, shown once: what the site has signed
}

// PracticePage lets people try out the ballot of a poll.
type PracticePage struct {
	Frame
	Card PollCard
	Said []string // what the ballot that was tried would say; nil before
	Why  []string // the reasons on it
}

func (PracticePage) page() string { return "poll-practice" }

// Tried reports whether a ballot was tried and is valid.
func (p PracticePage) Tried() bool { return p.Said != nil }

// Rejected reports whether the ballot that was tried breaks a rule of the poll.
func (p PracticePage) Rejected() bool { return p.Card.Ballot != nil && p.Card.Ballot.Form.Rejected() }
