package tally

import "slices"

// lotScript is the lots of a ballot file, in the order in which the count needs
// them: "lots" among its options.
type lotScript []scriptedLot

// scriptedLot says which of the tied was drawn. Kind is a Stake.
type scriptedLot struct {
	Kind   Stake `json:"kind"`
	Tied   []int `json:"tied"`
	Chosen int   `json:"chosen"`
}

// lots is nil where the file scripts none, so that ties stay open.
func (s lotScript) lots() Lots {
	if len(s) == 0 {
		return nil
	}
	return &scriptedLots{s}
}

// scriptedLots plays the lots of a file back. A tie that is not the next one of
// the script has no lot.
type scriptedLots struct{ left lotScript }

// Draw implements Lots.
func (s *scriptedLots) Draw(what Stake, tied []int) int {
	if len(s.left) == 0 {
		return NoLot
	}
	next := s.left[0]
	if next.Kind != what || !sameOptions(next.Tied, tied) || !slices.Contains(tied, next.Chosen) {
		return NoLot
	}
	s.left = s.left[1:]
	return next.Chosen
}
