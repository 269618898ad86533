package tally

import (
	"iter"
	"math"
	"slices"

	"plenary/pkg/errs"
)

// Totals are sums over rankings that say nothing of a single one, unless there
// are few. Methods of duels, and Borda, can be counted again from them; methods
// that go through whole rankings round by round cannot. All numbers but Ballots
// are sums of weights.
type Totals struct {
	Ballots int   `json:"ballots"`
	Cast    int64 `json:"cast"`
	Blank   int64 `json:"blank"` // those of Cast that rank nothing

	First []int64   `json:"first"` // by option: votes that rank it highest, alone or with others
	Duels [][]int64 `json:"duels"` // Duels[i][j]: votes that put i above j; what is not ranked is below all that is, unless the rules ignore it

	// Borda only. Ranked are the votes that rank the option. Places[i][k] are twice
	// the votes that put option i at place k, from 0: an option that shares places
	// stands once in the first of them and once in the last.
	Ranked []int64   `json:"ranked,omitempty"`
	Places [][]int64 `json:"places,omitempty"`
}

// ByTotals reports whether the method can be counted from Totals.
func (m Method) ByTotals() bool {
	switch r := ruleOf(m).(type) {
	case borda:
		return true
	case duelMethod:
		return r != nil
	}
	return false
}

// Totals sums up rankings. Ballots that break the rules are left out. The error is
// that of Rules.Validate, or that the method knows no rankings.
func (c Contest) Totals(ballots iter.Seq[Ballot]) (Totals, error) {
	m, err := c.rankings()
	if err != nil {
		return Totals{}, err
	}
	c.Rules = m.complete(c.Rules)
	p := newProfile(m, c, ballots)
	rules := c.Rules
	if _, duels := m.(duelMethod); !duels {
		rules.Unranked = Below
	}
	t := Totals{Ballots: numberOf(ballots) - len(p.invalid), Cast: p.cast, Blank: p.blank, First: p.firsts(), Duels: square(newMatrix(p, rules).wins, c.Options)}
	if m == (borda{}) {
		t.addPlaces(c, valid(m, c.Rules, c.Options, ballots, new([]int)))
	}
	return t, nil
}

func (c Contest) rankings() (rule, error) {
	if f := c.Rules.Validate(c.Options); len(f) > 0 {
		return nil, f.Err()
	}
	m := ruleOf(c.Rules.Method)
	if m.form() != Ranking {
		var f errs.Fields
		f.Add("method", "tally.rule.no_rankings")
		return nil, f.Err()
	}
	return m, nil
}

func (t *Totals) addPlaces(c Contest, ballots iter.Seq[Ballot]) {
	t.Ranked = make([]int64, c.Options)
	t.Places = square(make([]int64, c.Options*c.Options), c.Options)
	put := func(option, place, equal int, weight int64) {
		t.Places[option][place] += weight
		t.Places[option][place+equal-1] += weight
	}
	for b := range ballots {
		place, ranked := 0, make([]bool, c.Options)
		for _, level := range b.Ranks {
			for _, option := range level {
				put(option, place, len(level), b.Weight)
				t.Ranked[option] += b.Weight
				ranked[option] = true
			}
			place += len(level)
		}
		for option := range c.Options {
			if c.Rules.Unranked == Average && !ranked[option] {
				put(option, place, c.Options-place, b.Weight)
			}
		}
	}
}

// CountTotals counts again what Count has counted, to the same account. No option
// may be withdrawn. The error is of kind Invalid: the method cannot be counted so
// (see Method.ByTotals), or the numbers cannot be sums of rankings.
func (c Contest) CountTotals(t Totals) (Result, error) {
	m, err := c.rankings()
	if err != nil {
		return Result{}, err
	}
	var f errs.Fields
	switch {
	case !c.Rules.Method.ByTotals() || len(c.Withdrawn) > 0:
		f.Add("method", "tally.rule.not_by_totals")
	case !t.possible(c, m == (borda{})):
		f.Add("totals", "tally.rule.totals_impossible")
	}
	if err := f.Err(); err != nil {
		return Result{}, err
	}
	c.Rules = m.complete(c.Rules)
	again := func(c Contest) Result { return c.settleTotals(m, t) }
	result := again(c)
	result.Lots = c.drawn(result, func() int { return t.Ballots }, again)
	return result, nil
}

func (c Contest) settleTotals(m rule, t Totals) Result {
	if d, duels := m.(duelMethod); duels {
		m := &matrix{options: c.Options, in: c.standing(), wins: slices.Concat(t.Duels...), by: c.Rules.Strength}
		return settleDuels(d, c, m, c.begin(d, t.First, t.Cast, t.Blank, nil))
	}
	b := borda{}
	points := b.table(c)
	for option, places := range t.Places {
		for place, halves := range places {
			points.halves[option] += halves * int64(points.first-place)
		}
	}
	return b.settle(c, points, c.begin(b, t.Ranked, t.Cast, t.Blank, nil))
}

// mostSummed keeps products of votes and places within 64 bits.
const mostSummed = math.MaxInt64 / (4 * mostRanked * mostRanked)

// possible reports whether the numbers have the right shape and keep to the
// bounds that every sum of rankings keeps to.
func (t Totals) possible(c Contest, places bool) bool {
	options, ranking := c.Options, t.Cast-t.Blank
	if t.Ballots < 0 || t.Blank < 0 || ranking < 0 || t.Cast > mostSummed || t.Cast < int64(t.Ballots) {
		return false
	}
	if len(t.First) != options || !isSquare(t.Duels, options) || !within(t.First, ranking) {
		return false
	}
	var first int64
	for _, votes := range t.First {
		first += votes
	}
	if first < ranking || first > ranking && !c.Rules.Equal {
		return false
	}
	for i, row := range t.Duels {
		for j, votes := range row {
			if votes < 0 || votes > ranking || i == j && votes != 0 || votes+t.Duels[j][i] > ranking {
				return false
			}
		}
	}
	if !places {
		return t.Ranked == nil && t.Places == nil
	}
	return len(t.Ranked) == options && isSquare(t.Places, options) && within(t.Ranked, ranking) &&
		!slices.ContainsFunc(t.Places, func(row []int64) bool { return !within(row, 2*t.Cast) })
}

func isSquare(table [][]int64, n int) bool {
	return len(table) == n && !slices.ContainsFunc(table, func(row []int64) bool { return len(row) != n })
}

func within(numbers []int64, most int64) bool {
	return !slices.ContainsFunc(numbers, func(n int64) bool { return n < 0 || n > most })
}
