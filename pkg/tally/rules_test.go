package tally_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

func TestValidateNamesEverySettingThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		rules   tally.Rules
		options int
		want    map[string]string
	}{
		{"a plain proposal", tally.Rules{Method: tally.Proposal}, 4, nil},
		{"a plain choice", tally.Rules{Method: tally.Choice}, 2, nil},
		{"a choice of one option", tally.Rules{Method: tally.Choice}, 1, nil},
		{"a choice of 500", tally.Rules{Method: tally.Choice, Seats: 500, Min: 1, Max: 500}, 500, nil},
		{"exactly three, said by the least alone", tally.Rules{Method: tally.Choice, Min: 3}, 3, nil},
		{"a proposal with everything", tally.Rules{Method: tally.Proposal, Quorum: half(), Threshold: twoThirds(), Basis: tally.OfCast, Over: true, BlocksAllowed: 2}, 4, nil},
		{"a proposal with harmless ones", tally.Rules{Method: tally.Proposal, Seats: 1, Min: 1, Max: 1}, 4, nil},
		{"no method", tally.Rules{}, 4, map[string]string{"method": "tally.rule.method_unknown"}},
		{"an unknown method", tally.Rules{Method: "psychic"}, 4, map[string]string{"method": "tally.rule.method_unknown"}},
		{"a proposal with three answers", tally.Rules{Method: tally.Proposal}, 3, map[string]string{"options": "tally.rule.proposal_options"}},
		{"a quorum above everybody", tally.Rules{Method: tally.Proposal, Quorum: tally.Percent(101)}, 4, map[string]string{"quorum": "tally.rule.quorum_range"}},
		{"a negative quorum", tally.Rules{Method: tally.Choice, Quorum: tally.Percent(-1)}, 4, map[string]string{"quorum": "tally.rule.quorum_range"}},
		{"a quorum turned upside down", tally.Rules{Method: tally.Choice, Quorum: tally.Fraction{Num: -1, Den: -2}}, 4, map[string]string{"quorum": "tally.rule.quorum_range"}},
		{"a threshold above all", tally.Rules{Method: tally.Proposal, Threshold: tally.Fraction{Num: 4, Den: 3}}, 4, map[string]string{"threshold": "tally.rule.threshold_range"}},
		{"more than all", tally.Rules{Method: tally.Proposal, Threshold: tally.Percent(100), Over: true}, 4, map[string]string{"threshold": "tally.rule.threshold_unreachable"}},
		{"an unknown basis and negative blocks", tally.Rules{Method: tally.Proposal, Basis: "them", BlocksAllowed: -1}, 4,
			map[string]string{"basis": "tally.rule.basis_unknown", "blocks_allowed": "tally.rule.blocks_negative"}},
		{"a proposal with a choice's settings", tally.Rules{Method: tally.Proposal, Seats: 2, Min: 2, Max: 3, Blank: true}, 4,
			map[string]string{"seats": "tally.rule.not_for_method", "min": "tally.rule.not_for_method", "max": "tally.rule.not_for_method", "blank": "tally.rule.not_for_method"}},
		{"a choice with a proposal's settings", tally.Rules{Method: tally.Choice, Threshold: half(), Basis: tally.OfCast, Over: true, BlocksAllowed: 1}, 2,
			map[string]string{"threshold": "tally.rule.not_for_method", "basis": "tally.rule.not_for_method", "over": "tally.rule.not_for_method", "blocks_allowed": "tally.rule.not_for_method"}},
		{"a choice of nothing", tally.Rules{Method: tally.Choice}, 0, map[string]string{"options": "tally.rule.options_none"}},
		{"a choice of less than nothing", tally.Rules{Method: tally.Choice}, -1, map[string]string{"options": "tally.rule.options_none"}},
		{"more seats and choices than options", tally.Rules{Method: tally.Choice, Seats: 3, Min: 3, Max: 3}, 2,
			map[string]string{"seats": "tally.rule.seats_range", "min": "tally.rule.min_range", "max": "tally.rule.max_range"}},
		{"negative numbers", tally.Rules{Method: tally.Choice, Seats: -1, Min: -2, Max: -1}, 2,
			map[string]string{"seats": "tally.rule.seats_range", "min": "tally.rule.min_range", "max": "tally.rule.max_range"}},
		{"at least more than at most", tally.Rules{Method: tally.Choice, Min: 2, Max: 1}, 3, map[string]string{"min": "tally.rule.min_over_max"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, codes(tc.rules.Validate(tc.options))); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			_, err := tally.Count(tc.rules, tc.options, 1, slices.Values(votes(1)))
			if (err != nil) != (tc.want != nil) || (err != nil && !errs.Is(err, errs.Invalid)) {
				t.Errorf("counting by these rules: %v", err)
			}
		})
	}
}

func codes(f errs.Fields) map[string]string {
	var m map[string]string
	for field, text := range f {
		if m == nil {
			m = map[string]string{}
		}
		m[field] = text.Code
	}
	return m
}

func TestANegativeElectorateIsRefused(t *testing.T) {
	t.Parallel()
	_, err := tally.Count(tally.Rules{Method: tally.Choice}, 2, -1, slices.Values(votes(1)))
	if !errs.Is(err, errs.Invalid) {
		t.Errorf("error %v, want an invalid one", err)
	}
}

func TestCheckSaysWhatIsWrongWithABallot(t *testing.T) {
	t.Parallel()
	proposal := tally.Rules{Method: tally.Proposal}
	single := tally.Rules{Method: tally.Choice}
	several := tally.Rules{Method: tally.Choice, Min: 2, Max: 3}
	blank := tally.Rules{Method: tally.Choice, Min: 2, Max: 3, Blank: true}
	for _, tc := range []struct {
		name   string
		rules  tally.Rules
		ballot tally.Ballot
		want   map[string]string
	}{
		{"agree", proposal, ballot(1, tally.Agree), nil},
		{"block", proposal, ballot(1, tally.Block), nil},
		{"nothing", proposal, ballot(1), map[string]string{"choices": "tally.ballot.empty"}},
		{"two answers", proposal, ballot(1, tally.Agree, tally.Block), map[string]string{"choices": "tally.ballot.too_many"}},
		{"a fifth answer", proposal, ballot(1, 4), map[string]string{"choices": "tally.ballot.unknown_option"}},
		{"one option", single, ballot(1, 3), nil},
		{"two options where one may be chosen", single, ballot(1, 3, 2), map[string]string{"choices": "tally.ballot.too_many"}},
		{"an option below the first", single, ballot(1, -1), map[string]string{"choices": "tally.ballot.unknown_option"}},
		{"an option beyond the last", single, ballot(1, 4), map[string]string{"choices": "tally.ballot.unknown_option"}},
		{"an option far away", single, ballot(1, math.MaxInt), map[string]string{"choices": "tally.ballot.unknown_option"}},
		{"two of two to three", several, ballot(1, 0, 3), nil},
		{"three of two to three", several, ballot(1, 0, 3, 1), nil},
		{"one of two to three", several, ballot(1, 0), map[string]string{"choices": "tally.ballot.too_few"}},
		{"four of two to three", several, ballot(1, 0, 1, 2, 3), map[string]string{"choices": "tally.ballot.too_many"}},
		{"an option twice", several, ballot(1, 2, 0, 2), map[string]string{"choices": "tally.ballot.duplicate"}},
		{"none, where that is an answer", blank, ballot(1), nil},
		{"too few, where none is an answer", blank, ballot(1, 0), map[string]string{"choices": "tally.ballot.too_few"}},
		{"many votes", single, ballot(tally.MaxWeight, 0), nil},
		{"no vote", single, ballot(0, 0), map[string]string{"weight": "tally.ballot.weight"}},
		{"a negative vote", single, ballot(-1, 0), map[string]string{"weight": "tally.ballot.weight"}},
		{"too many votes, for nothing", single, ballot(tally.MaxWeight + 1), map[string]string{"weight": "tally.ballot.weight", "choices": "tally.ballot.empty"}},
		{"an unknown method", tally.Rules{Method: "psychic"}, ballot(1, 0), map[string]string{"method": "tally.rule.method_unknown"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := tc.rules.Check(4, tc.ballot)
			if diff := cmp.Diff(tc.want, fieldsOf(t, err)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func fieldsOf(t *testing.T, err error) map[string]string {
	t.Helper()
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind != errs.Invalid {
		t.Fatalf("%v is not an invalid-input error", err)
	}
	return codes(e.Fields)
}

func TestRulesSurviveStorageAsJSON(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		rules tally.Rules
		json  string
	}{
		{tally.Rules{Method: tally.Choice, Min: 2, Blank: true}.Complete(), `{"method":"choice","seats":1,"min":2,"max":2,"blank":true}`},
		{tally.Rules{Method: tally.Proposal}.Complete(), `{"method":"proposal","threshold":"0.5","basis":"decided","over":true}`},
		{tally.Rules{Method: tally.Proposal, Quorum: tally.Percent(100), Threshold: tally.Fraction{Num: 0, Den: 1}, Basis: tally.OfCast},
			`{"method":"proposal","quorum":1,"threshold":0,"basis":"cast"}`},
	} {
		data, err := json.Marshal(tc.rules)
		if err != nil {
			t.Fatal(err)
		}
		if string(data) != tc.json {
			t.Errorf("stored as %s, want %s", data, tc.json)
		}
		var back tally.Rules
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back.Complete())
		if err != nil || string(again) != string(data) {
			t.Errorf("read back as %s (%v), want %s", again, err, data)
		}
	}
}
