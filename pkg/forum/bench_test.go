package forum_test

import (
	"testing"

	"plenary/pkg/forum"
	"plenary/pkg/testkit"
)

// BenchmarkPost writes comments one after the other, each on disk before the next.
func BenchmarkPost(b *testing.B) {
	w := newWorld(b, testkit.SQLite(b))
	th := w.start(b, w.ana, "Beds")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Post(w.ctx, w.ana, th.ID, forum.NewComment{Body: "I would like **carrots**."}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPostTogether has many write at once: they share commits.
func BenchmarkPostTogether(b *testing.B) {
	w := newWorld(b, testkit.SQLite(b))
	th := w.start(b, w.ana, "Beds")
	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := w.Post(w.ctx, w.ana, th.ID, forum.NewComment{Body: "I would like **carrots**."}); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
