package web

import (
	"strings"
	"unicode"

	"plenary/pkg/forum"
	"plenary/pkg/web/view"
)

// versionsOf are the versions of a comment, newest first, each with what changed
// from the one before.
func versionsOf(versions []forum.CommentVersion) []view.Version {
	out := make([]view.Version, 0, len(versions))
	for i := len(versions) - 1; i >= 0; i-- {
		v := versions[i]
		shown := view.Version{Number: v.Version, By: personOf(v.Editor), At: v.At}
		if i == 0 {
			shown.Parts = []view.Diff{{Op: "same", Text: v.Body}}
		} else {
			shown.Parts = wordDiff(versions[i-1].Body, v.Body)
		}
		out = append(out, shown)
	}
	return out
}

// diffMost bounds the work of comparing: the product of the numbers of words
// that differ. Beyond it the old text is shown as removed and the new as added.
const diffMost = 4_000_000

// wordDiff compares two texts word by word.
func wordDiff(before, after string) []view.Diff {
	a, b := split(before), split(after)
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var d diff
	d.add("same", a[:start]...)
	d.middle(a[start:len(a)-end], b[start:len(b)-end])
	d.add("same", a[len(a)-end:]...)
	return d.parts
}

// diff collects stretches, joining neighbours of one kind.
type diff struct{ parts []view.Diff }

func (d *diff) add(op string, words ...string) {
	text := strings.Join(words, "")
	if text == "" {
		return
	}
	if n := len(d.parts); n > 0 && d.parts[n-1].Op == op {
		d.parts[n-1].Text += text
		return
	}
	d.parts = append(d.parts, view.Diff{Op: op, Text: text})
}

// middle compares by the longest common sequence of words.
func (d *diff) middle(a, b []string) {
	if len(a)*len(b) > diffMost {
		d.add("removed", a...)
		d.add("added", b...)
		return
	}
	common := commonLengths(a, b)
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			d.add("same", a[i])
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			d.add("removed", a[i])
			i++
		default:
			d.add("added", b[j])
			j++
		}
	}
	d.add("removed", a[i:]...)
	d.add("added", b[j:]...)
}

// commonLengths gives for each pair of places how many words the rests have in
// common, in order.
func commonLengths(a, b []string) [][]int32 {
	rows := make([][]int32, len(a)+1)
	for i := range rows {
		rows[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				rows[i][j] = rows[i+1][j+1] + 1
			} else {
				rows[i][j] = max(rows[i+1][j], rows[i][j+1])
			}
		}
	}
	return rows
}

// split cuts a text into words and the spaces between them, losing nothing.
func split(text string) []string {
	var out []string
	start, space := 0, false
	for i, r := range text {
		if is := unicode.IsSpace(r); i > start && is != space {
			out = append(out, text[start:i])
			start = i
		}
		space = unicode.IsSpace(r)
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
