package api

import (
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/poll"
)

// pollGuestAnswer is somebody who was invited to a poll by mail. Their link is in no
// answer.
type pollGuestAnswer struct {
	ID        int64     `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	InvitedAt time.Time `json:"invited_at"`
	Revoked   bool      `json:"revoked"`
	Voted     bool      `json:"voted"`
}

func answerPollGuest(g poll.Guest) pollGuestAnswer {
	return pollGuestAnswer{ID: g.ID, Email: g.Email, Name: g.Name, InvitedAt: g.InvitedAt.UTC(), Revoked: g.Revoked, Voted: g.Voted}
}

func (a *API) listPollGuests(c edge.Ctx) error {
	return answerWith(c, a.Polls.Guests, func(all []poll.Guest) list[pollGuestAnswer] { return whole(all, answerPollGuest) })
}

func (a *API) invitePollGuests(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[listText](c)
	if err != nil {
		return err
	}
	verdicts, err := a.Polls.InviteGuests(c.Request().Context(), edge.Who(c), id, in.Text)
	if err != nil {
		return renamed(err, "addresses", "text")
	}
	return ok(c, a.verdicts(c, verdicts, poll.WhyNot))
}

// pollGuest is the guest of a path.
func pollGuest(c edge.Ctx) (id, guest int64, err error) {
	if id, err = edge.ID(c, "id"); err != nil {
		return 0, 0, err
	}
	guest, err = edge.ID(c, "guest")
	return id, guest, err
}

func (a *API) revokePollGuest(c edge.Ctx) error {
	id, guest, err := pollGuest(c)
	if err != nil {
		return err
	}
	if err := a.Polls.RevokeGuest(c.Request().Context(), edge.Who(c), id, guest); err != nil {
		return err
	}
	return done(c)
}

func (a *API) resendPollGuest(c edge.Ctx) error {
	id, guest, err := pollGuest(c)
	if err != nil {
		return err
	}
	if err := a.Polls.ResendGuest(c.Request().Context(), edge.Who(c), id, guest); err != nil {
		return err
	}
	return done(c)
}

func (a *API) remindPollGuests(c edge.Ctx) error {
	return answerWith(c, a.Polls.RemindGuests, func(n int) map[string]int { return map[string]int{"sent": n} })
}
