package api

import (
	"plenary/pkg/edge"
	"plenary/pkg/poll/letters"
)

// pollMails says of which polls of a group one hears by mail.
type pollMails struct {
	Polls letters.Wants `json:"polls"`
}

func (a *API) showPollMails(c edge.Ctx) error {
	wants, err := a.Polls.Letters().Wanted(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, pollMails{wants})
}

func (a *API) choosePollMails(c edge.Ctx) error {
	in, err := read[pollMails](c)
	if err != nil {
		return err
	}
	if err := a.Polls.Letters().Choose(c.Request().Context(), edge.Who(c), c.Param("handle"), in.Polls); err != nil {
		return err
	}
	return ok(c, in)
}
