package template

import (
	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// Ready lists the polls that every group can begin from, by what they are for.
// Their words are in the message catalogue under "purpose.KEY".
func Ready() []Template {
	return []Template{
		proposal("sense_check", 3, tally.Rules{}, answers{{"good", tally.For}, {"unsure", tally.Neutral}, {"concerned", tally.Against}}),
		proposal("advice", 7, tally.Rules{}, answers{{"go", tally.For}, {"no_view", tally.Neutral}, {"wait", tally.Against}}),
		proposal("consent", 7, tally.Rules{}, answers{{"consent", tally.For}, {"aside", tally.Neutral}, {"objection", tally.Stop}}),
		proposal("consensus", 7, tally.Rules{Threshold: tally.Percent(100)}, answers{{"agree", tally.For}, {"aside", tally.Neutral}, {"disagree", tally.Against}, {"block", tally.Stop}}),
		proposal("gradients", 7, tally.Rules{}, answers{{"wholehearted", tally.For}, {"with_a_wish", tally.For}, {"with_doubts", tally.For},
			{"no_view", tally.Neutral}, {"talk_more", tally.Neutral}, {"dislike", tally.Against}, {"oppose", tally.Against}, {"veto", tally.Stop}}),
		proposal("majority", 7, tally.Rules{}, nil),
		ready("choose_one", tally.Choice, 7, tally.Rules{Min: 1, Max: 1}),
		ready("choose_several", tally.Approval, 7, tally.Rules{}),
		ready("rank", tally.RankedPairs, 7, tally.Rules{}),
		ready("runoff", tally.InstantRunoff, 7, tally.Rules{}),
		ready("star", tally.STAR, 7, tally.Rules{}),
		ready("grade", tally.MajorityJudgment, 7, tally.Rules{}),
		ready("prioritise", tally.Score, 7, tally.Rules{}),
		ready("dots", tally.DotVote, 7, tally.Rules{}),
		ready("credits", tally.Quadratic, 7, tally.Rules{}),
		elect("elect", tally.STVScottish),
		elect("elect_meek", tally.STVMeek),
		ready("find_time", tally.TimePoll, 5, tally.Rules{}),
		ready("who_comes", tally.OptIn, 7, tally.Rules{}),
		ready("ask", tally.Question, 7, tally.Rules{}),
		ready("draw_lots", tally.Sortition, 1, tally.Rules{Seats: 1}),
	}
}

func ready(key string, m tally.Method, days int, rules tally.Rules) Template {
	rules.Method = m
	t := Template{Key: key, Days: days, Method: m, Rules: rules}
	switch m {
	case tally.Question:
		t.Settings.Reasons = poll.RequiredReasons
	case tally.TimePoll:
		t.Settings.Undecided = true
	case tally.Choice, tally.Approval, tally.RankedPairs, tally.InstantRunoff, tally.STAR:
		t.Settings.Shuffle = true
	}
	return t
}

// answers are the answers of a proposal, by their keys in the catalogue.
type answers []struct {
	key  string
	side tally.Side
}

// proposal is a ready-made proposal; without answers it has the usual ones.
func proposal(key string, days int, rules tally.Rules, all answers) Template {
	t := ready(key, tally.Proposal, days, rules)
	for _, a := range all {
		t.Options = append(t.Options, Option{Key: a.key, Side: a.side})
	}
	return t
}

// elect is an election of several people: secret, and for two weeks.
func elect(key string, m tally.Method) Template {
	const days, seats = 14, 3
	t := ready(key, m, days, tally.Rules{Seats: seats})
	t.Settings = poll.Settings{Secret: true, Results: access.AtClose, Shuffle: true, Reasons: poll.NoReasons}
	return t
}

// ReadyByKey finds a ready-made poll.
func ReadyByKey(key string) (Template, bool) {
	for _, t := range Ready() {
		if t.Key == key {
			return t, true
		}
	}
	return Template{}, false
}
