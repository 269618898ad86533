package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/web/view"
)

func TestADifferenceIsToldByTheWord(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, before, after string
		want                []view.Diff
	}{
		{"nothing changed", "the same", "the same", []view.Diff{{Op: "same", Text: "the same"}}},
		{"a word replaced", "we meet at noon", "we meet at eight", []view.Diff{{Op: "same", Text: "we meet at "}, {Op: "removed", Text: "noon"}, {Op: "added", Text: "eight"}}},
		{"words put in", "we meet", "we all meet", []view.Diff{{Op: "same", Text: "we "}, {Op: "added", Text: "all "}, {Op: "same", Text: "meet"}}},
		{"everything gone", "we meet", "", []view.Diff{{Op: "removed", Text: "we meet"}}},
		{"from nothing", "", "we meet", []view.Diff{{Op: "added", Text: "we meet"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, wordDiff(tc.before, tc.after)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Both texts can be put together again from their difference.
func FuzzADifferenceLosesNothing(f *testing.F) {
	f.Add("we meet at noon", "we meet  at\neight o'clock")
	f.Add("", "a")
	f.Add("\xff \xfe", "\u00a0é")
	f.Fuzz(func(t *testing.T, before, after string) {
		old, now := "", ""
		for _, d := range wordDiff(before, after) {
			if d.Op != "added" {
				old += d.Text
			}
			if d.Op != "removed" {
				now += d.Text
			}
		}
		if old != before || now != after {
			t.Errorf("%q and %q became %q and %q", before, after, old, now)
		}
	})
}
