package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// The options of an opt-in.
const (
	Accept = iota
	Decline
)

// optIn asks who takes part. It is reached where as many accept as are wanted,
// or where no number was wanted; more than that are welcome, so that the part of
// the target can be above 100 per cent. (The rule is that of Loomio's "count me
// in" polls.)
type optIn struct{}

func (optIn) version() string { return "opt_in/1" }
func (optIn) form() Form      { return Marks }

func (optIn) complete(r Rules) Rules { return r }

func (optIn) validate(r Rules, options int, f *errs.Fields) {
	if options != 2 {
		f.Add("options", "tally.rule.opt_in_options")
	}
	if r.Target < 0 || r.Target > MaxWeight {
		f.Add("target", "tally.rule.number_range", errs.Args{"Min": 0, "Max": MaxWeight})
	}
	r.accept(f, "quorum", "target")
}

func (optIn) check(_ Rules, options int, b Ballot) *errs.Text {
	return checkChoices(b.Choices, options, 1, 1, false)
}

func (m optIn) count(c Contest, ballots iter.Seq[Ballot]) Result {
	var invalid []int
	votes := make([]int64, c.Options)
	var cast int64
	for b := range valid(m, c.Rules, c.Options, ballots, &invalid) {
		votes[b.Choices[0]] += b.Weight
		cast += b.Weight
	}
	r := c.begin(m, votes, cast, 0, invalid)
	r.Ranking = levels(c.standing(), mostFirst(votes))
	r.Target = c.Rules.Target
	r.Status = NotReached
	switch {
	case !r.Turnout.QuorumMet():
		r.Status = NoQuorum
	case votes[Accept] >= int64(r.Target):
		r.Status, r.Winners = Reached, []int{Accept}
	}
	r.tellOptIn()
	return r
}

func (r *Result) tellOptIn() {
	accepting, target := r.Options[Accept].Votes, int64(r.Target)
	r.Explanation = append(r.Turnout.steps(r.Invalid),
		Step{Code: "tally.step.opt_in", Args: errs.Args{"Count": accepting, "Declining": r.Options[Decline].Votes}})
	if r.Status == NoQuorum {
		r.Summary = r.Turnout.noQuorum()
		return
	}
	if target == 0 {
		r.Summary = Step{Code: "tally.summary.opt_in", Args: errs.Args{"Count": accepting}}
		return
	}
	figures := errs.Args{"Count": accepting, "Target": target, "Percent": share(accepting, target).WholePercent()}
	r.Summary = Step{Code: "tally.summary.opt_in_short", Args: figures}
	if r.Status == Reached {
		r.Summary.Code = "tally.summary.opt_in_reached"
	}
	r.Explanation = append(r.Explanation, Step{Code: "tally.step.opt_in_target", Args: errs.Args{"Count": target, "Percent": figures["Percent"]}})
}
