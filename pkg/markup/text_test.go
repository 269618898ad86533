package markup

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestPlainIsTheTextThatIsShown(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"nothing", " \n", ""},
		{"words", "# A *b* [c](https://d.example) `e`", "A b c e"},
		{"line breaks and paragraphs", "a\nb\n\nc", "a\nb\nc"},
		{"lists", "a\n\n- b\n- c\n  - d\n\n1. e", "a\nb\nc\nd\ne"},
		{"tasks", "- [x] a\n- [ ] b", "a\nb"},
		{"tables", "|a|b|\n|-|-|\n|c|d|", "a b\nc d"},
		{"pictures", "![a](/files/1/b.png) ![c](https://d.example/e.png)", "a c"},
		{"entities and escapes", `&amp; \* <b>c</b> 1 < 2`, "& * c 1 < 2"},
		{"scripts", "a <script>alert(1)</script> b", "a b"},
		{"raw HTML over lines", "<div>\n<b>a</b>\n<i>b</i>\n\nc</div>", "a b\nc"},
		{"no-break spaces", "a\u00a0\u00a0b", "a\u00a0\u00a0b"},
		{"code", "```\na\n  b\n```", "a\n  b"},
		{"mentions", "@Ana", "@Ana"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Plain(tt.source)); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", tt.name, tt.source, diff)
		}
	}
	if got := Plain(strings.Repeat("a", MaxBytes+9)); len(got) != MaxBytes {
		t.Errorf("a text that is too long has %d bytes of plain text, want %d", len(got), MaxBytes)
	}
}

func TestAnExcerptIsOneLineCutBetweenWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		source string
		runes  int
		want   string
	}{
		{"# All\n\nof *it*", 9, "All of it"},
		{"one two three", 13, "one two three"},
		{"one two three", 12, "one two…"},
		{"one two, three", 10, "one two…"},
		{"äöü äöü äöü", 8, "äöü äöü…"},
		{"abcdefghij", 5, "abcd…"},
		{"日本語のテキスト", 4, "日本語…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"", 10, ""},
	}
	for _, tt := range tests {
		got := Excerpt(tt.source, tt.runes)
		if got != tt.want || utf8.RuneCountInString(got) > max(tt.runes, 0) {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", tt.source, tt.runes, got, tt.want)
		}
	}
}

func TestAQuotationStandsBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"a":              "> a\n\n",
		"\na\n\nb  \n\n": "> a\n>\n> b\n\n",
		"> a\n- b\r\nc":  "> > a\n> - b\n> c\n\n",
		"    code":       ">     code\n\n",
		" \n":            "",
	} {
		if got := Quote(source); got != want {
			t.Errorf("Quote(%q) = %q, want %q", source, got, want)
		}
		if got := mustRender(t, Quote(source)+"mine").HTML; !strings.HasSuffix(got, `<p dir="auto">mine</p>`) {
			t.Errorf("what is written after Quote(%q) is part of it: %s", source, got)
		}
	}
}

func TestCleanKeepsWhatIsText(t *testing.T) {
	t.Parallel()
	const text = "\ta  b\u00a0\u200d\u202e\ufeff\u0085 \U0001F9D1\u200d\U0001F33E\n\n"
	if got, err := Clean(text); err != nil || got != text {
		t.Errorf("Clean(%q) = %q, %v, want it unchanged", text, got, err)
	}
	if got, err := Clean("a\r\nb\rc\x00\x0b\x0c\x1f\x7f"); err != nil || got != "a\nb\nc" {
		t.Errorf("got %q, %v", got, err)
	}
}
