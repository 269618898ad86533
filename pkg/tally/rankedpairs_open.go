package tally

import "slices"

// mostLooks is how many duels are looked at, all courses together, to see whether
// an order that only a lot could tell matters.
const mostLooks = 100_000

// byAnyOrder is how a tie ends where every order leads to the same winners.
const byAnyOrder = "any_order"

// openPairs decides where a lot for the order of equal duels is wanted and there is
// none. All orders are tried: options that win in each of them win, and those
// that win in some only are tied. An option's level in the ranking is the highest
// that it reaches in any order. Where there are too many orders to try, the
// ranking is by the tiers of the matrix, to which ranked pairs keeps in any order.
//
// The locks are those of the first order if it makes no difference, and otherwise
// those before the tie.
func openPairs(c Contest, m *matrix, groups [][]Lock, stopped *locking, r *Result) {
	courses, all := everyCourse(m, groups)
	tie := Tie{Stake: ForOrder, Tied: stopped.open, Chosen: []int{}, By: ByNothing}
	r.Duels.Locks, r.Ranking = stopped.locks, m.tiers()
	if all {
		r.Ranking = bestLevels(m, courses)
		if sameSeats(c, courses) {
			tie.By, r.Duels.Locks = byAnyOrder, courses[0].locks
		}
	}
	r.Ties = append(r.Ties, tie)
	switch {
	case r.Status != "":
	case all:
		r.seatByCourses(c, courses)
	default:
		c.Lots = nil
		r.seat(c)
	}
}

// seatByCourses gives seats to those who have one in every course.
func (r *Result) seatByCourses(c Contest, courses []course) {
	r.Status = Chosen
	for _, option := range slices.Concat(r.Ranking...) {
		switch certain, possible := seated(c, courses, option); {
		case certain:
			r.Winners = append(r.Winners, option)
		case possible:
			r.Status, r.Tied = Tied, append(r.Tied, option)
		}
	}
	if r.Status == Tied {
		slices.Sort(r.Tied)
		r.Ties = append(r.Ties, Tie{Stake: ForPlace, Tied: r.Tied, Chosen: []int{}, By: ByNothing})
	}
}

// course is one way in which the lots could have fallen.
type course struct {
	locks   []Lock
	ranking [][]int
}

// everyCourse locks the duels once for each way in which the lots can fall, and
// reports whether it came to the end of them.
func everyCourse(m *matrix, groups [][]Lock) (courses []course, all bool) {
	duels := 0
	for _, group := range groups {
		duels += len(group)
	}
	script := &scripted{}
	for range min(mostLots, max(1, mostLooks/duels)) {
		script.again()
		run := lockAll(m.options, groups, func(what Stake, tied []int) (int, bool) { return script.Draw(what, tied), true })
		courses = append(courses, course{run.locks, layers(m.in, run.below.has)})
		if !script.next() {
			return courses, true
		}
	}
	return courses, false
}

// seated says whether the option has a seat in each of the courses, and whether it
// could have one in any of them.
func seated(c Contest, courses []course, option int) (certain, possible bool) {
	certain = true
	for _, course := range courses {
		r := Result{Ranking: course.ranking}
		r.seat(Contest{Rules: c.Rules})
		wins := slices.Contains(r.Winners, option)
		certain = certain && wins
		possible = possible || wins || slices.Contains(r.Tied, option)
	}
	return certain, possible
}

// sameSeats reports whether no option's seat depends on the course.
func sameSeats(c Contest, courses []course) bool {
	first := Result{Ranking: courses[0].ranking}
	first.seat(Contest{Rules: c.Rules})
	return !slices.ContainsFunc(courses[1:], func(other course) bool {
		r := Result{Ranking: other.ranking}
		r.seat(Contest{Rules: c.Rules})
		return !sameOptions(r.Winners, first.Winners) || !sameOptions(r.Tied, first.Tied)
	})
}

// bestLevels ranks by the highest level that an option reaches in any course.
func bestLevels(m *matrix, courses []course) [][]int {
	best := slices.Repeat([]int{m.options}, m.options)
	for _, course := range courses {
		for depth, level := range course.ranking {
			for _, option := range level {
				best[option] = min(best[option], depth)
			}
		}
	}
	return levels(m.in, fewestFirst(best))
}
