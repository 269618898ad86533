package ledger

import (
	"maps"
	"slices"
	"strconv"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// MaxAnswer is the most bytes that an answer can have.
const MaxAnswer = 64 << 10

// Answer is what a voter says on a ballot, with options named by their ids. It
// fills the one field that belongs to its form. As JSON it has one of three
// shapes:
//
//	[1,2]            options chosen (tally.Marks); [] for none, and for tally.Words
//	[[3],[1,2]]      best first, equal ones together (tally.Ranking)
//	{"1":5,"2":0}    a number for each option (tally.Scores); left out where blank
type Answer struct {
	Form   tally.Form
	Chosen []int64       // ascending
	Ranks  [][]int64     // best first; within a level ascending
	Scores map[int64]int // by option
}

// JSON is the answer's one canonical form.
func (a Answer) JSON() []byte { return a.append(nil) }

// MarshalJSON implements json.Marshaler.
func (a Answer) MarshalJSON() ([]byte, error) { return a.JSON(), nil }

// String is the same as text.
func (a Answer) String() string { return string(a.JSON()) }

func (a Answer) append(out []byte) []byte {
	switch a.Form {
	case tally.Ranking:
		out = append(out, '[')
		for i, level := range a.Ranks {
			out = appendIDs(appendComma(out, i), level)
		}
		return append(out, ']')
	case tally.Scores:
		return appendScores(out, a.Scores)
	}
	return appendIDs(out, a.Chosen)
}

func appendComma(out []byte, i int) []byte {
	if i > 0 {
		return append(out, ',')
	}
	return out
}

func appendIDs(out []byte, ids []int64) []byte {
	out = append(out, '[')
	for i, id := range ids {
		out = strconv.AppendInt(appendComma(out, i), id, 10)
	}
	return append(out, ']')
}

// appendScores orders the keys as canonical JSON does, as texts: "10" before "2".
func appendScores(out []byte, scores map[int64]int) []byte {
	keys := make([]string, 0, len(scores))
	for id := range scores {
		keys = append(keys, strconv.FormatInt(id, 10))
	}
	slices.Sort(keys)
	out = append(out, '{')
	for i, key := range keys {
		id, _ := strconv.ParseInt(key, 10, 64) // written above
		out = append(append(append(appendComma(out, i), '"'), key...), '"', ':')
		out = strconv.AppendInt(out, int64(scores[id]), 10)
	}
	return append(out, '}')
}

// Ballot is the answer as it is counted. Place gives each option of the poll its
// number from 0. An option that is not in it makes an error of kind Invalid about
// the field "choices". Whether the poll's rules accept the ballot, tally.Rules.Check
// says.
func (a Answer) Ballot(place map[int64]int, weight int64) (tally.Ballot, error) {
	b := tally.Ballot{Weight: weight}
	var ok bool
	if b.Choices, ok = places(place, a.Chosen); !ok {
		return tally.Ballot{}, wrong("tally.ballot.unknown_option")
	}
	for _, level := range a.Ranks {
		equal, ok := places(place, level)
		if !ok {
			return tally.Ballot{}, wrong("tally.ballot.unknown_option")
		}
		b.Ranks = append(b.Ranks, equal)
	}
	if a.Form != tally.Scores {
		return b, nil
	}
	b.Scores = slices.Repeat([]int{tally.NoScore}, len(place))
	for id, score := range a.Scores {
		at, known := place[id]
		if !known || at < 0 || at >= len(b.Scores) {
			return tally.Ballot{}, wrong("tally.ballot.unknown_option")
		}
		b.Scores[at] = score
	}
	return b, nil
}

func places(place map[int64]int, ids []int64) ([]int, bool) {
	var out []int
	for _, id := range ids {
		at, known := place[id]
		if !known {
			return nil, false
		}
		out = append(out, at)
	}
	return out, true
}

// AnswerOf is the answer that a counted ballot came from. Ids are those of the
// options in their order.
func AnswerOf(form tally.Form, ids []int64, b tally.Ballot) Answer {
	a := Answer{Form: form}
	switch form {
	case tally.Ranking:
		for _, level := range b.Ranks {
			a.Ranks = append(a.Ranks, idsOf(ids, level))
		}
	case tally.Scores:
		a.Scores = map[int64]int{}
		for i, score := range b.Scores {
			if score != tally.NoScore {
				a.Scores[ids[i]] = score
			}
		}
	default:
		a.Chosen = idsOf(ids, b.Choices)
	}
	return a
}

func idsOf(ids []int64, options []int) []int64 {
	var out []int64
	for _, option := range options {
		out = append(out, ids[option])
	}
	slices.Sort(out)
	return out
}

// Equal reports whether both say the same.
func (a Answer) Equal(b Answer) bool {
	return a.Form == b.Form && slices.Equal(a.Chosen, b.Chosen) &&
		slices.EqualFunc(a.Ranks, b.Ranks, slices.Equal) && maps.Equal(a.Scores, b.Scores)
}

// wrong is a complaint about the answer.
func wrong(code string, args ...errs.Args) error {
	var f errs.Fields
	f.Add("choices", code, args...)
	return f.Err()
}
