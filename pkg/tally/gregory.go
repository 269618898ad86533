package tally

import "slices"

// gregory counts STV by transfers of whole papers at a reduced value, which is
// called the weighted inclusive Gregory method: of a surplus every paper of the
// elected option takes its part, value × surplus / votes, cut to the decimals of
// the rule, to its next hopeful choice. The quota is valid / (seats + 1), cut, and
// one more. Papers of an option left out keep their value. Equal options are told
// apart by the most recent earlier stage where they differ, otherwise by lot.
//
// One at a time it is the rule of Scottish council elections (Scottish Local
// Government Elections Order 2011, SSI 2011/399, schedule 1, rules 46 to 53): five
// decimals; the largest surplus first; one of nothing is no stage; the count ends
// as soon as all seats are filled. All at once it is the rule of Minneapolis (Code
// of Ordinances, chapter 167) with a choice of decimals: every surplus of a round
// is transferred in the next, that of the last round too.
type gregory struct {
	*election
	papers  *papers
	held    [][]parcel // by option
	quota   int64      // units
	atOnce  bool
	pending []int // elected, with a surplus still to be transferred
	open    []bool
	dealt   []pile
}

// parcel is papers of one value in the hands of an option.
type parcel struct {
	pile  pile
	value int64 // units of each vote
}

func newGregory(e *election, atOnce bool) *gregory {
	one := power(e.decimals)
	t, all := newPapers(e.profile)
	g := &gregory{election: e, papers: t, held: make([][]parcel, t.options), atOnce: atOnce,
		open: make([]bool, t.options), dealt: make([]pile, t.options+1)}
	g.quota = (e.valid/int64(e.contest.Rules.Seats+1) + 1) * one
	g.markOpen()
	g.hand(parcel{all, one})
	return g
}

func (g *gregory) run() {
	g.begin()
	g.award()
	for len(g.pending) > 0 || !g.settled() {
		var ok bool
		if len(g.pending) > 0 {
			ok = g.transferSurplus()
		} else {
			ok = g.excludeLowest()
		}
		if !ok {
			return
		}
		g.award()
	}
}

// award gives places on the figures of the round: to those with the quota, and to
// all that are left where they are no more than the places.
func (g *gregory) award() {
	if g.places() == 0 {
		return
	}
	won := g.reached(g.quota)
	if len(g.hopefuls()) <= g.places() {
		won = g.hopefuls()
	}
	g.elect(won)
	for _, option := range g.now().Elected {
		if g.votes[option] > g.quota || g.atOnce {
			g.pending = append(g.pending, option)
		}
	}
	if g.settled() && (!g.atOnce || g.pendingSurplus() == 0) {
		g.pending = nil
	}
	g.markOpen()
}

// pendingSurplus is the sum of what is still to be transferred.
func (g *gregory) pendingSurplus() (units int64) {
	for _, option := range g.pending {
		units += max(0, g.votes[option]-g.quota)
	}
	return units
}

// transferSurplus makes the next round by the largest surplus, or by all of them.
func (g *gregory) transferSurplus() bool {
	from := g.pending
	if !g.atOnce {
		first, ok := g.draw(ForSurplus, g.lookBack(ForSurplus, extreme(g.votes, g.pending, true)))
		if !ok {
			return false
		}
		from = []int{first}
	}
	for _, option := range from {
		if surplus := g.votes[option] - g.quota; surplus > 0 {
			g.transfer(option, surplus)
		}
	}
	g.pending = slices.DeleteFunc(slices.Clone(g.pending), func(option int) bool { return slices.Contains(from, option) })
	moved := len(g.moved) > 0
	round := g.begin()
	if len(from) == 1 && moved {
		round.SurplusOf = new(from[0])
	}
	return true
}

// excludeLowest makes the next round by leaving out the option with the fewest votes.
func (g *gregory) excludeLowest() bool {
	lowest, ok := g.draw(ForExclusion, g.lookBack(ForExclusion, extreme(g.votes, g.hopefuls(), false)))
	if !ok {
		return false
	}
	g.exclude(lowest)
	g.markOpen()
	g.transfer(lowest, g.votes[lowest])
	g.begin()
	return true
}

// transfer takes that many units from an option and gives them to the next
// choices of all its papers, each paper its part. What cutting loses goes to
// nobody.
func (g *gregory) transfer(from int, units int64) {
	total, parcels := g.votes[from], g.held[from]
	g.held[from] = nil
	before := slices.Clone(g.votes)
	for _, p := range parcels {
		if units < total {
			p.value = mulDiv(p.value, units, total)
		}
		g.hand(p)
	}
	rest := units
	for option, votes := range g.votes {
		if got := votes - before[option]; got > 0 {
			g.moved = append(g.moved, Transfer{from, option, g.amount(got)})
			rest -= got
		}
	}
	if rest > 0 {
		g.moved = append(g.moved, Transfer{from, -1, g.amount(rest)})
	}
	g.votes[from] = total - units
}

// hand gives the papers of a parcel to their next hopeful choices.
func (g *gregory) hand(p parcel) {
	g.papers.deal(p.pile, g.open, g.dealt)
	for option, pile := range g.dealt[:len(g.open)] {
		if pile.votes > 0 {
			g.votes[option] += pile.votes * p.value
			g.held[option] = append(g.held[option], parcel{pile, p.value})
		}
	}
}

func (g *gregory) markOpen() {
	for option, s := range g.standing {
		g.open[option] = s == hopeful
	}
}
