package tally

import (
	"cmp"
	"slices"
)

// standing is what has become of an option in a count that elects and leaves out
// one after the other.
type standing uint8

// The standings.
const (
	hopeful standing = iota
	elected
	excluded
	withdrawn
)

// election is a count by STV under way. Votes are in units of the smallest
// decimal.
type election struct {
	contest  Contest
	profile  *profile
	decimals int
	valid    int64 // whole votes with a preference

	standing []standing // by option
	votes    []int64    // by option
	moved    []Transfer // since the last round
	rounds   []Round
	past     [][]int64 // the votes of every round
	ties     []Tie
	elected  []int // in order
	excluded []int // in order
	open     *Tie  // at which the count stopped
}

func newElection(c Contest, p *profile) *election {
	e := &election{contest: c, profile: p, standing: make([]standing, p.options), votes: make([]int64, p.options)}
	for option, stands := range p.standing {
		if !stands {
			e.standing[option] = withdrawn
		}
	}
	for i, weight := range p.weights {
		if len(p.ranking(i)) > 0 {
			e.valid += weight
		}
	}
	return e
}

// hopefuls lists the options neither elected nor left out, ascending.
func (e *election) hopefuls() []int {
	var list []int
	for option, standing := range e.standing {
		if standing == hopeful {
			list = append(list, option)
		}
	}
	return list
}

// places is how many seats are free.
func (e *election) places() int { return e.contest.Rules.Seats - len(e.elected) }

// settled reports whether nothing is left to decide: all seats are filled, or no
// more options are left than seats.
func (e *election) settled() bool { return e.places() == 0 || len(e.hopefuls()) <= e.places() }

// amount is a number of votes in units.
func (e *election) amount(units int64) Amount { return Amount{units, e.decimals} }

// begin writes down the votes as they stand, and what moved to make them.
func (e *election) begin() *Round {
	round := Round{Number: len(e.rounds) + 1, Votes: make([]*Amount, len(e.votes)), Moved: e.moved}
	figures := make([]Amount, len(e.votes))
	rest := e.valid * power(e.decimals)
	for option, votes := range e.votes {
		figures[option] = e.amount(votes)
		if e.standing[option] != withdrawn {
			round.Votes[option] = &figures[option]
		}
		rest -= votes
	}
	round.Exhausted = e.amount(rest)
	e.moved = nil
	e.rounds = append(e.rounds, round)
	e.past = append(e.past, slices.Clone(e.votes))
	return e.now()
}

// now is the round under way.
func (e *election) now() *Round { return &e.rounds[len(e.rounds)-1] }

// elect gives places to the options, those with more votes first.
func (e *election) elect(options []int) {
	options = e.byVotes(options)
	for _, option := range options {
		e.standing[option] = elected
	}
	e.elected = append(e.elected, options...)
	e.now().Elected = append(e.now().Elected, options...)
}

func (e *election) byVotes(options []int) []int {
	options = slices.Clone(options)
	slices.SortStableFunc(options, func(a, b int) int { return cmp.Compare(e.votes[b], e.votes[a]) })
	return options
}

// reached lists the hopeful options that have the quota.
func (e *election) reached(quota int64) []int {
	return slices.DeleteFunc(e.hopefuls(), func(option int) bool { return e.votes[option] < quota })
}

func (e *election) exclude(option int) {
	e.standing[option] = excluded
	e.excluded = append(e.excluded, option)
	e.now().Excluded = append(e.now().Excluded, option)
}

// byEarlierStage is the end of a tie in Tie.By where the votes of a stage before
// differ. More than one are chosen by it where those are equal in all stages.
const byEarlierStage = "earlier_stage"

// lookBack keeps those of the tied with the most votes in earlier rounds for a
// surplus, the fewest for an exclusion, and notes where that tells them apart.
func (e *election) lookBack(stake Stake, tied []int) []int {
	left := lookBack(e.past, tied, stake == ForSurplus)
	if len(left) < len(tied) {
		e.ties = append(e.ties, Tie{Round: len(e.rounds), Stake: stake, Tied: tied, Chosen: left, By: byEarlierStage})
	}
	return left
}

// draw finds the one of the tied by lot. Without a lot the tie stays open, which
// ends the count, and ok is false.
func (e *election) draw(stake Stake, tied []int) (drawn int, ok bool) {
	if len(tied) == 1 {
		return tied[0], true
	}
	tie := Tie{Round: len(e.rounds), Stake: stake, Tied: tied, Chosen: []int{}, By: ByNothing}
	if drawn, ok = e.contest.lot(stake, tied); ok {
		tie.Chosen, tie.By = []int{drawn}, ByLot
	}
	e.ties = append(e.ties, tie)
	if !ok {
		e.open = &tie
	}
	return drawn, ok
}

// report fills in what the count came to.
func (e *election) report(r *Result) {
	r.Rounds, r.Ties = e.rounds, e.ties
	r.Winners = append(r.Winners, e.elected...)
	r.Ranking = e.ranking()
	r.Status = Chosen
	if e.open == nil {
		return
	}
	r.Status, r.Tied = Tied, e.hopefuls()
	if e.open.Stake == ForExclusion && len(r.Tied)-1 == e.places() {
		// Only one of them will miss a seat, and it is one of the tied.
		others := slices.DeleteFunc(e.hopefuls(), func(option int) bool { return slices.Contains(e.open.Tied, option) })
		r.Winners, r.Tied = append(r.Winners, e.byVotes(others)...), e.open.Tied
	}
}

// ranking lists the elected in order, those still in by their votes, and those
// left out, the last one first. Options elected in the same round with the same
// votes are equal.
func (e *election) ranking() [][]int {
	order := [][]int{}
	for i, round := range e.rounds {
		order = append(order, levels(round.Elected, mostFirst(e.past[i]))...)
	}
	order = append(order, levels(e.hopefuls(), mostFirst(e.votes))...)
	for _, option := range slices.Backward(e.excluded) {
		order = append(order, []int{option})
	}
	return order
}
