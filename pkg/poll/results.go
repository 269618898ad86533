package poll

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/poll/figures"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// Results gives the count: frozen after the close, of the ballots that are in
// before. Errors: by access.ReadResults, Forbidden while they are hidden.
func (p *Polls) Results(ctx context.Context, who access.Actor, id int64) (figures.Results, error) {
	found, err := p.mayNow(ctx, who, id, access.ReadResults)
	if err != nil {
		return figures.Results{}, err
	}
	result, err := p.resultOf(p.db.Read(ctx), found)
	if err != nil {
		return figures.Results{}, store.Translate(err)
	}
	return found.Account(result), nil
}

// Account tells a count of this poll by its options.
func (p Poll) Account(r tally.Result) figures.Results {
	return figures.Of(p.told(), p.Method, p.State, r)
}

func (p Poll) sentence(s tally.Step) figures.Sentence { return figures.Say(p.told(), s) }

// told are the options as figures are told by them.
func (p Poll) told() []figures.Option {
	out := make([]figures.Option, len(p.Options))
	for i, o := range p.Options {
		out[i] = figures.Option{ID: o.ID, Key: o.Key, Label: o.Label, ThemeID: o.ThemeID}
	}
	return out
}
