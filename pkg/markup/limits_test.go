package markup

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// costly are inputs that are known to be hard on Markdown and HTML parsers, each
// as long as may be.
func costly() map[string]string {
	inputs := map[string]string{}
	for _, unit := range []string{
		">", "> ", "- ", "* ", "1. ", "- >", "> - ", "1. - ", "[", "[a](", "![", "![a](", "[](", "[]", "[[[]]]", "[x](<", "[a][b]", "[a]\n", "[a]: b\n",
		"](", "![[]()", "[`", "[<", "(", "*a ", "_a ", "**a *a ", "*a_", "*a_\n\n", "~~a", "***", "_*", "* * ", "`", "``a`", "~~~\n", "<", "<a ", "<a b='",
		"<!--", "<?", "<![CDATA[", "<b>", "<div>", "<b><p>", "<i>a<p>", "<a href=x><p>", "<table>", "<table><tr><td>", "<td>", "<li>", "<details>",
		"<svg>", "<math><mi>", "<select>", "<textarea>", "&", "&#", "&amp;", "a@", "@a ", "_a@", "_www.", "www.a.", "_http:", " http://a.b/(", "<a@b.c>",
		"|", "|a", "|-\n", "a|\n-|\n", "a|b\n-|-\n", "#", "# a\n", "a\n=\n", "x\n", "\\", "\t", " \n", "- a\n\n", "- [ ] a\n", "![](/x)",
	} {
		inputs[unit] = strings.Repeat(unit, MaxBytes/len(unit))
	}
	inputs["code spans of growing fences"] = growing(func(i int) string { return strings.Repeat("`", i) + "a" })
	inputs["a list ever deeper"] = growing(func(i int) string { return strings.Repeat("  ", i) + "- a\n" })
	inputs["quotes of sixteen"] = growing(func(i int) string { return strings.Repeat(">", i%16+1) + " a\n\n" })
	inputs["a hundred open brackets"] = growing(func(int) string { return strings.Repeat("[", 99) + "a\n\n" })
	inputs["mentions of many"] = growing(func(i int) string { return fmt.Sprintf("@a%d ", i) })
	inputs["a table of many columns"] = strings.Repeat("|a", 5000) + "\n" + strings.Repeat("|-", 5000) + "\n" + strings.Repeat("a\n", 6000)
	inputs["a table of many rows"] = strings.Repeat("|a", 64) + "\n" + strings.Repeat("|-", 64) + "\n" + strings.Repeat("a\n", 15000)
	inputs["a table in a quote"] = "> " + strings.Repeat("|a", 5000) + "\n> " + strings.Repeat("|-", 5000) + "\n" + strings.Repeat(">a\n", 4000)
	inputs["one address used often"] = "[a]: /" + strings.Repeat("x", 16000) + "\n\n" + strings.Repeat("[a]", 5000)
	return inputs
}

// growing puts parts together until MaxBytes are full.
func growing(part func(i int) string) string {
	var b strings.Builder
	for i := 1; ; i++ {
		next := part(i)
		if b.Len()+len(next) > MaxBytes {
			return b.String()
		}
		b.WriteString(next)
	}
}

// everyday is a text as people write it, as often as it fits.
const everyday = "Dear @ana, here is what we said **yesterday**, as on https://example.org/halls:\n\n- Ghent offers the *old weaving hall*\n- Graz too\n\n"

// fastest is how long source takes to render, at best: what else the machine
// does can only add to it. It stops trying once it is quicker than enough.
func fastest(t *testing.T, source string, enough time.Duration) (best time.Duration, doc Document) {
	t.Helper()
	best = time.Duration(1<<63 - 1)
	for range 5 {
		start := time.Now()
		doc = mustRender(t, source)
		if best = min(best, time.Since(start)); best < enough {
			break
		}
	}
	return best, doc
}

func TestCostlyTextsStayWithinBounds(t *testing.T) {
	const mostBytes = 30 * MaxBytes
	const mostTimes = 60 // what an everyday text of the same length takes; without limits: thousands
	usual, _ := fastest(t, strings.Repeat(everyday, MaxBytes/len(everyday)), 0)
	for name, source := range costly() {
		took, doc := fastest(t, source, mostTimes*usual)
		if took > mostTimes*usual {
			t.Errorf("%q: %v, want less than %d times the %v of an everyday text", name, took, mostTimes, usual)
		}
		if len(doc.HTML) > mostBytes {
			t.Errorf("%q: %d bytes of HTML, want at most %d", name, len(doc.HTML), mostBytes)
		}
		for _, fault := range faults(doc.HTML) {
			t.Errorf("%q: %.200s", name, fault)
		}
	}
}

func TestWhatIsTooIntricateIsShownAsItsText(t *testing.T) {
	t.Parallel()
	inputs := costly()
	for _, name := range []string{">", "> ", "- >", "1. ", "[", "[a](", "[](", "![a](", "*a_", "a table of many columns", "a table of many rows",
		"a table in a quote", "one address used often"} {
		if doc := mustRender(t, inputs[name]); !doc.AsText || !strings.HasPrefix(doc.HTML, `<p dir="auto">`) {
			t.Errorf("%q is not shown as text: %.80s", name, doc.HTML)
		}
	}
	source := strings.Repeat("> ", maxContainers+1) + "*a* @ana <b>\nb"
	want := Document{AsText: true, HTML: `<p dir="auto">` + strings.Repeat("&gt; ", maxContainers+1) + "*a* @ana &lt;b&gt;<br/>\nb</p>"}
	if got := mustRender(t, source); got.HTML != want.HTML || got.AsText != want.AsText || got.Mentions != nil {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestWhatPeopleWriteIsNotTooIntricate(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"quotes in quotes":         strings.Repeat("> ", maxContainers) + "a",
		"rules of many signs":      strings.Repeat("- ", 40) + "\n\n" + strings.Repeat("* ", 40) + "\n\n" + strings.Repeat("_ ", 40),
		"brackets":                 strings.Repeat("[", maxBrackets) + "a",
		"smileys in a long text":   strings.Repeat("so sad :(\n\n", 500),
		"links in a long text":     strings.Repeat("[a](https://b.example/c_(d)) ", 500),
		"emphasis in a long text":  strings.Repeat("*a* **b** _c_ ~~d~~ ", 400),
		"a table of 20 by 200":     strings.Repeat("|a", 20) + "\n" + strings.Repeat("|-", 20) + strings.Repeat("\n"+strings.Repeat("|b", 20), 200),
		"lists in lists":           "- a\n  - b\n    - c\n      - d\n        1. e\n",
		"numbers and dashes first": "1. 2019 - 2020\n2. - 3 degrees\n\n-5 degrees\n+1\n*a*\n",
	} {
		if mustRender(t, source).AsText {
			t.Errorf("%s: shown as plain text", name)
		}
	}
}

func TestContainersAreCounted(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"a": 0, "": 0, "\n": 0, "> a": 1, ">>> a": 3, "> > a > b": 2, "- a": 1, "-a": 0, "- - a": 2, "> - 1. * + a": 5, "1) a": 1,
		"1234567890. a": 0, "12": 0, "* * *\n": 0, "- - -": 0, "> - - -": 1, "- -": 2, "1. 1. 1. ": 3, "+ + +": 3, "-\n": 1, "  > \t- a": 2, "**a**": 0,
	} {
		if got := containers(line); got != want {
			t.Errorf("containers(%q) = %d, want %d", line, got, want)
		}
	}
}

func BenchmarkRenderCostly(b *testing.B) {
	for name, source := range costly() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := renderer.Render(source, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRender(b *testing.B) {
	for _, times := range []int{1, 10, 200} {
		source := strings.Repeat(everyday, times)
		b.Run(fmt.Sprintf("%d bytes", len(source)), func(b *testing.B) {
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := renderer.Render(source, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
