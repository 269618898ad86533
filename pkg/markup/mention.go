package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHandle is the length of the longest handle that is looked for.
const maxHandle = 40

// NamesEverybody reports whether the handle is nobody's own, but stands for all
// who take part.
func NamesEverybody(handle string) bool {
	return handle == "all" || handle == "everyone" || handle == "group"
}

// Handles gives every handle that source may mention, in lower case, each once,
// also those in code and in links. It costs next to nothing, so that a caller
// can ask its database once who of them exists before Render is called.
func Handles(source string) []string {
	var found handles
	for m := range mentionsIn(source) {
		found.add(strings.ToLower(source[m.start+1 : m.end]))
	}
	return found.inOrder
}

// text puts links around the mentions in a text, and remembers those that are
// not quoted.
func (s *shaper) text(n *html.Node) {
	if s.verbatim > 0 {
		return
	}
	rest, done := n.Data, 0
	for m := range mentionsIn(rest) {
		handle := strings.ToLower(rest[m.start+1 : m.end])
		if s.exists != nil && !s.exists(handle) {
			continue
		}
		if !quoted(n) { // quoting somebody's words does not call anybody anew
			s.mentions.add(handle)
		}
		insertText(n, rest[done:m.start])
		around := element(atom.A, html.Attribute{Key: "href", Val: "/u/" + handle}, html.Attribute{Key: "class", Val: "mention"})
		if NamesEverybody(handle) {
			around = element(atom.Span, html.Attribute{Key: "class", Val: "mention"})
		}
		around.AppendChild(&html.Node{Type: html.TextNode, Data: rest[m.start:m.end]})
		n.Parent.InsertBefore(around, n)
		done = m.end
	}
	n.Data = rest[done:]
}

// quoted reports whether a text stands in a quotation.
func quoted(n *html.Node) bool {
	for at := n.Parent; at != nil; at = at.Parent {
		if at.DataAtom == atom.Blockquote {
			return true
		}
	}
	return false
}

func insertText(before *html.Node, text string) {
	if text != "" {
		before.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: text}, before)
	}
}

// handles is a set that remembers its order.
type handles struct {
	inOrder []string
	known   map[string]bool
}

func (h *handles) add(handle string) {
	if h.known[handle] {
		return
	}
	if h.known == nil {
		h.known = map[string]bool{}
	}
	h.known[handle] = true
	h.inOrder = append(h.inOrder, handle)
}

// span is where a mention stands in a text, its @ included.
type span struct{ start, end int }

// mentionsIn finds "@handle" in text. A handle is made of ASCII letters, digits,
// "-" and "_", begins and ends with a letter or digit, and is 40 characters long at the
// most. Nothing that continues a word may stand before the @ (an email address),
// nor a second @ after the handle (an address on some other network).
func mentionsIn(text string) func(yield func(span) bool) {
	return func(yield func(span) bool) {
		for i := 0; i < len(text); i++ {
			if text[i] != '@' || continuesWord(text[:i]) {
				continue
			}
			end := handleEnd(text, i+1)
			if end > i+1 && !yield(span{i, end}) {
				return
			}
			i = max(i, end-1)
		}
	}
}

// handleEnd gives the end of the handle that begins at start, or start.
func handleEnd(text string, start int) int {
	end := start
	for end < len(text) && (isAlphanumeric(text[end]) || text[end] == '-' || text[end] == '_') {
		end++
	}
	stop := end
	for end > start && !isAlphanumeric(text[end-1]) {
		end--
	}
	next, _ := utf8.DecodeRuneInString(text[stop:])
	if end-start > maxHandle || next == '@' || unicode.IsLetter(next) || end == start || !isAlphanumeric(text[start]) {
		return start
	}
	return end
}

func continuesWord(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.+@/&", r)
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
