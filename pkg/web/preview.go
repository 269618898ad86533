package web

import (
	"net/http"

	"plenary/pkg/edge"
	"plenary/pkg/timeline"
)

// preview shows a text as it would look once posted.
func (s *Site) preview(c edge.Ctx) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	html, err := s.Forum.Preview(ctx(c), form.Get("body"))
	if err != nil {
		return err
	}
	return c.HTML(http.StatusOK, html)
}

// suggestions is how many people are offered after an "@".
const suggestions = 8

// mentions finds whom somebody means who types the beginning of a name.
func (s *Site) mentions(c edge.Ctx) error {
	id, err := edge.Number(c, "thread")
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	found, err := s.People.Suggest(ctx(c), edge.Who(c), id, t.MemberIn(), c.QueryParam("q"), suggestions)
	if err != nil {
		return err
	}
	out := make([]timeline.Person, len(found))
	for i, b := range found {
		out[i] = timeline.PersonOf(b)
	}
	return c.JSON(http.StatusOK, out)
}
