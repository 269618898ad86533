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
	Table       []TableRow       `json:"table"`   // in the order of the options
	Decision    *tally.Decision  `json:"decision,omitempty"`
	Rounds      []Sentence       `json:"rounds"`     // of methods that count in rounds; empty for others
	TieBreaks   []Sentence       `json:"tie_breaks"` // how ties were broken; empty where they are left as ties
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
	Share   *tally.Fraction `json:"share"`   // of the ballots cast; null where there is none
	Percent int             `json:"percent"` // the same, cut to whole per cent
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
	return found.results(result), nil
}

func (p Poll) results(r tally.Result) Results {
	out := Results{State: p.State, Method: p.Method, Rule: r.Rule, Status: r.Status, Turnout: r.Turnout, Decision: r.Decision,
		Winners: p.ids(r.Winners), Tied: p.ids(r.Tied), Rounds: []Sentence{}, TieBreaks: []Sentence{}, Summary: p.sentence(r.Summary)}
	for _, row := range r.Options {
		o := p.Options[row.Option]
		out.Table = append(out.Table, TableRow{Option: o.ID, Key: o.Key, Label: o.Label, ThemeID: o.ThemeID,
			Votes: row.Votes, Share: row.Share, Percent: row.Percent,
			Winner: slices.Contains(r.Winners, row.Option), Tied: slices.Contains(r.Tied, row.Option)})
	}
	for _, step := range r.Explanation {
		out.Explanation = append(out.Explanation, p.sentence(step))
	}
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
