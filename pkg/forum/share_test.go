package forum_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// neighbours adds a secret group, "attic", of which ana is a member, and a
// closed one, "cellar", of which dee is a moderator and ana a member.
func neighbours(t *testing.T, w *world) {
	t.Helper()
	w.group(t, "attic", access.Secret)
	w.group(t, "cellar", access.Closed)
	w.join(t, "ana", "attic", access.Member)
	w.join(t, "ana", "cellar", access.Member)
	w.join(t, "dee", "cellar", access.Moderator)
}

func (w *world) startIn(t *testing.T, who access.Actor, in, title string, v access.Visibility) forum.Thread {
	t.Helper()
	th, err := w.Start(w.ctx, who, in, forum.NewThread{Title: title, Body: "Words.", Visibility: v})
	if err != nil {
		t.Fatalf("start %q in %s: %v", title, in, err)
	}
	return th
}

func code(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if !errs.Is(err, kind) || errs.CodeOf(err) != code {
		t.Errorf("%v; want %v %s", err, kind, code)
	}
}

func (w *world) titles(t *testing.T, who access.Actor, in string) []string {
	t.Helper()
	list, err := w.Threads(w.ctx, who, in, forum.ThreadsQuery{})
	if err != nil {
		t.Fatalf("list %s: %v", in, err)
	}
	var out []string
	for _, r := range list.Items {
		out = append(out, r.Title)
	}
	return out
}

func TestASharedThreadGivesTheRightsOfItsBestGroup(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		th := w.start(t, w.ana, "Rye")
		_, err := w.Close(w.ctx, w.dee, th.ID, "Enough.")
		code(t, err, errs.Forbidden, "access.members_only")
		shared, err := w.Share(w.ctx, w.ana, th.ID, "cellar")
		if err != nil || len(shared.Shared) != 1 || shared.Shared[0].Handle != "cellar" || shared.Group.Handle != "garden" {
			t.Fatalf("shared: %+v %+v, %v", shared.Group, shared.Shared, err)
		}
		if _, err := w.Close(w.ctx, w.dee, th.ID, "Enough."); err != nil {
			t.Errorf("a moderator of the other group moderates: %v", err)
		}
		if got := w.titles(t, w.dee, "cellar"); !slices.Equal(got, []string{"Rye"}) {
			t.Errorf("the other group lists %v", got)
		}
		if got := w.titles(t, w.ben, "garden"); !slices.Equal(got, []string{"Rye"}) {
			t.Errorf("its home lists %v", got)
		}
		if err := w.Unshare(w.ctx, w.ana, th.ID, "cellar"); err != nil {
			t.Fatal(err)
		}
		_, err = w.Reopen(w.ctx, w.dee, th.ID)
		code(t, err, errs.Forbidden, "access.members_only")
		if got := w.titles(t, w.dee, "cellar"); len(got) != 0 {
			t.Errorf("taken out, it is still listed: %v", got)
		}
	})
}

func TestASecretHomeIsNamedToNobodyOutsideIt(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		th := w.startIn(t, w.ana, "attic", "Plans", access.MembersOnly)
		if _, err := w.Share(w.ctx, w.ana, th.ID, "garden"); err != nil {
			t.Fatal(err)
		}
		read, err := w.Thread(w.ctx, w.ben, th.ID)
		if err != nil || read.Group.Handle != "garden" || len(read.Shared) != 0 {
			t.Errorf("ben meets it in %+v and %+v, %v", read.Group, read.Shared, err)
		}
		if _, err := w.Thread(w.ctx, w.visitor, th.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a members' thread is read by a visitor: %v", err)
		}
		open := access.Public
		if _, err := w.Edit(w.ctx, w.ana, th.ID, forum.ThreadEdit{Visibility: &open}); err != nil {
			t.Errorf("public is possible where one of its groups is: %v", err)
		}
		if read, err = w.Thread(w.ctx, w.visitor, th.ID); err != nil || read.Group.Handle != "garden" {
			t.Errorf("a visitor meets it in %+v, %v", read.Group, err)
		}
		events, _, err := w.Timeline(w.ctx, w.ben, th.ID, store.Span{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Kind == event.ThreadShared && len(e.Data) > 0 {
				t.Errorf("the timeline tells where it was shared: %s", e.Data)
			}
		}
	})
}

func TestSharingIsRefusedWithItsReason(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		th := w.start(t, w.ana, "Rye")
		_, err := w.Share(w.ctx, w.ben, th.ID, "garden")
		code(t, err, errs.Forbidden, "access.needs_moderator")
		_, err = w.Share(w.ctx, w.visitor, th.ID, "cellar")
		code(t, err, errs.Unauthenticated, "access.sign_in")
		_, err = w.Share(w.ctx, w.mo, th.ID, "attic") // which mo may not know of
		if !errs.Is(err, errs.Invalid) {
			t.Errorf("into a group that is secret to him: %v", err)
		}
		_, err = w.Share(w.ctx, w.mo, th.ID, "cellar")
		code(t, err, errs.Forbidden, "access.members_only")
		_, err = w.Share(w.ctx, w.ana, th.ID, "garden")
		code(t, err, errs.Conflict, "thread.shared_already")
		code(t, w.Unshare(w.ctx, w.ana, th.ID, "garden"), errs.Conflict, "thread.at_home")
		code(t, w.Unshare(w.ctx, w.ana, th.ID, "cellar"), errs.NotFound, "thread.not_shared_there")
	})
}

func TestSharingTwiceAtOnceIsSharingOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		th := w.start(t, w.ana, "Rye")
		var wg sync.WaitGroup
		results := make([]error, 8)
		for i := range results {
			wg.Go(func() { _, results[i] = w.Share(w.ctx, w.ana, th.ID, "cellar") })
		}
		wg.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else {
				code(t, err, errs.Conflict, "thread.shared_already")
			}
		}
		if won != 1 {
			t.Errorf("%d of %d shared it", won, len(results))
		}
	})
}

func TestAListGoesOnOverOwnAndSharedThreads(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		var want []string
		for i := range 9 {
			in, title := "garden", fmt.Sprint("Thread ", i)
			if i%3 == 0 {
				in = "cellar"
			}
			th := w.startIn(t, w.ana, in, title, access.MembersOnly)
			if in == "cellar" {
				if _, err := w.Share(w.ctx, w.ana, th.ID, "garden"); err != nil {
					t.Fatal(err)
				}
			}
			want = append([]string{title}, want...)
			w.clock.Pass(1e9)
		}
		var got []string
		for cursor := ""; ; {
			list, err := w.Threads(w.ctx, w.ben, "garden", forum.ThreadsQuery{Page: page.Page{Cursor: cursor, Limit: 2}})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list.Items {
				got = append(got, r.Title)
			}
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v; want %v", got, want)
		}
	})
}

func TestAGuestTakesPartInOneThreadAlone(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		th := w.startIn(t, w.ana, "attic", "Plans", access.MembersOnly)
		other := w.startIn(t, w.ana, "attic", "Others", access.MembersOnly)
		if _, err := w.Thread(w.ctx, w.ben, th.ID); !errs.Is(err, errs.NotFound) {
			t.Fatalf("before the invitation: %v", err)
		}
		g, err := w.AddGuest(w.ctx, w.ana, th.ID, "ben")
		if err != nil || g.Person.Handle != "ben" {
			t.Fatalf("%+v, %v", g, err)
		}
		read, err := w.Thread(w.ctx, w.ben, th.ID)
		if err != nil || read.Group.Known() || !read.Guest() {
			t.Errorf("the guest meets it in %+v, %v", read.Group, err)
		}
		w.post(t, w.ben, th.ID, "I am here, @ana.")
		if _, err := w.Thread(w.ctx, w.ben, other.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("another thread of the group: %v", err)
		}
		if _, err := w.Threads(w.ctx, w.ben, "attic", forum.ThreadsQuery{}); !errs.Is(err, errs.NotFound) {
			t.Errorf("the group: %v", err)
		}
		w.post(t, w.ana, th.ID, "Welcome.")
		unread, err := w.Unread(w.ctx, w.ben, 10)
		if err != nil || len(unread) != 1 || unread[0].ID != th.ID {
			t.Errorf("unread for the guest: %v, %v", unread, err)
		}
		_, err = w.AddGuest(w.ctx, w.ben, th.ID, "dee")
		code(t, err, errs.Forbidden, "access.members_only")
		_, err = w.Guests(w.ctx, w.ben, th.ID)
		code(t, err, errs.Forbidden, "access.members_only")
		code(t, w.RemoveGuest(w.ctx, w.ana, th.ID, "dee"), errs.NotFound, "thread.not_a_guest")
		if err := w.LeaveThread(w.ctx, w.ben, th.ID); err != nil {
			t.Error(err)
		}
		_, err = w.Post(w.ctx, w.ben, th.ID, forum.NewComment{Body: "And now?"})
		code(t, err, errs.NotFound, "error.not_found")
	})
}

func TestOnlyWhomTheGroupLetsNamesEverybodyAndNoWordsAreLost(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Rye")
		if _, err := w.AddGuest(w.ctx, w.ana, th.ID, "dee"); err != nil {
			t.Fatal(err)
		}
		_, err := w.Post(w.ctx, w.ben, th.ID, forum.NewComment{Body: "Come, @all of you."})
		e, ok := errors.AsType[*errs.Error](err)
		if !ok || e.Kind != errs.Invalid || e.Fields["body"].Code != "comment.name_all_moderator" {
			t.Fatalf("by a member: %v", err)
		}
		w.post(t, w.ben, th.ID, "Write to everyone@example.org, or `@all`.") // neither calls anybody
		c := w.post(t, w.mo, th.ID, "Come, @all, and @ana above all.")
		if want := `<span class="mention">@all</span>`; !strings.Contains(c.BodyHTML, want) {
			t.Errorf("shown as %s", c.BodyHTML)
		}
		for name, who := range map[string]access.Actor{"ana": w.ana, "ben": w.ben, "dee": w.dee} {
			list, err := w.Mentions(w.ctx, who, 10)
			if err != nil || len(list) != 1 || list[0].Comment.ID != c.ID {
				t.Errorf("%s is told of %d comments, %v", name, len(list), err)
			}
		}
		if list, err := w.Mentions(w.ctx, w.mo, 10); err != nil || len(list) != 0 {
			t.Errorf("who named everybody is told too: %v, %v", list, err)
		}
		var heads []int64
		if err := w.db.Read(w.ctx).Raw("SELECT last_seq FROM people WHERE id IN ? ORDER BY id", []int64{w.ana.Person, w.ben.Person, w.dee.Person}).Scan(&heads).Error; err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(heads, []int64{1, 1, 1}) {
			t.Errorf("inboxes have %v entries", heads)
		}
	})
}

func TestWhatAGroupDecidesHoldsForComments(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Rye")
		c := w.post(t, w.ana, th.ID, "Mine.")
		decide := func(rules access.Permissions) {
			t.Helper()
			err := w.db.Write(w.ctx, func(tx *store.Tx) error {
				return tx.Exec("UPDATE groups SET permissions = ? WHERE handle = 'garden'", string(rules)).Error
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := w.EditComment(w.ctx, w.mo, c.ID, forum.CommentEdit{Body: "Moderated."})
		code(t, err, errs.Forbidden, "access.only_own")
		decide("comment=moderator edit_others=moderator delete_own=moderator")
		_, err = w.Post(w.ctx, w.ben, th.ID, forum.NewComment{Body: "No"})
		code(t, err, errs.Forbidden, "access.needs_moderator")
		code(t, w.DeleteComment(w.ctx, w.ana, c.ID), errs.Forbidden, "access.needs_moderator")
		changed, err := w.EditComment(w.ctx, w.mo, c.ID, forum.CommentEdit{Body: "Moderated."})
		if err != nil || changed.Body != "Moderated." {
			t.Errorf("%+v, %v", changed, err)
		}
		history, err := w.History(w.ctx, w.ana, c.ID)
		if err != nil || len(history) != 2 || history[1].Editor.Handle != "mo" || history[0].Body != "Mine." {
			t.Errorf("who changed it is not told: %+v, %v", history, err)
		}
	})
}

// what a member of a group is worth who did not sign in as the group asks
func TestAMemberWhoSignedInOtherwiseIsSentToTheProvider(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		neighbours(t, w)
		th := w.startIn(t, w.ana, "attic", "Plans", access.MembersOnly)
		err := w.db.Write(w.ctx, func(tx *store.Tx) error {
			if err := tx.Exec("INSERT INTO providers (id, name, issuer, client_id, created_at) VALUES (3, 'Union', 'https://id.example', 'x', 1)").Error; err != nil {
				return err
			}
			return tx.Exec("UPDATE groups SET only_provider_id = 3 WHERE handle = 'attic'").Error
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Thread(w.ctx, w.ana, th.ID)
		code(t, err, errs.Unauthenticated, "access.needs_provider")
		through := w.ana
		through.Provider = 3
		if _, err := w.Post(w.ctx, through, th.ID, forum.NewComment{Body: "Here."}); err != nil {
			t.Errorf("through the provider: %v", err)
		}
		unread, err := w.Unread(w.ctx, w.ana, 10)
		if err != nil || len(unread) != 0 {
			t.Errorf("listed all the same: %v, %v", unread, err)
		}
		_, err = w.groups.ByHandle(w.ctx, w.ana, "attic")
		if err != nil {
			t.Errorf("a member knows of the group: %v", err)
		}
	})
}
