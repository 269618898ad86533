package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// question asks for reasons only. There is nothing to choose from and nothing to
// count but who answered.
type question struct{}

func (question) version() string { return "question/1" }
func (question) form() Form      { return Words }

func (question) complete(r Rules) Rules { return r }

func (question) validate(r Rules, options int, f *errs.Fields) {
	if options != 0 {
		f.Add("options", "tally.rule.question_options")
	}
	r.accept(f)
}

func (question) check(Rules, int, Ballot) *errs.Text { return nil }

func (m question) count(c Contest, ballots iter.Seq[Ballot]) Result {
	var invalid []int
	var cast int64
	for b := range valid(m, c.Rules, c.Options, ballots, &invalid) {
		cast += b.Weight
	}
	r := c.begin(m, nil, cast, 0, invalid)
	r.Status = Heard
	r.Summary = Step{Code: "tally.summary.heard", Args: errs.Args{"Count": cast}}
	r.Explanation = r.Turnout.steps(invalid)
	return r
}
