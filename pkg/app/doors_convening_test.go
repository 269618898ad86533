package app_test

import "plenary/pkg/access"

// conveningDoors are what themes are grouped, merged, split and moved by.
var conveningDoors = map[string]door{
	"GET /t/:id/themes/convene":      of("board", access.Convene),
	"POST /t/:id/themes/overarching": of("board", access.Convene),
	"POST /t/:id/themes/group":       sent("board", "part=1000000", access.Convene),
	"POST /t/:id/themes/apart":       of("board", access.Convene),
	"GET /themes/:id/convene":        withAlso(door{about: "theme", either: []access.Action{access.Convene, access.SuggestMerge}}, "declined"),
	"POST /themes/:id/group":         withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/merge":         withAlso(sent("theme", "how=suggest", access.SuggestMerge), "declined"),
	"POST /themes/:id/split":         withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/move":          withAlso(of("theme", access.Convene), "declined"),
	"POST /themes/:id/unmerge":       withAlso(of("merged", access.Unmerge), "theme"),
	"POST /merges/:id/accept":        of("merge", access.Convene),
	"POST /merges/:id/refuse":        of("merge", access.Convene),
	"POST /g/:handle/edit/merges":    sent("group", "merge_hours=5", access.EditGroup),

	"POST /api/v1/themes/:id/group":                   withAlso(sent("theme", `{"under":0}`, access.Convene), "declined"),
	"POST /api/v1/themes/:id/split":                   withAlso(sent("theme", `{"parts":[{"title":"Rye"}]}`, access.Convene), "declined"),
	"POST /api/v1/themes/:id/merge":                   withAlso(sent("theme", `{"into":1000000}`, access.Convene), "declined"),
	"POST /api/v1/themes/:id/unmerge":                 withAlso(sent("merged", `{}`, access.Unmerge), "theme"),
	"POST /api/v1/themes/:id/move":                    withAlso(sent("theme", `{"thread":1000000}`, access.Convene), "declined"),
	"GET /api/v1/themes/:id/merges":                   withAlso(of("theme", access.ReadThread), "merged"),
	"POST /api/v1/themes/:id/merges":                  withAlso(sent("theme", `{"into":1000000,"reason":"The same"}`, access.SuggestMerge), "declined"),
	"GET /api/v1/threads/:id/merges":                  of("thread", access.ReadThread),
	"GET /api/v1/merges/:id":                          of("merge", access.ReadThread),
	"POST /api/v1/merges/:id/refuse":                  sent("merge", `{}`, access.Convene),
	"POST /api/v1/threads/:id/themes/overarching":     sent("board", `{"title":"Grain","parts":[1000000]}`, access.Convene),
	"GET /api/v1/threads/:id/themes/likeness":         of("board", access.Convene),
	"POST /api/v1/threads/:id/themes/likeness/refuse": sent("board", `{"themes":[1,2]}`, access.Convene),
}
