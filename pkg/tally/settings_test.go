package tally_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/tally"
)

// full are rules in which every setting is set.
func full(m tally.Method) tally.Rules {
	return tally.Rules{Method: m, Quorum: half(), Seats: 2, Min: 2, Max: 3, Blank: true, Threshold: half(), Basis: tally.OfCast,
		Over: true, BlocksAllowed: 1, Sides: []tally.Side{tally.For, tally.Against, tally.Stop, tally.Neutral},
		Shares: []tally.ShareRule{{Share: half()}}, Target: 3, MinScore: -1, MaxScore: 4, Mean: true, Dots: 9, UseAll: true,
		Credits: 50, Negative: true, Grades: 5, Equal: true, Unranked: tally.Zero, Strength: tally.Margin, Top: 3, LastPoint: 1,
		Batch: true, Decimals: 5}
}

func TestASettingOfAnotherMethodIsRefused(t *testing.T) {
	t.Parallel()
	for method, accepted := range map[tally.Method]string{
		tally.Proposal:         "quorum threshold basis over blocks_allowed sides shares",
		tally.Choice:           "quorum seats min max blank",
		tally.Approval:         "quorum seats min max blank",
		tally.OptIn:            "quorum target",
		tally.Score:            "quorum seats blank min_score max_score mean",
		tally.STAR:             "quorum blank max_score",
		tally.DotVote:          "quorum seats blank dots use_all",
		tally.Quadratic:        "quorum seats blank credits negative",
		tally.MajorityJudgment: "quorum seats blank grades",
		tally.Borda:            "quorum seats min max blank equal unranked top last_point",
		tally.InstantRunoff:    "quorum seats min max blank batch",
		tally.RankedPairs:      "quorum seats min max blank equal unranked strength",
		tally.Schulze:          "quorum seats min max blank equal unranked strength",
		tally.STVScottish:      "quorum seats min max blank",
		tally.STVWIGM:          "quorum seats min max blank decimals",
		tally.TimePoll:         "quorum seats",
		tally.Question:         "",
		tally.Sortition:        "seats",
	} {
		rules := reflect.TypeFor[tally.Rules]()
		want := map[string]string{}
		for i := range rules.NumField() {
			name, _, _ := strings.Cut(rules.Field(i).Tag.Get("json"), ",")
			if name != "method" && !strings.Contains(" "+accepted+" ", " "+name+" ") {
				want[name] = "tally.rule.not_for_method"
			}
		}
		got := map[string]string{}
		for name, text := range full(method).Validate(4) {
			if text.Code == "tally.rule.not_for_method" && !(method == tally.Borda && name == "last_point") {
				got[name] = text.Code
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s refuses (-want +got):\n%s", method, diff)
		}
	}
}

func TestValidateNamesEverySettingOfPointsThatCannotBe(t *testing.T) {
	t.Parallel()
	number := func(name string) map[string]string { return map[string]string{name: "tally.rule.number_range"} }
	for _, tc := range []struct {
		name    string
		rules   tally.Rules
		options int
		want    map[string]string
	}{
		{"nothing to approve", tally.Rules{Method: tally.Approval}, 0, map[string]string{"options": "tally.rule.options_none"}},
		{"approve all of 500", tally.Rules{Method: tally.Approval}, 500, nil},
		{"approve more than there are", tally.Rules{Method: tally.Approval, Max: 4, Seats: 4}, 3, map[string]string{"max": "tally.rule.max_range", "seats": "tally.rule.seats_range"}},
		{"approve at least more than at most", tally.Rules{Method: tally.Approval, Min: 3, Max: 2}, 4, map[string]string{"min": "tally.rule.min_over_max"}},
		{"approve a negative number", tally.Rules{Method: tally.Approval, Min: -1}, 4, map[string]string{"min": "tally.rule.min_range"}},
		{"three answers to an opt-in", tally.Rules{Method: tally.OptIn}, 3, map[string]string{"options": "tally.rule.opt_in_options"}},
		{"a negative target", tally.Rules{Method: tally.OptIn, Target: -1}, 2, number("target")},
		{"scores of one option", tally.Rules{Method: tally.Score}, 1, nil},
		{"scores of too many options", tally.Rules{Method: tally.Score}, 4001, map[string]string{"options": "tally.rule.options_many"}},
		{"scores up to a thousand", tally.Rules{Method: tally.Score, MinScore: -1000, MaxScore: 1000}, 2, nil},
		{"scores beyond a thousand", tally.Rules{Method: tally.Score, MaxScore: 1001}, 2, number("max_score")},
		{"scores far beyond", tally.Rules{Method: tally.Score, MaxScore: 1 << 62}, 2, number("max_score")},
		{"scores below minus a thousand", tally.Rules{Method: tally.Score, MinScore: -1001}, 2, number("min_score")},
		{"a single score", tally.Rules{Method: tally.Score, MinScore: 5}, 2, number("min_score")},
		{"stars below zero", tally.Rules{Method: tally.STAR, MaxScore: -1}, 2, number("max_score")},
		{"stars without end", tally.Rules{Method: tally.STAR, MaxScore: 101}, 2, number("max_score")},
		{"a minus of dots", tally.Rules{Method: tally.DotVote, Dots: -8}, 2, number("dots")},
		{"more dots than anybody counts", tally.Rules{Method: tally.DotVote, Dots: 1001}, 2, number("dots")},
		{"a minus of credits", tally.Rules{Method: tally.Quadratic, Credits: -1}, 2, number("credits")},
		{"a million credits", tally.Rules{Method: tally.Quadratic, Credits: 1_000_000}, 2, nil},
		{"more than a million credits", tally.Rules{Method: tally.Quadratic, Credits: 1_000_001}, 2, number("credits")},
		{"one grade", tally.Rules{Method: tally.MajorityJudgment, Grades: 1}, 2, number("grades")},
		{"two grades", tally.Rules{Method: tally.MajorityJudgment, Grades: 2}, 2, nil},
		{"points for a third last place", tally.Rules{Method: tally.Borda, LastPoint: 2}, 4, number("last_point")},
		{"rank more than there are", tally.Rules{Method: tally.Borda, Top: 5}, 4, map[string]string{"top": "tally.rule.number_range"}},
		{"rank more than count", tally.Rules{Method: tally.Borda, Top: 2, Max: 3}, 4, number("max")},
		{"rank at least more than at most", tally.Rules{Method: tally.Borda, Min: 3, Max: 2}, 4, number("min")},
		{"a duel's reading of the unranked", tally.Rules{Method: tally.Borda, Unranked: tally.Below}, 4, map[string]string{"unranked": "tally.rule.borda_unranked"}},
		{"an average below the top", tally.Rules{Method: tally.Borda, Top: 2, Unranked: tally.Average, LastPoint: 1}, 4,
			map[string]string{"unranked": "tally.rule.not_for_method", "last_point": "tally.rule.not_for_method"}},
		{"no slots", tally.Rules{Method: tally.TimePoll}, 0, map[string]string{"options": "tally.rule.options_none"}},
		{"a question with answers", tally.Rules{Method: tally.Question}, 2, map[string]string{"options": "tally.rule.question_options"}},
		{"a question", tally.Rules{Method: tally.Question}, 0, nil},
		{"drawing more than there are", tally.Rules{Method: tally.Sortition, Seats: 3}, 2, map[string]string{"seats": "tally.rule.seats_range"}},
		{"sides for each answer", tally.Rules{Method: tally.Proposal, Sides: []tally.Side{tally.For, tally.Against}}, 2, nil},
		{"sides for some answers", tally.Rules{Method: tally.Proposal, Sides: []tally.Side{tally.For, tally.Against}}, 3, map[string]string{"sides": "tally.rule.sides_missing"}},
		{"a side that is none", tally.Rules{Method: tally.Proposal, Sides: []tally.Side{tally.For, "perhaps"}}, 2, map[string]string{"sides": "tally.rule.side_unknown"}},
		{"nobody can agree", tally.Rules{Method: tally.Proposal, Sides: []tally.Side{tally.Neutral, tally.Against}}, 2, map[string]string{"sides": "tally.rule.sides_without_agree"}},
		{"a demand on an answer that is none", tally.Rules{Method: tally.Proposal, Shares: []tally.ShareRule{{Option: 4, Share: half()}}}, 4, map[string]string{"shares": "tally.ballot.unknown_option"}},
		{"a demand of nothing", tally.Rules{Method: tally.Proposal, Shares: []tally.ShareRule{{Option: 1}}}, 4, map[string]string{"shares": "tally.rule.share_range"}},
		{"a demand of more than all", tally.Rules{Method: tally.Proposal, Shares: []tally.ShareRule{{Share: tally.Percent(101)}}}, 4, map[string]string{"shares": "tally.rule.share_range"}},
		{"a demand of the decided", tally.Rules{Method: tally.Proposal, Shares: []tally.ShareRule{{Share: half(), Basis: tally.OfDecided}}}, 4, map[string]string{"shares": "tally.rule.share_basis"}},
	} {
		if diff := cmp.Diff(tc.want, codes(tc.rules.Validate(tc.options))); diff != "" {
			t.Errorf("%s: fields (-want +got):\n%s", tc.name, diff)
		}
		complete := tc.rules.Complete()
		if diff := cmp.Diff(tc.want, codes(complete.Validate(tc.options))); diff != "" {
			t.Errorf("%s, once completed: fields (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestCheckSaysWhatIsWrongWithABallotOfPoints(t *testing.T) {
	t.Parallel()
	const huge = 1 << 62
	approval := tally.Rules{Method: tally.Approval, Min: 2, Max: 3}
	score := tally.Rules{Method: tally.Score, MinScore: -2, MaxScore: 3}
	dots := tally.Rules{Method: tally.DotVote, Dots: 5}
	allDots := tally.Rules{Method: tally.DotVote, Dots: 5, UseAll: true, Blank: true}
	credits := tally.Rules{Method: tally.Quadratic, Credits: 25}
	against := tally.Rules{Method: tally.Quadratic, Credits: 25, Negative: true}
	grades := tally.Rules{Method: tally.MajorityJudgment, Grades: 3, Blank: true}
	borda := tally.Rules{Method: tally.Borda, Top: 2}
	for _, tc := range []struct {
		name   string
		rules  tally.Rules
		ballot tally.Ballot
		want   string
	}{
		{"an empty approval", approval, ballot(1), ""},
		{"three approvals", approval, ballot(1, 0, 1, 2), ""},
		{"an approval of a foreign option", approval, ballot(1, 0, 3), "tally.ballot.unknown_option"},
		{"too few approvals", approval, ballot(1, 0), "tally.ballot.too_few"},
		{"an approval twice", approval, ballot(1, 1, 1), "tally.ballot.duplicate"},
		{"scores where options are chosen", approval, scores(1, 1, 1, 1), "tally.ballot.other_form"},
		{"scores at the edges", score, scores(1, -2, 3, blank), ""},
		{"a score below", score, scores(1, -3, 3, 0), "tally.ballot.score_range"},
		{"a score above", score, scores(1, 0, 0, huge), "tally.ballot.score_range"},
		{"a score almost blank", score, scores(1, 0, 0, blank+1), "tally.ballot.score_range"},
		{"a score too few", score, scores(1, 0, 0), "tally.ballot.scores_missing"},
		{"a score for a foreign option", score, scores(1, 0, 0, 0, 0), "tally.ballot.scores_missing"},
		{"all scores blank", score, scores(1, blank, blank, blank), "tally.ballot.score_none"},
		{"no scores at all", score, scores(1), "tally.ballot.scores_missing"},
		{"choices where scores are given", score, ballot(1, 0), "tally.ballot.other_form"},
		{"all dots", dots, scores(1, 2, 3, 0), ""},
		{"some dots", dots, scores(1, 2, blank, 0), ""},
		{"a dot too many", dots, scores(1, 2, 3, 1), "tally.ballot.dots_over"},
		{"a negative dot", dots, scores(1, 6, -1, 0), "tally.ballot.score_range"},
		{"dots beyond counting", dots, scores(1, huge, huge, huge), "tally.ballot.score_range"},
		{"no dot", dots, scores(1, 0, 0, 0), "tally.ballot.dots_none"},
		{"no dot, where that is an answer", allDots, scores(1), ""},
		{"a dot too few", allDots, scores(1, 1, 1, 2), "tally.ballot.dots_left"},
		{"all credits", credits, scores(1, 3, 4, 0), ""},
		{"a credit too many", credits, scores(1, 3, 4, 1), "tally.ballot.credits_over"},
		{"a vote that nobody can afford", credits, scores(1, 6, 0, 0), "tally.ballot.score_range"},
		{"votes whose squares overflow", credits, scores(1, huge, huge, 0), "tally.ballot.score_range"},
		{"votes against, where there are none", credits, scores(1, -1, 0, 0), "tally.ballot.score_range"},
		{"votes against", against, scores(1, -3, 4, 0), ""},
		{"votes against that cost too much", against, scores(1, -3, -4, -1), "tally.ballot.credits_over"},
		{"no votes", against, scores(1, 0, 0, 0), "tally.ballot.credits_none"},
		{"no grades, where that is an answer", grades, scores(1, blank, blank, blank), ""},
		{"a grade beyond the best", grades, scores(1, 0, 1, 3), "tally.ballot.score_range"},
		{"two of the top two", borda, ranks(1, one(2), one(0)), ""},
		{"three of the top two", borda, ranks(1, one(2), one(0), one(1)), "tally.ballot.rank_fewer"},
		{"equal ranks, where there are none", borda, ranks(1, []int{0, 1}), "tally.ballot.equal_rank"},
		{"a rank twice", borda, ranks(1, one(1), one(1)), "tally.ballot.duplicate"},
		{"a rank of a foreign option", borda, ranks(1, one(-1)), "tally.ballot.unknown_option"},
		{"a rank without an option", borda, ranks(1, one(0), []int{}), "tally.ballot.empty_rank"},
		{"no rank", borda, ranks(1), "tally.ballot.rank_none"},
		{"perhaps", tally.Rules{Method: tally.TimePoll}, scores(1, 0, 1, 2), ""},
		{"no time at all", tally.Rules{Method: tally.TimePoll}, scores(1, blank, blank, blank), ""},
		{"more than yes", tally.Rules{Method: tally.TimePoll}, scores(1, 0, 1, 3), "tally.ballot.score_range"},
		{"a ballot in a draw", tally.Rules{Method: tally.Sortition}, ballot(1), "tally.ballot.draw"},
		{"a reason", tally.Rules{Method: tally.Question}, ballot(1), ""},
		{"a choice where reasons are asked", tally.Rules{Method: tally.Question}, ballot(1, 0), "tally.ballot.other_form"},
		{"both answers to an opt-in", tally.Rules{Method: tally.OptIn}, ballot(1, 0, 1), "tally.ballot.too_many"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := fieldsOf(t, tc.rules.Check(3, tc.ballot))["choices"]; got != tc.want {
				t.Errorf("refused with %q, want %q", got, tc.want)
			}
		})
	}
}
