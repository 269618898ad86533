package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/i18n"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// settingsFrom reads fields of a form into the settings that they are named for,
// whose JSON names they bear. Fields that the form does not show are left as they
// are in into; a tick that is shown and not ticked is false.
func settingsFrom(f *errs.Fields, form url.Values, fields []view.SettingField, into any) {
	values := map[string]any{}
	for _, field := range fields {
		text := strings.TrimSpace(form.Get(field.Name))
		switch field.Kind {
		case "tick":
			values[field.Name] = text == "1"
		case "radio":
			values[field.Name] = text
		case "number":
			values[field.Name] = number(f, form, field.Name)
		case "negative":
			values[field.Name] = whole(f, form, field.Name)
		case "percent":
			if n := number(f, form, field.Name); n > 0 {
				values["quorum"] = tally.Percent(n)
			}
		case "fraction":
			if text != "" {
				values[field.Name] = fraction(f, text, field.Name)
			}
		}
	}
	data, err := json.Marshal(values)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		f.Add("title", "field.choose") // a number beyond every bound
	}
}

// whole reads a whole number that may be below 0.
func whole(f *errs.Fields, form url.Values, name string) int64 {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		f.Add(name, "field.number")
	}
	return n
}

func fraction(f *errs.Fields, text, name string) tally.Fraction {
	parsed, err := tally.ParseFraction(text)
	if err != nil {
		f.Add(name, "field.fraction")
	}
	return parsed
}

// lines are the lines of a text that are not empty.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// settingValues is the other way: the fields of a form out of settings.
func settingValues(values url.Values, fields []view.SettingField, from any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("fill in the settings of a poll: %w", err)
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	var known map[string]any
	if err := d.Decode(&known); err != nil {
		return fmt.Errorf("fill in the settings of a poll: %w", err)
	}
	for _, field := range fields {
		switch v := known[field.Name].(type) {
		case bool:
			if v {
				values.Set(field.Name, "1")
			}
		case nil:
		default:
			values.Set(field.Name, fmt.Sprint(v))
		}
	}
	return nil
}

// allSettings are the fields of a poll's settings that are no rules, and do not
// say who may vote.
func allSettings() []view.SettingField {
	return slices.Concat(view.TellingFields(), view.SecrecyFields(), view.BallotFields())
}

// rulesOf are the settings of the method. Those that mean nothing to it are not
// in its form and not read.
func rulesOf(f *errs.Fields, form url.Values) tally.Rules {
	r := tally.Rules{}
	settingsFrom(f, form, view.RuleFields(form.Get("method")), &r)
	r.Method = tally.Method(form.Get("method"))
	return r
}

// optionsOf are the themes that were ticked, and after them what was typed.
// Empty rows are passed over.
func optionsOf(f *errs.Fields, form url.Values, listed []theme.Theme, zone *time.Location) []poll.NewOption {
	method := form.Get("method")
	if !view.HasOptions(method) {
		return nil // the method has its own, or none
	}
	var out []poll.NewOption
	for _, t := range listed {
		if view.TakesThemes(method) && slices.Contains(form["theme"], strconv.FormatInt(t.ID, 10)) {
			out = append(out, poll.NewOption{Label: t.Title, ThemeID: t.ID})
		}
	}
	row := func(name string, i int) string {
		if list := form[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range max(len(form["option"]), len(form["starts"])) {
		o := poll.NewOption{Label: row("option", i), Description: row("about", i), ReasonPrompt: row("prompt", i), FileID: pictureID(row("picture", i)), PictureAlt: row("picture_alt", i)}
		if method == string(tally.Proposal) {
			o.Side = tally.Side(row("side", i))
		}
		if method == string(tally.TimePoll) {
			o.StartsAt, o.EndsAt = slot(f, row("starts", i), zone), slot(f, row("ends", i), zone)
		}
		if strings.TrimSpace(o.Label) != "" || o.StartsAt != nil || o.EndsAt != nil || o.FileID != 0 {
			out = append(out, o)
		}
	}
	return out
}

// slot reads an end of a slot, complaining under "option"; nil where it is
// left open.
func slot(f *errs.Fields, text string, zone *time.Location) *time.Time {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	at := minuteOf(f, url.Values{"option": {text}}, "option", zone)
	return &at
}

// sharesOf are the demands on single answers of a proposal, in the order of the
// rows that have a name.
func sharesOf(f *errs.Fields, form url.Values) []tally.ShareRule {
	var out []tally.ShareRule
	place := 0
	for i, label := range form["option"] {
		if strings.TrimSpace(label) == "" && (i >= len(form["picture"]) || form["picture"][i] == "") {
			continue
		}
		if i < len(form["share"]) && strings.TrimSpace(form["share"][i]) != "" {
			rule := tally.ShareRule{Option: place, Share: shareOf(f, form["share"][i])}
			rule.AtMost = i < len(form["share_how"]) && form["share_how"][i] == "most"
			out = append(out, rule)
		}
		place++
	}
	return out
}

// shareOf reads a percentage, or a fraction where it is written as one.
func shareOf(f *errs.Fields, text string) tally.Fraction {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	if strings.Contains(text, "/") {
		return fraction(f, text, "option")
	}
	n, err := strconv.ParseInt(text, 10, 16)
	if err != nil || n < 0 {
		f.Add("option", "field.fraction")
	}
	return tally.Percent(n)
}

// fromTemplate are the fields of a form that begins from a template.
func fromTemplate(t template.Template, words *i18n.Localizer, now time.Time) (url.Values, error) {
	values := url.Values{"title": {t.Title}, "details": {t.Details}, "method": {string(t.Method)}}
	if t.Key != "" {
		values.Set("purpose", t.Key)
	}
	if err := settingValues(values, view.RuleFields(string(t.Method)), t.Rules.Complete()); err != nil {
		return nil, err
	}
	if err := settingValues(values, allSettings(), t.Settings); err != nil {
		return nil, err
	}
	electorateValues(values, t.Settings)
	quorumValue(values, t.Rules)
	for _, o := range t.Options {
		label := o.Label
		if o.Key != "" {
			label = words.T("purpose.answer_"+o.Key, nil)
		}
		addRow(values, poll.NewOption{Label: label, Description: o.Description, Side: o.Side, ReasonPrompt: o.ReasonPrompt}, now.Location())
	}
	values.Set("closes_at", evening(now.AddDate(0, 0, max(1, t.Days))).Format(localMinute))
	return values, nil
}

// remindersOf reads when voters are reminded: "usual" or nothing, "never", or hours
// before the close with commas between them.
func remindersOf(f *errs.Fields, form url.Values) []time.Duration {
	hours := []int{}
	switch text := form.Get("reminders"); text {
	case "", "usual":
		return nil
	case "never":
	default:
		for part := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(part))
			if err != nil {
				f.Add("reminders", "field.choose")
				return nil
			}
			hours = append(hours, n)
		}
	}
	return poll.HoursBefore(hours)
}

// remindersValue is the other way.
func remindersValue(p poll.Poll) string {
	switch hours := p.ReminderHours(); {
	case p.RemindsAsUsual():
		return "usual"
	case len(hours) == 0:
		return "never"
	default:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(hours), " ", ", "), "[]")
	}
}

func quorumValue(values url.Values, r tally.Rules) {
	if r.Quorum.Set() && r.Quorum.Num > 0 {
		values.Set("quorum_percent", strconv.Itoa(r.Quorum.WholePercent()))
	}
}

// addRow adds the fields of an option. Every row has every field, so that they
// stay together by their places.
func addRow(values url.Values, o poll.NewOption, zone *time.Location) {
	values.Add("option", o.Label)
	values.Add("about", o.Description)
	values.Add("prompt", o.ReasonPrompt)
	values.Add("picture", pictureText(o.FileID))
	values.Add("picture_alt", o.PictureAlt)
	values.Add("side", string(o.Side))
	values.Add("starts", localTime(o.StartsAt, zone))
	values.Add("ends", localTime(o.EndsAt, zone))
}

func localTime(at *time.Time, zone *time.Location) string {
	if at == nil {
		return ""
	}
	return at.In(zone).Format(localMinute)
}

// evening is six o'clock on the day.
func evening(day time.Time) time.Time {
	const hour = 18
	y, m, d := day.Date()
	return time.Date(y, m, d, hour, 0, 0, 0, day.Location())
}

// purposeKinds says under which heading each ready-made poll is offered.
var purposeKinds = []struct {
	kind string
	keys []string
}{
	{"decide", []string{"sense_check", "advice", "consent", "consensus", "gradients", "majority"}},
	{"choose", []string{"choose_one", "choose_several", "rank", "runoff", "star", "grade"}},
	{"share", []string{"prioritise", "dots", "credits"}},
	{"elect", []string{"elect", "elect_meek", "draw_lots"}},
	{"meet", []string{"find_time", "who_comes"}},
	{"ask", []string{"ask"}},
}

// purposes are the polls that a thread's group begins from, under their headings.
// Who may not read what the group keeps is offered the ready-made ones.
func (s *Site) purposes(c edge.Ctx, t forum.Thread) ([]view.PurposeGroup, error) {
	all, err := s.Templates.Of(ctx(c), edge.Who(c), t.Group.Handle)
	if err != nil {
		if kind := errs.KindOf(err); kind != errs.Forbidden && kind != errs.NotFound {
			return nil, err
		}
		all = template.Ready()
	}
	own := view.PurposeGroup{Kind: "own"}
	offered := map[string]view.Purpose{}
	for _, tpl := range all {
		p := view.Purpose{Key: tpl.Key, ID: tpl.ID, Name: tpl.Name, About: tpl.Description, Method: string(tpl.Method)}
		switch {
		case tpl.ID != 0:
			own.Purposes = append(own.Purposes, p)
		case !tpl.Hidden && slices.Contains(tally.Methods(), tpl.Method):
			offered[tpl.Key] = p
		}
	}
	groups := []view.PurposeGroup{own}
	for _, k := range purposeKinds {
		g := view.PurposeGroup{Kind: k.kind}
		for _, key := range k.keys {
			if p, ok := offered[key]; ok {
				g.Purposes = append(g.Purposes, p)
			}
		}
		groups = append(groups, g)
	}
	return slices.DeleteFunc(groups, func(g view.PurposeGroup) bool { return len(g.Purposes) == 0 }), nil
}
