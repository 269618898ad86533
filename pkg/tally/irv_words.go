package tally

import (
	"plenary/pkg/errs"
)

func runoffSummary(r Result) Step {
	switch r.Status {
	case NoQuorum:
		return r.Turnout.noQuorum()
	case NoVotes:
		return Step{Code: "tally.summary.no_votes"}
	}
	last := r.Rounds[len(r.Rounds)-1]
	if r.Status == Tied {
		return Step{Code: "tally.summary.tied_round", Options: r.Tied, Args: errs.Args{"Round": last.Number}}
	}
	figures := errs.Args{"Round": last.Number, "Votes": last.Votes[r.Winners[0]].Units,
		"Of": r.Turnout.Cast - last.Exhausted.Units}
	if last.Number == 1 {
		return Step{Code: "tally.summary.first_round", Options: r.Winners, Args: figures}
	}
	return Step{Code: "tally.summary.last_round", Options: r.Winners, Args: figures}
}

// runoffSteps says the rule, and for each round where its votes came from and who
// is left out or wins, and why.
func runoffSteps(rules Rules, r Result) []Step {
	s := []Step{{Code: "tally.step.runoff_rule"}}
	if rules.Batch {
		s = append(s, Step{Code: "tally.step.runoff_batch"})
	}
	if r.Status == NoVotes {
		s = append(s, Step{Code: "tally.step.no_votes"})
	}
	ties := r.Ties
	for _, round := range r.Rounds {
		s = append(s, movedSteps(round.Moved)...)
		if len(ties) > 0 && ties[0].Round == round.Number {
			s = append(s, tieSteps(ties[0], round)...)
			ties = ties[1:]
			continue
		}
		s = append(s, roundStep(round, r.Turnout.Cast))
	}
	return s
}

// movedSteps sums up where the votes of those left out went.
func movedSteps(moved []Transfer) []Step {
	var targets []int
	sums := map[int]int64{}
	for _, t := range moved {
		if _, known := sums[t.To]; !known && t.To >= 0 {
			targets = append(targets, t.To)
		}
		sums[t.To] += t.Votes.Units
	}
	var s []Step
	for _, to := range targets {
		s = append(s, Step{Code: "tally.step.moved_to", Options: []int{to}, Args: errs.Args{"Count": sums[to]}})
	}
	if n := sums[-1]; n > 0 {
		s = append(s, Step{Code: "tally.step.moved_nowhere", Args: errs.Args{"Count": n}})
	}
	return s
}

func roundStep(round Round, cast int64) Step {
	var votes, next int64
	for _, option := range round.Excluded {
		votes += round.Votes[option].Units
	}
	switch {
	case len(round.Elected) > 0:
		return Step{Code: "tally.step.round_majority", Options: round.Elected,
			Args: errs.Args{"Round": round.Number, "Votes": round.Votes[round.Elected[0]].Units, "Of": cast - round.Exhausted.Units}}
	case len(round.Excluded) == 1:
		return Step{Code: "tally.step.round_lowest", Options: round.Excluded,
			Args: errs.Args{"Round": round.Number, "Votes": votes}}
	}
	for _, figure := range round.Votes {
		if figure.Units > votes && (next == 0 || figure.Units < next) {
			next = figure.Units
		}
	}
	return Step{Code: "tally.step.round_group", Options: round.Excluded,
		Args: errs.Args{"Round": round.Number, "Votes": votes, "Next": next}}
}

// tieSteps says who was tied for the fewest votes and how that was decided.
func tieSteps(t Tie, round Round) []Step {
	tied := Step{Code: "tally.step.round_tied", Options: t.Tied,
		Args: errs.Args{"Round": round.Number, "Votes": round.Votes[t.Tied[0]].Units}}
	how := Step{Code: "tally.step.tie_open"}
	switch t.By {
	case byEarlierRound:
		how = Step{Code: "tally.step.tie_earlier", Options: t.Chosen}
	case ByLot:
		how = Step{Code: "tally.step.tie_lot", Options: t.Chosen}
	case byTogether:
		how = Step{Code: "tally.step.tie_together"}
	}
	return []Step{tied, how}
}
