package tally

// meek counts STV by Meek's method, as the Reference Meek Rule of the
// Proportional Representation Foundation puts it (prfound.org), in fixed point
// with nine decimals. Every option has a keep factor: 1 while it is hopeful, 0
// once it is left out. A paper gives the options in its order the keep factor's
// part of what is left of it, rounded up, and goes on with the rest. The quota is
// the sum of the votes / (seats + 1), cut, and one unit more. In a round the keep
// factors of the elected become factor × quota / votes, both steps rounded up, and
// the votes are shared out anew, until somebody new has the quota; or until the
// surplus of all the elected is under a millionth or no longer shrinks, and then
// the lowest is left out. Options within that surplus of the lowest count as tied
// with it; a lot decides.
//
// What a paper gives depends only on the elected options that come first on it
// and on the hopeful one that follows. Papers that agree in these lie together, in
// a tree whose inner nodes are elected options, so that sharing out touches no
// single paper.
type meek struct {
	*election
	papers *papers
	nodes  []node // parents before their children; the root is the first
	keep   []int64
	open   []bool   // by option: not left out and not withdrawn
	dealt  [][]pile // by depth in the tree
	quota  int64
	before flows // what passed through the tree at the end of the last round
}

// node is papers that have come the same way: past the elected options above it,
// to the option of the node.
type node struct {
	option         int32 // the number of options: no further choice
	parent         int32
	child, sibling int32 // 0: none, as the root is neither
	votes          int64
	pile           pile  // the papers, unless the option is elected and they lie below
	arrives        int64 // units of each vote that come here
	passes         int64 // units of each vote that the option does not keep
}

const (
	meekOne   = 1_000_000_000 // one vote, and a keep factor of 1
	meekOmega = 1_000         // a surplus under this is none
)

func newMeek(e *election) *meek {
	e.decimals = mostDecimals
	t, all := newPapers(e.profile)
	m := &meek{election: e, papers: t, keep: make([]int64, t.options), open: make([]bool, t.options),
		before: make(flows, t.options), nodes: []node{{option: -1, arrives: meekOne, passes: meekOne}}}
	for option, s := range e.standing {
		if s == hopeful {
			m.keep[option], m.open[option] = meekOne, true
		}
	}
	m.settle(0, all, 0)
	return m
}

func (m *meek) run() {
	if m.settled() {
		m.share()
		m.note()
		m.elect(m.hopefuls())
		return
	}
	for !m.settled() {
		won, surplus := m.converge()
		m.note()
		if len(won) > 0 {
			m.electAndOpen(won)
		} else if !m.excludeLowest(surplus) {
			return
		}
	}
	if m.places() > 0 {
		m.elect(m.hopefuls())
	}
}

// converge shares the votes out until somebody has the quota, or else until the
// surplus is gone or no longer shrinks.
func (m *meek) converge() (won []int, surplus int64) {
	last := int64(-1)
	for {
		m.share()
		if won = m.reached(m.quota); len(won) > 0 {
			return won, 0
		}
		surplus = m.surplus()
		if surplus < meekOmega || last >= 0 && surplus >= last {
			return nil, surplus
		}
		last = surplus
		for _, option := range m.elected {
			m.keep[option] = keepFactor(m.keep[option], m.quota, m.votes[option])
		}
	}
}

// share gives all papers out by the keep factors, and sets the quota.
func (m *meek) share() {
	clear(m.votes)
	for i := 1; i < len(m.nodes); i++ {
		n := &m.nodes[i]
		n.arrives = m.nodes[n.parent].passes
		if int(n.option) == m.papers.options {
			continue
		}
		kept := n.arrives
		if m.standing[n.option] == elected {
			kept = (n.arrives*m.keep[n.option] + meekOne - 1) / meekOne
			n.passes = n.arrives - kept
		}
		m.votes[n.option] += kept * n.votes
	}
	var sum int64
	for _, votes := range m.votes {
		sum += votes
	}
	m.quota = sum/int64(m.contest.Rules.Seats+1) + 1
}

// surplus is what all the elected have above the quota.
func (m *meek) surplus() (units int64) {
	for _, option := range m.elected {
		units += m.votes[option] - m.quota
	}
	return max(0, units)
}

// keepFactor is keep × quota / votes, both steps rounded up, and never more than
// 1: no paper can give more than it has.
func keepFactor(keep, quota, votes int64) int64 {
	part := mulDivUp(keep, quota, meekOne)
	if part >= votes {
		return meekOne
	}
	return mulDivUp(part, meekOne, votes)
}

// note writes the round down.
func (m *meek) note() {
	now := m.flows()
	m.moved = m.before.until(now, m.decimals)
	m.before = now
	round := m.begin()
	round.Quota = new(m.amount(m.quota))
	round.Keep = make([]*Amount, len(m.keep))
	for option, keep := range m.keep {
		if m.standing[option] != withdrawn {
			round.Keep[option] = new(m.amount(keep))
		}
	}
}

// electAndOpen gives places, and lets the papers of the new ones pass on to
// their next choices.
func (m *meek) electAndOpen(options []int) {
	m.elect(options)
	for i, n := 1, len(m.nodes); i < n; i++ {
		option := m.nodes[i].option
		if int(option) == m.papers.options || m.standing[option] != elected || m.nodes[i].pile.votes == 0 {
			continue
		}
		lying := m.nodes[i].pile
		m.nodes[i].pile = pile{}
		m.settle(int32(i), lying, m.depth(int32(i)))
	}
}

func (m *meek) depth(at int32) (depth int) {
	for ; at > 0; at = m.nodes[at].parent {
		depth++
	}
	return depth
}

// excludeLowest leaves out the lowest hopeful option. Its papers go on from where
// they came.
func (m *meek) excludeLowest(surplus int64) bool {
	left := m.hopefuls()
	lowest := m.votes[extreme(m.votes, left, false)[0]]
	var tied []int
	for _, option := range left {
		if m.votes[option] <= lowest+surplus {
			tied = append(tied, option)
		}
	}
	out, ok := m.draw(ForExclusion, tied)
	if !ok {
		return false
	}
	m.exclude(out)
	m.keep[out], m.open[out] = 0, false
	for i, n := 1, len(m.nodes); i < n; i++ {
		if int(m.nodes[i].option) != out || m.nodes[i].votes == 0 {
			continue
		}
		parent, lying, arrives := m.nodes[i].parent, m.nodes[i].pile, m.nodes[i].arrives
		m.nodes[i].votes, m.nodes[i].pile = 0, pile{}
		for to, pile := range m.settle(parent, lying, m.depth(parent)) {
			m.before.divert(int(m.nodes[parent].option), out, to, arrives*pile.votes)
		}
	}
	return true
}

// settle deals papers that pass the node to the next choices below it, and on
// past those that are elected. It returns how they were dealt at the node itself,
// in a list that the next call uses again.
func (m *meek) settle(at int32, papers pile, depth int) []pile {
	for len(m.dealt) <= depth {
		m.dealt = append(m.dealt, make([]pile, m.papers.options+1))
	}
	dealt := m.dealt[depth]
	m.papers.deal(papers, m.open, dealt)
	for option, pile := range dealt {
		if pile.votes == 0 {
			continue
		}
		child := m.below(at, int32(option))
		m.nodes[child].votes += pile.votes
		if option < m.papers.options && m.standing[option] == elected {
			m.settle(child, pile, depth+1)
		} else {
			m.papers.join(&m.nodes[child].pile, pile)
		}
	}
	return dealt
}

// below finds or makes the node of an option under another node.
func (m *meek) below(at, option int32) int32 {
	for child := m.nodes[at].child; child != 0; child = m.nodes[child].sibling {
		if m.nodes[child].option == option {
			return child
		}
	}
	child := int32(len(m.nodes))
	m.nodes = append(m.nodes, node{option: option, parent: at, sibling: m.nodes[at].child})
	m.nodes[at].child = child
	return child
}
