package tally

import (
	"slices"

	"plenary/pkg/errs"
)

func duelSummary(d duelMethod, m *matrix, r Result) Step {
	switch {
	case r.Status == NoQuorum:
		return r.Turnout.noQuorum()
	case r.Status == NoVotes:
		return Step{Code: "tally.summary.no_votes"}
	case r.Status == Tied:
		return Step{Code: "tally.summary.tied_duels", Options: r.Tied}
	case len(m.in) == 1:
		return Step{Code: "tally.summary.only_option", Options: r.Winners}
	case len(r.Winners) > 1:
		return Step{Code: "tally.summary.chosen_several", Options: r.Winners}
	case r.Duels.Condorcet != nil:
		return Step{Code: "tally.summary.condorcet", Options: r.Winners, Args: m.closestFigures(r.Winners[0])}
	case slices.ContainsFunc(r.Ties, func(t Tie) bool { return t.By == ByLot }):
		return Step{Code: "tally.summary.duels_lot", Options: r.Winners}
	}
	return d.summary(r)
}

// closestFigures are the votes of the duel in which the option is least ahead.
func (m *matrix) closestFigures(option int) errs.Args {
	rival := m.closest(option)
	return errs.Args{"For": m.votes(option, rival), "Against": m.votes(rival, option)}
}

// duelSteps says the rule and who beats all others. The method's own steps are
// told only where they decide something.
func duelSteps(d duelMethod, rules Rules, m *matrix, r Result) []Step {
	s := []Step{settingsStep(rules)}
	if rules.Seats > 1 {
		s = append(s, Step{Code: "tally.step.seats", Args: errs.Args{"Count": rules.Seats}})
	}
	switch {
	case r.Status == NoQuorum:
		return s
	case r.Status == NoVotes:
		return append(s, Step{Code: "tally.step.no_votes"})
	}
	if winner := r.Duels.Condorcet; winner != nil {
		s = append(s,
			Step{Code: "tally.step.condorcet", Options: []int{*winner}},
			Step{Code: "tally.step.closest", Options: []int{m.closest(*winner)}, Args: m.closestFigures(*winner)})
	} else if len(m.in) > 1 {
		s = append(s, Step{Code: "tally.step.no_condorcet"})
		if tiers := m.tiers(); len(tiers) > 1 {
			s = append(s, Step{Code: "tally.step.smith", Options: tiers[0]})
		}
	}
	if len(m.in) > 1 && (r.Duels.Condorcet == nil || rules.Seats > 1) {
		s = append(s, d.steps(m, r)...)
	}
	return append(s, placeSteps(rules, r)...)
}

func settingsStep(r Rules) Step {
	if r.Unranked == Ignored {
		return Step{Code: "tally.step.duels_ignored"}
	}
	return Step{Code: "tally.step.duels_below"}
}

func (m *matrix) strengthStep() Step {
	if m.by == Margin {
		return Step{Code: "tally.step.strength_margin"}
	}
	return Step{Code: "tally.step.strength_winning"}
}

// placeSteps says how ties for the last places ended, and who wins.
func placeSteps(rules Rules, r Result) []Step {
	var s []Step
	for _, t := range r.Ties {
		switch {
		case t.Stake != ForPlace:
		case t.By == ByLot:
			s = append(s, Step{Code: "tally.step.place_tied", Options: t.Tied}, Step{Code: "tally.step.place_lot", Options: t.Chosen})
		default:
			s = append(s, Step{Code: "tally.step.place_tied", Options: t.Tied},
				Step{Code: "tally.step.place_open", Args: errs.Args{"Count": rules.Seats - len(r.Winners)}})
		}
	}
	if len(r.Winners) > 0 {
		s = append(s, Step{Code: "tally.step.wins", Options: r.Winners})
	}
	return s
}

// contenders are the options whose duels decide the seats: the first tiers, as
// far down as they hold a winner or one of the tied. All others lose to each of
// them.
func contenders(m *matrix, r Result) []bool {
	known := make([]bool, m.options)
	missing := len(r.Winners) + len(r.Tied)
	for _, tier := range m.tiers() {
		if missing <= 0 {
			break
		}
		for _, option := range tier {
			known[option] = true
			if slices.Contains(r.Winners, option) || slices.Contains(r.Tied, option) {
				missing--
			}
		}
	}
	return known
}

// mostTold is how many duels are told in sentences; Result.Duels has them all.
const mostTold = 100

// abridged tells the first duels only.
func abridged(s []Step) []Step {
	if len(s) <= mostTold {
		return s
	}
	return append(s[:mostTold:mostTold], Step{Code: "tally.step.more_duels", Args: errs.Args{"Count": len(s) - mostTold}})
}
