package tally

import "plenary/pkg/errs"

// completeRanking fills the settings that methods of rankings share. Max stays 0
// where every option may be ranked, as their number is not known here.
func completeRanking(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.Min = or(r.Min, 1)
	return r
}

// validateRanking tests them.
func validateRanking(r Rules, options int, f *errs.Fields) {
	if options > mostRanked {
		f.Add("options", "tally.rule.options_ranked", errs.Args{"Max": mostRanked})
		return
	}
	if r.checkOptions(f, options) {
		checkSpan(f, options, r.Min, or(r.Max, options))
	}
}

// checkRanking tests a ballot against them.
func checkRanking(r Rules, options int, b Ballot) *errs.Text {
	return checkRanks(b.Ranks, options, r.Min, or(r.Max, options), r.Equal, r.Blank)
}
