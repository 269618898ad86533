package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// password is everybody's.
const password = "sunny garden day 7\n"

// withAna is a home with the group coast, of which Ana is a member.
func withAna(t testing.TB) home {
	t.Helper()
	h := newHome(t)
	if got := h.does("", "group", "add", "--name", "Coast network", "--handle", "coast"); got != "coast\n" {
		t.Errorf("group add prints %q", got)
	}
	if got := h.does(password, "user", "add", "--email", "ana@example.org", "--name", "Ana Ruiz", "--handle", "ana", "--affiliation", "Salt Works", "--password-stdin"); got != "ana\n" {
		t.Errorf("user add prints %q", got)
	}
	if got := h.does("", "group", "join", "--group", "coast", "--user", "ana"); got != "" {
		t.Errorf("group join prints %q", got)
	}
	return h
}

func TestPeopleGroupsAndTokensAreMadeAndNamedAlone(t *testing.T) {
	t.Parallel()
	h := withAna(t)
	if got := h.does("", "user", "add", "--email", "j@example.org", "--name", "Jürgen Groß", "--admin"); !regexp.MustCompile(`^[a-z0-9-]+\n$`).MatchString(got) {
		t.Errorf("a handle made from the name is printed as %q", got)
	}
	h.does("", "group", "join", "--group", "coast", "--user", "ana", "--role", "moderator") // again: the role changes
	token := h.does("", "token", "create", "--user", "ana", "--scopes", "read", "--expires", "720h")
	if !regexp.MustCompile(`^\S{20,}\n$`).MatchString(token) {
		t.Errorf("token create prints %q", token)
	}
	if other := h.does("", "token", "create", "--user", "ana"); other == token {
		t.Error("two tokens are the same")
	}
}

func TestGroupsAreMadeBelowOthers(t *testing.T) {
	t.Parallel()
	h := withAna(t)
	if got := h.does("", "group", "add", "--name", "Board", "--handle", "board", "--parent", "coast", "--visibility", "closed", "--joining", "request"); got != "board\n" {
		t.Errorf("group add prints %q", got)
	}
	h.does("", "group", "add", "--name", "Accounts", "--handle", "accounts", "--parent", "board")
	h.refuses(1, "--visibility", "", "group", "add", "--name", "X", "--handle", "extra", "--parent", "board", "--visibility", "public")
	h.refuses(1, "--parent", "", "group", "add", "--name", "X", "--handle", "extra", "--parent", "hills")
	h.refuses(2, "--joining", "", "group", "add", "--name", "X", "--handle", "extra", "--joining", "anyhow")
}

func TestWhatCannotBeDoneIsToldInOneLine(t *testing.T) {
	t.Parallel()
	h := withAna(t)
	h.refuses(1, "--email", password, "user", "add", "--email", "ANA@example.org", "--name", "Another Ana", "--password-stdin")
	h.refuses(1, "--handle", "", "user", "add", "--email", "other@example.org", "--name", "Another", "--handle", "ana")
	h.refuses(1, "--password", "short\n", "user", "add", "--email", "ben@example.org", "--name", "Ben", "--password-stdin")
	h.refuses(1, "--email", "", "user", "add", "--email", "nobody", "--name", "Ben")
	h.refuses(1, "--name", "", "user", "add", "--email", "ben@example.org", "--name", " \u200b ")
	h.refuses(1, "--handle", "", "group", "add", "--name", "Coast", "--handle", "coast")
	h.refuses(1, "--handle", "", "group", "add", "--name", "Coast", "--handle", "two words")
	h.refuses(1, "plenary group add", "", "group", "join", "--group", "hills", "--user", "ana")
	h.refuses(1, "plenary user add", "", "group", "join", "--group", "coast", "--user", "nobody")
	h.refuses(1, "plenary user add", "", "token", "create", "--user", "nobody")
	h.refuses(1, "--expires", "", "token", "create", "--user", "ana", "--expires=-1h")
	h.refuses(1, "plenary user add", password, "user", "password", "--user", "nobody")
	h.refuses(1, "--password", "short\n", "user", "password", "--user", "ana")
	h.refuses(2, "pipe the password into the command", "", "user", "password", "--user", "ana")
	h.refuses(1, "no such file", "", "import", "transcript", filepath.Join(h.dir, "missing.txt"), "--group", "coast")
	h.refuses(1, "plenary group add", "x", "import", "transcript", "-", "--group", "hills")
	h.refuses(1, "sqlite:///", "", "migrate", "--database-url", "plenary.db")
	h.refuses(1, "10.0.0.0/8", "", "serve", "--proxies", "10.0.0.1")
	h.refuses(1, "--broker-url", "", "serve", "--broker-url", "nats://[::1")
	if s := plenary(t, "", "migrate", "--database-url", "postgres://nobody:geheim7@127.0.0.1:1/none"); s.code != 1 ||
		!strings.Contains(s.errors, "open PostgreSQL") || strings.Contains(s.errors, "geheim7") {
		t.Errorf("a database that is not there: %+v", s)
	}
	s := plenary(t, "", "health", "--url", "http://127.0.0.1:1")
	checkRefusal(t, s, 1, "127.0.0.1:1", []string{"health"})
}

func TestMigrateSaysWhatItDoesAndADryRunDoesNothing(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	if got := h.does("", "migrate", "--dry-run"); !strings.Contains(got, "version 0 of ") {
		t.Errorf("a dry run on nothing prints %q", got)
	}
	if got := h.does("", "migrate", "--dry-run"); !strings.Contains(got, "version 0 of ") {
		t.Errorf("the dry run has changed something: %q", got)
	}
	first := h.does("", "migrate")
	if !regexp.MustCompile(`^The database has version [1-9]\d*\.\n$`).MatchString(first) || h.does("", "migrate") != first {
		t.Errorf("migrate prints %q", first)
	}
	if got := h.does("", "migrate", "--dry-run"); !strings.Contains(got, "to be applied: []") {
		t.Errorf("when all is done a dry run prints %q", got)
	}
}

func TestDemoFillsAnEmptyForumOnce(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	if got := h.does("", "demo"); !strings.HasPrefix(got, "Made: ") || !strings.Contains(got, "plenary user add") {
		t.Errorf("demo prints %q", got)
	}
	h.refuses(1, "", "", "demo")
}

// ownThread is a small transcript.
const ownThread = `Mon 5 Oct 2026 9:30AM

Where do we meet in spring?

MK Mira Kovač (Seaside Bakery) Public Seen by 41

We need a place for sixty people.


Jonas Wed 7 Oct 2026 8:05PM

The mill has no heating.
`

func TestATranscriptIsImportedOnceAndItsAddressPrinted(t *testing.T) {
	t.Parallel()
	h := withAna(t)
	file := filepath.Join(t.TempDir(), "thread.txt")
	if err := os.WriteFile(file, []byte(ownThread), 0o600); err != nil {
		t.Fatal(err)
	}
	first := h.does("", "import", "transcript", file, "--group", "coast", "--zone", "Europe/Berlin")
	if !regexp.MustCompile(`^/t/\d+/where-do-we-meet-in-spring\n$`).MatchString(first) {
		t.Errorf("it prints %q", first)
	}
	again := plenary(t, ownThread, "import", "transcript", "-", "--group", "coast", "--zone", "Europe/Berlin", "--data-dir", h.dir)
	if again.code != 0 || again.out != first || !strings.Contains(again.errors, "imported before") {
		t.Errorf("a second time: %+v", again)
	}
}

func TestABrokenTranscriptIsRefusedWithItsLineAndNothingStays(t *testing.T) {
	t.Parallel()
	h := withAna(t)
	broken := strings.Replace(ownThread, "Wed 7 Oct", "Fri 7 Oct", 1)
	h.refuses(1, "line 10", broken, "import", "transcript", "-", "--group", "coast")
	h.refuses(1, "empty", "", "import", "transcript", "-", "--group", "coast")
	h.refuses(1, "line 1", "\xff\xfe nothing", "import", "transcript", "-", "--group", "coast")
	h.does("", "user", "add", "--email", "jonas@example.org", "--name", "Jonas", "--handle", "jonas") // free: he was not made
	if got := h.does(ownThread, "import", "transcript", "-", "--group", "coast"); !strings.HasPrefix(got, "/t/1/") {
		t.Errorf("the first thread of all is at %q", got)
	}
}

// sharedFiles is where public test data may lie beside a checkout.
const sharedFiles = "../../../shared/"

func TestTheSeedIsImported(t *testing.T) {
	t.Parallel()
	seed := sharedFiles + "seed/cecop-thread.txt"
	if _, err := os.Stat(seed); errors.Is(err, fs.ErrNotExist) {
		testkit.Missing(t, "the seed is not beside this checkout; the own transcript is still imported")
	}
	h := withAna(t)
	if got := h.does("", "import", "transcript", seed, "--group", "coast"); !strings.HasPrefix(got, "/t/1/designing-european-event") {
		t.Errorf("it prints %q", got)
	}
}

// caseFiles are ballot files with known results: the program's own, and the
// published ones where they lie beside this checkout.
func caseFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../pkg/tally/testdata/cases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files, %v", err)
	}
	for _, method := range tally.CaseMethods() {
		published, err := filepath.Glob(sharedFiles + "tally-cases/" + method + "/*.json")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, published...)
	}
	return files
}

func TestTallyPrintsTheExpectedResultOfEveryFileOnALine(t *testing.T) {
	t.Parallel()
	files := caseFiles(t)
	s := plenary(t, "", append([]string{"tally"}, files...)...)
	if s.code != 0 || s.errors != "" {
		t.Fatalf("exit %d, %s", s.code, s.errors)
	}
	lines := strings.Split(strings.TrimSuffix(s.out, "\n"), "\n")
	if len(lines) != len(files) {
		t.Fatalf("%d lines for %d files", len(lines), len(files))
	}
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compareCount(t, filepath.Base(file), []byte(lines[i]), data)
	}
	t.Logf("%d files", len(files))
}

// byValue is a decimal without the noughts at its end, by which files write the
// same figure differently.
func byValue(text string) string {
	if whole, decimals, found := strings.Cut(text, "."); found && strings.Trim(whole+decimals, "0123456789") == "" {
		return strings.TrimSuffix(whole+"."+strings.TrimRight(decimals, "0"), ".")
	}
	return text
}

func compareCount(t *testing.T, name string, line, file []byte) {
	t.Helper()
	var got, want map[string]any
	exactly(t, line, &got)
	exactly(t, file, &want)
	if len(got) != 3 || got["id"] != want["id"] || got["method"] != want["method"] {
		t.Errorf("%s: the line is %s", name, line)
	}
	result, _ := got["result"].(map[string]any)
	expected, _ := want["expected"].(map[string]any)
	if len(expected) == 0 {
		t.Errorf("%s: nothing is expected", name)
	}
	for field, value := range expected {
		if field == "tolerance" || field == "checkpoints" {
			continue // figures of another program, which the counting itself is tested against
		}
		options := []cmp.Option{cmpopts.AcyclicTransformer("ByValue", byValue)}
		if slices.Contains([]string{"winners", "tied_for_last_seats"}, field) {
			options = append(options, cmpopts.SortSlices(func(a, b any) bool { return fmt.Sprint(a) < fmt.Sprint(b) }))
		}
		if diff := cmp.Diff(value, result[field], options...); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", name, field, diff)
		}
	}
}

// exactly keeps numbers as they are written.
func exactly(t *testing.T, data []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestTallyNamesTheFileThatCannotBeCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, tc := range map[string]struct{ text, why string }{
		"empty.json":  {"", "unexpected end"},
		"broken.json": {"{\n\n\"format\": oops}", "line 3"},
		"other.json":  {`{"format":"tally-case/2"}`, "tally-case/1"},
		"method.json": {`{"format":"tally-case/1","id":"x","method":"dice"}`, "dice"},
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := plenary(t, "", "tally", file)
		checkRefusal(t, s, 1, tc.why, []string{"tally", name})
		if !strings.Contains(s.errors, name) {
			t.Errorf("%s is not named: %s", name, s.errors)
		}
	}
	checkRefusal(t, plenary(t, "", "tally", filepath.Join(dir, "none.json")), 1, "no such file", []string{"tally"})
}
