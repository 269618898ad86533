package tally

import (
	"iter"
	"slices"

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

// proposal is consent or majority in four answers, or in any number of answers
// of which Rules.Sides says what each counts as: a test for consent, a sense
// check, gradients of agreement. In this order: too few votes cast for the
// quorum: no quorum; more blocks than allowed: blocked; the share of agreement
// reaches the threshold, and every further demand of Rules.Shares is met:
// passed; otherwise, or where nobody is in the basis of a share: rejected.
// Abstentions count as cast.
type proposal struct{}

// usualSides are the sides of the four usual answers.
var usualSides = []Side{Agree: For, Abstain: Neutral, Disagree: Against, Block: Stop}

func (r Rules) sides() []Side {
	if len(r.Sides) == 0 {
		return usualSides
	}
	return r.Sides
}

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
	validateSides(r, options, f)
	validateShares(r, options, f)
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
	r.accept(f, "quorum", "threshold", "basis", "over", "blocks_allowed", "sides", "shares")
}

func validateSides(r Rules, options int, f *errs.Fields) {
	if len(r.Sides) == 0 {
		if options != len(usualSides) {
			f.Add("options", "tally.rule.proposal_options")
		}
		return
	}
	if len(r.Sides) != options {
		f.Add("sides", "tally.rule.sides_missing", errs.Args{"Count": options})
	}
	for _, side := range r.Sides {
		if !slices.Contains(usualSides, side) {
			f.Add("sides", "tally.rule.side_unknown")
		}
	}
	if !slices.Contains(r.Sides, For) {
		f.Add("sides", "tally.rule.sides_without_agree")
	}
}

func validateShares(r Rules, options int, f *errs.Fields) {
	for _, s := range r.Shares {
		switch {
		case s.Option < 0 || s.Option >= options:
			f.Add("shares", "tally.ballot.unknown_option")
		case !s.Share.within(0, 1):
			f.Add("shares", "tally.rule.share_range")
		case s.basis() != OfCast && s.basis() != OfEligible:
			f.Add("shares", "tally.rule.share_basis")
		}
	}
}

func (s ShareRule) basis() Basis {
	if s.Basis == "" {
		return OfCast
	}
	return s.Basis
}

func (proposal) check(_ Rules, options int, b Ballot) *errs.Text {
	return checkChoices(b.Choices, options, 1, 1, false)
}

func (m proposal) count(c Contest, ballots iter.Seq[Ballot]) Result {
	var invalid []int
	votes := make([]int64, c.Options)
	var cast int64
	for b := range valid(m, c.Rules, c.Options, ballots, &invalid) {
		votes[b.Choices[0]] += b.Weight
		cast += b.Weight
	}
	r := c.begin(m, votes, cast, 0, invalid)
	r.Ranking = levels(c.standing(), mostFirst(votes))
	r.Decision = decide(c.Rules, votes, cast, c.Eligible)
	r.Status = proposalStatus(r.Turnout, *r.Decision)
	r.Summary = proposalSummary(r)
	r.Explanation = append(r.Turnout.steps(invalid), r.Decision.steps(r.Status)...)
	return r
}

// decide compares agreement with what is needed.
func decide(r Rules, votes []int64, cast, eligible int64) *Decision {
	bySide := map[Side]int64{}
	for option, side := range r.sides() {
		bySide[side] += votes[option]
	}
	d := &Decision{Basis: r.Basis, Agree: bySide[For], Threshold: r.Threshold, Over: r.Over,
		Blocks: bySide[Stop], BlocksAllowed: int64(r.BlocksAllowed)}
	switch r.Basis {
	case OfDecided:
		d.Of = cast - bySide[Neutral]
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
	for _, s := range r.Shares {
		d.Demands = append(d.Demands, s.of(votes, cast, eligible))
	}
	return d
}

// of compares one answer's votes with the demand.
func (s ShareRule) of(votes []int64, cast, eligible int64) Demand {
	d := Demand{ShareRule: s, Votes: votes[s.Option], Of: cast}
	d.Basis = s.basis()
	if d.Basis == OfEligible {
		d.Of = eligible
	}
	switch {
	case d.Of == 0:
	case s.AtMost:
		d.Bound = s.Share.atMost(d.Of)
		d.Met = d.Votes <= d.Bound
	default:
		d.Bound = s.Share.needed(d.Of, false)
		d.Met = d.Votes >= d.Bound
	}
	return d
}

// unmet is the first of the further demands that is not met, and nil where all are.
func (d Decision) unmet() *Demand {
	for i := range d.Demands {
		if !d.Demands[i].Met {
			return &d.Demands[i]
		}
	}
	return nil
}

func proposalStatus(t Turnout, d Decision) Status {
	switch {
	case !t.QuorumMet():
		return NoQuorum
	case d.Blocks > d.BlocksAllowed:
		return Blocked
	case d.Met && d.unmet() == nil:
		return Passed
	}
	return Rejected
}
