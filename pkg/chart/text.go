package chart

import (
	"strings"
	"unicode"
)

// columns is about how wide a text is, in letters: wide letters count twice, and
// marks above others not at all.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul), r >= 0x1F300 && r <= 0x1FAFF:
		return 2
	}
	return 1
}

// Cut shortens a text to so many columns, with an ellipsis where it does.
func Cut(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if columns(text) <= most {
		return text
	}
	room, end := most-1, 0
	for i, r := range text {
		if room -= columnsOf(r); room < 0 {
			break
		}
		end = i + len(string(r))
	}
	return strings.TrimRight(text[:end], " ") + "…"
}

// wrapped breaks a text into lines of so many columns, at most two, at spaces
// where there are any.
func wrapped(text string, most int) []string {
	text = strings.Join(strings.Fields(text), " ")
	if columns(text) <= most {
		return []string{text}
	}
	end, width := -1, 0
	for i, r := range text {
		if r == ' ' {
			end = i
		}
		if width += columnsOf(r); width > most {
			break
		}
	}
	if end <= 0 {
		return []string{Cut(text, most)}
	}
	return []string{text[:end], Cut(text[end+1:], most)}
}

// legal leaves out what XML has no place for.
func legal(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return -1
	}, text)
}
