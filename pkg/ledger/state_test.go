package ledger_test

import (
	"encoding/json"
	"errors"
	"testing"

	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

func TestARecordThatMayNotComeNowIsRefused(t *testing.T) {
	t.Parallel()
	cast := func(p *played, person int, answer string, revision int) *ledger.Cast {
		return &ledger.Cast{Stamp: p.at(), Voter: p.people[person].Voter, Weight: 1, Answer: json.RawMessage(answer), Revision: revision}
	}
	question := func(p *played) ledger.Question { return p.state.Question }
	for _, tc := range []struct {
		name   string
		secret bool
		before func(p *played)
		record func(p *played) ledger.Content
		want   string
	}{
		{"a second opening", false, nil, func(*played) ledger.Content { return &ledger.Opened{Poll: 1} }, "opening"},
		{"a foreign option", false, nil, func(p *played) ledger.Content { return cast(p, 0, `[14]`, 1) }, "answer"},
		{"an answer of another form", false, nil, func(p *played) ledger.Content { return cast(p, 0, `[[11]]`, 1) }, "answer"},
		{"too many options", false, nil, func(p *played) ledger.Content { return cast(p, 0, `[11,12]`, 1) }, "answer"},
		{"a first ballot with the second revision", false, nil, func(p *played) ledger.Content { return cast(p, 0, `[11]`, 2) }, "revision"},
		{"a second ballot with the first revision", false, func(p *played) { p.cast(0, `[11]`, 1, "") },
			func(p *played) ledger.Content { return cast(p, 0, `[11]`, 1) }, "revision"},
		{"a ballot at the closing time", false, nil, func(p *played) ledger.Content {
			c := cast(p, 0, `[11]`, 1)
			c.At = closing
			return c
		}, "late"},
		{"a heavier ballot", false, nil, func(p *played) ledger.Content {
			c := cast(p, 0, `[11]`, 1)
			c.Weight = 2
			return c
		}, "weight"},
		{"a ballot without weight", false, nil, func(p *played) ledger.Content {
			c := cast(p, 0, `[11]`, 1)
			c.Weight = 0
			return c
		}, "weight"},
		{"a stranger's ballot", false, nil, func(p *played) ledger.Content {
			c := cast(p, 0, `[11]`, 1)
			c.Voter = fixed(1)
			return c
		}, "not_entitled"},
		{"a ballot of somebody who was taken out", false, func(p *played) {
			p.add(&ledger.ElectorateChanged{Stamp: p.at(), Removed: p.people[:1], Why: "left the group"})
		}, func(p *played) ledger.Content { return cast(p, 0, `[11]`, 1) }, "not_entitled"},
		{"somebody taken out who was never in", false, nil, func(p *played) ledger.Content {
			return &ledger.ElectorateChanged{Stamp: p.at(), Removed: []ledger.Entitled{{Voter: fixed(1), Weight: 1}}}
		}, "not_entitled"},
		{"somebody admitted twice", false, nil, func(p *played) ledger.Content {
			return &ledger.ElectorateChanged{Stamp: p.at(), Added: p.people[:1]}
		}, "admitted_twice"},
		{"an edit after a ballot", false, func(p *played) { p.cast(0, `[11]`, 1, "") },
			func(p *played) ledger.Content { return &ledger.Edited{Stamp: p.at(), Question: question(p)} }, "edited_late"},
		{"an edit to what cannot be counted", false, nil, func(p *played) ledger.Content {
			q := question(p)
			q.Rules.Seats = 9
			return &ledger.Edited{Stamp: p.at(), Question: q}
		}, "rules"},
		{"an option twice", false, nil, func(p *played) ledger.Content {
			return &ledger.OptionAdded{Stamp: p.at(), Option: ledger.Option{ID: 11, Label: "Soup again"}}
		}, "option_twice"},
		{"a roll entry in an open poll", false, nil, func(p *played) ledger.Content {
			return &ledger.Voted{Stamp: p.at(), Voter: p.people[0].Voter, Weight: 1}
		}, "not_secret"},
		{"a ballot in the log of a secret poll", true, nil, func(p *played) ledger.Content { return cast(p, 0, `[11]`, 1) }, "not_open"},
		{"somebody twice on the roll", true, func(p *played) { p.vote(0, `[11]`) }, func(p *played) ledger.Content {
			return &ledger.Voted{Stamp: p.at(), Voter: p.people[0].Voter, Weight: 1}
		}, "voted_twice"},
		{"reopening what is open", false, nil, func(p *played) ledger.Content { return &ledger.Reopened{Stamp: p.at()} }, "not_closed"},
		{"a ballot after the close", false, func(p *played) { p.bundle(true) }, func(p *played) ledger.Content { return cast(p, 0, `[11]`, 1) }, "after_close"},
		{"a second close", false, func(p *played) { p.bundle(true) }, func(p *played) ledger.Content { return &ledger.Closed{Stamp: p.at()} }, "after_close"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var settings []setting
			if tc.secret {
				settings = append(settings, secretly(ledger.ReceiptsFind))
			}
			p := opened(t, 1, 3, settings...)
			if tc.before != nil {
				tc.before(p)
			}
			r := must[ledger.Record](t)(ledger.Append(p.state.Head, tc.record(p)))
			err := p.state.Apply(r)
			bad, ok := errors.AsType[*ledger.Illegal](err)
			if !ok || bad.Text.Code != "verify.order."+tc.want || bad.Number != r.Number {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}

func TestALogThatDoesNotBeginWithItsOpeningIsRefused(t *testing.T) {
	t.Parallel()
	r := must[ledger.Record](t)(ledger.Append(ledger.Head{}, &ledger.Extended{ClosesAt: closing}))
	if _, err := ledger.Replay([]ledger.Record{r}, nil); err == nil || err.Error() != "verify.order.opening" {
		t.Error(err)
	}
}

func TestTheStateFollowsTheLog(t *testing.T) {
	t.Parallel()
	p := opened(t, 1, 4)
	q := p.state.Question
	q.Rules = tally.Rules{Method: tally.Choice, Max: 2}.Complete()
	p.add(&ledger.Edited{Stamp: p.at(), Question: q})
	newcomer := ledger.Entitled{Voter: fixed(77), Weight: 5}
	p.add(&ledger.ElectorateChanged{Stamp: p.at(), Added: []ledger.Entitled{newcomer}, Why: "joined"})
	p.cast(0, `[11,12]`, 1, "")
	p.cast(1, `[11]`, 1, "")
	p.add(&ledger.ElectorateChanged{Stamp: p.at(), Removed: p.people[1:3], Why: "left"})
	p.add(&ledger.OptionAdded{Stamp: p.at(), Option: ledger.Option{ID: 14, Label: "Pie"}, Text: fixed(5)})
	p.cast(3, `[14]`, 1, "")
	p.add(&ledger.Extended{Stamp: p.at(), ClosesAt: closing + 5})
	s := p.state
	if s.Eligible != 8 { // four and five, less the one who left without having voted
		t.Errorf("%d votes could be cast", s.Eligible)
	}
	if people, votes := s.Roll(); people != 3 || votes != 3 {
		t.Errorf("%d people with %d votes", people, votes)
	}
	if len(s.Options) != 4 || s.Text != fixed(5) || s.ClosesAt != closing+5 || s.Rules.Max != 2 || s.Head != p.records[len(p.records)-1].Head() {
		t.Errorf("the state is %+v", s)
	}
	closed, result, err := s.Close(ledger.Ending{At: closing, By: "hand", Secret: p.secret})
	if err != nil || closed.Ballots != 3 || result.Turnout.Eligible != 8 || result.Options[0].Votes != 2 || result.Options[3].Votes != 1 {
		t.Errorf("closed as %+v (%v) with %+v", closed, err, result.Options)
	}
}

func TestAPollThatIsOpenedAgainIsClosedUnderANewPromise(t *testing.T) {
	t.Parallel()
	p := opened(t, 1, 4)
	p.cast(0, `[11]`, 1, "")
	first := p.bundle(true)
	p.secret = fixed(99)
	p.add(&ledger.Reopened{Stamp: p.at(), ClosesAt: closing + 9, Lots: ledger.Commit(p.secret, ledger.NoBeacon)})
	if r := ledger.Verify(p.bundle(false)); !r.OK() || unchecked(r)[len(unchecked(r))-1] != "closing" {
		t.Errorf("while it is open again: %+v", r.Findings)
	}
	p.cast(0, `[12]`, 2, "")
	second := p.bundle(true)
	if r := ledger.Verify(second); !r.OK() {
		t.Errorf("closed again: %v fail", failed(r))
	}
	second.Certificate = first.Certificate
	if r := ledger.Verify(second); r.OK() {
		t.Error("the certificate of the first close passes for that of the second")
	}
}

func TestASecretPollIsNotClosedWithoutItsBox(t *testing.T) {
	t.Parallel()
	if _, _, err := opened(t, 1, 3, secretly(ledger.ReceiptsFind)).state.Close(ledger.Ending{}); err == nil {
		t.Error("a secret poll was closed without its box")
	}
	if _, _, err := opened(t, 1, 3).state.Close(ledger.Ending{Box: &ledger.Box{}}); err == nil {
		t.Error("an open poll was closed with a box")
	}
	if _, err := opened(t, 1, 3).state.Certify(tally.Result{}, siteKey()); err == nil {
		t.Error("a running poll was certified")
	}
}
