package web

import (
	"plenary/pkg/edge"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

func (s *Site) programmeBuildRoutes() []route { return nil }

// mySessions are the sessions that the viewer has signed up for: "going", or
// "waiting" for a seat.
func (s *Site) mySessions(edge.Ctx, programme.Plan) (map[int64]string, error) { return nil, nil }

// versions are publications of a programme, the newest first.
func (s *Site) versions(edge.Ctx, programme.Plan, page.Page) ([]view.ProgrammeVersion, error) {
	return nil, nil
}

// unpublished is how many changes readers do not see yet.
func (s *Site) unpublished(edge.Ctx, int64) (int, error) { return 0, nil }

func (s *Site) programmeChanges(c edge.Ctx) error { return nil }
