package tally_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

// sharedCases are the published elections beside a checkout, where there are any.
const sharedCases = "../../../shared/tally-cases"

func TestEveryOwnCaseGivesTheExpectedResult(t *testing.T) {
	t.Parallel()
	runCases(t, caseFiles(t, "testdata/cases"))
}

func TestEverySharedCaseGivesTheExpectedResult(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(sharedCases); err != nil {
		testkit.Missing(t, "no shared tally cases beside this checkout; the own cases still run")
	}
	for _, method := range []string{
		"proposal", "plurality", "approval",
		"irv",
		"ranked_pairs",
		"schulze",
		"minimax",
		"copeland",
	} {
		runCases(t, caseFiles(t, filepath.Join(sharedCases, method)))
	}
}

func caseFiles(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files in %s (%v)", folder, err)
	}
	return files
}

func runCases(t *testing.T, files []string) {
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			compareCase(t, data)
		})
	}
}

// compareCase compares every field that the case expects, numbers by their
// exact digits and the winners and the tied as sets.
func compareCase(t *testing.T, data []byte) {
	counted, err := tally.CountCase(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(counted)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID, Method string
		Result     map[string]any
	}
	var want struct {
		ID, Method string
		Expected   map[string]any
	}
	decodeExactly(t, written, &got)
	decodeExactly(t, data, &want)
	if got.ID != want.ID || got.Method != want.Method {
		t.Errorf("result of %s by %s, want %s by %s", got.ID, got.Method, want.ID, want.Method)
	}
	if len(want.Expected) == 0 {
		t.Fatal("the case expects nothing")
	}
	for field, expected := range want.Expected {
		diff := cmp.Diff(expected, got.Result[field])
		if field == "winners" || field == "tied_for_last_seats" {
			diff = cmp.Diff(expected, got.Result[field], cmpopts.SortSlices(func(a, b any) bool {
				return a.(json.Number) < b.(json.Number)
			}))
		}
		if diff != "" {
			t.Errorf("%s (-want +got):\n%s", field, diff)
		}
	}
	if _, expected := want.Expected["tied_for_last_seats"]; !expected && got.Result["tied_for_last_seats"] != nil {
		t.Errorf("a tie is reported that nobody expects: %v", got.Result["tied_for_last_seats"])
	}
}

func decodeExactly(t *testing.T, data []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestABadCaseFileIsRefusedWithAReason(t *testing.T) {
	t.Parallel()
	choice := func(rest string) string {
		return `{"format":"tally-case/1","id":"x","method":"plurality","seats":1,"candidates":["a","b"],"ballot_type":"choice",` + rest + `}`
	}
	proposal := func(options, rest string) string {
		return `{"format":"tally-case/1","id":"x","method":"proposal","candidates":["A","B","C","D"],"ballot_type":"choice","options":` +
			options + `,` + rest + `}`
	}
	for name, tc := range map[string]struct{ file, reason string }{
		"nothing at all":             {``, "unexpected end"},
		"no JSON":                    {"{\n\"format\": oops}", "line 2:"},
		"a wrong type":               {"{\n\n\"seats\": \"one\"}", "line 3:"},
		"something after the end":    {`{"format":"tally-case/1"} {}`, "after top-level value"},
		"another format":             {`{"format":"tally-case/2"}`, `"tally-case/2" and not "tally-case/1"`},
		"an unknown method":          {`{"format":"tally-case/1","method":"psychic"}`, `"psychic" cannot be counted; known methods: approval, choice, copeland, `},
		"an unknown setting":         {choice(`"options":{"dots":3},"ballots":[]`), `options: json: unknown field "dots"`},
		"a ballot type of others":    {strings.Replace(choice(`"ballots":[]`), `"choice"`, `"ranked"`, 1), `ballot_type "ranked"`},
		"a ballot that is no pair":   {choice(`"ballots":[[1,0],[1]]`), "ballots[1]: is not a pair"},
		"a count of zero":            {choice(`"ballots":[[0,0]]`), "ballots[0]: count: 0 is not between"},
		"a negative count":           {choice(`"ballots":[[-3,0]]`), "ballots[0]: count: -3 is not between"},
		"a huge count":               {choice(`"ballots":[[1000000001,0]]`), "is not between"},
		"a count beyond 64 bits":     {choice(`"ballots":[[99999999999999999999,0]]`), "ballots[0]: count:"},
		"half a vote":                {choice(`"ballots":[[0.5,0]]`), "ballots[0]: count:"},
		"a ballot of null":           {choice(`"ballots":[[1,null]]`), "ballots[0]: ballot: null"},
		"a list for a single choice": {choice(`"ballots":[[1,[0]]]`), "ballots[0]: ballot:"},
		"an unknown option":          {choice(`"ballots":[[1,0],[2,2]]`), "ballots[1]: option 2 is not one of the 2 candidates"},
		"a negative option":          {choice(`"ballots":[[1,-1]]`), "option -1"},
		"an unknown withdrawal":      {choice(`"withdrawn":[7],"ballots":[]`), "withdrawn: option 7"},
		"all withdrawn":              {choice(`"withdrawn":[0,1],"ballots":[]`), "tally.rule.options_none"},
		"more seats than options":    {choice(`"seats":3,"ballots":[]`), "tally.rule.seats_range"},
		"a limit of no choices":      {choice(`"options":{"max_choices":0},"ballots":[]`), "max_choices is 0"},
		"a quorum above everybody":   {proposal(`{"quorum":"3/2","eligible":2}`, `"ballots":[]`), "tally.rule.quorum_range"},
		"a threshold that is a word": {proposal(`{"threshold":"most","eligible":2}`, `"ballots":[]`), `"most" is not a fraction`},
		"an unknown comparison":      {proposal(`{"compare":"lt","eligible":2}`, `"ballots":[]`), `compare "lt"`},
		"an unknown basis":           {proposal(`{"share_of":"them","eligible":2}`, `"ballots":[]`), "tally.rule.basis_unknown"},
		"no number of voters":        {proposal(`{}`, `"ballots":[]`), "eligible, the number of voters, is missing"},
		"fewer than no voters":       {proposal(`{"eligible":-1}`, `"ballots":[]`), "tally.rule.eligible_negative"},
		"more votes than voters":     {proposal(`{"eligible":2}`, `"ballots":[[3,0]]`), "3 votes cast by 2 eligible voters"},
		"a ranking by choice":        {strings.Replace(choice(`"ballots":[]`), "plurality", "irv", 1), `ballot_type "choice" does not go with method irv`},
		"a point for equal duels":    {strings.Replace(choice(`"options":{"tie_point":1},"ballots":[]`), "plurality", "copeland", 1), "tie_point"},
		"two places by runoff":       {strings.NewReplacer("plurality", "irv", `"choice"`, `"ranked"`, `"seats":1`, `"seats":2`).Replace(choice(`"ballots":[]`)), "tally.rule.one_seat"},
		"a withdrawn answer":         {proposal(`{"eligible":2}`, `"withdrawn":[1],"ballots":[]`), "cannot be withdrawn"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tally.CountCase(strings.NewReader(tc.file))
			if err == nil || !strings.Contains(err.Error(), tc.reason) {
				t.Errorf("error %v, want one that says %q", err, tc.reason)
			}
		})
	}
}

func FuzzCountCaseNeverFailsBadly(f *testing.F) {
	own, err := filepath.Glob("testdata/cases/*.json")
	if err != nil || len(own) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range own {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := tally.CountCase(bytes.NewReader(data))
		if err != nil {
			return
		}
		written, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("a result that is no JSON: %v", err)
		}
		again, err := tally.CountCase(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("counted once, refused the second time: %v", err)
		}
		rewritten, err := json.Marshal(again)
		if err != nil || !bytes.Equal(written, rewritten) {
			t.Fatalf("two counts differ (%v):\n%s\n%s", err, written, rewritten)
		}
	})
}
