package ledger_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/tally"
)

func TestAnAnswerIsReadInItsShapeAndWrittenInOneWay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		form     tally.Form
		in, want string
	}{
		{tally.Marks, `[]`, `[]`},
		{tally.Marks, `[2,1]`, `[1,2]`},
		{tally.Marks, " [ 10 ,\n9 ] ", `[9,10]`},
		{tally.Marks, `[9223372036854775807]`, `[9223372036854775807]`},
		{tally.Ranking, `[]`, `[]`},
		{tally.Ranking, `[[3],[2,1]]`, `[[3],[1,2]]`},
		{tally.Ranking, "[ [3] ,\t[ 1 ] ]", `[[3],[1]]`},
		{tally.Scores, `{}`, `{}`},
		{tally.Scores, `{"2":0,"10":-5,"1":5}`, `{"1":5,"10":-5,"2":0}`},
		{tally.Scores, ` { "1" : 5 } `, `{"1":5}`},
		{tally.Words, ` [ ] `, `[]`},
	} {
		a, err := ledger.ParseAnswer(tc.form, []byte(tc.in))
		if err != nil || a.String() != tc.want {
			t.Errorf("%s %s is %s, %v; want %s", tc.form, tc.in, a, err, tc.want)
		}
	}
}

func TestWhatIsNoAnswerIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		form     tally.Form
		in, want string
	}{
		{tally.Marks, ``, "answer.shape_marks"},
		{tally.Marks, `null`, "answer.shape_marks"},
		{tally.Marks, `1`, "answer.shape_marks"},
		{tally.Marks, `"1"`, "answer.shape_marks"},
		{tally.Marks, `[[1]]`, "answer.shape_marks"},
		{tally.Marks, `["1"]`, "answer.shape_marks"},
		{tally.Marks, `{"1":1}`, "answer.shape_marks"},
		{tally.Marks, `[1`, "answer.shape_marks"},
		{tally.Marks, `[1,`, "answer.shape_marks"},
		{tally.Marks, `[1 2]`, "answer.shape_marks"},
		{tally.Marks, `[1,]`, "answer.number"},
		{tally.Marks, `[,1]`, "answer.number"},
		{tally.Marks, `[1.0]`, "answer.number"},
		{tally.Marks, `[1e3]`, "answer.number"},
		{tally.Marks, `[NaN]`, "answer.number"},
		{tally.Marks, `[null]`, "answer.number"},
		{tally.Marks, `[true]`, "answer.number"},
		{tally.Marks, `[01]`, "answer.number"},
		{tally.Marks, `[+1]`, "answer.number"},
		{tally.Marks, `[-0]`, "answer.number"},
		{tally.Marks, `[0x1]`, "answer.number"},
		{tally.Marks, `[1_0]`, "answer.number"},
		{tally.Marks, `[9223372036854775808]`, "answer.number"},
		{tally.Marks, `[` + strings.Repeat("9", 5000) + `]`, "answer.number"},
		{tally.Marks, `[-1]`, "tally.ballot.unknown_option"},
		{tally.Marks, `[0]`, "tally.ballot.unknown_option"},
		{tally.Marks, `[1,2,1]`, "tally.ballot.duplicate"},
		{tally.Marks, `[1][2]`, "answer.more"},
		{tally.Marks, `[1]x`, "answer.more"},
		{tally.Marks, "[1]\x00", "answer.more"},
		{tally.Marks, strings.Repeat(" ", ledger.MaxAnswer) + `[]`, "answer.too_long"},
		{tally.Ranking, `[1,2]`, "answer.shape_ranking"},
		{tally.Ranking, `[[1],2]`, "answer.shape_ranking"},
		{tally.Ranking, `[[[1]]]`, "answer.shape_ranking"},
		{tally.Ranking, `[[1],[]]`, "tally.ballot.empty_rank"},
		{tally.Ranking, `[[1],[2,1]]`, "tally.ballot.duplicate"},
		{tally.Ranking, `[[1.5]]`, "answer.number"},
		{tally.Ranking, `{}`, "answer.shape_ranking"},
		{tally.Scores, `[]`, "answer.shape_scores"},
		{tally.Scores, `{1:5}`, "answer.shape_scores"},
		{tally.Scores, `{"1":5`, "answer.shape_scores"},
		{tally.Scores, `{"1"`, "answer.shape_scores"},
		{tally.Scores, `{"1`, "answer.shape_scores"},
		{tally.Scores, `{"a":5}`, "answer.shape_scores"},
		{tally.Scores, `{"01":5}`, "answer.shape_scores"},
		{tally.Scores, `{"\u0031":5}`, "answer.shape_scores"},
		{tally.Scores, `{"1":5,}`, "answer.shape_scores"},
		{tally.Scores, `{"0":5}`, "tally.ballot.unknown_option"},
		{tally.Scores, `{"-1":5}`, "tally.ballot.unknown_option"},
		{tally.Scores, `{"1":5,"1":4}`, "tally.ballot.duplicate"},
		{tally.Scores, `{"1":null}`, "answer.number"},
		{tally.Scores, `{"1":"5"}`, "answer.number"},
		{tally.Scores, `{"1":1e2}`, "answer.number"},
		{tally.Scores, `{"1":Infinity}`, "answer.number"},
		{tally.Scores, `{"1":[5]}`, "answer.number"},
		{tally.Scores, `{"1":2147483648}`, "answer.number"},
		{tally.Scores, `{"1":-2147483649}`, "answer.number"},
		{tally.Words, `[1]`, "answer.shape_words"},
		{tally.Words, `"yes"`, "answer.shape_words"},
		{tally.Nothing, `[]`, "answer.no_ballots"},
		{"", `[]`, "answer.no_ballots"},
	} {
		a, err := ledger.ParseAnswer(tc.form, []byte(tc.in))
		if got := complaint(err); got != tc.want {
			t.Errorf("%s %.40s is %s with %q, want %q", tc.form, tc.in, a, got, tc.want)
		}
	}
}

// complaint is the message key about the field "choices".
func complaint(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Invalid && len(e.Fields) == 1 {
		return e.Fields["choices"].Code
	}
	return ""
}

func TestAnAnswerBecomesABallotAndComesBack(t *testing.T) {
	t.Parallel()
	ids := []int64{31, 7, 12}
	place := map[int64]int{31: 0, 7: 1, 12: 2}
	for _, tc := range []struct {
		form tally.Form
		in   string
		want tally.Ballot
	}{
		{tally.Marks, `[12,31]`, tally.Ballot{Choices: []int{2, 0}, Weight: 3}},
		{tally.Marks, `[]`, tally.Ballot{Weight: 3}},
		{tally.Words, `[]`, tally.Ballot{Weight: 3}},
		{tally.Ranking, `[[12],[7,31]]`, tally.Ballot{Ranks: [][]int{{2}, {1, 0}}, Weight: 3}},
		{tally.Scores, `{"7":-2,"31":5}`, tally.Ballot{Scores: []int{5, -2, tally.NoScore}, Weight: 3}},
	} {
		a, err := ledger.ParseAnswer(tc.form, []byte(tc.in))
		if err != nil {
			t.Fatal(err)
		}
		b, err := a.Ballot(place, 3)
		if err != nil || !sameBallot(b, tc.want) {
			t.Errorf("%s is counted as %v (%v), want %v", tc.in, b, err, tc.want)
		}
		if back := ledger.AnswerOf(tc.form, ids, b); !back.Equal(a) || back.String() != a.String() {
			t.Errorf("%s comes back as %s", a, back)
		}
	}
}

// sameBallot leaves the order aside where it means nothing.
func sameBallot(a, b tally.Ballot) bool {
	sorted := func(x []int) []int { return slices.Sorted(slices.Values(x)) }
	return slices.Equal(sorted(a.Choices), sorted(b.Choices)) && slices.Equal(a.Scores, b.Scores) && a.Weight == b.Weight &&
		slices.EqualFunc(a.Ranks, b.Ranks, func(x, y []int) bool { return slices.Equal(sorted(x), sorted(y)) })
}

func TestAForeignOptionMakesNoBallot(t *testing.T) {
	t.Parallel()
	for form, text := range map[tally.Form]string{tally.Marks: `[1,3]`, tally.Ranking: `[[1],[3]]`, tally.Scores: `{"3":1}`} {
		a, err := ledger.ParseAnswer(form, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Ballot(map[int64]int{1: 0, 2: 1}, 1); complaint(err) != "tally.ballot.unknown_option" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzAnAnswerReadOnceReadsAlike(f *testing.F) {
	forms := []tally.Form{tally.Marks, tally.Ranking, tally.Scores, tally.Words}
	for i, seed := range []string{`[1,2]`, `[[3],[1,2]]`, `{"1":5,"2":-0}`, `[]`} {
		f.Add(uint8(i), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		form := forms[int(which)%len(forms)]
		a, err := ledger.ParseAnswer(form, data)
		if err != nil {
			if complaint(err) == "" {
				t.Fatalf("%q: the error says nothing of the choices: %v", data, err)
			}
			return
		}
		again, err := ledger.ParseAnswer(form, a.JSON())
		if err != nil || !again.Equal(a) || again.String() != a.String() {
			t.Fatalf("%q gives %s, read again as %s (%v)", data, a, again, err)
		}
		place := map[int64]int{}
		for _, id := range optionsOf(a) {
			place[id] = len(place)
		}
		if _, err := a.Ballot(place, 1); err != nil {
			t.Fatalf("%s: %v", a, err)
		}
	})
}

func optionsOf(a ledger.Answer) []int64 {
	ids := slices.Concat(a.Chosen, slices.Concat(a.Ranks...))
	return slices.AppendSeq(ids, maps.Keys(a.Scores))
}
