package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// The options of a proposal.
const (
	Agree = iota
	Abstain
	Disagree
	Block
)

// ProposalOptions are the names of a proposal's options, by number.
func ProposalOptions() []string { return []string{"agree", "abstain", "disagree", "block"} }

// proposal is consent or majority in four answers. In this order: too few votes
// cast for the quorum: no quorum; more blocks than allowed: blocked; the share
// of agreement reaches the threshold: passed; otherwise, or where nobody is in
// the basis of the share: rejected. Abstentions count as cast.
type proposal struct{}

func (proposal) version() string { return "proposal/1" }
func (proposal) form() Form      { return Marks }

func (proposal) complete(r Rules) Rules {
	if r.Basis == "" {
		r.Basis = OfDecided
	}
	if !r.Threshold.Set() {
		r.Threshold, r.Over = Fraction{1, 2}, true
	}
	return r
}

func (proposal) validate(r Rules, options int, f *errs.Fields) {
	if options != len(ProposalOptions()) {
		f.Add("options", "tally.rule.proposal_options")
	}
	switch {
	case !r.Threshold.within(0, 1):
		f.Add("threshold", "tally.rule.threshold_range")
	case r.Over && r.Threshold.Num == r.Threshold.Den:
		f.Add("threshold", "tally.rule.threshold_unreachable")
	}
	switch r.Basis {
	case OfDecided, OfCast, OfEligible:
	default:
		f.Add("basis", "tally.rule.basis_unknown")
	}
	if r.BlocksAllowed < 0 {
		f.Add("blocks_allowed", "tally.rule.blocks_negative")
	}
	refuse(f, "seats", r.Seats != 0 && r.Seats != 1)
	refuse(f, "min", r.Min != 0 && r.Min != 1)
	refuse(f, "max", r.Max != 0 && r.Max != 1)
	refuse(f, "blank", r.Blank)
}

func (proposal) check(_ Rules, options int, b Ballot) *errs.Text {
	return checkChoices(b.Choices, options, 1, 1, false)
}

func (p proposal) count(c Contest, ballots iter.Seq[Ballot]) Result {
	r, options, eligible := c.Rules, c.Options, c.Eligible
	var invalid []int
	votes := make([]int64, options)
	var cast int64
	for b := range valid(p, r, options, ballots, &invalid) {
		votes[b.Choices[0]] += b.Weight
		cast += b.Weight
	}
	result := Result{
		Rule:     p.version(),
		Turnout:  turnoutOf(r.Quorum, cast, 0, eligible),
		Options:  rows(votes, cast),
		Ranking:  ranking(votes),
		Winners:  []int{},
		Tied:     []int{},
		Decision: decide(r, votes, cast, eligible),
		Invalid:  invalid,
	}
	result.Status = proposalStatus(result.Turnout, *result.Decision)
	result.Summary = proposalSummary(result)
	result.Explanation = append(result.Turnout.steps(invalid), result.Decision.steps(result.Status)...)
	return result
}

// decide compares agreement with what is needed.
func decide(r Rules, votes []int64, cast, eligible int64) *Decision {
	d := &Decision{Basis: r.Basis, Agree: votes[Agree], Threshold: r.Threshold, Over: r.Over,
		Blocks: votes[Block], BlocksAllowed: int64(r.BlocksAllowed)}
	switch r.Basis {
	case OfDecided:
		d.Of = cast - votes[Abstain]
	case OfCast:
		d.Of = cast
	case OfEligible:
		d.Of = eligible
	}
	d.Share = share(d.Agree, d.Of)
	if d.Of > 0 {
		d.Needed = r.Threshold.needed(d.Of, r.Over)
		d.Met = d.Agree >= d.Needed
	}
	return d
}

func proposalStatus(t Turnout, d Decision) Status {
	switch {
	case !t.QuorumMet():
		return NoQuorum
	case d.Blocks > d.BlocksAllowed:
		return Blocked
	case d.Met:
		return Passed
	}
	return Rejected
}

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
	case d.Met:
		return append(s, Step{Code: "tally.step.agree_enough", Args: figures})
	}
	return append(s, Step{Code: "tally.step.agree_short", Args: figures})
}
