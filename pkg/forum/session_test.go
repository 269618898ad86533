package forum_test

import (
	"errors"
	"slices"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

// beside begins the discussion of a session of a programme that stands in a thread.
func (w *world) beside(t *testing.T, thread int64, title string) forum.Thread {
	t.Helper()
	var id int64
	err := w.db.Write(w.ctx, func(tx *store.Tx) error {
		var programme int64
		err := tx.Raw(`INSERT INTO programmes (thread_id, title, time_zone, template, created_by, created_at) VALUES (?, 'Days', 'UTC', 'congress', ?, 0) RETURNING id`,
			thread, w.mo.Person).Row().Scan(&programme)
		if err != nil {
			return err
		}
		if _, err := w.LockThread(tx, w.mo, thread); err != nil {
			return err
		}
		id, err = w.Beside(tx, w.mo, thread, programme, title, "Words.", "<p>Words.</p>", w.clock.Now())
		return err
	})
	if err != nil {
		t.Fatalf("begin %q: %v", title, err)
	}
	th, err := w.Thread(w.ctx, w.mo, id)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func (w *world) reads(t *testing.T, who access.Actor, thread int64) bool {
	t.Helper()
	_, err := w.Thread(w.ctx, who, thread)
	if err != nil && !errs.Is(err, errs.NotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestTheDiscussionOfASessionIsInNoList(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		main := w.start(t, w.mo, "Three days")
		session := w.beside(t, main.ID, "Platforms")
		if session.SessionOf == 0 || session.Title != "Platforms" || session.Group.Handle != "garden" || !w.reads(t, w.visitor, session.ID) {
			t.Errorf("the discussion is %+v", session)
		}
		if got := w.titles(t, w.ana, "garden"); slices.Contains(got, "Platforms") {
			t.Errorf("the group lists %q", got)
		}
		recent, err := w.Recent(w.ctx, w.ana, 10)
		if err != nil || slices.ContainsFunc(recent, func(r forum.ThreadRow) bool { return r.SessionOf != 0 }) {
			t.Errorf("what is new lists it: %v, %v", recent, err)
		}
		unread := func(want bool, when string) {
			t.Helper()
			list, err := w.Unread(w.ctx, w.ana, 10)
			if got := slices.ContainsFunc(list, func(r forum.ThreadRow) bool { return r.ID == session.ID }); err != nil || got != want {
				t.Errorf("%s: among what is unread: %v (%v), want %v", when, got, err, want)
			}
		}
		w.post(t, w.ben, session.ID, "First.")
		unread(false, "to somebody who has not found it")
		if err := w.MarkSeen(w.ctx, w.ana, session.ID, 2); err != nil {
			t.Fatal(err)
		}
		w.post(t, w.ben, session.ID, "Second.")
		unread(true, "to somebody who has had it open")
	})
}

func TestTheDiscussionOfASessionHasTheReadersOfItsProgramme(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.group(t, "cellar", access.Closed)
		w.join(t, "dee", "cellar", access.Member)
		w.join(t, "mo", "cellar", access.Moderator)
		eve := w.person(t, "eve", "", "")
		main := w.start(t, w.mo, "Three days")
		session := w.beside(t, main.ID, "Platforms")
		readers := func(step string, dee, guest, visitor bool) {
			t.Helper()
			for _, c := range []struct {
				name string
				who  access.Actor
				want bool
			}{{"ana", w.ana, true}, {"dee", w.dee, dee}, {"eve", eve, guest}, {"a visitor", w.visitor, visitor}} {
				if got, asMain := w.reads(t, c.who, session.ID), w.reads(t, c.who, main.ID); got != c.want || got != asMain {
					t.Errorf("%s: %s reads the session's %v, the programme's %v, want %v", step, c.name, got, asMain, c.want)
				}
			}
		}
		readers("at first", true, true, true)
		members := access.MembersOnly
		if _, err := w.Edit(w.ctx, w.mo, main.ID, forum.ThreadEdit{Visibility: &members}); err != nil {
			t.Fatal(err)
		}
		readers("for members", false, false, false)
		if _, err := w.Share(w.ctx, w.mo, main.ID, "cellar"); err != nil {
			t.Fatal(err)
		}
		readers("shared", true, false, false)
		if err := w.Unshare(w.ctx, w.mo, main.ID, "cellar"); err != nil {
			t.Fatal(err)
		}
		readers("no longer shared", false, false, false)
		if _, err := w.AddGuest(w.ctx, w.mo, main.ID, "eve"); err != nil {
			t.Fatal(err)
		}
		readers("with a guest", false, true, false)
		later := w.beside(t, main.ID, "Begun later")
		if !w.reads(t, eve, later.ID) {
			t.Error("a guest does not read what begins later")
		}
		if err := w.RemoveGuest(w.ctx, w.mo, main.ID, "eve"); err != nil {
			t.Fatal(err)
		}
		readers("without", false, false, false)
	})
}

func TestTheDiscussionOfASessionIsNotChangedByItself(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.group(t, "cellar", access.Closed)
		w.join(t, "mo", "cellar", access.Moderator)
		session := w.beside(t, w.start(t, w.mo, "Three days").ID, "Platforms")
		members, title, body := access.MembersOnly, "Another", "Other words."
		_, asTitle := w.Edit(w.ctx, w.mo, session.ID, forum.ThreadEdit{Title: &title})
		_, asBody := w.Edit(w.ctx, w.mo, session.ID, forum.ThreadEdit{Body: &body})
		_, asReaders := w.Edit(w.ctx, w.mo, session.ID, forum.ThreadEdit{Visibility: &members})
		_, shared := w.Share(w.ctx, w.mo, session.ID, "cellar")
		code(t, asTitle, errs.Conflict, "thread.words_of_session")
		code(t, asBody, errs.Conflict, "thread.words_of_session")
		code(t, asReaders, errs.Conflict, "thread.readers_of_programme")
		code(t, shared, errs.Conflict, "thread.readers_of_programme")
		tags := []string{"platforms"}
		if got, err := w.Edit(w.ctx, w.mo, session.ID, forum.ThreadEdit{Tags: &tags}); err != nil || !slices.Equal(got.Tags, tags) {
			t.Errorf("its tags are %v, %v", got.Tags, errors.Join(err))
		}
	})
}
