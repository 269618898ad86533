package ledger

import (
	"math"
	"slices"
	"strconv"

	"plenary/pkg/errs"
	"plenary/pkg/tally"
)

// ParseAnswer reads the JSON of an answer to a poll whose method asks for that
// form. Order within equal options and white space do not matter; anything else
// that is not exactly the form's shape is refused: foreign shapes, numbers that
// are not whole, ids below 1, an option twice. The error is of kind Invalid and
// concerns the field "choices".
func ParseAnswer(form tally.Form, data []byte) (Answer, error) {
	a := Answer{Form: form}
	if len(data) > MaxAnswer {
		return a, wrong("answer.too_long", errs.Args{"Max": MaxAnswer})
	}
	r := reader{data: data, seen: map[int64]bool{}}
	switch form {
	case tally.Marks:
		a.Chosen = r.ids("answer.shape_marks")
	case tally.Ranking:
		r.list("answer.shape_ranking", func() {
			a.Ranks = append(a.Ranks, r.level())
		})
	case tally.Scores:
		a.Scores = r.scores()
	case tally.Words:
		if r.ids("answer.shape_words"); len(r.seen) > 0 {
			r.fail("answer.shape_words")
		}
	default:
		r.fail("answer.no_ballots")
	}
	if r.space(); r.wrong == "" && r.at < len(data) {
		r.fail("answer.more")
	}
	if r.wrong != "" {
		return Answer{Form: form}, wrong(r.wrong)
	}
	return a, nil
}

// reader goes through the text once. After the first fault nothing moves.
type reader struct {
	data  []byte
	at    int
	seen  map[int64]bool // options met so far
	wrong string         // message key of the first fault
}

func (r *reader) fail(code string) {
	if r.wrong == "" {
		r.wrong = code
	}
}

// space passes over white space and gives the byte after it, 0 at the end or
// after a fault.
func (r *reader) space() byte {
	for ; r.wrong == "" && r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take passes over the byte if it comes next.
func (r *reader) take(c byte) bool {
	if r.space() != c {
		return false
	}
	r.at++
	return true
}

// series reads what stands between two brackets, parted by commas. Where the
// brackets or commas are amiss, the fault is named by shape.
func (r *reader) series(from, to byte, shape string, item func()) {
	if !r.take(from) {
		r.fail(shape)
		return
	}
	if r.take(to) {
		return
	}
	for r.wrong == "" {
		item()
		if r.take(to) {
			return
		}
		if !r.take(',') {
			r.fail(shape)
		}
	}
}

func (r *reader) list(shape string, item func()) { r.series('[', ']', shape, item) }

func (r *reader) ids(shape string) []int64 {
	var ids []int64
	r.list(shape, func() {
		if c := r.space(); c == '[' || c == '{' || c == '"' || c == 0 {
			r.fail(shape)
		}
		ids = append(ids, r.option(r.number()))
	})
	slices.Sort(ids)
	return ids
}

func (r *reader) level() []int64 {
	ids := r.ids("answer.shape_ranking")
	if len(ids) == 0 {
		r.fail("tally.ballot.empty_rank")
	}
	return ids
}

func (r *reader) scores() map[int64]int {
	scores := map[int64]int{}
	r.series('{', '}', "answer.shape_scores", func() {
		if !r.take('"') {
			r.fail("answer.shape_scores")
		}
		start := r.at
		for r.at < len(r.data) && r.data[r.at] != '"' {
			r.at++
		}
		id, ok := whole(string(r.data[start:r.at]))
		if !ok || !r.take('"') || !r.take(':') {
			r.fail("answer.shape_scores")
		}
		id = r.option(id)
		score := r.number()
		if score < math.MinInt32 || score > math.MaxInt32 {
			r.fail("answer.number")
		}
		scores[id] = int(score)
	})
	return scores
}

// option notes an id, which may come once.
func (r *reader) option(id int64) int64 {
	switch {
	case id < 1:
		r.fail("tally.ballot.unknown_option")
	case r.seen[id]:
		r.fail("tally.ballot.duplicate")
	}
	r.seen[id] = true
	return id
}

// number reads a whole number of at most 63 bits.
func (r *reader) number() int64 {
	r.space()
	start := r.at
	for r.at < len(r.data) && !ends(r.data[r.at]) {
		r.at++
	}
	n, ok := whole(string(r.data[start:r.at]))
	if !ok {
		r.fail("answer.number")
	}
	return n
}

// ends reports whether no number goes on with c.
func ends(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// whole reads a number that is written in the only way in which it can be.
func whole(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == text
}
