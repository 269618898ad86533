package figures

import (
	"encoding/json"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// Option is what figures are told by: an option of the poll, in its place.
type Option struct {
	ID      int64
	Key     string // of usual answers, whose words are in the message catalogue; otherwise empty
	Label   string
	ThemeID int64 // that it stands for; 0 for none
}

// options are those of a poll, by their numbers in the count.
type options []Option

// Results are the count of a poll, told by its options. The JSON names are part
// of the API.
type Results struct {
	State       access.PollState `json:"state"`
	Method      tally.Method     `json:"method"`
	Rule        string           `json:"rule"` // method and version, as "choice/1"
	Status      tally.Status     `json:"status"`
	Turnout     tally.Turnout    `json:"turnout"`
	Winners     []int64          `json:"winners"` // ids of options, best first; none in a proposal
	Tied        []int64          `json:"tied"`    // equal at the last place, and not among Winners
	Ranking     [][]int64        `json:"ranking"` // ids, best first; equal ones together
	Table       []TableRow       `json:"table"`   // in the order of the options
	Decision    *Decision        `json:"decision,omitempty"`
	Target      int              `json:"target,omitempty"` // how many are wanted to take part
	Quota       *tally.Amount    `json:"quota,omitempty"`  // votes that elect, where that does not change
	Rounds      []Round          `json:"rounds"`           // of methods that count in rounds; empty for others
	Duels       *Duels           `json:"duels,omitempty"`
	Values      *Values          `json:"values,omitempty"`
	TieBreaks   []TieBreak       `json:"tie_breaks"` // every tie that was met, in order
	Lots        *Lots            `json:"lots,omitempty"`
	Invalid     int              `json:"invalid_ballots"` // that break the rules and are counted nowhere
	Summary     Sentence         `json:"summary"`
	Explanation []Sentence       `json:"explanation"`
}

// TableRow is one option's figures.
type TableRow struct {
	Option  int64           `json:"option"`
	Key     string          `json:"key,omitempty"` // see Option
	Label   string          `json:"label"`
	ThemeID int64           `json:"theme_id,omitempty"`
	Votes   int64           `json:"votes"`
	Share   *tally.Fraction `json:"share"`            // of the ballots cast; null where there is none
	Percent int             `json:"percent"`          // the same, cut to whole per cent
	Points  *tally.Fraction `json:"points,omitempty"` // what is ranked by, where that is no number of votes
	Winner  bool            `json:"winner"`
	Tied    bool            `json:"tied"`
}

// Sentence is a key of the message catalogue with its values. Where it speaks of
// options, their labels are to be given to the text under "Options".
type Sentence struct {
	Code    string    `json:"code"`
	Args    errs.Args `json:"args,omitempty"`
	Options []int64   `json:"options,omitempty"`
	Labels  []string  `json:"labels,omitempty"`
}

// Of tells a count by the options of the poll, in their order.
func Of(all []Option, m tally.Method, state access.PollState, r tally.Result) Results {
	o := options(all)
	out := Results{State: state, Method: m, Rule: r.Rule, Status: r.Status, Turnout: r.Turnout, Decision: o.decision(r.Decision),
		Target: r.Target, Quota: r.Quota, Winners: o.ids(r.Winners), Tied: o.ids(r.Tied), Ranking: o.levels(r.Ranking),
		Duels: o.duels(r.Duels), Values: o.values(r.Values), TieBreaks: o.tieBreaks(r.Ties), Lots: o.lots(r.Lots),
		Invalid: len(r.Invalid), Table: []TableRow{}, Summary: o.sentence(r.Summary)}
	for _, row := range r.Options {
		one := o[row.Option]
		out.Table = append(out.Table, TableRow{Option: one.ID, Key: one.Key, Label: one.Label, ThemeID: one.ThemeID,
			Votes: row.Votes, Share: row.Share, Percent: row.Percent, Points: row.Points,
			Winner: slices.Contains(r.Winners, row.Option), Tied: slices.Contains(r.Tied, row.Option)})
	}
	for _, step := range r.Explanation {
		out.Explanation = append(out.Explanation, o.sentence(step))
	}
	out.Rounds = o.rounds(r.Rounds, out.Explanation)
	return out
}

// Say gives one sentence of a count.
func Say(all []Option, s tally.Step) Sentence { return options(all).sentence(s) }

func (o options) sentence(s tally.Step) Sentence {
	out := Sentence{Code: s.Code, Args: whole(s.Args)}
	for _, option := range s.Options {
		out.Options = append(out.Options, o[option].ID)
		out.Labels = append(out.Labels, o[option].Label)
	}
	return out
}

func (o options) ids(options []int) []int64 {
	out := make([]int64, len(options))
	for i, option := range options {
		out[i] = o[option].ID
	}
	return out
}

// whole gives the numbers in a sentence's values one type, int64, whether they
// were counted just now or read from a frozen result.
func whole(args errs.Args) errs.Args {
	if args == nil {
		return nil
	}
	out := make(errs.Args, len(args))
	for name, value := range args {
		out[name] = value
		switch v := value.(type) {
		case int:
			out[name] = int64(v)
		case json.Number:
			if n, err := v.Int64(); err == nil {
				out[name] = n
			}
		}
	}
	return out
}
