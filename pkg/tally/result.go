package tally

import (
	"encoding/json"
	"strings"

	"plenary/pkg/errs"
)

// Status is what came out, in one word.
type Status string

// What can come out. NoQuorum belongs to every method but Question and Sortition,
// the next three to proposals, Reached and NotReached to OptIn, the rest to
// methods with winners.
const (
	NoQuorum   Status = "no_quorum" // too few votes cast: nothing is decided
	Blocked    Status = "blocked"   // more blocks than allowed
	Passed     Status = "passed"
	Rejected   Status = "rejected"
	Reached    Status = "reached"     // as many take part as were wanted, or no number was
	NotReached Status = "not_reached" // fewer do
	Chosen     Status = "chosen"      // every seat is filled
	Tied       Status = "tied"        // only a lot can decide the last seat, and none was drawn
	NoVotes    Status = "no_votes"    // no option has a single vote
	Heard      Status = "heard"       // a question: there is nothing to decide
)

// Result is the whole account of a count: words, table and picture are made
// from it. Its JSON is part of poll exports; fields are added, never changed.
// All numbers of votes are sums of weights.
type Result struct {
	Rule    string  `json:"rule"` // method and version, as "choice/1"
	Status  Status  `json:"status"`
	Turnout Turnout `json:"turnout"`
	Options []Row   `json:"options"` // one per option, in the order of the options
	Ranking [][]int `json:"ranking"` // options by what the rule goes by, best first; equal ones together

	// Winners are certain of a place, best first; always empty for proposals.
	Winners []int `json:"winners"`
	// Tied options are those still in question for the last seats where no lot was
	// drawn; they are not in Winners. With status NoVotes these are all options.
	Tied []int `json:"tied"`

	Decision *Decision `json:"decision,omitempty"` // proposals only
	Target   int       `json:"target,omitempty"`   // OptIn only: how many were wanted

	Quota  *Amount `json:"quota,omitempty"`  // STV by a fixed quota: votes that elect
	Rounds []Round `json:"rounds,omitempty"` // methods that count in rounds
	Duels  *Duels  `json:"duels,omitempty"`  // methods of duels, and STAR for its runoff
	Ties   []Tie   `json:"ties,omitempty"`   // every tie that was met, in order
	Lots   *Drawn  `json:"lots,omitempty"`   // where a lot was drawn, or could have been
	Values *Values `json:"values,omitempty"` // methods of scores, grades and slots: how often each value was given

	// Invalid lists the positions of ballots that break the rules and are not
	// counted anywhere else.
	Invalid []int `json:"invalid_ballots,omitempty"`

	Summary     Step   `json:"summary"`     // the outcome and its reason in one sentence
	Explanation []Step `json:"explanation"` // how the count went, in order
}

// Round is one round of a count, or one stage of STV: the votes as they stand,
// and what is decided on them. In STV by fixed quotas votes may have moved once
// more after the last exclusion, and in STVWIGM the last surpluses.
type Round struct {
	Number    int        `json:"number"`               // from 1
	Quota     *Amount    `json:"quota,omitempty"`      // where it changes from round to round
	Votes     []*Amount  `json:"votes"`                // by option; null where the rule gives no figure
	Exhausted Amount     `json:"exhausted"`            // votes without a continuing preference, and in STV what cutting lost
	SurplusOf *int       `json:"surplus_of,omitempty"` // the one option whose surplus was transferred to make these figures
	Moved     []Transfer `json:"moved,omitempty"`      // what was transferred to make these figures
	Elected   []int      `json:"elected,omitempty"`    // on these figures
	Excluded  []int      `json:"excluded,omitempty"`   // left out on these figures
	Keep      []*Amount  `json:"keep,omitempty"`       // STVMeek: keep factors, by option
}

// Transfer is votes that moved from an option that is elected or left out.
type Transfer struct {
	From  int    `json:"from"`
	To    int    `json:"to"`    // -1: exhausted
	Votes Amount `json:"votes"` // STVMeek: a trace below 0 where rounding gives some back
}

// Duels holds every option against every other.
type Duels struct {
	Wins      [][]int64  `json:"wins"`             // Wins[i][j]: votes that put i above j; 0 where i is j
	Condorcet *int       `json:"condorcet_winner"` // beats every other; null where none does
	Paths     [][]int64  `json:"paths,omitempty"`  // Schulze: strength of the strongest path from i to j, 0: none
	Locks     []Lock     `json:"locks,omitempty"`  // RankedPairs: won duels in the order in which they were looked at
	Copeland  []Fraction `json:"copeland"`         // duels won, ties counting a half
	Minimax   []int64    `json:"minimax"`          // strength of the worst defeat, 0 where unbeaten
}

// Lock is a won duel, and whether it was locked or would have closed a cycle.
type Lock struct {
	Winner   int   `json:"winner"`
	Loser    int   `json:"loser"`
	Votes    int64 `json:"votes"`   // for the winner
	Against  int64 `json:"against"` // for the loser
	Strength int64 `json:"strength"`
	Locked   bool  `json:"locked"`
}

// Tie is options that were equal where the rule needed one of them, and how one
// was found.
type Tie struct {
	Round  int    `json:"round,omitempty"` // 0: not in a round
	Stake  Stake  `json:"stake"`
	Tied   []int  `json:"tied"`
	Chosen []int  `json:"chosen"` // empty where nothing decided
	By     string `json:"by"`     // "lot", "earlier_round", …; "open" where nothing decided
}

// ByLot and ByNothing are the ends of Tie.By that every method knows.
const (
	ByLot     = "lot"
	ByNothing = "open"
)

// Drawn tells the order of the lots, published so that anybody can draw it again.
type Drawn struct {
	Seed  string `json:"seed"`
	Order []int  `json:"order"`
	Used  bool   `json:"used"` // a tie was decided by it
	// Mattered says whether other lots would have led to other winners; null where
	// there were too many lots to try.
	Mattered *bool `json:"mattered,omitempty"`
}

// Values counts how often each value was given to each option.
type Values struct {
	Lowest int       `json:"lowest"`           // the value of the first count
	Counts [][]int64 `json:"counts"`           // by option, then from the lowest value upwards
	Blank  []int64   `json:"blank"`            // by option: votes without a value
	Median []int     `json:"median,omitempty"` // MajorityJudgment: by option
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
	// Points are what the rule ranks by where that is no number of votes: a sum of
	// scores, a mean, Borda's points; also below zero. Null elsewhere.
	Points *Fraction `json:"points,omitempty"`
}

// UnmarshalJSON implements json.Unmarshaler. Points can be below zero, which
// Fraction does not read, as no setting is.
func (r *Row) UnmarshalJSON(data []byte) error {
	type plain Row
	in := struct {
		*plain
		Points *signed `json:"points"`
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	r.Points = (*Fraction)(in.Points)
	return nil
}

// signed is a fraction that may have a minus in front.
type signed Fraction

// UnmarshalJSON implements json.Unmarshaler.
func (s *signed) UnmarshalJSON(data []byte) error {
	text := strings.Trim(string(data), `"`)
	digits, negative := strings.CutPrefix(text, "-")
	if err := (*Fraction)(s).UnmarshalJSON([]byte(digits)); err != nil {
		return err
	}
	if negative {
		s.Num = -s.Num
	}
	return nil
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
	Demands       []Demand  `json:"demands,omitempty"` // one for each of Rules.Shares
}

// Demand is a demand on one answer of a proposal, and what became of it.
type Demand struct {
	ShareRule
	Votes int64 `json:"votes"` // for the answer
	Of    int64 `json:"of"`    // votes in the basis
	Bound int64 `json:"bound"` // least, or most, number of Votes that meets it; 0 where Of is 0
	Met   bool  `json:"met"`   // never where Of is 0
}

// Step is one sentence of the account, as a key of the message catalogue with
// its values. Args are named as the catalogue's texts name them; "Count" is the
// number that chooses between singular and plural. Where a sentence speaks of
// options, Options lists them, and whoever makes the words gives the text their
// names under "Options". "Grade" is the number of a grade, for which they may put
// its name.
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
		table[i] = rowOf(i, v, cast)
	}
	return table
}

func rowOf(option int, votes, cast int64) Row {
	row := Row{Option: option, Votes: votes, Share: share(votes, cast)}
	if row.Share != nil {
		row.Percent = row.Share.WholePercent()
	}
	return row
}
