package markup

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plenary/pkg/testkit"
)

// injections are the lines of our own collection.
func injections(tb testing.TB) []string {
	tb.Helper()
	data, err := os.ReadFile("testdata/injections.txt")
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

// corpus reads a public collection of inputs that lies beside the repository.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpora", name))
	if err != nil {
		testkit.Missing(t, "the public collection is not here: "+err.Error())
	}
	return data
}

// checkAll renders each source by itself, and then some at once.
func checkAll(t *testing.T, sources []string) {
	t.Helper()
	for i, source := range sources {
		for _, text := range []string{source, "a *b " + source + " c* `d`", "- " + source + "\n\n> " + source} {
			doc, err := renderer.Render(text, nil)
			if err != nil {
				continue // refused: nothing is shown
			}
			for _, fault := range faults(doc.HTML) {
				t.Errorf("line %d, %q: %s", i+1, text, fault)
			}
		}
	}
}

func TestInjectedScriptsAreTakenAway(t *testing.T) {
	t.Parallel()
	t.Run("our own", func(t *testing.T) {
		t.Parallel()
		checkAll(t, injections(t))
	})
	t.Run("public", func(t *testing.T) {
		t.Parallel()
		lines := strings.Split(string(corpus(t, "xss-payloads.txt")), "\n")
		if len(lines) < 6000 {
			t.Fatalf("%d lines, want thousands", len(lines))
		}
		checkAll(t, lines)
	})
}

// The check above proves something only if it finds fault where nothing is
// taken away.
func TestWithoutTheSanitiserInjectionsAreFound(t *testing.T) {
	t.Parallel()
	found := 0
	lines := injections(t)
	for _, line := range lines {
		var out bytes.Buffer
		if err := renderer.markdown.Convert([]byte(line), &out); err != nil {
			t.Fatal(err)
		}
		root, err := parseFragment(out.String())
		if err != nil {
			t.Fatal(err)
		}
		wrapStrays(root)
		giveDirection(root)
		if len(faults(render(root))) > 0 {
			found++
		}
	}
	if found < len(lines)/2 {
		t.Errorf("only %d of %d lines are found faulty as they are", found, len(lines))
	}
}

func TestNaughtyStringsRenderSafely(t *testing.T) {
	t.Parallel()
	var all []string
	if err := json.Unmarshal(corpus(t, "naughty-strings.json"), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 500 {
		t.Fatalf("%d strings, want 500", len(all))
	}
	checkAll(t, all)
}
