package web

import (
	"plenary/pkg/edge"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

func (s *Site) programmeBuildRoutes() []route {
	return []route{
		get("/g/:handle/events/new", s.newProgramme), post("/g/:handle/events", s.startProgramme), get("/t/:id/events/new", s.newProgramme), post("/t/:id/events", s.startProgramme),
		get("/e/:id/details", s.programmeDetails), post("/e/:id/details", s.editProgramme),
		get("/e/:id/cancel", s.cancelProgrammePage), post("/e/:id/cancel", s.cancelProgramme), post("/e/:id/resume", s.resumeProgramme),
		get("/e/:id/frame", s.programmeFrame),
		post("/e/:id/days", s.onFrame("day", s.addDay)), post("/e/:id/days/:part", s.onFrame("day", s.editDay)), post("/e/:id/days/:part/delete", s.onFrame("day", s.removeDay)),
		post("/e/:id/rooms", s.onFrame("room", s.addRoom)), post("/e/:id/rooms/:part", s.onFrame("room", s.editRoom)), post("/e/:id/rooms/:part/delete", s.onFrame("room", s.removeRoom)),
		post("/e/:id/rooms/:part/move", s.onFrame("room", s.moveRoom)),
		post("/e/:id/slots", s.onFrame("slot", s.addSlot)), post("/e/:id/slots/:part", s.onFrame("slot", s.editSlot)), post("/e/:id/slots/:part/delete", s.onFrame("slot", s.removeSlot)),
		post("/e/:id/draw", s.onFrame("draw", s.drawSlots)),
	}
}

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
