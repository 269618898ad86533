package markup

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Beyond these a text is shown as plain text. They keep every input that is
// known to make the Markdown parser slow, or its output huge, well below 200 ms
// at MaxBytes, and are far beyond what anyone writes. Each is followed by what
// was measured without it, at MaxBytes.
const (
	maxContainers = 16        // quotes and list items opened by one line; ">>>…": 0.4 s, 900 KB
	maxBrackets   = 100       // brackets, round or square, open at once in a paragraph; "[a](…": 0.4 s
	maxEmphasis   = 4000      // runs of * _ ~ in a paragraph; "*a_…": 0.4 s
	maxCells      = 8000      // cells of one table, the missing ones included; 64 s, 300 MB
	maxLinkBytes  = 256 << 10 // addresses and titles of all links, written out; 0.5 s, 40 MB
)

// tooIntricate reports whether source nests deeper than anybody writes, or
// promises a table out of proportion to its length. It reads characters, not
// Markdown, so it may also find intricate what would be shown as code.
func tooIntricate(source string) bool {
	var p paragraph
	for line := range strings.Lines(source) {
		if containers(line) > maxContainers {
			return true
		}
		if strings.Trim(line, "> \t\n") == "" {
			p = paragraph{}
			continue
		}
		if p.add(line); p.tooIntricate() {
			return true
		}
	}
	return false
}

// containers counts the quotes and list items that a line opens.
func containers(line string) int {
	count, bullets := 0, 0 // bullets: of the same kind, one after the other
	var last byte
	for {
		line = strings.TrimLeft(line, " \t")
		size := marker(line)
		if size == 0 {
			break
		}
		count++
		if line[0] != last {
			bullets = 0
		}
		last = line[0]
		bullets++
		line = line[size:]
	}
	if bullets >= 3 && (last == '-' || last == '*') && strings.TrimSpace(line) == "" {
		return count - bullets // "* * *" is a rule, not three lists
	}
	return count
}

// marker gives the length of the quote or list marker that line begins with, or 0.
func marker(line string) int {
	if line == "" {
		return 0
	}
	digits := 0
	for digits < len(line) && digits < 9 && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	size := digits + 1
	switch {
	case line[0] == '>':
		return 1
	case digits == 0 && strings.IndexByte("-+*", line[0]) < 0:
		return 0
	case digits > 0 && (digits == len(line) || strings.IndexByte(".)", line[digits]) < 0):
		return 0
	case size < len(line) && strings.IndexByte(" \t\n", line[size]) < 0:
		return 0
	}
	return size
}

// paragraph counts what makes a stretch of lines without a blank one costly.
type paragraph struct {
	square, round, deepest int  // brackets open now, and at most
	emphasis               int  // runs of emphasis characters
	columns, rows          int  // of a table that may have begun
	previous               rune // last character read
}

func (p *paragraph) add(line string) {
	for _, r := range line {
		p.read(r)
	}
	if columns := tableColumns(line); columns > p.columns {
		p.columns = columns
	}
	if p.columns > 0 {
		p.rows++
	}
}

func (p *paragraph) read(r rune) {
	switch r {
	case '[':
		p.square++
	case ']':
		p.square = max(p.square-1, 0)
	case '(':
		p.round++
	case ')':
		p.round = max(p.round-1, 0)
	case '*', '_', '~':
		if r != p.previous {
			p.emphasis++
		}
	}
	p.deepest = max(p.deepest, p.square, p.round)
	p.previous = r
}

func (p *paragraph) tooIntricate() bool {
	return p.deepest > maxBrackets || p.emphasis > maxEmphasis || p.columns*p.rows > maxCells
}

// tableColumns gives the greatest number of columns that a table has whose
// second line is this one, and 0 where no table has such a second line. Every
// row of the table gets that many cells, whatever is written in it.
func tableColumns(line string) int {
	if strings.Trim(line, " \t\n>|:-+*.)0123456789") != "" || !strings.Contains(line, "-") {
		return 0
	}
	return strings.Count(line, "|") + 1
}

// linkBytes adds up what the addresses and titles of doc's links will take when
// written out: a reference may be used many times and defined once.
func linkBytes(doc ast.Node) int {
	total := 0
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			total += len(n.Destination) + len(n.Title)
		case *ast.Image:
			total += len(n.Destination) + len(n.Title)
		}
		return ast.WalkContinue, nil
	})
	return total
}
