package markup

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func element(name atom.Atom, attrs ...html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name.String(), DataAtom: name, Attr: attrs}
}

// isBlock reports whether n begins on a new line and holds text or blocks.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Div, atom.Blockquote, atom.Pre,
		atom.Ul, atom.Ol, atom.Li, atom.Table, atom.Td, atom.Th, atom.Dl, atom.Dt, atom.Dd,
		atom.Details, atom.Summary:
		return true
	}
	return false
}

// holdsBlock reports whether n is, or anything below it is, a block or a rule.
func holdsBlock(n *html.Node) bool {
	if isBlock(n) || n.DataAtom == atom.Hr {
		return true
	}
	for d := range n.Descendants() {
		if isBlock(d) || d.DataAtom == atom.Hr {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttribute(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// setAttribute gives n the attribute, in place of one of the same key.
func setAttribute(n *html.Node, key, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

// titleOf gives n's title attribute where it has one.
func titleOf(n *html.Node) []html.Attribute {
	if title := attribute(n, "title"); title != "" {
		return []html.Attribute{{Key: "title", Val: title}}
	}
	return nil
}

// firstChild gives n's first child that is not mere white space.
func firstChild(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type != html.TextNode || strings.TrimSpace(c.Data) != "" {
			return c
		}
	}
	return nil
}

// isEmpty reports whether n shows neither text nor a picture.
func isEmpty(n *html.Node) bool {
	if n.Type == html.TextNode {
		return strings.TrimSpace(n.Data) == ""
	}
	if n.DataAtom == atom.Img {
		return false
	}
	for c := range n.ChildNodes() {
		if !isEmpty(c) {
			return false
		}
	}
	return true
}

// wrap puts around n, where n stands.
func wrap(n, around *html.Node) {
	n.Parent.InsertBefore(around, n)
	n.Parent.RemoveChild(n)
	around.AppendChild(n)
}

// unwrap leaves n's children where n stands.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}
