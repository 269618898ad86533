package letters_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/person"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func TestWhoWantsWhichLetters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wants          letters.Wants
		asking, others bool
	}{
		{letters.AllMails, true, true},
		{letters.NeededMails, true, false},
		{letters.NoMails, false, false},
		{"some", false, false},
	} {
		if asking, others := c.wants.Takes(true), c.wants.Takes(false); asking != c.asking || others != c.others {
			t.Errorf("%q takes those that ask for a vote: %v, others: %v", c.wants, asking, others)
		}
	}
}

// Whoever was written to before any choice has the link of then, also after it.
func TestOneChoiceAndOneLinkHoldForAllThatAGroupWrites(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		now := func() time.Time { return time.Unix(0, 0) }
		groups := group.New(db, person.New(db, now, rand.Reader), now, rand.Reader)
		room := letters.New(db, groups, rand.Reader)
		people := []int64{1, 2}
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.Exec("INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'harbour', 'Harbour', 'public', 0)").Error; err != nil {
				return err
			}
			for id, handle := range []string{"", "ana", "ben"} {
				if handle == "" {
					continue
				}
				if err := tx.Exec("INSERT INTO people (id, handle, name, created_at) VALUES (?, ?, ?, 0)", id, handle, handle).Error; err != nil {
					return err
				}
				if err := tx.Exec("INSERT INTO memberships (group_id, person_id, role, created_at) VALUES (1, ?, 'member', 0)", id).Error; err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		mailings := func() (out map[int64]letters.Mailing) {
			t.Helper()
			err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
				out, err = room.Mailings(tx, 1, people)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		first := mailings()
		if !first[1].Wanted || !first[2].Wanted || first[1].Path == first[2].Path {
			t.Errorf("before any choice: %+v", first)
		}
		if err := room.Unsubscribe(t.Context(), strings.TrimPrefix(first[1].Path, "/unsubscribe/"), letters.NoMails); err != nil {
			t.Fatal(err)
		}
		if err := room.Choose(t.Context(), access.Actor{Person: 2}, "harbour", letters.NeededMails); err != nil {
			t.Fatal(err)
		}
		if got, err := room.Wanted(t.Context(), access.Actor{Person: 1}, "harbour"); err != nil || got != letters.NoMails {
			t.Errorf("who has used the link wants %q, %v", got, err)
		}
		second := mailings()
		if second[1].Wanted || !second[2].Wanted || second[1].Path != first[1].Path || second[2].Path != first[2].Path {
			t.Errorf("after the choices: %+v, before: %+v", second, first)
		}
		if err := room.Choose(t.Context(), access.Actor{}, "harbour", letters.NoMails); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a visitor chooses: %v", err)
		}
	})
}
