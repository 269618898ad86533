package web

import (
	"net/http"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// reasons lists what voters gave as reasons, and lets moderators take them away.
func (s *Site) reasons(c edge.Ctx) error {
	form, err := s.form(nil)
	if err != nil {
		return err
	}
	return s.showReasons(c, http.StatusOK, form)
}

func (s *Site) showReasons(c edge.Ctx, status int, form view.Form) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	given, err := s.Polls.Reasons(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	page := view.ReasonsPage{Frame: s.frame(c), Thread: pollHead(p), Poll: id, Title: p.Title, Secret: p.Secret, Totals: p.Secret && p.Publish == poll.PublishTotals,
		CanHide: access.May(edge.Who(c), access.HideReason, p.Facts()), Form: form}
	for _, r := range given {
		one := view.GivenReason{Hash: r.Hash.String(), Text: rendered(r.HTML)}
		if r.Voter != nil {
			one.Voter = personOf(*r.Voter)
		}
		if r.Hid != nil {
			one.Hidden, one.By, one.Why, one.At = true, personOf(r.Hid.By), r.Hid.Why, r.Hid.At
		}
		page.Reasons = append(page.Reasons, one)
	}
	return s.show(c, status, page)
}

func (s *Site) hideReason(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	reason, _ := ledger.ParseHash(form.Get("reason")) // what is no hash is not there
	err = s.Polls.HideReason(ctx(c), edge.Who(c), id, reason, form.Get("why"))
	if err == nil || store.IsReplay(err) {
		return seeOther(c, pollURL(id)+"/reasons")
	}
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	return s.showReasons(c, http.StatusUnprocessableEntity, again)
}
