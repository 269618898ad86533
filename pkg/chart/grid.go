package chart

import (
	"strconv"
	"time"
)

// Grid is people, or answers, against the slots of some days.
type Grid struct {
	Days   []Day // over the slots, in their order
	Slots  []Slot
	Rows   []GridRow
	Totals []string // below the slots; may be empty
	Total  string   // the name of that row
	Best   string   // what stands under the best slots
}

// Day is a heading over some slots.
type Day struct {
	Title string
	Slots int       // how many of them are its
	At    time.Time // for a script that writes it in the reader's zone; zero where Title is in that
}

// Slot is one column.
type Slot struct {
	Label string    // "18:00"
	At    time.Time // as in Day
	Best  bool
}

// GridRow is one person or answer.
type GridRow struct {
	Label string
	Cells []Answer
}

// Answer is what stands in a cell.
type Answer struct {
	Text  string // "✓", or a number
	Heat  int    // how strongly it is coloured, from 0 to 100
	Maybe bool   // with a pattern over it
}

// The glyphs of answers about a slot.
const (
	Yes     = "✓"
	IfNeeds = "(✓)"
	No      = "–"
)

// Measures of a grid, in pixels.
const (
	gridNames  = 150
	slotWidth  = 64
	slotHeight = 30
)

// SVG draws the grid.
func (g Grid) SVG(f Frame) string {
	n := min(len(g.Slots), MostSlots)
	c := fixed(f, float64(gridNames+n*slotWidth))
	y := g.head(c, n)
	for _, row := range g.Rows[:min(len(g.Rows), MostPeople)] {
		c.group(row.Label, func() { c.text(0, y+20, words{text: Cut(row.Label, 20)}) })
		for j := range min(n, len(row.Cells)) {
			c.answer(row.Cells[j], float64(gridNames+j*slotWidth), y)
		}
		y += slotHeight
	}
	return c.finish(g.foot(c, n, y) + 2)
}

// head writes the days and below them the slots.
func (g Grid) head(c *canvas, n int) float64 {
	at := 0
	for i, day := range g.Days {
		if at >= n {
			break
		}
		x := float64(gridNames + at*slotWidth)
		wide := min(day.Slots, n-at)
		if i > 0 {
			c.vertical("line", x, 2, 54)
		}
		c.group(day.Title, func() {
			for line, text := range wrapped(day.Title, wide*9-1) {
				c.text(x+6, 14+float64(line)*16, words{text: text, paint: "ink strong", size: 12, script: "day", at: day.At})
			}
		})
		at += day.Slots
	}
	for j, slot := range g.Slots[:n] {
		paint := "soft"
		if slot.Best {
			paint = "ink strong"
		}
		c.text(gridNames+(float64(j)+0.5)*slotWidth, 49, words{text: Cut(slot.Label, 9), paint: paint, anchor: "middle", script: "clock", at: slot.At})
	}
	return 58
}

func (c *canvas) answer(a Answer, x, y float64) {
	paint, ink := "track", "ink"
	if a.Heat > 0 {
		const weak, strong = 12, 58 // so that the words on it stay readable
		paint = "heat:" + strconv.Itoa(weak+a.Heat*(strong-weak)/100)
	}
	c.rect(paint, x+1, y+1, slotWidth-2, slotHeight-2)
	if a.Maybe {
		c.rect("soft", x+1, y+slotHeight-4, slotWidth-2, 3)
	}
	c.text(x+slotWidth/2, y+20, words{text: a.Text, paint: ink, anchor: "middle"})
}

// foot writes the totals, and a frame and a word under the best slots.
func (g Grid) foot(c *canvas, n int, y float64) float64 {
	if len(g.Totals) > 0 {
		c.horizontal("line", y+4, 0, c.width)
		c.text(0, y+24, words{text: Cut(g.Total, 20), paint: "ink strong"})
		for j := range min(n, len(g.Totals)) {
			c.text(gridNames+(float64(j)+0.5)*slotWidth, y+24, words{text: g.Totals[j], paint: "ink strong", anchor: "middle"})
		}
		y += slotHeight + 4
	}
	marked := false
	for j, slot := range g.Slots[:n] {
		if slot.Best {
			marked = true
			c.rect("win", float64(gridNames+j*slotWidth)+1, y, slotWidth-2, 4)
			c.text(gridNames+(float64(j)+0.5)*slotWidth, y+18, words{text: "★ " + Cut(g.Best, 7), paint: "ink strong", size: 12, anchor: "middle"})
		}
	}
	if marked {
		y += 24
	}
	return y
}
