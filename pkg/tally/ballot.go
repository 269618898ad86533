package tally

import (
	"iter"
	"math"

	"plenary/pkg/errs"
)

// MaxWeight is the most votes that one ballot can carry. It keeps every sum of
// votes, however many ballots fit into memory, inside 63 bits.
const MaxWeight = 1_000_000_000

// NoScore stands in Ballot.Scores for an option that the voter left blank.
const NoScore = math.MinInt

// Form is the kind of mark that a method asks for. A ballot fills the one field
// that belongs to its method's form and leaves the others empty.
type Form string

// The forms.
const (
	Marks   Form = "marks"   // options chosen, in Ballot.Choices
	Ranking Form = "ranking" // options in order, in Ballot.Ranks
	Scores  Form = "scores"  // a whole number for each option, in Ballot.Scores
	Words   Form = "words"   // nothing to count: a question, answered by a reason
	Nothing Form = "nothing" // no ballots at all: a draw
)

// Ballot is one voter's answer, or that of several voters who answered alike.
type Ballot struct {
	Choices []int   // the options chosen; the order means nothing
	Ranks   [][]int // options from best to least; those in one level are equal; those left out are unranked
	Scores  []int   // one per option, in their order; NoScore where left blank
	Weight  int64   // votes that it carries: 1 for one person with one vote
}

func (b Ballot) weighs() bool { return b.Weight >= 1 && b.Weight <= MaxWeight }

// weightOf is the sum of the votes on all ballots.
func weightOf(ballots iter.Seq[Ballot]) (sum int64) {
	for b := range ballots {
		if b.weighs() {
			sum += b.Weight
		}
	}
	return sum
}

// only reports whether nothing is filled in that belongs to another form.
func (b Ballot) only(form Form) bool {
	return (form == Marks || len(b.Choices) == 0) && (form == Ranking || len(b.Ranks) == 0) && (form == Scores || len(b.Scores) == 0)
}

// verdict says why a ballot may not be cast, and nil where it may.
func verdict(m rule, r Rules, options int, b Ballot) *errs.Text {
	if !b.only(m.form()) {
		return &errs.Text{Code: "tally.ballot.other_form"}
	}
	return m.check(r, options, b)
}

// valid passes on the ballots that the rule accepts and notes the positions of
// the others.
func valid(m rule, r Rules, options int, ballots iter.Seq[Ballot], refused *[]int) iter.Seq[Ballot] {
	return func(yield func(Ballot) bool) {
		position := 0
		for b := range ballots {
			if !b.weighs() || verdict(m, r, options, b) != nil {
				*refused = append(*refused, position)
			} else if !yield(b) {
				return
			}
			position++
		}
	}
}

// checkRanks tests a ranking: all options known, none twice, no empty level,
// from least to most options in all, levels of several only where equal allows
// them. A ranking of nothing is accepted where blank allows it.
func checkRanks(ranks [][]int, options, least, most int, equal, blank bool) *errs.Text {
	seen := make([]bool, options)
	n := 0
	for _, level := range ranks {
		switch {
		case len(level) == 0:
			return &errs.Text{Code: "tally.ballot.empty_rank"}
		case len(level) > 1 && !equal:
			return &errs.Text{Code: "tally.ballot.equal_rank"}
		}
		for _, option := range level {
			if option < 0 || option >= options {
				return &errs.Text{Code: "tally.ballot.unknown_option"}
			}
			if seen[option] {
				return &errs.Text{Code: "tally.ballot.duplicate"}
			}
			seen[option] = true
			n++
		}
	}
	switch {
	case n == 0 && blank:
		return nil
	case n == 0:
		return &errs.Text{Code: "tally.ballot.rank_none"}
	case n < least:
		return &errs.Text{Code: "tally.ballot.rank_more", Args: errs.Args{"Count": least}}
	case n > most:
		return &errs.Text{Code: "tally.ballot.rank_fewer", Args: errs.Args{"Count": most}}
	}
	return nil
}

// checkScores tests scores: one for each option, each blank or from least to
// most, and not all of them blank unless that is allowed.
func checkScores(scores []int, options, least, most int, blank bool) *errs.Text {
	if len(scores) == 0 && blank {
		return nil
	}
	if len(scores) != options {
		return &errs.Text{Code: "tally.ballot.scores_missing", Args: errs.Args{"Count": options}}
	}
	given := 0
	for _, s := range scores {
		if s == NoScore {
			continue
		}
		if s < least || s > most {
			return &errs.Text{Code: "tally.ballot.score_range", Args: errs.Args{"Min": least, "Max": most}}
		}
		given++
	}
	if given == 0 && !blank {
		return &errs.Text{Code: "tally.ballot.score_none"}
	}
	return nil
}
