package app_test

import "plenary/pkg/access"

// templateDoors are those about the polls that a group begins from.
var templateDoors = map[string]door{
	"GET /g/:handle/templates":             of("group", access.KeepTemplates),
	"POST /g/:handle/templates/:id":        of("template", access.KeepTemplates),
	"POST /g/:handle/templates/:id/drop":   of("template", access.KeepTemplates),
	"POST /g/:handle/templates/ready/:key": of("group", access.KeepTemplates),
	"POST /p/:id/options":                  withAlso(of("open", access.AddOption), "draft", "ended"),
	"POST /api/v1/polls/:id/options":       withAlso(sent("open", `{"label":""}`, access.AddOption), "draft", "ended"),
	"POST /p/:id/template":                 withAlso(of("open", access.KeepTemplates), "draft", "ended"),
	"GET /p/:id/reasons":                   withAlso(of("open", access.ReadResults), "draft", "ended"),
	"POST /p/:id/reasons":                  withAlso(of("open", access.ReadResults, access.HideReason), "draft", "ended"),
	"GET /api/v1/polls/:id/reasons":        withAlso(of("open", access.ReadResults), "draft", "ended"),
	"POST /api/v1/polls/:id/reasons/hide":  withAlso(sent("open", `{"reason":"","why":""}`, access.ReadResults, access.HideReason), "draft", "ended"),

	"GET /api/v1/groups/:handle/poll-templates":               of("group", access.ReadTemplates),
	"PATCH /api/v1/groups/:handle/poll-templates/:id":         sent("template", `{"name":""}`, access.KeepTemplates),
	"DELETE /api/v1/groups/:handle/poll-templates/:id":        of("template", access.KeepTemplates),
	"PUT /api/v1/groups/:handle/poll-templates/ready/:key":    of("group", access.KeepTemplates),
	"DELETE /api/v1/groups/:handle/poll-templates/ready/:key": of("group", access.KeepTemplates),
	"POST /api/v1/polls/:id/template":                         withAlso(sent("open", `{"name":""}`, access.KeepTemplates), "draft", "ended"),
}
