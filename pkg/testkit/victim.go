package testkit

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// Rounds is how often tests kill a process; `make torture` asks for more.
func Rounds() int {
	if n, err := strconv.Atoi(os.Getenv("PLENARY_TORTURE_ROUNDS")); err == nil {
		return n
	}
	return 8
}

// Kill runs this test program once more, with a variable in its environment that
// its TestMain looks at, and kills it, so that it can tidy up nothing, when it has
// said so many lines. All that it said before it died is given.
func Kill(t testing.TB, variable, value string, after int) (said []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	inTime, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	victim := exec.CommandContext(inTime, self)
	victim.Env = append(os.Environ(), variable+"="+value)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if said = append(said, lines.Text()); len(said) != after {
			continue
		}
		if err := victim.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	if err := victim.Wait(); err == nil {
		t.Errorf("the process that was to be killed ended by itself, having said %q", said)
	}
	if len(said) < after {
		t.Fatalf("the process that was to be killed said only %q", said)
	}
	return said
}
