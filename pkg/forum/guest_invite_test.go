package forum_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// posting is a room of groups whose letters are kept.
func (w *world) posting() (*group.Groups, *[]mail.Letter) {
	var sent []mail.Letter
	keep := func(tx *store.Tx, l mail.Letter) error {
		tx.AfterCommit(func() { sent = append(sent, l) })
		return nil
	}
	return group.New(w.db, w.people, w.clock.Now, rand.Reader, group.WithPost(keep)), &sent
}

func TestGuestsAreInvitedByAddressAndByHandle(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		groups, sent := w.posting()
		th := w.startIn(t, w.ana, "attic", "The loft", access.MembersOnly)
		list := "fay@example.org\nana@example.org\n@dee\nnobody-there\nfay@example.org\nben@example.org"
		if err := second(w.AddGuest(w.ctx, w.ana, th.ID, "ben")); err != nil {
			t.Fatal(err)
		}
		for who, refused := range map[access.Actor]errs.Kind{w.visitor: errs.NotFound, w.dee: errs.NotFound, w.ben: errs.Forbidden} {
			if _, err := w.InviteGuests(w.ctx, groups, who, th.ID, list, ""); !errs.Is(err, refused) {
				t.Errorf("%+v: %v; want %v", who, err, refused)
			}
		}
		verdicts, err := w.InviteGuests(w.ctx, groups, w.ana, th.ID, list, "Come up.")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range verdicts {
			got = append(got, fmt.Sprint(v.Line, " ", v.Outcome))
		}
		if wanted := []string{"1 sent", "2 member", "3 sent", "4 bad_address", "5 duplicate", "6 guest"}; !slices.Equal(got, wanted) {
			t.Errorf("%v; want %v", got, wanted)
		}
		if len(*sent) != 1 || (*sent)[0].Kind != "invited_guest" || (*sent)[0].Args["Title"] != "The loft" || strings.Contains(fmt.Sprint((*sent)[0].Args), "attic") {
			t.Fatalf("letters %+v", *sent)
		}
		w.followsAsGuest(t, groups, th, strings.TrimPrefix((*sent)[0].Args["Path"], "/join/"))
	})
}

// followsAsGuest has Fay make an account by the invitation, and read the thread
// and nothing else.
func (w *world) followsAsGuest(t *testing.T, groups *group.Groups, th forum.Thread, token string) {
	t.Helper()
	if _, i, err := groups.Invited(w.ctx, token); err != nil || i.ThreadID != th.ID || i.Title != "The loft" {
		t.Errorf("it leads to %+v, %v", i, err)
	}
	pending, err := w.GuestInvitations(w.ctx, groups, w.ana, th.ID)
	if err != nil || len(pending) != 1 || pending[0].Email != "fay@example.org" {
		t.Errorf("pending %+v, %v", pending, err)
	}
	fay, entered, err := groups.Register(w.ctx, token, person.NewPerson{Name: "Fay", Email: "fay@example.org", Password: "a long walk by the river"})
	if err != nil || entered.Thread != th.ID || entered.Group != (group.Group{}) {
		t.Fatalf("entered %+v, %v", entered, err)
	}
	if seen, err := w.Thread(w.ctx, fay.Actor(), th.ID); err != nil || !seen.Guest() {
		t.Errorf("Fay reads %+v, %v", seen.Title, err)
	}
	if _, err := groups.ByHandle(w.ctx, fay.Actor(), "attic"); !errs.Is(err, errs.NotFound) {
		t.Errorf("Fay meets the group: %v", err)
	}
	events, _, err := w.Timeline(w.ctx, w.ana, th.ID, store.Span{Last: true, Limit: 1})
	if err != nil || events[0].Kind != event.GuestJoined || events[0].Subject != fay.ID {
		t.Errorf("the timeline tells %+v, %v", events, err)
	}
	if err := w.RevokeGuestInvitation(w.ctx, groups, w.ana, th.ID, 999); !errs.Is(err, errs.NotFound) {
		t.Errorf("revoking what is not there: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestTitlesStandBesideNamesInTheHomeGroupOnly(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		for _, in := range []string{"garden", "attic"} {
			if _, err := w.groups.EditMember(w.ctx, access.System(), in, "ana", group.MemberEdit{Title: new("Keeper of the " + in)}); err != nil {
				t.Fatal(err)
			}
		}
		open, hidden := w.start(t, w.ana, "Rye"), w.startIn(t, w.ana, "attic", "The loft", access.MembersOnly)
		check := func(th forum.Thread, reader access.Actor, wanted string) {
			t.Helper()
			seen, err := w.Thread(w.ctx, reader, th.ID)
			if err != nil || seen.Author.Title != wanted {
				t.Errorf("%q over %s, %v; want %q", seen.Author.Title, th.Title, err, wanted)
			}
			titles, err := w.Titles(w.ctx, []int64{th.ID}, []int64{th.Author.ID, 0, 999})
			if err != nil || titles.Of(th.ID, th.Author.ID) != wanted || titles.Of(th.ID, 999) != "" {
				t.Errorf("%v, %v; want %q", titles, err, wanted)
			}
		}
		check(open, w.visitor, "Keeper of the garden")
		check(hidden, w.ana, "Keeper of the attic")
		if _, err := w.Share(w.ctx, w.ana, hidden.ID, "garden"); err != nil {
			t.Fatal(err)
		}
		check(hidden, w.ben, "")
		check(hidden, w.ana, "")
	})
}
