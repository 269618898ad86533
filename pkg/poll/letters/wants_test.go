package letters_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/poll/letters"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/harbour"
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
		h := harbour.New(t, db, access.Public)
		room, ana, ben := letters.New(db, h.Groups, rand.Reader), h.Ana.Person, h.Ben.Person
		mailings := func() (out map[int64]letters.Mailing) {
			t.Helper()
			err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
				out, err = room.Mailings(tx, 1, []int64{ana, ben})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		first := mailings()
		if !first[ana].Wanted || !first[ben].Wanted || first[ana].Path == first[ben].Path {
			t.Errorf("before any choice: %+v", first)
		}
		if err := room.Unsubscribe(t.Context(), strings.TrimPrefix(first[ana].Path, "/unsubscribe/"), letters.NoMails); err != nil {
			t.Fatal(err)
		}
		if err := room.Choose(t.Context(), h.Ben, "harbour", letters.NeededMails); err != nil {
			t.Fatal(err)
		}
		if got, err := room.Wanted(t.Context(), h.Ana, "harbour"); err != nil || got != letters.NoMails {
			t.Errorf("who has used the link wants %q, %v", got, err)
		}
		second := mailings()
		if second[ana].Wanted || !second[ben].Wanted || second[ana].Path != first[ana].Path || second[ben].Path != first[ben].Path {
			t.Errorf("after the choices: %+v, before: %+v", second, first)
		}
		for want, who := range map[string]access.Actor{"unauthenticated access.sign_in": access.Visitor(), "forbidden access.members_only": h.Eve} {
			harbour.WantSaid(t, "who is no member", room.Choose(t.Context(), who, "harbour", letters.NoMails), want)
		}
	})
}
