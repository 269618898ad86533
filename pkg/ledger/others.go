package ledger

import (
	"slices"

	"plenary/pkg/tally"
)

// Other is who would have won under another method, for interest only.
type Other struct {
	Method  tally.Method `json:"method"`
	Winners []string     `json:"winners"` // labels; empty where a tie is left open
}

// others counts rankings by every other method of rankings that takes them. With
// one seat that is the methods of one winner, and otherwise those of several.
func (s *State) others(ballots []tally.Ballot) []Other {
	if s.Rules.Method.Form() != tally.Ranking || len(ballots) == 0 {
		return nil
	}
	var out []Other
	for _, m := range tally.Methods() {
		several := slices.Contains([]tally.Method{tally.STVScottish, tally.STVWIGM, tally.STVMeek}, m)
		if m == s.Rules.Method || m.Form() != tally.Ranking || several != (s.Rules.Seats > 1) {
			continue
		}
		if winners, ok := s.winners(m, ballots); ok {
			out = append(out, Other{m, winners})
		}
	}
	return out
}

// winners counts by the method's usual rules. A method that refuses the rules or
// some of the ballots says nothing.
func (s *State) winners(m tally.Method, ballots []tally.Ballot) ([]string, bool) {
	c := s.contest(s.Closed.Seed)
	c.Rules = tally.Rules{Method: m, Seats: s.Rules.Seats, Equal: s.Rules.Equal, Blank: s.Rules.Blank}
	if c.Rules.Validate(c.Options).Err() != nil {
		return nil, false
	}
	c.Rules = c.Rules.Complete()
	r, err := c.Count(slices.Values(ballots))
	if err != nil || len(r.Invalid) > 0 {
		return nil, false
	}
	winners := []string{}
	for _, w := range r.Winners {
		winners = append(winners, s.Options[w].Label)
	}
	return winners, true
}
