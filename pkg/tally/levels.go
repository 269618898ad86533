package tally

import (
	"cmp"
	"slices"
)

// levels puts options into levels of equal ones, best first. Compare is negative
// where a is better than b; the options are ascending.
func levels(options []int, compare func(a, b int) int) [][]int {
	order := slices.Clone(options)
	slices.SortStableFunc(order, compare)
	out := [][]int{}
	for _, option := range order {
		last := len(out) - 1
		if last >= 0 && compare(out[last][0], option) == 0 {
			out[last] = append(out[last], option)
		} else {
			out = append(out, []int{option})
		}
	}
	return out
}

// mostFirst compares options by their figures, the higher first.
func mostFirst[T cmp.Ordered](figures []T) func(a, b int) int {
	return func(a, b int) int { return cmp.Compare(figures[b], figures[a]) }
}

// fewestFirst compares options by their figures, the lower first.
func fewestFirst[T cmp.Ordered](figures []T) func(a, b int) int {
	return func(a, b int) int { return cmp.Compare(figures[a], figures[b]) }
}

// extreme lists those of the options that have the most votes, or the fewest.
func extreme(votes []int64, options []int, most bool) []int {
	var list []int
	for _, option := range options {
		switch {
		case len(list) == 0 || votes[option] == votes[list[0]]:
			list = append(list, option)
		case votes[option] > votes[list[0]] == most:
			list = []int{option}
		}
	}
	return list
}

// lookBack compares the tied in the rounds before the last one, the most recent
// first, and keeps those with the most votes, or the fewest, until one is left or
// there is no earlier round.
func lookBack(rounds [][]int64, tied []int, most bool) []int {
	for i := len(rounds) - 2; i >= 0 && len(tied) > 1; i-- {
		tied = extreme(rounds[i], tied, most)
	}
	return tied
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
	order := slices.Clone(options)
	slices.SortStableFunc(order, mostFirst(lower))
	for i, option := range order {
		for _, other := range order[:i] {
			if above(other, option) {
				depth[option] = max(depth[option], depth[other]+1)
			}
		}
	}
	return levels(options, fewestFirst(depth))
}
