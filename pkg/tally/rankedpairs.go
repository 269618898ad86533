package tally

import (
	"cmp"
	"iter"
	"slices"
)

// rankedPairs looks at the won duels, the strongest first, and locks each that
// does not close a cycle with those locked before; the locked ones make the
// order. Of duels with as many winning votes those with fewer losing ones come
// first. Rule: Tideman, "Independence of clones as a criterion for voting rules"
// (1987).
//
// Duels that are still equal and cannot all be locked go by lot: those that the
// option drawn last has lost come first. In which order the lost duels of one
// option come makes no difference. With a Lottery this is a ranking of the
// options, drawn once, as in Zavist and Tideman, "Complete independence of clones
// in the ranked pairs rule" (1989). Without lots every order is tried (see
// openPairs).
type rankedPairs struct{ duelRule }

func (rankedPairs) version() string { return "ranked_pairs/1" }

func (m rankedPairs) count(c Contest, ballots iter.Seq[Ballot]) Result {
	return countDuels(m, c, ballots)
}

func (rankedPairs) rank(c Contest, m *matrix, r *Result) {
	groups := m.wonDuels()
	run := lockAll(m.options, groups, c.lot)
	if run.open != nil {
		openPairs(c, m, groups, run, r)
		return
	}
	r.Ranking, r.Duels.Locks, r.Ties = layers(m.in, run.below.has), run.locks, run.ties
}

// wonDuels lists the duels that have a winner in the order in which they are
// looked at. A group of several is of those that are equal; they stand in the
// order of their options' numbers.
func (m *matrix) wonDuels() [][]Lock {
	var pairs []Lock
	for _, i := range m.in {
		for _, j := range m.in {
			if m.beats(i, j) {
				pairs = append(pairs, Lock{Winner: i, Loser: j, Votes: m.votes(i, j), Against: m.votes(j, i), Strength: m.strength(i, j)})
			}
		}
	}
	slices.SortStableFunc(pairs, m.compare)
	var groups [][]Lock
	for start, end := 0, 0; start < len(pairs); start = end {
		for end < len(pairs) && m.compare(pairs[start], pairs[end]) == 0 {
			end++
		}
		groups = append(groups, pairs[start:end])
	}
	return groups
}

// compare is 0 for duels of which neither comes before the other. Two of the same
// margin are equal whatever their votes.
func (m *matrix) compare(a, b Lock) int {
	if d := cmp.Compare(b.Strength, a.Strength); d != 0 || m.by == Margin {
		return d
	}
	return cmp.Compare(a.Against, b.Against)
}

// drawing is Contest.lot, or something in its place.
type drawing func(what Stake, tied []int) (drawn int, fell bool)

// locking is a run through the won duels.
type locking struct {
	below closure // what the locked duels come to
	locks []Lock
	ties  []Tie
	open  []int // losers of the equal duels that wanted a lot when there was none
}

// lockAll goes through the groups of wonDuels, until one wants a lot and there is
// none.
func lockAll(options int, groups [][]Lock, lot drawing) *locking {
	size := 0
	for _, group := range groups {
		size += len(group)
	}
	l := &locking{below: newClosure(options), locks: make([]Lock, 0, size)}
	for _, group := range groups {
		if !l.lockEqual(group, lot) {
			break
		}
	}
	return l
}

// lockEqual looks at duels that are equal. Those that are part of no cycle with
// each other come first, as their order makes no difference.
func (l *locking) lockEqual(group []Lock, lot drawing) (done bool) {
	safe, conflicting := l.conflicting(group)
	if len(conflicting) == 0 {
		l.look(safe)
		return true
	}
	losers := make([]int, 0, len(conflicting))
	for _, pair := range conflicting {
		losers = append(losers, pair.Loser)
	}
	slices.Sort(losers)
	losers = slices.Compact(losers)
	order, fell := drawOrder(losers, lot)
	if !fell {
		l.open = losers
		return false
	}
	l.ties = append(l.ties, Tie{Stake: ForOrder, Tied: losers, Chosen: order, By: ByLot})
	l.look(safe)
	place := map[int]int{}
	for i, option := range order {
		place[option] = i
	}
	slices.SortStableFunc(conflicting, func(a, b Lock) int { return place[b.Loser] - place[a.Loser] })
	l.look(conflicting)
	return true
}

// conflicting separates the duels of a group that could be locked alone but are
// part of a cycle where all of them are.
func (l *locking) conflicting(group []Lock) (safe, conflicting []Lock) {
	fresh := 0
	for _, pair := range group {
		if l.undecided(pair) {
			fresh++
		}
	}
	if fresh < 2 {
		return group, nil
	}
	all := l.below.clone()
	for _, pair := range group {
		if l.undecided(pair) {
			all.put(pair.Winner, pair.Loser)
		}
	}
	for _, pair := range group {
		if l.undecided(pair) && all.has(pair.Loser, pair.Winner) {
			conflicting = append(conflicting, pair)
		} else {
			safe = append(safe, pair)
		}
	}
	return safe, conflicting
}

// undecided reports whether the locked duels do not already order the two options.
func (l *locking) undecided(pair Lock) bool {
	return !l.below.has(pair.Winner, pair.Loser) && !l.below.has(pair.Loser, pair.Winner)
}

// look locks each duel whose loser is not already above its winner.
func (l *locking) look(pairs []Lock) {
	for _, pair := range pairs {
		pair.Locked = !l.below.has(pair.Loser, pair.Winner)
		if pair.Locked {
			l.below.put(pair.Winner, pair.Loser)
		}
		l.locks = append(l.locks, pair)
	}
}

// drawOrder draws one option after the other until a single one is left.
func drawOrder(options []int, lot drawing) (order []int, fell bool) {
	left := slices.Clone(options)
	for len(left) > 1 {
		drawn, fell := lot(ForOrder, slices.Clone(left))
		if !fell {
			return nil, false
		}
		order = append(order, drawn)
		left = slices.DeleteFunc(left, func(option int) bool { return option == drawn })
	}
	return append(order, left...), true
}
