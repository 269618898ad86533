package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

func (s *Site) outcomeForm(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.Conclude, p.Facts()); err != nil {
		return err
	}
	values := url.Values{}
	if p.Outcome != nil {
		values = url.Values{"statement": {p.Outcome.Statement}, "review_on": {p.Outcome.ReviewOn}}
	}
	form, err := s.form(values)
	if err != nil {
		return err
	}
	return s.showOutcomeForm(c, http.StatusOK, p, form)
}

func (s *Site) showOutcomeForm(c edge.Ctx, status int, p poll.Poll, form view.Form) error {
	card, err := s.pollCardFor(c, p, view.Form{}, false, false)
	if err != nil {
		return err
	}
	return s.show(c, status, view.OutcomeFormPage{Frame: s.frame(c), Card: card, Form: form, Editing: p.Outcome != nil})
}

func (s *Site) conclude(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	_, err = s.Polls.Conclude(ctx(c), edge.Who(c), id, poll.NewOutcome{Statement: form.Get("statement"), ReviewOn: form.Get("review_on")})
	if err == nil || store.IsReplay(err) {
		return seeOther(c, pollURL(id))
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	return s.showOutcomeForm(c, http.StatusUnprocessableEntity, p, again)
}
