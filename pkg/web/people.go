package web

import (
	"net/http"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// peopleRoutes are about who takes part in a thread: the groups it is shown in,
// and its guests.
func (s *Site) peopleRoutes() []route {
	return []route{
		get("/t/:id/people", s.threadPeople),
		post("/t/:id/share", s.share), post("/t/:id/unshare", s.unshare),
		post("/t/:id/guests", s.addGuest), post("/t/:id/guests/:person/remove", s.removeGuest), post("/t/:id/leave", s.leaveThread),
	}
}

func (s *Site) threadPeople(c edge.Ctx) error {
	return s.showThreadPeople(c, http.StatusOK, func(*view.ThreadPeoplePage) {})
}

// showThreadPeople answers with the groups and guests of a thread; change puts
// in what came back rejected. A guest sees how to leave, and nobody else's name.
func (s *Site) showThreadPeople(c edge.Ctx, status int, change func(*view.ThreadPeoplePage)) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	who := edge.Who(c)
	t, err := s.Forum.Thread(ctx(c), who, id)
	if err != nil {
		return err
	}
	may := func(do access.Action) bool { return access.May(who, do, t.Facts()) }
	if err := access.Check(who, access.ReadGuests, t.Facts()); err != nil && !may(access.LeaveThread) {
		return err
	}
	p := view.ThreadPeoplePage{Frame: s.frame(c), Thread: threadHead(t), CanShare: may(access.ShareThread), CanInvite: may(access.InviteGuest),
		CanLeave: may(access.LeaveThread), CanSee: may(access.ReadGuests)}
	if p.Reach, err = s.Forum.Reach(ctx(c), t); err != nil {
		return err
	}
	if err := s.addGuests(c, &p, t); err != nil {
		return err
	}
	if p.Share, err = s.form(nil); err != nil {
		return err
	}
	if p.Invite, err = s.form(nil); err != nil {
		return err
	}
	change(&p)
	return s.show(c, status, p)
}

// addGuests puts in what only members see.
func (s *Site) addGuests(c edge.Ctx, p *view.ThreadPeoplePage, t forum.Thread) error {
	if !p.CanSee {
		return nil
	}
	guests, err := s.Forum.Guests(ctx(c), edge.Who(c), t.ID)
	if err != nil {
		return err
	}
	for _, g := range guests {
		row := view.ThreadGuest{Person: personOf(g.Person), Since: g.Since}
		if g.InvitedBy != nil {
			by := personOf(*g.InvitedBy)
			row.By = &by
		}
		p.Guests = append(p.Guests, row)
	}
	if !p.CanShare {
		return nil
	}
	targets, err := s.Forum.ShareTargets(ctx(c), edge.Who(c), t)
	for _, g := range targets {
		p.Targets = append(p.Targets, homeOf(g))
	}
	return err
}

func (s *Site) share(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, err = s.Forum.Share(ctx(c), edge.Who(c), id, form.Get("group"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, threadPath(id, "/people"))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showThreadPeople(c, http.StatusUnprocessableEntity, func(p *view.ThreadPeoplePage) { p.Share = again })
}

func (s *Site) unshare(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	err = s.Forum.Unshare(ctx(c), edge.Who(c), id, form.Get("group"))
	if err != nil && !store.IsReplay(err) {
		return err
	}
	// Whoever could read it only there has no page of it to go back to.
	if _, err := s.Forum.Thread(ctx(c), edge.Who(c), id); errs.Is(err, errs.NotFound) {
		return seeOther(c, "/")
	}
	return seeOther(c, threadPath(id, "/people"))
}

func (s *Site) addGuest(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, err = s.Forum.AddGuest(ctx(c), edge.Who(c), id, strings.TrimPrefix(strings.TrimSpace(form.Get("person")), "@"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, threadPath(id, "/people"))
	}
	again, err := s.again(form, asField(err, "person"))
	if err != nil {
		return err
	}
	return s.showThreadPeople(c, http.StatusUnprocessableEntity, func(p *view.ThreadPeoplePage) { p.Invite = again })
}

// asField tells of a conflict at the field that it is about, so that the form
// comes back with it.
func asField(err error, field string) error {
	if !errs.Is(err, errs.Conflict) || store.IsReplay(err) {
		return err
	}
	var f errs.Fields
	f.Add(field, errs.CodeOf(err))
	return f.Err()
}

func (s *Site) removeGuest(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	err = s.Forum.RemoveGuest(ctx(c), edge.Who(c), id, c.Param("person"))
	if err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, threadPath(id, "/people"))
}

// leaveThread ends one's stay as a guest. The thread is not there any more
// afterwards, unless everybody can read it.
func (s *Site) leaveThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	err = s.Forum.LeaveThread(ctx(c), edge.Who(c), id)
	if err != nil && !store.IsReplay(err) {
		return err
	}
	return seeOther(c, "/")
}
