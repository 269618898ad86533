package forum_test

import (
	"fmt"
	"slices"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/store"
)

// sharedIntoSecret is a thread of the garden that is shown in the secret attic
// too, of which zed and yan are members.
func sharedIntoSecret(t *testing.T, w *world) (th forum.Thread, zed, yan access.Actor) {
	t.Helper()
	neighbours(t, w)
	th = w.start(t, w.ana, "Rye")
	if _, err := w.Share(w.ctx, w.ana, th.ID, "attic"); err != nil {
		t.Fatal(err)
	}
	return th, w.person(t, "zed", "attic", access.Member), w.person(t, "yan", "attic", access.Member)
}

func TestInvitingAGuestTellsNothingOfASecretGroup(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th, _, _ := sharedIntoSecret(t, w)
		g, err := w.AddGuest(w.ctx, w.mo, th.ID, "zed")
		if err != nil || g.Person.Handle != "zed" {
			t.Errorf("by one who does not know of the group: %+v, %v", g, err)
		}
		code(t, second(w.AddGuest(w.ctx, w.mo, th.ID, "ben")), errs.Conflict, "thread.guest_is_member")
		code(t, second(w.AddGuest(w.ctx, w.ana, th.ID, "yan")), errs.Conflict, "thread.guest_is_member")
		groups, sent := w.posting()
		verdicts, err := w.InviteGuests(w.ctx, groups, w.mo, th.ID, "yan@example.org\nben@example.org", "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range verdicts {
			got = append(got, fmt.Sprint(v.Outcome))
		}
		if !slices.Equal(got, []string{"sent", "member"}) || len(*sent) != 1 {
			t.Errorf("%v and %d letters", got, len(*sent))
		}
	})
}

func TestReachCountsWhomTheReaderMayKnowOf(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th, _, _ := sharedIntoSecret(t, w)
		if err := second(w.AddGuest(w.ctx, w.mo, th.ID, "dee")); err != nil {
			t.Fatal(err)
		}
		// The garden has three members, the attic two more, and dee is a guest.
		for name, c := range map[string]struct {
			who    access.Actor
			wanted int
		}{"a visitor": {w.visitor, 4}, "a member of the garden": {w.mo, 4}, "a member of the attic": {w.ana, 6}, "the guest": {w.dee, 4}} {
			seen, err := w.Thread(w.ctx, c.who, th.ID)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := w.Reach(w.ctx, seen); err != nil || n != c.wanted {
				t.Errorf("%s: %d, %v; want %d", name, n, err, c.wanted)
			}
		}
	})
}

func TestEverybodyIsWhomTheAuthorMayKnowOf(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th, zed, yan := sharedIntoSecret(t, w)
		if err := second(w.AddGuest(w.ctx, w.mo, th.ID, "zed")); err != nil {
			t.Fatal(err)
		}
		w.post(t, w.mo, th.ID, "Come, @all.")
		for name, c := range map[string]struct {
			who    access.Actor
			wanted int
		}{"ben": {w.ben, 1}, "the guest": {zed, 1}, "a member of a group that mo does not know": {yan, 0}} {
			if list, err := w.Mentions(w.ctx, c.who, 10); err != nil || len(list) != c.wanted {
				t.Errorf("%s is told of %d comments, %v; want %d", name, len(list), err, c.wanted)
			}
		}
	})
}

func TestWhoIsBannedFromTheHomeGroupIsNoGuestEither(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Rye")
		err := w.db.Write(w.ctx, func(tx *store.Tx) error {
			return tx.Exec("INSERT INTO bans (group_id, person_id, reason, created_at) SELECT id, ?, 'Spam', 1 FROM groups WHERE handle = 'garden'", w.dee.Person).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		code(t, second(w.AddGuest(w.ctx, w.mo, th.ID, "dee")), errs.Conflict, "thread.guest_refused")
		groups, _ := w.posting()
		verdicts, err := w.InviteGuests(w.ctx, groups, w.mo, th.ID, "@dee", "")
		if err != nil || len(verdicts) != 1 || verdicts[0].Outcome == group.Sent || verdicts[0].Problem.Code != "thread.guest_refused" {
			t.Errorf("%+v, %v", verdicts, err)
		}
	})
}

func TestAGuestOfASecretGroupHidesTheTitlesOfAll(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		if _, err := w.groups.EditMember(w.ctx, access.System(), "attic", "ana", group.MemberEdit{Title: new("Keeper")}); err != nil {
			t.Fatal(err)
		}
		th := w.startIn(t, w.ana, "attic", "The loft", access.MembersOnly)
		c := w.post(t, w.ana, th.ID, "Words.")
		titles := func(who access.Actor) [2]string {
			t.Helper()
			seen, err := w.Thread(w.ctx, who, th.ID)
			if err != nil {
				t.Fatal(err)
			}
			one, err := w.Comment(w.ctx, who, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			return [2]string{seen.Author.Title, one.Author.Title}
		}
		if got := titles(w.ana); got != [2]string{"Keeper", "Keeper"} {
			t.Errorf("among themselves %q", got)
		}
		if err := second(w.AddGuest(w.ctx, w.ana, th.ID, "ben")); err != nil {
			t.Fatal(err)
		}
		for _, who := range []access.Actor{w.ana, w.ben, access.System()} {
			if got := titles(who); got != [2]string{"", ""} {
				t.Errorf("with a guest %+v sees %q", who, got)
			}
		}
	})
}

func TestReadableIsWhatThreadAnswers(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		open, closed := w.start(t, w.ana, "Rye"), w.startIn(t, w.ana, "attic", "Plans", access.MembersOnly)
		for _, who := range []access.Actor{w.visitor, w.ana, w.ben} {
			got, err := w.Readable(w.ctx, who, []int64{open.ID, closed.ID, 999})
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []int64{open.ID, closed.ID, 999} {
				if err := second(w.Thread(w.ctx, who, id)); got[id] != (err == nil) {
					t.Errorf("%+v: thread %d readable %v; read: %v", who, id, got[id], err)
				}
			}
		}
	})
}
