package roster

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Decode reads the bytes of a file as spreadsheets write them: UTF-8, UTF-16
// with a mark at its beginning, or where it is neither the Latin letters of
// Windows.
func Decode(file []byte) string {
	if bytes.HasPrefix(file, []byte{0xff, 0xfe}) || bytes.HasPrefix(file, []byte{0xfe, 0xff}) {
		if text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(file); err == nil {
			return string(text)
		}
	}
	if utf8.Valid(file) {
		return string(file)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(file)
	if err != nil {
		return string(bytes.ToValidUTF8(file, []byte("\ufffd")))
	}
	return string(text)
}
