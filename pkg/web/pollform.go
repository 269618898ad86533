package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// newPoll begins a poll: first with what it is for, then with its form.
func (s *Site) newPoll(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.StartPoll, t.Facts()); err != nil {
		return err
	}
	listed, err := s.shortlist(c, id)
	if err != nil {
		return err
	}
	values := url.Values{"method": {c.QueryParam("method")}, "min": {"1"}, "max": {cmp.Or(c.QueryParam("max"), "1")}, "results": {string(access.Always)},
		"closes_at": {s.aWeekOn(edge.Zone(c)).Format(localMinute)}}
	if c.QueryParam("themes") == "shortlist" {
		values.Set("method", string(tally.Choice))
		values["theme"] = idsOf(listed)
	}
	form, err := s.form(values)
	if err != nil {
		return err
	}
	return s.showPollForm(c, http.StatusOK, t, listed, nil, form)
}

func (s *Site) shortlist(c edge.Ctx, thread int64) ([]theme.Theme, error) {
	list, err := s.Themes.OfThread(ctx(c), edge.Who(c), thread, theme.ThemesQuery{State: access.Shortlisted, Page: allThemes})
	return list.Items, err
}

func idsOf(list []theme.Theme) []string {
	ids := make([]string, len(list))
	for i, t := range list {
		ids[i] = strconv.FormatInt(t.ID, 10)
	}
	return ids
}

func (s *Site) showPollForm(c edge.Ctx, status int, t forum.Thread, listed []theme.Theme, edited *view.PollCard, form view.Form) error {
	eligible, err := s.Polls.Eligible(ctx(c), t)
	if err != nil {
		return err
	}
	p := view.PollFormPage{Frame: s.frame(c), Thread: threadHead(t), Poll: edited, Form: form, Themes: themeCardsFor(edge.Who(c), listed),
		Eligible: eligible, Step: "build", Zone: edge.Zone(c).String()}
	if m := tally.Method(form.Value("method")); !slices.Contains(tally.Methods(), m) {
		p.Step = "purpose"
	}
	return s.show(c, status, p)
}

func (s *Site) startPoll(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.StartPoll, t.Facts()); err != nil {
		return err
	}
	listed, err := s.shortlist(c, id)
	if err != nil {
		return err
	}
	if form.Get("more") != "" {
		return s.moreOptions(c, t, listed, form)
	}
	made, err := s.start(c, id, listed, form)
	if store.IsReplay(err) {
		return seeOther(c, threadPath(id, "?end=1"))
	}
	if err != nil {
		again, err := s.again(form, pollFields(err))
		if err != nil {
			return err
		}
		return s.showPollForm(c, http.StatusUnprocessableEntity, t, listed, nil, again)
	}
	if made.State == access.Draft {
		return seeOther(c, pollURL(made.ID))
	}
	return seeOther(c, threadPath(id, "?end=1")+"#"+view.PollCard{ID: made.ID}.DOMID())
}

func (s *Site) start(c edge.Ctx, thread int64, listed []theme.Theme, form url.Values) (poll.Poll, error) {
	var f errs.Fields
	in := poll.NewPoll{Title: form.Get("title"), Details: form.Get("details"), Method: tally.Method(form.Get("method")),
		Rules: rulesOf(&f, form), ClosesAt: minuteOf(&f, form, "closes_at", edge.Zone(c)), Settings: poll.Settings{Results: access.Results(form.Get("results"))},
		Options: optionsOf(form, listed), Draft: form.Get("draft") != ""}
	if err := f.Err(); err != nil {
		return poll.Poll{}, err
	}
	return s.Polls.Start(ctx(c), edge.Who(c), thread, in)
}

// moreOptions shows the form again with more empty rows.
func (s *Site) moreOptions(c edge.Ctx, t forum.Thread, listed []theme.Theme, form url.Values) error {
	values := url.Values{}
	for name, v := range form {
		values[name] = v
	}
	values["option"] = append(slices.Clone(form["option"]), "", "")
	again, err := s.form(values)
	if err != nil {
		return err
	}
	return s.showPollForm(c, http.StatusOK, t, listed, nil, again)
}

// pollFields gives complaints about a poll the names of the form's fields.
func pollFields(err error) error {
	return renamed(err, "options", "option", "quorum", "quorum_percent", "seats", "max")
}

// optionsOf are the themes that were ticked, and after them what was typed.
func optionsOf(form url.Values, listed []theme.Theme) []poll.NewOption {
	if tally.Method(form.Get("method")) != tally.Choice {
		return nil // a proposal has its own
	}
	var out []poll.NewOption
	for _, t := range listed {
		if slices.Contains(form["theme"], strconv.FormatInt(t.ID, 10)) {
			out = append(out, poll.NewOption{Label: t.Title, ThemeID: t.ID})
		}
	}
	for _, label := range form["option"] {
		if strings.TrimSpace(label) != "" {
			out = append(out, poll.NewOption{Label: label})
		}
	}
	return out
}

// rulesOf are the settings of the method. Those that mean nothing to it are not
// in its form and not read.
func rulesOf(f *errs.Fields, form url.Values) tally.Rules {
	r := tally.Rules{Method: tally.Method(form.Get("method"))}
	if n := number(f, form, "quorum_percent"); n > 0 {
		r.Quorum = tally.Percent(n)
	}
	switch r.Method {
	case tally.Choice:
		r.Min, r.Max = int(number(f, form, "min")), int(number(f, form, "max"))
	case tally.Proposal:
		r.BlocksAllowed = int(number(f, form, "blocks_allowed"))
		if text := strings.TrimSpace(form.Get("threshold")); text != "" {
			threshold, err := tally.ParseFraction(text)
			if err != nil {
				f.Add("threshold", "field.fraction")
			}
			r.Threshold = threshold
		}
	}
	return r
}

func (s *Site) editPollForm(c edge.Ctx) error {
	p, t, err := s.editablePoll(c)
	if err != nil {
		return err
	}
	form, err := s.form(pollValues(p, edge.Zone(c)))
	if err != nil {
		return err
	}
	card := pollCard(p, s.words(c))
	return s.showPollForm(c, http.StatusOK, t, nil, &card, form)
}

// editablePoll loads a poll that the reader may change, and that nobody has
// voted in.
func (s *Site) editablePoll(c edge.Ctx) (poll.Poll, forum.Thread, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return poll.Poll{}, forum.Thread{}, err
	}
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return p, forum.Thread{}, err
	}
	if err := access.Check(edge.Who(c), access.EditPoll, p.Facts()); err != nil {
		return p, forum.Thread{}, err
	}
	if p.BallotCount > 0 {
		return p, forum.Thread{}, errs.New(errs.Conflict, "poll.has_ballots")
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), p.ThreadID)
	return p, t, err
}

// pollValues are the fields of the form of a poll that exists.
func pollValues(p poll.Poll, zone *time.Location) url.Values {
	values := url.Values{"title": {p.Title}, "details": {p.Details}, "method": {string(p.Method)}, "results": {string(p.Results)},
		"min": {strconv.Itoa(p.Rules.Min)}, "max": {strconv.Itoa(p.Rules.Max)}}
	if p.ClosesAt != nil {
		values.Set("closes_at", p.ClosesAt.In(zone).Format(localMinute))
	}
	if p.Rules.Quorum.Set() && p.Rules.Quorum.Num > 0 {
		values.Set("quorum_percent", strconv.Itoa(p.Rules.Quorum.WholePercent()))
	}
	if p.Method == tally.Proposal {
		values.Set("threshold", p.Rules.Threshold.String())
		values.Set("blocks_allowed", strconv.Itoa(p.Rules.BlocksAllowed))
		return values
	}
	for _, o := range p.Options {
		values.Add("option", o.Label)
	}
	return values
}

func (s *Site) editPoll(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	p, t, err := s.editablePoll(c)
	if err != nil {
		return err
	}
	form = withMethod(form, p.Method)
	card := pollCard(p, s.words(c))
	if form.Get("more") != "" {
		return s.moreOptions(c, t, nil, form)
	}
	in, err := pollEdit(p, form, edge.Zone(c))
	if err == nil {
		_, err = s.Polls.Edit(ctx(c), edge.Who(c), p.ID, in)
	}
	if err == nil || store.IsReplay(err) {
		return seeOther(c, card.URL())
	}
	again, err := s.again(form, pollFields(err))
	if err != nil {
		return err
	}
	return s.showPollForm(c, http.StatusUnprocessableEntity, t, nil, &card, again)
}

// pollEdit is what the form changes. Options that keep their label keep their
// theme; rules that mean the same as before stay exactly as they are.
func pollEdit(p poll.Poll, form url.Values, zone *time.Location) (poll.PollEdit, error) {
	var f errs.Fields
	title, details, results := form.Get("title"), form.Get("details"), access.Results(form.Get("results"))
	in := poll.PollEdit{Title: &title, Details: &details}
	if results != "" {
		settings := p.Settings
		settings.Results = results
		in.Settings = &settings
	}
	rules := rulesOf(&f, form)
	if p.Method == tally.Proposal {
		rules.Basis, rules.Over = p.Rules.Basis, p.Rules.Over && rules.Threshold == p.Rules.Threshold
	} else {
		rules.Seats, rules.Blank = p.Rules.Seats, p.Rules.Blank
		options := optionsOf(form, nil)
		for i := range options {
			options[i].ThemeID = themeBehind(p, options[i].Label)
		}
		in.Options = &options
	}
	in.Rules = &rules
	closes := minuteOf(&f, form, "closes_at", zone)
	if p.ClosesAt == nil || !closes.Equal(p.ClosesAt.Truncate(time.Minute)) {
		in.ClosesAt = &closes
	}
	return in, f.Err()
}

// withMethod is the form with the poll's own method, which stays.
func withMethod(form url.Values, m tally.Method) url.Values {
	out := url.Values{}
	for name, v := range form {
		out[name] = v
	}
	out.Set("method", string(m))
	return out
}

func themeBehind(p poll.Poll, label string) int64 {
	for _, o := range p.Options {
		if o.Label == label {
			return o.ThemeID
		}
	}
	return 0
}
