package page_test

import (
	"slices"
	"testing"

	"plenary/pkg/errs"
	"plenary/pkg/page"
)

func TestCursorsAreReadBack(t *testing.T) {
	want := []int64{0, -1, 1 << 62}
	got, err := page.Decode(page.Encode(want...), 3)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := page.Decode(page.Encode(1, 2), 3); !errs.Is(err, errs.Invalid) {
		t.Errorf("a cursor of another list: %v", err)
	}
}

func TestTheExtraRowOnlyTellsThatThereIsMore(t *testing.T) {
	key := func(n int) []int64 { return []int64{int64(n)} }
	full := page.Cut(page.Page{Limit: 2}, []int{7, 8, 9}, key)
	if !slices.Equal(full.Items, []int{7, 8}) || full.Next != page.Encode(8) {
		t.Errorf("got %+v", full)
	}
	if last := page.Cut(page.Page{Limit: 2}, []int{7, 8}, key); last.Next != "" {
		t.Errorf("the last page has a next one: %+v", last)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(page.Encode(1, 2), 2)
	f.Add("!", 1)
	f.Fuzz(func(t *testing.T, cursor string, n int) {
		if n < 1 || n > 4 {
			return
		}
		key, err := page.Decode(cursor, n)
		if err == nil && cursor != "" && len(key) != n {
			t.Errorf("Decode(%q, %d) = %v", cursor, n, key)
		}
	})
}
