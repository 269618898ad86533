package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plenary/pkg/i18n"
	"plenary/pkg/testkit"
)

const exports = "../../pkg/ledger/testdata/"

func TestRecountSaysOnALineEachWhatHolds(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"open.json", "secret.json", "counted.json", "beacon.json"} {
		s := plenary(t, "", "recount", exports+name)
		lines := strings.Split(strings.TrimSuffix(s.out, "\n"), "\n")
		if s.code != 0 || s.errors != "" || len(lines) < 12 {
			t.Errorf("%s: exit %d, %s\n%s", name, s.code, s.errors, s.out)
		}
		for _, line := range lines {
			if !strings.HasPrefix(line, "Holds: ") && !strings.HasPrefix(line, "Cannot be checked: Compare the fingerprint") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

// Of sums in place of ballots it says what was counted again, and what cannot be
// checked without the box.
func TestRecountCountsSumsAgainAndSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := plenary(t, "", "recount", exports+"summed.json")
	if s.code != 0 || s.errors != "" || strings.Contains(s.out, "Fails: ") {
		t.Errorf("exit %d, %s\n%s", s.code, s.errors, s.out)
	}
	for _, words := range []string{"Holds: The first preferences and duels are those sealed", "Holds: Counting again from the published sums", "Cannot be checked: Single ballots are not in this export"} {
		if !strings.Contains(s.out, words) {
			t.Errorf("%q is not said:\n%s", words, s.out)
		}
	}
}

func TestRecountEndsWithOneWhereSomethingFails(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(exports + "secret.json")
	if err != nil {
		t.Fatal(err)
	}
	s := plenary(t, strings.Replace(string(data), `"weight": 1`, `"weight": 2`, 1), "recount", "-")
	if s.code != 1 || !strings.Contains(s.out, "\nFails: ") || !strings.Contains(s.out, "\nHolds: ") || !strings.Contains(s.errors, "not everything holds") {
		t.Errorf("exit %d, %s\n%s", s.code, s.errors, s.out)
	}
	if s := plenary(t, `{"format":"plenary-poll/9"}`, "recount", "-"); s.code != 1 || !strings.HasPrefix(s.out, "Fails: ") {
		t.Errorf("another format: %+v", s)
	}
	checkRefusal(t, plenary(t, `{"format":"plenary-poll/1","log":5}`, "recount", "-"), 1, "read the export", []string{"recount"})
	checkRefusal(t, plenary(t, "hello", "recount", "-"), 1, "neither BLT", []string{"recount"})
	checkRefusal(t, plenary(t, "", "recount", filepath.Join(t.TempDir(), "none")), 1, "no such file", []string{"recount"})
}

func TestRecountComparesACaseWithWhatItExpects(t *testing.T) {
	t.Parallel()
	text := `{"format":"tally-case/1","id":"x","method":"approval","seats":1,"candidates":["A","B"],"ballot_type":"approval",
		"ballots":[[2,[0]],[1,[0,1]]],"expected":{"totals":[3,1],"winners":[0],"other":1}}`
	s := plenary(t, text, "recount", "-")
	if want := "Cannot be checked: other of x.\nHolds: totals of x.\nHolds: winners of x.\n"; s.code != 0 || s.out != want {
		t.Errorf("exit %d, %s%s", s.code, s.errors, s.out)
	}
	s = plenary(t, strings.Replace(text, "[3,1]", "[3,2]", 1), "recount", "-")
	if s.code != 1 || !strings.Contains(s.out, "Fails: totals of x.\n") {
		t.Errorf("exit %d, %s", s.code, s.out)
	}
}

// Each case is counted and compared once more as the commands do it; the cases
// beside the checkout besides, where there are any.
func TestEveryCaseHoldsThroughTheCommands(t *testing.T) {
	t.Parallel()
	own, _ := filepath.Glob("../../pkg/tally/testdata/cases/*.json")
	shared, _ := filepath.Glob("../../../shared/tally-cases/*/*.json")
	if len(own) == 0 {
		t.Fatal("no cases")
	}
	if len(shared) == 0 {
		testkit.Missing(t, "no shared tally cases beside this checkout; the own cases still run")
	}
	all := append(own, shared...)
	s := plenary(t, "", append([]string{"tally"}, all...)...)
	lines := strings.Split(strings.TrimSuffix(s.out, "\n"), "\n")
	if s.code != 0 || len(lines) != len(all) {
		t.Fatalf("exit %d, %d lines for %d files: %s", s.code, len(lines), len(all), s.errors)
	}
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range all {
		var line struct {
			ID     string
			Result map[string]any
		}
		if err := json.Unmarshal([]byte(lines[i]), &line); err != nil || line.ID != strings.TrimSuffix(filepath.Base(file), ".json") || len(line.Result) == 0 {
			t.Errorf("%s: %v, %s", file, err, lines[i])
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		p := &printer{tools: &tools{out: &out}, words: bundle.Localizer("en")}
		if err := p.recount(data); err != nil || p.failed || !strings.Contains(out.String(), "Holds: ") {
			t.Errorf("%s: %v\n%s", file, err, out.String())
		}
	}
}

func TestRecountCountsAFileOfScoresByMethodsOfScores(t *testing.T) {
	t.Parallel()
	s := plenary(t, "3:A/5,B/2\n2:A/0,B/4\n", "recount", "-")
	want := "For interest, the winners by score: A.\n"
	if s.code != 0 || !strings.Contains(strings.ToLower(s.out), strings.ToLower(want)) || strings.Count(s.out, "\n") != 3 {
		t.Errorf("exit %d, %s%s", s.code, s.errors, s.out)
	}
	checkRefusal(t, plenary(t, "receipt,votes,A,B\n,1,x,\n", "recount", "-"), 1, "plenary tally --method approval", []string{"recount"})
}

func TestTallyReadsFilesOfOtherPrograms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "lunch.csv")
	if err := os.WriteFile(file, []byte("receipt,votes,Soup,Bread\nx,1,x,x\ny,2,x,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := plenary(t, "", "tally", file)
	var got struct {
		ID     string `json:"id"`
		Method string `json:"method"`
		Result struct {
			Totals  []int `json:"totals"`
			Winners []int `json:"winners"`
		} `json:"result"`
	}
	if err := json.Unmarshal([]byte(s.out), &got); err != nil || s.code != 0 {
		t.Fatalf("exit %d, %s: %s (%v)", s.code, s.errors, s.out, err)
	}
	if got.ID != "lunch" || got.Method != "approval" || len(got.Result.Totals) != 2 || got.Result.Totals[0] != 3 || got.Result.Winners[0] != 0 {
		t.Errorf("%s", s.out)
	}
	if s := plenary(t, "1:A>B\n", "tally", "--method", "dice", "-"); s.code != 1 || !strings.Contains(s.errors, `"dice" cannot be counted`) {
		t.Errorf("%+v", s)
	}
	checkRefusal(t, plenary(t, "1:A>A\n", "tally", "-"), 1, "line 1", []string{"tally"})
	checkRefusal(t, plenary(t, "1:A\n", "tally", "--seats=-1", "-"), 2, "--seats", []string{"tally"})
}
