package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// box checks the box of a secret poll against the closing record, and that
// every superseded ballot was given up by whoever had its key.
func (v *verifier) box() {
	c := v.state.Closed
	if !v.state.Secret {
		if v.Box != nil || c.Box != nil {
			v.fails(checkBox, "verify.box.open_poll", nil)
		}
		return
	}
	if v.Box == nil {
		code := "verify.box.open"
		if v.state.Publish == PublishTotals {
			code = "verify.box.totals"
		}
		v.open(checkBox, code, errs.Args{"Number": v.state.PublishFrom})
		return
	}
	args := errs.Args{"Number": len(v.Box.Ballots)}
	if c.Box == nil || v.Box.Hash() != *c.Box || !v.Box.sorted(v.state.Receipts) {
		v.fails(checkBox, "verify.box.fails", args)
	} else {
		v.holds(checkBox, "verify.box.holds", args)
	}
	var codes []string
	for _, b := range v.Box.Ballots {
		codes = append(codes, b.Code)
	}
	v.replaced(codes, v.Box.Superseded)
}

// replaced checks that every superseded ballot was given up with its key, and is
// not among those that count.
func (v *verifier) replaced(codes []string, superseded []Superseded) {
	valid := map[string]bool{}
	for _, code := range codes {
		valid[code] = true
	}
	for _, s := range superseded {
		if valid[s.Code] || !s.Holds(v.state.Poll) {
			v.fails(checkSuperseded, "verify.superseded.fails", errs.Args{"Receipt": cut(s.Code)})
			return
		}
		valid[s.Code] = true
	}
	v.holds(checkSuperseded, "verify.superseded.holds", errs.Args{"Number": len(superseded)})
}

// sorted reports whether codes are well-formed and ascend, so that none comes
// twice, and answers stand where the poll's receipts want them.
func (b *Box) sorted(receipts Receipts) bool {
	apart := receipts == ReceiptsCount
	for _, ballot := range b.Ballots {
		if apart != (len(ballot.Answer) == 0) {
			return false
		}
	}
	if !b.ascends() {
		return false
	}
	return !apart && len(b.Answers) == 0 || apart && len(b.Answers) == len(b.Ballots)
}

func (b *Box) ascends() bool {
	last := ""
	for _, ballot := range b.Ballots {
		if !isCode(ballot.Code) || ballot.Code <= last {
			return false
		}
		last = ballot.Code
	}
	return true
}

// count compares the published result with the closing record and with a count
// of the ballots.
func (v *verifier) count() {
	c := v.state.Closed
	if len(v.Result) == 0 {
		v.open(checkResult, "verify.result.open", nil)
	} else if h, err := hashOf(v.Result); err != nil || h != c.Result {
		v.fails(checkResult, "verify.result.fails", nil)
	} else {
		v.holds(checkResult, "verify.result.holds", nil)
	}
	if v.state.Secret && v.Box == nil {
		if v.Totals != nil {
			v.countTotals()
			return
		}
		v.open(checkCount, "verify.count.open", nil)
		return
	}
	ballots, err := v.state.ballots(v.Box)
	if err != nil {
		v.fails(checkCount, "verify.count.unreadable", nil)
		return
	}
	result, err := v.state.contest(c.Seed).Count(slices.Values(ballots))
	if err != nil || !v.agrees(result) {
		v.fails(checkCount, "verify.count.fails", errs.Args{"Number": len(ballots)})
		return
	}
	v.holds(checkCount, "verify.count.holds", errs.Args{"Number": len(ballots), "Rule": v.state.Rule})
	v.report.Others = v.state.others(ballots)
}

// agrees compares with the closing record's result. A program that is newer than
// the poll may account for more than was published; then everything that was has
// to be in its account unchanged.
func (v *verifier) agrees(result tally.Result) bool {
	recount, err := Canonical(result)
	if err != nil {
		return false
	}
	if sha256.Sum256(recount) == v.state.Closed.Result {
		return true
	}
	published, err := Canonical(v.Result)
	if err != nil || sha256.Sum256(published) != v.state.Closed.Result {
		return false
	}
	return within(published, recount)
}

// within reports whether b says everything that a says.
func within(a, b json.RawMessage) bool {
	var x, y any
	for data, into := range map[*json.RawMessage]*any{&a: &x, &b: &y} {
		d := json.NewDecoder(bytes.NewReader(*data))
		d.UseNumber()
		if d.Decode(into) != nil {
			return false
		}
	}
	return contained(x, y)
}

func contained(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		for key, value := range a {
			more, there := b[key]
			ok = ok && there && contained(value, more)
		}
		return ok
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !contained(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	return a == b
}
