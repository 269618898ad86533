package view

import (
	"slices"
	"strings"

	"plenary/pkg/errs"
)

// SettingField is one setting of a poll as the form that builds it asks for it.
// Its words are "rule.NAME", "rule.NAME_hint" where Hint is set, and
// "rule.NAME_VALUE" for each of the choices. The name is that of the JSON of
// tally.Rules or poll.Settings.
type SettingField struct {
	Name    string
	Kind    string // "number", "negative" (a number that may be), "tick", "radio", "fraction", "percent"
	Choices []string
	Hint    bool
	More    bool // asked for only below the fold
}

var (
	seatsField  = SettingField{Name: "seats", Kind: "number"}
	quorumField = SettingField{Name: "quorum_percent", Kind: "percent", Hint: true, More: true}
	blankField  = SettingField{Name: "blank", Kind: "tick", Hint: true, More: true}
	equalField  = SettingField{Name: "equal", Kind: "tick", More: true}
)

// ruleFields are the settings that each method has, apart from the quorum.
var ruleFields = map[string][]SettingField{
	"proposal": {{Name: "threshold", Kind: "fraction", Hint: true, More: true}, {Name: "over", Kind: "tick", Hint: true, More: true},
		{Name: "basis", Kind: "radio", Choices: []string{"decided", "cast", "eligible"}, More: true},
		{Name: "blocks_allowed", Kind: "number", Hint: true, More: true}},
	"choice":   {{Name: "min", Kind: "number"}, {Name: "max", Kind: "number"}, below(seatsField), blankField},
	"approval": {{Name: "max", Kind: "number", Hint: true, More: true}, below(seatsField)},
	"opt_in":   {{Name: "target", Kind: "number", Hint: true}},
	"score": {{Name: "min_score", Kind: "negative"}, {Name: "max_score", Kind: "number"}, below(seatsField),
		{Name: "mean", Kind: "tick", Hint: true, More: true}, blankField},
	"star":              {blankField},
	"dot_vote":          {{Name: "dots", Kind: "number"}, {Name: "use_all", Kind: "tick"}, below(seatsField)},
	"quadratic":         {{Name: "credits", Kind: "number", Hint: true}, below(seatsField), {Name: "negative", Kind: "tick", More: true}},
	"majority_judgment": {{Name: "grades", Kind: "number", Hint: true, More: true}},
	"borda": {{Name: "top", Kind: "number", Hint: true}, below(seatsField), equalField,
		{Name: "unranked", Kind: "radio", Choices: []string{"zero", "average"}, More: true}},
	"irv": {{Name: "batch", Kind: "tick", Hint: true, More: true}, blankField},
	"ranked_pairs": {equalField, below(seatsField), {Name: "unranked", Kind: "radio", Choices: []string{"bottom", "ignore"}, More: true},
		{Name: "strength", Kind: "radio", Choices: []string{"winning", "margin"}, More: true}, blankField},
	"stv_scottish": {seatsField, blankField},
	"stv_wigm":     {seatsField, {Name: "decimals", Kind: "number", More: true}, blankField},
	"stv_meek":     {seatsField, blankField},
	"draw":         {seatsField},
}

func below(f SettingField) SettingField {
	f.More = true
	return f
}

// RuleFields lists the settings of counting that a method has.
func RuleFields(method string) []SettingField {
	switch method {
	case "question", "draw":
		return ruleFields[method]
	case "schulze":
		method = "ranked_pairs"
	}
	return append(slices.Clone(ruleFields[method]), quorumField)
}

// ManyOptions is from how many options on a secret ranking is warned of marks.
const ManyOptions = 6

// Markable reports whether the form asks for a secret ranking with so many orders
// that one could be agreed on as a mark, and for its single ballots.
func (p PollFormPage) Markable() bool {
	options := len(p.Form.Values["theme"])
	for _, text := range p.Form.Values["option"] {
		if text != "" {
			options++
		}
	}
	return ranks(p.Method()) && p.Form.Has("secret", "1") && p.Form.Value("publish") != "totals" && options >= ManyOptions
}

// ranks reports whether voters put the options in order.
func ranks(method string) bool {
	switch method {
	case "borda", "irv", "ranked_pairs", "schulze", "stv_scottish", "stv_wigm", "stv_meek":
		return true
	}
	return false
}

// SecrecyFields are the settings of what is shown of votes, and when. That of what
// is published is asked for rankings only.
func SecrecyFields() []SettingField {
	return []SettingField{
		{Name: "secret", Kind: "tick", Hint: true},
		{Name: "receipts", Kind: "radio", Choices: []string{"find", "count"}, More: true},
		{Name: "publish", Kind: "radio", Choices: []string{"ballots", "totals"}, Hint: true},
		{Name: "publish_from", Kind: "number", Hint: true, More: true},
		{Name: "rare_weights", Kind: "tick", Hint: true, More: true},
		{Name: "results", Kind: "radio", Choices: []string{"always", "after_vote", "at_close"}, More: true},
	}
}

// TellingFields are the settings of who hears that the poll has opened.
func TellingFields() []SettingField {
	return []SettingField{{Name: "tell", Kind: "radio", Choices: []string{"mail", "nobody"}}}
}

// Reminders are the usual choices of when voters are reminded: words, or hours before
// the close.
func (p PollFormPage) Reminders() []string {
	return []string{"usual", "never", "24", "48", "72", "168"}
}

// OtherReminders are the hours with commas between them where the poll has other
// reminders than any of the choices; empty for none.
func (p PollFormPage) OtherReminders() string {
	value := p.Form.Value("reminders")
	if slices.Contains(p.Reminders(), value) || strings.Trim(value, "0123456789, ") != "" {
		return ""
	}
	return value
}

// BallotFields are the settings of what a ballot holds besides the answer.
func BallotFields() []SettingField {
	return []SettingField{
		{Name: "reasons", Kind: "radio", Choices: []string{"optional", "required", "off"}},
		{Name: "undecided", Kind: "tick"}, {Name: "shuffle", Kind: "tick", Hint: true},
	}
}

// HasOptions reports whether whoever builds a poll of the method names options.
func HasOptions(method string) bool { return method != "opt_in" && method != "question" }

// TakesThemes reports whether themes can be options of a poll of the method.
func TakesThemes(method string) bool {
	return HasOptions(method) && method != "proposal" && method != "time_poll"
}

// Purpose is something that a poll can be for, and where its form begins.
type Purpose struct {
	Key    string // of a ready-made one, with words in the catalogue
	ID     int64  // of one that the group keeps
	Name   string
	About  string
	Method string
}

// PurposeGroup is purposes of one kind: "own", "decide", "choose", "elect",
// "share", "meet", "ask".
type PurposeGroup struct {
	Kind     string
	Purposes []Purpose
}

// OptionRow is the fields of one option.
type OptionRow struct {
	Number int // from 1
	Text   string
	About  string
	Prompt string
	Side   string
	Share  string // of a proposal: how many have to give this answer, or may at most
	Most   bool
	Starts string // of a time poll, as the browser's field for it writes it
	Ends   string
	PictureInput
}

// Named reports whether anything more than the name is filled in.
func (r OptionRow) Named() bool {
	return r.About != "" || r.Prompt != "" || r.Share != "" || r.Picture != "" || r.Alt != ""
}

// PictureInput is the fields for the picture of an option.
type PictureInput struct {
	Row     int    // from 0
	Poll    int64  // that has the option; 0 where there is none yet
	Picture string // id of the file that is kept; empty for none
	Alt     string // what it shows
	Action  string // where the button that takes it away sends the form
}

// URL is where the picture is shown.
func (p PictureInput) URL() string { return OptionPicture(p.Poll, p.Picture) }

// Rows are the options as typed, with empty ones to fill in.
func (p PollFormPage) Rows() []OptionRow {
	at := func(name string, i int) string {
		if list := p.Form.Values[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	n := max(len(p.Form.Values["option"]), len(p.Form.Values["starts"]))
	var rows []OptionRow
	for i := range n {
		rows = append(rows, OptionRow{Number: i + 1, Text: at("option", i), About: at("about", i), Prompt: at("prompt", i), Side: at("side", i),
			Share: at("share", i), Most: at("share_how", i) == "most", Starts: at("starts", i), Ends: at("ends", i),
			PictureInput: PictureInput{Picture: at("picture", i), Alt: at("picture_alt", i)}})
	}
	beside := 0
	if p.TakesThemes() {
		beside = len(p.Themes)
	}
	for len(rows)+beside < 3 || len(rows) == 0 || rows[len(rows)-1].filled() {
		rows = append(rows, OptionRow{Number: len(rows) + 1})
	}
	for i := range rows {
		rows[i].Row, rows[i].Action = i, p.Action()
		if p.Poll != nil {
			rows[i].Poll = p.Poll.ID
		}
	}
	return rows
}

func (r OptionRow) filled() bool { return r.Text != "" || r.Starts != "" || r.Picture != "" }

// OwnAnswers reports whether a proposal has answers of its own.
func (p PollFormPage) OwnAnswers() bool {
	return p.Method() == "proposal" && len(p.Form.Values["option"]) > 0
}

// SettingInput is a setting as the form shows it.
type SettingInput struct {
	SettingField
	Form Form
}

// HintKey is the key of the setting's hint; empty for none.
func (s SettingInput) HintKey() string {
	if !s.Hint {
		return ""
	}
	return "rule." + s.Name + "_hint"
}

// Chosen reports whether a choice is the one that is filled in. The first is
// where nothing is.
func (s SettingInput) Chosen(choice string) bool {
	if value := s.Form.Value(s.Name); value != "" {
		return value == choice
	}
	return choice == s.Choices[0]
}

func (p PollFormPage) settings(kind string, more bool) []SettingInput {
	var out []SettingInput
	for _, f := range settingFields(kind, p.Method()) {
		if f.More == more {
			out = append(out, SettingInput{f, p.Form})
		}
	}
	return out
}

// Shown are the settings of a kind ("rules", "secrecy", "ballot")
// that stand in the open.
func (p PollFormPage) Shown(kind string) []SettingInput { return p.settings(kind, false) }

// Folded are the settings of a kind that stand below the fold.
func (p PollFormPage) Folded(kind string) []SettingInput { return p.settings(kind, true) }

// Wrong reports whether a setting below the fold comes back with a complaint, so
// that the fold has to stand open.
func (p PollFormPage) Wrong(kind string) bool {
	return slices.ContainsFunc(p.Folded(kind), func(s SettingInput) bool { return s.Form.Error(s.Name).Code != "" })
}

// TimeInput is a field for a time in the reader's zone.
type TimeInput struct {
	Name, Label, Value, Zone string // the label is a message key
	Err                      errs.Text
	Required                 bool
}

// Time is a field of the page for a time: "closes_at", "opens_at" or
// "collect_until".
func (p PollFormPage) Time(name string) TimeInput {
	in := TimeInput{Name: name, Label: "build.closes", Value: p.Form.Value(name), Zone: p.Zone, Err: p.Form.Error(name), Required: true}
	switch name {
	case "opens_at":
		in.Label, in.Required = "build.opens", false
	case "collect_until":
		in.Label, in.Required = "build.collect_until", false
	}
	return in
}

// Sides are what an answer of a proposal can count as.
func (p PollFormPage) Sides() []string { return []string{"agree", "abstain", "disagree", "block"} }

// QuestionKind says as what the question is best put: "proposal", something one
// can agree with, or "choice", something one can answer.
func (p PollFormPage) QuestionKind() string {
	if p.Method() == "proposal" {
		return "proposal"
	}
	return "choice"
}

func settingFields(kind, method string) []SettingField {
	switch kind {
	case "rules":
		return RuleFields(method)
	case "secrecy":
		return slices.DeleteFunc(SecrecyFields(), func(f SettingField) bool { return f.Name == "publish" && !ranks(method) })
	case "telling":
		return TellingFields()
	}
	return BallotFields()
}

// TemplatesPage is what polls a group begins from.
type TemplatesPage struct {
	Frame
	Group GroupRef
	Own   []Purpose
	Ready []Offer
	Wrong int64 // the one whose form came back rejected; 0 for none
	Form  Form  // name, description
}

func (TemplatesPage) page() string { return "poll-templates" }

// Offer is a ready-made poll, and whether the group offers it.
type Offer struct {
	Purpose
	Hidden bool
}

// FormOf is the form that renames one of the group's own.
func (p TemplatesPage) FormOf(one Purpose) Form {
	if one.ID == p.Wrong {
		return p.Form
	}
	return Form{Once: p.Form.Once, Values: map[string][]string{"name": {one.Name}, "description": {one.About}}}
}
