package markup

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shared is the renderer behind the package's functions. It is made at its first
// use and never changed.
var shared = sync.OnceValue(New)

// Plain gives the text of source without its Markdown, as search and mails show
// it: a line for each block and line break, pictures by their description. A
// source that Render refuses is given back as it is, cut at MaxBytes.
func Plain(source string) string {
	doc, err := shared().Render(source, nobody)
	if err != nil {
		return strings.ToValidUTF8(source[:min(len(source), MaxBytes)], "\uFFFD")
	}
	root, err := parseFragment(doc.HTML)
	if err != nil {
		return source
	}
	var b lines
	b.read(root)
	return strings.TrimSpace(trailing.ReplaceAllString(b.String(), "\n"))
}

// trailing is white space at the end of a line.
var trailing = regexp.MustCompile(`[ \t]+\n`)

func nobody(string) bool { return false }

// Excerpt gives the beginning of source as one line of plain text, at most so
// many runes long, cut between words, with "…" where something was left out.
func Excerpt(source string, runes int) string {
	return cut(strings.Join(strings.Fields(Plain(source)), " "), runes)
}

// cut shortens text to so many runes, the "…" included, between words if it can.
func cut(text string, runes int) string {
	if utf8.RuneCountInString(text) <= runes {
		return text
	}
	if runes < 1 {
		return ""
	}
	kept := []rune(text)[:runes-1]
	for i := len(kept) - 1; i > len(kept)/2; i-- {
		if unicode.IsSpace(kept[i]) {
			kept = kept[:i]
			break
		}
	}
	return strings.TrimRightFunc(string(kept), isLoose) + "…"
}

// isLoose reports whether r should not stand before an ellipsis.
func isLoose(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:-–—", r) }

// Quote gives source as a quotation to begin an answer with: each line behind
// "> ", and an empty line after the last, where writing goes on.
func Quote(source string) string {
	source = strings.ReplaceAll(source, "\r\n", "\n")
	source = strings.Trim(source, "\n")
	if strings.TrimSpace(source) == "" {
		return ""
	}
	var b strings.Builder
	for line := range strings.SplitSeq(source, "\n") {
		b.WriteString(strings.TrimRight("> "+line, " \t"))
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return b.String()
}

// lines gathers text, block by block.
type lines struct {
	strings.Builder
	code int // open elements in which white space counts
}

func (b *lines) read(n *html.Node) {
	switch n.DataAtom {
	case atom.Pre:
		b.code++
		defer func() { b.code-- }()
	case atom.Img:
		b.write(attribute(n, "alt"))
		return
	case atom.Td, atom.Th:
		b.write(" ")
	}
	if n.Type == html.TextNode {
		b.write(n.Data)
		return
	}
	ownLine := n.DataAtom != atom.Td && n.DataAtom != atom.Th && isBlock(n)
	if ownLine || n.DataAtom == atom.Br || n.DataAtom == atom.Hr || n.DataAtom == atom.Tr {
		b.newline()
	}
	for c := range n.ChildNodes() {
		b.read(c)
	}
	if ownLine {
		b.newline()
	}
}

// write adds text; outside of code white space is one space, as on the page.
func (b *lines) write(text string) {
	if b.code == 0 {
		text = spaces.ReplaceAllString(text, " ")
		if b.atStart() || strings.HasSuffix(b.String(), " ") {
			text = strings.TrimPrefix(text, " ")
		}
	}
	b.WriteString(text)
}

// spaces is the white space of HTML, which a no-break space is not part of.
var spaces = regexp.MustCompile(`[ \t\n]+`)

func (b *lines) newline() {
	if !b.atStart() {
		b.WriteByte('\n')
	}
}

func (b *lines) atStart() bool { return b.Len() == 0 || strings.HasSuffix(b.String(), "\n") }
