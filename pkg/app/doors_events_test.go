package app_test

import (
	"fmt"
	"strings"

	"plenary/pkg/access"
)

// eventDoors are the calls of the API about programmes, with the event and the
// session of programmeDoors.
var eventDoors = map[string]door{
	"GET /api/v1/groups/:handle/events": of("group", access.ReadContent),
	"GET /api/v1/threads/:id/events":    of("thread", access.ReadThread),

	"GET /api/v1/events/:id":                         of("event", access.ReadThread),
	"GET /api/v1/events/:id/versions":                of("event", access.ReadThread),
	"GET /api/v1/events/:id/versions/:version":       of("event", access.ReadThread),
	"GET /api/v1/events/:id/slots/:slot/agenda":      of("event", access.ReadThread),
	"GET /api/v1/events/:id/changes":                 of("event", access.EditProgramme),
	"GET /api/v1/events/:id/clashes":                 of("event", access.EditProgramme),
	"PATCH /api/v1/events/:id":                       sent("event", `{}`, access.EditProgramme),
	"POST /api/v1/events/:id/publish":                sent("event", `{}`, access.PublishProgramme),
	"POST /api/v1/events/:id/cancel":                 sent("event", `{"reason":"Rain."}`, access.CancelProgramme),
	"POST /api/v1/events/:id/resume":                 of("calledoff", access.ResumeProgramme),
	"POST /api/v1/events/:id/arrange":                sent("event", `{}`, access.EditProgramme),
	"POST /api/v1/events/:id/arrange/apply":          sent("event", `{"moves":[]}`, access.EditProgramme),
	"POST /api/v1/events/:id/fill":                   sent("event", `{}`, access.EditProgramme),
	"POST /api/v1/events/:id/days":                   sent("event", `{}`, access.EditProgramme),
	"PATCH /api/v1/events/:id/days/:day":             sent("event", `{}`, access.EditProgramme),
	"DELETE /api/v1/events/:id/days/:day":            of("event", access.EditProgramme),
	"POST /api/v1/events/:id/rooms":                  sent("event", `{}`, access.EditProgramme),
	"PUT /api/v1/events/:id/rooms":                   sent("event", `{"rooms":[]}`, access.EditProgramme),
	"PATCH /api/v1/events/:id/rooms/:room":           sent("event", `{}`, access.EditProgramme),
	"DELETE /api/v1/events/:id/rooms/:room":          of("event", access.EditProgramme),
	"POST /api/v1/events/:id/slots":                  sent("event", `{"starts":"03:00","ends":"04:00"}`, access.EditProgramme),
	"POST /api/v1/events/:id/slots/draw":             sent("event", `{"template":"hours"}`, access.EditProgramme),
	"PATCH /api/v1/events/:id/slots/:slot":           sent("event", `{}`, access.EditProgramme),
	"DELETE /api/v1/events/:id/slots/:slot":          of("event", access.EditProgramme),
	"PUT /api/v1/events/:id/slots/:slot/sessions":    sent("event", `{"sessions":[]}`, access.EditProgramme),
	"POST /api/v1/events/:id/sessions":               {about: "event", either: []access.Action{access.ProposeSession, access.EditProgramme}, body: `{"title":""}`},
	"GET /api/v1/sessions/:id":                       of("session", access.ReadThread),
	"PATCH /api/v1/sessions/:id":                     sent("session", `{}`, access.EditSession),
	"DELETE /api/v1/sessions/:id":                    of("session", access.EditProgramme),
	"PUT /api/v1/sessions/:id/place":                 sent("session", `{"slot_id":0}`, access.EditProgramme),
	"DELETE /api/v1/sessions/:id/place":              of("session", access.EditProgramme),
	"POST /api/v1/sessions/:id/people":               sent("session", `{"part":"speaker"}`, access.EditSession),
	"DELETE /api/v1/sessions/:id/people/:part":       of("session", access.EditSession),
	"PUT /api/v1/sessions/:id/themes/:theme":         of("session", access.EditSession),
	"DELETE /api/v1/sessions/:id/themes/:theme":      of("session", access.EditSession),
	"POST /api/v1/sessions/:id/themes/:theme/move":   sent("session", `{"to":0}`, access.EditSession),
	"POST /api/v1/sessions/:id/material":             sent("session", `{}`, access.EditSession),
	"DELETE /api/v1/sessions/:id/material/:material": of("session", access.EditSession),
	"PUT /api/v1/sessions/:id/notes":                 sent("session", `{"notes":""}`, access.TakeNotes),
	"PUT /api/v1/sessions/:id/minutes":               sent("session", `{"now":"start"}`, access.TakeNotes),
}

// ofCall puts the parts of an event into a call's path.
func ofCall(p *crawlPlace, path string) string {
	if !strings.HasPrefix(path, "/api/v1/events/") && !strings.HasPrefix(path, "/api/v1/sessions/") {
		return path
	}
	for _, part := range []string{"day", "room", "slot", "theme"} {
		path = strings.Replace(path, ":"+part, fmt.Sprint(p.things[part]), 1)
	}
	return strings.NewReplacer(":version", "1", ":part", "1", ":material", "1").Replace(path)
}
