package tally

import (
	"slices"

	"plenary/pkg/errs"
)

// Bounds of what new polls may ask for. They keep every sum of points inside 63
// bits: mostVotes times mostScore, and mostVotes times twice mostOptions.
const (
	mostOptions = 4000
	mostScore   = 1000
	mostVotes   = 1_000_000_000_000_000
)

// setting is one field of Rules, by its name in JSON, and whether it is set.
// One seat and one mark are what every method means anyway.
type setting struct {
	name  string
	isSet bool
}

func (r Rules) settings() []setting {
	return []setting{
		{"quorum", r.Quorum.Set()},
		{"seats", r.Seats != 0 && r.Seats != 1},
		{"min", r.Min != 0 && r.Min != 1},
		{"max", r.Max != 0 && r.Max != 1},
		{"blank", r.Blank},
		{"threshold", r.Threshold.Set()},
		{"basis", r.Basis != ""},
		{"over", r.Over},
		{"blocks_allowed", r.BlocksAllowed != 0},
		{"sides", len(r.Sides) > 0},
		{"shares", len(r.Shares) > 0},
		{"target", r.Target != 0},
		{"min_score", r.MinScore != 0},
		{"max_score", r.MaxScore != 0},
		{"mean", r.Mean},
		{"dots", r.Dots != 0},
		{"use_all", r.UseAll},
		{"credits", r.Credits != 0},
		{"negative", r.Negative},
		{"grades", r.Grades != 0},
		{"equal", r.Equal},
		{"unranked", r.Unranked != ""},
		{"strength", r.Strength != ""},
		{"top", r.Top != 0},
		{"last_point", r.LastPoint != 0},
		{"batch", r.Batch},
		{"decimals", r.Decimals != 0},
	}
}

// accept refuses every setting that is set and not one of those named.
func (r Rules) accept(f *errs.Fields, names ...string) {
	for _, s := range r.settings() {
		refuse(f, s.name, s.isSet && !slices.Contains(names, s.name))
	}
}

// refuse complains about a setting that has no meaning in the method.
func refuse(f *errs.Fields, field string, isSet bool) {
	if isSet {
		f.Add(field, "tally.rule.not_for_method")
	}
}

// checkOptions tests that there is something to choose from, and not too much to
// count, and that no more win than there are. False: the number of options is wrong.
func (r Rules) checkOptions(f *errs.Fields, options int) bool {
	switch {
	case options < 1:
		f.Add("options", "tally.rule.options_none")
		return false
	case options > mostOptions:
		f.Add("options", "tally.rule.options_many", errs.Args{"Max": mostOptions})
		return false
	case r.Seats < 1 || r.Seats > options:
		f.Add("seats", "tally.rule.seats_range", errs.Args{"Max": options})
	}
	return true
}

// checkSpan tests the fewest and the most options that a ballot marks or ranks.
func checkSpan(f *errs.Fields, options, least, most int) {
	if least < 1 || least > options {
		f.Add("min", "tally.rule.min_range", errs.Args{"Max": options})
	}
	if most < 1 || most > options {
		f.Add("max", "tally.rule.max_range", errs.Args{"Max": options})
	}
	if least > most {
		f.Add("min", "tally.rule.min_over_max", errs.Args{"Max": most})
	}
}

// checkNumber tests that a setting lies in its range.
func checkNumber(f *errs.Fields, name string, value, least, most int) {
	if value < least || value > most {
		f.Add(name, "tally.rule.number_range", errs.Args{"Min": least, "Max": most})
	}
}

// or is the default of a setting that is left open.
func or(value, usual int) int {
	if value == 0 {
		return usual
	}
	return value
}
