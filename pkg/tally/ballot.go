package tally

import "iter"

// MaxWeight is the most votes that one ballot can carry. It keeps every sum of
// votes, however many ballots fit into memory, inside 63 bits.
const MaxWeight = 1_000_000_000

// Ballot is one voter's answer, or that of several voters who answered alike.
type Ballot struct {
	Choices []int `json:"choices"` // the options chosen; the order means nothing
	Weight  int64 `json:"weight"`  // votes that it carries: 1 for one person with one vote
}

func (b Ballot) weighs() bool { return b.Weight >= 1 && b.Weight <= MaxWeight }

// valid passes on the ballots that the rule accepts and notes the positions of
// the others.
func valid(m rule, r Rules, options int, ballots iter.Seq[Ballot], refused *[]int) iter.Seq[Ballot] {
	return func(yield func(Ballot) bool) {
		position := 0
		for b := range ballots {
			if !b.weighs() || m.check(r, options, b.Choices) != nil {
				*refused = append(*refused, position)
			} else if !yield(b) {
				return
			}
			position++
		}
	}
}
