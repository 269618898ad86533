package markup

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// example is an example of a Markdown specification.
type example struct{ source, html string }

var fence = regexp.MustCompile("(?ms)^`{32} example[^\n]*\n(.*?)^\\.\n(.*?)^`{32}$")

func examples(t *testing.T, name string, want int) []example {
	t.Helper()
	var all []example
	for _, m := range fence.FindAllStringSubmatch(strings.ReplaceAll(string(corpus(t, name)), "→", "\t"), -1) {
		all = append(all, example{m[1], m[2]})
	}
	if len(all) != want {
		t.Fatalf("%d examples in %s, want %d", len(all), name, want)
	}
	return all
}

func TestEveryExampleOfTheSpecificationsRendersSafely(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]int{"commonmark-spec.txt": commonMarkExamples, "gfm-spec.txt": gfmExamples} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sources []string
			for _, e := range examples(t, name, count) {
				sources = append(sources, e.source)
			}
			checkAll(t, sources)
		})
	}
}

// What is in the collections, and how many of CommonMark's examples render as
// it says: of those without raw HTML, after our documented changes are made to
// both sides. The last figure may grow, never fall.
const (
	commonMarkExamples = 655
	gfmExamples        = 673
	withoutRawHTML     = 581
	asSpecified        = 577 // the four others are plain addresses, which we make links of, and one scheme in capitals
)

func TestCommonMarkIsRenderedAsSpecified(t *testing.T) {
	t.Parallel()
	plain, same := 0, 0
	for i, e := range examples(t, "commonmark-spec.txt", commonMarkExamples) {
		if hasRawHTML(e.source) {
			continue
		}
		plain++
		got, want := comparable(t, mustRender(t, e.source).HTML), comparable(t, asDocumented(t, e.html))
		if got == want {
			same++
			continue
		}
		t.Logf("example %d: %q\n got %s\nwant %s", i+1, e.source, got, want)
	}
	t.Logf("%d of %d examples without raw HTML (of %d) render as specified", same, plain, commonMarkExamples)
	if plain != withoutRawHTML || same < asSpecified {
		t.Errorf("%d of %d render as specified, want at least %d of %d", same, plain, asSpecified, withoutRawHTML)
	}
}

func hasRawHTML(source string) bool {
	found := false
	doc := renderer.markdown.Parser().Parse(text.NewReader([]byte(source)))
	_ = ast.Walk(doc, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		found = found || n.Kind() == ast.KindRawHTML || n.Kind() == ast.KindHTMLBlock
		return ast.WalkContinue, nil
	})
	return found
}

// asDocumented makes the changes on HTML that we document: headings two levels
// lower, foreign pictures as links, no links to strange schemes.
func asDocumented(t *testing.T, body string) string {
	t.Helper()
	root, err := parseFragment(body)
	if err != nil {
		t.Fatal(err)
	}
	s := shaper{exists: nobody}
	s.children(root)
	return render(root)
}

// comparable forgets what we add: line breaks for new lines, and attributes;
// and the language of code, which we leave out.
func comparable(t *testing.T, body string) string {
	t.Helper()
	root, err := parseFragment(body)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range slices.Collect(root.Descendants()) {
		switch {
		case n.DataAtom == atom.Br:
			n.Parent.RemoveChild(n)
		case n.Type == html.ElementNode:
			n.Attr = keep(n.Attr, "href", "title", "src", "alt", "start", "align")
		}
	}
	return squeeze(render(root))
}

func keep(attrs []html.Attribute, keys ...string) []html.Attribute {
	var kept []html.Attribute
	for _, key := range keys {
		for _, a := range attrs {
			if a.Key == key {
				kept = append(kept, a)
			}
		}
	}
	return kept
}

// squeeze forgets the new lines beside tags and the spaces at the end of lines,
// which show nothing.
func squeeze(body string) string {
	body = regexp.MustCompile(` +\n`).ReplaceAllString(body, "\n")
	body = regexp.MustCompile(`\n+(</?[a-z])`).ReplaceAllString(body, "$1")
	return regexp.MustCompile(`(>)\n+`).ReplaceAllString(body, "$1")
}
