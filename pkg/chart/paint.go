package chart

import (
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// paints are the looks of things. In a page they are classes with "c-" before
// them, which the style sheet colours; in a file they are these attributes.
var paints = map[string]string{
	"paper":    `fill="#ffffff"`,
	"ink":      `fill="#1d2422"`,
	"strong":   `font-weight="650"`,
	"soft":     `fill="#515a57"`,
	"accent":   `fill="#0d5c4d"`,
	"track":    `fill="#f2f0e9"`,
	"bar":      `fill="#7c837a"`,
	"win":      `fill="#0d5c4d"`,
	"agree":    `fill="#1c7a4f"`,
	"abstain":  `fill="#8a8670"`,
	"disagree": `fill="#bf6415"`,
	"block":    `fill="#a8243f"`,
	"none":     `fill="#e4e1d6"`,
	"wash":     `fill="#e4f0ea"`,
	"heat":     `fill="#35a386"`,
	"flow":     `fill="#7c837a" fill-opacity="0.28"`,
	"moved":    `fill="#0d5c4d" fill-opacity="0.38"`,
	"line":     `stroke="#858b83" stroke-width="1"`,
	"faint":    `stroke="#dfdcd1" stroke-width="1"`,
	"mark":     `stroke="#1d2422" stroke-width="2"`,
	"dashed":   `stroke-dasharray="5 4"`,
	"halo":     `stroke="#ffffff" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`,
	"hatch":    `stroke="#ffffff" stroke-width="1.6" fill="none"`,
	"dot":      `fill="#ffffff"`,
}

// paint gives the attributes of paints with spaces between them. A number after
// a colon, as in "win:40", is the strength of the colour in per cent.
func (c *canvas) paint(names string) string {
	var classes, attributes []string
	strength := ""
	for name := range strings.FieldsSeq(names) {
		name, percent, has := strings.Cut(name, ":")
		if has {
			strength = ` fill-opacity="` + opacity(percent) + `"`
		}
		classes = append(classes, "c-"+name)
		attributes = append(attributes, paints[name])
	}
	if c.File {
		return " " + strings.Join(attributes, " ") + strength
	}
	return ` class="` + strings.Join(classes, " ") + `"` + strength
}

func opacity(percent string) string {
	n, _ := strconv.Atoi(percent)
	return px(float64(n) / 100)
}

// Paints lists the names of the classes that a style sheet has to know.
func Paints() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(paints)) {
		out = append(out, "c-"+name)
	}
	return out
}

// hatches are patterns to lie over a colour; the first is none.
var hatches = []string{
	"",
	`<path d="M-2 2l4-4M0 8l8-8M6 10l4-4"%/>`,
	`<circle cx="4" cy="4" r="1.5"#/>`,
	`<path d="M-2 6l4 4M0 0l8 8M6-2l4 4"%/>`,
	`<path d="M0 0l8 8M8 0l-8 8"%/>`,
	`<path d="M0 4h8"%/>`,
	`<path d="M4 0v8"%/>`,
}

// The patterns with a meaning.
const (
	plain = iota
	rising
	dotted
	falling
	woven
	lying
	standing
)

// patterns defines those that the picture uses.
func (c *canvas) patterns() string {
	var b strings.Builder
	drawn := c.b.String()
	fill := strings.NewReplacer("%", c.paint("hatch"), "#", c.paint("dot"))
	for i, shape := range hatches {
		id := html.EscapeString(c.ID) + "-h" + strconv.Itoa(i)
		if i > 0 && strings.Contains(drawn, "url(#"+id+")") {
			b.WriteString(`<pattern id="` + id + `" width="8" height="8" patternUnits="userSpaceOnUse">` + fill.Replace(shape) + `</pattern>`)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "<defs>" + b.String() + "</defs>"
}
