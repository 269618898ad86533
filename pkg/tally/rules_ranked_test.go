package tally_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

func TestValidateNamesEverySettingOfRankingsThatCannotBe(t *testing.T) {
	t.Parallel()
	const notFor = "tally.rule.not_for_method"
	for _, tc := range []struct {
		name    string
		rules   tally.Rules
		options int
		want    map[string]string
	}{
		{"a plain runoff", tally.Rules{Method: tally.InstantRunoff}, 3, nil},
		{"a runoff with everything", tally.Rules{Method: tally.InstantRunoff, Quorum: half(), Seats: 1, Min: 2, Max: 3, Blank: true, Batch: true}, 3, nil},
		{"plain duels", tally.Rules{Method: tally.Schulze}, 500, nil},
		{"duels with everything", tally.Rules{Method: tally.RankedPairs, Quorum: half(), Seats: 2, Min: 2, Max: 3, Blank: true, Equal: true,
			Unranked: tally.Ignored, Strength: tally.Margin}, 3, nil},
		{"a runoff for two places", tally.Rules{Method: tally.InstantRunoff, Seats: 2}, 3, map[string]string{"seats": "tally.rule.one_seat"}},
		{"a runoff with the settings of duels", tally.Rules{Method: tally.InstantRunoff, Equal: true, Unranked: tally.Below, Strength: tally.Winning}, 3,
			map[string]string{"equal": notFor, "unranked": notFor, "strength": notFor}},
		{"duels with settings of others", tally.Rules{Method: tally.Minimax, Batch: true, Top: 2, Decimals: 3, Threshold: half(), Dots: 3}, 3,
			map[string]string{"batch": notFor, "top": notFor, "decimals": notFor, "threshold": notFor, "dots": notFor}},
		{"nothing to rank", tally.Rules{Method: tally.Copeland}, 0, map[string]string{"options": "tally.rule.options_none"}},
		{"too much to rank", tally.Rules{Method: tally.InstantRunoff}, 501, map[string]string{"options": "tally.rule.options_ranked"}},
		{"readings of unranked that belong to points", tally.Rules{Method: tally.Schulze, Unranked: tally.Average, Strength: "brute"}, 3,
			map[string]string{"unranked": "tally.rule.unranked_unknown", "strength": "tally.rule.strength_unknown"}},
		{"more than there is", tally.Rules{Method: tally.Schulze, Seats: 4, Min: 4, Max: 4}, 3,
			map[string]string{"seats": "tally.rule.seats_range", "min": "tally.rule.min_range", "max": "tally.rule.max_range"}},
		{"less than nothing", tally.Rules{Method: tally.Schulze, Seats: -1, Min: -1, Max: -1}, 3,
			map[string]string{"seats": "tally.rule.seats_range", "min": "tally.rule.min_range", "max": "tally.rule.max_range"}},
		{"at least more than at most", tally.Rules{Method: tally.InstantRunoff, Min: 3, Max: 2}, 3, map[string]string{"min": "tally.rule.min_over_max"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, codes(tc.rules.Validate(tc.options))); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			_, err := tally.Count(tc.rules, tc.options, 1, slices.Values([]tally.Ballot(nil)))
			if (err != nil) != (tc.want != nil) || (err != nil && !errs.Is(err, errs.Invalid)) {
				t.Errorf("counting by these rules: %v", err)
			}
		})
	}
}

func TestCheckSaysWhatIsWrongWithARanking(t *testing.T) {
	t.Parallel()
	runoff := tally.Rules{Method: tally.InstantRunoff}
	some := tally.Rules{Method: tally.Schulze, Min: 2, Max: 3, Blank: true}
	equal := tally.Rules{Method: tally.RankedPairs, Equal: true}
	for _, tc := range []struct {
		name   string
		rules  tally.Rules
		ballot tally.Ballot
		want   string
	}{
		{"one option", runoff, ranked(1, 3), ""},
		{"all options", runoff, ranked(1, 3, 1, 0, 2), ""},
		{"nothing", runoff, ranked(1), "tally.ballot.rank_none"},
		{"nothing, where that is an answer", some, ranked(1), ""},
		{"too few", some, ranked(1, 2), "tally.ballot.rank_more"},
		{"too many", some, ranked(1, 2, 1, 0, 3), "tally.ballot.rank_fewer"},
		{"an option twice", runoff, ranked(1, 2, 0, 2), "tally.ballot.duplicate"},
		{"an option twice in one rank", equal, tally.Ballot{Ranks: [][]int{{2, 2}}, Weight: 1}, "tally.ballot.duplicate"},
		{"an option beyond the last", runoff, ranked(1, 4), "tally.ballot.unknown_option"},
		{"an option below the first", equal, ranked(1, -1), "tally.ballot.unknown_option"},
		{"an empty rank", equal, tally.Ballot{Ranks: [][]int{{1}, {}, {2}}, Weight: 1}, "tally.ballot.empty_rank"},
		{"equal ranks", equal, tally.Ballot{Ranks: [][]int{{1, 2}, {0, 3}}, Weight: 1}, ""},
		{"equal ranks, where there are none", runoff, tally.Ballot{Ranks: [][]int{{1}, {0, 3}}, Weight: 1}, "tally.ballot.equal_rank"},
		{"a mark instead of a rank", runoff, ballot(1, 2), "tally.ballot.other_form"},
		{"scores beside ranks", equal, tally.Ballot{Ranks: [][]int{{1}}, Scores: []int{1, 0, 0, 0}, Weight: 1}, "tally.ballot.other_form"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var want map[string]string
			if tc.want != "" {
				want = map[string]string{"choices": tc.want}
			}
			if diff := cmp.Diff(want, fieldsOf(t, tc.rules.Check(4, tc.ballot))); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRulesOfRankingsAreStoredInFull(t *testing.T) {
	t.Parallel()
	for method, want := range map[tally.Method]string{
		tally.InstantRunoff: `{"method":"irv","seats":1,"min":1}`,
		tally.RankedPairs:   `{"method":"ranked_pairs","seats":1,"min":1,"unranked":"bottom","strength":"winning"}`,
	} {
		data, err := json.Marshal(tally.Rules{Method: method}.Complete())
		if err != nil || string(data) != want {
			t.Errorf("stored as %s (%v), want %s", data, err, want)
		}
	}
}
