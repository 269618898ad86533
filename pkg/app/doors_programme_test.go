package app_test

import (
	"fmt"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/programme"
)

// programmeDoors are the pages of programmes. An event is made by the moderator and
// has been published; its one session is confirmed.
var programmeDoors = map[string]door{
	"GET /g/:handle/events":     of("group", access.ReadContent),
	"GET /g/:handle/events/new": of("group", access.StartProgrammeAlone),
	"POST /g/:handle/events":    of("group", access.StartProgrammeAlone),
	"GET /t/:id/events/new":     of("thread", access.StartProgramme),
	"POST /t/:id/events":        of("thread", access.StartProgramme),

	"GET /e/:id":            of("event", access.ReadThread),
	"GET /e/:id/changes":    of("event", access.ReadThread),
	"GET /e/:id/print":      of("event", access.ReadThread),
	"GET /e/:id/screen":     of("event", access.ReadThread),
	"GET /e/:id/share":      of("event", access.ReadThread),
	"GET /e/:id/s/:session": of("session", access.ReadThread),

	"GET /e/:id/sessions/new": {about: "event", either: []access.Action{access.ProposeSession, access.EditProgramme}},
	"POST /e/:id/sessions":    {about: "event", either: []access.Action{access.ProposeSession, access.EditProgramme}},

	"GET /e/:id/edit":                of("event", access.EditProgramme),
	"GET /e/:id/revision":            of("event", access.EditProgramme),
	"GET /e/:id/details":             of("event", access.EditProgramme),
	"POST /e/:id/details":            of("event", access.EditProgramme),
	"GET /e/:id/frame":               of("event", access.EditProgramme),
	"POST /e/:id/days":               of("event", access.EditProgramme),
	"POST /e/:id/days/:part":         of("event", access.EditProgramme),
	"POST /e/:id/days/:part/delete":  of("event", access.EditProgramme),
	"POST /e/:id/rooms":              of("event", access.EditProgramme),
	"POST /e/:id/rooms/:part":        of("event", access.EditProgramme),
	"POST /e/:id/rooms/:part/delete": of("event", access.EditProgramme),
	"POST /e/:id/rooms/:part/move":   of("event", access.EditProgramme),
	"POST /e/:id/slots":              of("event", access.EditProgramme),
	"POST /e/:id/slots/:part":        of("event", access.EditProgramme),
	"POST /e/:id/slots/:part/delete": of("event", access.EditProgramme),
	"POST /e/:id/draw":               of("event", access.EditProgramme),
	"POST /e/:id/fill":               sent("event", "from=themes", access.EditProgramme),
	"GET /e/:id/plan":                of("event", access.EditProgramme),
	"POST /e/:id/plan":               of("event", access.EditProgramme),
	"GET /e/:id/publish":             of("event", access.EditProgramme),
	"POST /e/:id/publish":            of("event", access.PublishProgramme),
	"GET /e/:id/cancel":              of("event", access.CancelProgramme),
	"POST /e/:id/cancel":             sent("event", "reason=Rain.", access.CancelProgramme),
	"POST /e/:id/resume":             of("calledoff", access.ResumeProgramme),

	"GET /e/:id/s/:session/edit":     of("session", access.EditSession),
	"POST /e/:id/s/:session/edit":    of("session", access.EditSession),
	"POST /e/:id/s/:session/place":   of("session", access.EditProgramme),
	"POST /e/:id/s/:session/confirm": of("session", access.EditProgramme),
	"POST /e/:id/s/:session/restore": of("session", access.EditProgramme),
	"POST /e/:id/s/:session/cancel":  sent("session", "reason=Rain.", access.EditProgramme),
	"POST /e/:id/s/:session/delete":  of("session", access.EditProgramme),
	"POST /e/:id/s/:session/start":   of("session", access.TakeNotes),
	"POST /e/:id/s/:session/finish":  of("session", access.TakeNotes),
}

// furnishProgrammes makes an event that was published, with a session, and one that
// was called off.
func (c *crawl) furnishProgrammes(p *crawlPlace) {
	c.t.Helper()
	by, thread := c.actors["moderator"], p.things["thread"]
	make := func() programme.Programme {
		made, err := c.Programmes.Start(c.ctx, by, thread, programme.NewProgramme{Title: "An event", Zone: "Europe/London", Template: programme.OpenSpace, StartsOn: "2031-06-20", Days: 1})
		c.must(err)
		return made
	}
	event := make()
	p.things["event"] = event.ID
	plan, err := c.Programmes.Plan(c.ctx, by, event.ID)
	c.must(err)
	p.things["day"], p.things["room"], p.things["slot"] = plan.Days[0].ID, plan.Rooms[0].ID, plan.Slots[0].ID
	session, err := c.Programmes.CreateSession(c.ctx, by, event.ID, programme.NewSession{Title: "A session", Confirmed: true})
	c.must(err)
	p.things["session"] = session.ID
	_, err = c.Programmes.Place(c.ctx, by, session.ID, programme.Placing{SlotID: plan.Slots[0].ID}, 0)
	c.must(err)
	_, err = c.Programmes.Publish(c.ctx, by, event.ID, "", 0)
	c.must(err)
	off := make()
	_, err = c.Programmes.Publish(c.ctx, by, off.ID, "", 0)
	c.must(err)
	_, err = c.Programmes.Cancel(c.ctx, by, off.ID, "Rain.")
	c.must(err)
	p.things["calledoff"] = off.ID
}

// ofProgramme adds what is so about a programme and its session.
func ofProgramme(f *access.Facts, name, about string) {
	switch about {
	case "event", "session":
		f.Programme = access.ProgrammePublished
	case "calledoff":
		f.Programme = access.ProgrammeCancelled
	default:
		return
	}
	f.Own, f.Proposals, f.Signups = name == "moderator", true, true
	if about == "session" {
		f.Session, f.Proposer = access.SessionConfirmed, name == "moderator"
	}
}

// ofEvent puts the parts of an event into a page's path.
func ofEvent(p *crawlPlace, path, about string) string {
	if !strings.HasPrefix(path, "/e/:id") {
		return path
	}
	if about == "session" {
		path = strings.Replace(path, ":id", fmt.Sprint(p.things["event"]), 1)
	}
	for _, part := range []string{"day", "room", "slot"} {
		path = strings.Replace(path, "/"+part+"s/:part", fmt.Sprintf("/%ss/%d", part, p.things[part]), 1)
	}
	return strings.Replace(path, ":session", fmt.Sprint(p.things["session"]), 1)
}
