package web

import (
	"net/http"

	"plenary/pkg/edge"
	"plenary/pkg/web/view"
)

// streamType is what the page's script accepts in answer to a form: elements
// that put pieces into the page.
const streamType = "text/vnd.turbo-stream.html"

// answer shows the sender what became of a form: in the page where its script
// asks for that, and otherwise by going on to another one.
func (s *Site) answer(c edge.Ctx, piece view.Partial, to string) error {
	if !wantsStreams(c) {
		return seeOther(c, to)
	}
	html, err := s.fragments.piece(piece, s.words(c).Lang())
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, streamType+"; charset=utf-8", []byte(html))
}
