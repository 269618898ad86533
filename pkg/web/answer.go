package web

import (
	"html/template"
	"net/http"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/web/view"
)

// streamType is what the page's script accepts in answer to a form: elements
// that put pieces into the page.
const streamType = "text/vnd.turbo-stream.html"

// streams answers with pieces to put into the sender's page.
func streams(c edge.Ctx, pieces ...template.HTML) error {
	return c.Blob(http.StatusOK, streamType+"; charset=utf-8", []byte(joined(pieces)))
}

// replace puts a rendered item of a list in the place of the element with the id
// that is within it.
func replace(id string, item template.HTML) template.HTML {
	inner := strings.TrimSpace(string(item))
	inner = strings.TrimSuffix(strings.TrimPrefix(inner, "<li>"), "</li>")
	return template.HTML(`<turbo-stream action="replace" target="` + template.HTMLEscapeString(id) + `"><template>` + inner + `</template></turbo-stream>`)
}

// answer shows the sender an item as it is now, in the page where the script
// asks for that, and otherwise by going to a page that shows it.
func (s *Site) answer(c edge.Ctx, id string, item view.Partial, to string) error {
	if !wantsStreams(c) {
		return seeOther(c, to)
	}
	html, err := s.fragments.piece(item, s.words(c).Lang())
	if err != nil {
		return err
	}
	return streams(c, replace(id, html))
}
