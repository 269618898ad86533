package ballotfile

import (
	"encoding/json"
	"fmt"

	"plenary/pkg/tally"
)

// Usual is the method by which a file is counted that names none.
func (f File) Usual() tally.Method {
	switch {
	case f.Form == tally.Scores:
		return tally.Score
	case f.Form == tally.Marks:
		return tally.Approval
	case f.Seats > 1:
		return tally.STVScottish
	}
	return tally.InstantRunoff
}

// Contest is the poll of the file by a method that takes its ballots, as loosely
// as the method allows: equal ranks, empty ballots and whatever scores were given.
func (f File) Contest(method tally.Method) tally.Contest {
	r := tally.Rules{Method: method, Seats: max(1, f.Seats), Blank: true}
	if f.Form == tally.Ranking {
		r.Equal = true
	}
	for _, b := range f.Ballots {
		for _, s := range b.Scores {
			if s != tally.NoScore {
				r.MinScore, r.MaxScore = min(r.MinScore, s), max(r.MaxScore, s)
			}
		}
	}
	return tally.Contest{Rules: r, Options: len(f.Options), Withdrawn: f.Withdrawn}
}

// ballotTypes are the names that tally-case/1 has for the forms.
var ballotTypes = map[tally.Form]string{tally.Marks: "approval", tally.Ranking: "ranked", tally.Scores: "score"}

// Case is the same file in the format tally-case/1, to be counted by
// tally.CountCase.
func (f File) Case(id string, method tally.Method) ([]byte, error) {
	form := f.Form
	if method.Form() == tally.Ranking && f.ranked() {
		form = tally.Ranking
	}
	lines := make([][2]any, len(f.Ballots))
	for i, b := range f.Ballots {
		lines[i] = [2]any{b.Weight, caseBallot(form, b)}
	}
	withdrawn := f.Withdrawn
	if withdrawn == nil {
		withdrawn = []int{}
	}
	data, err := json.Marshal(map[string]any{"format": "tally-case/1", "id": id, "title": f.Title, "method": method,
		"seats": max(1, f.Seats), "candidates": f.Options, "withdrawn": withdrawn, "ballot_type": ballotTypes[form], "ballots": lines})
	if err != nil {
		return nil, fmt.Errorf("write the ballots as a case: %w", err)
	}
	return data, nil
}

// ranked reports whether the ballots order the options, whatever else they say.
func (f File) ranked() bool {
	for _, b := range f.Ballots {
		if b.Ranks != nil {
			return true
		}
	}
	return f.Form == tally.Ranking
}

func caseBallot(form tally.Form, b tally.Ballot) any {
	switch form {
	case tally.Ranking:
		levels := []any{}
		for _, level := range b.Ranks {
			if len(level) == 1 {
				levels = append(levels, level[0])
			} else {
				levels = append(levels, level)
			}
		}
		return levels
	case tally.Scores:
		scores := make([]*int, len(b.Scores))
		for i, s := range b.Scores {
			if s != tally.NoScore {
				scores[i] = &s
			}
		}
		return scores
	}
	return append([]int{}, b.Choices...)
}
