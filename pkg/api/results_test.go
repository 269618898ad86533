package api_test

import (
	"encoding/json"
	"slices"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/api"
	"plenary/pkg/i18n"
	"plenary/pkg/poll"
	"plenary/pkg/poll/figures"
	"plenary/pkg/tally"
)

// Every method's result, with lots, rounds and duels as they come, is what the
// description promises: no member more, and none missing.
func TestTheResultOfEveryMethodIsAsDescribed(t *testing.T) {
	t.Parallel()
	doc, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range tally.Methods() {
		body, err := json.Marshal(api.ResultsAnswer(resultOf(t, m), bundle.Localizer("en")))
		if err != nil {
			t.Fatal(err)
		}
		var value map[string]any
		if err := json.Unmarshal(body, &value); err != nil {
			t.Fatal(err)
		}
		if err := doc.Components.Schemas["Results"].Value.VisitJSON(value); err != nil {
			t.Errorf("%s: %v in %s", m, err, body)
		}
		for name := range value {
			seen[name] = true
		}
		for _, name := range []string{"rounds", "tie_breaks"} {
			seen["one of "+name] = seen["one of "+name] || len(value[name].([]any)) > 0
		}
	}
	for _, name := range []string{"decision", "duels", "values", "quota", "lots", "one of rounds", "one of tie_breaks"} {
		if !seen[name] {
			t.Errorf("no method shows %s, so it was not tried", name)
		}
	}
}

// resultOf counts two of three voters, who leave two options equal.
func resultOf(t *testing.T, m tally.Method) figures.Results {
	t.Helper()
	labels := map[tally.Method][]string{tally.Proposal: {"agree", "abstain", "disagree", "block"}, tally.OptIn: {"accept", "decline"}, tally.Question: {}}[m]
	if labels == nil {
		labels = []string{"Rye", "Oats", "Spelt"}
	}
	p := poll.Poll{ID: 1, Method: m, Rules: tally.Rules{Method: m, Quorum: tally.Percent(50)}.Complete(), State: access.PollEnded, VoterCount: 3}
	if m == tally.Question || m == tally.Sortition {
		p.Rules.Quorum = tally.Fraction{}
	}
	for i, label := range labels {
		p.Options = append(p.Options, poll.Option{ID: int64(i + 1), Position: i, NewOption: poll.NewOption{Label: label}})
	}
	var ballots []tally.Ballot
	for i := range 2 {
		b := tally.Ballot{Weight: 1}
		switch m.Form() {
		case tally.Marks:
			b.Choices = []int{i}
		case tally.Ranking:
			b.Ranks = [][]int{{i}, {1 - i}, {2}}
		case tally.Scores:
			b.Scores = []int{0, 0, 0}
			b.Scores[i] = 1
		case tally.Words, tally.Nothing:
			continue
		}
		ballots = append(ballots, b)
	}
	contest := tally.Contest{Rules: p.Rules, Options: len(labels), Eligible: 3, Lots: tally.NewLottery("seed", len(labels))}
	count, err := contest.Count(slices.Values(ballots))
	if err != nil {
		t.Fatalf("%s: %v", m, err)
	}
	return p.Account(count)
}
