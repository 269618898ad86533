package chart

import (
	"html"
	"strconv"
	"strings"
	"time"
)

// canvas writes the elements of one picture. Horizontal measures are per cent of
// the width where it is fluid, and pixels otherwise; vertical ones are pixels.
// It mirrors them where the reader reads from the right.
type canvas struct {
	Frame
	b     strings.Builder
	fluid bool
	width float64 // in pixels; of a fluid picture only its file has one
}

func fluid(f Frame) *canvas { return &canvas{Frame: f, fluid: true, width: fileWidth} }

func fixed(f Frame, width float64) *canvas { return &canvas{Frame: f, width: width} }

// finish puts the frame around what was drawn.
func (c *canvas) finish(height float64) string {
	var out strings.Builder
	c.Title, c.Desc, c.Note = legal(c.Title), legal(c.Desc), legal(c.Note)
	if c.File {
		c.openFile(&out, height)
	} else {
		c.openInline(&out, height)
	}
	out.WriteString(`<title id="` + html.EscapeString(c.ID) + `-t">` + html.EscapeString(c.Title) + `</title><desc id="` + html.EscapeString(c.ID) + `-d">` + html.EscapeString(c.Desc) + `</desc>`)
	out.WriteString(c.patterns())
	if c.File {
		c.heading(&out)
	}
	out.WriteString(c.b.String())
	if c.File {
		out.WriteString("</svg>")
	}
	out.WriteString("</svg>\n")
	return out.String()
}

func (c *canvas) openInline(out *strings.Builder, height float64) {
	width, class := "100%", "chart fluid"
	if !c.fluid {
		width, class = px(c.width), "chart"
	}
	out.WriteString(`<svg class="` + class + `" width="` + width + `" height="` + px(height) + `" role="img"` + c.labelled() + c.direction() + `>`)
}

// openFile opens the document. Its heading lies above an inner drawing, which has
// the measures of the picture in a page.
func (c *canvas) openFile(out *strings.Builder, height float64) {
	width, all := max(c.width, fileWidth/2)+2*margin, height+c.top()+margin
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="` + px(width) + `" height="` + px(all) + `" viewBox="0 0 ` + px(width) + " " + px(all) +
		`" role="img"` + c.labelled() + c.direction() + ` font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif">`)
}

// labelled names the picture by its title and describes it.
func (c *canvas) labelled() string {
	id := html.EscapeString(c.ID)
	return ` aria-labelledby="` + id + `-t" aria-describedby="` + id + `-d"`
}

func (c *canvas) direction() string {
	if c.RTL {
		return ` direction="rtl"`
	}
	return ""
}

// top is the height of a file's heading.
func (c *canvas) top() float64 {
	if c.Note == "" {
		return margin + 32
	}
	return margin + 54
}

func (c *canvas) heading(out *strings.Builder) {
	width := max(c.width, fileWidth/2) + 2*margin
	x := px(margin)
	if c.RTL {
		x = px(width - margin)
	}
	out.WriteString(`<rect width="100%" height="100%"` + c.paint("paper") + `/>`)
	out.WriteString(`<text x="` + x + `" y="` + px(margin+16) + `" font-size="18" font-weight="600"` + c.paint("ink") + `>` + html.EscapeString(Cut(c.Title, int(c.width/10.5))) + `</text>`)
	if c.Note != "" {
		out.WriteString(`<text x="` + x + `" y="` + px(margin+38) + `" font-size="13"` + c.paint("soft") + `>` + html.EscapeString(Cut(c.Note, int(c.width/7))) + `</text>`)
	}
	out.WriteString(`<svg x="` + px(margin) + `" y="` + px(c.top()) + `" width="` + px(max(c.width, fileWidth/2)) + `" overflow="visible">`)
}

// rect draws a rectangle in the paints.
func (c *canvas) rect(paint string, x, y, w, h float64) {
	c.b.WriteString(`<rect x="` + c.across(c.mirrored(x, w)) + `" y="` + px(y) + `" width="` + c.across(max(0, w)) + `" height="` + px(h) + `"` + c.paint(paint) + `/>`)
}

// patterned draws a rectangle with a pattern over it.
func (c *canvas) patterned(paint string, pattern int, x, y, w, h float64) {
	c.rect(paint, x, y, w, h)
	if pattern %= len(hatches); pattern != 0 {
		c.b.WriteString(`<rect x="` + c.across(c.mirrored(x, w)) + `" y="` + px(y) + `" width="` + c.across(max(0, w)) + `" height="` + px(h) + `" fill="url(#` +
			html.EscapeString(c.ID) + `-h` + strconv.Itoa(pattern) + `)"/>`)
	}
}

// vertical draws a line from the top down.
func (c *canvas) vertical(paint string, x, from, to float64) {
	at := c.across(c.mirrored(x, 0))
	c.b.WriteString(`<line x1="` + at + `" x2="` + at + `" y1="` + px(from) + `" y2="` + px(to) + `"` + c.paint(paint) + `/>`)
}

// horizontal draws a line along the text.
func (c *canvas) horizontal(paint string, y, from, to float64) {
	c.b.WriteString(`<line x1="` + c.across(c.mirrored(from, 0)) + `" x2="` + c.across(c.mirrored(to, 0)) + `" y1="` + px(y) + `" y2="` + px(y) + `"` + c.paint(paint) + `/>`)
}

// words are a text and how it stands.
type words struct {
	text   string
	paint  string  // "ink" where empty
	size   float64 // 13 where 0
	anchor string  // "start" where empty, "middle", "end"
	shift  float64 // pixels along the text, added to x

	script string    // what a script is to write of the time instead: "day" or "clock"
	at     time.Time // zero where it is to write nothing
}

// text writes words with their baseline at y.
func (c *canvas) text(x, y float64, w words) {
	if w.paint == "" {
		w.paint = "ink"
	}
	if w.size == 0 {
		w.size = 13
	}
	c.b.WriteString(`<text x="` + c.across(c.mirrored(x, 0)) + `" y="` + px(y) + `" font-size="` + px(w.size) + `"`)
	if w.anchor != "" {
		c.b.WriteString(` text-anchor="` + w.anchor + `"`)
	}
	if shift := w.shift; shift != 0 {
		if c.RTL {
			shift = -shift
		}
		c.b.WriteString(` dx="` + px(shift) + `"`)
	}
	if !w.at.IsZero() {
		c.b.WriteString(` data-` + w.script + `="` + w.at.UTC().Format(time.RFC3339) + `"`)
	}
	c.b.WriteString(c.paint(w.paint) + `>` + html.EscapeString(legal(w.text)) + `</text>`)
}

// group holds what belongs together under a title that a pointer shows.
func (c *canvas) group(title string, draw func()) {
	c.b.WriteString(`<g><title>` + html.EscapeString(Cut(legal(title), titleMost)) + `</title>`)
	draw()
	c.b.WriteString(`</g>`)
}

func (c *canvas) mirrored(x, w float64) float64 {
	switch {
	case !c.RTL:
		return x
	case c.fluid:
		return 100 - x - w
	}
	return c.width - x - w
}

func (c *canvas) across(x float64) string {
	if c.fluid {
		return px(x) + "%"
	}
	return px(x)
}

// px writes a measure with at most two decimals.
func px(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
}
