package chart

import "strings"

// Stacks are rows in which all answers lie beside each other in one bar: the
// sides of a proposal, or the grades of each option.
type Stacks struct {
	Keys []Key
	Rows []Stack
	Mark *Mark // a size that matters, on every row
}

// Key is one answer.
type Key struct {
	Label string
	Tone  string // a paint, such as "agree"; empty: a step between the others
}

// Stack is one row.
type Stack struct {
	Label string
	Value string    // what came out for it, as the median grade
	Parts []float64 // by key
	Texts []string  // the figures of the parts, by key
	Win   bool
}

const stackHeight = 22

// SVG draws the rows over the whole width that there is, all equally long where
// their sums are.
func (s Stacks) SVG(f Frame) string {
	c := fluid(f)
	y := c.legend(s.Keys, 2)
	if s.Mark != nil {
		y = c.legendOfMark(*s.Mark, y)
	}
	scale := s.scale()
	for _, row := range s.Rows[:min(len(s.Rows), MostStacks)] {
		y = c.stack(s.Keys, row, y, scale)
		if s.Mark != nil {
			c.crossed(s.Mark.At*scale, y-rowGap-stackHeight, stackHeight)
		}
	}
	return c.finish(y)
}

func (s Stacks) scale() float64 {
	most := 0.0
	for _, row := range s.Rows {
		sum := 0.0
		for _, part := range row.Parts {
			sum += part
		}
		most = max(most, sum)
	}
	if most == 0 {
		return 0
	}
	return 100 / most
}

func (c *canvas) stack(keys []Key, row Stack, y, scale float64) float64 {
	if row.Label != "" {
		y = c.stackLabel(row, y)
	}
	x := 0.0
	for i, part := range row.Parts {
		if part <= 0 {
			continue
		}
		c.group(partTitle(keys[i].Label, row, i), func() {
			paint, pattern := look(keys, i)
			c.patterned(paint, pattern, x, y, part*scale, stackHeight)
			c.vertical("halo", x, y, y+stackHeight)
		})
		x += part * scale
	}
	return y + stackHeight + rowGap
}

// stackLabel writes a row's name and, below it where it needs the room, its value.
func (c *canvas) stackLabel(row Stack, y float64) float64 {
	ink := "ink"
	if row.Win {
		ink = "ink strong"
		row.Label = "✓ " + row.Label
	}
	lines := wrapped(row.Label, labelMost)
	for _, line := range lines {
		c.text(0, y+13, words{text: line, paint: ink, size: 14})
		y += lineOf
	}
	if row.Value == "" {
		return y
	}
	if columns(lines[len(lines)-1])+columns(row.Value) > labelMost-4 {
		c.text(0, y+13, words{text: Cut(row.Value, labelMost), paint: "soft"})
		return y + lineOf
	}
	c.text(100, y+13-lineOf, words{text: row.Value, paint: "soft", anchor: "end"})
	return y
}

func partTitle(key string, row Stack, i int) string {
	parts := []string{key}
	if row.Label != "" {
		parts = []string{Cut(row.Label, titleMost/2), key}
	}
	if i < len(row.Texts) {
		parts = append(parts, row.Texts[i])
	}
	return strings.Join(parts, ", ")
}

// look gives a key's paint and pattern: its own tone, or a step on a scale from
// strong to weak.
func look(keys []Key, i int) (paint string, pattern int) {
	switch keys[i].Tone {
	case "agree":
		return "agree", plain
	case "abstain":
		return "abstain", dotted
	case "disagree":
		return "disagree", rising
	case "block":
		return "block", woven
	case "none":
		return "none", plain
	}
	const strong, weak = 100, 25
	strength := strong
	if len(keys) > 1 {
		strength = strong - (strong-weak)*i/(len(keys)-1)
	}
	return "win:" + px(float64(strength)), i
}

// legend draws a swatch with a name for each key, two beside each other.
func (c *canvas) legend(keys []Key, y float64) float64 {
	const swatch = 14
	for i, key := range keys {
		x := float64(i % 2 * 50)
		paint, pattern := look(keys, i)
		// Nested, so that the swatch has a size of its own in a fluid picture.
		at := c.across(c.mirrored(x, 0))
		inner := &canvas{Frame: c.Frame}
		inner.RTL = false
		shift := 0.0
		if c.RTL {
			shift = -swatch
		}
		inner.patterned(paint, pattern, shift, 0, swatch, swatch)
		c.b.WriteString(`<svg x="` + at + `" y="` + px(y) + `" width="14" height="14" overflow="visible">` + inner.b.String() + `</svg>`)
		c.text(x, y+12, words{text: Cut(key.Label, labelMost/2-3), shift: swatch + 6})
		if i%2 == 1 || i == len(keys)-1 {
			y += lineOf + 2
		}
	}
	return y + 6
}
