package ledger

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// Publish says what is published of the ballots of a secret poll. Empty: single
// ballots, where there are enough of them.
type Publish string

// PublishTotals is sums only, of rankings: an unusual order could have been agreed
// on beforehand as a mark by which a buyer of votes finds the ballot.
const PublishTotals Publish = "totals"

// Totals are published in place of the box where a poll publishes sums only. Codes
// let voters see that their ballots were counted, and nobody how.
type Totals struct {
	tally.Totals
	Codes      []string     `json:"codes"` // of the ballots that count, ascending
	Superseded []Superseded `json:"superseded,omitempty"`
}

// Hash is SHA-256 of the line "plenary totals v1" and the canonical form.
func (t *Totals) Hash() (Hash, error) {
	c, err := Canonical(t)
	if err != nil {
		return Hash{}, err
	}
	return hash("plenary totals v1", c), nil
}

// summable reports whether the question may ask for sums only.
func (q Question) summable() bool {
	return q.Publish == "" || q.Publish == PublishTotals && q.Secret && q.Rules.Method.Form() == tally.Ranking && q.Receipts == ReceiptsCount
}

var errNoTotals = errors.New("the poll publishes single ballots, and not their sums")

// Totals sums up the box of a poll that publishes sums only.
func (s *State) Totals(box *Box) (*Totals, error) {
	if s.Publish != PublishTotals {
		return nil, errNoTotals
	}
	ballots, err := s.ballots(box)
	if err != nil {
		return nil, err
	}
	sums, err := s.contest(Hash{}).Totals(slices.Values(ballots))
	if err != nil {
		return nil, err
	}
	return box.Totals(sums), nil
}

// Totals puts the receipts to the sums of the box.
func (b *Box) Totals(sums tally.Totals) *Totals {
	t := &Totals{Totals: sums, Codes: []string{}, Superseded: b.Superseded}
	for _, ballot := range b.Ballots {
		t.Codes = append(t.Codes, ballot.Code)
	}
	return t
}

// sumUp puts the hash of the totals into the closing record, where the poll
// publishes them.
func (s *State) sumUp(c *Closed, box *Box) error {
	if s.Publish != PublishTotals {
		return nil
	}
	t, err := s.Totals(box)
	if err != nil {
		return err
	}
	h, err := t.Hash()
	c.Totals = &h
	return err
}

// totals checks the published sums against the closing record, the roll and, where
// somebody has put it into the bundle, the box.
func (v *verifier) totals() {
	c := v.state.Closed
	if v.state.Publish != PublishTotals {
		if v.Totals != nil || c.Totals != nil {
			v.fails(checkTotals, "verify.totals.unasked", nil)
		}
		return
	}
	if v.Totals == nil {
		v.open(checkTotals, "verify.totals.open", errs.Args{"Number": v.state.PublishFrom})
		return
	}
	args := errs.Args{"Number": v.Totals.Ballots}
	if h, err := v.Totals.Hash(); err != nil || c.Totals == nil || h != *c.Totals || !v.sumsFit() {
		v.fails(checkTotals, "verify.totals.fails", args)
	} else {
		v.holds(checkTotals, "verify.totals.holds", args)
	}
	if v.Box == nil {
		v.replaced(v.Totals.Codes, v.Totals.Superseded)
	}
}

// sumsFit reports whether there is one code for each ballot that the closing
// record counts, and the sums are those of the box where that is known.
func (v *verifier) sumsFit() bool {
	t, c := v.Totals, v.state.Closed
	bare := Box{}
	for _, code := range t.Codes {
		bare.Ballots = append(bare.Ballots, BoxBallot{Code: code})
	}
	if t.Ballots != c.Ballots || len(t.Codes) != c.Ballots || t.Cast != c.Votes || !bare.ascends() {
		return false
	}
	if v.Box == nil {
		return true
	}
	want, err := v.state.Totals(v.Box)
	if err != nil {
		return false
	}
	a, errA := want.Hash()
	b, errB := t.Hash()
	return errA == nil && errB == nil && a == b
}

// countTotals counts the sums where that is possible. Methods that go through
// whole rankings round by round it cannot; of them it compares the first round.
func (v *verifier) countTotals() {
	args := errs.Args{"Number": v.Totals.Ballots, "Rule": v.state.Rule}
	if !v.state.Rules.Method.ByTotals() {
		if !v.firstRound() {
			v.fails(checkCount, "verify.count.totals_fails", args)
			return
		}
		v.open(checkCount, "verify.count.rounds", args)
		return
	}
	result, err := v.state.contest(v.state.Closed.Seed).CountTotals(v.Totals.Totals)
	if err != nil || !v.agrees(result) {
		v.fails(checkCount, "verify.count.totals_fails", args)
		return
	}
	v.holds(checkCount, "verify.count.totals_holds", args)
}

// firstRound reports whether the published count begins with the first
// preferences that the sums give.
func (v *verifier) firstRound() bool {
	var published tally.Result
	if len(v.Result) == 0 {
		return true
	}
	if json.Unmarshal(v.Result, &published) != nil {
		return false
	}
	if len(published.Rounds) == 0 {
		return true
	}
	votes := published.Rounds[0].Votes
	if len(votes) != len(v.Totals.First) {
		return false
	}
	for option, first := range v.Totals.First {
		if votes[option] == nil || !isWhole(*votes[option], first) {
			return false
		}
	}
	return true
}

// isWhole reports whether the amount is that number of votes, whatever decimals
// it is written with.
func isWhole(a tally.Amount, votes int64) bool {
	whole, decimals, _ := strings.Cut(a.String(), ".")
	return whole == strconv.FormatInt(votes, 10) && strings.Trim(decimals, "0") == ""
}
