package tally

import "plenary/pkg/errs"

// proposalSummary is the outcome, by the test that decided.
func proposalSummary(r Result) Step {
	d := r.Decision
	figures := errs.Args{"Agree": d.Agree, "Of": d.Of, "Count": d.Needed}
	switch {
	case r.Status == NoQuorum:
		return r.Turnout.noQuorum()
	case r.Status == Blocked:
		return Step{Code: "tally.summary.blocked", Args: errs.Args{"Count": d.Blocks}}
	case r.Status == Passed:
		return Step{Code: "tally.summary.passed", Args: figures}
	case d.Of == 0:
		return Step{Code: "tally.summary.rejected_nobody"}
	case d.Met:
		return d.unmet().summary()
	}
	return Step{Code: "tally.summary.rejected", Args: figures}
}

// steps goes on until the test that decided, in the order of the tests.
func (d Decision) steps(status Status) []Step {
	if status == NoQuorum {
		return nil
	}
	var s []Step
	blocks := errs.Args{"Count": d.Blocks, "Allowed": d.BlocksAllowed}
	switch {
	case status == Blocked && d.BlocksAllowed == 0:
		return []Step{{Code: "tally.step.blocked_by_any", Args: blocks}}
	case status == Blocked:
		return []Step{{Code: "tally.step.blocked", Args: blocks}}
	case d.Blocks > 0:
		s = append(s, Step{Code: "tally.step.blocks_allowed", Args: blocks})
	}
	compare := "at_least"
	if d.Over {
		compare = "more_than"
	}
	s = append(s, Step{Code: "tally.step." + compare + "." + string(d.Basis),
		Args: errs.Args{"Threshold": d.Threshold.Words()}})
	figures := errs.Args{"Agree": d.Agree, "Of": d.Of, "Count": d.Needed}
	switch {
	case d.Of == 0:
		return append(s, Step{Code: "tally.step.nobody." + string(d.Basis)})
	case !d.Met:
		return append(s, Step{Code: "tally.step.agree_short", Args: figures})
	}
	s = append(s, Step{Code: "tally.step.agree_enough", Args: figures})
	for _, demand := range d.Demands {
		s = append(s, demand.steps()...)
	}
	return s
}

// summary is the outcome where this demand failed.
func (d Demand) summary() Step {
	s := Step{Code: "tally.summary.share_low", Options: []int{d.Option}, Args: errs.Args{"Votes": d.Votes, "Of": d.Of, "Count": d.Bound}}
	if d.AtMost {
		s.Code = "tally.summary.share_high"
	}
	if d.Of == 0 {
		return Step{Code: "tally.summary.rejected_nobody"}
	}
	return s
}

// steps says the demand and whether it is met.
func (d Demand) steps() []Step {
	compare := "share_at_least"
	if d.AtMost {
		compare = "share_at_most"
	}
	demand := Step{Code: "tally.step." + compare + "." + string(d.Basis), Options: []int{d.Option},
		Args: errs.Args{"Share": d.Share.Words()}}
	outcome := Step{Code: "tally.step.share_missed", Args: errs.Args{"Votes": d.Votes, "Of": d.Of}}
	if d.Met {
		outcome.Code = "tally.step.share_met"
	}
	return []Step{demand, outcome}
}
