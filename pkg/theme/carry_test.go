package theme_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"plenary/pkg/access"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// joined is a merge of the model: into which theme, and who objects.
type joined struct {
	into, id int64
	objects  map[int64]bool
}

// model is what the support of merged themes is to be: what people gave, and what
// comes along.
type model struct {
	given  map[int64]map[int64]bool // people by theme
	merged map[int64]joined         // by theme
}

func (m model) supporters(id int64) map[int64]bool {
	out := maps.Clone(m.given[id])
	for from, j := range m.merged {
		if j.into != id {
			continue
		}
		for who := range m.supporters(from) {
			if !j.objects[who] {
				out[who] = true
			}
		}
	}
	return out
}

// play is one run of acts against the model.
type play struct {
	*rapid.T
	s      *stage
	people []access.Actor
	themes []int64
	model  model
}

func (p play) afoot() []int64 {
	return slices.DeleteFunc(slices.Clone(p.themes), func(id int64) bool { _, is := p.model.merged[id]; return is })
}

func (p play) joined() []int64 { return slices.Sorted(maps.Keys(p.model.merged)) }

func (p play) must(err error) {
	if err != nil {
		p.Fatal(err)
	}
}

func (p play) step() {
	who := rapid.SampledFrom(p.people).Draw(p.T, "who")
	id := rapid.SampledFrom(p.afoot()).Draw(p.T, "theme")
	ctx := p.s.t.Context()
	switch act := rapid.SampledFrom([]string{"support", "support", "unsupport", "merge", "merge", "unmerge", "object", "agree"}).Draw(p.T, "act"); act {
	case "support":
		p.must(errorOf(p.s.themes.Support(ctx, who, id)))
		p.model.given[id][who.Person] = true
	case "unsupport":
		p.must(errorOf(p.s.themes.Unsupport(ctx, who, id)))
		delete(p.model.given[id], who.Person)
		for from, j := range p.model.merged {
			if j.into == id && p.model.supporters(from)[who.Person] {
				j.objects[who.Person] = true
			}
		}
	case "merge":
		into := rapid.SampledFrom(p.themes).Draw(p.T, "into")
		err := errorOf(p.s.themes.Merge(ctx, p.s.mo, id, theme.MergeOrder{Into: into, Reason: "x", Now: true}))
		_, gone := p.model.merged[into]
		if may := into != id && !gone; may != (err == nil) {
			p.Fatalf("merging %d into %d, of %v: %v", id, into, p.model.merged, err)
		}
		if err == nil {
			merge := p.s.number("SELECT MAX(id) FROM theme_merges WHERE theme_id = ?", id)
			p.model.merged[id] = joined{into, merge, map[int64]bool{}}
		}
	default:
		if len(p.model.merged) > 0 {
			p.change(act, who, rapid.SampledFrom(p.joined()).Draw(p.T, "merged"))
		}
	}
}

func (p play) change(act string, who access.Actor, id int64) {
	ctx, j := p.s.t.Context(), p.model.merged[id]
	if act == "unmerge" {
		p.must(errorOf(p.s.themes.Unmerge(ctx, p.s.mo, id, "")))
		delete(p.model.merged, id)
		return
	}
	if !p.model.supporters(id)[who.Person] {
		return
	}
	p.must(errorOf(p.s.themes.AnswerMerge(ctx, who, j.id, act == "agree")))
	j.objects[who.Person] = act == "object"
}

func (p play) check() {
	for _, id := range p.themes {
		var got []int64
		p.must(p.s.db.Read(p.s.t.Context()).Table("theme_supports").Where("theme_id = ?", id).Order("person_id").Pluck("person_id", &got).Error)
		want := slices.Sorted(maps.Keys(p.model.supporters(id)))
		if !slices.Equal(got, want) {
			p.Fatalf("theme %d is supported by %v, want %v; merged: %v", id, got, want, p.model.merged)
		}
		if n := p.s.number("SELECT support_count FROM themes WHERE id = ?", id); int(n) != len(want) {
			p.Fatalf("theme %d counts %d supporters, want %d", id, n, len(want))
		}
	}
}

// However themes are merged, supported, objected to and taken apart, nobody counts
// twice, and once all is taken apart the support is what people gave.
func TestNobodyCountsTwiceHoweverThemesAreMerged(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := []access.Actor{s.ben, s.cleo, s.dan, s.mo}
		steps := 24
		if db.Postgres() {
			steps = 6
		}
		rapid.Check(t, func(rt *rapid.T) {
			s.thread = s.newThread()
			p := play{T: rt, s: s, people: people, model: model{map[int64]map[int64]bool{}, map[int64]joined{}}}
			for _, one := range s.propose(s.ben, "A", "B", "C", "D", "E") {
				p.themes = append(p.themes, one.ID)
				p.model.given[one.ID] = map[int64]bool{}
			}
			for range rapid.IntRange(1, steps).Draw(rt, "steps") {
				p.step()
			}
			p.check()
			for _, id := range rapid.Permutation(p.joined()).Draw(rt, "order") {
				p.change("unmerge", s.mo, id)
				p.check()
			}
		})
	})
}

// Merges into one theme by several convenors in the same moment leave no count
// behind.
func TestMergesAtTheSameTime(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		var names []string
		for i := range 12 {
			names = append(names, fmt.Sprintf("Theme %d", i))
		}
		list := s.propose(s.ben, names...)
		for i, one := range list {
			s.support(one.ID, []access.Actor{s.ben, s.cleo, s.dan}[i%3])
		}
		failed := make(chan error)
		for _, one := range list[1:] {
			go func() {
				_, err := s.themes.Merge(t.Context(), s.mo, one.ID, theme.MergeOrder{Into: list[0].ID, Reason: "x", Now: true})
				failed <- err
			}()
		}
		for range list[1:] {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		wantRows(t, s, "all in one", list[0].ID, "ben cleo* dan*")
	})
}
