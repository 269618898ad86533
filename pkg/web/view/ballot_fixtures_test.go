package view

import (
	"fmt"
	"net/url"
	"time"

	"plenary/pkg/errs"
)

// ballotOf is the form of a poll's ballot, with reasons where one likes.
func ballotOf(p PollCard, kind BallotKind, form Form) *Ballot {
	return &Ballot{Form: form, Kind: kind, Options: p.Options, Min: p.Min, Max: p.Max, Reasons: "optional"}
}

// roofs are options with all that an option can have.
func roofs() []Option {
	return []Option{
		{ID: 91, Label: "Solar on the bakery", Description: "<p dir=\"auto\">Forty panels on the <strong>south side</strong>, paid back in nine years.</p>", Picture: "/static/favicon.svg"},
		{ID: 92, Label: "A green roof", ThemeID: 2},
		{ID: 93, Label: "Leave it as it is until the harbour authority has said what happens to the quay"},
		{ID: 94, Label: "سقف أخضر", Prompt: "Who would look after it?"},
	}
}

// ballotCard is a poll with the ballot of a kind.
func ballotCard(method string, kind BallotKind, values url.Values, change func(*PollCard)) PollCard {
	p := PollCard{ID: 9, Thread: head(), Title: "What goes on the roof?", Author: amina, At: ago(day), Alone: true, Method: method, State: "open", Fixed: true,
		ClosesAt: now.Add(2 * day), Shows: "at_close", Voters: "Members of Harbour Network", Options: roofs(), Min: 1, Max: 4, Cast: 12, Eligible: 40, Clock: Clock{Now: now, Zone: brussels()}}
	p.Ballot = ballotOf(p, kind, Form{Once: "b", Values: values})
	if change != nil {
		change(&p)
	}
	return p
}

func slots() []Option {
	at := func(days, hours int) time.Time { return time.Date(2027, 1, 9+days, hours, 0, 0, 0, time.UTC) }
	return []Option{{ID: 91, Label: "1", StartsAt: at(0, 9), EndsAt: at(0, 11)}, {ID: 92, Label: "2", StartsAt: at(0, 18), EndsAt: at(0, 20)},
		{ID: 93, Label: "3", StartsAt: at(1, 18)}, {ID: 94, Label: "4", StartsAt: at(1, 22), EndsAt: at(2, 1)}}
}

func ownAnswers() []Option {
	return []Option{{ID: 91, Label: "I consent", Side: "agree"}, {ID: 92, Label: "I stand aside", Side: "abstain"},
		{ID: 93, Label: "I have a concern", Side: "disagree", Prompt: "What is your concern?"}, {ID: 94, Label: "I object on principle", Side: "block", Prompt: "Which principle?"}}
}

// ballotCards are the forms of all methods, by the names of their pages.
func ballotCards() map[string]PollCard {
	fixed := func(do func(*Ballot)) func(*PollCard) { return func(p *PollCard) { do(p.Ballot) } }
	wide := func(from, to, budget int) func(*PollCard) {
		return fixed(func(b *Ballot) { b.Min, b.Max, b.Budget = from, to, budget })
	}
	return map[string]PollCard{
		"one":      ballotCard("choice", PickOne, nil, fixed(func(b *Ballot) { b.Max, b.None, b.Waiting = 1, true, "may" })),
		"several":  ballotCard("approval", PickSome, values1("choices", "91", "choices", "92"), fixed(func(b *Ballot) { b.Max, b.None = 3, true })),
		"consent":  ballotCard("proposal", PickOne, values1("choices", "93"), func(p *PollCard) { p.Options = ownAnswers(); p.Ballot.Options = ownAnswers() }),
		"opt-in":   ballotCard("opt_in", PickOne, nil, func(p *PollCard) { p.Ballot.Options = []Option{{ID: 91, Key: "accept"}, {ID: 92, Key: "decline"}} }),
		"ranking":  ballotCard("irv", Rank, values1("rank-92", "1"), fixed(func(b *Ballot) { b.None = true })),
		"equal":    ballotCard("schulze", Rank, values1("rank-91", "1", "rank-92", "1", "rank-93", "2"), fixed(func(b *Ballot) { b.Equal, b.Max = true, 4 })),
		"score":    ballotCard("score", Points, values1("score-91", "3"), wide(0, 9, 0)),
		"score100": ballotCard("score", Points, values1("score-91", "40"), wide(-100, 100, 0)),
		"star":     ballotCard("star", Stars, values1("score-91", "5", "score-92", "0"), wide(0, 5, 0)),
		"grades":   ballotCard("majority_judgment", Grades, values1("score-91", "5"), wide(0, 5, 0)),
		"grades4":  ballotCard("majority_judgment", Grades, values1("score-91", "2"), wide(0, 3, 0)),
		"dots":     ballotCard("dot_vote", Dots, values1("score-91", "5"), wide(0, 8, 8)),
		"credits":  ballotCard("quadratic", Credits, values1("score-91", "3", "score-92", "-2"), wide(-10, 10, 100)),
		"times": ballotCard("time_poll", Times, values1("score-91", "2"), func(p *PollCard) {
			p.Options, p.Ballot.Options, p.Ballot.Min, p.Ballot.Max = slots(), slots(), 0, 2
		}),
		"words": ballotCard("question", InWords, nil, fixed(func(b *Ballot) { b.Reasons, b.Options = "required", nil })),
		"secret": ballotCard("choice", PickOne, nil, func(p *PollCard) {
			p.Secret, p.Ballot.Secret, p.Ballot.Max, p.Ballot.Reasons = true, true, 1, "required"
		}),
	}
}

func ballotPages() []shown {
	f := frame("/p/9", member())
	var all []shown
	for name, card := range ballotCards() {
		all = append(all, shown{"ballot-" + name, PollPage{Frame: f, Card: card}})
	}
	return append(all, refusedBallots(f)...)
}

// refusedBallots are forms that came back, and what there is beside them.
func refusedBallots(f Frame) []shown {
	ranks := ballotCard("irv", Rank, values1("rank-91", "2", "rank-92", "2"), func(p *PollCard) {
		twice := func(label string) errs.Text {
			return errs.Text{Code: "ballot.rank_twice", Args: errs.Args{"Option": label, "Rank": 2}}
		}
		p.Ballot.Form.Fields = errs.Fields{"rank-91": twice(roofs()[0].Label), "rank-92": twice(roofs()[1].Label)}
	})
	dots := ballotCard("dot_vote", Dots, values1("score-91", "5", "score-92", "many"), func(p *PollCard) {
		p.Ballot.Min, p.Ballot.Max, p.Ballot.Budget = 0, 8, 8
		p.Ballot.Form.Fields = errs.Fields{"score-92": {Code: "ballot.number", Args: errs.Args{"Option": roofs()[1].Label, "Min": 0, "Max": 8}}}
	})
	changed := ballotCards()["secret"]
	changed.Ballot.Changing, changed.Ballot.Form.Fields = true, errs.Fields{"code": {Code: "field.required"}}
	rare := ballotCards()["secret"]
	rare.Ballot.Totals, rare.Ballot.ByCount, rare.Ballot.Rare = true, true, &RareVotes{Votes: 7, Voters: 1}
	voted := ballotCards()["secret"]
	voted.Ballot, voted.Receipt = nil, &Receipt{Secret: true, At: ago(time.Minute), Code: "ABCD-EFGH-IJKL-MNOP-QRST", Key: fmt.Sprintf("%064x", 7), CanChange: true}
	later := voted
	later.Receipt = &Receipt{Secret: true, CanChange: true}
	draw := ballotCards()["one"]
	draw.Method, draw.Ballot, draw.NoAnswer = "draw", nil, []Person{edda, fadi}
	practice := ballotCards()["ranking"]
	practice.Ballot.Practice = true
	refused := ranks
	refused.Ballot = &Ballot{}
	*refused.Ballot = *ranks.Ballot
	refused.Ballot.Practice = true
	return []shown{
		{"ballot-ranking-rejected", PollPage{Frame: f, Card: ranks}}, {"ballot-dots-rejected", PollPage{Frame: f, Card: dots}},
		{"ballot-secret-rare", PollPage{Frame: f, Card: rare}},
		{"ballot-secret-changing", PollPage{Frame: f, Card: changed}}, {"ballot-secret-voted", PollPage{Frame: f, Card: voted}},
		{"ballot-secret-later", PollPage{Frame: f, Card: later}}, {"ballot-draw", PollPage{Frame: f, Card: draw}},
		{"practice-empty", PracticePage{Frame: f, Card: practice}},
		{"practice-full", PracticePage{Frame: f, Card: practice, Said: []string{"1: A green roof", "2: Solar on the bakery"}, Why: []string{"It is cooler in summer."}}},
		{"practice-rejected", PracticePage{Frame: f, Card: refused}},
	}
}
