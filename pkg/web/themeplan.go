package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// schedulePage offers to give what a poll chose its place, with its winners
// chosen.
func (s *Site) schedulePage(c edge.Ctx) error {
	return s.showSchedule(c, http.StatusOK, view.Form{})
}

func (s *Site) showSchedule(c edge.Ctx, status int, form view.Form) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	who := edge.Who(c)
	placings, err := s.Themes.Placings(ctx(c), who, id)
	if err != nil {
		return err
	}
	p, err := s.Polls.Poll(ctx(c), who, id)
	if err != nil {
		return err
	}
	if form.Once == "" {
		if form, err = s.form(winnersOf(placings)); err != nil {
			return err
		}
	}
	page := view.SchedulePage{Frame: s.frame(c), Poll: pollCard(p, s.words(c)), Form: form}
	for _, one := range placings {
		page.Themes = append(page.Themes, view.Placing{Card: themeCardFor(who, one.Theme), Place: one.Place, Winner: one.Winner})
	}
	return s.show(c, status, page)
}

// offersSchedule tells whether the reader can schedule what a poll chose.
func (s *Site) offersSchedule(c edge.Ctx, p poll.Poll, thread forum.Thread) (bool, error) {
	about := func(o poll.Option) bool { return o.ThemeID != 0 }
	if p.State != access.PollEnded || !slices.ContainsFunc(p.Options, about) || !convenes(edge.Who(c), thread) {
		return false, nil
	}
	choices, err := s.Themes.Choices(ctx(c), thread.ID)
	return slices.ContainsFunc(choices, func(one theme.Choice) bool { return one.PollID == p.ID }), err
}

// winnersOf are the themes that can be scheduled and have won.
func winnersOf(placings []theme.Placing) url.Values {
	values := url.Values{}
	for _, one := range placings {
		if one.Winner && (one.Theme.State == access.Proposed || one.Theme.State == access.Shortlisted) {
			values.Add("themes", strconv.FormatInt(one.Theme.ID, 10))
		}
	}
	return values
}

func (s *Site) scheduleWinners(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var ids []int64
	var f errs.Fields
	for _, text := range form["themes"] {
		ids = append(ids, number(&f, url.Values{"themes": {text}}, "themes"))
	}
	if err := f.Err(); err != nil {
		return err
	}
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	_, err = s.Themes.ScheduleFrom(ctx(c), edge.Who(c), id, ids)
	if err == nil || store.IsReplay(err) {
		return seeOther(c, threadPath(p.ThreadID, "/themes"))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showSchedule(c, http.StatusUnprocessableEntity, again)
}

// pollsOnPage is how many of a theme's polls its page tells of, the latest.
const pollsOnPage = 5

// addThemePolls tells how a theme came out in its polls, as far as that may be
// seen.
func (s *Site) addThemePolls(c edge.Ctx, p *view.ThemePage, t theme.Theme) error {
	ids := slices.Clone(t.PollIDs)
	slices.Reverse(ids)
	for _, id := range ids[:min(len(ids), pollsOnPage)] {
		who := edge.Who(c)
		found, err := s.Polls.Poll(ctx(c), who, id)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		out := view.ThemeResult{Poll: pollLine(who, found, p.Clock)}
		if counted(found) && access.May(who, access.ReadResults, found.Facts()) {
			count, err := s.Polls.Results(ctx(c), who, id)
			if err != nil {
				return err
			}
			told := newTeller(found, count, s.words(c), edge.Zone(c))
			for i, row := range told.rows() {
				if count.Table[i].ThemeID == t.ID {
					out.Told, out.Figure, out.Chosen, out.Of = true, told.value(row), row.Winner, len(count.Table)
					out.Place = theme.PlaceIn(count, count.Table[i].Option)
				}
			}
		}
		p.Polls = append(p.Polls, out)
	}
	return nil
}
