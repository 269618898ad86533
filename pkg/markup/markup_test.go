package markup

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// renderer is used by all tests at once, as it may be.
var renderer = New()

func mustRender(t *testing.T, source string) Document {
	t.Helper()
	doc, err := renderer.Render(source, nil)
	if err != nil {
		t.Fatalf("Render(%.60q): %v", source, err)
	}
	return doc
}

func TestTextsRenderAsWrittenDown(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/render/*.md")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d texts to render (%v), want at least 8", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := mustRender(t, string(source)).HTML + "\n"
			golden := strings.TrimSuffix(file, ".md") + ".html"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s renders differently (-want +got):\n%s", file, diff)
			}
			for _, fault := range faults(strings.TrimSuffix(got, "\n")) {
				t.Errorf("%s: %s", file, fault)
			}
		})
	}
}

const rel = ` rel="nofollow ugc noopener noreferrer"`

func TestEachRuleHolds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"nothing is nothing", " \n\n", ""},
		{"a new line is a line break", "a\nb", `<p dir="auto">a<br/>` + "\n" + `b</p>`},
		{"headings begin at the third level", "# a", `<h3 dir="auto">a</h3>`},
		{"headings end at the sixth level", "##### a", `<h6 dir="auto">a</h6>`},
		{"raw headings are lowered too", "<h2>a</h2>", `<h4 dir="auto">a</h4>`},
		{"links are not vouched for", "[a](https://b.example \"c\")", `<p dir="auto"><a href="https://b.example"` + rel + ` title="c">a</a></p>`},
		{"addresses become links", "https://b.example/c.", `<p dir="auto"><a href="https://b.example/c"` + rel + `>https://b.example/c</a>.</p>`},
		{"mail addresses become links", "a@b.example", `<p dir="auto"><a href="mailto:a@b.example"` + rel + `>a@b.example</a></p>`},
		{"links within the site stay", "[a](/t/1#c2)", `<p dir="auto"><a href="/t/1#c2"` + rel + `>a</a></p>`},
		{"scripts are no addresses", "[a](javascript:alert(1))", `<p dir="auto">a</p>`},
		{"data is no address", "[a](data:text/html,b)", `<p dir="auto">a</p>`},
		{"ftp is no address", "ftp://b.example", `<p dir="auto">ftp://b.example</p>`},
		{"an address without a scheme is none", "[a](//b.example)", `<p dir="auto">a</p>`},
		{"a backslash is no slash", `[a](/\b.example)`, `<p dir="auto"><a href="/%5Cb.example"` + rel + `>a</a></p>`},
		{"nor is a raw one", `<a href="/\b.example">a</a>`, `<p dir="auto"><a href="/%5Cb.example"` + rel + `>a</a></p>`},
		{"our pictures are shown", "![a](/files/1/b.png)", `<p dir="auto"><img src="/files/1/b.png" alt="a" loading="lazy" decoding="async"/></p>`},
		{"foreign pictures are links", "![a](https://b.example/c.png)", `<p dir="auto"><a href="https://b.example/c.png"` + rel + `>a</a></p>`},
		{"foreign pictures without words show their address", "![](https://b.example/c.png)", `<p dir="auto"><a href="https://b.example/c.png"` + rel + `>https://b.example/c.png</a></p>`},
		{"foreign pictures in a link are words", "[![a](https://b.example/c.png)](https://d.example)", `<p dir="auto"><a href="https://d.example"` + rel + `>a</a></p>`},
		{"pictures from elsewhere on the site are links", "![a](/logout)", `<p dir="auto"><a href="/logout"` + rel + `>a</a></p>`},
		{"pictures can't climb", "![a](/files/../logout)", `<p dir="auto"><a href="/files/../logout"` + rel + `>a</a></p>`},
		{"nor climb in disguise", "![a](/files/%2e%2e/logout)", `<p dir="auto"><a href="/files/%2e%2e/logout"` + rel + `>a</a></p>`},
		{"no ids, classes, styles or events", `<b id="config" class="x" style="color:red" onclick="alert(1)">a</b>`, `<p dir="auto"><b>a</b></p>`},
		{"forms are taken away", `<form action="/x"><button>a</button><input name="b"><input type="checkbox"></form>`, `<p dir="auto">a</p>`},
		{"what is open is closed", "<b>a", `<p dir="auto"><b>a</b></p>`},
		{"what was never open is dropped", "a</div></div></article>", `<p dir="auto">a</p>`},
		{"stray text gets its block", "<div>a</div>b", `<div dir="auto">a</div><p dir="auto">b</p>`},
		{"cells are aligned by attribute", "|a|\n|-:|\n|b|", "<table dir=\"auto\">\n<thead>\n<tr>\n<th align=\"right\" dir=\"auto\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"right\" dir=\"auto\">b</td>\n</tr>\n</tbody>\n</table>"},
		{"tasks are labelled by their text", "- [x] a", "<ul dir=\"auto\">\n<li class=\"task\" dir=\"auto\"><label><input type=\"checkbox\" disabled=\"\" checked=\"\"/> a</label></li>\n</ul>"},
		{"tasks without text are text", "- [ ] <b></b>", "<ul dir=\"auto\">\n<li dir=\"auto\">[ ] <b></b></li>\n</ul>"},
		{"a task's sub-tasks are not its label", "- [ ] a\n  - b", "<ul dir=\"auto\">\n<li class=\"task\" dir=\"auto\"><label><input type=\"checkbox\" disabled=\"\"/> a\n</label><ul dir=\"auto\">\n<li dir=\"auto\">b</li>\n</ul>\n</li>\n</ul>"},
		{"lists from right to left say so", "- שלום", "<ul dir=\"rtl\">\n<li dir=\"auto\">שלום</li>\n</ul>"},
		{"numbers decide no direction", "- 1 שלום", "<ul dir=\"rtl\">\n<li dir=\"auto\">1 שלום</li>\n</ul>"},
		{"bidirectional controls stay", "a\u202eb", "<p dir=\"auto\">a\u202eb</p>"},
		{"control characters go", "a\x00\x07\x1bb\x7f", `<p dir="auto">ab</p>`},
		{"line ends of all kinds", "a\r\nb\rc", "<p dir=\"auto\">a<br/>\nb<br/>\nc</p>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, mustRender(t, tt.source).HTML); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.source, diff)
			}
		})
	}
}

func TestMentionsAreFoundAndLinked(t *testing.T) {
	t.Parallel()
	link := func(shown, handle string) string {
		return `<a class="mention" href="/u/` + handle + `">` + shown + `</a>`
	}
	long := strings.Repeat("a", maxHandle)
	tests := []struct {
		source, want string
		mentions     []string
	}{
		{"@ana", link("@ana", "ana"), []string{"ana"}},
		{"@Ana, @BEN_2 and @ana's", link("@Ana", "ana") + ", " + link("@BEN_2", "ben_2") + " and " + link("@ana", "ana") + "&#39;s", []string{"ana", "ben_2"}},
		{"(@ana-b) *@ben*!", "(" + link("@ana-b", "ana-b") + ") <em>" + link("@ben", "ben") + "</em>!", []string{"ana-b", "ben"}},
		{"@ana- @ben_", link("@ana", "ana") + "- " + link("@ben", "ben") + "_", []string{"ana", "ben"}},
		{"`@ana` @nobody", "<code>@ana</code> @nobody", nil},
		{"[@ana](/t/1)", `<a href="/t/1"` + rel + `>@ana</a>`, nil},
		{"ana@ben https://a.example/@ana", `ana@ben <a href="https://a.example/@ana"` + rel + `>https://a.example/@ana</a>`, nil},
		{"@ana@ben.example @@ana @ @-ana @anaé é@ana", "@ana@ben.example @@ana @ @-ana @anaé é@ana", nil},
		{"@" + long, link("@"+long, long), []string{long}},
		{"@" + long + "a", "@" + long + "a", nil},
	}
	exists := func(handle string) bool { return handle != "nobody" }
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			doc, err := renderer.Render(tt.source, exists)
			if err != nil {
				t.Fatal(err)
			}
			want := Document{HTML: `<p dir="auto">` + tt.want + `</p>`, Mentions: tt.mentions}
			if diff := cmp.Diff(want, doc); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHandlesGivesAtLeastTheMentions(t *testing.T) {
	t.Parallel()
	got := Handles("@Ana `@ben` @ana [@cy](x) dee@eve.example")
	if diff := cmp.Diff([]string{"ana", "ben", "cy"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeATextIsRefused(t *testing.T) {
	t.Parallel()
	var long *TooLongError
	if _, err := renderer.Render(strings.Repeat("a", MaxBytes+1), nil); !errors.As(err, &long) || long.Bytes != MaxBytes+1 {
		t.Errorf("a text of MaxBytes+1: error %v, want *TooLongError", err)
	}
	if doc, err := renderer.Render(strings.Repeat("a", MaxBytes), nil); err != nil || doc.AsText {
		t.Errorf("a text of MaxBytes: as text %t, error %v", doc.AsText, err)
	}
	for _, source := range []string{"a\xff", "\xed\xa0\x80", "\xc0\x80"} {
		if _, err := renderer.Render(source, nil); !errors.Is(err, ErrNotUTF8) {
			t.Errorf("%q: error %v, want ErrNotUTF8", source, err)
		}
	}
}

func TestARendererMayBeSharedByGoroutines(t *testing.T) {
	t.Parallel()
	r := New()
	source := "# @ana\n\n- [ ] *a*\n- b <b>c\n\n|a|\n|-|\n|b|\n"
	want, err := r.Render(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if got, err := r.Render(source, nil); err != nil || got.HTML != want.HTML {
					t.Errorf("%q, %v, want %q", got.HTML, err, want.HTML)
				}
			}
		})
	}
	all.Wait()
}

func FuzzRenderedHTMLIsSafeAndWhole(f *testing.F) {
	for _, seed := range injections(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		doc, err := renderer.Render(source, nil)
		if err != nil {
			return
		}
		for _, fault := range faults(doc.HTML) {
			t.Errorf("%q renders as %q: %s", source, doc.HTML, fault)
		}
		_, _, _ = Plain(source), Excerpt(source, 40), Quote(source)
		for _, item := range Items(source) {
			if item.Title == "" || len([]rune(item.Title)) > maxTitle || strings.Contains(item.Title, "\n") {
				t.Errorf("%q has the item %q", source, item.Title)
			}
		}
	})
}
