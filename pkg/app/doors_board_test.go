package app_test

import "plenary/pkg/access"

// boardDoors are those about the board of a thread, and about those who propose.
// "board" is a thread, with a theme of which it is asked who convenes.
var boardDoors = map[string]door{
	"GET /t/:id/themes/similar":         of("thread", access.ReadThread),
	"GET /t/:id/themes/rules":           of("board", access.Convene),
	"POST /t/:id/themes/rules":          of("board", access.Convene),
	"GET /themes/:id/history":           withAlso(of("theme", access.ReadThread), "declined"),
	"POST /themes/:id/proposers":        withAlso(of("theme", access.EditTheme), "declined"),
	"POST /themes/:id/proposers/unask":  withAlso(of("theme", access.EditTheme), "declined"),
	"POST /themes/:id/proposers/accept": withAlso(of("theme", access.JoinTheme), "declined"),
	"POST /themes/:id/proposers/decline": {about: "theme", also: []string{"declined"}, do: []access.Action{access.ReadThread},
		signedIn: true},
	"POST /themes/:id/schedule":   withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/unschedule": withAlso(of("theme", access.Convene), "declined"),
	"GET /p/:id/schedule":         of("ended", access.Convene),
	"POST /p/:id/schedule":        of("ended", access.Convene),

	"GET /api/v1/threads/:id/themes/rules":        of("thread", access.ReadThread),
	"PUT /api/v1/threads/:id/themes/rules":        sent("board", `{}`, access.Convene),
	"GET /api/v1/threads/:id/themes/similar":      of("thread", access.ReadThread),
	"GET /api/v1/themes/:id/history":              withAlso(of("theme", access.ReadThread), "declined"),
	"GET /api/v1/themes/:id/questions":            withAlso(of("theme", access.ReadThread), "declined"),
	"GET /api/v1/themes/:id/proposers":            withAlso(of("theme", access.ReadThread), "declined"),
	"PUT /api/v1/themes/:id/proposers/:handle":    withAlso(of("theme", access.EditTheme), "declined"),
	"DELETE /api/v1/themes/:id/proposers/:handle": withAlso(of("theme", access.EditTheme), "declined"),
	"PUT /api/v1/themes/:id/proposing":            withAlso(sent("theme", `{"accept":true}`, access.JoinTheme), "declined"),
	"POST /api/v1/themes/:id/schedule":            withAlso(of("theme", access.Convene), "declined"),
	"POST /api/v1/themes/:id/unschedule":          withAlso(of("theme", access.Convene), "declined"),
	"POST /api/v1/polls/:id/schedule":             sent("ended", `{"themes":[]}`, access.Convene),
}
