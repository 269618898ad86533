package tally

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"plenary/pkg/errs"
)

// completeRanking fills the settings that all rankings share. Max stays 0 where
// every option may be ranked, as their number is not known here.
func completeRanking(r Rules) Rules {
	if r.Seats == 0 {
		r.Seats = 1
	}
	if r.Min == 0 {
		r.Min = 1
	}
	return r
}

// validateRanking tests them.
func validateRanking(r Rules, options int, f *errs.Fields) {
	switch {
	case options < 1:
		f.Add("options", "tally.rule.options_none")
		return
	case options > mostRanked:
		f.Add("options", "tally.rule.options_ranked", errs.Args{"Max": mostRanked})
		return
	}
	span := errs.Args{"Max": options}
	if r.Seats < 1 || r.Seats > options {
		f.Add("seats", "tally.rule.seats_range", span)
	}
	if r.Min < 1 || r.Min > options {
		f.Add("min", "tally.rule.min_range", span)
	}
	if r.Max < 0 || r.Max > options {
		f.Add("max", "tally.rule.max_range", span)
	}
	if r.Max > 0 && r.Min > r.Max {
		f.Add("min", "tally.rule.min_over_max", errs.Args{"Max": r.Max})
	}
}

// checkRanking tests a ballot against them.
func checkRanking(r Rules, options int, b Ballot) *errs.Text {
	most := r.Max
	if most == 0 {
		most = options
	}
	return checkRanks(b.Ranks, options, r.Min, most, r.Equal, r.Blank)
}

// refuseOthers complains about every setting that is set and not among those of
// the method, named as in the JSON of Rules.
func refuseOthers(f *errs.Fields, r Rules, known ...string) {
	value := reflect.ValueOf(r)
	for i := range value.NumField() {
		name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		if name != "method" && name != "quorum" && !slices.Contains(known, name) {
			refuse(f, name, !value.Field(i).IsZero())
		}
	}
}

// result is the account of the poll before anything is decided: who took part,
// and how many votes rank each option highest.
func (p *profile) result(m rule, c Contest) Result {
	return Result{
		Rule:    m.version(),
		Turnout: turnoutOf(c.Rules.Quorum, p.cast, p.blank, c.Eligible),
		Options: rows(p.firsts(), p.cast),
		Winners: []int{},
		Tied:    []int{},
		Invalid: p.invalid,
	}
}

// levelsBy puts options into levels of equal figures, best first; compare says
// which of two figures is better by a number below 0.
func levelsBy[T any](options []int, figure func(option int) T, compare func(a, b T) int) [][]int {
	return levels(options, func(a, b int) int { return compare(figure(a), figure(b)) })
}

// moreFirst compares figures of which more is better, lessFirst the others.
func moreFirst[T cmp.Ordered](a, b T) int { return cmp.Compare(b, a) }
func lessFirst[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }
