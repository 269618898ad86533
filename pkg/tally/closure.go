package tally

import "slices"

// closure says for each pair of options whether a chain of locked duels leads from
// one down to the other. It has a row of bits for each option.
type closure struct {
	words  int // 64 bits each, in a row
	bits   []uint64
	gained []uint64 // a row for put to work in
}

func newClosure(options int) closure {
	words := (options + 63) / 64
	return closure{words, make([]uint64, options*words), make([]uint64, words)}
}

func (c closure) clone() closure {
	return closure{c.words, slices.Clone(c.bits), make([]uint64, c.words)}
}

func (c closure) row(option int) []uint64 { return c.bits[option*c.words : (option+1)*c.words] }

// has reports whether low is below high.
func (c closure) has(high, low int) bool {
	return c.bits[high*c.words+low/64]>>(low%64)&1 == 1
}

// put sets low, and all that is below it, below high and all that is above high.
func (c closure) put(high, low int) {
	if c.has(high, low) {
		return
	}
	copy(c.gained, c.row(low))
	c.gained[low/64] |= 1 << (low % 64)
	for option := range len(c.bits) / c.words {
		if option != high && !c.has(option, high) {
			continue
		}
		row := c.row(option)
		for i, bits := range c.gained {
			row[i] |= bits
		}
	}
}
