package api

import (
	"context"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/timeline"
)

type newBallot struct {
	Choices []choice `json:"choices"`
	Reason  string   `json:"reason"`
}

// ids gives the options that a ballot names by id or, in a proposal, by key. An
// option that is not there is refused by the poll itself; a key that is none is
// refused here.
func (in newBallot) ids(p poll.Poll) ([]int64, error) {
	var f errs.Fields
	byKey := map[string]int64{}
	for _, o := range p.Options {
		if o.Key != "" {
			byKey[o.Key] = o.ID
		}
	}
	out := make([]int64, len(in.Choices))
	for i, named := range in.Choices {
		out[i] = named.id
		if named.key != "" {
			out[i] = byKey[named.key]
		}
		if out[i] == 0 || named.wrong {
			f.Add("choices", "poll.no_such_option")
		}
	}
	return out, f.Err()
}

type receiptAnswer struct {
	Receipt  string    `json:"receipt"`
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
}

func (a *API) castBallot(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newBallot](c)
	if err != nil {
		return err
	}
	receipt, err := a.cast(c.Request().Context(), edge.Who(c), id, in)
	if err != nil {
		return err
	}
	return ok(c, receiptAnswer{Receipt: receipt.Receipt, Revision: receipt.Revision, At: receipt.At.UTC()})
}

func (a *API) cast(ctx context.Context, who access.Actor, id int64, in newBallot) (poll.Receipt, error) {
	found, err := a.Polls.Poll(ctx, who, id)
	if err != nil {
		return poll.Receipt{}, err
	}
	if err := access.Check(who, access.Vote, found.Facts()); err != nil {
		return poll.Receipt{}, err // before anything is said about the ballot
	}
	choices, err := in.ids(found)
	if err != nil {
		return poll.Receipt{}, err
	}
	return a.Polls.Cast(ctx, who, id, poll.NewBallot{Choices: choices, Reason: in.Reason})
}

type ballotAnswer struct {
	PollID     int64           `json:"poll_id"`
	Voter      timeline.Person `json:"voter"`
	Choices    []int64         `json:"choices"`
	Reason     string          `json:"reason"`
	ReasonHTML string          `json:"reason_html"`
	Revision   int             `json:"revision"`
	Receipt    string          `json:"receipt,omitempty"` // one's own
	At         time.Time       `json:"at"`
}

func answerBallot(b poll.Ballot) ballotAnswer {
	return ballotAnswer{PollID: b.PollID, Voter: timeline.PersonOf(b.Voter), Choices: append([]int64{}, b.Choices...),
		Reason: b.Reason, ReasonHTML: b.ReasonHTML, Revision: b.Revision, Receipt: b.Receipt, At: b.CastAt.UTC()}
}

func (a *API) showBallot(c edge.Ctx) error {
	return answerWith(c, a.myBallot, answerBallot)
}

// myBallot is the reader's own ballot; NotFound where there is none.
func (a *API) myBallot(ctx context.Context, who access.Actor, id int64) (poll.Ballot, error) {
	mine, err := a.Polls.MyBallot(ctx, who, id)
	switch {
	case err != nil:
		return poll.Ballot{}, err
	case !who.SignedIn():
		return poll.Ballot{}, errs.New(errs.Unauthenticated, "access.sign_in")
	case mine == nil:
		return poll.Ballot{}, errs.New(errs.NotFound, "error.not_found")
	}
	return *mine, nil
}

func (a *API) listBallots(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	ballots, err := a.Polls.Ballots(c.Request().Context(), edge.Who(c), id, at)
	if err != nil {
		return err
	}
	return ok(c, paged(ballots, answerBallot))
}

// resultsAnswer is a count with its sentences in the reader's words.
type resultsAnswer struct {
	poll.Results
	Rounds      []string `json:"rounds"`
	TieBreaks   []string `json:"tie_breaks"`
	Summary     string   `json:"summary"`
	Explanation []string `json:"explanation"`
}

func (a *API) showResults(c edge.Ctx) error {
	words := a.Edge.WordsFor(c)
	return answerWith(c, a.Polls.Results, func(r poll.Results) resultsAnswer {
		say := sayer{words, r.Method == tally.Proposal}
		return resultsAnswer{Results: r, Rounds: say.all(r.Rounds), TieBreaks: say.all(r.TieBreaks),
			Summary: say.one(r.Summary), Explanation: say.all(r.Explanation)}
	})
}
