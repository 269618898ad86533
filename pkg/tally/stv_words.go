package tally

import (
	"slices"

	"plenary/pkg/errs"
)

// stvSummary says who is elected, or why not.
func stvSummary(r Result) Step {
	switch r.Status {
	case NoQuorum:
		return r.Turnout.noQuorum()
	case NoVotes:
		return Step{Code: "tally.summary.no_votes"}
	case Tied:
		tie := r.Ties[len(r.Ties)-1]
		if tie.Stake == ForSurplus {
			return Step{Code: "tally.summary.stv_tied_surplus", Options: tie.Tied}
		}
		return Step{Code: "tally.summary.stv_tied", Options: tie.Tied}
	}
	quota := r.Quota
	if quota == nil {
		quota = r.Rounds[len(r.Rounds)-1].Quota
	}
	return Step{Code: "tally.summary.stv_elected", Options: r.Winners, Args: errs.Args{"Quota": quota.said()}}
}

// steps tells the count round by round.
func (s stv) steps(rules Rules, valid int64, r Result) []Step {
	steps := []Step{{Code: "tally.step.seats", Args: errs.Args{"Count": rules.Seats}}}
	switch r.Status {
	case NoQuorum:
		return steps
	case NoVotes:
		return append(steps, Step{Code: "tally.step.no_votes"})
	}
	quota := errs.Args{"Count": valid, "Seats": rules.Seats}
	if s.method == STVMeek {
		quota["Quota"] = r.Rounds[0].Quota.said()
		steps = append(steps, Step{Code: "tally.step.stv_quota_falling", Args: quota})
	} else {
		quota["Quota"] = r.Quota.said()
		steps = append(steps, Step{Code: "tally.step.stv_quota", Args: quota})
	}
	for i, round := range r.Rounds {
		if i > 0 {
			steps = append(steps, s.movedSteps(r.Rounds[i-1], round)...)
		}
		steps = append(steps, electedSteps(r, round, true)...)
		steps = append(steps, stvTieSteps(r, round.Number)...)
		for _, option := range round.Excluded {
			steps = append(steps, Step{Code: "tally.step.stv_excluded", Options: []int{option},
				Args: errs.Args{"Round": round.Number, "Votes": round.Votes[option].said()}})
		}
		steps = append(steps, electedSteps(r, round, false)...)
	}
	return steps
}

// movedSteps tells where the votes went that made the figures of a round.
func (s stv) movedSteps(before, round Round) []Step {
	var steps []Step
	for _, from := range sources(round.Moved) {
		total, largest, most := moves(round.Moved, from)
		args := errs.Args{"Round": round.Number, "Of": total.said()}
		switch {
		case slices.Contains(before.Excluded, from):
		case s.method == STVMeek:
			steps = append(steps, Step{Code: "tally.step.stv_shared", Options: []int{from}, Args: args})
		default:
			steps = append(steps, Step{Code: "tally.step.stv_surplus", Options: []int{from}, Args: args})
		}
		part := errs.Args{"Votes": most.said(), "Of": total.said()}
		switch {
		case slices.Contains(largest, -1):
			steps = append(steps, Step{Code: "tally.step.stv_lost"})
		case most == total:
			steps = append(steps, Step{Code: "tally.step.stv_all", Options: largest})
		case len(largest) > 1:
			steps = append(steps, Step{Code: "tally.step.stv_largest_each", Options: largest, Args: part})
		case len(largest) == 1:
			steps = append(steps, Step{Code: "tally.step.stv_largest", Options: largest, Args: part})
		}
	}
	return steps
}

// sources lists the options from which votes moved.
func sources(moved []Transfer) []int {
	var from []int
	for _, t := range moved {
		if !slices.Contains(from, t.From) {
			from = append(from, t.From)
		}
	}
	return from
}

// moves sums up what moved from one option and who got most of it: -1 alone where
// nobody got any of it.
func moves(moved []Transfer, from int) (total Amount, largest []int, most Amount) {
	for _, t := range moved {
		if t.From != from {
			continue
		}
		total = Amount{total.Units + t.Votes.Units, t.Votes.Decimals}
		switch {
		case t.To < 0 || t.Votes.Units < most.Units:
		case t.Votes.Units > most.Units:
			most, largest = t.Votes, []int{t.To}
		default:
			largest = append(largest, t.To)
		}
	}
	if len(largest) == 0 {
		return total, []int{-1}, total
	}
	return total, largest, most
}

// electedSteps tells who is elected in a round, with the quota or without.
func electedSteps(r Result, round Round, withQuota bool) []Step {
	quota := r.Quota
	if quota == nil {
		quota = round.Quota
	}
	code := "tally.step.stv_left"
	if withQuota {
		code = "tally.step.stv_reached"
	}
	var steps []Step
	for _, option := range round.Elected {
		votes := round.Votes[option]
		if reached := votes.Units >= quota.Units*power(votes.Decimals-quota.Decimals); reached == withQuota {
			steps = append(steps, Step{Code: code, Options: []int{option},
				Args: errs.Args{"Round": round.Number, "Votes": votes.said()}})
		}
	}
	return steps
}

// stvTieSteps tells the ties met in a round, and how each ended.
func stvTieSteps(r Result, round int) []Step {
	var steps []Step
	for _, tie := range r.Ties {
		if tie.Round != round {
			continue
		}
		code := "tally.step.stv_tied_last"
		if tie.Stake == ForSurplus {
			code = "tally.step.stv_tied_surplus"
		}
		steps = append(steps, Step{Code: code, Options: tie.Tied, Args: errs.Args{"Round": round}})
		switch tie.By {
		case byEarlierStage:
			steps = append(steps, Step{Code: "tally.step.stv_earlier", Options: tie.Chosen})
		case ByLot:
			steps = append(steps, Step{Code: "tally.step.stv_lot", Options: tie.Chosen})
		default:
			steps = append(steps, Step{Code: "tally.step.stv_open"})
		}
	}
	return steps
}
