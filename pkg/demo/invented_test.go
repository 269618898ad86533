package demo_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plenary/pkg/demo"
	"plenary/pkg/testkit"
)

// everything is all text that was played.
func everything(t *testing.T, r rooms) string {
	t.Helper()
	var all []string
	for _, sql := range []string{
		"SELECT name || ' ' || affiliation || ' ' || handle FROM people", "SELECT name || ' ' || description FROM groups",
		"SELECT title || ' ' || body || ' ' || COALESCE(close_reason, '') FROM threads", "SELECT body FROM comments", "SELECT body FROM comment_versions",
		"SELECT title || ' ' || description || ' ' || quote || ' ' || COALESCE(state_reason, '') FROM themes",
		"SELECT title || ' ' || details FROM polls", "SELECT reason FROM ballots WHERE reason IS NOT NULL", "SELECT statement FROM outcomes",
	} {
		var some []string
		if err := r.db.Read(t.Context()).Raw(sql).Scan(&some).Error; err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		all = append(all, some...)
	}
	return strings.Join(all, "\n")
}

// TestEverybodyIsMadeUp compares the assembly with a real discussion that the
// forum was thought out for: nobody, and no organisation, of it may appear.
func TestEverybodyIsMadeUp(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "shared", "seed", "cecop-thread.txt")
	seed, err := os.ReadFile(path)
	if err != nil {
		testkit.Missing(t, "the real discussion is not here: "+err.Error())
	}
	db := testkit.SQLite(t)
	if _, err := demo.Fill(t.Context(), db, demo.Options{Random: rand.Reader, Now: noon}); err != nil {
		t.Fatal(err)
	}
	all := everything(t, open(db, noon))
	for _, name := range names(string(seed)) {
		if regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`).MatchString(all) {
			t.Errorf("%q is somebody real", name)
		}
	}
	for sentence := range strings.SplitSeq(string(seed), ".") {
		if s := strings.TrimSpace(sentence); len(s) > 25 && strings.Contains(all, s) {
			t.Errorf("copied: %q", s)
		}
	}
}

// names are the words of a text that are written with a capital in the middle of
// a sentence, or have no small letter at all.
func names(text string) []string {
	common := map[string]bool{"Thursday": true, "Friday": true, "Saturday": true, "Wed": true, "Fri": true, "Mon": true, "Thurs": true, "Sat": true,
		"June": true, "Feb": true, "European": true, "General": true, "Assembly": true, "Industry": true, "Services": true, "Public": true, "Dinner": true,
		"Open": true, "Retail": true, "Delta": true, "Visit": true, "Being": true, "Seen": true, "Getting": true, "Right": true, "Ideas": true, "Your": true,
		"Point": true, "More": true, "However": true, "Three": true, "New": true, "Using": true, "Then": true, "Anyone": true, "Bear": true, "For": true,
		"But": true, "And": true, "The": true, "That": true, "Likely": true, "State": true, "Suggestion": true, "Designing": true, "Infinity": true,
		"Principle": true, "Six": true, "Eighth": true, "Day": true, "Consortiums": true, "Congress": true, "Wholesale": true}
	var out []string
	for _, word := range regexp.MustCompile(`\b[A-Z][A-Za-z]{2,}\b`).FindAllString(text, -1) {
		if !common[word] {
			out = append(out, word)
		}
	}
	return out
}
