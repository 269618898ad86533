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

// WinnersBy counts rankings by every method of rankings that takes them, with
// its usual settings: by those of one winner where there is one seat, and
// otherwise by those of several. Labels are the names of the contest's options. Of
// its rules only seats, equal ranks and empty ballots are kept.
func WinnersBy(c tally.Contest, labels []string, ballots []tally.Ballot) []Other {
	var out []Other
	for _, m := range tally.Methods() {
		several := slices.Contains([]tally.Method{tally.STVScottish, tally.STVWIGM, tally.STVMeek}, m)
		if m.Form() != tally.Ranking || several != (c.Rules.Seats > 1) {
			continue
		}
		if winners, ok := winnersBy(m, c, labels, ballots); ok {
			out = append(out, Other{m, winners})
		}
	}
	return out
}

// winnersBy says nothing where the method refuses the settings or a ballot. What
// it does not know, equal ranks or empty ballots, it is tried without.
func winnersBy(m tally.Method, c tally.Contest, labels []string, ballots []tally.Ballot) ([]string, bool) {
	c.Rules = tally.Rules{Method: m, Seats: c.Rules.Seats, Equal: c.Rules.Equal, Blank: c.Rules.Blank}
	f := c.Rules.Validate(c.Options)
	if _, refused := f["equal"]; refused {
		c.Rules.Equal = false
	}
	if _, refused := f["blank"]; refused {
		c.Rules.Blank = false
	}
	r, err := c.Count(slices.Values(ballots))
	if err != nil || len(r.Invalid) > 0 {
		return nil, false
	}
	winners := []string{}
	for _, w := range r.Winners {
		winners = append(winners, labels[w])
	}
	return winners, true
}

// others counts a poll of rankings by the methods that it did not choose.
func (s *State) others(ballots []tally.Ballot) []Other {
	if s.Rules.Method.Form() != tally.Ranking || len(ballots) == 0 {
		return nil
	}
	var labels []string
	for _, o := range s.Options {
		labels = append(labels, o.Label)
	}
	all := WinnersBy(s.contest(s.Closed.Seed), labels, ballots)
	return slices.DeleteFunc(all, func(o Other) bool { return o.Method == s.Rules.Method })
}
