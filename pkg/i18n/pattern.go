package i18n

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern is a message without plural forms, cut at its values, so that filling
// it in needs no template engine: pages are full of dates.
type pattern []piece

// piece is a stretch of text, followed by the value of that name if there is one.
type piece struct{ text, name string }

var slot = regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)

// cut makes a pattern, unless the message asks for more than plain values.
func cut(message string) (pattern, bool) {
	var p pattern
	from := 0
	for _, at := range slot.FindAllStringSubmatchIndex(message, -1) {
		p = append(p, piece{message[from:at[0]], message[at[2]:at[3]]})
		from = at[1]
	}
	rest := message[from:]
	return append(p, piece{text: rest}), !strings.Contains(strings.Join(slot.Split(message, -1), ""), "{{")
}

func (p pattern) fill(args Args) string {
	var b strings.Builder
	for _, part := range p {
		b.WriteString(part.text)
		switch value := args[part.name].(type) {
		case nil:
		case string:
			b.WriteString(value)
		default:
			fmt.Fprint(&b, value)
		}
	}
	return b.String()
}
