package transcript

import (
	"strings"
	"testing"
	"unicode"

	"plenary/pkg/markup"
)

func TestABodyBecomesTheMarkdownThatLooksLikeIt(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"paragraphs and line breaks", "\n\na\nb\n\n\n\nc\n\n", "a\nb\n\nc"},
		{"a list with bullets", "Ideas:\n\n  • one\n  • two\n\nThen", "Ideas:\n\n- one\n- two\n\nThen"},
		{"a list in the middle of a paragraph", "Plan:\n- one\n- two\nThen", "Plan:\n\n- one\n- two\n\nThen"},
		{"numbers", "1. one\n2) two", "1. one\n2) two"},
		{"lists in lists", "• a\n  ◦ b\n    ▪ c\n  ◦ d\n• e", "- a\n   - b\n      - c\n   - d\n- e"},
		{"an item over two lines", "  • a\n    goes on\nthen", "- a\n   goes on\n\nthen"},
		{"indented text is no code", "    a", "a"},
		{"heading signs", "# 1 wins\n#1 wins", "\\# 1 wins\n#1 wins"},
		{"rules and underlines", "a\n-- -\n---\n===\n***", "a\n\\-- -\n\\---\n\\===\n\\*\\*\\*"},
		{"emphasis", "*a* _b_ __c__ d_e_f ~~g~~ ~h", "\\*a\\* \\_b\\_ \\_\\_c\\_\\_ d_e_f \\~\\~g\\~\\~ \\~h"},
		{"backslashes", "a\\b \\* c\\", "a\\b \\\\\\* c\\\\"},
		{"tags and entities", "<b> 1 < 2 &amp; a & b", "\\<b> 1 < 2 \\&amp; a & b"},
		{"addresses stay whole", "(https://example.org/_a_?b=1&c=2) www.example.org/_d_ _e_", "(https://example.org/_a_?b=1&c=2) www.example.org/_d_ \\_e\\_"},
		{"signs in items", "- - a\n- # b\n- 2. c\n  ---\n- [x] d", "- \\- a\n- \\# b\n- 2\\. c\n   \\---\n- \\[x] d"},
		{"mentions stay text", "@ann_b's idea", "@ann_b's idea"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := toMarkdown(strings.Split(tt.body, "\n")); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// unmarked gives the page without the markers of its lists.
func unmarked(page string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(page, "\n") {
		if m := listItem.FindStringSubmatch(line); m != nil {
			line = m[3]
		}
		b.WriteString(line)
	}
	return b.String()
}

// letters gives text without its white space.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func FuzzTheTextOfABodyIsKept(f *testing.F) {
	for _, seed := range []string{"a\nb\n\n- c", "*a* _b_ `c` [d](e) ![f] <g>", "  • a\n    b\nc", "1. a\n#b", "a|b\n-|-\nc|d", `\*a\`,
		"&amp; &#65;", "https://example.org/*a* www.example.org", "- ---", "- # a", "a\n=", "[a]: b", "~~a~~", "- - a", "1. > a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		clean, err := markup.Clean(body)
		if err != nil || len(body) > 2000 || strings.Contains(body, "://") || strings.Contains(body, "www.") || strings.Contains(body, "@") {
			return
		}
		md := toMarkdown(strings.Split(clean, "\n"))
		if got, want := letters(markup.Plain(md)), letters(unmarked(clean)); got != want {
			t.Errorf("the page said %q\nMarkdown is %q\nwhich shows %q\nwant        %q", clean, md, got, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("Tue 3 Mar 2020 9:05AM\n\nT\n\nIM Ines (A) Public Seen by 4\n\nC\n\n\nAnn Wed 4 Mar 2020 9:05AM\n\nHi\n")
	f.Add("Title\nTue 3 Mar 2020 9:05AM\nA Public Seen by 4\n\nB (C) Wed 4 Mar 2020 9:05\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		thread, err := Parse(strings.NewReader(text), nil)
		if err != nil {
			if thread != nil || err.Error() == "" {
				t.Errorf("error %v with the thread %v", err, thread)
			}
			return
		}
		if thread.Title == "" || thread.Author.Name == "" || len(thread.People) == 0 || thread.SeenBy < 0 {
			t.Errorf("a thread without what it must have: %+v", thread)
		}
		for _, c := range thread.Comments {
			if c.Author.Name == "" || c.At.Before(thread.At) || c.Line < 3 || c.Empty != (c.Body == "") {
				t.Errorf("a comment that can't be: %+v", c)
			}
		}
	})
}
