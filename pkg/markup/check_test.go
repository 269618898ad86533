package markup

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// allowed are the elements of rendered HTML with their attributes: written down
// a second time, apart from the policy, so that neither can drift unnoticed.
// "dir" goes without saying.
var allowed = map[string][]string{
	"p": {}, "br": {}, "hr": {}, "h3": {}, "h4": {}, "h5": {}, "h6": {}, "div": {}, "blockquote": {}, "pre": {},
	"ul": {}, "ol": {"start"}, "li": {"class"}, "dl": {}, "dt": {}, "dd": {}, "details": {}, "summary": {},
	"table": {}, "thead": {}, "tbody": {}, "tr": {}, "td": {"align"}, "th": {"align"},
	"em": {}, "strong": {}, "b": {}, "i": {}, "u": {}, "s": {}, "del": {}, "ins": {}, "sub": {}, "sup": {},
	"small": {}, "mark": {}, "kbd": {}, "code": {}, "q": {},
	"a": {"href", "title", "rel", "class"}, "img": {"src", "alt", "title", "loading", "decoding"},
	"label": {}, "input": {"type", "disabled", "checked"},
}

// values are the attributes that have few of them.
var values = map[string][]string{
	"class": {"mention", "task"}, "align": {"left", "right", "center"}, "dir": {"auto", "rtl"},
	"type": {"checkbox"}, "disabled": {""}, "checked": {""}, "loading": {"lazy"}, "decoding": {"async"},
	"rel": {"nofollow ugc noopener noreferrer"},
}

// faults says what is wrong with rendered HTML.
func faults(body string) []string {
	var found []string
	const before, after = `<div id="post">`, `</div><div id="after"></div>`
	page, err := parseFragment(before + body + after)
	if err != nil {
		return []string{err.Error()}
	}
	post := page.FirstChild
	if post.NextSibling == nil || attribute(post.NextSibling, "id") != "after" || post.NextSibling.NextSibling != nil {
		found = append(found, "it breaks out of the element that it is in")
	}
	if again := render(post); again != body {
		found = append(found, "parsed and rendered again it is "+again)
	}
	for n := range post.Descendants() {
		found = append(found, faultsOf(n)...)
	}
	return found
}

func faultsOf(n *html.Node) []string {
	if n.Type == html.TextNode {
		return nil
	}
	attrs, ok := allowed[n.Data]
	if n.Type != html.ElementNode || !ok {
		return []string{fmt.Sprintf("node %q", n.Data)}
	}
	var found []string
	for _, a := range n.Attr {
		few, limited := values[a.Key]
		if !slices.Contains(attrs, a.Key) && a.Key != "dir" || limited && !slices.Contains(few, a.Val) || a.Namespace != "" {
			found = append(found, fmt.Sprintf("%s has %s=%q", n.Data, a.Key, a.Val))
		}
	}
	if isBlock(n) && attribute(n, "dir") == "" {
		found = append(found, n.Data+" has no direction")
	}
	return append(found, addressFaults(n)...)
}

// addressFaults checks where links and pictures lead, as a browser reads it.
func addressFaults(n *html.Node) []string {
	base := &url.URL{Scheme: "https", Host: "forum.example", Path: "/t/1"}
	as := func(address string) *url.URL {
		drop := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")
		u, err := base.Parse(drop.Replace(strings.Trim(address, "\x00\x01\x02\x1f ")))
		if err != nil {
			return &url.URL{Scheme: "unreadable"}
		}
		return u
	}
	switch n.Data {
	case "a":
		href := attribute(n, "href")
		u := as(href)
		if !slices.Contains([]string{"http", "https", "mailto"}, u.Scheme) {
			return []string{"link to " + href}
		}
		if attribute(n, "class") != "mention" && attribute(n, "rel") == "" {
			return []string{"link without rel to " + href}
		}
		if u.Host == base.Host && strings.HasPrefix(strings.ReplaceAll(href, `\`, "/"), "//") {
			return []string{"link to no scheme " + href}
		}
	case "img":
		if u := as(attribute(n, "src")); u.Host != base.Host || !strings.HasPrefix(u.Path, "/files/") {
			return []string{"picture from " + attribute(n, "src")}
		}
	}
	return nil
}
