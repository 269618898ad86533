package tally

import (
	"cmp"
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// choice gives the seats to the options with most votes. With one option a
// ballot it is the simple vote (plurality), with several it is approval voting;
// the count is the same. Equal votes at the last seat are reported as a tie and
// not decided.
type choice struct{}

func (choice) version() string { return "choice/1" }
func (choice) form() Form      { return Marks }

func (choice) complete(r Rules) Rules {
	if r.Seats == 0 {
		r.Seats = 1
	}
	if r.Min == 0 {
		r.Min = 1
	}
	if r.Max == 0 {
		r.Max = r.Min
	}
	return r
}

func (choice) validate(r Rules, options int, f *errs.Fields) {
	if options < 1 {
		f.Add("options", "tally.rule.options_none")
		return
	}
	span := errs.Args{"Max": options}
	if r.Seats < 1 || r.Seats > options {
		f.Add("seats", "tally.rule.seats_range", span)
	}
	if r.Min < 1 || r.Min > options {
		f.Add("min", "tally.rule.min_range", span)
	}
	if r.Max < 1 || r.Max > options {
		f.Add("max", "tally.rule.max_range", span)
	}
	if r.Min > r.Max {
		f.Add("min", "tally.rule.min_over_max", errs.Args{"Max": r.Max})
	}
	refuse(f, "threshold", r.Threshold.Set())
	refuse(f, "basis", r.Basis != "")
	refuse(f, "over", r.Over)
	refuse(f, "blocks_allowed", r.BlocksAllowed != 0)
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

func (c choice) count(in Contest, ballots iter.Seq[Ballot]) Result {
	r, options, eligible := in.Rules, in.Options, in.Eligible
	var invalid []int
	votes := make([]int64, options)
	var cast, blank int64
	for b := range valid(c, r, options, ballots, &invalid) {
		cast += b.Weight
		if len(b.Choices) == 0 {
			blank += b.Weight
		}
		for _, option := range b.Choices {
			votes[option] += b.Weight
		}
	}
	result := Result{
		Rule:    c.version(),
		Turnout: turnoutOf(r.Quorum, cast, blank, eligible),
		Options: rows(votes, cast),
		Ranking: ranking(votes),
		Winners: []int{},
		Tied:    []int{},
		Invalid: invalid,
	}
	result.fillSeats(r.Seats)
	result.Summary = choiceSummary(result)
	result.Explanation = append(result.Turnout.steps(invalid), choiceSteps(r, result)...)
	return result
}

// ranking puts the options into levels of equal votes, most first.
func ranking(votes []int64) [][]int {
	order := make([]int, len(votes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(votes[b], votes[a]) })
	levels := [][]int{}
	for _, option := range order {
		last := len(levels) - 1
		if last >= 0 && votes[levels[last][0]] == votes[option] {
			levels[last] = append(levels[last], option)
		} else {
			levels = append(levels, []int{option})
		}
	}
	return levels
}

// fillSeats gives places from the top of the ranking, whole levels at a time,
// until a level does not fit.
func (r *Result) fillSeats(seats int) {
	if !r.Turnout.QuorumMet() {
		r.Status = NoQuorum
		return
	}
	if r.votes(r.Ranking[0]) == 0 {
		r.Status, r.Tied = NoVotes, slices.Clone(r.Ranking[0])
		return
	}
	r.Status = Chosen
	for _, level := range r.Ranking {
		free := seats - len(r.Winners)
		if free == 0 {
			return
		}
		if len(level) > free {
			r.Status, r.Tied = Tied, slices.Clone(level)
			return
		}
		r.Winners = append(r.Winners, level...)
	}
}

// votes is what each option of a level of the ranking has.
func (r *Result) votes(level []int) int64 { return r.Options[level[0]].Votes }

func choiceSummary(r Result) Step {
	switch r.Status {
	case NoQuorum:
		return r.Turnout.noQuorum()
	case NoVotes:
		return Step{Code: "tally.summary.no_votes"}
	case Tied:
		return Step{Code: "tally.summary.tied", Options: r.Tied,
			Args: errs.Args{"Count": r.votes(r.Tied), "Cast": r.Turnout.Cast}}
	}
	if len(r.Winners) > 1 {
		return Step{Code: "tally.summary.chosen_several", Options: r.Winners}
	}
	return Step{Code: "tally.summary.chosen", Options: r.Winners,
		Args: errs.Args{"Count": r.votes(r.Winners), "Cast": r.Turnout.Cast}}
}

// choiceSteps says what a voter could choose, who won, by how much, and what
// stays open.
func choiceSteps(rules Rules, r Result) []Step {
	s := []Step{choiceRule(rules)}
	if rules.Seats > 1 {
		s = append(s, Step{Code: "tally.step.seats", Args: errs.Args{"Count": rules.Seats}})
	}
	if r.Status == NoQuorum {
		return s
	}
	if r.Status == NoVotes {
		return append(s, Step{Code: "tally.step.no_votes"})
	}
	for _, w := range r.Winners {
		row := r.Options[w]
		s = append(s, Step{Code: "tally.step.chosen", Options: []int{w},
			Args: errs.Args{"Count": row.Votes, "Percent": row.Percent}})
	}
	if r.Status == Tied {
		return append(s, Step{Code: "tally.step.tied", Options: r.Tied,
			Args: errs.Args{"Votes": r.votes(r.Tied), "Count": rules.Seats - len(r.Winners)}})
	}
	return append(s, margin(r)...)
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

// margin compares the last winner with the best of those left out, where there
// is one.
func margin(r Result) []Step {
	last := r.Options[r.Winners[len(r.Winners)-1]].Votes
	for _, level := range r.Ranking {
		if next := r.votes(level); next < last {
			return []Step{{Code: "tally.step.margin", Options: level,
				Args: errs.Args{"Count": last - next, "Votes": next}}}
		}
	}
	return nil
}
