// Package markup turns what people write, Markdown, into HTML that is safe to
// put into a page as it stands, and takes plain text, quotations and lists of
// ideas out of it.
//
// HTML is rendered once, when a text is written, and stored beside its source
// with RendererVersion. The way is: limits, goldmark (raw HTML allowed),
// bluemonday (only what is on a list remains), then parsed and rendered again
// by x/net/html, which balances every tag and where the package's own rules are
// applied: headings below the page's, links without trust, pictures from our
// own uploads only, mentions, a direction for each block.
//
// The package knows nothing of people, threads, databases or requests: who
// exists is asked of a function that the caller brings.
package markup

import (
	"bytes"
	"html"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// RendererVersion is stored beside rendered HTML. It grows with every change
// that would render some source differently, so that old HTML can be found and
// rendered again.
const RendererVersion = 1

// Document is a rendered text.
type Document struct {
	// HTML is balanced and safe: it holds only the elements, attributes and
	// address schemes of this package's lists, and stands by itself in any
	// element that may hold blocks.
	HTML string
	// Mentions are the handles mentioned, in lower case, each once, in the
	// order of their first mention.
	Mentions []string
	// AsText says that the source was too intricate to be rendered as Markdown
	// and is shown as the plain text that it is.
	AsText bool
}

// Renderer renders Markdown. It is safe for use by several goroutines at once.
type Renderer struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy
}

// New makes a renderer. Making one is costly beside using one: keep it.
func New() *Renderer {
	return &Renderer{markdown: newMarkdown(), policy: newPolicy()}
}

func newMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
			extension.TaskList,
			extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})),
		),
		goldmark.WithRendererOptions(
			goldmarkhtml.WithHardWraps(),
			goldmarkhtml.WithUnsafe(), // what comes out goes through the sanitiser
		),
	)
}

// Render turns source into HTML. A mention becomes a link where exists says
// that its handle (in lower case) is somebody's; nil makes a link of each.
// Sources that are longer than MaxBytes (*TooLongError) or not UTF-8
// (ErrNotUTF8) are refused; anything else is shown, if need be as plain text.
func (r *Renderer) Render(source string, exists func(handle string) bool) (Document, error) {
	source, err := Clean(source)
	if err != nil {
		return Document{}, err
	}
	if tooIntricate(source) {
		return asText(source), nil
	}
	raw, ok := r.convert(source)
	if !ok {
		return asText(source), nil
	}
	body, mentions, ok := shape(r.policy.SanitizeBytes(raw), exists)
	if !ok {
		return asText(source), nil
	}
	return Document{HTML: body, Mentions: mentions}, nil
}

// convert gives goldmark's HTML, not yet safe, or false where it would be out
// of proportion to the source.
func (r *Renderer) convert(source string) ([]byte, bool) {
	src := []byte(source)
	doc := r.markdown.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext()))
	if linkBytes(doc) > maxLinkBytes {
		return nil, false
	}
	var out bytes.Buffer
	if err := r.markdown.Renderer().Render(&out, src, doc); err != nil {
		return nil, false
	}
	return out.Bytes(), true
}

// asText shows a source as its characters, with its line breaks.
func asText(source string) Document {
	escaped := html.EscapeString(strings.Trim(source, "\n"))
	lines := strings.ReplaceAll(escaped, "\n", "<br/>\n")
	return Document{HTML: `<p dir="auto">` + lines + "</p>", AsText: true}
}
