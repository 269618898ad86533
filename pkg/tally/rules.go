package tally

import (
	"iter"
	"slices"
	"strings"

	"plenary/pkg/errs"
)

// Method is the name of a way of counting, as a poll stores it.
type Method string

// The methods that can be counted.
const (
	Proposal Method = "proposal" // agree, abstain, disagree, block
	Choice   Method = "choice"   // one or several of the options; most votes
)

// Methods lists every method that can be counted, in the order in which they
// are offered.
func Methods() []Method { return []Method{Proposal, Choice} }

// Basis says of which votes the agreeing share is taken.
type Basis string

// The bases. "Decided" leaves abstentions out.
const (
	OfDecided  Basis = "decided"  // agree + disagree + block
	OfCast     Basis = "cast"     // decided + abstain
	OfEligible Basis = "eligible" // everybody who may vote
)

// Rules are the settings of one count. A method refuses the settings that mean
// nothing to it, so that none is silently without effect.
type Rules struct {
	Method Method `json:"method"`

	// Quorum is the part of the eligible votes that has to be cast for the
	// result to stand, from 0 to 1; unset: none.
	Quorum Fraction `json:"quorum,omitzero"`

	Seats int  `json:"seats,omitempty"` // Choice: how many options win; 0 means 1
	Min   int  `json:"min,omitempty"`   // Choice: fewest options on a ballot; 0 means 1
	Max   int  `json:"max,omitempty"`   // Choice: most options on a ballot; 0 means the same as Min
	Blank bool `json:"blank,omitempty"` // Choice: a ballot may choose none, and counts as cast

	// Threshold is the share of agreement that a proposal needs, from 0 to 1.
	// Unset means more than one half.
	Threshold     Fraction `json:"threshold,omitzero"`
	Basis         Basis    `json:"basis,omitempty"`          // Proposal: share of what; empty means OfDecided
	Over          bool     `json:"over,omitempty"`           // Proposal: more than the threshold, instead of at least
	BlocksAllowed int      `json:"blocks_allowed,omitempty"` // Proposal: more blocks than this stop it
}

// rule is one method of counting. It is given complete rules (see
// Rules.Complete) and, in check and count, rules that validate has accepted.
type rule interface {
	version() string
	complete(r Rules) Rules
	validate(r Rules, options int, f *errs.Fields)
	check(r Rules, options int, choices []int) *errs.Text
	count(r Rules, options int, eligible int64, ballots iter.Seq[Ballot]) Result
}

// ruleOf finds the method, and nil for an unknown one.
func ruleOf(m Method) rule {
	switch m {
	case Proposal:
		return proposal{}
	case Choice:
		return choice{}
	}
	return nil
}

// Complete fills the settings left open with what they mean. A poll stores the
// complete rules, so that a later default does not change an old result.
func (r Rules) Complete() Rules {
	if m := ruleOf(r.Method); m != nil {
		return m.complete(r)
	}
	return r
}

// Validate says which settings cannot be counted with that many options, named
// as in the JSON of Rules ("options" for their number). Empty: all is well.
func (r Rules) Validate(options int) errs.Fields {
	var f errs.Fields
	m := ruleOf(r.Method)
	if m == nil {
		f.Add("method", "tally.rule.method_unknown", errs.Args{"Methods": joinMethods()})
		return f
	}
	if r.Quorum.Set() && !r.Quorum.within(0, 1) {
		f.Add("quorum", "tally.rule.quorum_range")
	}
	m.validate(m.complete(r), options, &f)
	return f
}

// Check says whether the ballot may be cast under the rules, which Validate has
// accepted. The error is of kind Invalid and concerns the field "choices" or
// "weight".
func (r Rules) Check(options int, b Ballot) error {
	m := ruleOf(r.Method)
	if m == nil {
		return r.Validate(options).Err()
	}
	var f errs.Fields
	if !b.weighs() {
		f.Add("weight", "tally.ballot.weight", errs.Args{"Max": int64(MaxWeight)})
	}
	if t := m.check(m.complete(r), options, b.Choices); t != nil {
		f.Add("choices", t.Code, t.Args)
	}
	return f.Err()
}

// Count counts the ballots. Options is the number of options; eligible is the
// sum of the weights of all who may vote, and 0 where that is not known. A ballot
// that Check would refuse is left out and reported in Result.Invalid. The error
// is that of Validate.
func Count(r Rules, options int, eligible int64, ballots iter.Seq[Ballot]) (Result, error) {
	f := r.Validate(options)
	if eligible < 0 {
		f.Add("eligible", "tally.rule.eligible_negative")
	}
	if err := f.Err(); err != nil {
		return Result{}, err
	}
	m := ruleOf(r.Method)
	return m.count(m.complete(r), options, eligible, ballots), nil
}

// refuse complains about a setting that has no meaning in the method.
func refuse(f *errs.Fields, field string, isSet bool) {
	if isSet {
		f.Add(field, "tally.rule.not_for_method")
	}
}

func joinMethods() string {
	var names []string
	for _, m := range Methods() {
		names = append(names, string(m))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
