package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// asProgram makes a child of the test binary behave as the program itself.
const asProgram = "PLENARY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	for _, setting := range os.Environ() { // of whoever runs the tests
		if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "PLENARY_") && !strings.HasPrefix(name, "PLENARY_TEST_") {
			_ = os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// said is what a command line came to.
type said struct {
	code        int
	out, errors string
}

// plenary carries out a command line in this process.
func plenary(t testing.TB, in string, args ...string) said {
	t.Helper()
	var out, errors bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(in), &out, &errors)
	return said{code, out.String(), errors.String()}
}

// home is a data folder with the commands that work in it.
type home struct {
	t   testing.TB
	dir string
}

func newHome(t testing.TB) home { return home{t, filepath.Join(t.TempDir(), "data")} }

// does carries out a command that must succeed and gives its output.
func (h home) does(in string, args ...string) string {
	h.t.Helper()
	s := plenary(h.t, in, append(args, "--data-dir", h.dir)...)
	if s.code != 0 || s.errors != "" {
		h.t.Fatalf("%v: exit %d, %s%s", args, s.code, s.out, s.errors)
	}
	return s.out
}

// refuses carries out a command that must fail with the code, print nothing to
// standard output and say why in one line.
func (h home) refuses(code int, why, in string, args ...string) {
	h.t.Helper()
	checkRefusal(h.t, plenary(h.t, in, append(args, "--data-dir", h.dir)...), code, why, args)
}

func checkRefusal(t testing.TB, s said, code int, why string, args []string) {
	t.Helper()
	switch {
	case s.code != code:
		t.Errorf("%v: exit %d, want %d (%s)", args, s.code, code, s.errors)
	case s.out != "":
		t.Errorf("%v: prints %q to standard output", args, s.out)
	case !strings.Contains(s.errors, why) || !strings.HasPrefix(s.errors, "plenary: "):
		t.Errorf("%v: says %q, want %q in it", args, s.errors, why)
	case strings.Count(s.errors, "\n") != 1 || !strings.HasSuffix(s.errors, "\n"):
		t.Errorf("%v: says more or less than one line: %q", args, s.errors)
	}
}

func TestWrongUsageIsToldInOneLineAndNothingIsDone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args []string
		why  string
	}{
		{[]string{"vote"}, "vote"},
		{[]string{"serve", "--colour", "red"}, "--colour"},
		{[]string{"serve", "extra"}, "extra"},
		{[]string{"serve", "--drain", "soon"}, "drain"},
		{[]string{"serve", "--log-format", "xml"}, "xml"},
		{[]string{"serve", "--base-url", "forum.example"}, "--base-url"},
		{[]string{"serve", "--base-url", "https://forum.example/path"}, "--base-url"},
		{[]string{"serve", "--addr", "8080"}, "--addr"},
		{[]string{"user"}, "add"},
		{[]string{"user", "add"}, "--email"},
		{[]string{"user", "add", "--email", "ana@example.org"}, "--name"},
		{[]string{"user", "add", "--email", "ana@example.org", "--name", "Ana", "--password-stdin"}, "pipe the password into the command"},
		{[]string{"token", "create"}, "--user"},
		{[]string{"token", "create", "--user", "ana", "--scopes", "everything"}, "--scopes"},
		{[]string{"token", "create", "--user", "ana", "--expires", "tomorrow"}, "--expires"},
		{[]string{"group", "add", "--name", "Coast"}, "--handle"},
		{[]string{"group", "add", "--name", "Coast", "--handle", "coast", "--visibility", "hidden"}, "--visibility"},
		{[]string{"group", "join", "--group", "coast"}, "--user"},
		{[]string{"group", "join", "--group", "coast", "--user", "ana", "--role", "king"}, "--role"},
		{[]string{"import", "transcript", "--group", "coast"}, "<file>"},
		{[]string{"import", "transcript", "file.txt"}, "--group"},
		{[]string{"import", "transcript", "file.txt", "--group", "coast", "--zone", "Mars/Olympus"}, "--zone"},
		{[]string{"tally"}, "<files>"},
		{[]string{"help", "nothing"}, "nothing"},
	} {
		t.Run(strings.Join(tc.args, " "), func(t *testing.T) {
			t.Parallel()
			before := t.TempDir()
			args := tc.args
			if takesDataDir(args) {
				args = append(args, "--data-dir", filepath.Join(before, "data"))
			}
			checkRefusal(t, plenary(t, "", args...), 2, tc.why, args)
			if made, err := os.ReadDir(before); err != nil || len(made) > 0 {
				t.Errorf("it left %v behind, %v", made, err)
			}
		})
	}
}

func takesDataDir(args []string) bool {
	return len(args) > 1 && args[0] != "help" && args[0] != "tally"
}

func TestEveryCommandIsExplained(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"", "serve", "migrate", "user", "user add", "user password", "token create", "group add", "group join",
		"import", "import transcript", "demo", "tally", "health", "version"} {
		words := strings.Fields(command)
		asked, flagged := plenary(t, "", append([]string{"help"}, words...)...), plenary(t, "", append(words, "--help")...)
		if asked.code != 0 || asked.errors != "" || !strings.Contains(asked.out, "Usage: plenary "+command) {
			t.Errorf("help %s: exit %d, %s%s", command, asked.code, asked.out, asked.errors)
		}
		if asked != flagged {
			t.Errorf("help %s and %s --help differ", command, command)
		}
		if takesData := !strings.Contains(" user import tally health version ", " "+command+" ") && command != ""; takesData != strings.Contains(asked.out, "--data-dir") {
			t.Errorf("help %s: --data-dir is named or not: %s", command, asked.out)
		}
	}
	if bare := plenary(t, ""); bare.code != 0 || !strings.Contains(bare.out, "Usage: plenary") {
		t.Errorf("without a word: %+v", bare)
	}
	if v := plenary(t, "", "version"); v != (said{0, version + "\n", ""}) {
		t.Errorf("version: %+v", v)
	}
}
