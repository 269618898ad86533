package tally_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/tally"
)

const catalogueFiles = "../i18n/locales/tally*.en.toml"

// catalogue reads the English texts: key, then plural form.
func catalogue(t *testing.T) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob(catalogueFiles)
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	texts := map[string]map[string]string{}
	for _, file := range files {
		readCatalogue(t, file, texts)
	}
	return texts
}

// readCatalogue reads a file of only tables and one-line strings without escapes.
func readCatalogue(t *testing.T, file string, texts map[string]map[string]string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile(`^\["([a-z_.]+)"\]$`)
	form := regexp.MustCompile(`^(one|other) = "([^"\\]*)"$`)
	var current string
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case table.MatchString(line):
			current = table.FindStringSubmatch(line)[1]
			if texts[current] != nil {
				t.Fatalf("%s, line %d: %s for the second time", file, i+1, current)
			}
			texts[current] = map[string]string{}
		case form.MatchString(line) && current != "":
			parts := form.FindStringSubmatch(line)
			texts[current][parts[1]] = parts[2]
		default:
			t.Fatalf("%s, line %d: %q", file, i+1, line)
		}
	}
}

func TestEveryCodeHasATextAndEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	texts := catalogue(t)
	if diff := cmp.Diff(codesInSource(t), slices.Sorted(maps.Keys(texts))); diff != "" {
		t.Errorf("codes (-in the source +in the catalogue):\n%s", diff)
	}
	for code, forms := range texts {
		if forms["other"] == "" {
			t.Errorf("%s has no general form", code)
		}
		if _, plural := forms["one"]; plural != strings.Contains(forms["other"], "{{.Count}}") {
			t.Errorf("%s: a text has the form one exactly where it says {{.Count}}", code)
		}
	}
}

// codesInSource lists the codes written out in the package and those put
// together from names.
func codesInSource(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"(tally\.[a-z_.]*[a-z])"`)
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range literal.FindAllStringSubmatch(string(source), -1) {
			found[match[1]] = true
		}
	}
	for _, basis := range []tally.Basis{tally.OfDecided, tally.OfCast, tally.OfEligible} {
		found["tally.step.at_least."+string(basis)] = true
		found["tally.step.more_than."+string(basis)] = true
		found["tally.step.nobody."+string(basis)] = true
	}
	for _, basis := range []tally.Basis{tally.OfCast, tally.OfEligible} {
		found["tally.step.share_at_least."+string(basis)] = true
		found["tally.step.share_at_most."+string(basis)] = true
	}
	for _, method := range tally.Methods() {
		found["tally.method."+string(method)] = true
	}
	for _, option := range tally.ProposalOptions() {
		found["tally.option."+option] = true
	}
	for _, status := range []tally.Status{tally.NoQuorum, tally.Blocked, tally.Passed, tally.Rejected, tally.Chosen, tally.Tied, tally.NoVotes,
		tally.Reached, tally.NotReached, tally.Heard} {
		found["tally.status."+string(status)] = true
	}
	return slices.Sorted(maps.Keys(found))
}
