package view

import (
	"html/template"
	"regexp"

	"plenary/pkg/i18n"
)

// constant finds the calls whose answer is the same on every page in a language:
// a message without values, the address of a static file, a symbol.
var constant = regexp.MustCompile(`\{\{(t|asset|icon) "([^"]*)"\}\}`)

// fold puts the answers of constant calls into the source of a template before
// it is parsed. Half of a page is such text, and each call costs more than all
// the words that it gives. A static file that does not exist fails here, at the
// start, and not in front of a reader.
func fold(source string, words *i18n.Localizer, asset func(string) (string, bool)) (string, error) {
	var failed error
	folded := constant.ReplaceAllStringFunc(source, func(call string) string {
		part := constant.FindStringSubmatch(call)
		text, err := call, error(nil)
		switch part[1] {
		case "t":
			if message, ok := words.Plain(part[2]); ok {
				text = template.HTMLEscapeString(message)
			}
		case "asset":
			text, err = assetFunc(asset)(part[2])
		case "icon":
			var symbol template.HTML
			symbol, err = iconFunc(asset)(part[2])
			text = string(symbol)
		}
		if err != nil {
			failed = err
		}
		return text
	})
	return folded, failed
}
