package view

import (
	"html/template"
	"io"
	"strings"
	"testing"

	"plenary/pkg/i18n"
	"plenary/templates"
)

// BenchmarkThreadPage is a thread with 50 comments that were rendered before.
func BenchmarkThreadPage(b *testing.B) {
	r, page := benchmarkPage(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Render(io.Discard, "en", page); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkComment is what an event costs once for all readers.
func BenchmarkComment(b *testing.B) {
	r, _ := benchmarkPage(b)
	c := comments()[0]
	b.ReportAllocs()
	for b.Loop() {
		if err := r.RenderPartial(io.Discard, "en", CommentCreated{Comment: c}); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkPage(b *testing.B) (*Renderer, ThreadPage) {
	bundle, err := i18n.Load()
	if err != nil {
		b.Fatal(err)
	}
	r, err := New(Options{Files: templates.Files, Bundle: bundle, Asset: testAsset})
	if err != nil {
		b.Fatal(err)
	}
	page := ThreadPage{Frame: frame("/t/42", member()), Thread: head(), Context: "<p>Hello</p>", UnreadCount: 4, Comments: 50, LastSeq: 50, AtEnd: true, Rights: ThreadRights{Comment: true, React: true, Propose: true}}
	var items []Item
	for i := range int64(50) {
		c := comments()[0]
		c.ID, c.Seq = i+1, i+1
		var piece strings.Builder
		if err := r.RenderPartial(&piece, "en", c); err != nil {
			b.Fatal(err)
		}
		items = append(items, Item{Seq: c.Seq, HTML: template.HTML(piece.String())})
	}
	page.Read, page.Unread = Split(items, 47)
	return r, page
}
