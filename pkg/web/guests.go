package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// guestDays is for how long a browser remembers by which link it came.
const guestDays = 90

func (s *Site) guestCookie() string {
	if s.edge.Secure() {
		return "__Secure-plenary-poll"
	}
	return "plenary-poll"
}

// comeByLink opens a poll to whoever has a personal link. The browser keeps the
// link's secret for the poll's own addresses alone; the page that follows does not
// have it in its address.
func (s *Site) comeByLink(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	token := c.Param("token")
	if _, err := s.Polls.GuestByToken(ctx(c), id, token); err != nil {
		return err
	}
	c.SetCookie(&http.Cookie{Name: s.guestCookie(), Value: token, Path: pollURL(id), Expires: s.Now().Add(guestDays * 24 * time.Hour),
		HttpOnly: true, Secure: s.edge.Secure(), SameSite: http.SameSiteLaxMode})
	return seeOther(c, pollURL(id))
}

// forGuests lets whoever came by a personal link act as the poll's guest. Somebody
// who has signed in and may vote stays who they are.
func (s *Site) forGuests(next edge.Handler) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		cookie, none := c.Cookie(s.guestCookie())
		if err != nil || none != nil {
			return next(c)
		}
		if who := edge.Who(c); who.SignedIn() {
			if p, err := s.Polls.Poll(ctx(c), who, id); err == nil && p.Facts().Voter {
				return next(c)
			}
		}
		guest, err := s.Polls.GuestByToken(ctx(c), id, cookie.Value)
		switch e, is := errors.AsType[*errs.Error](err); {
		case err == nil:
			edge.ActAs(c, guest)
		case !is || e.Kind != errs.NotFound && e.Kind != errs.Gone && e.Kind != errs.Conflict:
			return err
		}
		return next(c)
	}
}

// withoutThread takes out of a card what a guest of the poll cannot follow: of the
// discussion around it its guests learn nothing, and they name no proxies.
func withoutThread(card *view.PollCard) { card.Thread, card.Proxies = view.ThreadHead{}, false }

// showGuestPoll answers with the poll alone.
func (s *Site) showGuestPoll(c edge.Ctx, status int, p poll.Poll, ballot view.Form) error {
	card, err := s.pollCardFor(c, p, ballot, c.QueryParam("change") != "", true)
	if err != nil {
		return err
	}
	return s.show(c, status, view.PollPage{Frame: s.frame(c), Card: card, Guest: true})
}

func guestsURL(id int64) string { return pollURL(id) + "/guests" }

func (s *Site) pollGuests(c edge.Ctx) error {
	return s.showPollGuests(c, http.StatusOK, func(p *view.PollGuestsPage) { p.Sent, p.Reminded = told(c, "sent"), told(c, "reminded") })
}

// showPollGuests answers with who was invited to a poll; change puts in what came
// back rejected.
func (s *Site) showPollGuests(c edge.Ctx, status int, change func(*view.PollGuestsPage)) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	list, err := s.Polls.Guests(ctx(c), edge.Who(c), p.ID)
	if err != nil {
		return err
	}
	v := view.PollGuestsPage{Frame: s.frame(c), Poll: view.Link{Text: p.Title, URL: pollURL(p.ID)}, Open: p.State == access.PollOpen, Sent: -1, Reminded: -1, RollShown: p.RollShown()}
	for _, g := range list {
		v.Guests = append(v.Guests, view.GuestRow{ID: g.ID, Email: g.Email, Name: g.Name, At: g.InvitedAt, Revoked: g.Revoked, Voted: g.Voted})
		v.CanRemind = v.CanRemind || v.Open && !g.Revoked && !g.Voted
	}
	if v.Form, err = s.form(nil); err != nil {
		return err
	}
	change(&v)
	return s.show(c, status, v)
}

// invitePollGuests sends what it can. What it cannot comes back in the form, with
// the reason for each.
func (s *Site) invitePollGuests(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	verdicts, err := s.Polls.InviteGuests(ctx(c), edge.Who(c), id, form.Get("addresses"))
	if store.IsReplay(err) {
		return seeOther(c, guestsURL(id))
	}
	if err != nil {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showPollGuests(c, http.StatusUnprocessableEntity, func(p *view.PollGuestsPage) { p.Form = again })
	}
	var left []view.Verdict
	sent := 0
	for _, v := range verdicts {
		if v.Outcome == group.Sent {
			sent++
			continue
		}
		why := poll.WhyNot(v)
		left = append(left, view.Verdict{Line: v.Line, Text: v.Text, Why: s.words(c).T(why.Code, why.Args)})
	}
	if len(left) == 0 {
		return seeOther(c, guestsURL(id)+"?sent="+strconv.Itoa(sent))
	}
	form.Set("addresses", linesOf(left))
	again, err := s.form(form)
	if err != nil {
		return err
	}
	return s.showPollGuests(c, http.StatusUnprocessableEntity, func(p *view.PollGuestsPage) { p.Form, p.Verdicts, p.Sent = again, left, sent })
}

// toPollGuest is a button beside a guest.
func (s *Site) toPollGuest(do func(edge.Ctx, int64, int64) error) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		guest, err := edge.ID(c, "guest")
		if err != nil {
			return err
		}
		if err := do(c, id, guest); err != nil {
			return err
		}
		return seeOther(c, guestsURL(id))
	}
}

func (s *Site) revokePollGuest(c edge.Ctx, id, guest int64) error {
	return s.Polls.RevokeGuest(ctx(c), edge.Who(c), id, guest)
}

func (s *Site) resendPollGuest(c edge.Ctx, id, guest int64) error {
	return s.Polls.ResendGuest(ctx(c), edge.Who(c), id, guest)
}

func (s *Site) remindPollGuests(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	n, err := s.Polls.RemindGuests(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	return seeOther(c, guestsURL(id)+"?reminded="+strconv.Itoa(n))
}
