package forum_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/store"
)

func TestACommentIsPostedAndRepliedTo(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		first := w.post(t, w.ben, th.ID, "I would like **carrots**.\r\nAnd beets.")
		if first.Seq != 2 || first.Body != "I would like **carrots**.\nAnd beets." || !strings.Contains(first.BodyHTML, "<strong>carrots</strong>") {
			t.Errorf("got %+v", first)
		}
		reply, err := w.Post(w.ctx, w.ana, th.ID, forum.NewComment{Body: "Yes", ParentID: first.ID})
		if err != nil || reply.Parent == nil || reply.Parent.ID != first.ID || reply.Parent.Author.Handle != "ben" || !strings.HasPrefix(reply.Parent.Excerpt, "I would like carrots.") {
			t.Fatalf("%+v, %v", reply, err)
		}
		again, err := w.Comment(w.ctx, w.visitor, first.ID)
		if err != nil || again.ReplyCount != 1 {
			t.Errorf("%+v, %v", again, err)
		}
		th, err = w.Thread(w.ctx, w.ana, th.ID)
		if err != nil || th.CommentCount != 2 || th.LastSeq != 3 || th.LastItem != 2 {
			t.Errorf("%+v, %v", th, err)
		}
	})
}

func TestWhatCannotBePosted(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th, other := w.start(t, w.ana, "Beds"), w.start(t, w.ana, "Paths")
		elsewhere, gone := w.post(t, w.ben, other.ID, "there"), w.post(t, w.ben, th.ID, "gone")
		if err := w.DeleteComment(w.ctx, w.ben, gone.ID); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			who  access.Actor
			in   forum.NewComment
			kind errs.Kind
		}{
			"nothing":              {w.ben, forum.NewComment{Body: " \n\t "}, errs.Invalid},
			"too much":             {w.ben, forum.NewComment{Body: strings.Repeat("x", 33<<10)}, errs.Invalid},
			"broken text":          {w.ben, forum.NewComment{Body: "a\xff"}, errs.Invalid},
			"control characters":   {w.ben, forum.NewComment{Body: "a\x00b"}, errs.Invalid},
			"a reply elsewhere":    {w.ben, forum.NewComment{Body: "x", ParentID: elsewhere.ID}, errs.Invalid},
			"a reply to nothing":   {w.ben, forum.NewComment{Body: "x", ParentID: 1 << 40}, errs.Invalid},
			"a reply to a removed": {w.ben, forum.NewComment{Body: "x", ParentID: gone.ID}, errs.Gone},
			"by a stranger":        {w.dee, forum.NewComment{Body: "x"}, errs.Forbidden},
			"by a visitor":         {w.visitor, forum.NewComment{Body: "x"}, errs.Unauthenticated},
		} {
			if _, err := w.Post(w.ctx, c.who, th.ID, c.in); !errs.Is(err, c.kind) {
				t.Errorf("%s: %v, want %v", name, err, c.kind)
			}
		}
		if th, err := w.Thread(w.ctx, w.ana, th.ID); err != nil || th.CommentCount != 0 {
			t.Errorf("%d comments, %v", th.CommentCount, err)
		}
	})
}

func TestAnEditKeepsItsHistory(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		c := w.post(t, w.ben, th.ID, "Carrots")
		at := w.clock.Now()
		w.clock.Pass(time.Minute)
		edited, err := w.EditComment(w.ctx, w.ben, c.ID, forum.CommentEdit{Body: "Beets", Version: 1})
		if err != nil || edited.Body != "Beets" || edited.Version != 2 || edited.EditedAt == nil {
			t.Fatalf("%+v, %v", edited, err)
		}
		if same, err := w.EditComment(w.ctx, w.ben, c.ID, forum.CommentEdit{Body: "Beets"}); err != nil || same.Version != 2 {
			t.Errorf("an edit that changes nothing: %+v, %v", same, err)
		}
		if _, err := w.EditComment(w.ctx, w.ben, c.ID, forum.CommentEdit{Body: "Leeks", Version: 1}); errs.CodeOf(err) != "comment.edited_meanwhile" {
			t.Errorf("an edit of an old version: %v", err)
		}
		for name, who := range map[string]access.Actor{"another member": w.ana, "a moderator": w.mo} {
			if _, err := w.EditComment(w.ctx, who, c.ID, forum.CommentEdit{Body: "Mine"}); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		history, err := w.History(w.ctx, w.visitor, c.ID)
		if err != nil || len(history) != 2 || history[0].Body != "Carrots" || !history[0].At.Equal(at) || history[1].Body != "Beets" || !history[1].At.Equal(at.Add(time.Minute)) {
			t.Errorf("%+v, %v", history, err)
		}
	})
}

func TestADeletedCommentLeavesItsPlaceAndNoWords(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		c := w.post(t, w.ben, th.ID, "regrettable words")
		if _, err := w.EditComment(w.ctx, w.ben, c.ID, forum.CommentEdit{Body: "regrettable words, twice"}); err != nil {
			t.Fatal(err)
		}
		reply, err := w.Post(w.ctx, w.ana, th.ID, forum.NewComment{Body: "Really?", ParentID: c.ID})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.DeleteComment(w.ctx, w.ana, c.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another member deletes: %v", err)
		}
		if err := w.DeleteComment(w.ctx, w.mo, c.ID); err != nil {
			t.Fatal(err)
		}
		v, err := w.Comment(w.ctx, w.ben, c.ID)
		if err != nil || !v.Deleted() || v.Body != "" || v.BodyHTML != "" || v.ByAuthor {
			t.Errorf("%+v, %v", v.Comment, err)
		}
		if _, err := w.History(w.ctx, w.mo, c.ID); !errs.Is(err, errs.Gone) {
			t.Errorf("history of a removed comment: %v", err)
		}
		if r, err := w.Comment(w.ctx, w.ben, reply.ID); err != nil || r.Parent == nil || r.Parent.Excerpt != "" {
			t.Errorf("the reply quotes what was removed: %+v, %v", r.Parent, err)
		}
		if err := w.DeleteComment(w.ctx, w.ben, c.ID); !errs.Is(err, errs.Gone) {
			t.Errorf("deleted twice: %v", err)
		}
		var left int64
		if err := w.db.Read(w.ctx).Raw("SELECT (SELECT COUNT(*) FROM comment_versions) + (SELECT COUNT(*) FROM comments WHERE body LIKE '%regrettable%')").Row().Scan(&left); err != nil || left != 0 {
			t.Errorf("%d rows still hold the words, %v", left, err)
		}
	})
}

func TestReactingTwiceIsReactingOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		c := w.post(t, w.ben, th.ID, "Carrots")
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := w.React(w.ctx, w.ana, c.ID, "🎉", true); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		both, err := w.React(w.ctx, w.ben, c.ID, "👍🏽", true)
		if err != nil || !slices.Equal(both.Reactions, []forum.Reaction{{Emoji: "🎉", Count: 1}, {Emoji: "👍🏽", Count: 1}}) {
			t.Errorf("%+v, %v", both.Reactions, err)
		}
		for range 2 {
			if _, err := w.React(w.ctx, w.ana, c.ID, "🎉", false); err != nil {
				t.Fatal(err)
			}
		}
		events, _, err := w.Timeline(w.ctx, w.ana, th.ID, store.Span{Limit: 50})
		if err != nil || len(events) != 2+3 {
			t.Errorf("%d events, %v; want one for each change", len(events), err)
		}
		for _, bad := range []string{"", "a", "<b>", "👍 ", "lol", "\xff", strings.Repeat("👍", 11), "1"} {
			if _, err := w.React(w.ctx, w.ana, c.ID, bad, true); !errs.Is(err, errs.Invalid) {
				t.Errorf("reacting with %q: %v", bad, err)
			}
		}
		for _, good := range []string{"❤️", "🏳️‍🌈", "1️⃣", "✅"} {
			if _, err := w.React(w.ctx, w.ana, c.ID, good, true); err != nil {
				t.Errorf("reacting with %q: %v", good, err)
			}
		}
	})
}

func TestMentionsReachThoseWhoMayReadAndNobodyElse(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th, err := w.Start(w.ctx, w.ana, "garden", forum.NewThread{Title: "Wages", Visibility: access.MembersOnly})
		if err != nil {
			t.Fatal(err)
		}
		c := w.post(t, w.ana, th.ID, "What do @ben, @dee, @ana and @nobody say?")
		if !strings.Contains(c.BodyHTML, `href="/u/ben"`) || strings.Contains(c.BodyHTML, `href="/u/nobody"`) {
			t.Errorf("rendered %s", c.BodyHTML)
		}
		for name, x := range map[string]struct {
			who  access.Actor
			want int
		}{"ben": {w.ben, 1}, "dee": {w.dee, 0}, "ana": {w.ana, 0}} {
			got, err := w.Mentions(w.ctx, x.who, 10)
			if err != nil || len(got) != x.want {
				t.Errorf("%s: %d mentions, %v; want %d", name, len(got), err, x.want)
			}
		}
	})
}

func TestManyPostAtOnceAndTheTimelineHasNoGap(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		th := w.start(t, w.ana, "Beds")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					if _, err := w.Post(w.ctx, w.ben, th.ID, forum.NewComment{Body: "again"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		events, after, err := w.Timeline(w.ctx, w.ben, th.ID, store.Span{Limit: 200})
		if err != nil || len(events) != 81 || after.CommentCount != 80 || after.LastSeq != 81 {
			t.Fatalf("%d events, %d comments, last %d, %v", len(events), after.CommentCount, after.LastSeq, err)
		}
		ids := make([]int64, 0, 80)
		for i, e := range events {
			if e.Seq != int64(i+1) {
				t.Fatalf("event %d has seq %d", i, e.Seq)
			}
			ids = append(ids, e.Subject)
		}
		comments, err := w.Comments(w.ctx, ids[1:])
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events[1:] {
			if comments[e.Subject].Seq != e.Seq {
				t.Fatalf("comment %d has seq %d, its event %d", e.Subject, comments[e.Subject].Seq, e.Seq)
			}
		}
	})
}
