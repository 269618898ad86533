package tally

import (
	"cmp"
	"slices"
)

// matrix is every option against every other, as the methods of duels look at it.
type matrix struct {
	options int
	in      []int    // options that are not withdrawn, ascending
	wins    []int64  // at i*options+j: votes that put i above j
	by      Strength // how strong a won duel is
}

// newMatrix compares each pair of a ranking once. Whether an option is above the
// unranked follows from how often it is ranked at all, and how often with each
// other.
func newMatrix(p *profile, r Rules) *matrix {
	n := p.options
	m := &matrix{options: n, in: p.in, wins: make([]int64, n*n), by: r.Strength}
	equal := make([]int64, n*n)
	ranked := make([]int64, n)
	for i, weight := range p.weights {
		ranking := p.ranking(i)
		for k, entry := range ranking {
			option := int(entry &^ levelMark)
			ranked[option] += weight
			rest := ranking[k+1:]
			for len(rest) > 0 && rest[0]&levelMark != 0 {
				equal[option*n+int(rest[0]&^levelMark)] += weight
				rest = rest[1:]
			}
			row := m.wins[option*n : option*n+n]
			for _, below := range rest {
				row[below&^levelMark] += weight
			}
		}
	}
	if r.Unranked == Below {
		m.putUnrankedBelow(ranked, equal)
	}
	return m
}

// putUnrankedBelow adds to each win the votes that rank only the winner.
func (m *matrix) putUnrankedBelow(ranked, equal []int64) {
	n := m.options
	for x, i := range m.in {
		for _, j := range m.in[x+1:] {
			together := m.wins[i*n+j] + m.wins[j*n+i] + equal[i*n+j] + equal[j*n+i]
			m.wins[i*n+j] += ranked[i] - together
			m.wins[j*n+i] += ranked[j] - together
		}
	}
}

func (m *matrix) votes(i, j int) int64 { return m.wins[i*m.options+j] }

func (m *matrix) beats(i, j int) bool { return m.votes(i, j) > m.votes(j, i) }

// strength is that of the win of i over j, and 0 where i does not win.
func (m *matrix) strength(i, j int) int64 {
	switch {
	case !m.beats(i, j):
		return 0
	case m.by == Margin:
		return m.votes(i, j) - m.votes(j, i)
	}
	return m.votes(i, j)
}

// table is the matrix with what does not depend on the method.
func (m *matrix) table() *Duels {
	d := &Duels{Wins: square(m.wins, m.options), Copeland: make([]Fraction, m.options), Minimax: make([]int64, m.options)}
	for option, halves := range m.halves() {
		d.Copeland[option] = *share(halves, 2)
		d.Minimax[option] = m.worstDefeat(option)
	}
	if winner, ok := m.condorcet(); ok {
		d.Condorcet = &winner
	}
	return d
}

// square cuts a flat table into its rows.
func square(flat []int64, n int) [][]int64 {
	rows := make([][]int64, n)
	for i := range rows {
		rows[i] = flat[i*n : i*n+n : i*n+n]
	}
	return rows
}

// halves counts by option 2 for each duel that it wins and 1 for each that is
// equal. A withdrawn option has none.
func (m *matrix) halves() []int64 {
	sums := make([]int64, m.options)
	for x, i := range m.in {
		for _, j := range m.in[x+1:] {
			switch {
			case m.beats(i, j):
				sums[i] += 2
			case m.beats(j, i):
				sums[j] += 2
			default:
				sums[i]++
				sums[j]++
			}
		}
	}
	return sums
}

func (m *matrix) worstDefeat(option int) int64 {
	var worst int64
	for _, other := range m.in {
		worst = max(worst, m.strength(other, option))
	}
	return worst
}

// condorcet finds the option that beats every other, where there is another.
func (m *matrix) condorcet() (winner int, found bool) {
	for _, option := range m.in {
		unbeaten := func(other int) bool { return other != option && !m.beats(option, other) }
		if len(m.in) > 1 && !slices.ContainsFunc(m.in, unbeaten) {
			return option, true
		}
	}
	return 0, false
}

// closest is the opponent against whom the option is least ahead.
func (m *matrix) closest(option int) int {
	rivals := slices.DeleteFunc(slices.Clone(m.in), func(other int) bool { return other == option })
	return slices.MinFunc(rivals, func(a, b int) int {
		return cmp.Compare(m.votes(option, a)-m.votes(a, option), m.votes(option, b)-m.votes(b, option))
	})
}

// tiers cuts the options into the smallest groups of which each option of an
// earlier one beats every option of a later one. The first is the Smith set.
func (m *matrix) tiers() [][]int {
	order := slices.Clone(m.in)
	slices.SortStableFunc(order, mostFirst(m.halves()))
	out := [][]int{}
	start, end := 0, 1
	for i := range order {
		if i == end {
			out = append(out, slices.Sorted(slices.Values(order[start:end])))
			start, end = end, end+1
		}
		for j := len(order) - 1; j >= end; j-- {
			if !m.beats(order[i], order[j]) {
				end = j + 1
			}
		}
	}
	if len(order) > 0 {
		out = append(out, slices.Sorted(slices.Values(order[start:end])))
	}
	return out
}
