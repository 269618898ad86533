// Package chart draws the pictures of a result as SVG: bars, stacks of answers,
// rounds with what flows between them, duels, and grids of days.
//
// Its models are plain: labels, sizes and words that the caller has made. It knows
// nothing of polls and of counting, and draws what it is given without rounding
// any of it: the figures that are read are texts of the caller, and sizes decide
// lengths only.
//
// A picture never speaks by colour alone: whatever has a meaning has a pattern, a
// glyph or a word too. It holds neither scripts nor style attributes, so that it
// can stand in a page with a strict content policy. In a page its look is that of
// the style sheet; as a file it brings its own colours.
package chart

// Frame is what all pictures have around them.
type Frame struct {
	ID    string // unique in its page; ids inside begin with it
	Title string // what it is
	Desc  string // what it shows, for whoever cannot see it
	RTL   bool   // the reader's language runs from right to left
	File  bool   // stands alone, with a heading and its own colours
	Note  string // below the heading of a file
}

// Bounds of what is drawn. What is beyond them is left to the table beside the
// picture, and said in it.
const (
	MostRows    = 500 // of bars
	MostStacks  = 100 // rows of answers beside each other
	MostColumns = 12  // rounds, the last ones
	MostNodes   = 24  // options of a round; the others are one node
	MostDuels   = 30  // options of a matrix, the first ones
	MostSlots   = 48  // columns of a grid
	MostPeople  = 60  // rows of a grid
)

const (
	fileWidth = 720 // of files whose pictures take any width
	margin    = 16  // around the picture of a file
	titleMost = 240 // columns of a title that a pointer shows
)
