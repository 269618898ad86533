package web

import (
	"net/http"
	"net/url"
	"strings"

	"plenary/pkg/edge"
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
	who := personOf(p.Brief)
	who.Imported = p.Imported
	page := view.ProfilePage{Frame: s.frame(c), Person: who, Pronouns: p.Pronouns, Since: p.CreatedAt, Me: edge.Who(c).Person == p.ID,
		Admin: edge.Who(c).Administrator}
	shared, err := s.Groups.InCommon(ctx(c), edge.Who(c), p.ID)
	if err != nil {
		return err
	}
	for _, one := range shared {
		page.Shared = append(page.Shared, view.Shared{GroupRef: view.GroupRef{Name: one.Group.Name, Handle: one.Group.Handle,
			Visibility: string(one.Group.Visibility)}, Role: string(one.Role), Title: one.Title})
	}
	return s.ok(c, page)
}
