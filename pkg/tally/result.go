package tally

import (
	"plenary/pkg/errs"
)

// Status is what came out, in one word.
type Status string

// What can come out. NoQuorum belongs to every method, the next three to
// proposals, the rest to methods with winners.
const (
	NoQuorum Status = "no_quorum" // too few votes cast: nothing is decided
	Blocked  Status = "blocked"   // more blocks than allowed
	Passed   Status = "passed"
	Rejected Status = "rejected"
	Chosen   Status = "chosen"   // every seat is filled
	Tied     Status = "tied"     // equal votes at the last seat; only a lot can decide
	NoVotes  Status = "no_votes" // no option has a single vote
)

// Result is the whole account of a count: words, table and picture are made
// from it. Its JSON is part of poll exports; fields are added, never changed.
// All numbers of votes are sums of weights.
type Result struct {
	Rule    string  `json:"rule"` // method and version, as "choice/1"
	Status  Status  `json:"status"`
	Turnout Turnout `json:"turnout"`
	Options []Row   `json:"options"` // one per option, in the order of the options
	Ranking [][]int `json:"ranking"` // options by votes, best first; equal ones together

	// Winners are certain of a place, best first; always empty for proposals.
	Winners []int `json:"winners"`
	// Tied options compete for the last seats with equal votes and are not in
	// Winners. With status NoVotes these are all options.
	Tied []int `json:"tied"`

	Decision *Decision `json:"decision,omitempty"` // proposals only

	// Invalid lists the positions of ballots that break the rules and are not
	// counted anywhere else.
	Invalid []int `json:"invalid_ballots,omitempty"`

	Summary     Step   `json:"summary"`     // the outcome and its reason in one sentence
	Explanation []Step `json:"explanation"` // how the count went, in order
}

// Turnout says how many votes took part.
type Turnout struct {
	Cast     int64   `json:"cast"`
	Blank    int64   `json:"blank"`            // those of Cast that chose no option
	Eligible int64   `json:"eligible"`         // 0: not known
	NotVoted int64   `json:"not_voted"`        // Eligible less Cast
	Percent  int     `json:"percent"`          // Cast of Eligible, cut to whole per cent
	Quorum   *Quorum `json:"quorum,omitempty"` // absent: none was asked for
}

// Quorum is the participation asked for and what became of it.
type Quorum struct {
	Required Fraction `json:"required"` // part of Eligible
	Needed   int64    `json:"needed"`   // votes that had to be cast
	Met      bool     `json:"met"`
}

// QuorumMet is true where the quorum was reached or none was asked for.
func (t Turnout) QuorumMet() bool { return t.Quorum == nil || t.Quorum.Met }

// Row is one option's figures.
type Row struct {
	Option  int       `json:"option"`
	Votes   int64     `json:"votes"`
	Share   *Fraction `json:"share"`   // of the votes cast; null where none was
	Percent int       `json:"percent"` // the same, cut to whole per cent
}

// Decision holds the figures that decided a proposal: "two thirds of those who
// took a side must agree (15 of 22 did, 15 were needed)".
type Decision struct {
	Basis         Basis     `json:"basis"`
	Of            int64     `json:"of"`    // votes in the basis
	Agree         int64     `json:"agree"` // those of them that agree
	Share         *Fraction `json:"share"` // Agree of Of; null where Of is 0
	Threshold     Fraction  `json:"threshold"`
	Over          bool      `json:"over"`   // more than the threshold, instead of at least
	Needed        int64     `json:"needed"` // least number of Agree that reaches it; 0 where Of is 0
	Met           bool      `json:"met"`
	Blocks        int64     `json:"blocks"`
	BlocksAllowed int64     `json:"blocks_allowed"`
}

// Step is one sentence of the account, as a key of the message catalogue with
// its values. Args are named as the catalogue's texts name them; "Count" is the
// number that chooses between singular and plural. Where a sentence speaks of
// options, Options lists them, and whoever makes the words gives the text their
// names under "Options".
type Step struct {
	Code    string    `json:"code"`
	Args    errs.Args `json:"args,omitempty"`
	Options []int     `json:"options,omitempty"`
}

// turnoutOf works out participation. A quorum of an unknown electorate is not met.
func turnoutOf(quorum Fraction, cast, blank, eligible int64) Turnout {
	t := Turnout{Cast: cast, Blank: blank, Eligible: eligible, NotVoted: max(0, eligible-cast)}
	if part := share(cast, eligible); part != nil {
		t.Percent = part.WholePercent()
	}
	if quorum.Set() && quorum.Num > 0 {
		needed := quorum.needed(eligible, false)
		t.Quorum = &Quorum{Required: quorum, Needed: needed, Met: eligible > 0 && cast >= needed}
	}
	return t
}

// steps tells who took part and how many ballots could not be counted.
func (t Turnout) steps(invalid []int) []Step {
	var s []Step
	if t.Eligible > 0 {
		s = append(s, Step{Code: "tally.step.turnout",
			Args: errs.Args{"Cast": t.Cast, "Count": t.Eligible, "Percent": t.Percent}})
	} else {
		s = append(s, Step{Code: "tally.step.turnout_open", Args: errs.Args{"Count": t.Cast}})
	}
	if len(invalid) > 0 {
		s = append(s, Step{Code: "tally.step.invalid", Args: errs.Args{"Count": len(invalid)}})
	}
	if t.Blank > 0 {
		s = append(s, Step{Code: "tally.step.blank", Args: errs.Args{"Count": t.Blank}})
	}
	if q := t.Quorum; q != nil {
		code := "tally.step.quorum_met"
		if !q.Met {
			code = "tally.step.quorum_missed"
		}
		s = append(s, Step{Code: code, Args: errs.Args{"Required": q.Required.Words(), "Count": q.Needed, "Cast": t.Cast}})
	}
	return s
}

// noQuorum is the sentence for a result that does not stand.
func (t Turnout) noQuorum() Step {
	return Step{Code: "tally.summary.no_quorum", Args: errs.Args{"Cast": t.Cast, "Count": t.Quorum.Needed}}
}

// rows makes the table of votes, with shares of the votes cast.
func rows(votes []int64, cast int64) []Row {
	table := make([]Row, len(votes))
	for i, v := range votes {
		table[i] = Row{Option: i, Votes: v, Share: share(v, cast)}
		if table[i].Share != nil {
			table[i].Percent = table[i].Share.WholePercent()
		}
	}
	return table
}
