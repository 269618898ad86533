package tally

import (
	"iter"

	"plenary/pkg/errs"
)

// schulze ranks by strongest paths. A path goes from option to option along won
// duels and is as strong as the weakest of them; an option is above another where
// its strongest path to it is stronger than the one back. Rule: Schulze, "The
// Schulze Method of Voting", arXiv 1804.02973. Options of which none is above the
// other in this way share a level of the ranking.
//
// A seat that several of a level could have goes to the first of them in the
// Lottery. This is the paper's tie-breaking ranking of the candidates: one order,
// drawn once, elects one of those whom nobody is above, and never anybody else.
// The paper makes that order of ballots drawn by chance, so that clones of an
// option take no luck from others. Here every order of the options is as likely,
// as in all other methods of this package, so that the seed alone says it and
// anybody can draw it again without the ballots. For several seats whole levels
// come first: who is below somebody gets none by luck while another is below nobody.
type schulze struct{ duelRule }

func (schulze) version() string { return "schulze/1" }

func (m schulze) count(c Contest, ballots iter.Seq[Ballot]) Result { return countDuels(m, c, ballots) }

func (schulze) rank(_ Contest, m *matrix, r *Result) {
	paths := m.strongestPaths(m.strength)
	n := m.options
	r.Duels.Paths = square(paths, n)
	r.Ranking = layers(m.in, func(a, b int) bool { return paths[a*n+b] > paths[b*n+a] })
}

// strongestPaths is the table of the strength of the strongest path from each
// option to each other. It is 0 where there is none, if that is the strength of a
// duel that is not won.
func (m *matrix) strongestPaths(strength func(i, j int) int64) []int64 {
	n := m.options
	paths := make([]int64, n*n)
	for _, i := range m.in {
		for _, j := range m.in {
			paths[i*n+j] = strength(i, j)
		}
	}
	for _, via := range m.in {
		onwards := paths[via*n : via*n+n]
		for _, i := range m.in {
			if i == via {
				continue
			}
			row := paths[i*n : i*n+n]
			first := row[via]
			for j, second := range onwards {
				if through := min(first, second); through > row[j] && j != i {
					row[j] = through
				}
			}
		}
	}
	return paths
}

// steps compares the paths of those who win, or could, with each other contender's.
func (schulze) steps(m *matrix, r Result) []Step {
	var s []Step
	decisive := contenders(m, r)
	best := append(r.Winners[:len(r.Winners):len(r.Winners)], r.Tied...)
	told := make([]bool, m.options)
	for _, option := range best {
		told[option] = true
		for _, other := range m.in {
			if !told[other] && decisive[other] {
				s = append(s, Step{Code: "tally.step.schulze_paths", Options: []int{option, other},
					Args: errs.Args{"For": r.Duels.Paths[option][other], "Against": r.Duels.Paths[other][option]}})
			}
		}
	}
	return append([]Step{m.strengthStep(), {Code: "tally.step.schulze_rule"}}, abridged(s)...)
}

func (schulze) summary(r Result) Step {
	return Step{Code: "tally.summary.schulze", Options: r.Winners}
}
