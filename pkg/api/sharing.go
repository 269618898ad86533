package api

import (
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/timeline"
)

// forSharing are the calls about who takes part in a thread.
func (a *API) forSharing() []route {
	return []route{
		{put, "/threads/{id}/groups/{handle}", a.shareThread},
		{del, "/threads/{id}/groups/{handle}", a.unshareThread},
		{get, "/threads/{id}/guests", a.listGuests},
		{put, "/threads/{id}/guests/{user}", a.addGuest},
		{del, "/threads/{id}/guests/{user}", a.removeGuest},
	}
}

func (a *API) shareThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	shared, err := a.Forum.Share(c.Request().Context(), edge.Who(c), id, c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, answerThread(shared))
}

func (a *API) unshareThread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := a.Forum.Unshare(c.Request().Context(), edge.Who(c), id, c.Param("handle")); err != nil {
		return err
	}
	return done(c)
}

type guestAnswer struct {
	User      timeline.Person  `json:"user"`
	InvitedBy *timeline.Person `json:"invited_by,omitempty"`
	Since     time.Time        `json:"since"`
}

func answerGuest(g forum.Guest) guestAnswer {
	out := guestAnswer{User: timeline.PersonOf(g.Person), Since: g.Since.UTC()}
	if g.InvitedBy != nil {
		out.InvitedBy = new(timeline.PersonOf(*g.InvitedBy))
	}
	return out
}

func (a *API) listGuests(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	guests, err := a.Forum.Guests(c.Request().Context(), edge.Who(c), id)
	if err != nil {
		return err
	}
	return ok(c, whole(guests, answerGuest))
}

func (a *API) addGuest(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	made, err := a.Forum.AddGuest(c.Request().Context(), edge.Who(c), id, c.Param("user"))
	if err != nil {
		return err
	}
	return ok(c, answerGuest(made))
}

// removeGuest ends somebody's stay, or one's own.
func (a *API) removeGuest(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if c.Param("user") == edge.Person(c).Handle {
		err = a.Forum.LeaveThread(c.Request().Context(), edge.Who(c), id)
	} else {
		err = a.Forum.RemoveGuest(c.Request().Context(), edge.Who(c), id, c.Param("user"))
	}
	if err != nil {
		return err
	}
	return done(c)
}
