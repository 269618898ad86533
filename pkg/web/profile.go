package web

import (
	"plenary/pkg/edge"
	"plenary/pkg/web/view"
)

// profile is a person's page.
func (s *Site) profile(c edge.Ctx) error {
	p, err := s.People.ByHandle(ctx(c), c.Param("handle"))
	if err != nil {
		return err
	}
	who := personOf(p.Brief)
	who.Imported = p.Imported
	return s.ok(c, view.ProfilePage{Frame: s.frame(c), Person: who, Since: p.CreatedAt, Me: edge.Who(c).Person == p.ID})
}
