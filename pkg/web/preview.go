package web

import (
	"net/http"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
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

// everybody offers the words that stand for all who take part in the thread, to
// whoever may use them.
func (s *Site) everybody(c edge.Ctx, t forum.Thread) []timeline.Person {
	out := []timeline.Person{}
	typed := strings.ToLower(c.QueryParam("q"))
	if !access.May(edge.Who(c), access.NameAll, t.Facts()) {
		return out
	}
	for _, word := range []string{"all", "everyone", "group"} {
		if strings.HasPrefix(word, typed) {
			out = append(out, timeline.Person{Handle: word, Name: s.words(c).T("mention.everybody", nil)})
		}
	}
	if typed == "" {
		out = out[:1] // one of them is enough while nothing is typed
	}
	return out
}

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
	if err := access.Check(edge.Who(c), access.ReadMembers, t.Facts()); err != nil {
		return err
	}
	found, err := s.People.Suggest(ctx(c), edge.Who(c), id, t.MemberIn(), c.QueryParam("q"), suggestions)
	if err != nil {
		return err
	}
	out := s.everybody(c, t)
	for _, b := range found {
		out = append(out, timeline.PersonOf(b))
	}
	return c.JSON(http.StatusOK, out)
}
