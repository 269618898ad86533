package api

import (
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/poll"
	"plenary/pkg/timeline"
)

// named finds the people whom an electorate names.
func (a *API) named(c edge.Ctx, handles []string, of poll.Electorate) ([]int64, error) {
	if len(handles) == 0 {
		return nil, nil
	}
	if of != poll.OfNamed {
		var f errs.Fields
		f.Add("named", "poll.electorate_not_named")
		return nil, f.Err()
	}
	return a.Polls.Handles(c.Request().Context(), handles)
}

type voterAnswer struct {
	Person  timeline.Person `json:"person"`
	Source  string          `json:"source"`
	Votes   int64           `json:"votes"`
	Voted   *bool           `json:"voted"` // null where it is not told yet
	Removed bool            `json:"removed,omitempty"`
}

// votersAnswer is one page of the electorate, and with it who has voted and who
// has not, by name.
type votersAnswer struct {
	list[voterAnswer]
	Count   int               `json:"count"`
	Votes   int64             `json:"votes"`
	Sources map[string]int    `json:"sources"`
	Voted   []timeline.Person `json:"voted"`
	NotYet  []timeline.Person `json:"not_yet"`
}

func (a *API) listVoters(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), edge.Who(c)
	found, err := a.Polls.Voters(ctx, who, id, at)
	if err != nil {
		return err
	}
	sums, err := a.Polls.Entitled(ctx, who, id)
	if err != nil {
		return err
	}
	p, err := a.Polls.Poll(ctx, who, id)
	if err != nil {
		return err
	}
	out := votersAnswer{Count: sums.Count, Votes: sums.Votes, Sources: sums.Sources, Voted: []timeline.Person{}, NotYet: []timeline.Person{}}
	out.list = paged(found, func(v poll.Voter) voterAnswer {
		answer := voterAnswer{Person: timeline.PersonOf(v.Person), Source: v.Source, Votes: v.Votes, Removed: v.Removed}
		if p.RollShown() {
			answer.Voted = &v.Voted
		}
		return answer
	})
	if p.RollShown() {
		voted, notYet, err := a.Polls.Voted(ctx, who, id)
		if err != nil {
			return err
		}
		out.Voted, out.NotYet = whole(voted, timeline.PersonOf).Items, whole(notYet, timeline.PersonOf).Items
	}
	return ok(c, out)
}
