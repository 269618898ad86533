package web

// programmeBuildRoutes are for those who build programmes.
func (s *Site) programmeBuildRoutes() []route {
	return []route{
		get("/g/:handle/events/new", s.newProgramme), post("/g/:handle/events", s.startProgramme), get("/t/:id/events/new", s.newProgramme), post("/t/:id/events", s.startProgramme),
		get("/e/:id/details", s.programmeDetails), post("/e/:id/details", s.editProgramme),
		get("/e/:id/cancel", s.cancelProgrammePage), post("/e/:id/cancel", s.cancelProgramme), post("/e/:id/resume", s.resumeProgramme),
		get("/e/:id/edit", s.programmeBoard), get("/e/:id/revision", s.programmeRevision), post("/e/:id/fill", s.fillProgramme),
		post("/e/:id/fit", s.makeFit), post("/e/:id/namesakes", s.settleNamesake), post("/e/:id/s/:session/notes", s.takeNotes),
		get("/e/:id/sessions/new", s.newSession), post("/e/:id/sessions", s.makeSession),
		get("/e/:id/s/:session/edit", s.sessionForm), post("/e/:id/s/:session/edit", s.editSession),
		post("/e/:id/s/:session/place", s.placeSession), post("/e/:id/s/:session/cancel", s.cancelSession), post("/e/:id/s/:session/delete", s.deleteSession),
		post("/e/:id/s/:session/confirm", s.onSession(s.Programmes.ConfirmSession)), post("/e/:id/s/:session/restore", s.onSession(s.Programmes.RestoreSession)),
		post("/e/:id/s/:session/start", s.onSession(s.Programmes.StartItem)), post("/e/:id/s/:session/finish", s.onSession(s.Programmes.FinishItem)),
		get("/e/:id/publish", s.publishPage), post("/e/:id/publish", s.publish), get("/e/:id/plan", s.planPage), post("/e/:id/plan", s.acceptPlan),
		get("/e/:id/frame", s.programmeFrame),
		post("/e/:id/days", s.onFrame("day", s.addDay)), post("/e/:id/days/:part", s.onFrame("day", s.editDay)), post("/e/:id/days/:part/delete", s.onFrame("day", s.removeDay)),
		post("/e/:id/rooms", s.onFrame("room", s.addRoom)), post("/e/:id/rooms/:part", s.onFrame("room", s.editRoom)), post("/e/:id/rooms/:part/delete", s.onFrame("room", s.removeRoom)),
		post("/e/:id/rooms/:part/move", s.onFrame("room", s.moveRoom)),
		post("/e/:id/slots", s.onFrame("slot", s.addSlot)), post("/e/:id/slots/:part", s.onFrame("slot", s.editSlot)), post("/e/:id/slots/:part/delete", s.onFrame("slot", s.removeSlot)),
		post("/e/:id/draw", s.onFrame("draw", s.drawSlots)),
	}
}
