package programme

import (
	"fmt"
	"slices"
)

// exact looks for a better board among all there are, and reports whether the best
// one is proven to be: it is given up after a number of steps.
func (b *board) exact() bool {
	if b.bestCost == 0 {
		return true
	}
	s := &branching{board: b, order: b.byWish(), left: exactSteps}
	for _, x := range b.pieces {
		s.weight += len(x.allowed) + 1
	}
	for i := range b.at {
		b.at[i] = -1
	}
	s.alike()
	done := s.branch(0, 0)
	b.steps += exactSteps - max(0, s.left)
	b.at = slices.Clone(b.best)
	return done
}

// branching is the search through all boards: pieces are given their spots in a
// fixed order, and what cannot become better than the best is not followed.
type branching struct {
	*board
	order  []int
	left   int           // steps that may still be made
	weight int           // steps that one look ahead costs: a spot of a piece is one
	cells  map[cell]int  // cells that can do the same, by the same number
	kinds  map[int64]int // of slots that can do the same
	begin  map[int64]int64
}

// cell is a slot of one room.
type cell struct{ slot, room int64 }

// alike finds which cells of a slot can do the same, and which slots: they are free
// for the same pieces in the same way. While such ones are empty it is enough to try
// one of them.
func (s *branching) alike() {
	s.begin = map[int64]int64{}
	for _, list := range s.spots {
		for _, here := range list {
			if from, known := s.begin[here.slot]; !known || here.from < from {
				s.begin[here.slot] = here.from
			}
		}
	}
	can := map[cell]string{}
	for i, x := range s.pieces {
		for _, at := range x.allowed {
			here := s.spots[x.length][at]
			can[cell{here.slot, here.room}] += fmt.Sprintf("%d %d %d %d;", i, here.from-s.begin[here.slot], here.to-here.from, x.extra[at])
		}
	}
	numbers := map[string]int{}
	number := func(text string) int {
		if _, known := numbers[text]; !known {
			numbers[text] = len(numbers)
		}
		return numbers[text]
	}
	s.cells, s.kinds = map[cell]int{}, map[int64]int{}
	bySlot := map[int64][]string{}
	for c, text := range can {
		s.cells[c] = number(text)
		bySlot[c.slot] = append(bySlot[c.slot], text)
	}
	for slot, kinds := range bySlot {
		slices.Sort(kinds)
		s.kinds[slot] = number(fmt.Sprint("slot", kinds))
	}
}

// branch gives spots to the pieces from the n-th on. It reports whether everything
// was looked at.
func (s *branching) branch(n, cost int) bool {
	if n == len(s.order) {
		if cost < s.bestCost {
			s.best, s.bestCost = slices.Clone(s.at), cost
		}
		return true
	}
	if s.left -= s.weight; s.left <= 0 {
		return false
	}
	if cost+s.bound(n) >= s.bestCost {
		return true
	}
	for _, c := range s.choices(s.order[n]) {
		if cost+c.cost >= s.bestCost {
			break // the others cost more
		}
		s.at[s.order[n]] = c.at
		done := s.branch(n+1, cost+c.cost)
		s.at[s.order[n]] = -1
		if !done {
			return false
		}
	}
	return true
}

// bound is what the pieces from the n-th on cost at least: each its cheapest spot
// among what is placed by now.
func (s *branching) bound(n int) (sum int) {
	for _, i := range s.order[n:] {
		least := s.lost
		for _, at := range s.pieces[i].allowed {
			if cost, ok := s.added(i, at, -1); ok && cost < least {
				if least = cost; least == 0 {
					break
				}
			}
		}
		sum += least
	}
	return sum
}

type choice struct{ at, cost int }

// choices are the spots of a piece, the cheapest first, and that it has none.
func (s *branching) choices(i int) []choice {
	usedCell, usedSlot := map[cell]bool{}, map[int64]bool{}
	for j := range s.pieces {
		if there, ok := s.spot(j); ok {
			usedCell[cell{there.slot, there.room}], usedSlot[there.slot] = true, true
		}
	}
	type same struct {
		slot   int64 // the slot, or minus one less the number of its kind
		cell   int
		offset int64
	}
	tried := map[same]bool{}
	var out []choice
	for _, at := range s.pieces[i].allowed {
		here := s.spots[s.pieces[i].length][at]
		if c := (cell{here.slot, here.room}); !usedCell[c] {
			as := same{here.slot, s.cells[c], here.from - s.begin[here.slot]}
			if !usedSlot[here.slot] {
				as.slot = -1 - int64(s.kinds[here.slot])
			}
			if tried[as] {
				continue
			}
			tried[as] = true
		}
		if cost, ok := s.added(i, at, -1); ok {
			out = append(out, choice{at, cost})
		}
	}
	slices.SortStableFunc(out, func(a, b choice) int { return a.cost - b.cost })
	return append(out, choice{-1, s.lost})
}
