package view

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/jba/templatecheck"
	"golang.org/x/net/html"
)

// page is what the checks below look at.
type tree struct {
	elements []*html.Node
	byID     map[string]int
}

func treeOf(t *testing.T, text string) tree {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := tree{byID: map[string]int{}}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out.elements = append(out.elements, n)
			if id := attr(n, "id"); id != "" {
				out.byID[id]++
			}
		}
	}
	return out
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestEveryPageIsSoundMarkup(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	for _, s := range fixtures(t, r) {
		t.Run(s.name, func(t *testing.T) {
			text := render(t, r, s.page)
			page := treeOf(t, text)
			checkHeadings(t, page)
			checkIDs(t, page)
			checkFields(t, page)
			checkNothingInline(t, page)
			if strings.Contains(text, "ZgotmplZ") {
				t.Error("a value was refused by the template's escaping")
			}
		})
	}
}

func checkHeadings(t *testing.T, page tree) {
	t.Helper()
	last, ones := 0, 0
	for _, n := range page.elements {
		if len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' || inside(n, "dialog") {
			continue
		}
		level := int(n.Data[1] - '0')
		if level == 1 {
			ones++
		}
		if level > last+1 {
			t.Errorf("a heading of level %d follows one of level %d: %s", level, last, indented(n))
		}
		last = level
	}
	if ones != 1 {
		t.Errorf("%d headings of level 1, want one", ones)
	}
}

func inside(n *html.Node, element string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == element {
			return true
		}
	}
	return false
}

func checkIDs(t *testing.T, page tree) {
	t.Helper()
	for id, n := range page.byID {
		if n > 1 {
			t.Errorf("the id %q stands on %d elements", id, n)
		}
	}
	for _, n := range page.elements {
		for _, key := range []string{"aria-labelledby", "aria-describedby", "for", "commandfor"} {
			for _, id := range strings.Fields(attr(n, key)) {
				if page.byID[id] == 0 {
					t.Errorf("<%s %s=%q> points to nothing", n.Data, key, id)
				}
			}
		}
		if href := attr(n, "href"); len(href) > 1 && href[0] == '#' && n.Data == "a" && page.byID[href[1:]] == 0 {
			t.Errorf("the link %q points to nothing", href)
		}
	}
}

func checkFields(t *testing.T, page tree) {
	t.Helper()
	labelled := map[string]bool{}
	for _, n := range page.elements {
		if n.Data == "label" {
			labelled[attr(n, "for")] = true
		}
	}
	for _, n := range page.elements {
		if n.Data != "input" && n.Data != "textarea" && n.Data != "select" || attr(n, "type") == "hidden" {
			continue
		}
		if !labelled[attr(n, "id")] && !inside(n, "label") {
			t.Errorf("a field has no label: %s", indented(n))
		}
	}
	for _, n := range page.elements {
		if n.Data == "form" && attr(n, "data-live") == "" && hasAttr(n, "data-live") && attr(n, "id") == "" {
			t.Errorf("a live form has no id: %s", indented(n))
		}
	}
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func checkNothingInline(t *testing.T, page tree) {
	t.Helper()
	for _, n := range page.elements {
		if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			t.Errorf("<%s> stands in the page", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "data-") && strings.HasPrefix(a.Val, `"`) {
				t.Errorf("the templates take <%s %s> for a script", n.Data, a.Key)
			}
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
				t.Errorf("<%s %s=%q> stands in the page", n.Data, a.Key, a.Val)
			}
		}
	}
}

func TestLiveFragmentsSayNothingAboutTheViewer(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	mine := regexp.MustCompile(`aria-pressed="true"|name="once"|<textarea|type="(?:radio|checkbox)"|ballot" data-live`)
	for name, p := range streams() {
		if hit := mine.FindString(string(partial(t, r, p))); hit != "" {
			t.Errorf("%s contains %q", name, hit)
		}
	}
}

func TestHiddenResultsNeverTravelWithABallot(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	card := openPoll() // shows results after voting
	card.Results = &Results{Sentence: "Ahead: somebody."}
	if got := string(partial(t, r, PollVoted{card})); strings.Contains(got, "Ahead") {
		t.Errorf("the results of a poll that hides them are in %s", got)
	}
}

func TestOwnReactionsAreMarkedAndNothingElse(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	piece := partial(t, r, comments()[0])
	got := string(Pressed(piece, []string{MineReaction(11, "👍")}))
	if n := strings.Count(got, `aria-pressed="true" value="0"`); n != 1 {
		t.Errorf("%d buttons are pressed, want 1", n)
	}
	if !strings.Contains(got, `id="r-11-1f44d" aria-pressed="true"`) {
		t.Errorf("the pressed one is not the reaction 👍: %s", got)
	}
}

func TestTemplatesNameOnlyFieldsThatExist(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	s := r.sets["en"]
	for _, p := range fixtures(t, r) {
		whole, err := s.pages[p.page.page()].template()
		if err != nil {
			t.Fatal(err)
		}
		if err := templatecheck.CheckHTML(whole.Lookup("main"), p.page); err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

func TestEverySymbolIsInTheSprite(t *testing.T) {
	t.Parallel()
	sprite := builtAsset(t, "icons.svg")
	names := regexp.MustCompile(`icons\.svg#([a-z0-9-]+)`)
	r := newTestRenderer(t)
	for _, s := range fixtures(t, r) {
		for _, hit := range names.FindAllStringSubmatch(render(t, r, s.page), -1) {
			if !strings.Contains(string(sprite.Body), `id="`+hit[1]+`"`) {
				t.Errorf("%s shows the symbol %q, which does not exist", s.name, hit[1])
			}
		}
	}
}

func TestAnUnknownStaticFileFailsAtTheStart(t *testing.T) {
	t.Parallel()
	opts := newTestRenderer(t).opts
	opts.Asset = func(string) (string, bool) { return "", false }
	if _, err := New(opts); err == nil {
		t.Error("started without its static files")
	}
}

func TestStyleSheetsUseNoPhysicalDirections(t *testing.T) {
	t.Parallel()
	physical := regexp.MustCompile(`(?m)[^-\w](?:margin|padding|border)-(?:left|right|top|bottom)\b|[;{]\s*(?:left|right|top|bottom)\s*:`)
	folder := repoFile(t, "static", "css")
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(folder + "/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		if hit := physical.Find(text); hit != nil {
			t.Errorf("%s says %q; use the logical property", file.Name(), hit)
		}
	}
}
