package tally

import (
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// mostValues is how many different values a result tells one by one.
const mostValues = 101

// scoreTable counts how often each value was given to each option, so that a
// million ballots are one short pass.
type scoreTable struct {
	lowest, width int
	zeros         bool    // a zero is an answer, and not the same as a blank
	counts        []int64 // by option and value: option*width + value - lowest
	blank         []int64 // by option
}

// scores counts the ballots' values from lowest to highest. Turnout.Blank is the
// votes that gave no option a value, Row.Votes those that gave this one a value.
func (c Contest) scores(m rule, lowest, highest int, zeros bool, ballots iter.Seq[Ballot]) (scoreTable, Result) {
	width := highest - lowest + 1
	t := scoreTable{lowest, width, zeros, make([]int64, c.Options*width), make([]int64, c.Options)}
	var invalid []int
	var cast, blank int64
	for b := range c.cast(m, ballots, &invalid) {
		cast += b.Weight
		if !t.add(b) {
			blank += b.Weight
		}
	}
	votes := make([]int64, c.Options)
	for option := range votes {
		votes[option] = cast - t.blank[option]
	}
	return t, c.begin(m, votes, cast, blank, invalid)
}

// add reports whether the ballot gave any option a value.
func (t scoreTable) add(b Ballot) bool {
	if len(b.Scores) == 0 {
		for option := range t.blank {
			t.blank[option] += b.Weight
		}
		return false
	}
	given := false
	for option, s := range b.Scores {
		if s == NoScore || s == 0 && !t.zeros {
			t.blank[option] += b.Weight
			continue
		}
		t.counts[option*t.width+s-t.lowest] += b.Weight
		given = true
	}
	return given
}

// of is the option's counts from the lowest value upwards.
func (t scoreTable) of(option int) []int64 {
	return t.counts[option*t.width : (option+1)*t.width]
}

// sum is the option's points; a blank has none.
func (t scoreTable) sum(option int) int64 {
	var total int64
	for i, n := range t.of(option) {
		total += n * int64(t.lowest+i)
	}
	return total
}

// foldBlanks makes each blank the value that it means.
func (t scoreTable) foldBlanks(value int) {
	for option, n := range t.blank {
		t.of(option)[value-t.lowest] += n
		t.blank[option] = 0
	}
}

// values is nil where there are too many of them to be told one by one.
func (t scoreTable) values() *Values {
	if t.width > mostValues {
		return nil
	}
	v := &Values{Lowest: t.lowest, Blank: t.blank}
	for option := range t.blank {
		v.Counts = append(v.Counts, slices.Clone(t.of(option)))
	}
	return v
}

// countSums gives the seats to the options with the highest sum of points.
func countSums(m rule, c Contest, lowest, highest int, zeros bool, ballots iter.Seq[Ballot], told ...Step) Result {
	t, r := c.scores(m, lowest, highest, zeros, ballots)
	sums := make([]int64, c.Options)
	for _, option := range c.standing() {
		sums[option] = t.sum(option)
	}
	if zeros {
		r.Values = t.values()
	}
	r.rankSums(c, sums)
	r.fillSeats(c)
	r.tell(c, r.pointWords(sumCodes), told...)
	return r
}

// rankSums ranks by sums of points.
func (r *Result) rankSums(c Contest, sums []int64) {
	for option := range r.Options {
		r.Options[option].Points = &Fraction{sums[option], 1}
	}
	r.Ranking = levels(c.standing(), mostFirst(sums))
}

// pointCodes are the keys of the sentences about points of one kind.
type pointCodes struct{ won, tied, chosen, level, next string }

// The sentences about totals and about averages.
var (
	sumCodes = pointCodes{"tally.summary.total", "tally.summary.total_tied", "tally.step.total",
		"tally.step.total_tied", "tally.step.total_next"}
	meanCodes = pointCodes{"tally.summary.average", "tally.summary.average_tied", "tally.step.average",
		"tally.step.average_tied", "tally.step.average_next"}
)

// pointWords are the sentences of a method that goes by Row.Points.
func (r *Result) pointWords(codes pointCodes) wording {
	step := func(code string, options []int) Step {
		return Step{Code: code, Options: options, Args: errs.Args{"Points": r.points(options[0])}}
	}
	return wording{
		won:    func(option int) Step { return step(codes.won, []int{option}) },
		tied:   func(options []int) Step { return step(codes.tied, options) },
		chosen: func(option int) Step { return step(codes.chosen, []int{option}) },
		level: func(options []int, free int) Step {
			s := step(codes.level, options)
			s.Args["Count"] = free
			return s
		},
		next: func(_ int, level []int) Step { return step(codes.next, level) },
	}
}

// points is an option's figure for a sentence, and a dash where it has none.
func (r *Result) points(option int) string {
	if p := r.Options[option].Points; p != nil {
		return p.String()
	}
	return "–"
}
