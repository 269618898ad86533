package poll_test

import (
	"testing"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/testkit"
)

// A list costs the same number of queries however long it is.
func TestTheNumberOfQueriesDoesNotGrowWithTheList(t *testing.T) {
	t.Parallel()
	s := newStage(t, testkit.SQLite(t), access.Public)
	queries := 0
	err := s.db.Read(t.Context()).Callback().Query().Before("gorm:query").Register("test:count", func(*gorm.DB) { queries++ })
	if err != nil {
		t.Fatal(err)
	}
	read := func() int {
		t.Helper()
		queries = 0
		if _, err := s.polls.OfThread(t.Context(), s.cleo, s.thread); err != nil {
			t.Fatal(err)
		}
		if _, err := s.polls.NeedsVote(t.Context(), s.cleo); err != nil {
			t.Fatal(err)
		}
		return queries
	}
	s.start(s.ben, choice("A", "B"))
	one := read()
	for range 20 {
		s.start(s.ben, choice("A", "B"))
	}
	if many := read(); many != one || one > 9 {
		t.Errorf("%d queries for 1 poll and %d for 21; want the same, and at most 9", one, many)
	}
}
