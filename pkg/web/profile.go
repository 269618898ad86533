package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/group"
	"plenary/pkg/web/view"
)

// profile is a person's page. A handle that they had before leads to the one
// that they have.
func (s *Site) profile(c edge.Ctx) error {
	p, err := s.People.ByHandle(ctx(c), c.Param("handle"))
	if err != nil {
		return err
	}
	if asked := strings.ToLower(strings.TrimPrefix(c.Param("handle"), "@")); asked != p.Handle {
		return c.Redirect(http.StatusMovedPermanently, "/u/"+url.PathEscape(p.Handle))
	}
	groups, err := s.Groups.OfPerson(ctx(c), edge.Who(c), p.ID)
	if err != nil {
		return err
	}
	who := personOf(p.Brief)
	who.Imported = p.Imported
	page := view.ProfilePage{Frame: s.frame(c), Person: who, Pronouns: p.Pronouns, Since: p.CreatedAt, Me: edge.Who(c).Person == p.ID,
		Admin: edge.Who(c).Administrator}
	// Who is in a group is for its members, so others' groups are shown where the
	// reader is in them, too.
	groups = slices.DeleteFunc(groups, func(b group.Belonging) bool { return !b.Mine })
	page.Shared = belongings(groups)
	return s.ok(c, page)
}
