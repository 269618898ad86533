package tally

import (
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// checkWithdrawn tests that the withdrawn options are known, and that some are
// left.
func (c Contest) checkWithdrawn(f *errs.Fields) {
	for _, option := range c.Withdrawn {
		if option < 0 || option >= c.Options {
			f.Add("withdrawn", "tally.ballot.unknown_option")
			return
		}
	}
	if len(c.Withdrawn) > 0 && len(c.standing()) == 0 {
		f.Add("options", "tally.rule.options_none")
	}
}

// standing lists the options that are not withdrawn.
func (c Contest) standing() []int {
	var options []int
	for i := range c.Options {
		if !slices.Contains(c.Withdrawn, i) {
			options = append(options, i)
		}
	}
	return options
}

// cast passes on the ballots that the rule accepts, without the withdrawn
// options, and notes the positions of the others. A ballot is judged as it was
// cast: withdrawing an option breaks none. What goes beyond mostVotes in all is
// refused, so that no sum of points can overflow.
func (c Contest) cast(m rule, ballots iter.Seq[Ballot], refused *[]int) iter.Seq[Ballot] {
	out := make([]bool, c.Options)
	for _, option := range c.Withdrawn {
		out[option] = true
	}
	var total int64
	bounded := func(yield func(Ballot) bool) {
		for b := range ballots {
			if b.weighs() && total+b.Weight > mostVotes {
				b.Weight = 0
			}
			total += max(0, b.Weight)
			if !yield(b) {
				return
			}
		}
	}
	return func(yield func(Ballot) bool) {
		for b := range valid(m, c.Rules, c.Options, bounded, refused) {
			if len(c.Withdrawn) > 0 {
				b = b.without(out)
			}
			if !yield(b) {
				return
			}
		}
	}
}

// without is the ballot as if the options had never stood on it.
func (b Ballot) without(out []bool) Ballot {
	gone := func(option int) bool { return out[option] }
	b.Choices = slices.DeleteFunc(slices.Clone(b.Choices), gone)
	ranks := b.Ranks
	b.Ranks = nil
	for _, level := range ranks {
		left := slices.DeleteFunc(slices.Clone(level), gone)
		if len(left) > 0 || len(level) == 0 {
			b.Ranks = append(b.Ranks, left)
		}
	}
	b.Scores = slices.Clone(b.Scores)
	for option := range b.Scores {
		if gone(option) {
			b.Scores[option] = NoScore
		}
	}
	return b
}
