package forum_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

func TestAThreadIsStartedAndReadByThoseWhoMay(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th, err := w.Start(w.ctx, w.ana, "garden", forum.NewThread{Title: " Spring  planting ", Body: "*What* do we plant?", Tags: []string{"#Beds", "seeds", "beds"}})
		if err != nil {
			t.Fatal(err)
		}
		if th.Title != "Spring  planting" || !strings.Contains(th.BodyHTML, "<em>What</em>") || th.Visibility != access.Public ||
			!slices.Equal(th.Tags, []string{"beds", "seeds"}) || th.LastSeq != 1 || th.LastItem != 0 || th.State() != "open" {
			t.Errorf("got %+v", th)
		}
		if got := th.Path(); !strings.HasSuffix(got, "/spring-planting") {
			t.Errorf("path %q", got)
		}
		for name, who := range map[string]access.Actor{"a visitor": w.visitor, "a stranger": w.dee, "a member": w.ben} {
			if _, err := w.Thread(w.ctx, who, th.ID); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestWhoMayStartAThread(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.group(t, "board", access.Secret)
		for _, c := range []struct {
			who   access.Actor
			group string
			want  errs.Kind
		}{
			{w.visitor, "garden", errs.Unauthenticated},
			{w.dee, "garden", errs.Forbidden},
			{w.ana, "board", errs.NotFound},
			{w.ana, "nowhere", errs.NotFound},
		} {
			if _, err := w.Start(w.ctx, c.who, c.group, forum.NewThread{Title: "Hello"}); !errs.Is(err, c.want) {
				t.Errorf("%+v in %s: %v, want %v", c.who, c.group, err, c.want)
			}
		}
	})
}

func TestWhatAThreadMayNotBe(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		w.group(t, "board", access.Closed)
		w.join(t, "ana", "board", access.Member)
		for _, c := range []struct {
			in          forum.NewThread
			field, code string
		}{
			{forum.NewThread{Title: " "}, "title", "field.required"},
			{forum.NewThread{Title: strings.Repeat("x", 201)}, "title", "field.too_long"},
			{forum.NewThread{Title: "T", Body: strings.Repeat("x", 33<<10)}, "body", "field.too_many_bytes"},
			{forum.NewThread{Title: "T", Body: "\xff"}, "body", "field.not_utf8"},
			{forum.NewThread{Title: "T", Visibility: "public"}, "visibility", "thread.group_not_public"},
			{forum.NewThread{Title: "T", Visibility: "king"}, "visibility", "field.choose"},
			{forum.NewThread{Title: "T", Tags: strings.Split("a b c d e f g h i j k", " ")}, "tags", "field.too_many"},
		} {
			_, err := w.Start(w.ctx, w.ana, "board", c.in)
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.field+"="+c.code) {
				t.Errorf("%.60v: %v, want %s=%s", c.in, err, c.field, c.code)
			}
		}
	})
}

func TestAThreadForMembersIsNotThereForOthers(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th, err := w.Start(w.ctx, w.ana, "garden", forum.NewThread{Title: "Wages", Visibility: access.MembersOnly})
		if err != nil {
			t.Fatal(err)
		}
		c := w.post(t, w.ben, th.ID, "secret words")
		for _, who := range []access.Actor{w.visitor, w.dee} {
			if _, err := w.Thread(w.ctx, who, th.ID); !errs.Is(err, errs.NotFound) {
				t.Errorf("thread for %+v: %v", who, err)
			}
			if _, err := w.Comment(w.ctx, who, c.ID); !errs.Is(err, errs.NotFound) {
				t.Errorf("comment for %+v: %v", who, err)
			}
			if _, err := w.Post(w.ctx, who, th.ID, forum.NewComment{}); !errs.Is(err, errs.NotFound) {
				t.Errorf("posting nothing for %+v: %v", who, err)
			}
			if err := w.MarkSeen(w.ctx, who, th.ID, 1); !errs.Is(err, errs.NotFound) {
				t.Errorf("seen by %+v: %v", who, err)
			}
			list, err := w.Threads(w.ctx, who, "garden", forum.ThreadsQuery{})
			if err != nil || len(list.Items) != 0 {
				t.Errorf("list for %+v: %v, %v", who, list.Items, err)
			}
		}
	})
}

func TestAClosedThreadTakesNothingMore(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		c := w.post(t, w.ben, th.ID, "Carrots")
		if _, err := w.Close(w.ctx, w.ben, th.ID, "enough"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a member closes: %v", err)
		}
		if _, err := w.Close(w.ctx, w.mo, th.ID, strings.Repeat("x", forum.MaxReason+1)); !errs.Is(err, errs.Invalid) {
			t.Errorf("closed with too long a reason: %v", err)
		}
		if _, err := w.Close(w.ctx, w.visitor, th.ID, "\xff"); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a visitor closes with a broken reason: %v", err)
		}
		closed, err := w.Close(w.ctx, w.mo, th.ID, "Decided on Monday.")
		if err != nil || !closed.Closed() || closed.CloseReason != "Decided on Monday." || closed.ClosedBy.Handle != "mo" {
			t.Fatalf("%+v, %v", closed, err)
		}
		_, posted := w.Post(w.ctx, w.ben, th.ID, forum.NewComment{Body: "One more"})
		_, edited := w.EditComment(w.ctx, w.ben, c.ID, forum.CommentEdit{Body: "Beets"})
		_, reacted := w.React(w.ctx, w.ana, c.ID, "👍", true)
		_, again := w.Close(w.ctx, w.mo, th.ID, "Twice")
		for name, err := range map[string]error{"post": posted, "edit": edited, "react": reacted, "close": again} {
			if !errs.Is(err, errs.Conflict) || errs.CodeOf(err) != "thread.closed" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Reopen(w.ctx, w.mo, th.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Reopen(w.ctx, w.mo, th.ID); errs.CodeOf(err) != "thread.not_closed" {
			t.Errorf("reopened twice: %v", err)
		}
		w.post(t, w.ben, th.ID, "One more")
		events, _, err := w.Timeline(w.ctx, w.ben, th.ID, store.Span{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		var kinds []event.Kind
		for i, e := range events {
			if e.Seq != int64(i+1) {
				t.Errorf("event %d has seq %d", i, e.Seq)
			}
			kinds = append(kinds, e.Kind)
		}
		want := []event.Kind{event.ThreadCreated, event.CommentCreated, event.ThreadClosed, event.ThreadReopened, event.CommentCreated}
		if !slices.Equal(kinds, want) || string(events[2].Data) != `{"reason":"Decided on Monday."}` {
			t.Errorf("timeline %v, data %s", kinds, events[2].Data)
		}
	})
}

func TestEditingAThreadKeepsWhatWasThere(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		title, tags := "Beds and paths", []string{"paths"}
		edited, err := w.Edit(w.ctx, w.ana, th.ID, forum.ThreadEdit{Title: &title, Tags: &tags, Version: 1})
		if err != nil || edited.Title != title || edited.Version != 2 || edited.Body != th.Body || edited.EditedAt == nil {
			t.Fatalf("%+v, %v", edited, err)
		}
		if _, err := w.Edit(w.ctx, w.mo, th.ID, forum.ThreadEdit{Title: &title, Version: 1}); errs.CodeOf(err) != "thread.edited_meanwhile" {
			t.Errorf("an edit of an old version: %v", err)
		}
		if _, err := w.Edit(w.ctx, w.ben, th.ID, forum.ThreadEdit{Title: &title}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another member's edit: %v", err)
		}
		empty := ""
		if _, err := w.Edit(w.ctx, w.ana, th.ID, forum.ThreadEdit{Title: &empty}); !errs.Is(err, errs.Invalid) {
			t.Errorf("an empty title: %v", err)
		}
	})
}

func TestTheListIsPinnedFirstThenByActivityAndPagedWithoutGaps(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		var want []string
		for _, title := range []string{"one", "two", "three", "four", "five"} {
			w.start(t, w.ana, title)
			w.clock.Pass(time.Minute)
			want = append([]string{title}, want...)
		}
		list, err := w.Threads(w.ctx, w.ben, "garden", forum.ThreadsQuery{})
		if err != nil {
			t.Fatal(err)
		}
		byTitle := map[string]forum.ThreadRow{}
		for _, r := range list.Items {
			byTitle[r.Title] = r
		}
		w.post(t, w.ana, byTitle["two"].ID, "news") // two is now the latest
		if _, err := w.Pin(w.ctx, w.ben, byTitle["one"].ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a member pins: %v", err)
		}
		if _, err := w.Pin(w.ctx, w.mo, byTitle["one"].ID); err != nil {
			t.Fatal(err)
		}
		want = []string{"one", "two", "five", "four", "three"}
		for _, size := range []int{1, 2, 3, 10} {
			var got []string
			cursor := ""
			for {
				list, err := w.Threads(w.ctx, w.ben, "garden", forum.ThreadsQuery{Page: page.Page{Limit: size, Cursor: cursor}})
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
				t.Errorf("pages of %d: %v, want %v", size, got, want)
			}
		}
		if _, err := w.Threads(w.ctx, w.ben, "garden", forum.ThreadsQuery{Page: page.Page{Cursor: "junk!"}}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a cursor of nobody's: %v", err)
		}
	})
}

func TestUnreadIsCountedInItemsAndOwnWordsAreRead(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		first := w.post(t, w.ana, th.ID, "one")
		if _, err := w.React(w.ctx, w.ana, first.ID, "👍", true); err != nil {
			t.Fatal(err)
		}
		w.post(t, w.ana, th.ID, "two")
		unread := func(who access.Actor) int {
			list, err := w.Threads(w.ctx, who, "garden", forum.ThreadsQuery{})
			if err != nil || len(list.Items) != 1 {
				t.Fatalf("%v, %v", list.Items, err)
			}
			return list.Items[0].Unread
		}
		if got := unread(w.ana); got != 0 {
			t.Errorf("%d unread for the one who wrote everything", got)
		}
		if got := unread(w.ben); got != 2 {
			t.Errorf("%d unread for one who has seen nothing, want 2", got)
		}
		for seq, want := range map[int64]int{first.Seq: 1} {
			if err := w.MarkSeen(w.ctx, w.ben, th.ID, seq); err != nil {
				t.Fatal(err)
			}
			if got := unread(w.ben); got != want {
				t.Errorf("%d unread after seq %d, want %d", got, seq, want)
			}
		}
		w.post(t, w.ben, th.ID, "three") // "two" is still unread
		if got := unread(w.ben); got != 2 {
			t.Errorf("%d unread, want the one before and the own one", got)
		}
		if err := w.MarkSeen(w.ctx, w.ben, th.ID, 1<<40); err != nil {
			t.Fatal(err)
		}
		if err := w.MarkSeen(w.ctx, w.ben, th.ID, 1); err != nil { // never back
			t.Fatal(err)
		}
		if got := unread(w.ben); got != 0 {
			t.Errorf("%d unread after the end was seen", got)
		}
		if list, err := w.Threads(w.ctx, w.ben, "garden", forum.ThreadsQuery{UnreadOnly: true}); err != nil || len(list.Items) != 0 {
			t.Errorf("unread only: %v, %v", list.Items, err)
		}
	})
}

func TestSeenByCountsEveryPersonOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		for _, who := range []access.Actor{w.ana, w.ben, w.ben, w.dee} {
			w.clock.Pass(time.Second)
			if err := w.MarkSeen(w.ctx, who, th.ID, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.MarkSeen(w.ctx, w.visitor, th.ID, 1); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("a visitor: %v", err)
		}
		th, err := w.Thread(w.ctx, w.ana, th.ID)
		if err != nil || th.SeenByCount != 3 {
			t.Errorf("seen by %d, %v", th.SeenByCount, err)
		}
		list, err := w.SeenBy(w.ctx, w.ana, th.ID, page.Page{Limit: 2})
		if err != nil || len(list.Items) != 2 || list.Items[0].Person.Handle != "dee" || list.Next == "" {
			t.Errorf("%+v, %v", list, err)
		}
		if _, err := w.SeenBy(w.ctx, w.dee, th.ID, page.Page{}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a stranger lists readers: %v", err)
		}
	})
}

func TestSlugsKeepWordsOfAnyScript(t *testing.T) {
	for in, want := range map[string]string{"Spring: what now?": "spring-what-now", "Übung macht…": "übung-macht", "!!": "", "木の話": "木の話"} {
		if got := forum.Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}
