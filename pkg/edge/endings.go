package edge

import (
	"net/http"
	"slices"
	"strings"

	"plenary/pkg/errs"
)

// ending is what answers at an address whose last part is a parameter with an
// ending, such as "/p/:id.ics".
type ending struct {
	path, text string
	handler    Handler
}

// Add opens an address. The router knows only what stands between slashes, and
// would take "7.ics" for an id: addresses with an ending after a parameter are told
// from those without here. Call it before the first request.
func (e *Edge) Add(method, path string, h Handler) {
	base, text := cutEnding(path)
	key := method + " " + base
	if text == "" {
		e.bare[key] = h
	} else {
		e.endings[key] = append(e.endings[key], ending{path, text, h})
	}
	e.Echo.Add(method, base, func(c Ctx) error { return e.choose(c, key) })
}

// cutEnding parts "/p/:id.ics" into "/p/:id" and ".ics".
func cutEnding(path string) (base, text string) {
	last := strings.LastIndexByte(path, '/') + 1
	if dot := strings.IndexByte(path[last:], '.'); dot > 0 && path[last] == ':' {
		return path[:last+dot], path[last+dot:]
	}
	return path, ""
}

// choose answers at an address by its ending.
func (e *Edge) choose(c Ctx, key string) error {
	values := c.ParamValues()
	for _, one := range e.endings[key] {
		last := len(values) - 1
		if rest, has := strings.CutSuffix(values[last], one.text); has {
			values = slices.Clone(values)
			values[last] = rest
			c.SetParamValues(values...)
			c.SetPath(one.path)
			return one.handler(c)
		}
	}
	if bare := e.bare[key]; bare != nil {
		return bare(c)
	}
	return errs.New(errs.NotFound, "error.not_found")
}

// Served lists every address, as "METHOD /path".
func (e *Edge) Served() []string {
	var all []string
	for _, r := range e.Echo.Routes() {
		key := r.Method + " " + r.Path
		if _, is := e.bare[key]; is || len(e.endings[key]) == 0 {
			all = append(all, key)
		}
		for _, one := range e.endings[key] {
			all = append(all, r.Method+" "+one.path)
		}
	}
	return all
}

// Fresh sends a file that everybody who asks again may keep, under a tag of its
// content, and says so where it has not changed. private is for one reader alone.
func Fresh(c Ctx, media, tag string, private bool, body []byte) error {
	h := c.Response().Header()
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Cache-Control", "no-cache")
	if private {
		h.Set("Cache-Control", "private, no-cache")
	}
	if slices.Contains(tags(c.Request().Header.Get("If-None-Match")), `"`+tag+`"`) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, media, body)
}

// tags are those of an If-None-Match, compared weakly (RFC 9110, 13.1.2).
func tags(header string) []string {
	list := strings.Split(header, ",")
	for i, tag := range list {
		list[i] = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
	}
	return list
}
