package chart

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Rounds are the votes of a count round by round, and what moved between them.
type Rounds struct {
	Options   []string // names, by number
	Columns   []Column
	Exhausted string               // the name of what has nowhere to go
	Others    func(n int) string   // the name of n options that are drawn as one
	Ends      map[NodeState]string // what became of an option, in a word
}

// NodeState is what a round does to an option.
type NodeState int

// The states.
const (
	Stays NodeState = iota
	Elected
	LeftOut
)

// Column is one round.
type Column struct {
	Title     string
	Quota     float64 // votes that elect; 0: none
	QuotaText string  // said below the title
	Nodes     []Node
	Exhausted Node   // its Option means nothing
	Moved     []Flow // from the round before to this one
}

// Node is an option with its votes. Options without any are left out.
type Node struct {
	Option int
	Size   float64
	Value  string
	State  NodeState
}

// Flow is votes that moved to another option. To is below zero where they are
// exhausted.
type Flow struct {
	From, To int
	Size     float64
}

// Measures of rounds, in pixels.
const (
	columnWidth = 190
	nodeWidth   = 16
	nodeGap     = 26
	roundsMost  = 300 // height of all votes
	roundsHead  = 48
	nowhere     = -1 // the node of what is exhausted
	gathered    = -2 // the node of the options that are drawn as one
)

// placed is a node with its place, and how much of it bands have taken.
type placed struct {
	Node
	name        string
	y, height   float64
	left, right float64 // taken of its height, on either side
}

// SVG draws the rounds beside each other: boxes as high as the votes, and bands
// for the votes that stay and those that move. What makes it wide is the number
// of rounds, of which it draws the last ones.
func (r Rounds) SVG(f Frame) string {
	r.Columns = r.Columns[max(0, len(r.Columns)-MostColumns):]
	r = r.gather()
	c := fixed(f, float64(len(r.Columns)*columnWidth))
	order, scale := r.order(), r.scale()
	var before []*placed
	all := make([][]*placed, len(r.Columns))
	height := 0.0
	for i, column := range r.Columns {
		all[i] = r.place(column, order, scale)
		for _, p := range all[i] {
			height = max(height, p.y+p.height)
		}
	}
	for i, column := range r.Columns { // bands lie below boxes and words
		if i > 0 {
			c.bands(column, before, all[i], float64(i*columnWidth), scale)
		}
		before = all[i]
	}
	for i, column := range r.Columns {
		r.column(c, column, all[i], float64(i*columnWidth), scale)
	}
	return c.finish(height + 12)
}

// gather makes one option of the smallest, where there are too many to draw.
func (r Rounds) gather() Rounds {
	best := map[int]float64{}
	for _, column := range r.Columns {
		for _, n := range column.Nodes {
			best[n.Option] = max(best[n.Option], n.Size)
		}
	}
	if len(best) <= MostNodes {
		return r
	}
	ranked := r.ranked(best)
	small := map[int]bool{}
	for _, option := range ranked[MostNodes-1:] {
		small[option] = true
	}
	columns := make([]Column, len(r.Columns))
	for i, column := range r.Columns {
		columns[i] = column.gather(small)
	}
	r.Columns = columns
	name, others := "", len(small)
	if r.Others != nil {
		name = r.Others(others)
	}
	r.Options = append(slices.Clone(r.Options), name)
	return r.renumber(len(r.Options) - 1)
}

func (r Rounds) ranked(by map[int]float64) []int {
	var out []int
	for option := range by {
		out = append(out, option)
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b)) })
	return out
}

func (col Column) gather(small map[int]bool) Column {
	rest := Node{Option: gathered}
	var nodes []Node
	for _, n := range col.Nodes {
		if small[n.Option] {
			rest.Size += n.Size
		} else {
			nodes = append(nodes, n)
		}
	}
	if rest.Size > 0 {
		nodes = append(nodes, rest)
	}
	var moved []Flow
	for _, f := range col.Moved {
		if small[f.From] {
			f.From = gathered
		}
		if small[f.To] {
			f.To = gathered
		}
		if f.From != f.To {
			moved = append(moved, f)
		}
	}
	col.Nodes, col.Moved = nodes, moved
	return col
}

// renumber gives the gathered options the number of their name.
func (r Rounds) renumber(to int) Rounds {
	for _, column := range r.Columns {
		for i := range column.Nodes {
			if column.Nodes[i].Option == gathered {
				column.Nodes[i].Option = to
			}
		}
		for i := range column.Moved {
			f := &column.Moved[i]
			if f.From == gathered {
				f.From = to
			}
			if f.To == gathered {
				f.To = to
			}
		}
	}
	return r
}

// order puts those who last longest on top, and among them those with most votes.
func (r Rounds) order() map[int]int {
	weight := map[int]float64{}
	for i, column := range r.Columns {
		for _, n := range column.Nodes {
			state := 0.0
			if n.State != LeftOut {
				state = 0.5
			}
			weight[n.Option] = (float64(i)+state)*2*r.total() + n.Size
		}
	}
	place := map[int]int{}
	for i, option := range r.ranked(weight) {
		place[option] = i
	}
	place[nowhere] = len(place)
	return place
}

// total is the most votes that a column holds.
func (r Rounds) total() float64 {
	most := 1.0
	for _, column := range r.Columns {
		sum := column.Exhausted.Size
		for _, n := range column.Nodes {
			sum += n.Size
		}
		most = max(most, sum)
	}
	return most
}

// scale is how many pixels one vote is high.
func (r Rounds) scale() float64 { return roundsMost / r.total() }

func (r Rounds) place(column Column, order map[int]int, scale float64) []*placed {
	var out []*placed
	for _, n := range column.Nodes {
		if n.Size > 0 {
			out = append(out, &placed{Node: n, name: r.Options[n.Option]})
		}
	}
	if column.Exhausted.Size > 0 {
		n := column.Exhausted
		n.Option = nowhere
		out = append(out, &placed{Node: n, name: r.Exhausted})
	}
	slices.SortFunc(out, func(a, b *placed) int { return cmp.Compare(order[a.Option], order[b.Option]) })
	y := float64(roundsHead)
	for _, p := range out {
		p.height = max(2, p.Size*scale)
		p.y = y
		y += max(p.height, 8) + nodeGap
	}
	return out
}

// bands draws what stays and what moves between two columns, of which the second
// stands at x.
func (c *canvas) bands(column Column, from, to []*placed, x, scale float64) {
	left, right := byOption(from), byOption(to)
	out, in := map[int]float64{}, map[int]float64{}
	for _, f := range column.Moved {
		out[f.From] += f.Size
		in[f.To] += f.Size
	}
	for _, p := range from {
		q := right[p.Option]
		if q == nil {
			continue
		}
		stays := max(0, p.Size-out[p.Option])
		kept := max(0, q.Size-in[q.Option])
		if stays > 0 && kept > 0 {
			c.band("flow", p, q, x, stays*scale, kept*scale)
		}
	}
	moved := slices.Clone(column.Moved)
	slices.SortStableFunc(moved, func(a, b Flow) int { return cmp.Compare(placeOf(right, a.To), placeOf(right, b.To)) })
	for _, f := range moved {
		p, q := left[f.From], right[f.To]
		if p != nil && q != nil && f.Size > 0 {
			c.band("moved", p, q, x, f.Size*scale, f.Size*scale)
		}
	}
}

func placeOf(nodes map[int]*placed, option int) float64 {
	if p := nodes[option]; p != nil {
		return p.y
	}
	return 0
}

func byOption(nodes []*placed) map[int]*placed {
	out := make(map[int]*placed, len(nodes))
	for _, p := range nodes {
		out[p.Option] = p
	}
	return out
}

// band is a ribbon from the right side of one box to the left side of another.
func (c *canvas) band(paint string, p, q *placed, x, from, to float64) {
	x1, x2 := x-columnWidth+nodeWidth, x
	y1, y2 := p.y+p.right, q.y+q.left
	p.right += from
	q.left += to
	half := (x1 + x2) / 2
	var d strings.Builder
	point := func(command string, pairs ...float64) {
		d.WriteString(command)
		for i := 0; i < len(pairs); i += 2 {
			if i > 0 {
				d.WriteByte(' ')
			}
			d.WriteString(px(c.mirrored(pairs[i], 0)) + " " + px(pairs[i+1]))
		}
	}
	point("M", x1, y1)
	point("C", half, y1, half, y2, x2, y2)
	point("L", x2, y2+to)
	point("C", half, y2+to, half, y1+from, x1, y1+from)
	c.b.WriteString(`<path d="` + d.String() + `Z"` + c.paint(paint) + `/>`)
}

// column draws the boxes of a round with their names.
func (r Rounds) column(c *canvas, column Column, nodes []*placed, x, scale float64) {
	c.text(x, 14, words{text: column.Title, paint: "ink strong"})
	if column.QuotaText != "" {
		c.text(x, 31, words{text: Cut(column.QuotaText, 26), paint: "soft", size: 12})
	}
	for _, p := range nodes {
		word := r.Ends[p.State]
		c.group(nodeTitle(p, word), func() {
			paint, pattern := p.look()
			c.patterned(paint, pattern, x, p.y, nodeWidth, p.height)
			if column.Quota > 0 && p.Option != nowhere && p.Size >= column.Quota {
				y := p.y + column.Quota*scale
				c.horizontal("mark", y, x-3, x+nodeWidth+3)
			}
			c.label(p, word, x+nodeWidth+6, p.y)
		})
	}
}

func (c *canvas) label(p *placed, word string, x, y float64) {
	ink := "halo ink"
	if p.State == Elected {
		ink = "halo ink strong"
	}
	c.text(x, y+10, words{text: Cut(p.name, 22), paint: ink, size: 12.5})
	below := p.Value
	if word != "" {
		below += " " + glyphs[p.State] + " " + word
	}
	c.text(x, y+25, words{text: Cut(below, 26), paint: "halo ink", size: 12})
}

var glyphs = map[NodeState]string{Elected: "✓", LeftOut: "✕"}

func (p *placed) look() (paint string, pattern int) {
	switch {
	case p.Option == nowhere:
		return "bar", dotted
	case p.State == Elected:
		return "win", plain
	case p.State == LeftOut:
		return "disagree", rising
	}
	return "bar", plain
}

func nodeTitle(p *placed, word string) string {
	title := p.name + ": " + p.Value
	if p.Value == "" {
		title = p.name + ": " + strconv.FormatFloat(p.Size, 'f', -1, 64)
	}
	if word != "" {
		title += ", " + word
	}
	return title
}
