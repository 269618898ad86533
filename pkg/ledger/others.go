package ledger

import (
	"slices"

	"plenary/pkg/tally"
)

// Other is who would have won under another method, for interest only.
type Other struct {
	Method  tally.Method `json:"method"`
	Winners []string     `json:"winners"` // labels; empty where nobody wins
}

// WinnersBy counts ballots by every method that asks the same of a voter as the
// contest's own, that one included, with its usual settings: rankings by those of
// rankings that can fill the seats, scores and grades by sum, STAR and majority
// judgment. Labels are the names of the contest's options. Of its rules only seats,
// equal ranks, empty ballots and the span of scores are kept. Ballots of other
// forms mean nothing under another method; for them there are none.
func WinnersBy(c tally.Contest, labels []string, ballots []tally.Ballot) []Other {
	var out []Other
	for _, rules := range alike(c.Rules.Complete(), c.Options) {
		c.Rules = rules
		r, err := c.Count(slices.Values(ballots))
		if err != nil || len(r.Invalid) > 0 {
			continue
		}
		other := Other{rules.Method, []string{}}
		for _, w := range r.Winners {
			other.Winners = append(other.Winners, labels[w])
		}
		out = append(out, other)
	}
	return out
}

// alike lists the rules by which ballots for r can be counted too.
func alike(r tally.Rules, options int) []tally.Rules {
	if r.Method.Form() == tally.Ranking {
		return rankedAlike(r, options)
	}
	return scoredAlike(r)
}

// rankedAlike leaves transferable votes to elections of several. What a method
// does not know, equal ranks or empty ballots, it is tried without.
func rankedAlike(r tally.Rules, options int) []tally.Rules {
	var out []tally.Rules
	for _, m := range tally.Methods() {
		several := slices.Contains([]tally.Method{tally.STVScottish, tally.STVWIGM, tally.STVMeek}, m)
		if m.Form() != tally.Ranking || several && r.Seats == 1 {
			continue
		}
		other := tally.Rules{Method: m, Seats: r.Seats, Equal: r.Equal, Blank: r.Blank}
		f := other.Validate(options)
		if _, refused := f["equal"]; refused {
			other.Equal = false
		}
		if _, refused := f["blank"]; refused {
			other.Blank = false
		}
		out = append(out, other)
	}
	return out
}

// scoredAlike takes scores from 0 upwards for stars and grades too.
func scoredAlike(r tally.Rules) []tally.Rules {
	most := r.MaxScore
	switch r.Method {
	case tally.Score, tally.STAR:
	case tally.MajorityJudgment:
		most = r.Grades - 1
	default:
		return nil
	}
	out := []tally.Rules{{Method: tally.Score, Seats: r.Seats, Blank: r.Blank, MinScore: r.MinScore, MaxScore: most}}
	if r.MinScore != 0 {
		return out
	}
	return append(out,
		tally.Rules{Method: tally.STAR, Seats: r.Seats, Blank: r.Blank, MaxScore: most},
		tally.Rules{Method: tally.MajorityJudgment, Seats: r.Seats, Blank: r.Blank, Grades: most + 1})
}

// others counts a poll by the methods that it did not choose.
func (s *State) others(ballots []tally.Ballot) []Other {
	if len(ballots) == 0 {
		return nil
	}
	var labels []string
	for _, o := range s.Options {
		labels = append(labels, o.Label)
	}
	all := WinnersBy(s.contest(s.Closed.Seed), labels, ballots)
	return slices.DeleteFunc(all, func(o Other) bool { return o.Method == s.Rules.Method })
}
