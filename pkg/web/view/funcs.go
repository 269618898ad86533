package view

import (
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/i18n"
)

// functions are what templates may call, in one language.
func functions(words *i18n.Localizer, asset func(string) (string, bool)) template.FuncMap {
	f := phrases{words}
	return template.FuncMap{
		"lang":        words.Lang,
		"dir":         words.Dir,
		"t":           f.text,
		"tn":          f.plural,
		"th":          f.markup,
		"text":        f.message,
		"num":         func(n int) string { return words.Number(int64(n)) },
		"list":        words.List,
		"names":       f.names,
		"size":        f.size,
		"when":        f.when,
		"whenUTC":     func(t time.Time, style string) template.HTML { return f.when(Clock{}, t, style) },
		"closes":      f.closes,
		"day":         func(c Clock, t time.Time) string { return f.words.Date(t, c.Zone, i18n.Day) },
		"clock":       func(c Clock, t time.Time) template.HTML { return f.time(c, t, f.words.Date(t, c.Zone, i18n.Clock), "") },
		"hours":       f.hours,
		"hoursPlain":  f.hoursPlain,
		"yours":       f.yours,
		"weekday":     func(c Clock, t time.Time) string { return f.words.Date(t, c.Zone, i18n.Weekday) },
		"iso":         func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"asset":       assetFunc(asset),
		"icon":        iconFunc(asset),
		"bdi":         isolated,
		"code":        code,
		"adminPages":  func() []struct{ Name, URL string } { return adminPages },
		"link":        linked,
		"groupLink":   func(g GroupRef) Link { return Link{Text: g.Name, URL: g.URL()} },
		"pinPath":     pinPath,
		"excerptHTML": excerptHTML,
		"input":       input,
		"problems":    problems,
		"excerpt":     excerpt,
		"values":      values,
	}
}

func assetFunc(asset func(string) (string, bool)) func(string) (string, error) {
	return func(name string) (string, error) {
		address, ok := asset(name)
		if !ok {
			return "", fmt.Errorf("there is no static file %q", name)
		}
		return address, nil
	}
}

// iconFunc draws a symbol of the sprite. Icons never speak: a word stands beside
// each of them, visibly or for screen readers.
func iconFunc(asset func(string) (string, bool)) func(string) (template.HTML, error) {
	find := assetFunc(asset)
	return func(name string) (template.HTML, error) {
		sprite, err := find("icons.svg")
		if err != nil {
			return "", err
		}
		address := template.HTMLEscapeString(sprite + "#" + name)
		return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + address + `"></use></svg>`), nil
	}
}

// phrases are the functions that need words.
type phrases struct{ words *i18n.Localizer }

func (f phrases) text(key string, pairs ...any) (string, error) {
	args, err := values(pairs...)
	if err != nil {
		return "", fmt.Errorf("message %s: %w", key, err)
	}
	return f.words.T(key, args), nil
}

func (f phrases) plural(key string, n any, pairs ...any) (string, error) {
	args, err := values(pairs...)
	if err != nil {
		return "", fmt.Errorf("message %s: %w", key, err)
	}
	return f.words.N(key, whole(n), args), nil
}

// message puts an error or notice of another package into words.
func (f phrases) message(t errs.Text) string {
	if t.Code == "" {
		return ""
	}
	return f.words.T(t.Code, t.Args)
}

// Markers stand for pieces of HTML while a message is put together. They are
// private-use characters, which nobody types.
const markerStart, markerEnd = "\ue000", "\ue001"

// markup is a message with pieces of HTML among its values, such as a link. All
// else is escaped. A whole number under the name "N" picks the plural form.
func (f phrases) markup(key string, pairs ...any) (template.HTML, error) {
	args, err := values(pairs...)
	if err != nil {
		return "", fmt.Errorf("message %s: %w", key, err)
	}
	var replace []string
	for name, value := range args {
		if piece, ok := value.(template.HTML); ok {
			marker := markerStart + name + markerEnd
			replace = append(replace, marker, string(piece))
			args[name] = marker
		}
	}
	var text string
	if n, ok := args["N"]; ok {
		delete(args, "N")
		text = f.words.N(key, whole(n), args)
	} else {
		text = f.words.T(key, args)
	}
	return template.HTML(strings.NewReplacer(replace...).Replace(template.HTMLEscapeString(text))), nil
}

func whole(n any) int64 {
	switch n := n.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	}
	return 0
}

// values makes named values out of name, value, name, value …
func values(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("%d names and values do not make pairs", len(pairs))
	}
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("%v is not a name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

// when is a <time> element. Style is "relative", "short" or "long"; the exact
// time is its title. Scripts refine it to the zone of the browser.
func (f phrases) when(c Clock, t time.Time, style string) template.HTML {
	var shown string
	switch {
	case style == "relative" && !c.Now.IsZero() && c.Now.Sub(t) < 30*24*time.Hour:
		shown = f.words.Ago(t, c.Now)
	case style == "short", style == "relative" && !c.Now.IsZero():
		shown = f.words.Date(t, c.Zone, i18n.Short)
	default:
		shown = f.words.Date(t, c.Zone, i18n.Long)
	}
	return f.time(c, t, shown, style)
}

// closes is a <time> element that says when something ends. In a piece that is the
// same for everybody a script puts it into the words that a page would have.
func (f phrases) closes(c Clock, t time.Time) template.HTML {
	style := ""
	if c.Now.IsZero() {
		style = "closes"
	}
	return f.time(c, t, f.words.Closes(t, c.Now, c.Zone), style)
}

func (f phrases) time(c Clock, t time.Time, shown, style string) template.HTML {
	var b strings.Builder
	b.WriteString(`<time datetime="` + t.UTC().Format("2006-01-02T15:04:05Z") + `"`)
	if style != "" {
		b.WriteString(` data-style="` + style + `"`)
	}
	b.WriteString(` title="` + template.HTMLEscapeString(f.words.Date(t, c.Zone, i18n.Exact)) + `">`)
	b.WriteString(template.HTMLEscapeString(shown) + `</time>`)
	return template.HTML(b.String())
}

// size is a number of bytes as people say it.
func (f phrases) size(n int64) string {
	switch {
	case n < 1000:
		return f.words.N("size.bytes", n)
	case n < 1000*1000:
		return f.words.T("size.kb", i18n.Args{"N": f.words.Number((n + 999) / 1000)})
	}
	if n < 1000*1000*1000 {
		return f.words.T("size.mb", i18n.Args{"N": fmt.Sprintf("%.1f", float64(n)/1e6)})
	}
	return f.words.T("size.gb", i18n.Args{"N": fmt.Sprintf("%.1f", float64(n)/1e9)})
}

var tags = regexp.MustCompile(`<[^>]*>`)

// excerptHTML is the beginning of a rendered text, without its markup.
func excerptHTML(body template.HTML, n int) string {
	return excerpt(html.UnescapeString(tags.ReplaceAllString(string(body), " ")), n)
}

func pinPath(pinned bool) string {
	if pinned {
		return "/unpin"
	}
	return "/pin"
}

// names lists people as in a sentence, with links to their pages where wanted.
func (f phrases) names(people []Person, links bool) template.HTML {
	var items, replace []string
	for i, p := range people {
		marker := markerStart + strconv.Itoa(i) + markerEnd
		piece := isolated(p.Name)
		switch {
		case p.Former():
			piece = template.HTML(template.HTMLEscapeString(f.words.T("person.former")))
		case links:
			piece = linked(Link{Text: p.Name, URL: p.URL()})
		}
		items, replace = append(items, marker), append(replace, marker, string(piece))
	}
	return template.HTML(strings.NewReplacer(replace...).Replace(template.HTMLEscapeString(f.words.List(items))))
}

// isolated is a name whose direction does not disturb the sentence around it.
func isolated(name string) template.HTML {
	return template.HTML("<bdi>" + template.HTMLEscapeString(name) + "</bdi>")
}

// linked is a link of our own with user text in it, or the text alone.
func linked(l Link) template.HTML {
	if l.URL == "" {
		return isolated(l.Text)
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(l.URL) + `">` + string(isolated(l.Text)) + `</a>`)
}

// excerpt is the beginning of a plain text, at most n characters.
func excerpt(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= n {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:n-1])) + "…"
}
