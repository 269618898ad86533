package tally

import (
	"errors"
	"fmt"
	"slices"
)

// stvSettings are the options of an STV ballot file. Those that describe the rule
// in words have to be the words for the rule that is counted here.
type stvSettings struct {
	Lots     lotScript `json:"lots"`
	Decimals int       `json:"decimals"`
	Rule     string    `json:"rule"`                      // stv_meek
	Omega    string    `json:"omega"`                     // stv_meek
	Quota    string    `json:"quota"`                     // stv_wigm
	Transfer string    `json:"transfer"`                  // stv_wigm
	Several  *bool     `json:"several_elected_per_round"` // stv_wigm
}

// check refuses what would be another rule.
func (in stvSettings) check(m Method) error {
	for _, s := range []struct{ name, is, only string }{
		{"rule", in.Rule, "prf-reference-meek"},
		{"omega", in.Omega, "0.000001"},
		{"quota", in.Quota, "floor(votes/(seats+1))+1"},
		{"transfer", in.Transfer, "value times surplus divided by total, truncated"},
	} {
		if s.is != "" && s.is != s.only {
			return fmt.Errorf("options: %s %q cannot be counted, only %q", s.name, s.is, s.only)
		}
	}
	fixed := map[Method]int{STVScottish: 5, STVMeek: mostDecimals}[m]
	switch {
	case m != STVMeek && in.Rule+in.Omega != "":
		return errors.New("options: rule and omega are for stv_meek only")
	case m != STVWIGM && (in.Quota+in.Transfer != "" || in.Several != nil):
		return errors.New("options: quota, transfer and several_elected_per_round are for stv_wigm only")
	case in.Several != nil && !*in.Several:
		return errors.New("options: several_elected_per_round cannot be false")
	case fixed != 0 && in.Decimals != 0 && in.Decimals != fixed:
		return fmt.Errorf("options: decimals is %d, and %s has %d", in.Decimals, m, fixed)
	}
	return nil
}

// stvExpected is the result of an STV election as ballot files state it.
type stvExpected struct {
	Quota       string          `json:"quota,omitempty"` // not stv_meek
	Winners     []int           `json:"winners"`
	Tied        []int           `json:"tied_for_last_seats,omitempty"`
	Rounds      []stvRound      `json:"rounds"`
	Checkpoints []stvCheckpoint `json:"checkpoints,omitempty"` // stv_meek
	Ties        []stvTie        `json:"ties,omitempty"`
	Invalid     []int           `json:"invalid_ballots,omitempty"`
}

// stvRound has its quota in stv_wigm and stv_meek, and the votes without a
// preference in stv_scottish.
type stvRound struct {
	Quota           string    `json:"quota,omitempty"`
	Votes           []*string `json:"votes"`
	NonTransferable string    `json:"non_transferable,omitempty"`
	SurplusOf       *int      `json:"transferred_surplus_of,omitempty"`
	Excluded        []int     `json:"excluded,omitempty"`
	Elected         []int     `json:"elected,omitempty"`
}

// stvCheckpoint is a round that ends with an exclusion, on the figures that
// decided it.
type stvCheckpoint struct {
	Round     int       `json:"round"`
	Quota     string    `json:"quota"`
	Votes     []*string `json:"votes"` // null for those out before
	Exhausted string    `json:"exhausted"`
	Excluded  []int     `json:"excluded"`
}

// stvTie has a stage in stv_scottish and a round in the others.
type stvTie struct {
	Stage  int    `json:"stage,omitempty"`
	Round  int    `json:"round,omitempty"`
	Kind   Stake  `json:"kind"`
	Tied   []int  `json:"tied"`
	Chosen any    `json:"chosen"` // an option; a list where several are left; null where the tie is open
	By     string `json:"by"`
}

func countSTVCase(c caseFile) (any, error) {
	method := Method(c.Method)
	var in stvSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if err := in.check(method); err != nil {
		return nil, err
	}
	rules := Rules{Method: method, Blank: true}
	if method == STVWIGM {
		rules.Decimals = in.Decimals
	}
	r, err := c.count(rules, in.Lots, caseRanked)
	if err != nil {
		return nil, err
	}
	return stvAsExpected(method, r), nil
}

func stvAsExpected(m Method, r Result) stvExpected {
	out := stvExpected{Winners: r.Winners, Tied: r.Tied, Rounds: []stvRound{}, Invalid: r.Invalid}
	if r.Quota != nil {
		out.Quota = r.Quota.String()
	}
	var left []int
	for i, round := range r.Rounds {
		switch m {
		case STVScottish:
			out.Rounds = append(out.Rounds, scottishRound(r.Rounds, i))
		case STVWIGM:
			out.Rounds = append(out.Rounds, stvRound{Quota: out.Quota, Votes: figures(round.Votes, left, nil),
				Elected: round.Elected, Excluded: round.Excluded})
		case STVMeek:
			out.Rounds = append(out.Rounds, meekRound(round))
			if len(round.Excluded) > 0 {
				out.Checkpoints = append(out.Checkpoints, stvCheckpoint{Round: round.Number, Quota: round.Quota.String(),
					Votes: figures(round.Votes, left, nil), Exhausted: round.Exhausted.String(), Excluded: round.Excluded})
			}
		}
		left = append(left, round.Excluded...)
	}
	for _, tie := range r.Ties {
		out.Ties = append(out.Ties, tieAsExpected(m, tie))
	}
	return out
}

// scottishRound is a stage, which says by whose exclusion it came about.
func scottishRound(rounds []Round, i int) stvRound {
	round := rounds[i]
	out := stvRound{Votes: figures(round.Votes, nil, nil), NonTransferable: round.Exhausted.String(),
		SurplusOf: round.SurplusOf, Elected: round.Elected}
	if i > 0 {
		out.Excluded = rounds[i-1].Excluded
	}
	return out
}

// meekRound has no votes for whom it leaves out, lists the elected by number, and
// does not say who is elected in the end without a quota.
func meekRound(round Round) stvRound {
	zero := Amount{0, mostDecimals}.String()
	out := stvRound{Quota: round.Quota.String(), Votes: figures(round.Votes, round.Excluded, &zero), Excluded: round.Excluded}
	if len(round.Excluded) == 0 {
		out.Elected = slices.Sorted(slices.Values(round.Elected))
	}
	return out
}

// figures writes the votes, and something else for the options listed.
func figures(votes []*Amount, listed []int, instead *string) []*string {
	out := make([]*string, len(votes))
	for option, amount := range votes {
		switch {
		case slices.Contains(listed, option):
			out[option] = instead
		case amount != nil:
			out[option] = new(amount.String())
		}
	}
	return out
}

// tieAsExpected counts stages as the one that the tie decides about, which is the
// next.
func tieAsExpected(m Method, tie Tie) stvTie {
	out := stvTie{Kind: tie.Stake, Tied: tie.Tied, By: tie.By}
	if m == STVScottish {
		out.Stage = tie.Round + 1
	} else {
		out.Round = tie.Round
	}
	switch len(tie.Chosen) {
	case 0:
	case 1:
		out.Chosen = tie.Chosen[0]
	default:
		out.Chosen = tie.Chosen
	}
	return out
}
