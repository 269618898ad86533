package markup

import (
	"unicode"

	"golang.org/x/net/html"
)

// writing is the way in which a text runs, by its first letter.
type writing uint8

const (
	unknown writing = iota
	leftToRight
	rightToLeft
)

// giveDirection gives every block below root its dir attribute, so that each
// runs in the direction of its own text and cannot turn its neighbours. Blocks
// get "auto". One that holds others can't find its direction by "auto", as
// browsers then overlook text that has a dir of its own: where its text runs
// from right to left it says so.
func giveDirection(root *html.Node) {
	for n := range root.ChildNodes() {
		direct(n)
	}
}

// direct does it for n and what is below, and answers how n's text runs and
// whether n is or holds a block.
func direct(n *html.Node) (first writing, block bool) {
	if n.Type == html.TextNode {
		return writingOf(n.Data), false
	}
	for c := range n.ChildNodes() {
		w, b := direct(c)
		if first == unknown {
			first = w
		}
		block = block || b
	}
	if isBlock(n) {
		setAttribute(n, "dir", dirValue(first, block))
		block = true
	}
	return first, block
}

func dirValue(w writing, holdsBlocks bool) string {
	if holdsBlocks && w == rightToLeft {
		return "rtl"
	}
	return "auto"
}

func writingOf(s string) writing {
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r):
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam,
			unicode.Samaritan, unicode.Mandaic, unicode.Hanifi_Rohingya):
			return rightToLeft
		default:
			return leftToRight
		}
	}
	return unknown
}
