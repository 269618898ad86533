package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// voters shows who may vote in a poll.
func (s *Site) voters(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	list, err := s.Polls.Voters(ctx(c), who, p.ID, at)
	if err != nil {
		return err
	}
	sums, err := s.Polls.Entitled(ctx(c), who, p.ID)
	if err != nil {
		return err
	}
	mayEdit := access.May(who, access.EditPoll, p.Facts())
	v := view.VotersPage{Frame: s.frame(c), Poll: view.Link{Text: p.Title, URL: pollURL(p.ID)}, State: string(p.State), Count: sums.Count, Votes: sums.Votes,
		Weighted: p.Weighted, RareWeight: p.Weighted && p.Secret, RollShown: p.RollShown(), Next: nextPage(pollURL(p.ID)+"/voters", nil, list.Next)}
	v.CanName = mayEdit && p.State == access.PollOpen && p.Electorate == poll.OfNamed && p.JoinsLate
	v.CanInvite = access.May(who, access.InviteVoter, p.Facts())
	v.CanEdit = mayEdit && p.State == access.Draft || v.CanName
	for _, name := range slices.Sorted(maps.Keys(sums.Sources)) {
		v.Sources = append(v.Sources, view.SourceCount{Name: name, Count: sums.Sources[name]})
	}
	for _, one := range list.Items {
		v.Voters = append(v.Voters, view.VoterRow{Person: personOf(one.Person), Source: one.Source, Votes: one.Votes, Voted: one.Voted, Removed: one.Removed})
	}
	return s.ok(c, v)
}

// pollOf is the poll of the address, as the reader may know it.
func (s *Site) pollOf(c edge.Ctx) (poll.Poll, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return poll.Poll{}, err
	}
	return s.Polls.Poll(ctx(c), edge.Who(c), id)
}

func electorateURL(id int64) string { return pollURL(id) + "/electorate" }

func (s *Site) electorate(c edge.Ctx) error {
	return s.showElectorate(c, http.StatusOK, func(*view.ElectoratePage) {})
}

// showElectorate answers with the form of who may vote; change puts in what came
// back rejected.
func (s *Site) showElectorate(c edge.Ctx, status int, change func(*view.ElectoratePage)) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	who := edge.Who(c)
	if err := access.Check(who, access.EditPoll, p.Facts()); err != nil {
		return err
	}
	if p.State != access.Draft && (p.Electorate != poll.OfNamed || !p.JoinsLate) {
		return seeOther(c, pollURL(p.ID)+"/voters")
	}
	v := view.ElectoratePage{Frame: s.frame(c), Poll: view.Link{Text: p.Title, URL: pollURL(p.ID)}, Draft: p.State == access.Draft, IsOf: string(p.Electorate)}
	sums, err := s.Polls.Entitled(ctx(c), who, p.ID)
	if err != nil {
		return err
	}
	v.Count = sums.Count
	values := url.Values{}
	electorateValues(values, p.Settings)
	if v.Form, err = s.form(values); err != nil {
		return err
	}
	if v.Titles, err = s.titlesAround(c, p.Group.Handle, p.Titles); err != nil {
		return err
	}
	if p.Electorate == poll.OfNamed {
		if err := s.addNamed(c, &v, p); err != nil {
			return err
		}
	}
	change(&v)
	return s.show(c, status, v)
}

// electorateFrom reads the part of a form that view.ElectorateForm shows.
func electorateFrom(form url.Values, into *poll.Settings) {
	into.Electorate, into.Titles = poll.Electorate(form.Get("electorate")), form["titles"]
	into.JoinsLate, into.Weighted, into.Proxies = form.Has("joins_late"), form.Has("weighted"), form.Has("proxies")
}

// electorateValues fills that part of a form in.
func electorateValues(values url.Values, s poll.Settings) {
	values.Set("electorate", string(s.Electorate))
	values["titles"] = s.Titles
	for name, on := range map[string]bool{"joins_late": s.JoinsLate, "weighted": s.Weighted, "proxies": s.Proxies} {
		if on {
			values.Set(name, "1")
		}
	}
}

// keepElectorate leaves who may vote as it is.
func keepElectorate(to *poll.Settings, is poll.Settings) {
	to.Electorate, to.Titles = is.Electorate, is.Titles
	to.JoinsLate, to.Weighted, to.Proxies = is.JoinsLate, is.Weighted, is.Proxies
}

// titlesAround are the titles that members of the group have, and those that are
// named and nobody has any more.
func (s *Site) titlesAround(c edge.Ctx, group string, named []string) ([]string, error) {
	titles, err := s.Groups.Titles(ctx(c), edge.Who(c), group)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Forbidden) {
		err = nil // a moderator from another group that the discussion is shown in
	}
	for _, title := range named {
		if !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	return titles, err
}

// addNamed puts in who is named, and whom a search has found.
func (s *Site) addNamed(c edge.Ctx, v *view.ElectoratePage, p poll.Poll) error {
	named, err := s.Polls.Named(ctx(c), edge.Who(c), p.ID)
	if err != nil {
		return err
	}
	is := map[int64]bool{}
	for _, one := range named {
		v.Named, is[one.ID] = append(v.Named, personOf(one)), true
	}
	q := c.QueryParam("q")
	if v.Find, err = s.form(url.Values{"q": {q}}); err != nil || q == "" {
		return err
	}
	v.Asked = true
	found, err := s.Groups.FindMembers(ctx(c), edge.Who(c), p.Group.Handle, group.MembersQuery{Text: q})
	if err != nil && !errs.Is(err, errs.Forbidden) {
		return err
	}
	for _, m := range found.Items {
		if !is[m.Person.ID] {
			one := personOf(m.Person)
			one.Title = m.Title
			v.Found = append(v.Found, one)
		}
	}
	return nil
}

func (s *Site) editElectorate(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.EditPoll, p.Facts()); err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	settings := p.Settings
	electorateFrom(form, &settings)
	_, err = s.Polls.Edit(ctx(c), edge.Who(c), p.ID, poll.PollEdit{Settings: &settings})
	if err == nil || store.IsReplay(err) {
		if settings.Electorate == poll.OfNamed {
			return seeOther(c, electorateURL(p.ID)+"#named")
		}
		return seeOther(c, pollURL(p.ID)+"/voters")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showElectorate(c, http.StatusUnprocessableEntity, func(v *view.ElectoratePage) { v.Form = again })
}

// nameVoters adds those who were ticked in what a search has found.
func (s *Site) nameVoters(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var people []int64
	for _, text := range form["person"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			id = -1 // nobody, and refused as such
		}
		people = append(people, id)
	}
	_, err = s.Polls.Name(ctx(c), edge.Who(c), p.ID, people)
	if err == nil || store.IsReplay(err) {
		return seeOther(c, electorateURL(p.ID)+"#named")
	}
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.Invalid {
		return err
	}
	return s.showElectorate(c, http.StatusUnprocessableEntity, func(v *view.ElectoratePage) { v.Wrong = s.words(c).T("poll.named_outsider") })
}

func (s *Site) unnameVoter(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	person, err := edge.ID(c, "person")
	if err != nil {
		return err
	}
	if _, err := s.Polls.Unname(ctx(c), edge.Who(c), p.ID, person); err != nil {
		return err
	}
	return seeOther(c, electorateURL(p.ID)+"#named")
}

// openPoll opens a draft. Where nobody could vote in it, the form of who may comes
// back.
func (s *Site) openPoll(c edge.Ctx) error {
	err := s.changePoll(s.Polls.Open)(c)
	e, ok := errors.AsType[*errs.Error](err)
	if ok && e.Fields["rare_weights"].Code != "" {
		return s.showEditForm(c, http.StatusUnprocessableEntity, e.Fields)
	}
	if !ok || e.Fields["named"].Code == "" && e.Fields["titles"].Code == "" {
		return err
	}
	return s.showElectorate(c, http.StatusUnprocessableEntity, func(v *view.ElectoratePage) { v.Form.Fields = e.Fields })
}
