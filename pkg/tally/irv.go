package tally

import (
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// instantRunoff elects one. In each round every ballot counts for its highest
// option that is still in. More than half of the continuing votes wins;
// otherwise the option with the fewest is left out. Of equally low ones it is the
// one with the fewest in the most recent round in which they differ, and if they
// never do, a lot decides. With Batch the largest group that even together has
// fewer votes than the next option is left out at once. Both are among the
// published variations of the rule (RCTab's configuration documentation).
//
// Where no lot can be drawn and the tied have fewer votes together than the next
// option, each of them would go before it in any order: they go together. Any
// other tie stops the count.
type instantRunoff struct{}

func (instantRunoff) version() string        { return "irv/1" }
func (instantRunoff) form() Form             { return Ranking }
func (instantRunoff) complete(r Rules) Rules { return completeRanking(r) }

func (instantRunoff) validate(r Rules, options int, f *errs.Fields) {
	validateRanking(r, options, f)
	if r.Seats > 1 {
		f.Add("seats", "tally.rule.one_seat")
	}
	r.accept(f, "quorum", "seats", "min", "max", "blank", "batch")
}

func (instantRunoff) check(r Rules, options int, b Ballot) *errs.Text {
	return checkRanking(r, options, b)
}

func (m instantRunoff) count(c Contest, ballots iter.Seq[Ballot]) Result {
	p := newProfile(m, c, ballots)
	result := p.begin(m, c)
	run := newRunoff(c, p)
	switch {
	case !result.Turnout.QuorumMet():
		result.Status = NoQuorum
	case run.continuing() == 0:
		result.Status, result.Tied = NoVotes, p.in
	default:
		run.count(&result)
	}
	result.Ranking = run.ranking(result.Winners)
	result.Rounds, result.Ties = run.rounds, run.ties
	result.Summary = runoffSummary(result)
	result.Explanation = append(result.Turnout.steps(p.invalid), runoffSteps(c.Rules, result)...)
	if run.final != nil {
		result.Explanation = append(result.Explanation, *run.final)
	}
	return result
}

// The ways in which a tie is broken here, apart from lots.
const (
	byEarlierRound = "earlier_round"
	byTogether     = "together" // all of them are left out at once
)

// runoff is the state of a count.
type runoff struct {
	contest Contest
	papers  *papers
	in      []int   // options still in, ascending
	isIn    []bool  // the same, by option
	piles   []pile  // by option: the rankings that count for it; at last those that count for none
	votes   []int64 // by option, as the piles have them
	dealt   []pile
	left    [][]int // options left out, the last ones first, equal ones together
	rounds  []Round
	past    [][]int64 // the votes of every round
	ties    []Tie
	moved   []Transfer // by the last exclusion
	final   *Step      // who would be the last two, where the count stopped before
}

func newRunoff(c Contest, p *profile) *runoff {
	t, all := newPapers(p)
	r := &runoff{contest: c, papers: t, in: p.in, isIn: slices.Clone(p.standing), votes: make([]int64, p.options),
		piles: make([]pile, p.options+1), dealt: make([]pile, p.options+1)}
	r.deal(all)
	return r
}

// deal gives the rankings of a pile to the next option on them that is still in.
// What each got stands in dealt.
func (r *runoff) deal(from pile) {
	r.papers.deal(from, r.isIn, r.dealt)
	for to, got := range r.dealt {
		r.papers.join(&r.piles[to], got)
	}
	for option := range r.votes {
		r.votes[option] = r.piles[option].votes
	}
}

// exhausted is the number of votes that count for no option any more.
func (r *runoff) exhausted() int64 { return r.piles[len(r.votes)].votes }

// continuing is the number of votes that count for an option.
func (r *runoff) continuing() int64 { return r.papers.cast - r.exhausted() }

// count goes on until somebody has won or only a lot could tell how.
func (r *runoff) count(result *Result) {
	for {
		r.note()
		round := &r.rounds[len(r.rounds)-1]
		if winner, won := r.majority(); won {
			round.Elected = []int{winner}
			result.Status, result.Winners = Chosen, round.Elected
			r.finish(winner)
			return
		}
		group := r.lowest()
		if len(group) == 0 {
			result.Status, result.Tied = Tied, r.in
			return
		}
		round.Excluded = group
		r.exclude(group)
	}
}

// note writes down the figures of a new round.
func (r *runoff) note() {
	figures := make([]Amount, len(r.votes))
	round := Round{Number: len(r.rounds) + 1, Votes: make([]*Amount, len(r.votes)),
		Exhausted: Whole(r.exhausted()), Moved: r.moved}
	for option, votes := range r.votes {
		figures[option] = Whole(votes)
		round.Votes[option] = &figures[option]
	}
	r.rounds = append(r.rounds, round)
	r.past = append(r.past, slices.Clone(r.votes))
}

// majority finds the option with more than half of the continuing votes.
func (r *runoff) majority() (winner int, won bool) {
	half := r.continuing() / 2
	for _, option := range r.in {
		if r.votes[option] > half {
			return option, true
		}
	}
	return 0, false
}

// lowest chooses who is left out on the present votes, and nobody where only a
// lot could tell and none was drawn.
func (r *runoff) lowest() []int {
	order := levels(r.in, fewestFirst(r.votes))
	if r.contest.Rules.Batch {
		if group := r.batch(slices.Concat(order...)); len(group) > 1 {
			return group
		}
	}
	if tied := order[0]; len(tied) > 1 {
		return r.lowestOf(tied, order[1:])
	}
	return order[0]
}

// batch is the largest group, lowest first, that together has fewer votes than
// the next one.
func (r *runoff) batch(order []int) []int {
	var sum int64
	size := 0
	for i, option := range order {
		if sum < r.votes[option] {
			size = i
		}
		sum += r.votes[option]
	}
	return slices.Sorted(slices.Values(order[:size]))
}

// lowestOf breaks a tie for the fewest votes; above are the levels of the others.
func (r *runoff) lowestOf(tied []int, above [][]int) []int {
	tie := Tie{Round: len(r.rounds), Stake: ForExclusion, Tied: tied, Chosen: []int{}, By: ByNothing}
	defer func() { r.ties = append(r.ties, tie) }()
	narrowed := lookBack(r.past, tied, false)
	if len(narrowed) == 1 {
		tie.Chosen, tie.By = narrowed, byEarlierRound
		return tie.Chosen
	}
	if drawn, fell := r.contest.lot(ForExclusion, narrowed); fell {
		tie.Tied, tie.Chosen, tie.By = narrowed, []int{drawn}, ByLot
		return tie.Chosen
	}
	if len(above) > 0 && r.votes[tied[0]]*int64(len(tied)) < r.votes[above[0][0]] {
		tie.Chosen, tie.By = tied, byTogether
	}
	return tie.Chosen
}

// exclude passes the rankings of the options on to the next one that is still in.
func (r *runoff) exclude(group []int) {
	r.moved = nil
	r.left = append(levels(group, mostFirst(r.votes)), r.left...)
	for _, option := range group {
		r.isIn[option] = false
	}
	r.in = slices.DeleteFunc(slices.Clone(r.in), func(option int) bool { return !r.isIn[option] })
	for _, option := range group {
		lying := r.piles[option]
		r.piles[option] = pile{}
		r.deal(lying)
		for to, got := range r.dealt {
			if to == len(r.votes) {
				to = -1
			}
			if got.votes > 0 {
				r.moved = append(r.moved, Transfer{From: option, To: to, Votes: Whole(got.votes)})
			}
		}
	}
}

// ranking has the winner first, then those still in by their votes, then those
// left out, the last ones first.
func (r *runoff) ranking(winners []int) [][]int {
	order := [][]int{}
	rest := r.in
	if len(winners) > 0 {
		order = append(order, winners)
		rest = slices.DeleteFunc(slices.Clone(rest), func(option int) bool { return option == winners[0] })
	}
	order = append(order, levels(rest, mostFirst(r.votes))...)
	return append(order, r.left...)
}

// finish tells, for information only, how the winner and the last opponent would
// stand if the count went on until two are left. It says nothing where that takes
// a lot. Ranking keeps to the count that decided.
func (r *runoff) finish(winner int) {
	if len(r.in) <= 2 {
		return
	}
	on := *r
	on.contest.Lots = nil
	on.votes, on.isIn, on.piles = slices.Clone(r.votes), slices.Clone(r.isIn), slices.Clone(r.piles)
	on.rounds, on.past, on.ties, on.left = slices.Clone(r.rounds), slices.Clone(r.past), nil, nil
	for len(on.in) > 2 {
		group := on.lowest()
		if len(group) == 0 {
			return
		}
		on.exclude(group)
		on.note()
	}
	for _, rival := range on.in {
		if rival != winner && len(on.in) == 2 {
			r.final = &Step{Code: "tally.step.final_duel", Options: []int{winner, rival},
				Args: errs.Args{"For": on.votes[winner], "Against": on.votes[rival]}}
		}
	}
}
