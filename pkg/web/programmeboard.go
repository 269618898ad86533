package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// programmeBoard is where a programme is built.
func (s *Site) programmeBoard(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	p, table, err := s.boardOf(c, plan)
	if err != nil {
		return err
	}
	p.Moved, _ = strconv.Atoi(c.QueryParam("moved"))
	p.TakenOut, _ = strconv.Atoi(c.QueryParam("unplaced"))
	placing, err := edge.Number(c, "place")
	if err != nil {
		return err
	}
	if one, ok := plan.Session(placing); ok {
		form, err := s.form(nil)
		if err != nil {
			return err
		}
		p.Place = s.placeForm(c, table, one, one.SlotID, one.RoomID, form)
	}
	return s.ok(c, p)
}

// boardOf is the board with all that is on it.
func (s *Site) boardOf(c edge.Ctx, plan programme.Plan) (view.ProgrammeBoardPage, timetable, error) {
	p := view.ProgrammeBoardPage{Frame: s.frame(c), Revision: plan.Revision}
	var err error
	table := timetableOf(plan, nil, s.Now())
	if p.Programme, p.LastSeq, err = s.headOf(c, plan.Programme); err != nil {
		return p, table, err
	}
	if p.Clashes, err = s.addClashes(c, &table); err != nil {
		return p, table, err
	}
	p.Rooms = table.rooms(true)
	p.Rooms = append(p.Rooms, view.ProgrammeRoom{Number: len(p.Rooms) + 1})
	p.Days = table.days(p.Rooms, true)
	p.Tray, p.Unfit = table.unplaced(), table.unfitOf()
	same, err := s.Programmes.NamesakesIn(ctx(c), plan)
	if err != nil {
		return p, table, err
	}
	p.Namesakes = namesakesOf(same)
	for _, one := range plan.Sessions {
		if one.SlotID == 0 && one.State == programme.Cancelled {
			p.Tray = append(p.Tray, table.card(one))
		}
	}
	if p.Themes, err = s.themesToPlace(c, plan); err != nil {
		return p, table, err
	}
	if p.Polls, err = s.pollsToFill(c, plan.ThreadID); err != nil {
		return p, table, err
	}
	p.Fill, err = s.form(nil)
	return p, table, err
}

// themesToPlace are the themes of the discussion that were chosen and stand in no session.
func (s *Site) themesToPlace(c edge.Ctx, plan programme.Plan) ([]view.SessionTheme, error) {
	var out []view.SessionTheme
	for _, state := range []access.ThemeState{access.Scheduled, access.Shortlisted} {
		list, err := s.Themes.OfThread(ctx(c), edge.Who(c), plan.ThreadID, theme.ThemesQuery{State: state, Order: theme.BySupport, Page: allThemes})
		if err != nil {
			return nil, err
		}
		for _, t := range list.Items {
			if !slices.ContainsFunc(plan.Sessions, func(one programme.Session) bool { return deals(one, t.ID) }) {
				out = append(out, view.SessionTheme{ID: t.ID, Title: t.Title, Proposer: t.Proposer.Name, Supporters: t.SupportCount})
			}
		}
	}
	return out, nil
}

func deals(one programme.Session, theme int64) bool {
	return one.State != programme.Cancelled && slices.ContainsFunc(one.Themes, func(t programme.ThemeRef) bool { return t.ID == theme })
}

// pollsToFill are the closed polls of a discussion.
func (s *Site) pollsToFill(c edge.Ctx, thread int64) ([]view.Link, error) {
	polls, err := s.Polls.OfThread(ctx(c), edge.Who(c), thread)
	if err != nil {
		return nil, err
	}
	var out []view.Link
	for _, p := range polls {
		if p.State == access.PollEnded {
			out = append(out, view.Link{Text: p.Title, URL: strconv.FormatInt(p.ID, 10)})
		}
	}
	return out, nil
}

// placeForm is the form that places a session, with what is chosen in it.
func (s *Site) placeForm(c edge.Ctx, t timetable, one programme.Session, slot, room int64, form view.Form) *view.PlaceForm {
	slots, rooms := s.placeChoices(c, t, slot, room)
	return &view.PlaceForm{Session: t.card(one), Slots: slots, Rooms: rooms, Form: form}
}

// placeChoices are the slots, by day, and rooms to choose from.
func (s *Site) placeChoices(c edge.Ctx, t timetable, slot, room int64) (slots []view.OptionGroup, rooms []view.ListOption) {
	words := s.words(c)
	for _, d := range t.days(nil, false) {
		group := view.OptionGroup{Name: words.Date(d.At, t.zone, i18n.Day)}
		for _, one := range d.Slots {
			if !one.Pause {
				text := strings.TrimSpace(words.Date(one.Starts, t.zone, i18n.Clock) + "–" + words.Date(one.Ends, t.zone, i18n.Clock) + " " + one.Title)
				group.Options = append(group.Options, view.ListOption{Value: strconv.FormatInt(one.ID, 10), Text: text, Chosen: one.ID == slot})
			}
		}
		if len(group.Options) > 0 {
			slots = append(slots, group)
		}
	}
	for _, r := range t.plan.Rooms {
		rooms = append(rooms, view.ListOption{Value: strconv.FormatInt(r.ID, 10), Text: r.Name, Chosen: r.ID == room})
	}
	return slots, rooms
}

// placeSession puts a session into a slot and room, or takes it out of them.
func (s *Site) placeSession(c edge.Ctx) error {
	form, err := submitted(c)
	if err != nil {
		return err
	}
	plan, one, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	slot, room := number(&f, form, "slot_id"), number(&f, form, "room_id")
	at := programme.Placing{SlotID: slot, RoomID: room}
	if form.Get("position") != "" {
		at.Position = new(int(number(&f, form, "position")))
	}
	if err = f.Err(); err == nil {
		err = s.put(c, one.ID, at)
	}
	if err == nil || store.IsReplay(err) {
		return s.afterPlacing(c, plan.ID, one.ID)
	}
	again, err := s.again(form, renamed(err, "slot", "slot_id", "room", "room_id", "begins", "slot_id", "position", "slot_id"))
	if err != nil {
		return err
	}
	p, table, err := s.boardOf(c, plan)
	if err != nil {
		return err
	}
	p.Place = s.placeForm(c, table, one, slot, room, again)
	return s.show(c, http.StatusUnprocessableEntity, p)
}

func (s *Site) put(c edge.Ctx, session int64, at programme.Placing) error {
	var err error
	if at.SlotID == 0 {
		_, err = s.Programmes.Unplace(ctx(c), edge.Who(c), session, 0)
	} else {
		_, err = s.Programmes.Place(ctx(c), edge.Who(c), session, at, 0)
	}
	return err
}

// afterPlacing brings the board as it is now to whoever changed something on it.
func (s *Site) afterPlacing(c edge.Ctx, id, session int64) error {
	if !wantsStreams(c) {
		return seeOther(c, eventPath(id, "/edit#")+view.SessionCard{ID: session}.DOMID())
	}
	plan, err := s.Programmes.Plan(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	p, _, err := s.boardOf(c, plan)
	if err != nil {
		return err
	}
	return s.answer(c, view.MovedOnBoard{ProgrammeBoardPage: p}, "")
}

// fillProgramme makes sessions of what won in a poll.
func (s *Site) fillProgramme(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	if form.Get("from") == "themes" {
		_, err = s.Programmes.FillFromThemes(ctx(c), edge.Who(c), plan.ID, nil)
	} else {
		var f errs.Fields
		poll := number(&f, form, "poll")
		if err = f.Err(); err == nil {
			_, err = s.Programmes.FillFromPoll(ctx(c), edge.Who(c), plan.ID, poll)
		}
	}
	if err == nil || store.IsReplay(err) {
		return seeOther(c, eventPath(plan.ID, "/edit"))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	p, _, err := s.boardOf(c, plan)
	if err != nil {
		return err
	}
	p.Fill = again
	return s.show(c, http.StatusUnprocessableEntity, p)
}

// programmeRevision tells which state of a programme is the current one, for boards
// that nothing is told of yet.
func (s *Site) programmeRevision(c edge.Ctx) error {
	plan, err := s.programmeToEdit(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]int{"revision": plan.Revision})
}

// onSession is a button on a session.
func (s *Site) onSession(act func(context.Context, access.Actor, int64) (programme.Session, error)) edge.Handler {
	return func(c edge.Ctx) error {
		if _, err := submitted(c); err != nil {
			return err
		}
		_, one, err := s.sessionOf(c)
		if err != nil {
			return err
		}
		if _, err := act(ctx(c), edge.Who(c), one.ID); err != nil && !store.IsReplay(err) {
			return err
		}
		card := view.SessionCard{ID: one.ID, Programme: one.ProgrammeID}
		if from, err := url.Parse(s.cameFrom(c.Request())); err == nil && strings.HasPrefix(from.Path, eventPath(one.ProgrammeID, "")) && from.Path != card.URL() {
			return s.answer(c, view.ProgrammeChanged{}, from.RequestURI()+"#"+card.DOMID())
		}
		return s.answer(c, view.ProgrammeChanged{}, card.URL())
	}
}
