package tally

import (
	"iter"
	"slices"
	"strings"

	"plenary/pkg/errs"
)

// Method is the name of a way of counting, as a poll stores it.
type Method string

// The methods that can be counted. Each has a file of its own that says its rule
// and where it is published.
const (
	Proposal         Method = "proposal"          // agree, abstain, disagree, block
	Choice           Method = "choice"            // one or several of the options; most votes
	Approval         Method = "approval"          // every option that one can live with; most votes
	OptIn            Method = "opt_in"            // who takes part: accept or decline, with a target
	Score            Method = "score"             // points for each option; highest sum
	STAR             Method = "star"              // stars, then a runoff of the two highest
	DotVote          Method = "dot_vote"          // a number of dots to spread
	Quadratic        Method = "quadratic"         // votes that cost their square
	MajorityJudgment Method = "majority_judgment" // grades; highest median
	Borda            Method = "borda"             // points by rank
	InstantRunoff    Method = "irv"               // ranking; the last is left out until one has a majority
	RankedPairs      Method = "ranked_pairs"      // ranking; duels locked in order of strength
	Schulze          Method = "schulze"           // ranking; duels by strongest paths
	Minimax          Method = "minimax"           // ranking; smallest worst defeat; for comparison
	Copeland         Method = "copeland"          // ranking; duels won; for comparison
	STVScottish      Method = "stv_scottish"      // several seats, transfers cut to five decimals
	STVWIGM          Method = "stv_wigm"          // several seats, weighted inclusive Gregory
	STVMeek          Method = "stv_meek"          // several seats, keep factors
	TimePoll         Method = "time_poll"         // when: yes, if need be, no
	Question         Method = "question"          // reasons only
	Sortition        Method = "draw"              // options drawn by lot from a public seed
)

// Methods lists every method that a poll can have, in the order in which they
// are offered. Minimax and Copeland, which are columns of the other methods of
// duels, can be counted but are not among them.
func Methods() []Method {
	all := []Method{Proposal, Choice, Approval, OptIn, Score, STAR, DotVote, Quadratic, MajorityJudgment, Borda,
		InstantRunoff, RankedPairs, Schulze, STVScottish, STVWIGM, STVMeek, TimePoll, Question, Sortition}
	return slices.DeleteFunc(all, func(m Method) bool { return ruleOf(m) == nil })
}

// Form is the kind of mark that the method asks for, and empty for an unknown one.
func (m Method) Form() Form {
	if r := ruleOf(m); r != nil {
		return r.form()
	}
	return ""
}

// Version names the method's rule with its version, as Result.Rule does. It is
// empty for an unknown one.
func (m Method) Version() string {
	if r := ruleOf(m); r != nil {
		return r.version()
	}
	return ""
}

// Basis says of which votes the agreeing share is taken.
type Basis string

// The bases. "Decided" leaves abstentions out.
const (
	OfDecided  Basis = "decided"  // agree + disagree + block
	OfCast     Basis = "cast"     // decided + abstain
	OfEligible Basis = "eligible" // everybody who may vote
)

// Side is what an answer of a proposal counts as.
type Side string

// The sides. Abstaining counts as cast and takes no side.
const (
	For     Side = "agree"
	Neutral Side = "abstain"
	Against Side = "disagree"
	Stop    Side = "block"
)

// Unranked says what a ranking means for the options that it leaves out.
type Unranked string

// The readings of unranked options. Methods of duels know Below and Ignored,
// Borda knows Zero and Average.
const (
	Below   Unranked = "bottom"  // equal, and below all ranked
	Ignored Unranked = "ignore"  // no preference about them
	Zero    Unranked = "zero"    // no points
	Average Unranked = "average" // an equal part of the points that are left
)

// Strength says how strong a won duel is.
type Strength string

// The strengths.
const (
	Winning Strength = "winning" // votes of the winning side
	Margin  Strength = "margin"  // winning less losing votes
)

// ShareRule is a demand on one answer of a proposal: "consent at least 70 per
// cent of the votes cast", "objection at most 5".
type ShareRule struct {
	Option int      `json:"option"`
	Share  Fraction `json:"share"`
	AtMost bool     `json:"at_most,omitempty"` // instead of at least
	Basis  Basis    `json:"basis,omitempty"`   // OfCast or OfEligible; empty means OfCast
}

// Rules are the settings of one count. A method refuses the settings that mean
// nothing to it, so that none is silently without effect.
type Rules struct {
	Method Method `json:"method"`

	// Quorum is the part of the eligible votes that has to be cast for the
	// result to stand, from 0 to 1; unset: none.
	Quorum Fraction `json:"quorum,omitzero"`

	Seats int  `json:"seats,omitempty"` // how many options win; 0 means 1
	Min   int  `json:"min,omitempty"`   // fewest options marked or ranked; 0 means 1
	Max   int  `json:"max,omitempty"`   // most options marked or ranked; 0: the method's usual
	Blank bool `json:"blank,omitempty"` // a ballot may say "none of these", and counts as cast

	// Threshold is the share of agreement that a proposal needs, from 0 to 1.
	// Unset means more than one half.
	Threshold     Fraction    `json:"threshold,omitzero"`
	Basis         Basis       `json:"basis,omitempty"`          // Proposal: share of what; empty means OfDecided
	Over          bool        `json:"over,omitempty"`           // Proposal: more than the threshold, instead of at least
	BlocksAllowed int         `json:"blocks_allowed,omitempty"` // Proposal: more blocks than this stop it
	Sides         []Side      `json:"sides,omitempty"`          // Proposal: what each answer counts as; empty: the four usual ones
	Shares        []ShareRule `json:"shares,omitempty"`         // Proposal: further demands on single answers

	Target   int  `json:"target,omitempty"`    // OptIn: how many are wanted; 0: no number
	MinScore int  `json:"min_score,omitempty"` // Score: lowest score
	MaxScore int  `json:"max_score,omitempty"` // Score, STAR: highest score; 0 means 5
	Mean     bool `json:"mean,omitempty"`      // Score: blanks are no opinion, and the mean decides instead of the sum
	Dots     int  `json:"dots,omitempty"`      // DotVote: dots of each voter; 0 means 8
	UseAll   bool `json:"use_all,omitempty"`   // DotVote: all of them have to be used
	Credits  int  `json:"credits,omitempty"`   // Quadratic: what each voter can spend; 0 means 100
	Negative bool `json:"negative,omitempty"`  // Quadratic: votes against an option are possible
	Grades   int  `json:"grades,omitempty"`    // MajorityJudgment: number of grades, 0 the worst; 0 means 6

	Equal     bool     `json:"equal,omitempty"`      // rankings may put options equal (methods of duels, Borda)
	Unranked  Unranked `json:"unranked,omitempty"`   // methods of duels: empty means Below; Borda: empty means Zero
	Strength  Strength `json:"strength,omitempty"`   // methods of duels: empty means Winning
	Top       int      `json:"top,omitempty"`        // Borda: only so many are ranked, and the last of them has 1 point; 0: all
	LastPoint int      `json:"last_point,omitempty"` // Borda without Top: points of the last of all options, 0 or 1
	Batch     bool     `json:"batch,omitempty"`      // InstantRunoff: leave out all at once who cannot reach the next
	Decimals  int      `json:"decimals,omitempty"`   // STVWIGM: decimals kept in a transfer; 0 means 4
}

// rule is one method of counting. It is given complete rules (see
// Rules.Complete) and, in check and count, rules that validate has accepted.
type rule interface {
	version() string
	form() Form
	complete(r Rules) Rules
	validate(r Rules, options int, f *errs.Fields)
	check(r Rules, options int, b Ballot) *errs.Text
	count(c Contest, ballots iter.Seq[Ballot]) Result
}

// limited is a rule that splits votes and therefore can count only so many.
type limited interface{ most() int64 }

// ruleOf finds the method, and nil for an unknown one.
func ruleOf(m Method) rule {
	switch m {
	case Proposal:
		return proposal{}
	case Choice:
		return choice{}
	case Approval:
		return approval{}
	case OptIn:
		return optIn{}
	case Score:
		return score{}
	case STAR:
		return star{}
	case DotVote:
		return dotVote{}
	case Quadratic:
		return quadratic{}
	case MajorityJudgment:
		return majorityJudgment{}
	case Borda:
		return borda{}
	case TimePoll:
		return timePoll{}
	case Question:
		return question{}
	case Sortition:
		return sortition{}
	case InstantRunoff:
		return instantRunoff{}
	case RankedPairs:
		return rankedPairs{}
	case Schulze:
		return schulze{}
	case Minimax:
		return minimax{}
	case Copeland:
		return copeland{}
	case STVScottish, STVWIGM, STVMeek:
		return stv{m}
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
	if t := verdict(m, m.complete(r), options, b); t != nil {
		f.Add("choices", t.Code, t.Args)
	}
	return f.Err()
}

// Contest is what is counted, apart from the ballots.
type Contest struct {
	Rules   Rules
	Options int // their number

	// Eligible is the sum of the weights of all who may vote, and 0 where that is
	// not known.
	Eligible int64

	// Withdrawn options are struck off every ballot before the count. They keep
	// their numbers and have no votes.
	Withdrawn []int

	// Lots decides ties that the rule leaves to chance. Nil: the count stops at
	// such a tie and reports it.
	Lots Lots
}

// Count counts the ballots, which some methods go through more than once. A
// ballot that Rules.Check would refuse is left out and reported in
// Result.Invalid. The error is that of Rules.Validate, or that the votes are too
// many for the method.
func (c Contest) Count(ballots iter.Seq[Ballot]) (Result, error) {
	f := c.Rules.Validate(c.Options)
	if c.Eligible < 0 {
		f.Add("eligible", "tally.rule.eligible_negative")
	}
	c.checkWithdrawn(&f)
	if err := f.Err(); err != nil {
		return Result{}, err
	}
	m := ruleOf(c.Rules.Method)
	if l, ok := m.(limited); ok && weightOf(ballots) > l.most() {
		f.Add("ballots", "tally.rule.stv_votes", errs.Args{"Max": l.most()})
		return Result{}, f.Err()
	}
	c.Rules = m.complete(c.Rules)
	result := m.count(c, ballots)
	result.Lots = c.drawn(result, func() int { return numberOf(ballots) }, func(c Contest) Result { return m.count(c, ballots) })
	return result, nil
}

func numberOf(ballots iter.Seq[Ballot]) int {
	n := 0
	for range ballots {
		n++
	}
	return n
}

// Count is a contest without lots and without withdrawn options.
func Count(r Rules, options int, eligible int64, ballots iter.Seq[Ballot]) (Result, error) {
	return Contest{Rules: r, Options: options, Eligible: eligible}.Count(ballots)
}

func joinMethods() string {
	var names []string
	for _, m := range Methods() {
		names = append(names, string(m))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
