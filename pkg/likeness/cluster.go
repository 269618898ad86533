package likeness

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// Cluster is a group of texts that look as if they belonged together.
type Cluster struct {
	IDs      []int64 // two or more, ascending
	Likeness float64 // of its texts with each other, on average where it was put together last
}

// Clusters groups the texts that are alike: two groups become one as long as
// their texts are, on average, at least as alike as asked. Texts that apart
// names, the lower id first, never come into one group; it may be nil. The most alike group comes
// first. What is like nothing else is in no group.
//
// The memory it takes grows with the square of the number of texts: 4 MB for
// 1,000.
func Clusters(items []Item, atLeast float64, apart func(a, b int64) bool) []Cluster {
	x := NewIndex(items)
	return x.link(x.pairs(apart), atLeast)
}

// table is how alike each two of n things are; row and column of what has been
// joined to another are dead.
type table struct {
	n    int
	like []float32
	size []int
}

func (t *table) at(i, j int) float32 { return t.like[i*t.n+j] }

func (t *table) set(i, j int, v float32) { t.like[i*t.n+j], t.like[j*t.n+i] = v, v }

func (x *Index) pairs(apart func(a, b int64) bool) *table {
	n := len(x.ids)
	t := &table{n: n, like: make([]float32, n*n), size: make([]int, n)}
	for i, id := range x.ids {
		t.size[i] = 1
		for j, likeness := range x.against(x.titles.vectors[i], x.whole.vectors[i], i) {
			t.set(i, j, float32(likeness))
			if apart != nil && apart(x.ids[j], id) {
				t.set(i, j, float32(math.Inf(-1)))
			}
		}
	}
	return t
}

// nearest is the living neighbour that is most like i, prefer where it is as
// like as any, and else the first.
func (t *table) nearest(i, prefer int) (int, float32) {
	best, likeness := -1, float32(math.Inf(-1))
	if prefer >= 0 {
		best, likeness = prefer, t.at(i, prefer)
	}
	for j := range t.n {
		if j != i && t.size[j] > 0 && t.at(i, j) > likeness {
			best, likeness = j, t.at(i, j)
		}
	}
	return best, likeness
}

// join puts b into a: what is like both is as like the whole as their average.
func (t *table) join(a, b int) {
	for j := range t.n {
		if j == a || j == b || t.size[j] == 0 {
			continue
		}
		na, nb := float32(t.size[a]), float32(t.size[b])
		t.set(a, j, (na*t.at(a, j)+nb*t.at(b, j))/(na+nb))
	}
	t.size[a] += t.size[b]
	t.size[b] = 0
}

// link joins nearest neighbours along chains: each thing leads to the one most
// like it, until two lead to each other. Those are joined, or left where they
// are not alike enough. It takes as long as looking at each pair a few times.
func (x *Index) link(t *table, atLeast float64) []Cluster {
	members, likeness := make([][]int64, t.n), make([]float64, t.n)
	for i, id := range x.ids {
		members[i] = []int64{id}
	}
	settled := make([]bool, t.n) // nothing is alike enough to it
	for start := range t.n {
		for t.size[start] > 0 && !settled[start] {
			t.follow(start, float32(atLeast), settled, func(a, b int, by float32) {
				members[a] = append(members[a], members[b]...)
				likeness[a] = float64(by)
			})
		}
	}
	var out []Cluster
	for i, ids := range members {
		if t.size[i] > 1 {
			slices.Sort(ids)
			out = append(out, Cluster{IDs: ids, Likeness: likeness[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b Cluster) int {
		switch {
		case a.Likeness > b.Likeness:
			return -1
		case a.Likeness < b.Likeness:
			return 1
		}
		return slices.Compare(a.IDs, b.IDs)
	})
	return out
}

// follow goes along one chain to its end, where two are joined or one settles.
func (t *table) follow(start int, atLeast float32, settled []bool, joined func(a, b int, by float32)) {
	before, at := -1, start
	for {
		next, likeness := t.nearest(at, before)
		switch {
		case next < 0 || likeness < atLeast:
			settled[at] = true
			return
		case next == before:
			a, b := min(at, next), max(at, next)
			t.join(a, b)
			joined(a, b, likeness)
			settled[a] = false
			return
		}
		before, at = at, next
	}
}

// Common is what the titles have in common, in the words of the first: those
// that at least half of the others have too. It is empty where there are none.
func Common(titles ...string) string {
	if len(titles) == 0 {
		return ""
	}
	var kept []string
	for word := range strings.FieldsSeq(titles[0]) {
		word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if folded := fold(word); folded != "" && !common[folded] && 2*having(folded, titles[1:]) >= len(titles)-1 {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}

// having counts the titles with a word that is nearly the given one.
func having(word string, titles []string) int {
	n := 0
	for _, title := range titles {
		if slices.ContainsFunc(words(title), func(other string) bool { return Of(word, other) >= 0.6 }) {
			n++
		}
	}
	return n
}
