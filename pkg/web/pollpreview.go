package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

// asksForMore reports whether a button of the form was pressed that does not make
// the poll yet: for more rows, for answers of one's own, to see the ballot, or to
// be rid of a picture.
func asksForMore(form url.Values) bool {
	return form.Get("more") != "" || form.Get("answers") != "" && len(form["option"]) == 0 || form.Get("preview") != "" || form.Get("drop_picture") != ""
}

// buildOn shows the form again with what was asked for.
func (s *Site) buildOn(c edge.Ctx, t forum.Thread, listed []theme.Theme, edited *view.PollCard, form url.Values) error {
	values := url.Values{}
	for name, v := range form {
		values[name] = slices.Clone(v)
	}
	switch {
	case form.Get("more") != "":
		for range 2 {
			addRow(values, poll.NewOption{}, time.UTC)
		}
	case form.Get("drop_picture") != "":
		dropPicture(values)
	case form.Get("answers") != "":
		for _, side := range []tally.Side{tally.For, tally.Neutral, tally.Against} {
			addRow(values, poll.NewOption{Label: s.words(c).T("answer." + string(side)), Side: side}, time.UTC)
		}
	}
	again, err := s.form(values)
	if err != nil {
		return err
	}
	var preview *view.PollCard
	if form.Get("preview") != "" {
		if preview, err = s.previewBallot(c, form, listed, edited); err != nil {
			return err
		}
	}
	return s.showPollFormWith(c, http.StatusOK, t, listed, edited, again, preview)
}

// previewBallot is the ballot of a poll that does not exist yet. What is not filled in
// or cannot be counted is passed over: it is judged when the poll is made.
func (s *Site) previewBallot(c edge.Ctx, form url.Values, listed []theme.Theme, edited *view.PollCard) (*view.PollCard, error) {
	var ignored errs.Fields
	in := s.newPollOf(c, &ignored, form, listed)
	p := poll.Preview(in)
	if edited != nil {
		p.ID = edited.ID
	}
	for i := range p.Options {
		html, err := s.Forum.Preview(ctx(c), p.Options[i].Description)
		if err != nil {
			return nil, err
		}
		p.Options[i].DescriptionHTML = html
	}
	card := pollCard(p, s.words(c))
	card.Ballot = ballotView(p, edge.Who(c), view.Form{})
	card.Ballot.Practice = true
	card.Clock = view.Clock{Now: s.Now(), Zone: edge.Zone(c)}
	return &card, nil
}
