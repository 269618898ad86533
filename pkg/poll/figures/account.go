package figures

import (
	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// Decision is what decided a proposal.
type Decision struct {
	tally.Decision
	Demands []Demand `json:"demands,omitempty"` // on single answers
}

// Demand is a demand on one answer, and what became of it.
type Demand struct {
	Option int64          `json:"option"`
	Share  tally.Fraction `json:"share"`
	AtMost bool           `json:"at_most"` // instead of at least
	Basis  tally.Basis    `json:"basis"`
	Votes  int64          `json:"votes"`
	Of     int64          `json:"of"`
	Bound  int64          `json:"bound"` // the number of votes that just meets it
	Met    bool           `json:"met"`
}

// Round is one round of a count, told by the ids of the options. The JSON names
// are part of the API.
type Round struct {
	Number    int           `json:"number"`               // from 1
	Quota     *tally.Amount `json:"quota,omitempty"`      // where it changes from round to round
	Votes     []OptionVotes `json:"votes"`                // in the order of the options
	Exhausted tally.Amount  `json:"exhausted"`            // votes without a further preference
	SurplusOf int64         `json:"surplus_of,omitempty"` // whose surplus was transferred to make these figures
	Moved     []Transfer    `json:"moved"`                // what was transferred to make these figures
	Elected   []int64       `json:"elected"`              // on these figures
	Excluded  []int64       `json:"excluded"`             // left out on these figures
	Keep      []OptionVotes `json:"keep,omitempty"`       // what part of each vote an option keeps, where it keeps a part
	Told      []Sentence    `json:"-"`                    // what happened, in sentences
}

// OptionVotes is an exact number of votes; null where the rule gives none.
type OptionVotes struct {
	Option int64         `json:"option"`
	Votes  *tally.Amount `json:"votes"`
}

// Transfer is votes that moved. To is null where they have nowhere to go.
type Transfer struct {
	From  int64        `json:"from"`
	To    *int64       `json:"to"`
	Votes tally.Amount `json:"votes"`
}

// Duels is every option against every other: rows and columns are in the order
// of Options.
type Duels struct {
	Options   []int64          `json:"options"`
	Wins      [][]int64        `json:"wins"` // votes that put the option of the row above that of the column
	Condorcet *int64           `json:"condorcet_winner"`
	Paths     [][]int64        `json:"paths,omitempty"` // strength of the strongest chain from row to column
	Locks     []Lock           `json:"locks,omitempty"` // in the order in which they were looked at
	Copeland  []tally.Fraction `json:"copeland"`        // duels won, equal ones counting a half
	Minimax   []int64          `json:"minimax"`         // strength of the worst defeat
}

// Lock is a won duel, and whether it was locked or passed over.
type Lock struct {
	Winner   int64 `json:"winner"`
	Loser    int64 `json:"loser"`
	Votes    int64 `json:"votes"`   // for the winner
	Against  int64 `json:"against"` // for the loser
	Strength int64 `json:"strength"`
	Locked   bool  `json:"locked"`
}

// Values is how often each value was given.
type Values struct {
	Lowest  int           `json:"lowest"` // the value of the first count
	Options []ValueCounts `json:"options"`
}

// ValueCounts is how often each value was given to one option.
type ValueCounts struct {
	Option int64   `json:"option"`
	Counts []int64 `json:"counts"` // from the lowest value upwards
	Blank  int64   `json:"blank"`  // votes without a value
	Median *int    `json:"median,omitempty"`
}

// TieBreak is options that were equal where one was needed.
type TieBreak struct {
	Round  int         `json:"round,omitempty"`
	Stake  tally.Stake `json:"stake"`
	Tied   []int64     `json:"tied"`
	Chosen []int64     `json:"chosen"` // empty where nothing decided
	By     string      `json:"by"`     // "lot", "earlier_round", …; "open" where nothing decided
	Told   []Sentence  `json:"-"`      // the same in sentences
}

// Lots is the order of the lots, from which anybody can draw it again.
type Lots struct {
	Seed     string  `json:"seed"`
	Order    []int64 `json:"order"`
	Used     bool    `json:"used"`     // a tie was decided by it
	Mattered *bool   `json:"mattered"` // whether others could have won; null where that is not known
}

func (o options) decision(d *tally.Decision) *Decision {
	if d == nil {
		return nil
	}
	out := &Decision{Decision: *d}
	for _, m := range d.Demands {
		out.Demands = append(out.Demands, Demand{Option: o[m.Option].ID, Share: m.Share, AtMost: m.AtMost, Basis: m.Basis,
			Votes: m.Votes, Of: m.Of, Bound: m.Bound, Met: m.Met})
	}
	return out
}

func (o options) levels(levels [][]int) [][]int64 {
	out := make([][]int64, len(levels))
	for i, level := range levels {
		out[i] = o.ids(level)
	}
	return out
}

// rounds tells the rounds, each with the sentences of the explanation that speak
// of it: from the first that names its number to the next that names another.
func (o options) rounds(rounds []tally.Round, explanation []Sentence) []Round {
	told := byRound(explanation)
	out := make([]Round, len(rounds))
	for i, r := range rounds {
		out[i] = Round{Number: r.Number, Quota: r.Quota, Votes: o.amounts(r.Votes), Exhausted: r.Exhausted, Moved: []Transfer{},
			Elected: o.ids(r.Elected), Excluded: o.ids(r.Excluded), Keep: o.amounts(r.Keep), Told: told[r.Number]}
		if r.SurplusOf != nil {
			out[i].SurplusOf = o[*r.SurplusOf].ID
		}
		for _, t := range r.Moved {
			moved := Transfer{From: o[t.From].ID, Votes: t.Votes}
			if t.To >= 0 {
				moved.To = new(o[t.To].ID)
			}
			out[i].Moved = append(out[i].Moved, moved)
		}
	}
	return out
}

func byRound(explanation []Sentence) map[int][]Sentence {
	out := map[int][]Sentence{}
	at := 0
	for _, s := range explanation {
		if n, says := s.Args["Round"].(int64); says {
			at = int(n)
		}
		if at > 0 {
			out[at] = append(out[at], s)
		}
	}
	return out
}

func (o options) amounts(votes []*tally.Amount) []OptionVotes {
	out := make([]OptionVotes, len(votes))
	for i, v := range votes {
		out[i] = OptionVotes{o[i].ID, v}
	}
	return out
}

func (o options) duels(d *tally.Duels) *Duels {
	if d == nil {
		return nil
	}
	out := &Duels{Options: []int64{}, Wins: d.Wins, Paths: d.Paths, Copeland: append([]tally.Fraction{}, d.Copeland...), Minimax: append([]int64{}, d.Minimax...)}
	for _, one := range o[:len(d.Wins)] {
		out.Options = append(out.Options, one.ID)
	}
	if d.Condorcet != nil {
		out.Condorcet = new(o[*d.Condorcet].ID)
	}
	for _, l := range d.Locks {
		out.Locks = append(out.Locks, Lock{o[l.Winner].ID, o[l.Loser].ID, l.Votes, l.Against, l.Strength, l.Locked})
	}
	return out
}

func (o options) values(v *tally.Values) *Values {
	if v == nil {
		return nil
	}
	out := &Values{Lowest: v.Lowest, Options: []ValueCounts{}}
	for i, counts := range v.Counts {
		one := ValueCounts{Option: o[i].ID, Counts: counts}
		if i < len(v.Blank) {
			one.Blank = v.Blank[i]
		}
		if i < len(v.Median) {
			one.Median = new(v.Median[i])
		}
		out.Options = append(out.Options, one)
	}
	return out
}

func (o options) lots(d *tally.Drawn) *Lots {
	if d == nil {
		return nil
	}
	return &Lots{Seed: d.Seed, Order: o.ids(d.Order), Used: d.Used, Mattered: d.Mattered}
}

// What a tie is about, and what decided it, as keys of the catalogue. Ways that
// only one method knows are "the rule".
var (
	stakes = map[tally.Stake]string{tally.ForPlace: "results.tie_place", tally.ForExclusion: "results.tie_exclude", tally.ForSurplus: "results.tie_surplus",
		tally.ForFinal: "results.tie_finalist", tally.ForOrder: "results.tie_order"}
	stakesInRound = map[tally.Stake]string{tally.ForPlace: "results.tie_place_in_round", tally.ForExclusion: "results.tie_exclude_in_round",
		tally.ForSurplus: "results.tie_surplus_in_round", tally.ForFinal: "results.tie_finalist_in_round", tally.ForOrder: "results.tie_order_in_round"}
	breaks = map[string]string{tally.ByLot: "results.tie_by_lot", tally.ByNothing: "results.tie_open",
		"earlier_round": "results.tie_by_earlier", "earlier_stage": "results.tie_by_earlier", "together": "results.tie_together", "any_order": "results.tie_any_order",
		"next_grades": "results.tie_by_grades", "head_to_head": "results.tie_by_duel", "score": "results.tie_by_score", "five_star": "results.tie_by_top"}
)

func (o options) tieBreaks(ties []tally.Tie) []TieBreak {
	out := make([]TieBreak, len(ties))
	for i, t := range ties {
		out[i] = TieBreak{Round: t.Round, Stake: t.Stake, Tied: o.ids(t.Tied), Chosen: o.ids(t.Chosen), By: t.By, Told: o.tieTold(t)}
	}
	return out
}

func (o options) tieTold(t tally.Tie) []Sentence {
	stake := tally.Step{Code: stakes[t.Stake], Options: t.Tied}
	if t.Round > 0 {
		stake.Code, stake.Args = stakesInRound[t.Stake], errs.Args{"Round": t.Round}
	}
	by := tally.Step{Code: breaks[t.By], Options: t.Chosen}
	if by.Code == "" {
		by.Code = "results.tie_by_rule"
	}
	return []Sentence{o.sentence(stake), o.sentence(by)}
}
