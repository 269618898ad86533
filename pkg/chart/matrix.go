package chart

import "strconv"

// Matrix is every option against every other.
type Matrix struct {
	Names []string // in the order of the rows, the winner first
	Cells [][]Duel // by row and column; where both are the same it means nothing
	Key   map[Bout]string
}

// Duel is how the option of the row did against that of the column.
type Duel struct {
	Text string // "31 : 28"
	Bout Bout
}

// Bout is the end of a duel, seen from the row.
type Bout int

// The ends.
const (
	Even Bout = iota
	Won
	Lost
)

// Measures of a matrix, in pixels.
const (
	matrixNames = 190
	cellWidth   = 84
	cellHeight  = 34
)

// SVG draws the matrix. Rows are numbered, and the numbers stand over the
// columns.
func (m Matrix) SVG(f Frame) string {
	n := min(len(m.Names), MostDuels)
	c := fixed(f, float64(matrixNames+n*cellWidth))
	y := m.legend(c, 2)
	for j := range n {
		c.text(matrixNames+(float64(j)+0.5)*cellWidth, y+14, words{text: strconv.Itoa(j + 1), paint: "soft", anchor: "middle"})
	}
	y += 22
	for i := range n {
		m.row(c, i, n, y)
		y += cellHeight
	}
	return c.finish(y + 2)
}

func (m Matrix) row(c *canvas, i, n int, y float64) {
	name := strconv.Itoa(i+1) + "  " + m.Names[i]
	c.group(m.Names[i], func() {
		c.text(0, y+21, words{text: Cut(name, 26), paint: "ink"})
	})
	for j := range n {
		x := float64(matrixNames + j*cellWidth)
		if i == j {
			c.rect("track", x+1, y+1, cellWidth-2, cellHeight-2)
			continue
		}
		d := m.Cells[i][j]
		c.group(Cut(m.Names[i], titleMost/3)+" "+d.Text+" "+Cut(m.Names[j], titleMost/3)+bracketed(m.Key[d.Bout]), func() {
			c.bout(d, x, y)
		})
	}
}

func bracketed(word string) string {
	if word == "" {
		return ""
	}
	return " (" + word + ")"
}

// bout draws one cell: filled and with an upward mark where won, empty with a
// downward one where lost.
func (c *canvas) bout(d Duel, x, y float64) {
	paint, ink, glyph := "none", "ink", "="
	switch d.Bout {
	case Won:
		paint, ink, glyph = "wash", "ink strong", "▲"
	case Lost:
		paint, glyph = "paper", "▽"
	}
	c.rect(paint, x+1, y+1, cellWidth-2, cellHeight-2)
	if d.Bout == Won {
		c.rect("win", x+1, y+1, 4, cellHeight-2)
	} else {
		c.horizontal("faint", y+cellHeight-1, x+1, x+cellWidth-1)
	}
	c.text(x+cellWidth/2+2, y+21, words{text: glyph + " " + d.Text, paint: ink, size: 12.5, anchor: "middle"})
}

func (m Matrix) legend(c *canvas, y float64) float64 {
	if len(m.Key) == 0 {
		return y
	}
	text := ""
	for _, k := range []struct {
		bout  Bout
		glyph string
	}{{Won, "▲"}, {Lost, "▽"}, {Even, "="}} {
		if word := m.Key[k.bout]; word != "" {
			text += k.glyph + " " + word + "   "
		}
	}
	c.text(0, y+13, words{text: text, paint: "soft", size: 12})
	return y + 24
}
