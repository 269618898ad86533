package markup

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxBytes is the length of the longest source that is rendered: 32 KiB, about
// ten printed pages. Twice of it was measured to keep goldmark busy for a
// second with nothing but ">".
const MaxBytes = 32 << 10

// ErrNotUTF8 is the error for a source that is not valid UTF-8.
var ErrNotUTF8 = errors.New("the text is not valid UTF-8")

// TooLongError is the error for a source that is longer than MaxBytes.
type TooLongError struct {
	Bytes int // length of the source
}

func (e *TooLongError) Error() string {
	return fmt.Sprintf("the text has %d bytes, at most %d are accepted", e.Bytes, MaxBytes)
}

// Clean gives the source as it is rendered, and should be stored: line ends are
// "\n", and control characters other than tab and line end are gone (the C0
// set, among them NUL, and DEL; they reach us by pasting and mean nothing in a
// post). Everything else stays as it was written. Errors: *TooLongError,
// ErrNotUTF8.
func Clean(source string) (string, error) {
	if len(source) > MaxBytes {
		return "", &TooLongError{Bytes: len(source)}
	}
	if !utf8.ValidString(source) {
		return "", ErrNotUTF8
	}
	source = strings.ReplaceAll(source, "\r\n", "\n")
	source = strings.ReplaceAll(source, "\r", "\n")
	return strings.Map(dropControl, source), nil
}

func dropControl(r rune) rune {
	if (r < ' ' && r != '\n' && r != '\t') || r == 0x7f {
		return -1
	}
	return r
}
