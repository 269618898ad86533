package chart

import "strings"

// Bars are options under each other, each with a bar as long as its size.
type Bars struct {
	Rows []Bar
	Most float64 // size of the longest bar that there can be; 0: the longest that there is
	Mark *Mark   // a size that matters, on every bar
}

// Bar is one option.
type Bar struct {
	Label string
	Value string  // its figures, beside the bar
	Size  float64 // may be below zero
	Win   bool
	Word  string // what became of it, as "wins": said as a word too
}

// Mark is a line at a size, with its meaning.
type Mark struct {
	At    float64
	Label string
}

// Measures of bars. The longest leaves room for the figures beside it.
const (
	longest   = 64 // per cent
	barHeight = 14
	rowGap    = 12 // below a bar
	lineOf    = 18 // height of a line of text
	labelMost = 38 // columns in a line: what 270 pixels hold
)

// SVG draws the bars over the whole width that there is.
func (b Bars) SVG(f Frame) string {
	c := fluid(f)
	y := 2.0
	zero, scale := b.scale()
	if b.Mark != nil {
		y = c.legendOfMark(*b.Mark, y)
	}
	for _, row := range b.Rows[:min(len(b.Rows), MostRows)] {
		y = c.bar(row, y, zero, scale)
		if b.Mark != nil {
			c.crossed(zero+b.Mark.At*scale, y-rowGap-barHeight, barHeight)
		}
	}
	return c.finish(y)
}

// scale gives the place of zero, and how many per cent one is long.
func (b Bars) scale() (zero, scale float64) {
	least, most := 0.0, b.Most
	for _, row := range b.Rows {
		least, most = min(least, row.Size), max(most, row.Size)
	}
	if b.Mark != nil {
		most = max(most, b.Mark.At)
	}
	if most == least {
		return 0, 0
	}
	scale = longest / (most - least)
	return -least * scale, scale
}

func (c *canvas) bar(row Bar, y, zero, scale float64) float64 {
	c.group(row.title(), func() {
		paint, ink := "bar", "ink"
		if row.Win {
			paint, ink = "win", "ink strong"
		}
		for _, line := range wrapped(row.Label, labelMost) {
			c.text(0, y+13, words{text: line, paint: ink, size: 14})
			y += lineOf
		}
		c.rect("track", 0, y, longest, barHeight)
		from, to := zero+min(0, row.Size)*scale, zero+max(0, row.Size)*scale
		c.patterned(paint, patternOf(row), from, y, to-from, barHeight)
		if zero > 0 {
			c.vertical("line", zero, y-2, y+barHeight+2)
		}
		value := row.Value
		if row.Word != "" {
			value = glyphOf(row) + value
		}
		c.text(longest, y+12, words{text: value, shift: 8, paint: ink})
	})
	return y + barHeight + rowGap
}

// crossed draws a mark over a bar of that height at y, and a little beyond it.
func (c *canvas) crossed(x, y, height float64) {
	c.vertical("halo", x, y-3, y+height+3)
	c.vertical("mark dashed", x, y-5, y+height+5)
}

// title says the row whole.
func (b Bar) title() string {
	parts := []string{b.Label, b.Value, b.Word}
	if b.Word == "" {
		parts = parts[:2]
	}
	return strings.Join(parts, ", ")
}

// patternOf is a pattern on those who do not win: colour alone tells nothing.
func patternOf(b Bar) int {
	if b.Win || b.Size == 0 {
		return plain
	}
	return rising
}

func glyphOf(b Bar) string {
	if b.Win {
		return "✓ "
	}
	return "= "
}

// legendOfMark says what a dashed line means, in a line of its own.
func (c *canvas) legendOfMark(m Mark, y float64) float64 {
	const stroke = 20
	x := px(0)
	if c.RTL {
		x = "100%"
	}
	sign := ""
	if c.RTL {
		sign = "-"
	}
	c.b.WriteString(`<svg x="` + x + `" y="` + px(y) + `" width="1" height="16" overflow="visible"><path d="M0 8h` + sign + px(stroke) + `"` + c.paint("mark dashed") + `/></svg>`)
	c.text(0, y+13, words{text: Cut(m.Label, labelMost), shift: stroke + 8, paint: "soft"})
	return y + lineOf + 8
}
