package api

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/timeline"
)

type newBallot struct {
	Choices    json.RawMessage   `json:"choices"` // in the shape of the poll's method, see ledger.Answer
	Reason     string            `json:"reason"`
	Reasons    map[string]string `json:"reasons"`    // by options' ids
	Commitment string            `json:"commitment"` // of secret polls: hexadecimal, see docs/verification.md
	Change     *change           `json:"change"`
	For        string            `json:"for"` // handle of who the vote is cast for; empty for oneself
}

// change is the receipt of the ballot of a secret poll that is to be replaced.
type change struct {
	Code string `json:"code"`
	Key  string `json:"key"` // hexadecimal
}

// ballot reads what was sent as a ballot of the poll.
func (in newBallot) ballot(p poll.Poll) (poll.NewBallot, error) {
	var f errs.Fields
	out := poll.NewBallot{Reason: in.Reason, Commitment: hashOf(&f, "commitment", in.Commitment)}
	if in.Change != nil {
		out.Change = &poll.Change{Code: in.Change.Code}
		if key := hashOf(&f, "code", in.Change.Key); key != nil {
			out.Change.Key = *key
		}
	}
	for text, reason := range in.Reasons {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			f.Add("reasons", "poll.no_such_option")
			continue
		}
		if out.Reasons == nil {
			out.Reasons = map[int64]string{}
		}
		out.Reasons[id] = reason
	}
	var err error
	if out.Answer, err = in.answer(p); err != nil {
		return out, err
	}
	return out, f.Err()
}

// hashOf reads 64 hexadecimal digits, nil where there is nothing.
func hashOf(f *errs.Fields, name, text string) *ledger.Hash {
	if text == "" {
		return nil
	}
	h, err := ledger.ParseHash(text)
	if err != nil {
		f.Add(name, "field.hash")
		return nil
	}
	return &h
}

// answer reads the choices. Options that are chosen can be named by their keys
// too, where they have some.
func (in newBallot) answer(p poll.Poll) (ledger.Answer, error) {
	choices := in.Choices
	if len(choices) == 0 || string(choices) == "null" {
		choices = []byte("[]")
		if p.Method.Form() == tally.Scores {
			choices = []byte("{}")
		}
	}
	if p.Method.Form() != tally.Marks {
		return ledger.ParseAnswer(p.Method.Form(), choices)
	}
	var chosen []choice
	if json.Unmarshal(choices, &chosen) != nil {
		return ledger.ParseAnswer(tally.Marks, choices)
	}
	ids, err := idsOf(chosen, p)
	return ledger.Answer{Form: tally.Marks, Chosen: ids}, err
}

// idsOf gives the options that a ballot names by id or, in a proposal, by key. An
// option that is not there is refused by the poll itself; a key that is none is
// refused here.
func idsOf(chosen []choice, p poll.Poll) ([]int64, error) {
	var f errs.Fields
	byKey := map[string]int64{}
	for _, o := range p.Options {
		if o.Key != "" {
			byKey[o.Key] = o.ID
		}
	}
	out := make([]int64, len(chosen))
	for i, named := range chosen {
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

// notFor says of somebody who is not there what is said of whoever has named
// nobody.
func notFor(err error) error {
	if !errs.Is(err, errs.Invalid) {
		return err
	}
	var f errs.Fields
	f.Add("for", "proxy.not_yours")
	return f.Err()
}

type receiptAnswer struct {
	Receipt  string        `json:"receipt"`
	Revision int           `json:"revision"`
	At       time.Time     `json:"at"`
	Record   int64         `json:"record,omitempty"` // number in the log; of open polls
	Hash     string        `json:"hash,omitempty"`   // of that record
	Sealed   *sealedAnswer `json:"sealed,omitempty"` // of secret polls
}

// sealedAnswer is what the voter of a secret poll has to keep. It is given once.
type sealedAnswer struct {
	Nonce     ledger.Hash      `json:"nonce"`
	Promise   string           `json:"promise"` // canonical JSON that was signed
	Signature ledger.Signature `json:"signature"`
	Key       *ledger.Hash     `json:"key,omitempty"` // for changes; where none was sent
}

func answerReceipt(r poll.Receipt) receiptAnswer {
	out := receiptAnswer{Receipt: r.Receipt, Revision: r.Revision, At: r.At.UTC(), Record: r.Record}
	if r.Record > 0 {
		out.Hash = r.Hash.String()
	}
	if s := r.Sealed; s != nil {
		out.Sealed = &sealedAnswer{s.Nonce, s.Promise, s.Signature, s.Key}
	}
	return out
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
	return ok(c, answerReceipt(receipt))
}

func (a *API) cast(ctx context.Context, who access.Actor, id int64, in newBallot) (poll.Receipt, error) {
	found, err := a.Polls.Poll(ctx, who, id)
	if err != nil {
		return poll.Receipt{}, err
	}
	if err := access.Check(who, access.Vote, found.Facts()); err != nil {
		return poll.Receipt{}, err // before anything is said about the ballot
	}
	ballot, err := in.ballot(found)
	if err != nil {
		return poll.Receipt{}, err
	}
	if in.For != "" {
		if ballot.For, err = a.Polls.Handles(ctx, []string{in.For}); err != nil {
			return poll.Receipt{}, notFor(err)
		}
	}
	return a.Polls.Cast(ctx, who, id, ballot)
}

type ballotAnswer struct {
	PollID     int64            `json:"poll_id"`
	Voter      timeline.Person  `json:"voter"`
	Choices    ledger.Answer    `json:"choices"` // [] in a secret poll, where it is not known
	Reason     string           `json:"reason"`
	Reasons    map[int64]string `json:"reasons,omitempty"` // by options
	ReasonHTML string           `json:"reason_html"`       // all of them
	Weight     int64            `json:"weight"`
	Revision   int              `json:"revision"`
	Receipt    string           `json:"receipt,omitempty"` // one's own
	Record     int64            `json:"record,omitempty"`  // number in the log
	At         time.Time        `json:"at"`
	By         *timeline.Person `json:"by,omitempty"` // the proxy who cast it
}

func answerBallot(b poll.Ballot) ballotAnswer {
	out := ballotAnswer{PollID: b.PollID, Voter: timeline.PersonOf(b.Voter), Choices: b.Answer, Reason: b.Reason, Reasons: b.Reasons,
		ReasonHTML: b.ReasonHTML, Weight: b.Weight, Revision: b.Revision, Receipt: b.Receipt, Record: b.Record, At: b.CastAt.UTC()}
	if b.By != nil {
		out.By = new(timeline.PersonOf(*b.By))
	}
	return out
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

func (a *API) listBallots(c edge.Ctx) error { return answerPage(c, a.Polls.Ballots, answerBallot) }
