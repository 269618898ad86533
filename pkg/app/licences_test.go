package app_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestEveryLinkedModuleIsListedWithItsLicence(t *testing.T) {
	list, err := os.ReadFile("../../docs/licences.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-deps", "-tags", "sqlite_fts5", "-f", "{{with .Module}}{{.Path}}{{end}}", "plenary/cmd/plenary").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{"": true, "plenary": true}
	for module := range strings.Lines(string(out)) {
		if module = strings.TrimSpace(module); seen[module] {
			continue
		}
		seen[module] = true
		if !strings.Contains(string(list), "`"+module+"`") {
			t.Errorf("%s is linked into the program and not in docs/licences.md", module)
		}
	}
}
