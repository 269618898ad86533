package tally

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
)

// Lots decides what a rule leaves to chance. The options tied are ascending and
// at least two.
type Lots interface {
	// Draw picks one of the tied: the one that wins the place, or whose surplus goes
	// first, or that is left out. NoLot where it has no lot for this tie, which then
	// stays open.
	Draw(what Stake, tied []int) int
}

// NoLot is what Lots.Draw says where it cannot decide.
const NoLot = -1

// lot draws one of the tied, and reports whether there was a lot for them.
func (c Contest) lot(what Stake, tied []int) (drawn int, fell bool) {
	if c.Lots == nil {
		return NoLot, false
	}
	drawn = c.Lots.Draw(what, tied)
	return drawn, drawn != NoLot
}

// Stake is what a lot, or another way of breaking a tie, is about.
type Stake string

// The stakes.
const (
	ForPlace     Stake = "place"    // who gets a place
	ForExclusion Stake = "exclude"  // who is left out
	ForSurplus   Stake = "surplus"  // whose surplus is transferred first
	ForFinal     Stake = "finalist" // who is in a runoff
	ForOrder     Stake = "order"    // which of two duels counts first
)

// Lottery is one order of all the options, drawn once before the count from a
// public seed and used for every lot in it: of options that are tied the one
// nearest the front wins, and the one nearest the back is left out.
type Lottery struct {
	Seed  string
	Order []int // every option once
	place []int
}

// NewLottery draws the order (see Draw).
func NewLottery(seed string, options int) *Lottery {
	l := &Lottery{Seed: seed, Order: Draw(seed, options), place: make([]int, options)}
	for i, option := range l.Order {
		l.place[option] = i
	}
	return l
}

// Draw implements Lots.
func (l *Lottery) Draw(what Stake, tied []int) int {
	first := slices.MinFunc(tied, func(a, b int) int { return l.place[a] - l.place[b] })
	last := slices.MaxFunc(tied, func(a, b int) int { return l.place[a] - l.place[b] })
	if what == ForExclusion {
		return last
	}
	return first
}

// Draw puts the numbers from 0 to n-1 in an order that only the seed decides.
// Number k of its hashes is SHA-256 of the text "seed,k", k counted from 0, read
// as a big-endian number. A number below m is drawn by passing over hashes at or
// above the largest multiple of m below 2^256 and taking the remainder of the
// next by m; the shuffle is Fisher-Yates from the last place down to the second
// (after Rivest's sampler for audits).
func Draw(seed string, n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	k := 0
	for i := n - 1; i > 0; i-- {
		var j int
		j, k = drawBelow(seed, i+1, k)
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// drawBelow draws a number below n from the hashes from k on, and gives the
// number of the next unused hash.
func drawBelow(seed string, n, k int) (drawn, next int) {
	all := new(big.Int).Lsh(big.NewInt(1), 256)
	size := big.NewInt(int64(n))
	limit := new(big.Int).Sub(all, new(big.Int).Mod(all, size))
	for ; ; k++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s,%d", seed, k))
		value := new(big.Int).SetBytes(sum[:])
		if value.Cmp(limit) < 0 {
			return int(value.Mod(value, size).Int64()), k + 1
		}
	}
}

// mostLots is how many courses of a count are tried to see whether its lots
// mattered, and mostWork bounds them where a single count is long: its ballots,
// and its options by each other and each round.
const (
	mostLots = 200
	mostWork = 5_000_000
)

// drawn tells what the lottery did, where there was one. again counts the same
// ballots, so many, under other lots.
func (c Contest) drawn(r Result, ballots func() int, again func(Contest) Result) *Drawn {
	lottery, ok := c.Lots.(*Lottery)
	if !ok {
		return nil
	}
	out := &Drawn{Seed: lottery.Seed, Order: lottery.Order}
	out.Used = slices.ContainsFunc(r.Ties, func(t Tie) bool { return t.By == ByLot })
	if out.Used {
		out.Mattered = c.mattered(r.Winners, ballots(), again)
	}
	return out
}

// mattered counts once more for every other way in which the lots could have
// fallen. Nil: there are too many ways to try.
func (c Contest) mattered(winners []int, ballots int, again func(Contest) Result) *bool {
	work := c.Options*c.Options*c.Options + ballots
	script := &scripted{}
	for range max(1, min(mostLots, mostWork/work)) {
		c.Lots = script.again()
		if other := again(c); !sameOptions(other.Winners, winners) {
			return new(true)
		}
		if !script.next() {
			return new(false)
		}
	}
	return nil
}

func sameOptions(a, b []int) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// scripted goes through all ways in which a series of lots can fall, like the
// digits of a number: turns holds the place drawn at each lot, and of how many.
type scripted struct {
	turns []turn
	at    int
}

type turn struct{ drawn, of int }

// Draw implements Lots.
func (s *scripted) Draw(_ Stake, tied []int) int {
	if s.at == len(s.turns) {
		s.turns = append(s.turns, turn{0, len(tied)})
	}
	s.at++
	return tied[s.turns[s.at-1].drawn]
}

func (s *scripted) again() *scripted {
	s.at = 0
	return s
}

// next moves on to the next way, and reports whether there is one.
func (s *scripted) next() bool {
	for i := len(s.turns) - 1; i >= 0; i-- {
		if s.turns[i].drawn+1 < s.turns[i].of {
			s.turns[i].drawn++
			s.turns = s.turns[:i+1]
			return true
		}
	}
	return false
}
