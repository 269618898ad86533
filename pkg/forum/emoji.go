package forum

import (
	"unicode"
	"unicode/utf8"

	"plenary/pkg/errs"
)

// validEmoji accepts one picture character with its modifiers, such as 👍, 👍🏽 or
// 🏳️‍🌈: at least one symbol, no letters, no white space, at most 10 runes.
func validEmoji(s string) error {
	refused := errs.New(errs.Invalid, "comment.not_an_emoji")
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 10 {
		return refused
	}
	pictures := 0
	for _, r := range s {
		switch {
		case r >= 0x1F000 || unicode.Is(unicode.So, r):
			pictures++
		case r == '\u200d' || r == '\ufe0f' || r == '\u20e3' || '0' <= r && r <= '9' || r == '#' || r == '*':
		default:
			return refused
		}
	}
	if pictures == 0 && !keycap(s) {
		return refused
	}
	return nil
}

func keycap(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return last == '\u20e3' && utf8.RuneCountInString(s) <= 3
}
