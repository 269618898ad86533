package tally

import (
	"cmp"
	"iter"
	"slices"

	"plenary/pkg/errs"
)

// star adds up the stars, and the two options with the highest sums meet in a
// runoff, in which each ballot counts for the one that it gives more stars; a
// blank is no star (Score Then Automatic Runoff, starvoting.org). Ties as
// BetterVoting breaks them:
//
//   - for a place in the runoff: of exactly two the one that more ballots prefer;
//     of more, or where that is equal, those that most ballots give the highest
//     score; then a lot;
//   - in the runoff: the higher sum, then more highest scores, then a lot.
//
// Without lots every runoff that could still be is held, and the options that
// could win one are tied; an option that wins them all has won. A ballot that
// leaves every option blank needs Rules.Blank.
//
// Result.Rounds holds the sums as the first round and the runoff as the second,
// with the votes that prefer neither as exhausted. Result.Ranking is the runoff,
// then the others by their sums.
type star struct{}

func (star) version() string { return "star/1" }
func (star) form() Form      { return Scores }

func (star) complete(r Rules) Rules {
	r.Seats = or(r.Seats, 1)
	r.MaxScore = or(r.MaxScore, 5)
	return r
}

func (star) validate(r Rules, options int, f *errs.Fields) {
	r.checkOptions(f, options)
	checkNumber(f, "max_score", r.MaxScore, 1, mostValues-1)
	r.accept(f, "quorum", "blank", "max_score")
}

func (star) check(r Rules, options int, b Ballot) *errs.Text {
	return checkScores(b.Scores, options, 0, r.MaxScore, r.Blank)
}

func (m star) count(c Contest, ballots iter.Seq[Ballot]) Result {
	t, r := c.scores(m, 0, c.Rules.MaxScore, true, ballots)
	s := starCount{Contest: c, result: &r, ballots: ballots, sums: make([]int64, c.Options), tops: make([]int64, c.Options)}
	for option := range s.sums {
		s.sums[option], s.tops[option] = t.sum(option), t.of(option)[c.Rules.MaxScore]
	}
	r.Values = t.values()
	r.rankSums(c, s.sums)
	if !r.stands(c) {
		r.tell(c, wording{}, s.told())
		return r
	}
	s.decide()
	s.tell()
	return r
}

// starCount is one count by STAR.
type starCount struct {
	Contest
	result  *Result
	ballots iter.Seq[Ballot]
	sums    []int64
	tops    []int64 // votes with the highest score
	final   *duel   // the runoff; nil where it is not certain, or where there is one option only
}

// duel is two options and the votes that prefer each.
type duel struct {
	options [2]int
	votes   [2]int64
}

// decide finds the finalists and holds the runoff.
func (s *starCount) decide() {
	r := s.result
	r.Status = Chosen
	fixed, open := s.finalists()
	s.scoreRound(fixed, open)
	switch {
	case len(fixed) == 1 && len(open) == 0:
		r.Winners = fixed
	case len(open) == 0:
		s.final = &s.duels([][2]int{{fixed[0], fixed[1]}})[0]
		s.holdRunoff()
	default:
		s.holdEveryRunoff(fixed, open)
	}
}

// finalists lists those certain of the runoff, by their sums, and the options
// that are tied for the places in it that are left.
func (s *starCount) finalists() (fixed, open []int) {
	for _, level := range s.result.Ranking {
		for len(level) > 0 && len(fixed) < 2 {
			if len(level) <= 2-len(fixed) {
				fixed = append(fixed, level...)
				break
			}
			chosen, by := s.breakTie(level, 2-len(fixed))
			s.result.Ties = append(s.result.Ties, Tie{Round: 1, Stake: ForFinal, Tied: slices.Clone(level), Chosen: chosen, By: by})
			if by == ByNothing {
				return fixed, level
			}
			fixed = append(fixed, chosen...)
			level = slices.DeleteFunc(slices.Clone(level), func(option int) bool { return slices.Contains(chosen, option) })
		}
	}
	return fixed, nil
}

// The ways in which STAR breaks ties, in Tie.By.
const (
	byHeadToHead = "head_to_head"
	byScore      = "score"
	byTopScores  = "five_star"
)

// breakTie finds at least one of the tied for the places in the runoff, of which
// there are fewer.
func (s *starCount) breakTie(tied []int, places int) (chosen []int, by string) {
	if len(tied) == 2 {
		if d := s.duels([][2]int{{tied[0], tied[1]}})[0]; d.votes[0] != d.votes[1] {
			return []int{d.options[d.ahead()]}, byHeadToHead
		}
	}
	best := levels(tied, mostFirst(s.tops))[0]
	if len(best) <= places {
		return best, byTopScores
	}
	if drawn, fell := s.lot(ForFinal, best); fell {
		return []int{drawn}, ByLot
	}
	return []int{}, ByNothing
}

func (d duel) ahead() int {
	if d.votes[1] > d.votes[0] {
		return 1
	}
	return 0
}

// duels counts the votes between each pair, none of them withdrawn, in one pass over
// the ballots. Which are refused is known by now.
func (s *starCount) duels(pairs [][2]int) []duel {
	out := make([]duel, len(pairs))
	for i, pair := range pairs {
		out[i].options = pair
	}
	position, refused := -1, s.result.Invalid
	for b := range s.ballots {
		position++
		if len(refused) > 0 && refused[0] == position {
			refused = refused[1:]
			continue
		}
		if len(b.Scores) == 0 {
			continue
		}
		for i := range out {
			d := &out[i]
			first, second := max(0, b.Scores[d.options[0]]), max(0, b.Scores[d.options[1]])
			switch {
			case first > second:
				d.votes[0] += b.Weight
			case second > first:
				d.votes[1] += b.Weight
			}
		}
	}
	return out
}

// winnerOf decides a runoff as far as it can be without a lot; by is empty where
// no tie had to be broken, and ByNothing where only a lot can decide.
func (s *starCount) winnerOf(d duel) (winner int, by string) {
	a, b := d.options[0], d.options[1]
	for _, test := range []struct {
		order int
		by    string
	}{
		{cmp.Compare(d.votes[0], d.votes[1]), ""},
		{cmp.Compare(s.sums[a], s.sums[b]), byScore},
		{cmp.Compare(s.tops[a], s.tops[b]), byTopScores},
	} {
		switch {
		case test.order > 0:
			return a, test.by
		case test.order < 0:
			return b, test.by
		}
	}
	return a, ByNothing
}

// holdRunoff decides between the two finalists.
func (s *starCount) holdRunoff() {
	r, d := s.result, *s.final
	tied := slices.Sorted(slices.Values(d.options[:]))
	winner, by := s.winnerOf(d)
	if by == ByNothing {
		if drawn, fell := s.lot(ForPlace, tied); fell {
			winner, by = drawn, ByLot
		}
	}
	tie := Tie{Round: 2, Stake: ForPlace, Tied: tied, Chosen: []int{winner}, By: by}
	round := Round{Number: 2, Votes: make([]*Amount, s.Options), Exhausted: Whole(r.Turnout.Cast - d.votes[0] - d.votes[1])}
	for i, option := range d.options {
		round.Votes[option] = new(Whole(d.votes[i]))
	}
	if by == ByNothing {
		tie.Chosen = []int{}
		r.Status, r.Tied = Tied, tied
	} else {
		r.Winners = []int{winner}
		round.Elected = r.Winners
		round.Excluded = slices.DeleteFunc(slices.Clone(tied), func(option int) bool { return option == winner })
	}
	r.lead(round.Elected, round.Excluded, r.Tied)
	if by != "" {
		r.Ties = append(r.Ties, tie)
	}
	r.Rounds = append(r.Rounds, round)
}

// lead puts these levels, where they are not empty, in front of the ranking.
func (r *Result) lead(front ...[]int) {
	ahead := slices.Concat(front...)
	for _, level := range r.Ranking {
		front = append(front, slices.DeleteFunc(slices.Clone(level), func(option int) bool { return slices.Contains(ahead, option) }))
	}
	r.Ranking = slices.DeleteFunc(front, func(level []int) bool { return len(level) == 0 })
}

// mostRunoffs is how many possible runoffs are held where the finalists are not
// certain. Beyond that everybody who could be in one is tied.
const mostRunoffs = 200

// holdEveryRunoff looks at every runoff that a lot could lead to.
func (s *starCount) holdEveryRunoff(fixed, open []int) {
	r := s.result
	possible := slices.Sorted(slices.Values(slices.Concat(fixed, open)))
	if pairs := pairsOf(fixed, open); len(pairs) <= mostRunoffs {
		can := map[int]bool{}
		for _, d := range s.duels(pairs) {
			winner, by := s.winnerOf(d)
			can[winner] = true
			if by == ByNothing {
				can[d.options[1]] = true
			}
		}
		possible = slices.DeleteFunc(possible, func(option int) bool { return !can[option] })
	}
	if len(possible) == 1 {
		r.Winners = possible
		return
	}
	r.Status, r.Tied = Tied, possible
}

// pairsOf is the pairs that the runoff can have: the one fixed with one of the
// open ones, or two of those.
func pairsOf(fixed, open []int) [][2]int {
	var pairs [][2]int
	for i, option := range open {
		if len(fixed) == 1 {
			pairs = append(pairs, [2]int{fixed[0], option})
			continue
		}
		for _, other := range open[i+1:] {
			if pairs = append(pairs, [2]int{option, other}); len(pairs) > mostRunoffs {
				return pairs
			}
		}
	}
	return pairs
}

// scoreRound notes the sums, and who is out of the runoff.
func (s *starCount) scoreRound(fixed, open []int) {
	round := Round{Number: 1, Votes: make([]*Amount, s.Options)}
	for _, option := range s.standing() {
		round.Votes[option] = new(Whole(s.sums[option]))
		if !slices.Contains(fixed, option) && !slices.Contains(open, option) {
			round.Excluded = append(round.Excluded, option)
		}
	}
	s.result.Rounds = []Round{round}
}
