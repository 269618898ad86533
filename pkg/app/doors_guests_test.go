package app_test

import "plenary/pkg/access"

// readersDoor is a door for people who may read what it is about.
func readersDoor(about string) door {
	return door{about: about, do: []access.Action{access.ReadThread}, signedIn: true}
}

// guestDoors are about who comes to an event, and what programs follow of it.
var guestDoors = map[string]door{
	"GET /p/:id.ics": withAlso(of("open", access.ReadThread), "draft", "ended"),

	"GET /e/:id.ics":              of("event", access.ReadThread),
	"GET /e/:id.atom":             of("event", access.ReadThread),
	"GET /e/:id.json":             of("event", access.ReadThread),
	"GET /e/:id/s/:session.ics":   of("session", access.ReadThread),
	"POST /e/:id/calendar":        readersDoor("event"),
	"POST /e/:id/calendar/revoke": readersDoor("event"),

	"POST /e/:id/s/:session/signup":     of("session", access.SignUp),
	"POST /e/:id/s/:session/leave":      readersDoor("session"),
	"GET /e/:id/s/:session/signups":     of("session", access.ReadSignups),
	"POST /e/:id/s/:session/attendance": of("session", access.TakeAttendance),
	"GET /e/:id/signups.csv":            of("event", access.EditProgramme),
	"POST /e/:id/talks":                 of("event", access.EditProgramme),
	"POST /e/:id/s/:session/talk":       of("session", access.EditProgramme),

	"GET /api/v1/events/:id/signups":      of("event", access.ReadSignups),
	"GET /api/v1/sessions/:id/signups":    of("session", access.ReadSignups),
	"PUT /api/v1/sessions/:id/signup":     of("session", access.SignUp),
	"DELETE /api/v1/sessions/:id/signup":  readersDoor("session"),
	"PUT /api/v1/sessions/:id/attendance": of("session", access.TakeAttendance),
	"POST /api/v1/sessions/:id/thread":    of("session", access.EditProgramme),
	"POST /api/v1/events/:id/threads":     of("event", access.EditProgramme),
	"GET /api/v1/events/:id/calendar":     readersDoor("event"),
	"PUT /api/v1/events/:id/calendar":     readersDoor("event"),
	"DELETE /api/v1/events/:id/calendar":  readersDoor("event"),
	"GET /api/v1/me/appointments":         account,
}
