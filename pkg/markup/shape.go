package markup

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxRounds is how often HTML is rendered and parsed until it no longer changes.
// Ordinary HTML is stable at once, hand-written tangles after a round or two.
const maxRounds = 5

// shape balances sanitised HTML, applies the rules of the package to it, and
// gives the mentions found. It answers false where the HTML is nested too
// deeply or will not become stable: what a browser makes of the result must be
// what was looked at here.
func shape(clean []byte, exists func(handle string) bool) (string, []string, bool) {
	root, err := parseFragment(string(clean))
	if err != nil {
		return "", nil, false
	}
	s := shaper{exists: exists}
	s.children(root)
	out, ok := settle(root)
	return out, s.mentions.inOrder, ok
}

// settle gives every text its block and every block its direction, and renders
// and parses until that changes nothing.
func settle(root *html.Node) (string, bool) {
	before := ""
	for range maxRounds {
		wrapStrays(root)
		giveDirection(root)
		out := render(root)
		if out == before {
			return out, true
		}
		before = out
		var err error
		if root, err = parseFragment(out); err != nil {
			return "", false
		}
	}
	return "", false
}

// parseFragment gives a div that holds what markup becomes inside of a div.
func parseFragment(markup string) (*html.Node, error) {
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(markup), root)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, nil
}

// render gives the HTML of root's children.
func render(root *html.Node) string {
	var out bytes.Buffer
	for n := range root.ChildNodes() {
		_ = html.Render(&out, n) // a bytes.Buffer takes everything
	}
	return strings.TrimSpace(out.String())
}

// shaper applies the rules element by element.
type shaper struct {
	exists   func(handle string) bool
	mentions handles
	verbatim int // open elements in which nothing is a mention: links, code
}

func (s *shaper) children(parent *html.Node) {
	for _, n := range slices.Collect(parent.ChildNodes()) { // n may be replaced
		switch n.Type {
		case html.TextNode:
			s.text(n)
		case html.ElementNode:
			s.element(n)
		default:
			parent.RemoveChild(n)
		}
	}
}

func (s *shaper) element(n *html.Node) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		lowerHeading(n)
	case atom.Li:
		labelTask(n)
	case atom.Input:
		if !isTaskBox(n) {
			n.Parent.RemoveChild(n)
			return
		}
	case atom.Img:
		s.picture(n)
		return
	case atom.A:
		s.link(n)
		return
	case atom.Code, atom.Pre, atom.Kbd:
		s.verbatim++
		defer func() { s.verbatim-- }()
	}
	s.children(n)
}

// lowerHeading turns h1 into h3 and so on, h6 at the lowest: h1 and h2 belong
// to the page.
func lowerHeading(n *html.Node) {
	level := min(n.Data[1]-'0'+2, 6)
	n.Data = "h" + string('0'+level)
	n.DataAtom = atom.Lookup([]byte(n.Data))
}

// link marks a link as one that we don't vouch for, or takes it away from
// around its text where it leads nowhere that is allowed.
func (s *shaper) link(n *html.Node) {
	address, ok := safeLink(attribute(n, "href"))
	s.verbatim++
	s.children(n)
	s.verbatim--
	if !ok {
		unwrap(n)
		return
	}
	attrs := []html.Attribute{{Key: "href", Val: address}, {Key: "rel", Val: linkRel}}
	n.Attr = append(attrs, titleOf(n)...)
}

// linkRel says of a link that people wrote: not our recommendation, and nothing
// of this page is told to where it leads.
const linkRel = "nofollow ugc noopener noreferrer"

// picture keeps a picture that is one of our uploads. Any other becomes a link,
// so that reading a post tells no third party about its reader.
func (s *shaper) picture(n *html.Node) {
	address, alt := strings.TrimSpace(attribute(n, "src")), attribute(n, "alt")
	if isUpload(address) {
		n.Attr = append([]html.Attribute{{Key: "src", Val: address}, {Key: "alt", Val: alt},
			{Key: "loading", Val: "lazy"}, {Key: "decoding", Val: "async"}}, titleOf(n)...)
		return
	}
	label := alt
	if strings.TrimSpace(label) == "" {
		label = address
	}
	words := &html.Node{Type: html.TextNode, Data: label}
	n.Parent.InsertBefore(words, n)
	if href, ok := safeLink(address); ok && s.verbatim == 0 {
		wrap(words, element(atom.A, html.Attribute{Key: "href", Val: href}, html.Attribute{Key: "rel", Val: linkRel}))
	}
	n.Parent.RemoveChild(n)
}

// labelTask makes the text of a task its checkbox's label, which needs no words
// of ours in any language. A task without text shows its state as text.
func labelTask(item *html.Node) {
	home := item
	box := firstChild(home)
	if box != nil && box.DataAtom == atom.P {
		home = box
		box = firstChild(home)
	}
	if box == nil || box.DataAtom != atom.Input {
		return
	}
	label := element(atom.Label)
	home.InsertBefore(label, box)
	for n := box; n != nil && !isBlock(n); n = label.NextSibling {
		home.RemoveChild(n)
		label.AppendChild(n)
	}
	checked := hasAttribute(box, "checked")
	if isEmpty(label) {
		showState(box, checked)
		unwrap(label)
		return
	}
	box.Attr = []html.Attribute{{Key: "type", Val: "checkbox"}, {Key: "disabled"}}
	if checked {
		box.Attr = append(box.Attr, html.Attribute{Key: "checked"})
	}
	item.Attr = append(item.Attr, html.Attribute{Key: "class", Val: "task"})
}

// showState writes in place of a checkbox whether it is checked.
func showState(box *html.Node, checked bool) {
	state := "[ ]"
	if checked {
		state = "[x]"
	}
	insertText(box, state)
	box.Parent.RemoveChild(box)
}

// isTaskBox reports whether labelTask has made n a task's checkbox.
func isTaskBox(n *html.Node) bool {
	return n.Parent != nil && n.Parent.DataAtom == atom.Label && n.PrevSibling == nil
}

// wrapStrays puts text that stands outside of every block into paragraphs. What
// is not a block but holds one, as "<b><p>", can't stand in a paragraph.
func wrapStrays(root *html.Node) {
	var p *html.Node
	for _, n := range slices.Collect(root.ChildNodes()) {
		switch {
		case holdsBlock(n):
			p = nil
		case p != nil:
			root.RemoveChild(n)
			p.AppendChild(n)
		case n.Type == html.TextNode && isEmpty(n): // between blocks
		case isEmpty(n):
			root.RemoveChild(n)
		default:
			p = element(atom.P)
			wrap(n, p)
		}
	}
}
