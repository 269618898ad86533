package markup

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// MaxItems is the greatest number of items that Items gives.
const MaxItems = 50

// maxTitle is the length in runes of the longest title of an item.
const maxTitle = 120

// Item is an idea taken out of a text, to become a theme.
type Item struct {
	Title       string // plain text, one line, at most 120 runes
	Description string // Markdown, may be empty
}

// Words are the idea as it stood in the text, but for what parted title and
// description.
func (i Item) Words() string {
	if strings.HasPrefix(i.Description, strings.TrimSuffix(i.Title, "…")) {
		return i.Description
	}
	return strings.TrimSpace(i.Title + " " + i.Description)
}

// Items gives the ideas that source lists, at most MaxItems: the items of its
// lists ("•" at the beginning of a line makes one as well) and, where it has no
// list, the paragraphs after an introducing line that ends with ":", or the
// lines after it in its own paragraph. Quotations are somebody else's and are left
// out. Where nothing is listed there are no items.
//
// The title is the idea up to the first dash or end of a sentence, and the
// description what comes after. An idea too long for that is cut between words
// and is its own description.
func Items(source string) []Item {
	source, err := Clean(source)
	if err != nil || tooIntricate(source) {
		return nil
	}
	src := []byte(bullet.ReplaceAllString(source, "$1- "))
	doc := shared().markdown.Parser().Parse(text.NewReader(src))
	ideas := listed(doc, src)
	if len(ideas) == 0 {
		ideas = introduced(doc, src)
	}
	var items []Item
	for _, idea := range ideas[:min(len(ideas), MaxItems)] {
		if item := newItem(idea); item.Title != "" {
			items = append(items, item)
		}
	}
	return items
}

// bullet is a bullet as word processors and web pages paste it.
var bullet = regexp.MustCompile(`(?m)^([ \t]*)[•‣◦▪●∙·][ \t]+`)

// listed gives the source of each item of the document's own lists.
func listed(doc ast.Node, src []byte) []string {
	var ideas []string
	for list := doc.FirstChild(); list != nil; list = list.NextSibling() {
		if list.Kind() != ast.KindList {
			continue
		}
		for item := list.FirstChild(); item != nil; item = item.NextSibling() {
			ideas = append(ideas, task.ReplaceAllString(sourceOf(item, src), ""))
		}
	}
	return ideas
}

// task is the checkbox of a task.
var task = regexp.MustCompile(`^\[[ xX]\]\s+`)

// introduced gives what follows the first line that ends with a colon.
func introduced(doc ast.Node, src []byte) []string {
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() != ast.KindParagraph {
			continue
		}
		lines := strings.Split(sourceOf(n, src), "\n")
		for i, line := range lines {
			if !strings.HasSuffix(line, ":") {
				continue
			}
			if rest := lines[i+1:]; len(rest) > 0 {
				return rest
			}
			return paragraphsAfter(n, src)
		}
	}
	return nil
}

func paragraphsAfter(n ast.Node, src []byte) []string {
	var ideas []string
	for n = n.NextSibling(); n != nil; n = n.NextSibling() {
		if n.Kind() == ast.KindParagraph {
			ideas = append(ideas, sourceOf(n, src))
		}
	}
	return ideas
}

// sourceOf gives the Markdown below n, without the indentation of the list that
// it is in.
func sourceOf(n ast.Node, src []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case n.Type() != ast.TypeBlock:
			return ast.WalkSkipChildren, nil
		case entering:
			writeLines(&b, n, src)
		case n.NextSibling() != nil && (n.Kind() == ast.KindParagraph || n.Kind() == ast.KindList):
			b.WriteByte('\n')
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

func writeLines(b *strings.Builder, n ast.Node, src []byte) {
	if n.Kind() == ast.KindListItem && b.Len() > 0 {
		b.WriteString("- ")
	}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		b.WriteString(strings.TrimSpace(string(line.Value(src))))
		b.WriteByte('\n')
	}
}

// newItem splits an idea into its title and the rest.
func newItem(idea string) Item {
	title, rest := split(idea, dash, sentence)
	if utf8.RuneCountInString(Plain(title)) > maxTitle {
		title, rest = split(idea, dash, sentence, colon)
	}
	plain := strings.TrimRight(strings.Join(strings.Fields(Plain(title)), " "), " .,;:")
	if utf8.RuneCountInString(plain) > maxTitle {
		return Item{Title: cut(plain, maxTitle), Description: idea}
	}
	return Item{Title: plain, Description: rest}
}

// The places where a title may end.
var (
	dash     = regexp.MustCompile(`[ \t]+[-–—]\s+|—`)
	sentence = regexp.MustCompile(`[.!?][)"'’”*_]*\s+|\n`)
	colon    = regexp.MustCompile(`[:;]\s+`)
)

// split divides idea at the first of the places.
func split(idea string, places ...*regexp.Regexp) (title, rest string) {
	first := []int{len(idea), len(idea)}
	for _, place := range places {
		if at := find(place, idea); at != nil && at[0] < first[0] {
			first = at
		}
	}
	end := first[0]
	if places[0] == dash && end < len(idea) && strings.ContainsRune("!?", rune(idea[end])) {
		end++ // a question stays a question
	}
	return strings.TrimSpace(idea[:end]), strings.TrimSpace(idea[first[1]:])
}

// find gives the first match of place in idea that has something before it and,
// for the end of a sentence, another sentence behind: "e.g. fibre" goes on.
func find(place *regexp.Regexp, idea string) []int {
	for _, at := range place.FindAllStringIndex(idea, -1) {
		if at[0] == 0 {
			continue
		}
		next, _ := utf8.DecodeRuneInString(idea[at[1]:])
		if place != sentence || idea[at[0]] == '\n' || !unicode.IsLower(next) {
			return at
		}
	}
	return nil
}
