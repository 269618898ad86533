// Package plain cleans and judges the text that people type: one line, such as
// a name or a title, or a body of many lines.
//
// Nothing is dropped in silence. What cannot be kept as it was typed is refused
// with a message; only line ends and the white space around the text are put in
// order. What a text means, or how it is shown, the package does not know.
package plain

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"plenary/pkg/errs"
)

// Line checks a text of one line. Where required is set it must not be empty;
// it may have at most limit runes. A complaint goes into fields under name.
func Line(fields *errs.Fields, name, text string, required bool, limit int) string {
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text):
		fields.Add(name, "field.not_utf8")
	case required && text == "":
		fields.Add(name, "field.required")
	case utf8.RuneCountInString(text) > limit:
		fields.Add(name, "field.too_long", errs.Args{"Max": limit})
	case strings.ContainsFunc(text, notInALine):
		fields.Add(name, "field.control_characters")
	case required && !strings.ContainsFunc(text, visible):
		fields.Add(name, "field.required")
	}
	return text
}

// Name checks what somebody is called: a line in which no word mixes the letters
// of scripts that look alike, as "Аnna" with a Cyrillic A does.
func Name(fields *errs.Fields, name, text string, limit int) string {
	text = Line(fields, name, text, true, limit)
	if _, wrong := (*fields)[name]; !wrong && mixed(text) {
		fields.Add(name, "field.mixed_scripts")
	}
	return text
}

// alike are the scripts that share the shapes of many letters.
var alike = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee}

func mixed(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		found := map[*unicode.RangeTable]bool{}
		for _, r := range word {
			for _, script := range alike {
				if unicode.Is(script, r) {
					found[script] = true
				}
			}
		}
		if len(found) > 1 {
			return true
		}
	}
	return false
}

// twins are letters and digits that pass for a Latin letter.
var twins = strings.NewReplacer(
	"а", "a", "в", "b", "с", "c", "е", "e", "ё", "e", "н", "h", "і", "i", "ї", "i", "ј", "j", "к", "k", "м", "m", "о", "o", "р", "p", "ѕ", "s", "т", "t", "у", "y", "х", "x", "ԛ", "q", "ԝ", "w",
	"α", "a", "β", "b", "ε", "e", "η", "n", "ι", "i", "κ", "k", "μ", "m", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "ζ", "z",
	"0", "o", "1", "l", "i", "l", "ı", "l", "rn", "m", "vv", "w", "ß", "ss", "ø", "o", "đ", "d", "ł", "l",
)

// Skeleton is a name without what can be overlooked: two names with the same
// skeleton are easily taken for each other.
func Skeleton(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(norm.NFKC.String(name))) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return twins.Replace(twins.Replace(b.String()))
}

// Body checks a text of many lines, of at most limit bytes. Line ends become
// "\n"; the text keeps its inner shape.
func Body(fields *errs.Fields, name, text string, required bool, limit int) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	text = strings.TrimRightFunc(strings.TrimLeft(text, "\n"), unicode.IsSpace)
	switch {
	case !utf8.ValidString(text):
		fields.Add(name, "field.not_utf8")
	case required && !strings.ContainsFunc(text, visible):
		fields.Add(name, "field.required")
	case len(text) > limit:
		fields.Add(name, "field.too_many_bytes", errs.Args{"Max": limit, "Got": len(text)})
	case strings.ContainsFunc(text, notInABody):
		fields.Add(name, "field.control_characters")
	}
	return text
}

// Handle checks the short name that stands in addresses: 2 to 40 of a-z, 0-9,
// "-" and "_", beginning with a letter or a digit. Capitals become small.
func Handle(fields *errs.Fields, name, text string) string {
	text = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "@"))
	if !handle(text) {
		fields.Add(name, "field.handle")
	}
	return text
}

// HandleOf is a handle as Handle gives it; empty where the text cannot be one.
func HandleOf(text string) string {
	var f errs.Fields
	handle := Handle(&f, "handle", text)
	if f != nil {
		return ""
	}
	return handle
}

func handle(s string) bool {
	if len(s) < 2 || len(s) > 40 || s[0] == '-' || s[0] == '_' {
		return false
	}
	for _, r := range s {
		if !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}

// HandleFrom makes a handle out of a name: "Ana Čížková" gives "ana-cizkova".
// Accents are dropped and what stays outside a-z is left out. It is empty where
// nothing is left.
func HandleFrom(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFD.String(name)) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	h := strings.Trim(b.String(), "-")
	if len(h) > 36 {
		h = strings.Trim(h[:36], "-")
	}
	if !handle(h) {
		return ""
	}
	return h
}

// Date checks a day written as 2006-01-02. Empty is allowed unless required.
func Date(fields *errs.Fields, name, text string, required bool) string {
	text = strings.TrimSpace(text)
	if text == "" {
		if required {
			fields.Add(name, "field.required")
		}
		return ""
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		fields.Add(name, "field.date")
	}
	return text
}

// notInALine are control and format characters that hide or reorder what stands
// beside them. The joiners that scripts and emoji need are allowed.
func notInALine(r rune) bool {
	switch r {
	case '\u200c', '\u200d':
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || r == utf8.RuneError
}

// notInABody are the control characters. Bidi controls stay: a body is isolated
// block by block where it is shown.
func notInABody(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }

func visible(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r) && !unicode.Is(unicode.Variation_Selector, r)
}

// Cell keeps a spreadsheet from taking somebody's words for a formula, where they
// stand in a file of comma-separated values.
func Cell(text string) string {
	if strings.HasPrefix(strings.TrimLeft(text, " "), "'") || strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}
