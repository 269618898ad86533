package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsCommittedIsWhatTheSourcesMake(t *testing.T) {
	t.Parallel()
	files, compiled, err := assemble("..")
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, sums(t, filepath.Join("..", "dist"))
	for name, body := range files {
		want[name] = digest(body)
	}
	for _, form := range []string{".br", ".gz"} { // which differ from one compiler to the next
		want[compiled+form] = got[compiled+form]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("static/dist is not what its sources make; run: go generate ./static\n%s", diff)
	}
}

func TestABuildDoesNotDependOnWhereItRuns(t *testing.T) {
	t.Parallel()
	here, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "static")
	for _, dir := range []string{"js", "css", "files", "vendor"} {
		if err := os.CopyFS(filepath.Join(elsewhere, dir), os.DirFS(filepath.Join("..", dir))); err != nil {
			t.Fatal(err)
		}
	}
	there, err := build(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(here.manifest, there.manifest); diff != "" {
		t.Error(diff)
	}
}

// sums maps the names in a folder to the digests of what they hold.
func sums(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(filepath.Join(dir, path))
		found[path] = digest(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func TestVendoredFilesAreAsTheyCame(t *testing.T) {
	t.Parallel()
	vendor := filepath.Join("..", "vendor")
	list, err := os.ReadFile(filepath.Join(vendor, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(list)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		want[strings.TrimPrefix(name, "./")] = sum
	}
	got := sums(t, vendor)
	delete(got, "SHA256SUMS")
	delete(got, "README.md")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryVendoredFolderHasItsLicenceAndALineInTheReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	licences, err := gatherLicences("../vendor")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob("../vendor/*@*")
	if err != nil || len(folders) == 0 {
		t.Fatal("nothing is vendored", err)
	}
	for _, f := range folders {
		name := filepath.Base(f)
		if !bytes.Contains(readme, []byte("`"+name+"`")) {
			t.Errorf("vendor/README.md does not name %s", name)
		}
		if !bytes.Contains(licences, []byte(name)) {
			t.Errorf("%s has no LICENSE", name)
		}
	}
}

// TestPagesStayWithinTheirBudgets holds the sizes on the wire, in brotli bytes.
func TestPagesStayWithinTheirBudgets(t *testing.T) {
	t.Parallel()
	b, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	size := func(name string) int {
		br, err := brotlied(b.files[name])
		if err != nil || len(br) == 0 {
			t.Fatalf("%s: %d bytes, %v", name, len(br), err)
		}
		return len(br)
	}
	lazy, placing, inbox := 0, 0, 0
	for name := range b.files {
		// Who votes and writes never loads what checks exports, on a page of its own.
		later := name != b.manifest["app.js"] && name != b.manifest["visitor.js"] && !strings.HasPrefix(name, "verify.")
		if strings.HasPrefix(name, "placing.") { // nor what those alone load who build programmes
			placing += size(name)
			continue
		}
		if strings.HasPrefix(name, "inbox.") {
			inbox += size(name)
			continue
		}
		if later && strings.HasSuffix(name, ".js") {
			lazy += size(name)
		}
	}
	for _, budget := range []struct {
		what      string
		have, max int
	}{
		{"scripts of a page, signed out", size(b.manifest["visitor.js"]), 6_000},
		{"scripts of a page, signed in", size(b.manifest["app.js"]), 10_000},
		{"all scripts that come later", lazy, 30_000},
		{"the board of a programme", placing, 2_500},
		{"the inbox", inbox, 1_000},
		{"style sheet", size(b.manifest["app.css"]), 12_000},
		{"style sheet of programmes", size(b.manifest["programme.css"]), 4_000},
		{"icons", size(b.manifest["icons.svg"]), 4_000},
	} {
		t.Logf("%s: %d of %d bytes", budget.what, budget.have, budget.max)
		if budget.have > budget.max {
			t.Errorf("%s: %d bytes, at most %d", budget.what, budget.have, budget.max)
		}
	}
}

func TestAPageLoadsOneScriptAndTheRestOnlyWhenNeeded(t *testing.T) {
	t.Parallel()
	b, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range []string{"app.js", "visitor.js"} {
		var meta struct {
			Outputs map[string]struct {
				Imports []struct{ Path, Kind string }
			}
		}
		if err := json.Unmarshal([]byte(b.meta[entry]), &meta); err != nil {
			t.Fatal(err)
		}
		for _, i := range meta.Outputs["dist/"+b.manifest[entry]].Imports {
			if i.Kind != "dynamic-import" {
				t.Errorf("%s loads %s at once (%s)", entry, i.Path, i.Kind)
			}
		}
	}
}

func TestTheSpriteHoldsASymbolForEveryIcon(t *testing.T) {
	t.Parallel()
	raw, err := drawSprite("../vendor")
	if err != nil {
		t.Fatal(err)
	}
	var sprite struct {
		Symbols []struct {
			ID    string `xml:"id,attr"`
			Inner string `xml:",innerxml"`
		} `xml:"symbol"`
	}
	if err := xml.Unmarshal(raw, &sprite); err != nil {
		t.Fatal(err)
	}
	icons, err := filepath.Glob("../vendor/lucide@*/icons/*.svg")
	if err != nil {
		t.Fatal(err)
	}
	if len(sprite.Symbols) != len(icons) || len(icons) < 45 {
		t.Errorf("%d symbols for %d icons", len(sprite.Symbols), len(icons))
	}
	for _, s := range sprite.Symbols {
		if s.Inner == "" {
			t.Errorf("symbol %s is empty", s.ID)
		}
	}
}

func TestABrokenSourceIsReportedWithItsPlace(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, body := range map[string]string{"js/app.js": "let = ;", "js/visitor.js": "", "css/app.css": "", "css/programme.css": "", "files/f.txt": "", "vendor/lucide@1/icons/a.svg": "<svg/>", "vendor/lucide@1/LICENSE": "x"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := build(root)
	if err == nil || !strings.Contains(fmt.Sprint(err), "js/app.js:1") {
		t.Errorf("error = %v, want one that names js/app.js:1", err)
	}
}
