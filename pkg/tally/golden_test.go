package tally_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

var update = flag.Bool("update", false, "write the golden files anew")

// told is a poll whose whole result, and its English account, is kept as a
// golden file.
type told struct {
	name     string
	rules    tally.Rules
	options  []string
	eligible int64
	ballots  []tally.Ballot
	seed     string // of the lots; empty: none
}

func tellings() []told {
	answers := tally.ProposalOptions()
	themes := []string{"Fibre networks", "Time banks", "Care", "Housing"}
	proposal := func(r tally.Rules) tally.Rules { r.Method = tally.Proposal; return r }
	choice := func(r tally.Rules) tally.Rules { r.Method = tally.Choice; return r }
	marks := []told{
		{"proposal-passed", proposal(tally.Rules{Quorum: half(), Threshold: twoThirds()}), answers, 30, votes(15, 3, 7), ""},
		{"proposal-rejected", proposal(tally.Rules{Basis: tally.OfEligible, Threshold: tally.Percent(75), Over: true}), answers, 10, votes(7, 1, 1), ""},
		{"proposal-short-of-one", proposal(tally.Rules{Threshold: half()}), answers, 2, votes(0, 0, 1), ""},
		{"proposal-no-quorum", proposal(tally.Rules{Quorum: half()}), answers, 20, votes(9), ""},
		{"proposal-quorum-of-one", proposal(tally.Rules{Quorum: half()}), answers, 1, nil, ""},
		{"proposal-blocked", proposal(tally.Rules{BlocksAllowed: 1}), answers, 20, votes(15, 0, 0, 2), ""},
		{"proposal-blocked-once", proposal(tally.Rules{}), answers, 20, votes(19, 0, 0, 1), ""},
		{"proposal-blocks-passed-over", proposal(tally.Rules{BlocksAllowed: 2}), answers, 20, votes(15, 0, 0, 2), ""},
		{"proposal-all-abstain", proposal(tally.Rules{Quorum: half()}), answers, 20, votes(0, 12), ""},
		{"proposal-no-ballots", proposal(tally.Rules{Basis: tally.OfCast}), answers, 20, nil, ""},
		{"proposal-unknown-electorate", proposal(tally.Rules{Basis: tally.OfEligible}), answers, 0, votes(5), ""},
		{"choice-chosen", choice(tally.Rules{}), themes, 20, votes(5, 8, 4, 1), ""},
		{"choice-several-and-blank", choice(tally.Rules{Seats: 2, Max: 3, Blank: true}), themes, 9,
			[]tally.Ballot{ballot(4, 0, 1), ballot(2, 1, 2), ballot(1, 3), ballot(1), ballot(1, 0, 1, 2, 3)}, ""},
		{"choice-tied", choice(tally.Rules{Seats: 2, Min: 2, Max: 3}), themes, 0,
			[]tally.Ballot{ballot(3, 0, 1), ballot(2, 2, 3), ballot(2, 0, 3, 2)}, ""},
		{"choice-tied-with-one-each", choice(tally.Rules{}), themes, 2, votes(1, 0, 1), ""},
		{"choice-no-votes", choice(tally.Rules{}), themes, 20, nil, ""},
		{"choice-no-quorum", choice(tally.Rules{Quorum: tally.Percent(30)}), themes, 20, votes(1, 4), ""},
	}
	return append(marks, pointTellings()...)
}

func TestResultsAndTheirWordsAreAsKept(t *testing.T) {
	t.Parallel()
	texts := catalogue(t)
	for _, tc := range tellings() {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			result := tc.count(t)
			words := []string{say(t, texts, result.Summary, tc.options)}
			for _, step := range result.Explanation {
				words = append(words, say(t, texts, step, tc.options))
			}
			got, err := json.MarshalIndent(map[string]any{"result": result, "words": words}, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "golden", tc.name+".json"), append(got, '\n'))
		})
	}
}

func (tc told) count(t *testing.T) tally.Result {
	t.Helper()
	c := tally.Contest{Rules: tc.rules, Options: len(tc.options), Eligible: tc.eligible}
	if tc.seed != "" {
		c.Lots = tally.NewLottery(tc.seed, c.Options)
	}
	result, err := c.Count(slices.Values(tc.ballots))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (make it with -update, and read it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// say puts a step into the catalogue's English words; a value that the text
// wants and the step does not give fails the test.
func say(t *testing.T, texts map[string]map[string]string, step tally.Step, names []string) string {
	t.Helper()
	forms, known := texts[step.Code]
	if !known {
		t.Fatalf("the catalogue has no text for %s", step.Code)
	}
	form := forms["other"]
	if one, has := forms["one"]; has && fmt.Sprint(step.Args["Count"]) == "1" {
		form = one
	}
	values := errs.Args{}
	for name, value := range step.Args {
		values[name] = value
	}
	if len(step.Options) > 0 {
		var chosen []string
		for _, option := range step.Options {
			chosen = append(chosen, names[option])
		}
		values["Options"] = strings.Join(chosen, ", ")
	}
	var b strings.Builder
	text := template.Must(template.New(step.Code).Option("missingkey=error").Parse(form))
	if err := text.Execute(&b, values); err != nil {
		t.Fatalf("%s: %v", step.Code, err)
	}
	return b.String()
}
