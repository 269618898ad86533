package api

import (
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/i18n"
	"plenary/pkg/poll/figures"
	"plenary/pkg/tally"
)

// resultsAnswer is a count with its sentences in the reader's words.
type resultsAnswer struct {
	figures.Results
	Rounds      []roundAnswer `json:"rounds"`
	TieBreaks   []tieAnswer   `json:"tie_breaks"`
	Summary     string        `json:"summary"`
	Explanation []string      `json:"explanation"`
}

type roundAnswer struct {
	figures.Round
	Sentence string `json:"sentence"` // what happened
}

type tieAnswer struct {
	figures.TieBreak
	Sentence string `json:"sentence"`
}

func (a *API) showResults(c edge.Ctx) error {
	words := a.Edge.WordsFor(c)
	return answerWith(c, a.Polls.Results, func(r figures.Results) resultsAnswer { return answerResults(r, words) })
}

func answerResults(r figures.Results, words *i18n.Localizer) resultsAnswer {
	say := sayer{words, r.Method == tally.Proposal}
	out := resultsAnswer{Results: r, Rounds: make([]roundAnswer, len(r.Rounds)), TieBreaks: make([]tieAnswer, len(r.TieBreaks)),
		Summary: say.one(r.Summary), Explanation: say.all(r.Explanation)}
	for i, round := range r.Rounds {
		out.Rounds[i] = roundAnswer{round, strings.Join(say.all(round.Told), " ")}
	}
	for i, tie := range r.TieBreaks {
		out.TieBreaks[i] = tieAnswer{tie, strings.Join(say.all(tie.Told), " ")}
	}
	return out
}
