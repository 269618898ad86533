package view

import (
	"html/template"
	"strings"
)

// Item is a rendered piece of a timeline.
type Item struct {
	Seq  int64
	HTML template.HTML
}

// Split joins the items into what the viewer has seen and what is new from
// firstUnread on. A firstUnread of 0 means that all is seen.
func Split(items []Item, firstUnread int64) (read, unread template.HTML) {
	isNew := func(i Item) bool { return firstUnread > 0 && i.Seq >= firstUnread }
	var seenSize, freshSize int
	for _, item := range items {
		if isNew(item) {
			freshSize += len(item.HTML)
		} else {
			seenSize += len(item.HTML)
		}
	}
	var seen, fresh strings.Builder
	seen.Grow(seenSize)
	fresh.Grow(freshSize)
	for _, item := range items {
		if isNew(item) {
			fresh.WriteString(string(item.HTML))
		} else {
			seen.WriteString(string(item.HTML))
		}
	}
	return template.HTML(seen.String()), template.HTML(fresh.String())
}

// Pressed marks the viewer's own reactions in pieces that were rendered for
// everybody. Own are ids as MineReaction gives them.
// It changes only the buttons, whose attributes stand in a fixed order.
func Pressed(piece template.HTML, own []string) template.HTML {
	if len(own) == 0 {
		return piece
	}
	pairs := make([]string, 0, 4*len(own))
	for _, id := range own {
		unpressed := `id="` + id + `" aria-pressed="false" value="1"`
		pairs = append(pairs, unpressed, `id="`+id+`" aria-pressed="true" value="0"`)
	}
	return template.HTML(strings.NewReplacer(pairs...).Replace(string(piece)))
}
