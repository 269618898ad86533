package tally_test

import (
	"math/big"
	"slices"

	"plenary/pkg/tally"
)

// slow counts by STV one paper at a time, as the rules are written and without
// any of the means of the real count. Ties are the caller's matter: it ends the
// rounds at the first one.
type slow struct {
	options, seats int
	papers         []paper
	out, in        []bool // left out; elected
	votes          []int64
}

type paper struct {
	order []int
	at    int   // place in order of the option that has it
	value int64 // units
}

func newSlow(options, seats int, ballots []tally.Ballot, one int64) *slow {
	s := &slow{options: options, seats: seats, out: make([]bool, options), in: make([]bool, options)}
	for _, b := range ballots {
		var order []int
		for _, level := range b.Ranks {
			order = append(order, level...)
		}
		for range b.Weight {
			if len(order) > 0 {
				s.papers = append(s.papers, paper{order: order, value: one})
			}
		}
	}
	return s
}

func (s *slow) hopefuls() (list []int) {
	for option := range s.options {
		if !s.out[option] && !s.in[option] {
			list = append(list, option)
		}
	}
	return list
}

func (s *slow) free() int {
	free := s.seats
	for _, in := range s.in {
		if in {
			free--
		}
	}
	return free
}

// lowest lists the hopeful ones within slack of the lowest.
func (s *slow) lowest(slack int64) (list []int) {
	least := s.votes[s.hopefuls()[0]]
	for _, option := range s.hopefuls() {
		least = min(least, s.votes[option])
	}
	for _, option := range s.hopefuls() {
		if s.votes[option] <= least+slack {
			list = append(list, option)
		}
	}
	return list
}

// gregory gives the votes of each round until a tie comes up, or the count ends.
func (s *slow) gregory(one int64, atOnce bool) (rounds [][]int64, tied bool) {
	s.votes = make([]int64, s.options)
	for _, p := range s.papers {
		s.votes[p.order[0]] += one
	}
	quota := (int64(len(s.papers))/int64(s.seats+1) + 1) * one
	var pending []int
	for {
		rounds = append(rounds, slices.Clone(s.votes))
		won := false
		for _, option := range s.hopefuls() {
			if s.free() > 0 && s.votes[option] >= quota {
				s.in[option], won = true, true
				if atOnce || s.votes[option] > quota {
					pending = append(pending, option)
				}
			}
		}
		if left := s.hopefuls(); s.free() > 0 && len(left) <= s.free() {
			for _, option := range left {
				s.in[option] = true
			}
		}
		over := s.free() == 0 || len(s.hopefuls()) == 0
		surplus := int64(0)
		for _, option := range pending {
			surplus += s.votes[option] - quota
		}
		switch {
		case over && (!atOnce || !won && len(pending) == 0 || surplus == 0):
			return rounds, false
		case len(pending) > 0 && atOnce:
			for _, option := range pending {
				s.pass(option, s.votes[option]-quota)
			}
			pending = nil
		case len(pending) > 0:
			slices.SortFunc(pending, func(a, b int) int { return int(s.votes[b] - s.votes[a]) })
			if len(pending) > 1 && s.votes[pending[0]] == s.votes[pending[1]] {
				return rounds, true
			}
			s.pass(pending[0], s.votes[pending[0]]-quota)
			pending = pending[1:]
		default:
			lowest := s.lowest(0)
			if len(lowest) > 1 {
				return rounds, true
			}
			s.out[lowest[0]] = true
			s.pass(lowest[0], s.votes[lowest[0]])
		}
	}
}

// pass lets every paper of the option go on at its part of the units.
func (s *slow) pass(from int, units int64) {
	total := s.votes[from]
	s.votes[from] -= units
	if total == 0 {
		return
	}
	for i := range s.papers {
		p := &s.papers[i]
		if p.at == len(p.order) || p.order[p.at] != from {
			continue
		}
		p.value = p.value * units / total
		for p.at++; p.at < len(p.order); p.at++ {
			if to := p.order[p.at]; !s.out[to] && !s.in[to] {
				s.votes[to] += p.value
				break
			}
		}
	}
}

const meekUnit = 1_000_000_000

// meek gives the votes of each round likewise.
func (s *slow) meek() (rounds [][]int64, tied bool) {
	keep := make([]int64, s.options)
	for option := range keep {
		keep[option] = meekUnit
	}
	for s.free() > 0 && len(s.hopefuls()) > s.free() {
		won, surplus := s.meekRound(keep)
		rounds = append(rounds, slices.Clone(s.votes))
		if won {
			continue
		}
		lowest := s.lowest(surplus)
		if len(lowest) > 1 {
			return rounds, true
		}
		s.out[lowest[0]], keep[lowest[0]] = true, 0
	}
	return rounds, false
}

func (s *slow) meekRound(keep []int64) (won bool, surplus int64) {
	last := int64(-1)
	for {
		s.votes = make([]int64, s.options)
		sum := int64(0)
		for _, p := range s.papers {
			rest := int64(meekUnit)
			for _, option := range p.order {
				part := (rest*keep[option] + meekUnit - 1) / meekUnit
				s.votes[option] += part
				sum += part
				rest -= part
			}
		}
		quota := sum/int64(s.seats+1) + 1
		surplus = 0
		for _, option := range s.hopefuls() {
			if s.votes[option] >= quota {
				s.in[option], won = true, true
			}
		}
		for option, in := range s.in {
			if in {
				surplus += s.votes[option] - quota
			}
		}
		surplus = max(0, surplus)
		if won || surplus < 1000 || last >= 0 && surplus >= last {
			return won, surplus
		}
		last = surplus
		for option, in := range s.in {
			if in {
				keep[option] = roundedUp(roundedUp(keep[option], quota, meekUnit), meekUnit, s.votes[option])
			}
		}
	}
}

// roundedUp is a × b / c.
func roundedUp(a, b, c int64) int64 {
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	quotient, rest := product.QuoRem(product, big.NewInt(c), new(big.Int))
	return quotient.Int64() + int64(rest.Sign())
}
