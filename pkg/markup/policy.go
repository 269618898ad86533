package markup

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// newPolicy lists what may remain of HTML. No class, id, style or event
// attribute is on it: the few classes in our output are added afterwards.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "pre", "ul", "li",
		"table", "thead", "tbody", "tr", "dl", "dt", "dd", "details", "summary",
		"em", "strong", "b", "i", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "kbd", "code", "q")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("td", "th")
	p.AllowElements("td", "th")
	p.AllowAttrs("href", "title").OnElements("a")
	p.AllowAttrs("src", "alt", "title").OnElements("img")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(regexp.MustCompile(`^(|checked|disabled)$`)).OnElements("input")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("http", "https", "mailto")
	return p
}

// safeLink gives the address as it may stand in a link: http, https, mailto or
// within this site, and false for any other. Browsers take a backslash for a
// slash and overlook control characters, so an address with either is refused.
func safeLink(address string) (string, bool) {
	address = strings.TrimSpace(address)
	if address == "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	switch u.Scheme {
	case "http", "https":
		return address, u.Host != ""
	case "mailto":
		return address, u.Opaque != ""
	case "":
		return address, u.Host == "" && !strings.HasPrefix(address, "//")
	}
	return "", false
}

// isUpload reports whether the address of a picture is one of our own uploads.
func isUpload(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.Contains(u.Path, `\`) {
		return false
	}
	return strings.HasPrefix(u.Path, "/files/") && path.Clean(u.Path) == u.Path
}
