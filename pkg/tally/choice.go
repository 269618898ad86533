package tally

import (
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// choice gives the seats to the options with most votes. With one option a
// ballot it is the simple vote (plurality). Equal votes at the last seat are
// decided by lot, and stay open where there is none.
type choice struct{}

func (choice) version() string { return "choice/1" }
func (choice) form() Form      { return Marks }

func (choice) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.Min = or(r.Min, 1)
	r.Max = or(r.Max, r.Min)
	return r
}

func (choice) validate(r Rules, options int, f *errs.Fields) {
	if r.checkOptions(f, options) {
		checkSpan(f, options, r.Min, r.Max)
		r.accept(f, "quorum", "seats", "min", "max", "blank")
	}
}

func (choice) check(r Rules, options int, b Ballot) *errs.Text {
	return checkChoices(b.Choices, options, r.Min, r.Max, r.Blank)
}

// checkChoices tests a set of options: from least to most of them, or none where
// blank allows it, all known and none twice.
func checkChoices(choices []int, options, least, most int, blank bool) *errs.Text {
	switch n := len(choices); {
	case n == 0 && blank:
		return nil
	case n == 0:
		return &errs.Text{Code: "tally.ballot.empty"}
	case n > most:
		return &errs.Text{Code: "tally.ballot.too_many", Args: errs.Args{"Count": most}}
	case n < least:
		return &errs.Text{Code: "tally.ballot.too_few", Args: errs.Args{"Count": least}}
	}
	for i, c := range choices {
		if c < 0 || c >= options {
			return &errs.Text{Code: "tally.ballot.unknown_option"}
		}
		if slices.Contains(choices[:i], c) {
			return &errs.Text{Code: "tally.ballot.duplicate"}
		}
	}
	return nil
}

func (m choice) count(c Contest, ballots iter.Seq[Ballot]) Result {
	return countMarks(m, c, choiceRule(c.Rules), ballots)
}

// countMarks gives the seats to the options with most votes.
func countMarks(m rule, c Contest, told Step, ballots iter.Seq[Ballot]) Result {
	var invalid []int
	votes := make([]int64, c.Options)
	var cast, blank int64
	for b := range c.cast(m, ballots, &invalid) {
		cast += b.Weight
		if len(b.Choices) == 0 {
			blank += b.Weight
		}
		for _, option := range b.Choices {
			votes[option] += b.Weight
		}
	}
	r := c.begin(m, votes, cast, blank, invalid)
	r.Ranking = levels(c.standing(), mostFirst(votes))
	r.fillSeats(c)
	r.tell(c, r.voteWords(), told)
	return r
}

// voteWords are the sentences of a method that goes by numbers of votes.
func (r *Result) voteWords() wording {
	votes := func(level []int) int64 { return r.Options[level[0]].Votes }
	return wording{
		won: func(option int) Step {
			return Step{Code: "tally.summary.chosen", Options: []int{option},
				Args: errs.Args{"Count": r.Options[option].Votes, "Cast": r.Turnout.Cast}}
		},
		tied: func(options []int) Step {
			return Step{Code: "tally.summary.tied", Options: options,
				Args: errs.Args{"Count": votes(options), "Cast": r.Turnout.Cast}}
		},
		chosen: func(option int) Step {
			row := r.Options[option]
			return Step{Code: "tally.step.chosen", Options: []int{option},
				Args: errs.Args{"Count": row.Votes, "Percent": row.Percent}}
		},
		level: func(options []int, free int) Step {
			return Step{Code: "tally.step.tied", Options: options,
				Args: errs.Args{"Votes": votes(options), "Count": free}}
		},
		next: func(last int, level []int) Step {
			return Step{Code: "tally.step.margin", Options: level,
				Args: errs.Args{"Count": r.Options[last].Votes - votes(level), "Votes": votes(level)}}
		},
	}
}

// choiceRule says how many options a ballot could hold.
func choiceRule(r Rules) Step {
	switch {
	case r.Min == r.Max:
		return Step{Code: "tally.step.choose_exactly", Args: errs.Args{"Count": r.Max}}
	case r.Min == 1:
		return Step{Code: "tally.step.choose_up_to", Args: errs.Args{"Count": r.Max}}
	}
	return Step{Code: "tally.step.choose_between", Args: errs.Args{"Min": r.Min, "Count": r.Max}}
}
