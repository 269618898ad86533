package likeness_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/pkg/likeness"
)

func TestTextsThatAreAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		from float64
		to   float64
	}{
		{"Worker buyouts", "Worker buyouts", 1 - 1e-9, 1},
		{"Worker buyouts", "Buyouts by workers", 0.75, 1},
		{"Café coopératif", "CAFE COOPERATIF!", 1 - 1e-9, 1},
		{"Große Straße", "GROSSE STRASSE", 1 - 1e-9, 1},
		{"Financing cooperatives", "Financing of co-operatives", 0.6, 1},
		{"Recruiting young members", "Young people as members", 0.4, 0.9},
		{"The boats", "The nets", 0, 0.3},
		{"Housing for the old", "Digital platforms", 0, 0.15},
		{"", "Boats", 0, 0},
		{"", "", 0, 0},
		{"!!!", "???", 0, 0},
		{"The", "the", 1 - 1e-9, 1},
		{"合作社", "合作社", 1 - 1e-9, 1},
	} {
		got := likeness.Of(c.a, c.b)
		if got < c.from || got > c.to+1e-9 {
			t.Errorf("Of(%q, %q) = %.3f, want %.2f to %.2f", c.a, c.b, got, c.from, c.to)
		}
	}
}

func TestLikenessIsFairToBoth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		one, other := likeness.Of(a, b), likeness.Of(b, a)
		if one != other || one < 0 || one > 1 || math.IsNaN(one) {
			t.Fatalf("%v one way and %v the other", one, other)
		}
		if self := likeness.Of(a, a); self != 0 && math.Abs(self-1) > 1e-9 {
			t.Fatalf("%q is like itself by %v", a, self)
		}
	})
}

var board = []likeness.Item{
	{1, "Worker buyouts", "How to help employees to take over a firm."},
	{2, "Buyouts by the workers of a firm", ""},
	{3, "Support for worker buy-outs", "Employees who take over the firm they work in"},
	{4, "Platform cooperatives", "Couriers and drivers who own their app"},
	{5, "Cooperative platforms for couriers", ""},
	{6, "Care for the elderly", ""},
	{7, "A song for the congress", ""},
}

func TestSuggestedGroups(t *testing.T) {
	t.Parallel()
	want := [][]int64{{1, 2, 3}, {4, 5}}
	got := groups(likeness.Clusters(board, likeness.Similar, nil))
	slices.SortFunc(got, slices.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	refused := func(a, b int64) bool { return a < b && b <= 3 }
	if diff := cmp.Diff([][]int64{{4, 5}}, groups(likeness.Clusters(board, likeness.Similar, refused))); diff != "" {
		t.Errorf("after a refusal (-want +got):\n%s", diff)
	}
	if got := likeness.Clusters(nil, likeness.Similar, nil); len(got) != 0 {
		t.Errorf("nothing gives %v", got)
	}
}

func groups(list []likeness.Cluster) [][]int64 {
	var out [][]int64
	for _, c := range list {
		out = append(out, c.IDs)
	}
	return out
}

func TestNearestOfWhatIsBeingTyped(t *testing.T) {
	t.Parallel()
	x := likeness.NewIndex(board)
	for _, c := range []struct {
		typed string
		k     int
		want  []int64
	}{
		{"worker buyout", 5, []int64{1, 2, 3}},
		{"worker buyout", 1, []int64{1}},
		{"platfor", 5, []int64{4, 5}},
		{"zebra", 5, nil},
		{"", 5, nil},
	} {
		var got []int64
		for _, n := range x.Nearest(c.typed, "", c.k, likeness.Similar) {
			got = append(got, n.ID)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.typed, diff)
		}
	}
}

func TestWhatTitlesHaveInCommon(t *testing.T) {
	t.Parallel()
	for want, titles := range map[string][]string{
		"Worker buyouts": {"Worker buyouts", "Buyouts by workers", "Support for worker buyouts"},
		"":               {"Boats", "Nets"},
		"Boats":          {"Boats"},
		"Coopératives":   {"Coopératives (platform)", "Our cooperatives"},
	} {
		if got := likeness.Common(titles...); got != want {
			t.Errorf("%q have %q in common, want %q", titles, got, want)
		}
	}
	if got := likeness.Common(); got != "" {
		t.Errorf("nothing has %q in common", got)
	}
}

// made are n items of words drawn from few, so that many are alike.
func made(n int, seed uint64) []likeness.Item {
	from := rand.New(rand.NewPCG(seed, seed))
	syllables := strings.Fields("ba co di fe gu ha ki lo mu ne po qua ri se tu vo wa xi yo za")
	vocabulary := make([]string, 300)
	for i := range vocabulary {
		for range 2 + from.IntN(3) {
			vocabulary[i] += syllables[from.IntN(len(syllables))]
		}
	}
	say := func(n int) string {
		said := make([]string, n)
		for i := range said {
			said[i] = vocabulary[from.IntN(len(vocabulary))]
		}
		return strings.Join(said, " ")
	}
	out := make([]likeness.Item, n)
	for i := range out {
		out[i] = likeness.Item{ID: int64(i + 1), Title: say(3 + from.IntN(5)), Body: say(20 + from.IntN(60))}
	}
	return out
}

func TestGroupsDoNotDependOnTheOrderInWhichTextsCome(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := made(rapid.IntRange(0, 40).Draw(t, "n"), rapid.Uint64().Draw(t, "seed"))
		atLeast := rapid.Float64Range(0.05, 0.9).Draw(t, "at least")
		odd := func(a, b int64) bool { return (a+b)%7 == 0 }
		want := likeness.Clusters(items, atLeast, odd)
		seen := map[int64]bool{}
		for _, c := range want {
			if len(c.IDs) < 2 || c.Likeness < atLeast-1e-6 {
				t.Fatalf("a group of %d, alike by %v", len(c.IDs), c.Likeness)
			}
			for i, a := range c.IDs {
				if seen[a] {
					t.Fatalf("%d is in two groups", a)
				}
				seen[a] = true
				for _, b := range c.IDs[:i] {
					if odd(a, b) {
						t.Fatalf("%d and %d are together, and were to be apart", a, b)
					}
				}
			}
		}
		slices.Reverse(items)
		if diff := cmp.Diff(want, likeness.Clusters(items, atLeast, odd)); diff != "" {
			t.Fatalf("told backwards (-want +got):\n%s", diff)
		}
	})
}

func TestAThousandTextsAreGroupedInTime(t *testing.T) {
	began := time.Now()
	got := likeness.Clusters(made(1000, 7), likeness.Similar, nil)
	took := time.Since(began)
	t.Logf("%d groups in %v", len(got), took)
	if len(got) == 0 || took > 5*time.Second {
		t.Errorf("%d groups of a thousand texts in %v", len(got), took)
	}
	same := make([]likeness.Item, 1000)
	for i := range same {
		same[i] = likeness.Item{ID: int64(i + 1), Title: "The same"}
	}
	if got := likeness.Clusters(same, likeness.Similar, nil); len(got) != 1 || len(got[0].IDs) != 1000 {
		t.Errorf("a thousand times the same make %d groups", len(got))
	}
}

func BenchmarkAThousandTexts(b *testing.B) {
	items := made(1000, 7)
	for b.Loop() {
		likeness.Clusters(items, likeness.Similar, nil)
	}
}

func BenchmarkNearestOfAThousand(b *testing.B) {
	x := likeness.NewIndex(made(1000, 7))
	for b.Loop() {
		x.Nearest("babadi qua", "", 5, likeness.Similar)
	}
}

func Example() {
	fmt.Printf("%.1f\n", likeness.Of("Worker buyouts", "worker buyouts"))
	// Output: 1.0
}
