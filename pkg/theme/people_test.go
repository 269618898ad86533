package theme_test

import (
	"crypto/rand"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/person"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/theme"
)

// Two accounts of one person support and propose as one, once they are linked,
// whatever way their support had come.
func TestTwoAccountsOfOnePersonCountOnce(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		people := person.New(db, s.clock.Now, rand.Reader)
		people.OnMerge(s.themes.JoinPeople)
		list := s.propose(s.ben, "Boats", "Ships", "Nets")
		boats, ships, nets := list[0].ID, list[1].ID, list[2].ID
		s.support(boats, s.cleo, s.mo)
		s.support(ships, s.dan)
		s.support(nets, s.cleo, s.dan)
		s.merge(boats, ships)
		s.merge(nets, ships)
		wantRows(t, s, "before", ships, "cleo* dan mo*")
		second := s.number("SELECT MAX(id) FROM theme_merges")
		if _, err := s.themes.AnswerMerge(t.Context(), s.cleo, second, false); err != nil {
			t.Fatal(err)
		}
		s.exec("INSERT INTO theme_proposers (theme_id, person_id, asked_by, asked_at, answer) VALUES (?, ?, ?, 0, 'accepted'), (?, ?, ?, 0, '')",
			ships, s.cleo.Person, s.ben.Person, ships, s.dan.Person, s.ben.Person)
		if err := people.Merge(t.Context(), access.System(), s.cleo.Person, s.dan.Person, "cleo"); err != nil {
			t.Fatal(err)
		}
		wantRows(t, s, "the target", ships, "dan mo*")
		wantRows(t, s, "what both supported", nets, "dan")
		wantRows(t, s, "what one supported", boats, "dan mo")
		if n := s.number("SELECT COUNT(*) FROM theme_proposers WHERE theme_id = ? AND answer = 'accepted' AND person_id = ?", ships, s.dan.Person); n != 1 {
			t.Errorf("proposes the theme %d times", n)
		}
		s.unmerge(boats)
		s.unmerge(nets)
		wantRows(t, s, "in the end", ships, "dan")
		if credits := s.again(s.eve, theme.Theme{ID: ships}).Credits; len(credits) != 0 {
			t.Errorf("credited: %v", credits)
		}
	})
}
