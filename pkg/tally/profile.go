package tally

import (
	"iter"
	"slices"
)

// mostRanked is the most options that a ranking can have: duels keep a table
// with a place for every pair.
const mostRanked = 500

// levelMark is set on an option of a flat ranking that has the same rank as the
// one before it.
const levelMark uint16 = 1 << 15

// profile is all the rankings of a poll, one after the other in one flat list.
// Invalid ballots and withdrawn options are no longer in it. Equal rankings are
// put together as far as that saves time; no result depends on it.
type profile struct {
	options  int
	in       []int    // options that are not withdrawn, ascending
	standing []bool   // the same, by option
	ranked   []uint16 // all rankings, each best first; see levelMark
	starts   []int    // where each ranking starts in ranked, and at last where the last one ends
	weights  []int64  // of each ranking

	cast, blank int64 // votes; blank ones ranked nothing at all
	invalid     []int // positions of the ballots that are not counted

	known sameRankings
}

// newProfile reads the ballots that the rule accepts.
func newProfile(m rule, c Contest, ballots iter.Seq[Ballot]) *profile {
	p := &profile{options: c.Options, in: c.standing(), standing: make([]bool, c.Options), starts: []int{0}}
	for _, option := range p.in {
		p.standing[option] = true
	}
	for b := range valid(m, c.Rules, c.Options, ballots, &p.invalid) {
		p.cast += b.Weight
		if len(b.Ranks) == 0 {
			p.blank += b.Weight
		}
		p.add(b)
	}
	p.known = sameRankings{}
	return p
}

func (p *profile) add(b Ballot) {
	start := len(p.ranked)
	p.ranked = withRoom(p.ranked, p.options)
	for _, level := range b.Ranks {
		mark := uint16(0)
		for _, option := range level {
			if p.standing[option] {
				p.ranked = append(p.ranked, uint16(option)|mark)
				mark = levelMark
			}
		}
	}
	if same := p.known.find(p, p.ranked[start:]); same >= 0 {
		p.ranked = p.ranked[:start]
		p.weights[same] += b.Weight
		return
	}
	p.starts = append(withRoom(p.starts, 1), len(p.ranked))
	p.weights = append(withRoom(p.weights, 1), b.Weight)
}

// withRoom makes room for n more entries, and doubles the list where it has to
// grow: the number of ballots is not known beforehand.
func withRoom[T any](list []T, n int) []T {
	if cap(list)-len(list) >= n {
		return list
	}
	return slices.Grow(list, max(n, len(list)))
}

// len is the number of rankings.
func (p *profile) len() int { return len(p.weights) }

// ranking is ranking number i, which is empty where nothing is left of it.
func (p *profile) ranking(i int) []uint16 { return p.ranked[p.starts[i]:p.starts[i+1]] }

// begin is a result of the poll that says who took part, and how many votes rank
// each option highest.
func (p *profile) begin(m rule, c Contest) Result {
	return c.begin(m, p.firsts(), p.cast, p.blank, p.invalid)
}

// firsts counts for each option the votes that rank it highest, alone or
// together with others.
func (p *profile) firsts() []int64 {
	votes := make([]int64, p.options)
	for i, weight := range p.weights {
		for k, entry := range p.ranking(i) {
			if k > 0 && entry&levelMark == 0 {
				break
			}
			votes[entry&^levelMark] += weight
		}
	}
	return votes
}

// Bounds of sameRankings: a table that fits into a processor's cache, and a
// search that stays short whatever rankings somebody may have made up.
const (
	mostKnown  = 1 << 15
	mostProbes = 16
)

// sameRankings is a hash table of the first different rankings of a profile. Where
// few are ever found in it, it is no longer asked.
type sameRankings struct {
	places       []knownRanking
	used         int
	asked, found int
}

// knownRanking is a ranking by its number with 1 added; 0 is a free place. Most of
// those that differ are told apart by the hash alone.
type knownRanking struct {
	hash   uint32
	number int32
}

// find returns the number of a ranking equal to r, and -1 where none is known. It
// then expects r to become the next one.
func (s *sameRankings) find(p *profile, r []uint16) int {
	switch {
	case s.used < mostKnown && s.used*2 >= len(s.places):
		s.grow()
	case s.asked > 2*mostKnown && s.found < s.asked/8:
		return -1
	}
	s.asked++
	hash, mask := hashOf(r), uint32(len(s.places)-1)
	for step := range uint32(mostProbes) {
		place := &s.places[(hash+step)&mask]
		switch {
		case place.number == 0:
			if s.used < mostKnown {
				*place = knownRanking{hash, int32(p.len() + 1)}
				s.used++
			}
			return -1
		case place.hash == hash && slices.Equal(p.ranking(int(place.number-1)), r):
			s.found++
			return int(place.number - 1)
		}
	}
	return -1
}

func (s *sameRankings) grow() {
	old := s.places
	s.places = make([]knownRanking, max(64, 2*len(old)))
	mask := uint32(len(s.places) - 1)
	for _, known := range old {
		if known.number == 0 {
			continue
		}
		at := known.hash & mask
		for s.places[at].number != 0 {
			at = (at + 1) & mask
		}
		s.places[at] = known
	}
}

// hashOf mixes the entries into bits of which the lower ones choose the place.
func hashOf(r []uint16) uint32 {
	h := uint64(len(r))
	for _, entry := range r {
		h = (h ^ uint64(entry)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return uint32(h ^ h>>32)
}
