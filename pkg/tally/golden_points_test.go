package tally_test

import "plenary/pkg/tally"

// pointTellings are polls of marks, scores, grades and points.
func pointTellings() []told {
	themes := []string{"Fibre networks", "Time banks", "Care", "Housing"}
	slots := []string{"Monday", "Tuesday", "Friday"}
	gradients := []string{"Wholehearted", "Fine", "Torn", "Rather not", "Never"}
	gradient := tally.Rules{Method: tally.Proposal, Sides: []tally.Side{tally.For, tally.For, tally.Neutral, tally.Against, tally.Stop},
		Shares: []tally.ShareRule{{Option: 0, Share: tally.Percent(40)}, {Option: 3, Share: tally.Percent(10), AtMost: true, Basis: tally.OfEligible}}}
	return []told{
		{"proposal-gradient-passed", gradient, gradients, 12, votes(5, 4, 1, 1), ""},
		{"proposal-gradient-too-little-support", gradient, gradients, 12, votes(3, 6, 1, 1), ""},
		{"proposal-gradient-too-much-resistance", gradient, gradients, 12, votes(5, 3, 0, 2), ""},
		{"choice-by-lot", tally.Rules{Method: tally.Choice}, themes, 9, votes(3, 1, 3), "meeting of May"},
		{"choice-second-seat-by-lot", tally.Rules{Method: tally.Choice, Seats: 2}, themes, 9, votes(3, 1, 1, 1), "meeting of May"},
		{"approval-chosen", tally.Rules{Method: tally.Approval}, themes, 9, []tally.Ballot{ballot(3, 0, 1), ballot(2, 1, 2), ballot(1)}, ""},
		{"approval-at-most-two", tally.Rules{Method: tally.Approval, Max: 2}, themes, 0, []tally.Ballot{ballot(3, 0, 1), ballot(2, 1, 2, 3)}, ""},
		{"opt-in-reached", tally.Rules{Method: tally.OptIn, Target: 5}, []string{"Accept", "Decline"}, 10, votes(6, 3), ""},
		{"opt-in-short", tally.Rules{Method: tally.OptIn, Target: 5}, []string{"Accept", "Decline"}, 10, votes(1, 3), ""},
		{"opt-in-without-target", tally.Rules{Method: tally.OptIn}, []string{"Accept", "Decline"}, 10, votes(2), ""},
		{"opt-in-no-quorum", tally.Rules{Method: tally.OptIn, Quorum: half()}, []string{"Accept", "Decline"}, 10, votes(2), ""},
		{"score-chosen", tally.Rules{Method: tally.Score}, themes, 9,
			[]tally.Ballot{scores(2, 5, 3, blank, 0), scores(1, 0, 3, 5, 1), scores(1, 9, 9, 9, 9)}, ""},
		{"score-below-zero-tied", tally.Rules{Method: tally.Score, MinScore: -2, MaxScore: 2, Seats: 2}, themes, 9,
			[]tally.Ballot{scores(2, 2, -1, -2, blank), scores(1, 2, 2, 2, 0)}, ""},
		{"score-mean", tally.Rules{Method: tally.Score, Mean: true}, themes, 9,
			[]tally.Ballot{scores(2, 5, 3, blank, blank), scores(1, 0, 3, blank, 4)}, ""},
		{"score-mean-tied", tally.Rules{Method: tally.Score, Mean: true}, themes, 9, []tally.Ballot{scores(2, 5, 5, 2, blank)}, ""},
		{"score-mean-no-votes", tally.Rules{Method: tally.Score, Mean: true, Blank: true}, themes, 9, []tally.Ballot{scores(2, blank, blank, blank, blank)}, ""},
		{"star-runoff", tally.Rules{Method: tally.STAR}, themes, 9,
			[]tally.Ballot{scores(3, 5, 3, 1, 0), scores(2, 0, 5, 5, 1), scores(1, 3, 3, 0, 0)}, ""},
		{"star-head-to-head", tally.Rules{Method: tally.STAR}, themes[:3], 3, []tally.Ballot{scores(2, 1, 2, 5), scores(1, 5, 3, 5)}, ""},
		{"star-top-scores", tally.Rules{Method: tally.STAR}, themes, 5,
			[]tally.Ballot{scores(1, 5, 5, 1, 3), scores(1, 0, 0, 4, 2), scores(2, 5, 0, 0, 0)}, ""},
		{"star-no-matter-who-else", tally.Rules{Method: tally.STAR}, themes, 5,
			[]tally.Ballot{scores(1, 5, 2, 1, 3), scores(1, 0, 3, 4, 2), scores(2, 5, 0, 0, 0)}, ""},
		{"star-runoff-by-score", tally.Rules{Method: tally.STAR}, themes[:2], 2, []tally.Ballot{scores(1, 0, 5), scores(1, 3, 2)}, ""},
		{"star-runoff-by-top-scores", tally.Rules{Method: tally.STAR}, themes[:2], 2, []tally.Ballot{scores(1, 2, 4), scores(1, 5, 3)}, ""},
		{"star-tied", tally.Rules{Method: tally.STAR}, themes[:2], 2, []tally.Ballot{scores(1, 0, 5), scores(1, 5, 0)}, ""},
		{"star-by-lots", tally.Rules{Method: tally.STAR}, themes[:3], 3,
			[]tally.Ballot{scores(1, 5, 0, 0), scores(1, 0, 5, 0), scores(1, 0, 0, 5)}, "meeting of May"},
		{"star-open-finalists", tally.Rules{Method: tally.STAR}, themes[:3], 3,
			[]tally.Ballot{scores(1, 5, 0, 0), scores(1, 0, 5, 0), scores(1, 0, 0, 5)}, ""},
		{"star-one-option", tally.Rules{Method: tally.STAR}, themes[:1], 3, []tally.Ballot{scores(1, 4)}, ""},
		{"star-no-votes", tally.Rules{Method: tally.STAR}, themes, 3, nil, ""},
		{"dots-chosen", tally.Rules{Method: tally.DotVote}, themes, 9, []tally.Ballot{scores(2, 8, 0, 0, 0), scores(1, 2, 2, 2, 3), scores(3, 0, 5, 1, 0)}, ""},
		{"dots-all-tied-by-lot", tally.Rules{Method: tally.DotVote, Dots: 3, UseAll: true}, themes, 9,
			[]tally.Ballot{scores(2, 3, 0, 0, 0), scores(2, 0, 3, 0, 0), scores(1, 1, 1, 0, 0)}, "meeting of May"},
		{"quadratic-chosen", tally.Rules{Method: tally.Quadratic}, themes, 19, []tally.Ballot{scores(3, 10, 0, 0, 0), scores(7, 0, 5, 6, 5)}, ""},
		{"quadratic-against", tally.Rules{Method: tally.Quadratic, Credits: 25, Negative: true}, themes, 9,
			[]tally.Ballot{scores(2, 3, -4, 0, 0), scores(1, 0, 2, 0, 1)}, ""},
		{"grades-chosen", tally.Rules{Method: tally.MajorityJudgment}, themes, 9,
			[]tally.Ballot{scores(3, 5, 3, 1, 0), scores(2, 1, 4, 5, blank)}, ""},
		{"grades-same-median", tally.Rules{Method: tally.MajorityJudgment, Grades: 3}, themes[:3], 3,
			[]tally.Ballot{scores(1, 0, 0, 1), scores(1, 1, 1, 1), scores(1, 2, 1, 2)}, ""},
		{"grades-tied", tally.Rules{Method: tally.MajorityJudgment}, themes[:2], 3, []tally.Ballot{scores(1, 4, 2), scores(1, 2, 4)}, ""},
		{"borda-chosen", tally.Rules{Method: tally.Borda}, themes, 100, []tally.Ballot{ranks(3, one(0), one(2), one(1), one(3)), ranks(2, one(2), one(1))}, ""},
		{"borda-shared-average", tally.Rules{Method: tally.Borda, Equal: true, Unranked: tally.Average, LastPoint: 1}, themes, 100,
			[]tally.Ballot{ranks(3, []int{0, 2}), ranks(2, one(2), []int{1, 3}, one(0))}, ""},
		{"borda-top-two-tied", tally.Rules{Method: tally.Borda, Top: 2}, themes, 100,
			[]tally.Ballot{ranks(4, one(0), one(1)), ranks(3, one(1), one(2)), ranks(2, one(2), one(0)), ranks(1, one(3), one(2))}, ""},
		{"time-chosen", tally.Rules{Method: tally.TimePoll}, slots, 6, []tally.Ballot{scores(2, 1, 2, 0), scores(2, 1, 0, 2), scores(1, 1, 1, blank)}, ""},
		{"time-nobody-can", tally.Rules{Method: tally.TimePoll}, slots, 6, []tally.Ballot{scores(2, 0, 0, blank)}, ""},
		{"question-heard", tally.Rules{Method: tally.Question}, nil, 6, []tally.Ballot{{Weight: 4}}, ""},
		{"draw-drawn", tally.Rules{Method: tally.Sortition, Seats: 2}, themes, 0, nil, "meeting of May"},
		{"draw-waiting", tally.Rules{Method: tally.Sortition, Seats: 2}, themes, 0, nil, ""},
		{"draw-everybody", tally.Rules{Method: tally.Sortition, Seats: 4}, themes, 0, nil, ""},
	}
}

// blank is an option left blank.
const blank = tally.NoScore

func scores(weight int64, values ...int) tally.Ballot {
	return tally.Ballot{Scores: values, Weight: weight}
}

func ranks(weight int64, levels ...[]int) tally.Ballot {
	return tally.Ballot{Ranks: levels, Weight: weight}
}

// one is a rank with one option in it.
func one(option int) []int { return []int{option} }
