package transcript

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// toMarkdown gives the Markdown that looks like the lines of a page: its
// paragraphs, line breaks and lists, and every other character as itself.
func toMarkdown(lines []string) string {
	var w writer
	for _, line := range lines {
		w.add(line)
	}
	return strings.Trim(w.String(), "\n")
}

// writer puts lines of a page one after the other.
type writer struct {
	strings.Builder
	indents []int // of the lists that are open, outermost first
	blank   bool  // a blank line came before
}

// listItem is a line of a list: its indentation, its marker, its text.
var listItem = regexp.MustCompile(`^(\s*)([•‣◦▪●∙·*+-]|[0-9]{1,9}[.)])\s+(\S.*)$`)

func (w *writer) add(line string) {
	text := strings.TrimSpace(line)
	if text == "" {
		w.blank = true
		return
	}
	if m := listItem.FindStringSubmatch(line); m != nil {
		w.item(len([]rune(m[1])), m[2], strings.TrimSpace(m[3]))
		return
	}
	inItem := len(w.indents) > 0
	if inItem && !w.blank && unicode.IsSpace([]rune(line)[0]) {
		w.WriteString(strings.Repeat("   ", len(w.indents)) + escape(text) + "\n")
		return
	}
	w.indents = nil
	w.separate(w.blank || inItem)
	w.WriteString(escape(text) + "\n")
}

// item writes a line of a list, below the item that is less indented than it.
func (w *writer) item(indent int, marker, text string) {
	w.separate(len(w.indents) == 0)
	for len(w.indents) > 0 && w.indents[len(w.indents)-1] >= indent {
		w.indents = w.indents[:len(w.indents)-1]
	}
	w.indents = append(w.indents, indent)
	if marker[0] < '0' || marker[0] > '9' {
		marker = "-"
	}
	w.WriteString(strings.Repeat("   ", len(w.indents)-1) + marker + " " + escape(text) + "\n")
}

// separate writes an empty line if there shall be one and something is above.
func (w *writer) separate(wanted bool) {
	if wanted && w.Len() > 0 {
		w.WriteByte('\n')
	}
	w.blank = false
}

// address is what becomes a link by itself and so must stay as it is.
var address = regexp.MustCompile(`(?:https?://|www\.)[-a-zA-Z0-9.]+\.[a-z]+(?::[0-9]+)?(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,']*)?`)

// escape makes the characters of a line stand for themselves, outside of
// addresses.
func escape(text string) string { return escapeStart(escapeAround(text)) }

func escapeAround(text string) string {
	var b strings.Builder
	done := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		b.WriteString(escapeInline(text[done:at[0]]))
		b.WriteString(text[at[0]:at[1]])
		done = at[1]
	}
	b.WriteString(escapeInline(text[done:]))
	return b.String()
}

// escapeInline puts a backslash before what would begin something in the middle
// of a line.
func escapeInline(text string) string {
	var b strings.Builder
	var before rune
	for i, r := range text {
		after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		if needsEscape(before, r, after) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		before = r
	}
	return b.String()
}

// needsEscape reports whether r means something to Markdown between its two
// neighbours. An underscore within a word does not.
func needsEscape(before, r, after rune) bool {
	switch r {
	case '*', '`', '[', '|', '~':
		return true
	case '_':
		return !isWord(before) || !isWord(after)
	case '\\':
		return !isWord(after)
	case '<':
		return isWord(after) || strings.ContainsRune("/!?", after)
	case '&':
		return isWord(after) || after == '#'
	}
	return false
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// start is what makes a line something other than text, up to the character
// that a backslash must come before.
var start = regexp.MustCompile(`^(?:()#{1,6}(?:\s|$)|()>|()[-=+_][-=+_\s]*$|()[-+](?:\s|$)|[0-9]{1,9}()[.)](?:\s|$))`)

// escapeStart puts a backslash before what would make a line of text something
// else.
func escapeStart(text string) string {
	at := start.FindStringSubmatchIndex(text)
	for i := 2; i < len(at); i += 2 {
		if at[i] >= 0 {
			return text[:at[i]] + `\` + text[at[i]:]
		}
	}
	return text
}
