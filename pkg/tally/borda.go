package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// borda gives points by rank: with n options the first of a ballot has n-1
// points more than the last of all, which has Rules.LastPoint; with Rules.Top of
// K only K are ranked and have K, K-1, … 1 points (Loomio's "ranked choice").
// Options in one rank share the points of their places equally. Those left out
// have none, or with Average share the points of the places that are left. The
// highest sum wins; equal sums at the last seat are decided by lot, and stay
// open where there is none. An empty ranking needs Rules.Blank and leaves all
// out. Row.Votes is the votes that rank the option.
type borda struct{}

func (borda) version() string { return "borda/1" }
func (borda) form() Form      { return Ranking }

func (borda) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.Min = or(r.Min, 1)
	if r.Unranked == "" {
		r.Unranked = Zero
	}
	return r
}

func (borda) validate(r Rules, options int, f *errs.Fields) {
	if !r.checkOptions(f, options) {
		return
	}
	checkNumber(f, "top", r.Top, 0, options)
	checkNumber(f, "last_point", r.LastPoint, 0, 1)
	most := or(r.Max, or(r.Top, options))
	checkNumber(f, "max", most, 1, or(r.Top, options))
	checkNumber(f, "min", r.Min, 1, most)
	if r.Unranked != Zero && r.Unranked != Average {
		f.Add("unranked", "tally.rule.borda_unranked")
	}
	if r.Top > 0 {
		refuse(f, "unranked", r.Unranked == Average)
		refuse(f, "last_point", r.LastPoint != 0)
	}
	r.accept(f, "quorum", "seats", "min", "max", "blank", "equal", "unranked", "top", "last_point")
}

func (borda) check(r Rules, options int, b Ballot) *errs.Text {
	return checkRanks(b.Ranks, options, r.Min, or(r.Max, or(r.Top, options)), r.Equal, r.Blank)
}

func (m borda) count(c Contest, ballots iter.Seq[Ballot]) Result {
	t := m.table(c)
	var invalid []int
	var cast, blank int64
	for b := range c.cast(m, ballots, &invalid) {
		cast += b.Weight
		if len(b.Ranks) == 0 {
			blank += b.Weight
		}
		t.add(b)
	}
	return m.settle(c, t, c.begin(m, t.votes, cast, blank, invalid))
}

func (m borda) table(c Contest) *bordaTable {
	t := &bordaTable{standing: c.standing(), halves: make([]int64, c.Options), votes: make([]int64, c.Options), mark: make([]int, c.Options)}
	t.first, t.average = m.first(c.Rules, len(t.standing)), c.Rules.Unranked == Average
	return t
}

// settle decides on the points. The result says already who took part.
func (m borda) settle(c Contest, t *bordaTable, r Result) Result {
	for option, n := range t.halves {
		r.Options[option].Points = share(n, 2)
	}
	r.Ranking = levels(t.standing, mostFirst(t.halves))
	r.fillSeats(c)
	r.tell(c, r.pointWords(sumCodes), m.told(c.Rules, t.first)...)
	return r
}

// first is the points of the first place.
func (borda) first(r Rules, standing int) int {
	if r.Top > 0 {
		return r.Top
	}
	return standing - 1 + r.LastPoint
}

// bordaTable sums points. An average of neighbouring places is a whole number of
// half points, so that halves are exact.
type bordaTable struct {
	standing []int
	first    int
	average  bool
	halves   []int64 // points by option, doubled
	votes    []int64 // votes that rank the option
	mark     []int   // by option: the ballot that ranked it last
	ballots  int
}

func (t *bordaTable) add(b Ballot) {
	t.ballots++
	place := 0
	for _, level := range b.Ranks {
		n := t.points(place, len(level)) * b.Weight
		for _, option := range level {
			t.halves[option] += n
			t.votes[option] += b.Weight
			t.mark[option] = t.ballots
		}
		place += len(level)
	}
	if left := len(t.standing) - place; t.average && left > 0 {
		n := t.points(place, left) * b.Weight
		for _, option := range t.standing {
			if t.mark[option] != t.ballots {
				t.halves[option] += n
			}
		}
	}
}

// points is what each of so many equal options has from that place on, doubled:
// the first and the last of their places together.
func (t *bordaTable) points(place, equal int) int64 {
	return int64(t.first-place) + int64(t.first-place-equal+1)
}

// told says the rule.
func (borda) told(r Rules, first int) []Step {
	s := []Step{{Code: "tally.step.borda_rule", Args: errs.Args{"First": first, "Last": r.LastPoint}}}
	if r.Top > 0 {
		s[0] = Step{Code: "tally.step.borda_top_rule", Args: errs.Args{"Count": r.Top}}
	}
	if r.Equal {
		s = append(s, Step{Code: "tally.step.borda_equal"})
	}
	if r.Unranked == Average {
		return append(s, Step{Code: "tally.step.borda_average"})
	}
	return append(s, Step{Code: "tally.step.borda_zero"})
}
