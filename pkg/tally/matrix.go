package tally

import "slices"

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
	m := &matrix{options: n, in: p.continuing(), wins: make([]int64, n*n), by: r.Strength}
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
	for option := range m.options {
		halves := m.halves(option)
		d.Copeland[option] = Fraction{halves, 2}
		if halves%2 == 0 {
			d.Copeland[option] = Fraction{halves / 2, 1}
		}
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

// halves counts 2 for each duel that the option wins and 1 for each that is equal.
func (m *matrix) halves(option int) int64 {
	won, equal := m.record(option)
	return 2*won + equal
}

// record counts the duels that the option wins and those that are equal. A
// withdrawn option has none.
func (m *matrix) record(option int) (won, equal int64) {
	if !slices.Contains(m.in, option) {
		return 0, 0
	}
	for _, other := range m.in {
		switch {
		case other == option:
		case m.beats(option, other):
			won++
		case !m.beats(other, option):
			equal++
		}
	}
	return won, equal
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
		won, _ := m.record(option)
		if len(m.in) > 1 && won == int64(len(m.in)-1) {
			return option, true
		}
	}
	return 0, false
}

// closest is the opponent against whom the option is least ahead.
func (m *matrix) closest(option int) int {
	rivals := slices.DeleteFunc(slices.Clone(m.in), func(other int) bool { return other == option })
	return slices.MinFunc(rivals, func(a, b int) int {
		return lessFirst(m.votes(option, a)-m.votes(a, option), m.votes(option, b)-m.votes(b, option))
	})
}

// tiers cuts the options into the smallest groups of which each option of an
// earlier one beats every option of a later one. The first is the Smith set.
func (m *matrix) tiers() [][]int {
	score := make([]int64, m.options)
	for _, option := range m.in {
		score[option] = m.halves(option)
	}
	order := slices.Concat(levelsBy(m.in, func(option int) int64 { return score[option] }, moreFirst)...)
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

// layers puts options into levels by an order in which some may not be
// comparable: the first level has those below nobody, the next one those below
// nobody else, and so on. above has to be transitive and never true both ways.
func layers(options []int, above func(a, b int) bool) [][]int {
	size := 0
	for _, a := range options {
		size = max(size, a+1)
	}
	lower, depth := make([]int, size), make([]int, size)
	for _, a := range options {
		for _, b := range options {
			if above(a, b) {
				lower[a]++
			}
		}
	}
	// Whoever is above another is also above all that are below the other.
	order := slices.Concat(levelsBy(options, func(option int) int { return lower[option] }, moreFirst)...)
	for i, option := range order {
		for _, other := range order[:i] {
			if above(other, option) {
				depth[option] = max(depth[option], depth[other]+1)
			}
		}
	}
	return levelsBy(options, func(option int) int { return depth[option] }, lessFirst)
}
