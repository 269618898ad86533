package web

import (
	"net/http"
	"net/url"

	"plenary/pkg/edge"
	"plenary/pkg/poll/letters"
	"plenary/pkg/web/view"
)

// pollMailRoutes are about which mails of polls somebody gets.
func (s *Site) pollMailRoutes() []route {
	return []route{
		get("/g/:handle/mails", s.pollMails), post("/g/:handle/mails", s.choosePollMails),
		get("/unsubscribe/:token", s.subscription), post("/unsubscribe/:token", s.unsubscribe),
	}
}

func (s *Site) pollMails(c edge.Ctx) error {
	wants, err := s.Polls.Letters().Wanted(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	form, err := s.form(url.Values{"polls": {string(wants)}})
	if err != nil {
		return err
	}
	return s.showPollMails(c, http.StatusOK, form)
}

func (s *Site) showPollMails(c edge.Ctx, status int, form view.Form) error {
	g, err := s.Groups.ByHandle(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	ref := groupRef(g)
	return s.show(c, status, view.PollMailsPage{Frame: s.frame(c), Group: &ref, Action: ref.URL() + "/mails", Choices: wantsToChoose(),
		Form: form, Saved: c.QueryParam("saved") != ""})
}

func wantsToChoose() []string {
	var out []string
	for _, w := range letters.AllWants() {
		out = append(out, string(w))
	}
	return out
}

func (s *Site) choosePollMails(c edge.Ctx) error {
	values, err := edge.Form(c)
	if err != nil {
		return err
	}
	err = s.Polls.Letters().Choose(ctx(c), edge.Who(c), c.Param("handle"), letters.Wants(values.Get("polls")))
	if err == nil {
		return seeOther(c, view.GroupRef{Handle: c.Param("handle")}.URL()+"/mails?saved=1")
	}
	again, err := s.again(values, err)
	if err != nil {
		return err
	}
	return s.showPollMails(c, http.StatusUnprocessableEntity, again)
}

// subscription shows what the link in a letter can end. Looking changes nothing:
// programs open the links of letters, too.
func (s *Site) subscription(c edge.Ctx) error {
	return s.showSubscription(c, http.StatusOK, nil, c.QueryParam("saved") != "")
}

// showSubscription answers with the choice as it is, or as it came back rejected.
func (s *Site) showSubscription(c edge.Ctx, status int, rejected *view.Form, saved bool) error {
	token := c.Param("token")
	found, err := s.Polls.Letters().Subscription(ctx(c), token)
	if err != nil {
		return err
	}
	p := view.PollMailsPage{Frame: s.frame(c), Of: found.Group, Action: "/unsubscribe/" + url.PathEscape(token), Choices: wantsToChoose(), Saved: saved}
	if found.Poll != "" {
		p.Of, p.IsGuest = found.Poll, true
	}
	if rejected != nil {
		p.Form = *rejected
	} else if p.Form, err = s.form(url.Values{"polls": {string(found.Wants)}}); err != nil {
		return err
	}
	return s.show(c, status, p)
}

// unsubscribe changes the choice. Mail programs do it with one click, as of RFC 8058:
// they send List-Unsubscribe=One-Click, without a cookie, and follow no redirect.
func (s *Site) unsubscribe(c edge.Ctx) error {
	values, err := edge.Form(c)
	if err != nil {
		return err
	}
	wants, oneClick := letters.Wants(values.Get("polls")), values.Get("List-Unsubscribe") == "One-Click"
	if oneClick {
		wants = letters.NoMails
	}
	err = s.Polls.Letters().Unsubscribe(ctx(c), c.Param("token"), wants)
	switch {
	case err == nil && oneClick:
		return s.showSubscription(c, http.StatusOK, nil, true)
	case err == nil:
		return seeOther(c, "/unsubscribe/"+url.PathEscape(c.Param("token"))+"?saved=1")
	}
	again, err := s.again(values, err)
	if err != nil {
		return err
	}
	return s.showSubscription(c, http.StatusUnprocessableEntity, &again, false)
}
