package tally

// papers are the rankings of a profile in piles, each pile with the option that
// its rankings count for at present. A ranking is touched only when its pile is
// dealt out, so that a count costs as much as the votes that move.
type papers struct {
	*profile
	at   []int32 // by ranking: place in it of its present choice; -1: before the first
	next []int32 // by ranking: the next one in the same pile; -1: the last
}

// pile is a chain of rankings. It is empty where it has no votes.
type pile struct {
	first, last int32
	votes       int64 // sum of their weights
}

// newPapers puts all rankings into one pile, before their first choice.
func newPapers(p *profile) (*papers, pile) {
	t := &papers{profile: p, at: make([]int32, p.len()), next: make([]int32, p.len())}
	var all pile
	for i := range t.at {
		t.at[i] = -1
		t.put(&all, int32(i))
	}
	return t, all
}

// deal gives every ranking of a pile to its next choice among the open options.
// Into has a pile for each option, and at last one for rankings that have no
// further choice.
func (t *papers) deal(from pile, open []bool, into []pile) {
	clear(into)
	if from.votes == 0 {
		return
	}
	for i := from.first; i >= 0; {
		next := t.next[i]
		t.put(&into[t.advance(i, open)], i)
		i = next
	}
}

// advance moves on to the next open choice and returns it, or the number of
// options where there is none.
func (t *papers) advance(i int32, open []bool) int {
	ranking := t.ranking(int(i))
	for k := int(t.at[i]) + 1; k < len(ranking); k++ {
		if open[ranking[k]] {
			t.at[i] = int32(k)
			return int(ranking[k])
		}
	}
	t.at[i] = int32(len(ranking))
	return len(open)
}

func (t *papers) put(on *pile, i int32) {
	t.next[i] = -1
	if on.votes == 0 {
		on.first = i
	} else {
		t.next[on.last] = i
	}
	on.last = i
	on.votes += t.weights[i]
}

// join adds the rankings of one pile to another.
func (t *papers) join(on *pile, more pile) {
	switch {
	case more.votes == 0:
	case on.votes == 0:
		*on = more
	default:
		t.next[on.last] = more.first
		on.last = more.last
		on.votes += more.votes
	}
}
