package tally_test

import (
	"bytes"
	"encoding/json"
	"math/big"
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
	for _, method := range sharedMethods(t) {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			runCases(t, caseFiles(t, filepath.Join(sharedCases, method)))
		})
	}
}

// sharedMethods lists the folders of cases.
func sharedMethods(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(sharedCases)
	if err != nil {
		t.Fatal(err)
	}
	var methods []string
	for _, entry := range entries {
		if entry.IsDir() {
			methods = append(methods, entry.Name())
		}
	}
	if len(methods) < 10 {
		t.Fatalf("only the methods %v are there", methods)
	}
	return methods
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
		var diff string
		switch {
		case field == "winners" || field == "tied_for_last_seats":
			diff = cmp.Diff(expected, got.Result[field], cmpopts.SortSlices(func(a, b any) bool {
				return a.(json.Number) < b.(json.Number)
			}))
		case field == "rounds" && want.Method == "stv_wigm":
			diff = cmp.Diff(expected, got.Result[field], numbersWithin("0")) // published with and without decimals
		case field == "checkpoints":
			diff = checkpointsDiff(expected, got.Result[field])
		case field == "tolerance": // of the checkpoints
		default:
			diff = cmp.Diff(expected, got.Result[field])
		}
		if diff != "" {
			t.Errorf("%s (-want +got):\n%s", field, diff)
		}
	}
	if _, expected := want.Expected["tied_for_last_seats"]; !expected && got.Result["tied_for_last_seats"] != nil {
		t.Errorf("a tie is reported that nobody expects: %v", got.Result["tied_for_last_seats"])
	}
}

// numbersWithin lets numbers written as strings differ by no more than that.
func numbersWithin(tolerance string) cmp.Option {
	most := number(tolerance)
	return cmp.FilterValues(func(a, b string) bool { return number(a) != nil && number(b) != nil },
		cmp.Comparer(func(a, b string) bool {
			difference := new(big.Rat).Sub(number(a), number(b))
			return difference.Abs(difference).Cmp(most) <= 0
		}))
}

func number(text string) *big.Rat {
	if r, ok := new(big.Rat).SetString(text); ok {
		return r
	}
	return nil
}

// checkpointsDiff compares figures published with two decimals, of which the
// exhausted votes are a sum of rounded ones: 0.005 on votes and quota, 0.01 there.
func checkpointsDiff(want, got any) string {
	isExhausted := func(p cmp.Path) bool { return strings.Contains(p.GoString(), `"exhausted"`) }
	exhausted := cmp.FilterPath(isExhausted, numbersWithin("0.01"))
	others := cmp.FilterPath(func(p cmp.Path) bool { return !isExhausted(p) }, numbersWithin("0.005"))
	return cmp.Diff(want, got, exhausted, others)
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
	with := func(method, ballotType, rest string) string {
		return `{"format":"tally-case/1","id":"x","method":"` + method + `","candidates":["a","b"],"ballot_type":"` + ballotType + `",` + rest + `}`
	}
	stv := func(method, rest string) string {
		return `{"format":"tally-case/1","id":"x","method":"` + method + `","seats":1,"candidates":["a","b"],"ballot_type":"ranked",` + rest + `}`
	}
	for name, tc := range map[string]struct{ file, reason string }{
		"nothing at all":             {``, "unexpected end"},
		"no JSON":                    {"{\n\"format\": oops}", "line 2:"},
		"a wrong type":               {"{\n\n\"seats\": \"one\"}", "line 3:"},
		"something after the end":    {`{"format":"tally-case/1"} {}`, "after top-level value"},
		"another format":             {`{"format":"tally-case/2"}`, `"tally-case/2" and not "tally-case/1"`},
		"an unknown method":          {`{"format":"tally-case/1","method":"psychic"}`, `"psychic" cannot be counted; known methods: approval, borda, choice, `},
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
		"a score too few":            {with("score", "score", `"ballots":[[1,[3]]]`), "ballots[0]: ballot: has 1 numbers for 2 candidates"},
		"a score that is a word":     {with("score", "score", `"ballots":[[1,[3,"much"]]]`), "ballots[0]: ballot:"},
		"a score that is a fraction": {with("score", "score", `"ballots":[[1,[3,0.5]]]`), "ballots[0]: ballot:"},
		"a score beyond 64 bits":     {with("score", "score", `"ballots":[[1,[3,1e99]]]`), "ballots[0]: ballot:"},
		"the least number of all":    {with("score", "score", `"ballots":[[1,[3,-9223372036854775808]]]`), "is no score"},
		"scores that are one number": {with("score", "score", `"ballots":[[1,3]]`), "ballots[0]: ballot: is not a list"},
		"an unknown sum":             {with("score", "score", `"options":{"aggregate":"median"},"ballots":[]`), `aggregate "median" is not one of: sum; mean`},
		"blanks that count for sums": {with("score", "score", `"options":{"blank":"ignore"},"ballots":[]`), `blank "ignore"`},
		"scores in a wrong order":    {with("score", "score", `"options":{"min":7},"ballots":[]`), "tally.rule.number_range"},
		"other ties of STAR":         {with("star", "score", `"options":{"score_tie_protocol":"alphabet"},"ballots":[]`), `score_tie_protocol "alphabet"`},
		"STAR for two seats":         {with("star", "score", `"seats":2,"ballots":[]`), "tally.rule.not_for_method"},
		"an unknown rank":            {with("borda", "ranked", `"ballots":[[1,[0,[1,2]]]]`), "option 2 is not one of the 2 candidates"},
		"a rank of null":             {with("borda", "ranked", `"ballots":[[1,[0,null]]]`), "null where a number is needed"},
		"a rank inside a rank":       {with("borda", "ranked", `"ballots":[[1,[0,[[1]]]]]`), "ballots[0]: ballot:"},
		"credits at another price":   {with("quadratic", "score", `"options":{"cost":"votes"},"ballots":[]`), `cost "votes"`},
		"another median":             {with("majority_judgment", "score", `"options":{"median":"upper"},"ballots":[]`), `median "upper"`},
		"a row of grades too few":    {with("majority_judgment", "grade_tally", `"tallies":[[1,2]],"options":{"grades":["a","b"]}`), "tallies: 1 rows for 2 candidates"},
		"a grade too few":            {with("majority_judgment", "grade_tally", `"tallies":[[1,2],[1]],"options":{"grades":["a","b"]}`), "tallies[1]: 1 numbers for 2 grades"},
		"a negative tally":           {with("majority_judgment", "grade_tally", `"tallies":[[1,2],[-1,4]],"options":{"grades":["a","b"]}`), "negative or too large"},
		"tallies beyond 63 bits":     {with("majority_judgment", "grade_tally", `"tallies":[[1,2],[9223372036854775807,1]],"options":{"grades":["a","b"]}`), "negative or too large"},
		"ballots beside tallies":     {with("majority_judgment", "grade_tally", `"ballots":[[1,[0]]]`), `ballot_type "grade_tally" has no ballots`},
		"one grade":                  {with("majority_judgment", "grade_tally", `"tallies":[[1],[1]],"options":{"grades":["a"]}`), "tally.rule.number_range"},
		"a yes that counts three":    {with("time_poll", "score", `"options":{"values":{"yes":3}},"ballots":[]`), `"yes" cannot have the value 3`},
		"an unknown answer to slots": {with("time_poll", "score", `"options":{"values":{"maybe":1}},"ballots":[]`), `"maybe" cannot have the value 1`},
		"a withdrawn acceptance":     {with("opt_in", "choice", `"withdrawn":[0],"ballots":[]`), "cannot be withdrawn"},
		"a negative target":          {with("opt_in", "choice", `"options":{"target":-1},"ballots":[]`), "tally.rule.number_range"},
		"a draw with ballots":        {with("draw", "none", `"ballots":[[1,0]]`), `ballot_type "none" has no ballots`},
		"another way to draw":        {with("draw", "none", `"options":{"algorithm":"dice"},"ballots":[]`), `algorithm "dice"`},
		"drawing more than all":      {with("sortition", "none", `"seats":3,"ballots":[]`), "seats: 3 is not between 0 and 2"},
		"drawing less than nobody":   {with("sortition", "none", `"seats":-1,"ballots":[]`), "seats: -1 is not between 0 and 2"},
		"a pool with a gap":          {with("sortition", "none", `"withdrawn":[0],"ballots":[]`), "withdrawn:"},
		"marks where ranks are due":  {strings.Replace(stv("stv_meek", `"ballots":[]`), `"ranked"`, `"approval"`, 1), `ballot_type "approval"`},
		"another rule of Meek's":     {stv("stv_meek", `"options":{"rule":"warren"},"ballots":[]`), `rule "warren" cannot be counted`},
		"another end of Meek's":      {stv("stv_meek", `"options":{"omega":"0.01"},"ballots":[]`), `omega "0.01" cannot be counted`},
		"other decimals than fixed":  {stv("stv_scottish", `"options":{"decimals":4},"ballots":[]`), "decimals is 4, and stv_scottish has 5"},
		"Meek's setting elsewhere":   {stv("stv_wigm", `"options":{"omega":"0.000001"},"ballots":[]`), "for stv_meek only"},
		"a quota's words elsewhere":  {stv("stv_meek", `"options":{"quota":"floor(votes/(seats+1))+1"},"ballots":[]`), "for stv_wigm only"},
		"one elected in each round":  {stv("stv_wigm", `"options":{"several_elected_per_round":false},"ballots":[]`), "cannot be false"},
		"too many decimals":          {stv("stv_wigm", `"options":{"decimals":10},"ballots":[]`), "tally.rule.stv_decimals"},
		"a stranger who withdraws":   {stv("stv_scottish", `"withdrawn":[3],"ballots":[]`), "withdrawn: option 3"},
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
