package likeness

import (
	"cmp"
	"math"
	"slices"
)

// Near is a text of an index and how like it is.
type Near struct {
	ID       int64
	Likeness float64 // from 0 to 1
}

// entry is that a text has a trigram, and how much that weighs in it.
type entry struct {
	item   int
	weight float64
}

// shelf is one way of looking at the texts: at their titles, or at all of them.
type shelf struct {
	vectors  []vector
	postings map[trigram][]entry
	rarity   map[trigram]float64
}

func newShelf(vectors []vector) shelf {
	s := shelf{vectors: vectors, postings: map[trigram][]entry{}, rarity: map[trigram]float64{}}
	have := map[trigram]int{}
	for _, v := range vectors {
		for _, t := range v {
			have[t.of]++
		}
	}
	for t, n := range have {
		s.rarity[t] = math.Log(1 + float64(len(vectors))/float64(n))
	}
	for i, v := range vectors {
		s.weigh(v)
		for _, t := range v {
			s.postings[t.of] = append(s.postings[t.of], entry{i, t.weight})
		}
	}
	return s
}

// weigh makes the rare trigrams of a vector heavier, and its length 1.
func (s shelf) weigh(v vector) {
	// What no text has is as rare as what one has.
	unknown := math.Log(1 + float64(max(1, len(s.vectors))))
	for i, t := range v {
		rare, known := s.rarity[t.of]
		if !known {
			rare = unknown
		}
		v[i].weight *= rare
	}
	v.unit()
}

// against is the likeness of a weighed vector with each text before the given
// one.
func (s shelf) against(v vector, before int) []float64 {
	out := make([]float64, before)
	for _, t := range v {
		for _, e := range s.postings[t.of] {
			if e.item >= before {
				break
			}
			out[e.item] += t.weight * e.weight
		}
	}
	return out
}

// Index answers which texts are like another. It never changes once it is made,
// and is safe for concurrent use.
type Index struct {
	ids    []int64
	titles shelf
	whole  shelf
}

// NewIndex reads the texts in.
func NewIndex(items []Item) *Index {
	sorted := slices.SortedFunc(slices.Values(items), func(a, b Item) int { return cmp.Compare(a.ID, b.ID) })
	x := &Index{ids: make([]int64, len(sorted))}
	titles, whole := make([]vector, len(sorted)), make([]vector, len(sorted))
	for i, item := range sorted {
		x.ids[i] = item.ID
		titles[i], whole[i] = vectorOf(item.Title, ""), vectorOf(item.Title, item.Body)
	}
	x.titles, x.whole = newShelf(titles), newShelf(whole)
	return x
}

// against is the likeness with each text before the given one: that of the
// titles or that of the whole, whichever is more. Whoever types a title has
// written no body yet, and a long body must not drown the same title.
func (x *Index) against(title, whole vector, before int) []float64 {
	out, more := x.whole.against(whole, before), x.titles.against(title, before)
	for i := range out {
		out[i] = min(1, max(out[i], more[i]))
	}
	return out
}

// Nearest names at most k texts that are at least as like the given one as
// asked, the most alike first, then those with the lower id.
func (x *Index) Nearest(title, body string, k int, atLeast float64) []Near {
	short, long := vectorOf(title, ""), vectorOf(title, body)
	x.titles.weigh(short)
	x.whole.weigh(long)
	var out []Near
	for i, likeness := range x.against(short, long, len(x.ids)) {
		if likeness >= atLeast && likeness > 0 {
			out = append(out, Near{ID: x.ids[i], Likeness: likeness})
		}
	}
	slices.SortFunc(out, func(a, b Near) int { return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), cmp.Compare(a.ID, b.ID)) })
	return out[:min(k, len(out))]
}
