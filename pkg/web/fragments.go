package web

import (
	"fmt"
	"html/template"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"plenary/pkg/web/view"
)

// fragments keeps rendered comments, so that a page of fifty is mostly put
// together from what is there. Pages and live events share them. What one holds
// is the same for every reader, and a change of anything in it is another key.
type fragments struct {
	view *view.Renderer
	kept *lru.Cache[fragmentKey, template.HTML]
}

const (
	fragmentsKept = 8192
	fragmentMost  = 16 << 10 // bytes; longer ones are rendered each time, to bound the memory
)

// fragmentKey is all that a comment's fragment depends on.
type fragmentKey struct {
	id, version int64
	removed     string
	author      view.Person
	replyTo     view.ReplyRef
	theme       view.Link
	reactions   string
	lang        string
}

func newFragments(v *view.Renderer) (*fragments, error) {
	kept, err := lru.New[fragmentKey, template.HTML](fragmentsKept)
	if err != nil {
		return nil, fmt.Errorf("make room for fragments: %w", err)
	}
	return &fragments{view: v, kept: kept}, nil
}

// comment is the comment as an item of a timeline. Version is that of its words.
func (f *fragments) comment(c view.Comment, version int, lang string) (template.HTML, error) {
	key := fragmentKey{id: c.ID, version: int64(version), removed: c.Removed, author: c.Author, theme: c.Theme, reactions: reactionKey(c.Reactions), lang: lang}
	if c.ReplyTo != nil {
		key.replyTo = *c.ReplyTo
	}
	if html, ok := f.kept.Get(key); ok {
		return html, nil
	}
	html, err := f.piece(c, lang)
	if err == nil && len(html) <= fragmentMost {
		f.kept.Add(key, html)
	}
	return html, err
}

// piece renders a part of a page.
func (f *fragments) piece(p view.Partial, lang string) (template.HTML, error) {
	var b strings.Builder
	if err := f.view.RenderPartial(&b, lang, p); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

func reactionKey(list []view.Reaction) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	for _, r := range list {
		fmt.Fprintf(&b, "%s%d ", r.Emoji, r.Count)
	}
	return b.String()
}
