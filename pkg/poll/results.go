package poll

import (
	"context"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

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

// Results gives the count: frozen after the close, of the ballots that are in
// before. Errors: by access.ReadResults, Forbidden while they are hidden.
func (p *Polls) Results(ctx context.Context, who access.Actor, id int64) (Results, error) {
	found, err := p.mayNow(ctx, who, id, access.ReadResults)
	if err != nil {
		return Results{}, err
	}
	result, err := p.resultOf(p.db.Read(ctx), found)
	if err != nil {
		return Results{}, store.Translate(err)
	}
	return found.Account(result), nil
}

// Account tells a count of this poll by its options.
func (p Poll) Account(r tally.Result) Results {
	out := Results{State: p.State, Method: p.Method, Rule: r.Rule, Status: r.Status, Turnout: r.Turnout, Decision: p.decision(r.Decision),
		Target: r.Target, Quota: r.Quota, Winners: p.ids(r.Winners), Tied: p.ids(r.Tied), Ranking: p.levels(r.Ranking),
		Duels: p.duels(r.Duels), Values: p.values(r.Values), TieBreaks: p.tieBreaks(r.Ties), Lots: p.lots(r.Lots),
		Invalid: len(r.Invalid), Table: []TableRow{}, Summary: p.sentence(r.Summary)}
	for _, row := range r.Options {
		o := p.Options[row.Option]
		out.Table = append(out.Table, TableRow{Option: o.ID, Key: o.Key, Label: o.Label, ThemeID: o.ThemeID,
			Votes: row.Votes, Share: row.Share, Percent: row.Percent, Points: row.Points,
			Winner: slices.Contains(r.Winners, row.Option), Tied: slices.Contains(r.Tied, row.Option)})
	}
	for _, step := range r.Explanation {
		out.Explanation = append(out.Explanation, p.sentence(step))
	}
	out.Rounds = p.rounds(r.Rounds, out.Explanation)
	return out
}

func (p Poll) sentence(s tally.Step) Sentence {
	out := Sentence{Code: s.Code, Args: figures(s.Args)}
	for _, option := range s.Options {
		out.Options = append(out.Options, p.Options[option].ID)
		out.Labels = append(out.Labels, p.Options[option].Label)
	}
	return out
}

func (p Poll) ids(options []int) []int64 {
	out := make([]int64, len(options))
	for i, option := range options {
		out[i] = p.Options[option].ID
	}
	return out
}
