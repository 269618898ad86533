package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// program is plenary in a process of its own.
type program struct {
	t      testing.TB
	cmd    *exec.Cmd
	base   string
	lines  chan string // of standard output
	errors bytes.Buffer
}

// launch starts the program with the environment added to an empty one.
func launch(t testing.TB, env []string, args ...string) *program {
	t.Helper()
	p := &program{t: t, cmd: exec.Command(os.Args[0], args...), lines: make(chan string, 100)}
	p.cmd.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	p.cmd.Stderr = &p.errors
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	return p
}

// serve starts the forum of a home and waits until it says that it is ready.
func (h home) serve(args ...string) *program {
	h.t.Helper()
	addr := freePort(h.t)
	p := launch(h.t, nil, append([]string{"serve", "--addr", addr, "--base-url", "http://" + addr, "--data-dir", h.dir}, args...)...)
	p.base = "http://" + addr
	if line := p.line(); line != "Plenary is ready at "+p.base {
		h.t.Fatalf("the first line is %q", line)
	}
	return p
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// line is the next line of standard output.
func (p *program) line() string {
	p.t.Helper()
	select {
	case line, more := <-p.lines:
		if !more {
			p.t.Fatalf("the program has ended: %v %s", p.cmd.Wait(), p.errors.String())
		}
		return line
	case <-time.After(patience):
		p.t.Fatal("the program says nothing")
	}
	return ""
}

// rest waits for the end and gives the lines that were still to come, with the
// exit code.
func (p *program) rest() (lines []string, code int) {
	p.t.Helper()
	for line := range p.lines {
		lines = append(lines, line)
	}
	err := p.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return lines, exit.ExitCode()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return lines, 0
}

// signal asks the program to stop and gives what it came to.
func (p *program) signal(s os.Signal) (lines []string, code int) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	return p.rest()
}

var setUpLink = regexp.MustCompile(`^Set it up here, once: (http://\S+/setup/\S+)$`)

func TestAFirstStartPrintsOneSetUpLinkThatOpensTheForum(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.serve("--drain", "100ms")
	link := setUpLink.FindStringSubmatch(p.line())
	if link == nil || !strings.HasPrefix(link[1], p.base) {
		t.Fatalf("no set-up link of %s: %q", p.base, link)
	}
	browser := visitor(t)
	if status, text := browser.get(link[1]); status != http.StatusOK || !strings.Contains(text, "<form") {
		t.Fatalf("the link opens %d %s", status, text)
	}
	status, _ := browser.send(link[1], url.Values{"forum": {"Coast"}, "name": {"Ana Ruiz"}, "handle": {"ana"}, "email": {"ana@example.org"}, "password": {strings.TrimSpace(password)}, "start": {"empty"}})
	if status != http.StatusOK {
		t.Errorf("setting up is answered %d", status)
	}
	if status, _ := visitor(t).get(link[1]); status != http.StatusGone {
		t.Errorf("a second time the link is answered %d", status)
	}
	if more, code := p.signal(syscall.SIGTERM); len(more) > 0 || code != 0 {
		t.Errorf("exit %d after %q", code, more)
	}
	again := h.serve("--drain", "100ms")
	if more, code := again.signal(os.Interrupt); len(more) > 0 || code != 0 {
		t.Errorf("the second start says %q, exit %d", more, code)
	}
}

// surfer is somebody with a browser that keeps cookies.
type surfer struct {
	t testing.TB
	*http.Client
}

func visitor(t testing.TB) surfer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return surfer{t, &http.Client{Jar: jar, Timeout: patience}}
}

func (p surfer) get(address string) (status int, text string) {
	p.t.Helper()
	answer, err := p.Get(address)
	return p.read(answer, err)
}

func (p surfer) send(address string, form url.Values) (status int, text string) {
	p.t.Helper()
	answer, err := p.PostForm(address, form)
	return p.read(answer, err)
}

func (p surfer) read(answer *http.Response, err error) (status int, text string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(data)
}

func (p surfer) signsIn(base, email, word string) (status int) {
	p.t.Helper()
	status, _ = p.send(base+"/signin", url.Values{"email": {email}, "password": {word}})
	return status
}

func TestCommandsWorkBesideARunningForum(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	p := h.serve("--drain", "100ms")
	var all sync.WaitGroup
	for i := range 4 { // at once, and with the forum at work
		all.Go(func() {
			h.does(password, "user", "add", "--email", fmt.Sprintf("p%d@example.org", i), "--name", "Person", "--handle", fmt.Sprint("p", i), "--password-stdin")
		})
	}
	all.Wait()
	h.does("", "group", "add", "--name", "Coast", "--handle", "coast", "--visibility", "closed")
	ana := visitor(t)
	if status := ana.signsIn(p.base, "p0@example.org", "wrong garden day 7"); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password is answered %d", status)
	}
	if status := ana.signsIn(p.base, "p0@example.org", strings.TrimSpace(password)); status != http.StatusOK {
		t.Errorf("signing in is answered %d", status)
	}
	address := strings.TrimSpace(h.does("", "group", "join", "--group", "coast", "--user", "p0") + h.does(ownThread, "import", "transcript", "-", "--group", "coast"))
	if status, text := ana.get(p.base + address); status != http.StatusOK || !strings.Contains(text, "The mill has no heating.") {
		t.Errorf("the imported discussion is answered %d", status)
	}
	h.does("another garden day 8\n", "user", "password", "--user", "p1")
	if status := visitor(t).signsIn(p.base, "p1@example.org", "another garden day 8"); status != http.StatusOK {
		t.Errorf("signing in with the new password is answered %d", status)
	}
	if s := plenary(t, "", "health", "--url", p.base); s != (said{}) {
		t.Errorf("health: %+v", s)
	}
	h.does("", "migrate")
	if _, code := p.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit %d: %s", code, p.errors.String())
	}
	if s := plenary(t, "", "health", "--url", p.base); s.code != 1 {
		t.Errorf("health of a forum that has gone: %+v", s)
	}
}

func TestAnAddressThatIsTakenEndsTheProgram(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := launch(t, nil, "serve", "--addr", taken.Addr().String(), "--data-dir", filepath.Join(t.TempDir(), "data"))
	lines, code := p.rest()
	if code != 1 || len(lines) > 0 || !strings.Contains(p.errors.String(), "choose another with --addr") {
		t.Errorf("exit %d, %q, %s", code, lines, p.errors.String())
	}
}

// TestFlagsAreStrongerThanTheEnvironmentAndThatThanTheFile looks at the address
// that the forum says it has.
func TestFlagsAreStrongerThanTheEnvironmentAndThatThanTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte(`{"base-url": "https://file.example", "drain": "50ms"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := "PLENARY_BASE_URL=https://environment.example"
	for name, tc := range map[string]struct {
		env, args []string
		want      string
	}{
		"the file":                         {nil, []string{"--config", file}, "https://file.example"},
		"the file, named by a variable":    {[]string{"PLENARY_CONFIG=" + file}, nil, "https://file.example"},
		"the environment over the file":    {[]string{env}, []string{"--config", file}, "https://environment.example"},
		"the environment over both unsaid": {[]string{env, "PLENARY_CONFIG=" + file}, nil, "https://environment.example"},
		"a flag over the environment":      {[]string{env}, []string{"--base-url", "https://flag.example"}, "https://flag.example"},
		"a flag over the file":             {nil, []string{"--config", file, "--base-url", "https://flag.example"}, "https://flag.example"},
		"a flag over both":                 {[]string{env}, []string{"--config", file, "--base-url", "https://flag.example"}, "https://flag.example"},
		"nothing":                          {nil, nil, "http://localhost:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := launch(t, tc.env, append([]string{"serve", "--addr", freePort(t), "--data-dir", filepath.Join(t.TempDir(), "data")}, tc.args...)...)
			if line := p.line(); !strings.HasPrefix(line, "Plenary is ready at "+tc.want) {
				t.Errorf("it says %q, want %s", line, tc.want)
			}
			if _, code := p.signal(syscall.SIGKILL); code != -1 {
				t.Errorf("exit %d", code)
			}
		})
	}
}

func TestASettingsFileMayHoldListsAndUnderscores(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(file, []byte(`{"proxies": ["10.0.0.0/8", "nowhere"], "base_url": "http://localhost:8080", "log-format": "json"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := plenary(t, "", "serve", "--config", file, "--data-dir", filepath.Join(t.TempDir(), "data"))
	checkRefusal(t, s, 1, `"nowhere"`, []string{"serve"}) // the second of the list was read
}

func TestASettingsFileWithASlipIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for text, why := range map[string]string{
		`{"base-ulr": "https://forum.example"}`: "base-ulr",
		`{"base-url": `:                         "JSON",
		`["base-url"]`:                          "JSON",
		`{"drain": "soon"}`:                     "drain",
	} {
		file := filepath.Join(dir, fmt.Sprintf("%x.json", text))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		checkRefusal(t, plenary(t, "", "serve", "--config", file, "--data-dir", filepath.Join(dir, "data")), 2, why, []string{text})
	}
	checkRefusal(t, plenary(t, "", "serve", "--config", filepath.Join(dir, "none.json")), 2, "none.json", []string{"no file"})
	if _, err := os.Stat(filepath.Join(dir, "data")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was made: %v", err)
	}
}
