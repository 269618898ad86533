package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/web/view"
)

// addOption is a voter's option for a poll that takes them.
func (s *Site) addOption(c edge.Ctx) error {
	p, err := s.pollOf(c)
	if err != nil {
		return err
	}
	if err := access.Check(edge.Who(c), access.AddOption, p.Facts()); err != nil {
		return err
	}
	form, f, err := s.withPictures(c)
	if err != nil {
		return err
	}
	if form.Get("drop_picture") != "" && len(f) == 0 {
		return s.addOptionOn(c, form)
	}
	in := poll.NewOption{Label: form.Get("option"), Description: form.Get("about"), FileID: pictureID(form.Get("picture")), PictureAlt: form.Get("picture_alt")}
	if p.Method == tally.TimePoll {
		in.StartsAt, in.EndsAt = slot(&f, form.Get("starts"), edge.Zone(c)), slot(&f, form.Get("ends"), edge.Zone(c))
	}
	if err = f.Err(); err == nil {
		_, err = s.Polls.AddOption(ctx(c), edge.Who(c), p.ID, in)
	}
	if err == nil || store.IsReplay(err) {
		return seeOther(c, pollURL(p.ID))
	}
	again, err := s.again(form, renamed(err, "options", "option"))
	if err != nil {
		return err
	}
	return s.showPollWith(c, http.StatusUnprocessableEntity, view.Form{}, view.Form{}, again)
}

// addOptionOn shows the form again without its picture.
func (s *Site) addOptionOn(c edge.Ctx, form url.Values) error {
	dropPicture(form)
	again, err := s.form(form)
	if err != nil {
		return err
	}
	return s.showPollWith(c, http.StatusOK, view.Form{}, view.Form{}, again)
}

// adding is the form for an option, nil where the reader cannot add one.
func (s *Site) adding(c edge.Ctx, p poll.Poll, begun view.Form) (*view.Adding, error) {
	if !p.TakesOptions(s.Now()) || !access.May(edge.Who(c), access.AddOption, p.Facts()) {
		return nil, nil
	}
	form := begun
	if form.Once == "" {
		var err error
		if form, err = s.form(nil); err != nil {
			return nil, err
		}
	}
	return &view.Adding{Form: form, Poll: p.ID, URL: pollURL(p.ID) + "/options", Slots: p.Method == tally.TimePoll, Zone: edge.Zone(c).String(), Until: instant(p.CollectUntil)}, nil
}
