package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// newPoll begins a poll: first with what it is for, then with its form.
func (s *Site) newPoll(c edge.Ctx) error {
	t, listed, err := s.pollPlace(c)
	if err != nil {
		return err
	}
	values, err := s.beginning(c, t, listed)
	if err != nil {
		return err
	}
	form, err := s.form(values)
	if err != nil {
		return err
	}
	return s.showPollForm(c, http.StatusOK, t, listed, nil, form)
}

// beginning are the fields with which the form of a new poll begins: those of the
// template or the purpose in the address, of a method, or none where nothing is
// chosen yet.
func (s *Site) beginning(c edge.Ctx, t forum.Thread, listed []theme.Theme) (url.Values, error) {
	now := s.Now().In(edge.Zone(c))
	var from template.Template
	switch key, method := c.QueryParam("purpose"), tally.Method(c.QueryParam("method")); {
	case c.QueryParam("template") != "":
		id, err := strconv.ParseInt(c.QueryParam("template"), 10, 64)
		if err != nil {
			return nil, errs.New(errs.NotFound, "error.not_found")
		}
		if from, err = s.Templates.One(ctx(c), edge.Who(c), t.Group.Handle, id); err != nil {
			return nil, err
		}
	case key != "":
		ready, known := template.ReadyByKey(key)
		if !known {
			return nil, errs.New(errs.NotFound, "error.not_found")
		}
		from = ready
	case method != "" || c.QueryParam("themes") != "":
		from = template.Template{Method: cmp.Or(method, tally.Choice), Rules: tally.Rules{Method: cmp.Or(method, tally.Choice)}, Days: 7}
	default:
		return url.Values{}, nil
	}
	values, err := fromTemplate(from, s.words(c), now)
	if err != nil {
		return nil, err
	}
	if most := c.QueryParam("max"); most != "" {
		values.Set("max", most)
	}
	if c.QueryParam("themes") == "shortlist" {
		values["theme"] = idsOf(listed)
	}
	if t.ID == 0 {
		values.Set("visibility", string(suiting(t.Group.Visibility)))
	}
	return values, nil
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
	return s.showPollFormWith(c, status, t, listed, edited, form, nil)
}

// showPollFormWith is showPollForm with the ballot as voters will see it.
func (s *Site) showPollFormWith(c edge.Ctx, status int, t forum.Thread, listed []theme.Theme, edited *view.PollCard, form view.Form, preview *view.PollCard) error {
	eligible, err := s.Polls.Eligible(ctx(c), t)
	if err != nil {
		return err
	}
	p := view.PollFormPage{Frame: s.frame(c), Thread: threadHead(t), Poll: edited, Form: form, Themes: themeCardsFor(edge.Who(c), listed),
		Eligible: eligible, Step: "build", Zone: edge.Zone(c).String()}
	if m := tally.Method(form.Value("method")); !slices.Contains(tally.Methods(), m) {
		p.Step = "purpose"
		if p.Purposes, err = s.purposes(c, t); err != nil {
			return err
		}
	}
	if p.Titles, err = s.titlesAround(c, t.Group.Handle, form.Values["titles"]); err != nil {
		return err
	}
	if c.QueryParam("themes") == "shortlist" {
		p.Methods = themeMethods()
	}
	p.Begun = edited != nil && edited.State != string(access.Draft)
	p.Preview = preview
	p.Keeps = access.May(edge.Who(c), access.KeepTemplates, t.Facts())
	return s.show(c, status, p)
}

// themeMethods are the methods by which a poll among themes can be held.
func themeMethods() []string {
	var out []string
	for _, m := range tally.Methods() {
		if view.TakesThemes(string(m)) {
			out = append(out, string(m))
		}
	}
	return out
}

func (s *Site) startPoll(c edge.Ctx) error {
	form, unfit, err := s.withPictures(c)
	if err != nil {
		return err
	}
	t, listed, err := s.pollPlace(c)
	if err != nil {
		return err
	}
	if len(unfit) == 0 && asksForMore(form) {
		return s.buildOn(c, t, listed, nil, form)
	}
	made, err := s.start(c, t, listed, form, unfit)
	if store.IsReplay(err) {
		return seeOther(c, afterPolls(t))
	}
	if err != nil {
		again, err := s.again(form, pollFields(err))
		if err != nil {
			return err
		}
		return s.showPollForm(c, http.StatusUnprocessableEntity, t, listed, nil, again)
	}
	if made.State == access.Draft || made.Alone {
		return seeOther(c, pollURL(made.ID))
	}
	return seeOther(c, afterPolls(t)+"#"+view.PollCard{ID: made.ID}.DOMID())
}

// start makes a poll of the form; f are the complaints about it so far.
func (s *Site) start(c edge.Ctx, t forum.Thread, listed []theme.Theme, form url.Values, f errs.Fields) (poll.Poll, error) {
	in := s.newPollOf(c, &f, form, listed)
	if err := f.Err(); err != nil {
		return poll.Poll{}, err
	}
	if t.ID == 0 {
		return s.Polls.StartAlone(ctx(c), edge.Who(c), t.Group.Handle, in,
			poll.Room{Visibility: access.Visibility(form.Get("visibility")), Tags: tagsOf(form)})
	}
	return s.Polls.Start(ctx(c), edge.Who(c), t.ID, in)
}

// newPollOf reads the whole form.
func (s *Site) newPollOf(c edge.Ctx, f *errs.Fields, form url.Values, listed []theme.Theme) poll.NewPoll {
	zone := edge.Zone(c)
	in := poll.NewPoll{Title: form.Get("title"), Details: form.Get("details"), Method: tally.Method(form.Get("method")),
		Rules: rulesOf(f, form), Options: optionsOf(f, form, listed, zone), Draft: form.Get("draft") != "",
		OpensAt: optionalMinute(f, form, "opens_at", zone), CollectUntil: optionalMinute(f, form, "collect_until", zone),
		ClosesAt: minuteOf(f, form, "closes_at", zone)}
	settingsFrom(f, form, allSettings(), &in.Settings)
	electorateFrom(form, &in.Settings)
	in.OptionsBy = poll.OptionsBy(form.Get("options_by"))
	if in.Electorate == poll.OfNamed {
		in.Named = s.namedIn(c, f, form)
	}
	in.Reminders = remindersOf(f, form)
	if in.Method == tally.Proposal {
		in.Rules.Shares = sharesOf(f, form)
	}
	return in
}

// namedIn finds the people whose handles stand in the form, one a line.
func (s *Site) namedIn(c edge.Ctx, f *errs.Fields, form url.Values) []int64 {
	people, err := s.Polls.Handles(ctx(c), lines(form.Get("named")))
	if e, ok := errors.AsType[*errs.Error](err); ok {
		for name, text := range e.Fields {
			f.Add(name, text.Code, text.Args)
		}
	}
	return people
}

// optionalMinute reads a time that may be left out.
func optionalMinute(f *errs.Fields, form url.Values, name string, zone *time.Location) *time.Time {
	if form.Get(name) == "" {
		return nil
	}
	return new(minuteOf(f, form, name, zone))
}

// pollFields gives complaints about a poll the names of the form's fields.
func pollFields(err error) error {
	return renamed(err, "options", "option", "shares", "option", "quorum", "quorum_percent", "named", "named")
}

func (s *Site) editPollForm(c edge.Ctx) error { return s.showEditForm(c, http.StatusOK, nil) }

// showEditForm shows the form of a poll as it is, with what is wrong with it.
func (s *Site) showEditForm(c edge.Ctx, status int, wrong errs.Fields) error {
	p, t, err := s.editablePoll(c)
	if err != nil {
		return err
	}
	values, err := pollValues(p, edge.Zone(c))
	if err != nil {
		return err
	}
	form, err := s.form(values)
	if err != nil {
		return err
	}
	form.Fields = wrong
	card := pollCard(p, s.words(c))
	return s.showPollForm(c, status, t, nil, &card, form)
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
func pollValues(p poll.Poll, zone *time.Location) (url.Values, error) {
	values := url.Values{"title": {p.Title}, "details": {p.Details}, "method": {string(p.Method)}, "options_by": {string(p.OptionsBy)},
		"opens_at": {localTime(p.OpensAt, zone)}, "collect_until": {localTime(p.CollectUntil, zone)}, "closes_at": {localTime(p.ClosesAt, zone)},
		"reminders": {remindersValue(p)}}
	if err := settingValues(values, view.RuleFields(string(p.Method)), p.Rules); err != nil {
		return nil, err
	}
	if err := settingValues(values, allSettings(), p.Settings); err != nil {
		return nil, err
	}
	electorateValues(values, p.Settings)
	quorumValue(values, p.Rules)
	for _, o := range p.Options {
		if o.Key == "" {
			addRow(values, o.NewOption, zone)
		}
	}
	for _, share := range p.Rules.Shares {
		if rows := values["share"]; rows == nil {
			values["share"], values["share_how"] = make([]string, len(p.Options)), make([]string, len(p.Options))
		}
		values["share"][share.Option] = share.Share.Words()
		if share.AtMost {
			values["share_how"][share.Option] = "most"
		}
	}
	return values, nil
}

func (s *Site) editPoll(c edge.Ctx) error {
	form, unfit, err := s.withPictures(c)
	if err != nil {
		return err
	}
	p, t, err := s.editablePoll(c)
	if err != nil {
		return err
	}
	form = withMethod(form, p.Method)
	card := pollCard(p, s.words(c))
	if len(unfit) == 0 && asksForMore(form) {
		return s.buildOn(c, t, nil, &card, form)
	}
	in, err := s.pollEdit(c, p, form, unfit)
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

// pollEdit is what the form changes; f are the complaints about it so far. Options
// that keep their label keep their theme; rules that mean the same as before stay
// exactly as they are.
func (s *Site) pollEdit(c edge.Ctx, p poll.Poll, form url.Values, f errs.Fields) (poll.PollEdit, error) {
	next := s.newPollOf(c, &f, form, nil)
	next.OptionsBy, next.Tell = cmp.Or(next.OptionsBy, p.OptionsBy), cmp.Or(next.Tell, p.Tell)
	if p.State != access.Draft { // who may vote is fixed, and not in the form
		keepElectorate(&next.Settings, p.Settings)
	}
	if p.Method == tally.Proposal {
		next.Rules.Basis = cmp.Or(next.Rules.Basis, p.Rules.Basis)
	}
	for i := range next.Options {
		next.Options[i].ThemeID = themeBehind(p, next.Options[i].Label)
	}
	in := poll.PollEdit{Title: &next.Title, Details: &next.Details, Rules: &next.Rules, Settings: &next.Settings,
		OpensAt: next.OpensAt, CollectUntil: next.CollectUntil}
	if p.State == access.Draft && form.Has("reminders") {
		in.Reminders = &next.Reminders
	}
	if view.HasOptions(string(p.Method)) && (p.Method != tally.Proposal || len(next.Options) > 0) {
		in.Options = &next.Options
	}
	if p.ClosesAt == nil || !next.ClosesAt.Equal(p.ClosesAt.Truncate(time.Minute)) {
		in.ClosesAt = &next.ClosesAt
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

// themeBehind is the theme of the option with the label; 0 for none.
func themeBehind(p poll.Poll, label string) int64 {
	for _, o := range p.Options {
		if o.Label == label {
			return o.ThemeID
		}
	}
	return 0
}
